"""Every type's arguments are told as they are at the moment, by the rows that its events name. Names are documented."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_type_hints

import pytest
from sqlalchemy import Engine

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across.event_arguments import READERS, tell
from smartertrack_emu.domain.events.catalogue import event_types
from smartertrack_emu.domain.events.declaring import EventType
from smartertrack_emu.domain.events.mail import PopImportFailed
from smartertrack_emu.domain.events.publishing import Happening
from smartertrack_emu.domain.models import (
    ChatNote,
    Installation,
    MailAccount,
    Task,
    TaskNote,
    TicketNote,
    TimeLog,
    Visitor,
)
from smartertrack_emu.domain.spool.accounts import AccountKind, Security
from smartertrack_emu.store.unit_of_work import writing
from tests.services.conftest import seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]

AT = datetime(2031, 7, 1, 22, 30, tzinfo=UTC)
VALUES: dict[Any, Any] = {int: 1, str: "x", bool: True, datetime: AT}


@pytest.fixture
def filled(seeded_engine: Engine) -> Engine:
    """A helpdesk in Berlin in which there is one of everything, with the id 1."""
    with clock.frozen(AT), writing(seeded_engine) as session:
        session.get_one(Installation, 1).time_zone = "Europe/Berlin"
        session.get_one(Task, 1).starts_at = AT
        account = {"host": "mail.example", "port": 993, "security": Security.TLS, "username": "desk"}
        session.add_all(
            [
                TicketNote(id=1000, ticket_id=1, author_id=4, body="<b>Hm</b> &amp; so"),
                ChatNote(id=1000, chat_id=1, author_id=4, kind=10, body="Hm"),
                TaskNote(id=1000, task_id=1, author_id=4, body="Hm"),
                TimeLog(id=1000, ticket_id=1, category_id=1, agent_id=4, started_at=AT, ended_at=AT, is_billable=True),
                Visitor(id=1, key="abc"),
                MailAccount(id=1, kind=AccountKind.IMAP, department_id=1, password="secret-pw", **account),
            ]
        )
    return seeded_engine


def an_event(declared: EventType) -> Happening:
    """Return an event of a type that names rows which are there."""
    hints = get_type_hints(declared.event)
    values = {}
    for name in declared.event._fields:
        default = declared.event._field_defaults.get(name, ...)
        kind = next((kind for kind in VALUES if hints[name] in (kind, kind | None)), None)
        values[name] = default if kind is None and default is not ... else VALUES.get(kind)
    for name in ("note_id", "time_log_id"):
        if name in values:
            values[name] = 1000
    return Happening(declared, declared.event(**values), AT, "alice")


def test_every_type(filled: Engine) -> None:
    types = [one for one in event_types() if one.is_documented]
    with writing(filled) as session:
        told = tell(session, [an_event(one) for one in types])
    for declared, arguments in zip(types, told, strict=True):
        wanted = {*declared.arguments, "eventType", "timeOfDay", "dayOfWeek", "actingAgent"} - {"cf_*"}
        assert wanted - arguments.keys() == set(), declared.title
        assert "cf_*" not in declared.arguments or "cf_Account" in arguments
        assert [name for name, value in arguments.items() if not isinstance(value, str | int | bool | None)] == []
        assert arguments["eventType"] == declared.number
    assert not [one for one in told if "secret-pw" in str(one)]


def test_values(filled: Engine) -> None:
    types = {one.number: one for one in event_types()}
    with writing(filled) as session:
        comment, time_log, task, mail, line = tell(
            session, [an_event(types[number]) for number in (502005, 502014, 507005, 509000, 511006)]
        )
    assert (comment["timeOfDay"], comment["dayOfWeek"], comment["actingAgent"]) == ("00:30", "Wednesday", "alice")
    assert (comment["comment"], comment["customerEmail"]) == ("Hm & so", "customer@example.com")
    assert (time_log["category"], time_log["billable"]) == ("Support", True)
    assert (task["comment"], task["startDate"], task["relatedItem"]) == ("Hm", "2031-07-01T22:30:00Z", "ticket:1")
    assert (mail["serverName"], mail["serverPort"], mail["ssl"], mail["departmentName"]) == (
        "mail.example",
        993,
        True,
        "Support",
    )
    assert line["message"]


def test_many_events_take_no_more_statements(filled: Engine) -> None:
    declared = next(one for one in event_types() if one.number == 502005)
    with writing(filled) as session:
        one = tell(session, [an_event(declared)])
        many = tell(session, [an_event(declared)] * 50)
    assert many == one * 50


def test_an_event_whose_rows_are_gone(filled: Engine) -> None:
    declared = next(one for one in event_types() if one.event is PopImportFailed)
    with writing(filled) as session:
        without, gone = tell(
            session, [Happening(declared, PopImportFailed(one, "no sender"), AT, "system") for one in (None, 99)]
        )
    assert (without["error"], without.get("serverName")) == ("no sender", None)
    assert without == gone


def test_every_row_that_events_name_has_a_reader() -> None:
    named = {(one.event._fields[0], held.by) for one in event_types() for held in one.held}
    assert named == set(READERS)
