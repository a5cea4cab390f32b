"""Call logs: writing calls down, finding them, changing and deleting them.

Any agent may write a call down for any group; the agent it stands for must be in that group. A deleted call log is in
no list, is still read on its own, and is changed no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.dialler import incoming
from smartertrack_emu.domain.errors import BadValue, NotPossible
from smartertrack_emu.domain.events.calllogs import CallLogCreated, CallLogDeleted, CallLogModified
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.words import kept
from smartertrack_emu.domain.numbers import make_number
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.people.agents import check_agent
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure.departments import no_group, require_group
from smartertrack_emu.domain.structure.models import Group, GroupMember
from smartertrack_emu.store.identity import next_id

from . import visibility
from .models import CallLog


class CallLogDetails(NamedTuple):
    """A call log as it is read; `deleted_at` is None while it is there."""

    id: int
    number: str
    subject: str
    group_id: int
    agent_id: int
    customer_name: str
    email_address: str
    phone_number: str
    description: str
    is_incoming: bool
    started_at: datetime
    ended_at: datetime
    created_at: datetime
    deleted_at: datetime | None


_DETAILS = select(*(getattr(CallLog, name) for name in CallLogDetails._fields))


@dataclass(frozen=True, slots=True)
class NewCallLog:
    """A call to be written down; None for a date means now."""

    subject: str
    group_id: int
    agent_id: int
    customer_name: str = ""
    email_address: str = ""
    phone_number: str = ""
    description: str = ""
    is_incoming: bool = True
    started_at: datetime | None = None
    ended_at: datetime | None = None


class Created(NamedTuple):
    """A new call log."""

    id: int
    number: str


def create(session: Session, actor: Principal, new: NewCallLog) -> Created:
    """Write a call down; contacts of the dialler who called themselves may be called no more.

    NotFound for an unknown group or agent; BadValue for an empty subject, an agent who is not in the group, or an end
    before the start.
    """
    _check_subject(new.subject)
    _check_agent(session, new.group_id, new.agent_id)
    now = clock.now()
    call_log = CallLog(
        id=next_id(session, CallLog),
        subject=new.subject,
        group_id=new.group_id,
        agent_id=new.agent_id,
        customer_name=new.customer_name,
        email_address=new.email_address,
        phone_number=new.phone_number,
        description=new.description,
        is_incoming=new.is_incoming,
        started_at=new.started_at or now,
        ended_at=new.ended_at or now,
        created_at=now,
        created_by_id=actor.id,
    )
    _check_dates(call_log.started_at, call_log.ended_at)
    call_log.number = make_number(call_log.id, now)
    session.add(call_log)
    session.flush()
    publish(session, actor, CallLogCreated(call_log.id))
    if call_log.is_incoming and call_log.phone_number:
        incoming.close_contacts(session, call_log.group_id, call_log.phone_number)
    return Created(call_log.id, call_log.number)


def modify(session: Session, actor: Principal, call_log_id: int, changes: Mapping[str, Any]) -> None:
    """Change attributes of a call log, given by the names of `NewCallLog`.

    NotFound; NotPossible for a deleted one; BadValue as in `create`.
    """
    call_log = open_to_change(session, actor, call_log_id)
    if "subject" in changes:
        _check_subject(changes["subject"])
    if "group_id" in changes or "agent_id" in changes:
        _check_agent(session, changes.get("group_id", call_log.group_id), changes.get("agent_id", call_log.agent_id))
    _check_dates(changes.get("started_at", call_log.started_at), changes.get("ended_at", call_log.ended_at))
    changed = {name: value for name, value in changes.items() if getattr(call_log, name) != value}
    if not changed:
        return
    before = {name: kept(getattr(call_log, name)) for name in changed}
    for name, value in changed.items():
        setattr(call_log, name, value)
    session.flush()
    after = {name: kept(value) for name, value in changed.items()}
    publish(session, actor, CallLogModified(call_log_id, before, after))


def delete(session: Session, actor: Principal, call_log_id: int) -> None:
    """Delete a call log, which can still be read; NotFound, NotPossible for one that is deleted."""
    call_log = open_to_change(session, actor, call_log_id)
    call_log.deleted_at = clock.now()
    session.flush()
    publish(session, actor, CallLogDeleted(call_log_id))


def get(session: Session, actor: Principal, call_log_id: int) -> CallLogDetails:
    """Return a call log, deleted or not; NotFound."""
    conditions = (CallLog.id == call_log_id, *visibility.visible_to(actor))
    row = session.execute(_DETAILS.where(*conditions)).one_or_none()
    if row is None:
        raise visibility.no_call_log(call_log_id)
    return CallLogDetails(*row)


class ShownCallLog(NamedTuple):
    """A call log with the names of its agent and its group."""

    call_log: CallLogDetails
    agent: str
    group: str


def get_with_names(session: Session, actor: Principal, call_log_id: int) -> ShownCallLog:
    """Return a call log, deleted or not, as a page shows it; NotFound."""
    call_log = get(session, actor, call_log_id)
    agent, username, group = session.execute(
        select(User.display_name, User.username, Group.name)
        .join_from(CallLog, User, User.id == CallLog.agent_id)
        .join(Group, Group.id == CallLog.group_id)
        .where(CallLog.id == call_log_id)
    ).one()
    return ShownCallLog(call_log, agent or username, group)


def of_group(
    session: Session, actor: Principal, group_id: int, start: datetime | None, end: datetime | None
) -> list[CallLogDetails]:
    """Return a group's call logs that the actor sees, created from `start` to `end`, both included; NotFound."""
    require_group(session, group_id)
    return _created(session, actor, CallLog.group_id == group_id, start, end)


