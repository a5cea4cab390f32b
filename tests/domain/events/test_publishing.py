"""Publishing and reading back: one row of data in the change's transaction, words when they are shown (ours)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.events.catalogue import event_types
from smartertrack_emu.domain.events.declaring import EventType, HelpdeskEvent, type_of
from smartertrack_emu.domain.events.history import HistoryEntry, history
from smartertrack_emu.domain.events.mail import PopImportFailed
from smartertrack_emu.domain.events.publishing import publish, publish_all, read, row
from smartertrack_emu.domain.events.reading import page
from smartertrack_emu.domain.events.tickets import (
    TicketChanged,
    TicketCountAgent,
    TicketFollowedUp,
    TicketFollowUpScheduled,
    TicketMessageReceived,
    TicketStatusChanged,
    TicketTransferred,
)
from smartertrack_emu.domain.events.words import LONGEST, Standing, kept
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import Event
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.store import prepared
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.happened import carried, happened, words

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
OF_ITEMS = [one for one in event_types() if one.item_kind is not None]


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A database with the system user, who does everything here."""
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None, with_structure=True)
    return engine


def test_what_is_published_is_told_in_words(filled: Engine) -> None:
    with writing(filled) as session:
        publish(session, SYSTEM, TicketStatusChanged(17, "Open", "Closed and Locked"), at=NOW)
    with reading(filled) as session:
        assert history(session, ItemKind.TICKET, 17) == [
            HistoryEntry("Ticket Status Changed", "Status: from Open to Closed and Locked.", NOW, "system")
        ]
        (stored,) = session.execute(select(*Event.__table__.c).where(Event.item_id == 17))
        (told,) = happened(session, ItemKind.TICKET, 17)
    assert (stored.event_id, stored.description, stored.details) == (502002, "", "")
    assert json.loads(stored.arguments) == {"old_status": "Open", "status": "Closed and Locked"}
    assert told == TicketStatusChanged(17, "Open", "Closed and Locked")
    assert carried(told) == {"ticketId": 17, "oldStatus": "Open", "status": "Closed and Locked"}


def test_publishing_is_one_statement(filled: Engine) -> None:
    statements: list[str] = []
    event.listen(filled, "before_cursor_execute", lambda *said: statements.append(said[2]))
    prepared.observers.append(statements.append)
    try:
        with writing(filled) as session:
            statements.clear()
            publish(session, SYSTEM, TicketFollowedUp(17, NOW))
            assert len(statements) == 1
            publish_all(session, SYSTEM, [TicketFollowedUp(n, NOW) for n in range(18, 40)], at=NOW)
            assert len(statements) == 2
    finally:
        prepared.observers.remove(statements.append)


def test_what_is_rolled_back_did_not_happen(filled: Engine) -> None:
    with pytest.raises(RuntimeError), writing(filled) as session:
        _publish_and_fail(session)
    with reading(filled) as session:
        assert history(session, ItemKind.TICKET, 17) == []


def _publish_and_fail(session: Session) -> None:
    publish(session, SYSTEM, TicketFollowedUp(17, NOW))
    raise RuntimeError


def test_rows_from_before_say_what_they_said(filled: Engine) -> None:
    old = {"item_kind": ItemKind.TICKET, "item_id": 17, "actor_id": None, "actor_name": "alice"}
    with writing(filled) as session:
        session.execute(
            insert(Event).values(
                **old, event_id=502001, description="Ticket Transferred", details="By hand", happened_at=NOW
            )
        )
        publish(session, SYSTEM, TicketMessageReceived(17, 5, "", ""), at=NOW)
    with reading(filled) as session:
        assert history(session, ItemKind.TICKET, 17) == [
            HistoryEntry("Ticket Transferred", "By hand", NOW, "alice"),
            HistoryEntry("Ticket Message Received", "Message 5 from an unknown sender to nobody.", NOW, "system"),
        ]


def test_an_event_stored_before_its_type_had_a_field_has_its_default() -> None:
    told = read(
        type_of(TicketFollowedUp(1, NOW)), 17, '{"follow_up_date":{"utc":"2024-05-01T12:00:00+00:00"},"gone":1}'
    )
    assert told == TicketFollowedUp(17, NOW, comment="")


