"""Rules are carried out: what waits, in which order, how often, and what goes wrong. All of it is ours."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as sa_event
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across import event_actions, event_rules
from smartertrack_emu.domain.events import outbox
from smartertrack_emu.domain.events.models import Event, EventAction, OutboxEntry
from smartertrack_emu.domain.events.outbox import forget_ended
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketStatusChanged
from smartertrack_emu.domain.kinds import Priority, TicketStatus
from smartertrack_emu.domain.models import Ticket, TicketNote
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.store import prepared

from .conftest import COMMENT, CREATED, NOON, PRIORITY, STATUS, TICKET, Helpdesk

NOTE = {"kind": "note", "text": "#OLD_STATUS# to #STATUS#"}
URGENT = {"kind": "priority", "priority": "urgent"}


def notes(helpdesk: Helpdesk) -> list[str]:
    """What System has noted at the ticket."""
    statement = select(TicketNote.body).where(TicketNote.ticket_id == TICKET, TicketNote.author_id == 3)
    return helpdesk.desk.read(lambda session: list(session.scalars(statement.order_by(TicketNote.id))))


def test_a_rule_is_carried_out(helpdesk: Helpdesk) -> None:
    rule = helpdesk.rule(STATUS, NOTE, URGENT, department="support", status={"any_of": ["Waiting", "Closed"]})
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.set_status(TicketStatus.OPEN)
    assert helpdesk.actions() == []
    helpdesk.run()
    assert notes(helpdesk) == ["Open to Waiting"]
    assert helpdesk.ticket().priority is Priority.URGENT
    done = helpdesk.actions()
    assert [(one.rule_id, one.position, one.kind, one.state, one.attempts, one.done_at) for one in done] == [
        (rule, 0, "note", "done", 1, NOON),
        (rule, 1, "priority", "done", 1, NOON),
    ]
    status, *_ = helpdesk.events(STATUS)
    (comment,) = [one for one in helpdesk.events(COMMENT) if one.cause is not None]
    assert (comment.cause, comment.by) == (status.id, "system")
    assert status.cause is None
    assert helpdesk.desk.read(lambda session: session.scalar(select(func.count()).select_from(OutboxEntry))) == 0
    before = len(helpdesk.events())
    assert helpdesk.run().done == 0
    assert len(helpdesk.events()) == before


def test_a_rule_sees_what_happens_after_it_was_made_and_is_as_it_is_when_it_is_applied(helpdesk: Helpdesk) -> None:
    helpdesk.set_status(TicketStatus.WAITING)
    rule = helpdesk.rule(STATUS, NOTE)
    helpdesk.set_status(TicketStatus.OPEN)
    helpdesk.desk.write(lambda session: event_rules.change(session, rule, {"actions": [URGENT]}))
    helpdesk.run()
    assert (notes(helpdesk), helpdesk.ticket().priority) == ([], Priority.URGENT)
    helpdesk.desk.write(lambda session: event_rules.change(session, rule, {"enabled": False}))
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.run()
    assert len(helpdesk.actions()) == 1


def test_arguments_are_those_of_the_moment(helpdesk: Helpdesk) -> None:
    helpdesk.rule(STATUS, {"kind": "note", "text": "#SUBJECT# #CF_ACCOUNT# #NOTHING#"})
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.desk.write(lambda session: session.execute(update(Ticket).values(subject="Another")))
    (event,) = helpdesk.events(STATUS)
    assert event.arguments["subject"] == "Cannot log in"
    assert event.arguments["status"] == "Waiting"
    assert (event.arguments["timeOfDay"], event.arguments["dayOfWeek"]) == ("12:00", "Saturday")
    helpdesk.run()
    account = event.arguments["cf_Account"]
    assert notes(helpdesk) == [f"Cannot log in {account} #NOTHING#"]


def test_without_a_rule_arguments_are_those_of_now(helpdesk: Helpdesk) -> None:
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.desk.write(lambda session: session.execute(update(Ticket).values(subject="Another")))
    (event,) = helpdesk.events(STATUS)
    assert (event.arguments["subject"], event.arguments["status"]) == ("Another", "Waiting")


def test_what_the_items_state_forbids_fails_at_once_and_can_be_retried(helpdesk: Helpdesk) -> None:
    helpdesk.rule(STATUS, NOTE, {"kind": "log", "text": "x"})
    locked = {"status": TicketStatus.LOCKED, "is_open": False, "is_active": False}
    helpdesk.desk.write(lambda session: session.execute(update(Ticket).values(locked)))
    helpdesk.publish(TicketStatusChanged(TICKET, "Closed", "Closed and Locked"))
    helpdesk.run()
    (failed, _) = helpdesk.actions()
    assert helpdesk.states() == [("failed", f"Ticket {helpdesk.ticket().number} is closed and locked."), ("done", "")]
    opened = {"status": TicketStatus.OPEN, "is_open": True, "is_active": True}
    helpdesk.desk.write(lambda session: session.execute(update(Ticket).values(opened)))
    helpdesk.desk.write(lambda session: outbox.retry(session, failed.id))
    helpdesk.run()
    assert helpdesk.states() == [("done", ""), ("done", "")]


def test_an_error_of_ours_stops_nothing(helpdesk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(session: Any, action: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(event_actions.KINDS, "priority", fail)
    helpdesk.rule(STATUS, URGENT, NOTE)
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.run()
    assert helpdesk.states() == [("failed", "It failed by an error that is in the log."), ("done", "")]


def test_a_failing_database_leaves_the_action_for_the_next_run(
    helpdesk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(session: Any, action: Any) -> None:
        raise OperationalError("UPDATE", None, Exception("locked"))

    helpdesk.rule(STATUS, URGENT, NOTE)
    helpdesk.set_status(TicketStatus.WAITING)
    with monkeypatch.context() as patch:
        patch.setitem(event_actions.KINDS, "priority", fail)
        with pytest.raises(AssertionError, match="OperationalError"):
            helpdesk.run()
    assert helpdesk.states() == [("waiting", ""), ("done", "")]
    helpdesk.run()
    assert helpdesk.states() == [("done", ""), ("done", "")]


def test_what_changes_nothing_is_done_and_lets_nothing_happen(helpdesk: Helpdesk) -> None:
    helpdesk.rule(STATUS, {"kind": "status", "status": "Waiting"}, {"kind": "transfer", "group": "", "agent": "alice"})
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.run()
    assert helpdesk.states() == [("done", ""), ("done", "")]
    assert [one.cause for one in helpdesk.events() if one.cause is not None] == []


def test_once_per_item(helpdesk: Helpdesk) -> None:
    helpdesk.rule(STATUS, NOTE | {"once_per_item": True})
    other = helpdesk.opened()
    for status in (TicketStatus.WAITING, TicketStatus.OPEN):
        helpdesk.set_status(status)
    helpdesk.set_status(TicketStatus.WAITING, other)
    helpdesk.run()
    assert [state for state, _ in helpdesk.states()] == ["done", "skipped", "done"]
    with clock.shifted(timedelta(days=91)):
        assert helpdesk.desk.write(lambda session: forget_ended(session, clock.now())) == 1
        helpdesk.set_status(TicketStatus.WAITING)
        helpdesk.run()
    assert [state for state, _ in helpdesk.states()] == ["done", "done", "skipped"]


def test_at_most_every_so_many_seconds(helpdesk: Helpdesk) -> None:
    helpdesk.rule(STATUS, NOTE | {"at_most_every_seconds": 60})
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.run()
    with clock.shifted(timedelta(seconds=59)):
        helpdesk.set_status(TicketStatus.OPEN)
        helpdesk.run()
    with clock.shifted(timedelta(seconds=60)):
        helpdesk.set_status(TicketStatus.WAITING)
        helpdesk.run()
    assert [state for state, _ in helpdesk.states()] == ["done", "skipped", "done"]


def test_a_loop_ends_by_its_depth(helpdesk: Helpdesk) -> None:
    helpdesk.rule(STATUS, NOTE)
    helpdesk.rule(COMMENT, {"kind": "note", "text": "again"})
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.run()
    states = helpdesk.states()
    assert states == [("done", "")] * 6 + [("skipped", "Caused by actions more than 5 times in a row.")]


def test_a_rule_acts_ten_times_a_minute_on_an_item(helpdesk: Helpdesk, caplog: pytest.LogCaptureFixture) -> None:
    helpdesk.rule(STATUS, {"kind": "log", "text": "x"}, {"kind": "log", "text": "y"})
    other = helpdesk.opened()
    with caplog.at_level(logging.ERROR):
        for turn in range(13):
            helpdesk.set_status((TicketStatus.WAITING, TicketStatus.OPEN)[turn % 2])
        helpdesk.set_status(TicketStatus.WAITING, other)
        helpdesk.run()
    states = helpdesk.states()
    assert [state for state, _ in states] == ["done"] * 20 + ["skipped"] * 6 + ["done"] * 2
    assert states[20][1] == "The rule has acted on this item 10 times within a minute."
    assert [line for line in caplog.messages if "held back" in line] == [
        "event rule 1, of 502002, is held back: The rule has acted on this item 10 times within a minute."
    ]
    with clock.shifted(timedelta(minutes=1)):
        helpdesk.set_status(TicketStatus.OPEN)
        helpdesk.run()
    assert helpdesk.states()[-1] == ("done", "")


def test_a_rule_acts_a_thousand_times_a_minute(helpdesk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_IN_ALL", 3)
    helpdesk.rule(CREATED, {"kind": "log", "text": "x"})
    for _ in range(5):
        helpdesk.opened()
    helpdesk.run()
    assert [state for state, _ in helpdesk.states()] == ["done"] * 3 + ["skipped"] * 2
    assert "1,000 times" in helpdesk.states()[-1][1]


def test_a_deleted_rules_actions_are_skipped_and_its_id_is_not_given_again(helpdesk: Helpdesk) -> None:
    helpdesk.pages.answers["http://a.example/"] = "No."
    rule = helpdesk.rule(STATUS, {"kind": "webhook", "url": "http://a.example/"})
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.run()
    helpdesk.desk.write(lambda session: event_rules.delete(session, rule))
    assert helpdesk.states() == [("skipped", "The rule was deleted.")]
    assert helpdesk.rule(STATUS, NOTE) > rule


def test_of_an_item_actions_go_in_the_order_of_its_events(helpdesk: Helpdesk) -> None:
    helpdesk.rule(STATUS, NOTE, {"kind": "webhook", "url": "http://a.example/"}, {"kind": "note", "text": "told"})
    helpdesk.pages.during = lambda: seen.append(notes(helpdesk))
    seen: list[list[str]] = []
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.set_status(TicketStatus.OPEN)
    helpdesk.run()
    assert seen == [["Open to Waiting"], ["Open to Waiting", "told", "Waiting to Open"]]
    assert notes(helpdesk) == ["Open to Waiting", "told", "Waiting to Open", "told"]


def test_without_rules_an_event_is_one_statement_and_with_them_few(helpdesk: Helpdesk) -> None:
    event = TicketStatusChanged(TICKET, "Open", "Waiting")

    def statements() -> int:
        seen: list[str] = []

        def note(*said: Any) -> None:
            seen.append(said[2])

        def work(session: Any) -> None:
            prepared.observers.append(seen.append)
            sa_event.listen(helpdesk.desk.engine, "before_cursor_execute", note)
            try:
                publish(session, SYSTEM, event)
            finally:
                prepared.observers.remove(seen.append)
                sa_event.remove(helpdesk.desk.engine, "before_cursor_execute", note)

        helpdesk.desk.write(work)
        return len(seen)

    assert statements() == 1
    helpdesk.rule(PRIORITY, NOTE)
    assert statements() == 1
    helpdesk.rule(STATUS, NOTE)
    # The zone, the ticket, its custom fields, the event, the outbox; PostgreSQL locks the ticket before.
    assert statements() == (5 if helpdesk.desk.engine.dialect.name == "sqlite" else 6)


@pytest.mark.parametrize("what", ["due", "calls", "entries"])
def test_what_is_due_is_found_by_an_index(helpdesk: Helpdesk, what: str) -> None:
    seen: list[tuple[str, Any]] = []

    def note(*said: Any) -> None:
        seen.append((said[2], said[3]))

    def work(session: Any) -> str:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL enable_seqscan = off"))
        sa_event.listen(helpdesk.desk.engine, "before_cursor_execute", note)
        try:
            _ = outbox.entries(session) if what == "entries" else outbox.due(session, NOON, calls=what == "calls")
        finally:
            sa_event.remove(helpdesk.desk.engine, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN" if session.get_bind().dialect.name == "sqlite" else "EXPLAIN"
        rows = session.connection().exec_driver_sql(f"{explain} {seen[0][0]}", seen[0][1])
        return "; ".join(str(row[-1]) for row in rows)

    plan = helpdesk.desk.write(work)
    assert ("event_outbox" if what == "entries" else "ix_event_actions_waiting") in plan
    assert "SCAN event_actions" not in plan
    assert "Seq Scan" not in plan


def test_marks_go_with_their_event(helpdesk: Helpdesk) -> None:
    helpdesk.rule(STATUS, NOTE)
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.run()
    helpdesk.set_status(TicketStatus.OPEN)
    gone = Event.event_id == STATUS
    helpdesk.desk.write(lambda session: session.execute(Event.__table__.delete().where(gone)))
    count = select(func.count())
    assert helpdesk.desk.read(lambda session: session.scalar(count.select_from(EventAction))) == 0
    assert helpdesk.desk.read(lambda session: session.scalar(count.select_from(OutboxEntry))) == 0
