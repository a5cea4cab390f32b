"""Automatic assignment: who gets the next ticket or chat of a group (the product's rule).

Among the members who receive them, each with a weight and a maximum: whoever has waited longest, a weight of 2 counting
their time double; those at their maximum are passed over, and those in the second round get one when nobody in the
first can; nobody eligible: the queue. The members' rows stay locked
until the transaction ends, so parallel assignments take turns. Tickets and chats each have `Turns` of their own.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.structure.models import GroupMember, RoundRobin
from smartertrack_emu.store.prepared import Prepared, Record

from .agents import is_agent
from .models import QUEUE_ID, User

Kind = Literal["ticket", "chat"]

_TICK = timedelta(microseconds=1)

users, members = User.__table__.c, GroupMember.__table__.c


def in_turns() -> ColumnElement[bool]:
    """Return the condition that a member has turns at all."""
    return members.round_robin != RoundRobin.NONE


class Turns:
    """Turns for one kind of item, whose rows are in the table `item`.

    A subject makes its turns once, when it is imported: the statements are prepared then.
    """

    def __init__(self, kind: Kind, item: Table) -> None:
        self.kind = kind
        receives, weight, last_at = members[f"receives_{kind}s"], members[f"{kind}_weight"], members[f"last_{kind}_at"]
        self.members = Prepared(
            select(
                members.user_id,
                weight.label("weight"),
                members[f"max_{kind}s"].label("maximum"),
                last_at.label("last_at"),
                users.is_away,
                members.round_robin,
            )
            .join_from(GroupMember.__table__, User.__table__, users.id == members.user_id)
            .where(members.group_id == bindparam("group_id"), receives, weight > 0, in_turns(), is_agent())
            .order_by(members.user_id)
            .with_for_update(of=GroupMember.__table__)
        )
        # Those with a maximum alone: others may have thousands.
        limited = select(members.user_id).where(
            members.group_id == bindparam("group_id"), members[f"max_{kind}s"].is_not(None)
        )
        self.active = Prepared(
            select(item.c.agent_id, func.count().label("number"))
            .where(
                item.c.agent_id.in_(limited),
                item.c.is_active,
                ~item.c.is_deleted,
                item.c.group_id == bindparam("group_id"),
            )
            .group_by(item.c.agent_id)
        )
        self.note = Prepared(
            update(GroupMember.__table__)
            .where(members.group_id == bindparam("of_group"), members.user_id == bindparam("of_user"))
            .values({last_at: bindparam("now")})
        )


def choose_agent(session: Session, group_id: int, turns: Turns, *, exclude: Collection[int] = ()) -> int:
    """Return the user who gets the group's next item, and note that they got it; the queue's where nobody can."""
    found = turns.members.all(session, {"group_id": group_id})
    # Who is away from their desk still gets tickets, which can wait, but no chats.
    eligible = [m for m in found if m.user_id not in exclude and not (turns.kind == "chat" and m.is_away)]
    eligible = _below_maximum(session, group_id, turns, eligible)
    eligible = [m for m in eligible if m.round_robin is RoundRobin.PRIMARY] or eligible
    if not eligible:
        return QUEUE_ID
    now = clock.now()
    chosen = max(eligible, key=lambda member: _waiting(member, now))
    # Never the same moment twice in a group: order is what counts, also while the clock stands still.
    latest = max((m.last_at for m in found if m.last_at is not None), default=None)
    last_at = now if latest is None or latest < now else latest + _TICK
    turns.note.run(session, {"of_group": group_id, "of_user": chosen.user_id, "now": last_at})
    return int(chosen.user_id)


def _waiting(member: Record, now: datetime) -> tuple[float, float, int]:
    """How long a member has waited, by their weight; ties go to who was assigned earlier, then to the lower id."""
    if member.last_at is None:
        return (float("inf"), 0.0, -member.user_id)
    seconds = max((now - member.last_at).total_seconds(), 0.0)
    return (seconds * member.weight, -member.last_at.timestamp(), -member.user_id)


def _below_maximum(session: Session, group_id: int, turns: Turns, members: list[Record]) -> list[Record]:
    if all(member.maximum is None for member in members):
        return members
    active = {row.agent_id: row.number for row in turns.active.all(session, {"group_id": group_id})}
    return [m for m in members if m.maximum is None or active.get(m.user_id, 0) < m.maximum]