def test_what_no_event_can_hold() -> None:
    with pytest.raises(TypeError, match="bytes"):
        row(TicketChanged(17, "Subject", b"x", b"y"), None, "", NOW)  # type: ignore[arg-type]


def test_an_event_about_no_item(filled: Engine) -> None:
    with writing(filled) as session:
        publish(session, SYSTEM, TicketCountAgent("queue", 3, 2), at=NOW)
        publish(session, SYSTEM, PopImportFailed(None, "not a message"), at=NOW)
    with reading(filled) as session:
        (counted, failed), _ = page(session, lambda _, events: [{} for _ in events], after=0, limit=9)
    assert (counted.about, counted.arguments) == (None, {"agentUsername": "queue", "count": 3, "oldCount": 2})
    assert (failed.about, failed.arguments["error"]) == (None, "not a message")


def test_long_texts_are_kept_by_their_beginning() -> None:
    assert kept("a" * LONGEST) == "a" * LONGEST
    assert kept("a" * (LONGEST + 1)) == "a" * LONGEST + "…"
    assert [kept(value) for value in (None, 5, True, NOW)] == [None, 5, True, NOW]


ALICES, QUEUED = Standing(1, "A", 4, "Alice"), Standing(1, "A", None, "")
SAID = [
    (
        TicketTransferred(1, before=ALICES, after=Standing(2, "B", None, "")),
        "From group A (1), agent Alice (4) to group B (2), the queue.",
    ),
    (
        TicketTransferred(1, before=ALICES, after=QUEUED, reason="handed off"),
        "Handed off: from group A (1), agent Alice (4) to its queue.",
    ),
    (TicketTransferred(1, server="Far", elsewhere="0-1-2"), "Transferred to Far, where it is ticket 0-1-2."),
    (
        TicketTransferred(1, before=ALICES, after=QUEUED, reason="agent deleted"),
        "To the queue: the agent was deleted",
    ),
    (
        TicketTransferred(1, before=ALICES, after=QUEUED, reason="agent gone"),
        "To the queue: the agent Alice (4) was deleted.",
    ),
    (TicketFollowUpScheduled(1, NOW), "For 2024-05-01 12:00 UTC."),
]


@pytest.mark.parametrize(("told", "said"), SAID)
def test_words(told: HelpdeskEvent, said: str) -> None:
    assert words(told) == said


# Any event of any type

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
moments = st.datetimes(datetime(1900, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
values = st.none() | st.booleans() | st.integers() | texts | moments


def _any(hint: Any) -> st.SearchStrategy[Any]:
    plain = {str: texts, int: st.integers(0, 2**40), bool: st.booleans(), datetime: moments, type(None): st.none()}
    if hint in plain:
        return plain[hint]
    if isinstance(hint, UnionType):
        return st.one_of([_any(one) for one in get_args(hint)])
    if get_origin(hint) is Mapping:
        return st.dictionaries(texts, values, max_size=3)
    if get_origin(hint) is Sequence:
        return st.lists(_any(get_args(hint)[0]), max_size=3)
    if get_origin(hint) is tuple:
        return st.tuples(*map(_any, get_args(hint)))
    return st.builds(hint, **{name: _any(kind) for name, kind in get_type_hints(hint).items()})


def any_event(declared: EventType) -> st.SearchStrategy[Any]:
    fields = {name: _any(hint) for name, hint in get_type_hints(declared.event).items()}
    if declared.number == 502003:
        fields |= dict.fromkeys(("old_priority", "priority"), st.sampled_from(["Low", "Normal", "High", "Urgent"]))
    if declared.number in (502904, 502906):
        fields["related_kind"] = st.sampled_from(["ticket", "chat", "calllog"])
    return st.builds(declared.event, **fields)


@given(st.sampled_from(OF_ITEMS).flatmap(any_event))
def test_every_event_is_read_back_as_it_was(told: Any) -> None:
    stored = row(told, None, "somebody", NOW)
    again = read(type_of(told), stored["item_id"], stored["arguments"])
    assert again[0] == told[0]
    assert words(again) == words(told)
    assert carried(again) == carried(told)
    assert row(again, None, "somebody", NOW) == stored


class _Stranger(NamedTuple):
    ticket_id: int


def test_only_declared_events_are_published() -> None:
    with pytest.raises(KeyError):
        row(_Stranger(17), None, "", NOW)
