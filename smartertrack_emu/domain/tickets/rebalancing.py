"""Evening out a group's tickets among its agents, as a rebalance rule says (seen).

    found = look(session, rule_id)              whether it is due, who receives tickets
    for move in plan(session, rule_id):         the fewest moves after which everybody has their share
        carry_out(session, move)
    note_look(session, found)                   at the end, so that what was interrupted begins anew

Only active tickets are counted and moved, which are neither pinned nor held, of agents who have turns at all (a weight,
and a round): those who receive no tickets give theirs away, the others get their share by their weight, up to their
maximum. Of an agent's tickets those move that came last.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.agents import is_agent
from smartertrack_emu.domain.people.assignment import in_turns
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure.models import Group, GroupMember, Installation

from .assignment import move
from .models import Ticket
from .rebalance_rules import RebalanceRule, time_of_day
from .visibility import by_id, open_to_change

tickets, members, groups = Ticket.__table__.c, GroupMember.__table__.c, Group.__table__.c


class Look(NamedTuple):
    """What was found when a rule was looked at: who receives, and whether that was noted already."""

    rule_id: int
    at: datetime
    is_due: bool
    receivers: frozenset[int]
    is_noted: bool


class Move(NamedTuple):
    """A ticket that is to go from one agent to another."""

    ticket_id: int
    from_agent_id: int
    to_agent_id: int


class Agent(NamedTuple):
    """What an agent has of the tickets that can be moved, how much of them is theirs, and how many they may have.

    `room`: None for any number; `is_receiving`: whether they get any.
    """

    has: int
    weight: int
    room: int | None
    is_receiving: bool


def look(session: Session, rule_id: int) -> Look | None:
    """Look whether a rule is to run now; None for one that is not there any more, or switched off."""
    rule = session.get(RebalanceRule, rule_id)
    if rule is None or not rule.enabled:
        return None
    now = clock.now()
    receivers = frozenset(row.user_id for row in _members(session, rule) if row.receives_tickets)
    known = None if rule.receiver_ids is None else frozenset(json.loads(rule.receiver_ids))
    is_due = _is_time(session, rule, now)
    if known is not None:
        is_due = is_due or (rule.on_activate and bool(receivers - known))
        is_due = is_due or (rule.on_deactivate and bool(known - receivers))
    return Look(rule_id, now, is_due, receivers, receivers == known)


def note_look(session: Session, found: Look) -> None:
    """Note who received tickets when a rule was looked at, and that it ran, where it was due."""
    rule = session.get(RebalanceRule, found.rule_id)
    if rule is None:
        return
    rule.receiver_ids = json.dumps(sorted(found.receivers))
    if found.is_due:
        rule.last_run_at = found.at
    session.flush()


def plan(session: Session, rule_id: int) -> list[Move]:
    """Return what is to be moved; nothing where the rule is not there any more, or nobody receives tickets."""
    rule = session.get(RebalanceRule, rule_id)
    if rule is None:
        return []
    agents = {row.user_id: row for row in _members(session, rule)}
    movable: dict[int, list[Any]] = {agent_id: [] for agent_id in agents}
    others = dict.fromkeys(agents, 0)
    now = clock.now()
    of_department = select(groups.department_id).where(groups.id == rule.group_id).scalar_subquery()
    statement = _ACTIVE.where(tickets.department_id == of_department, tickets.group_id == rule.group_id)
    for row in session.execute(statement):
        if row.agent_id not in agents:
            continue
        if row.is_pinned or _is_held(rule, row, now):
            others[row.agent_id] += 1
        else:
            movable[row.agent_id].append(row)
    facts = {
        agent_id: Agent(
            len(movable[agent_id]),
            row.ticket_weight,
            None if row.max_tickets is None else max(row.max_tickets - others[agent_id], 0),
            row.receives_tickets,
        )
        for agent_id, row in agents.items()
    }
    return to_even_out(facts, shares(facts), movable)


def not_moved(session: Session, wanted: Collection[Move]) -> list[Move]:
    """Return those of the moves whose tickets are still with the agent they are to go from."""
    found = select(tickets.id, tickets.agent_id).where(tickets.id.in_([one.ticket_id for one in wanted]))
    agents = {row.id: row.agent_id for row in session.execute(found)}
    return [one for one in wanted if agents.get(one.ticket_id) == one.from_agent_id]


def carry_out(session: Session, wanted: Move) -> bool:
    """Move a ticket; False where it is not any more what it was when the move was planned. NotFound, NotPossible."""
    ticket = open_to_change(session, SYSTEM, by_id(wanted.ticket_id))
    if ticket.agent_id != wanted.from_agent_id or ticket.is_pinned or not ticket.is_active:
        return False
    move(session, SYSTEM, ticket, group_id=None, agent_id=wanted.to_agent_id)
    return True


def shares(agents: Mapping[int, Agent]) -> dict[int, int]:
    """Return how many tickets each of those who receive any is to have.

    By their weights, rounded so that as few as possible move, and never more than they have room for; where there is
    not room for all the rest stays where it is.
    """
    rest = sum(agent.has for agent in agents.values())
    taking = {agent_id: agent for agent_id, agent in agents.items() if agent.is_receiving}
    wanted: dict[int, int] = {}
    while True:
        weights = sum(agent.weight for agent in taking.values())
        full = [
            agent_id
            for agent_id, agent in taking.items()
            if agent.room is not None and rest * agent.weight > agent.room * weights
        ]
        if not full:
            break
        for agent_id in full:
            room = taking.pop(agent_id).room or 0
            wanted[agent_id] = room
            rest -= room
    wanted |= {agent_id: rest * agent.weight // weights for agent_id, agent in taking.items()}
    # Who has more than their whole share keeps one of what is left over before others get one.
    fractions = {agent_id: rest * agent.weight % weights for agent_id, agent in taking.items()}
    order = sorted(
        (agent_id for agent_id in taking if fractions[agent_id]),
        key=lambda agent_id: (taking[agent_id].has <= wanted[agent_id], -fractions[agent_id], agent_id),
    )
    over = rest - sum(wanted[agent_id] for agent_id in taking)
    for agent_id in order[:over]:
        wanted[agent_id] += 1
    return wanted


def to_even_out(agents: Mapping[int, Agent], wanted: Mapping[int, int], movable: Mapping[int, list[Any]]) -> list[Move]:
    """Return the moves after which everybody has what is `wanted`; `movable`: the tickets that can move, by agents."""
    if not wanted:
        return []
    lacking = {agent_id: number - agents[agent_id].has for agent_id, number in wanted.items()}
    given: list[Any] = []
    for agent_id, rows in movable.items():
        rows.sort(key=_newest, reverse=True)
        given += rows[: max(agents[agent_id].has - wanted.get(agent_id, 0), 0)]
    given.sort(key=_newest, reverse=True)
    moves = []
    for row in given:
        to_agent_id = max(lacking, key=lambda agent_id: (lacking[agent_id], -agent_id))
        if lacking[to_agent_id] <= 0:  # there is room for no more
            break
        lacking[to_agent_id] -= 1
        moves.append(Move(row.id, row.agent_id, to_agent_id))
    return moves


def _newest(row: Any) -> tuple[datetime, int]:
    return (row.assigned_at or row.opened_at, row.id)


_ACTIVE = select(
    tickets.id,
    tickets.agent_id,
    tickets.is_pinned,
    tickets.opened_at,
    tickets.assigned_at,
    tickets.composed_at,
    tickets.read_at,
    tickets.pinned_at,
).where(tickets.is_active, ~tickets.is_deleted)


def _members(session: Session, rule: RebalanceRule) -> Iterable[Any]:
    """Return the agents that a rule is about, with what they receive."""
    found = (
        select(members.user_id, members.ticket_weight, members.max_tickets, members.receives_tickets)
        .join_from(GroupMember.__table__, User.__table__, User.id == members.user_id)
        .where(members.group_id == rule.group_id, members.ticket_weight > 0, in_turns(), is_agent())
        .order_by(members.user_id)
    )
    named: Collection[int] = json.loads(rule.agent_ids)
    return session.execute(found.where(members.user_id.in_(named)) if named else found).all()


def _is_held(rule: RebalanceRule, row: Any, now: datetime) -> bool:
    holds = (
        (row.assigned_at, rule.hold_assigned_seconds),
        (row.composed_at, rule.hold_composed_seconds),
        (row.read_at, rule.hold_read_seconds),
        (row.pinned_at, rule.hold_pinned_seconds),
    )
    return any(at is not None and seconds and now - at < timedelta(seconds=seconds) for at, seconds in holds)


def _is_time(session: Session, rule: RebalanceRule, now: datetime) -> bool:
    """Say whether a rule is due by its interval or its times of the day; what was missed counts once."""
    times = json.loads(rule.at)
    if rule.last_run_at > now:  # the clock went back
        return bool(times or rule.every_seconds)
    if rule.every_seconds is not None and now - rule.last_run_at >= timedelta(seconds=rule.every_seconds):
        return True
    if not times:
        return False
    zone = ZoneInfo(session.scalar(select(Installation.time_zone)) or "UTC")
    today = now.astimezone(zone).date()
    moments = (
        datetime.combine(day, time_of_day(word), zone).astimezone(UTC)
        for word in times
        for day in (today, today - timedelta(days=1))
    )
    return any(rule.last_run_at < moment <= now for moment in moments)
