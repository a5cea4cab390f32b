"""Ticket Watcher: assigns, follows up, evens out, closes, locks, deletes and watches tickets, in that order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from smartertrack_emu.desk.run import MOST_ROWS, Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.notifications import raising
from smartertrack_emu.domain.people.models import QUEUE_ID
from smartertrack_emu.domain.tickets import due, rebalancing, upkeep
from smartertrack_emu.domain.tickets.assignment import assign
from smartertrack_emu.domain.tickets.rebalancing import Move
from smartertrack_emu.domain.tickets.visibility import by_id


def run(run: Run) -> None:
    """Do what is due now, step by step."""
    for step in (_assign, _follow_up, _rebalance, _close, _lock, _delete, _tell_idle):
        if not run.has_time:
            return
        step(run)


def _assign(run: Run) -> None:
    for group_id in run.desk.read(due.groups_to_assign_in):
        _Group(group_id).assign(run)


class _Group:
    """A group whose tickets wait for agents, until nobody can have another one."""

    def __init__(self, group_id: int) -> None:
        self._id = group_id
        self._has_takers = True

    def assign(self, run: Run) -> None:
        """Give the tickets to agents, the oldest first."""
        run.rows(self._find, self._assign)

    def _find(self, session: Session, left: Collection[int]) -> list[int]:
        return due.to_assign(session, self._id, left, MOST_ROWS) if self._has_takers else []

    def _assign(self, session: Session, ticket_id: int) -> bool:
        self._has_takers = self._has_takers and assign(session, by_id(ticket_id))
        return self._has_takers


def _follow_up(run: Run) -> None:
    now = clock.now()

    def notice(session: Session, ticket_id: int) -> None:
        agent_id = upkeep.notice_follow_up(session, ticket_id)
        if agent_id != QUEUE_ID:
            raising.raise_due(session, agent_id)

    run.rows(lambda session, left: due.to_follow_up(session, now, left, MOST_ROWS), notice)


def _rebalance(run: Run) -> None:
    for rule_id in run.desk.read(due.rebalance_rules):
        if not run.has_time:
            return
        found = run.desk.read(partial(rebalancing.look, rule_id=rule_id))
        if found is None or (found.is_noted and not found.is_due):
            continue
        if found.is_due:
            moves = run.desk.read(partial(rebalancing.plan, rule_id=rule_id))
            run.rows(_Moves(moves).find, rebalancing.carry_out)
        # Noted last: what is interrupted begins anew with the next run.
        if run.has_time:
            run.desk.write(partial(rebalancing.note_look, found=found))


class _Moves:
    """What a rule moves, so many at a time."""

    def __init__(self, moves: list[Move]) -> None:
        self._moves = moves

    def find(self, session: Session, left: Collection[Move]) -> Sequence[Move]:
        """Return what is still to be moved. The plan is kept: what was moved may be held now, and count no more."""
        while self._moves:
            some = rebalancing.not_moved(session, self._moves[:MOST_ROWS])
            if found := [move for move in some if move not in left]:
                return found
            del self._moves[:MOST_ROWS]
        return []


Find = Callable[[Session, int, datetime, Collection[int], int], list[int]]
Work = Callable[[Session, int, datetime], object]


def _each_department(run: Run, number: str, unit: timedelta, find: Find, work: Work) -> None:
    """Do something with the tickets of each department where a number is set, so long after a moment of theirs."""
    now = clock.now()
    for department_id, many in run.desk.read(partial(due.departments_with, number=number)):
        before = now - many * unit
        run.rows(
            lambda session, left, d=department_id, b=before: find(session, d, b, left, MOST_ROWS),  # type: ignore[misc]
            lambda session, ticket_id, b=before: work(session, ticket_id, b),  # type: ignore[misc]
        )


def _close(run: Run) -> None:
    _each_department(run, "auto_close_hours", timedelta(hours=1), due.to_close, upkeep.close)


def _lock(run: Run) -> None:
    _each_department(run, "auto_lock_hours", timedelta(hours=1), due.to_lock, upkeep.lock)


def _delete(run: Run) -> None:
    _each_department(run, "auto_delete_days", timedelta(days=1), due.to_delete, upkeep.delete)


def _tell_idle(run: Run) -> None:
    stop = clock.now() - timedelta(days=run.settings.stop_idle_events_days)
    find = partial(due.idle, not_waiting_before=stop)
    _each_department(run, "idle_minutes", timedelta(minutes=1), find, upkeep.tell_idle)