def of_agent(
    session: Session, actor: Principal, agent_id: int, start: datetime | None, end: datetime | None
) -> list[CallLogDetails]:
    """Return an agent's call logs that the actor sees, created from `start` to `end`, both included.

    NotFound for an unknown user, BadValue for one who is no agent (documented: the user must be one).
    """
    check_agent(session, agent_id)
    return _created(session, actor, CallLog.agent_id == agent_id, start, end)


def _created(
    session: Session, actor: Principal, condition: ColumnElement[bool], start: datetime | None, end: datetime | None
) -> list[CallLogDetails]:
    conditions = [condition, CallLog.deleted_at.is_(None), *visibility.visible_to(actor)]
    if start is not None:
        conditions.append(CallLog.created_at >= start)
    if end is not None:
        conditions.append(CallLog.created_at <= end)
    rows = session.execute(_DETAILS.where(*conditions).order_by(CallLog.created_at, CallLog.id))
    return [CallLogDetails(*row) for row in rows]


def open_to_change(session: Session, actor: Principal, call_log_id: int) -> CallLog:
    """Return a call log the actor sees, its row locked until the transaction ends; NotFound, NotPossible if deleted."""
    statement = select(CallLog).where(CallLog.id == call_log_id, *visibility.visible_to(actor))
    call_log = session.scalars(statement.with_for_update()).one_or_none()
    if call_log is None:
        raise visibility.no_call_log(call_log_id)
    if call_log.deleted_at is not None:
        raise NotPossible(f"Call log {call_log_id} is deleted.")
    return call_log


def _check_subject(subject: str) -> None:
    if not subject.strip():
        raise BadValue("subject", "is required.")


def _check_dates(start: datetime, end: datetime) -> None:
    if end < start:
        raise BadValue("ended_at", "lies before {started_at}; what is not given is now.", fields=["started_at"])


def _check_agent(session: Session, group_id: int, agent_id: int) -> None:
    """The group and the agent exist, and the agent is in it."""
    member = and_(GroupMember.group_id == Group.id, GroupMember.user_id == User.id)
    row = session.execute(
        select(Group.id, User.id, GroupMember.user_id)
        .select_from(Group)
        .outerjoin(User, and_(User.id == agent_id, User.deleted_at.is_(None)))
        .outerjoin(GroupMember, member)
        .where(Group.id == group_id)
    ).one_or_none()
    if row is None:
        raise no_group(group_id)
    if row[1] is None:
        raise users.no_user(agent_id)
    if row[2] is None:
        raise BadValue("agent_id", f": user {agent_id} is not in group {group_id}.")
