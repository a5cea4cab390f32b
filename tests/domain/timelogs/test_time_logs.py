"""Time logs of all kinds of items: members are documented, defaults ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.events.history import history
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import TimeLog
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.timelogs import time_logs
from smartertrack_emu.store.unit_of_work import writing
from tests.services.conftest import seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("kind", [ItemKind.TICKET, ItemKind.CHAT, ItemKind.CALL_LOG])
def test_of_each_kind(seeded_engine: Engine, kind: ItemKind) -> None:
    with writing(seeded_engine) as session:
        ends = [NOON + timedelta(seconds=seconds) for seconds in (90, 45)]
        _, time_log = (
            time_logs.add(session, SYSTEM, kind, 1, category_id=1, started_at=NOON, ended_at=end) for end in ends
        )
        assert time_logs.minutes(session, kind, 1) == 2
        found = time_logs.get(session, kind, 1, time_log)
        ids = {ItemKind.TICKET: found.ticket_id, ItemKind.CHAT: found.chat_id, ItemKind.CALL_LOG: found.call_log_id}
        assert {of for of, item in ids.items() if item is not None} == {kind}
        assert (found.category_name, found.agent_id) == ("Support", SYSTEM.id)
        assert len(time_logs.listing(session, kind, 1)) == 2
        assert f"Time log {time_log}" in history(session, kind, 1)[-1].details
        session.execute(update(TimeLog).where(TimeLog.id == time_log).values(is_deleted=True))
        assert len(time_logs.listing(session, kind, 1)) == 1
        assert time_logs.minutes(session, kind, 1) == 1
        with pytest.raises(NotFound, match=f"time log {time_log} of "):
            time_logs.get(session, kind, 2, time_log)


def test_a_date_alone_is_both(seeded_engine: Engine) -> None:
    with writing(seeded_engine) as session:
        for start, end in ((NOON, None), (None, NOON)):
            time_log = time_logs.add(session, SYSTEM, ItemKind.CHAT, 1, category_id=1, started_at=start, ended_at=end)
            found = time_logs.get(session, ItemKind.CHAT, 1, time_log)
            assert found.started_at == found.ended_at == NOON
