"""Rules by which a group's tickets are evened out among its agents (seen): the table, and what is done with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, time
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.structure.emulation import begin_epoch
from smartertrack_emu.domain.structure.models import Group, GroupMember
from smartertrack_emu.store.base import Base

MOST_TIMES = 3
"""At how many times of the day a rule may run (seen)."""


class RebalanceRule(Base):
    """A rule of a group.

    `agent_ids` and `at` are JSON lists: of those whom it takes tickets from and gives them (empty: all in the group),
    and of times of the day, `HH:MM` in the installation's time zone.
    `every_seconds`: how often it runs (None: not by that); `on_activate`, `on_deactivate`: when one of them begins to
    receive tickets, or ceases to. `hold_..._seconds`: for so long a ticket stays where it is that was assigned, written
    in, read or pinned. `last_run_at`: when it last ran, or when it was made; `receiver_ids`: who received tickets when
    it was last looked at, as a JSON list, None where nobody has looked yet.
    """

    __tablename__ = "rebalance_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    agent_ids: Mapped[str] = mapped_column(default="[]")
    every_seconds: Mapped[int | None]
    at: Mapped[str] = mapped_column(default="[]")
    on_activate: Mapped[bool] = mapped_column(default=False)
    on_deactivate: Mapped[bool] = mapped_column(default=False)
    hold_assigned_seconds: Mapped[int] = mapped_column(default=0)
    hold_composed_seconds: Mapped[int] = mapped_column(default=0)
    hold_read_seconds: Mapped[int] = mapped_column(default=0)
    hold_pinned_seconds: Mapped[int] = mapped_column(default=0)
    enabled: Mapped[bool] = mapped_column(default=True)
    last_run_at: Mapped[datetime] = mapped_column(default=clock.now)
    receiver_ids: Mapped[str | None]

    __table_args__ = (
        Index(None, "group_id"),
        CheckConstraint("every_seconds >= 1", name="every_seconds"),
        CheckConstraint(
            "hold_assigned_seconds >= 0 AND hold_composed_seconds >= 0 "
            "AND hold_read_seconds >= 0 AND hold_pinned_seconds >= 0",
            name="holds",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as those see it who make it; the agents are user ids, the times of the day `HH:MM`."""

    OF_THE_ROW: ClassVar = ("id", "last_run_at", "receiver_ids")

    name: str
    group_id: int
    agent_ids: Sequence[int] = ()
    every_seconds: int | None = None
    at: Sequence[str] = ()
    on_activate: bool = False
    on_deactivate: bool = False
    hold_assigned_seconds: int = 0
    hold_composed_seconds: int = 0
    hold_read_seconds: int = 0
    hold_pinned_seconds: int = 0
    enabled: bool = True


_NAMES = tuple(field.name for field in fields(Rule))
_LISTS = ("agent_ids", "at")


def of_row(row: RebalanceRule) -> Rule:
    """Return what a row says."""
    values = {name: getattr(row, name) for name in _NAMES}
    return Rule(**values | {name: tuple(json.loads(values[name])) for name in _LISTS})


def listing(session: Session, *, limit: int, offset: int) -> tuple[list[RebalanceRule], int]:
    """Return rules in the order they were made, and how many there are in all."""
    query = select(RebalanceRule).order_by(RebalanceRule.id).limit(limit).offset(offset)
    return list(session.scalars(query)), session.scalar(select(func.count()).select_from(RebalanceRule)) or 0


def get(session: Session, rule_id: int) -> RebalanceRule:
    """Return a rule; NotFound."""
    rule = session.get(RebalanceRule, rule_id)
    if rule is None:
        raise NotFound(f"There is no rebalance rule {rule_id}.")
    return rule


def create(session: Session, rule: Rule) -> RebalanceRule:
    """Make a rule; BadValue for a group or agents that are not there, and for a time of the day that is none."""
    row = RebalanceRule()
    _set(session, row, rule)
    session.add(row)
    session.flush()
    begin_epoch(session)  # whether reading is noted hangs on the rules
    return row


def change(session: Session, rule_id: int, changes: Mapping[str, Any]) -> RebalanceRule:
    """Change a rule, by the names of `Rule`; NotFound, BadValue as of `create`.

    One that is switched on runs as if it had been made then.
    """
    row = get(session, rule_id)
    before = of_row(row)
    values = {name: getattr(before, name) for name in _NAMES} | dict(changes)
    after = Rule(**values)
    _set(session, row, after)
    if after.enabled and not before.enabled:
        row.last_run_at = clock.now()
    if (before.enabled, before.group_id, before.agent_ids) != (after.enabled, after.group_id, tuple(after.agent_ids)):
        row.receiver_ids = None
    session.flush()
    begin_epoch(session)
    return row


def delete(session: Session, rule_id: int) -> None:
    """Delete a rule; NotFound."""
    session.delete(get(session, rule_id))
    session.flush()
    begin_epoch(session)


def hold_reading(session: Session) -> bool:
    """Say whether a rule goes by when tickets were read: only then is that noted."""
    found = select(RebalanceRule.id).where(RebalanceRule.enabled, RebalanceRule.hold_read_seconds > 0).limit(1)
    return session.scalar(found) is not None


def time_of_day(word: str) -> time:
    """Return the time that `HH:MM` names; ValueError."""
    hour, _, minute = word.partition(":")
    if len(word) != len("HH:MM") or not (hour.isdecimal() and minute.isdecimal()):
        message = f"{word} is no time of the day"
        raise ValueError(message)
    return time(int(hour), int(minute))


def _set(session: Session, row: RebalanceRule, rule: Rule) -> None:
    if not rule.name.strip():
        raise BadValue("name", "is required.")
    if session.get(Group, rule.group_id) is None:
        raise BadValue("group_id", f": there is no group {rule.group_id}.")
    agent_ids = sorted(set(rule.agent_ids))
    _require_members(session, rule.group_id, agent_ids)
    if len(set(rule.at)) > MOST_TIMES:
        raise BadValue("at", f"may hold {MOST_TIMES} times of the day at the most.")
    for word in rule.at:
        try:
            time_of_day(word)
        except ValueError:
            raise BadValue("at", f": {shown(word)} is no time of the day, as 08:30.") from None
    for name in _NAMES:
        setattr(row, name, getattr(rule, name))
    row.agent_ids, row.at = json.dumps(agent_ids), json.dumps(sorted(set(rule.at)))


def _require_members(session: Session, group_id: int, agent_ids: Sequence[int]) -> None:
    found = select(GroupMember.user_id).join(User, User.id == GroupMember.user_id)
    there = set(session.scalars(found.where(GroupMember.group_id == group_id, GroupMember.user_id.in_(agent_ids))))
    for agent_id in agent_ids:
        if agent_id not in there:
            raise BadValue("agent_ids", f": user {agent_id} is not in group {group_id}.")
