"""Chat Manager: ends abandoned chats, takes back unanswered ones, assigns waiting ones, tells idle ones, deletes old.

What may end or change hands comes before assigning, so that a run leaves nobody a chat that is due already.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy.orm import Session

from smartertrack_emu.desk.run import MOST_ROWS, Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.chats import assignment, due, state
from smartertrack_emu.domain.people.users import SYSTEM


def run(run: Run) -> None:
    """Do what is due now, step by step."""
    for step in (_end_abandoned, _take_back, _assign, _tell_idle, _delete):
        if not run.has_time:
            return
        step(run)


def _end_abandoned(run: Run) -> None:
    minutes = run.settings.chat_abandoned_minutes
    if minutes is None:
        return
    before = clock.now() - timedelta(minutes=minutes)
    run.rows(
        lambda session, left: due.abandoned(session, before, left, MOST_ROWS),
        lambda session, chat_id: state.end_abandoned(session, chat_id, before),
    )


def _take_back(run: Run) -> None:
    first, later = run.settings.chat_first_answer_seconds, run.settings.chat_answer_seconds
    now = clock.now()
    if first is not None:
        since_first = now - timedelta(seconds=first)
        run.rows(
            lambda session, left: due.without_first_answer(session, since_first, left, MOST_ROWS),
            assignment.take_back,
        )
    if later is not None:
        since = now - timedelta(seconds=later)
        run.rows(
            lambda session, left: due.without_answer(session, since, left, MOST_ROWS, only_later=first is not None),
            assignment.take_back,
        )


def _assign(run: Run) -> None:
    for group_id in run.desk.read(due.groups_to_assign_in):
        _Group(group_id).assign(run)


class _Group:
    """A group whose chats wait for agents. One that nobody can have keeps no other waiting: it may be for one agent."""

    def __init__(self, group_id: int) -> None:
        self._id = group_id

    def assign(self, run: Run) -> None:
        """Give the chats to agents, the oldest first."""
        run.rows(self._find, assignment.assign)

    def _find(self, session: Session, left: Collection[int]) -> list[int]:
        return due.to_assign(session, self._id, left, MOST_ROWS)


def _tell_idle(run: Run) -> None:
    now = clock.now()
    for department_id, minutes in run.desk.read(due.idle_departments):
        before = now - timedelta(minutes=minutes)
        run.rows(
            lambda session, left, d=department_id, b=before: due.idle(session, d, b, left, MOST_ROWS),  # type: ignore[misc]
            lambda session, chat_id, b=before: state.tell_idle(session, chat_id, b),  # type: ignore[misc]
        )


def _delete(run: Run) -> None:
    days = run.settings.delete_chats_days
    if days is None:
        return
    before = clock.now() - timedelta(days=days)
    run.rows(
        lambda session, left: due.to_delete(session, before, left, MOST_ROWS),
        lambda session, chat_id: state.delete(session, SYSTEM, chat_id),
    )
