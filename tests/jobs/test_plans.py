"""What the desk's jobs look for is found by indexes of what may fall due, on both databases. Ours.

The tables are small here: PostgreSQL is told not to scan them, and then scans only what has no index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.chats import due as chats
from smartertrack_emu.domain.people import inactivity
from smartertrack_emu.domain.tickets import due as tickets
from smartertrack_emu.store.unit_of_work import reading
from tests.jobs.helpdesk import DESK, LEVEL_1, Helpdesk

LEFT, LIMIT = (1, 2), 500


def _ago(**by: float) -> Any:
    return clock.now() - timedelta(**by)


LOOKS: dict[str, tuple[Callable[[Session], object], list[str]]] = {
    "groups to assign tickets in": (tickets.groups_to_assign_in, ["ix_tickets_awaits_assignment"]),
    "tickets to assign": (
        lambda session: tickets.to_assign(session, LEVEL_1, LEFT, LIMIT),
        ["ix_tickets_awaits_assignment"],
    ),
    "follow-ups": (
        lambda session: tickets.to_follow_up(session, clock.now(), LEFT, LIMIT),
        ["ix_tickets_follow_up_due"],
    ),
    "tickets to close": (
        lambda session: tickets.to_close(session, DESK, _ago(hours=1), LEFT, LIMIT),
        ["ix_tickets_waiting_since"],
    ),
    "tickets to lock": (
        lambda session: tickets.to_lock(session, DESK, _ago(hours=1), LEFT, LIMIT),
        ["ix_tickets_closed_at"],
    ),
    "tickets to delete": (
        lambda session: tickets.to_delete(session, DESK, _ago(days=1), LEFT, LIMIT),
        ["ix_tickets_closed_at", "ix_tickets_closed_at"],
    ),
    "idle tickets": (
        lambda session: tickets.idle(session, DESK, _ago(hours=1), LEFT, LIMIT, not_waiting_before=_ago(days=30)),
        ["ix_tickets_watched_since", "ix_tickets_watched_since"],
    ),
    "groups to assign chats in": (chats.groups_to_assign_in, ["ix_chats_awaits_assignment"]),
    "chats to assign": (
        lambda session: chats.to_assign(session, LEVEL_1, LEFT, LIMIT),
        ["ix_chats_awaits_assignment"],
    ),
    "abandoned chats": (
        lambda session: chats.abandoned(session, _ago(hours=1), LEFT, LIMIT),
        ["ix_chats_customer_seen"],
    ),
    "chats without a first answer": (
        lambda session: chats.without_first_answer(session, _ago(hours=1), LEFT, LIMIT),
        ["ix_chats_first_answer"],
    ),
    "chats without an answer": (
        lambda session: chats.without_answer(session, _ago(hours=1), LEFT, LIMIT, only_later=True),
        ["ix_chats_unanswered"],
    ),
    "idle chats": (lambda session: chats.idle(session, DESK, _ago(hours=1), LEFT, LIMIT), ["ix_chats_watched_since"]),
    "chats to delete": (lambda session: chats.to_delete(session, _ago(days=7), LEFT, LIMIT), ["ix_chats_to_delete"]),
    "idle members": (inactivity.idle_members, ["ix_group_members_idle_logoff"]),
}


@contextmanager
def _statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    found: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: object) -> None:
        del connection, cursor, rest
        found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _plans(session: Session, look: Callable[[Session], object]) -> list[str]:
    """Return how the database would find what is looked for, a text a statement."""
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    with _statements(connection.engine) as found:
        look(session)
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    plans = []
    for statement, parameters in list(found):
        rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
        plans.append("; ".join(str(row[-1]) for row in rows))
    return plans


def test_what_may_fall_due_is_found_by_its_index(helpdesk: Helpdesk, engine: sqlalchemy.Engine) -> None:
    for _ in range(3):
        helpdesk.ticket()
        helpdesk.chat()
    with reading(engine) as session:
        for name, (look, indexes) in LOOKS.items():
            plans = _plans(session, look)
            assert len(plans) == len(indexes), name
            for plan, index in zip(plans, indexes, strict=True):
                assert index in plan, f"{name}: {plan}"
                for table in ("tickets", "chats", "group_members"):
                    assert f"Seq Scan on {table}" not in plan, f"{name}: {plan}"
                    assert f"SCAN {table};" not in f"{plan};", f"{name}: {plan}"


def test_a_run_with_nothing_due_asks_little(helpdesk: Helpdesk, engine: sqlalchemy.Engine) -> None:
    """Nothing is switched on: a statement a step, however many tickets there are."""
    for _ in range(5):
        helpdesk.ticket()
        helpdesk.chat()
    asked = []
    for job in ("auto-inactive", "chat-manager", "ticket-watcher"):
        with _statements(engine) as found:
            run = helpdesk.run(job)
        assert (run.done, run.detail) == (0, "")
        asked.append(len([one for one in found if "SELECT" in one[0]]))
    # Besides the epoch, which is read by a prepared statement: idle members; groups, departments, settings; and for
    # tickets groups, follow-ups, rules, four numbers of departments, settings.
    assert asked == [1, 3, 8]
