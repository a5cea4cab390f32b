"""The migration that makes events data: old rows keep their words, new ones their data, both ways (ours)."""

from __future__ import annotations

from datetime import UTC, datetime

from alembic.script import ScriptDirectory
from sqlalchemy import Engine, column, insert, select, table

from smartertrack_emu.domain.events.history import HistoryEntry, history
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketMessageReceived
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import Event
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.store import migrate
from smartertrack_emu.store.unit_of_work import reading, writing

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
EVENTS = table("events", *map(column, ("id", "event_id", "description", "details")))
RECEIVED = "Message 5 from nobody to nobody."


def test_rows_of_both_kinds_go_both_ways(engine: Engine) -> None:
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None, with_structure=False)
    before = ScriptDirectory.from_config(migrate.configuration()).get_revision("0010").down_revision
    migrate.downgrade(engine, str(before))
    said = {"event_id": 502900, "description": "Ticket Message Received", "details": RECEIVED}
    with engine.begin() as connection:
        old = {"item_kind": ItemKind.TICKET, "item_id": 17, "actor_id": None, "actor_name": "alice", "happened_at": NOW}
        connection.execute(insert(Event.__table__).values(**old, **said))
    migrate.upgrade(engine)
    with writing(engine) as session:
        publish(session, SYSTEM, TicketMessageReceived(17, 6, "Casey", "Support"), at=NOW)
    with reading(engine) as session:
        assert history(session, ItemKind.TICKET, 17) == [
            HistoryEntry("Ticket Message Received", RECEIVED, NOW, "alice"),
            HistoryEntry("Ticket Message Received", "Message 6 from Casey to Support.", NOW, "system"),
        ]
        assert list(session.scalars(select(Event.event_id))) == [502007, 502007]
    migrate.downgrade(engine, str(before))
    with engine.connect() as connection:
        rows = connection.execute(select(*list(EVENTS.c)[1:]).order_by(EVENTS.c.id)).all()
    assert [tuple(row) for row in rows] == [
        tuple(said.values()),
        (502900, "Ticket Message Received", '{"message_id":6,"sender":"Casey","recipient":"Support"}'),
    ]
