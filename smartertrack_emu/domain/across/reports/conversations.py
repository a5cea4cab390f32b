"""Reports about chats, by when they began, and about call logs, by when they were written down."""

from __future__ import annotations

from sqlalchemy import and_, func
from sqlalchemy.orm import Session

from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.structure.models import Department, Group

from .declaring import report
from .measures import AGENT, CALL_LOGS, CHATS, Rows, by_day, grouped, minutes, of, total, without
from .spans import Span

_CHAT_MINUTES = minutes(Chat.started_at, Chat.ended_at)
_CHAT_COLUMNS = ("Chats", "Ended", "Messages In", "Messages Out", "Average Minutes")
_CHAT_FIGURES = (
    CHATS.number,
    func.count(Chat.ended_at),
    total(Chat.reply_count_in),
    total(Chat.reply_count_out),
    func.avg(_CHAT_MINUTES),
)
_CALL_MINUTES = minutes(CallLog.started_at, CallLog.ended_at)
_CALL_COLUMNS = ("Call Logs", "Incoming", "Outgoing", "Minutes", "Average Minutes")
_CALL_FIGURES = (
    CALL_LOGS.number,
    of(and_(CallLog.id.is_not(None), CallLog.is_incoming)),
    of(and_(CallLog.id.is_not(None), ~CallLog.is_incoming)),
    total(_CALL_MINUTES),
    func.avg(_CALL_MINUTES),
)


@report("Chat Overview", "Day", *_CHAT_COLUMNS)
def chats(session: Session, span: Span) -> Rows:
    """Each day's chats, their messages, and how long those lasted that have ended."""
    return by_day(session, span, CHATS, *_CHAT_FIGURES)


@report("Chats by Agent", "Agent", *_CHAT_COLUMNS)
def chats_by_agent(session: Session, span: Span) -> Rows:
    """The chats of each agent; those that nobody had are the queue's."""
    joined = [(User, User.id == Chat.agent_id)]
    return without(grouped(session, span, CHATS, [AGENT, User.id], joined, *_CHAT_FIGURES), 1)


@report("Chats by Department", "Department", *_CHAT_COLUMNS)
def chats_by_department(session: Session, span: Span) -> Rows:
    """The chats of each department."""
    joined = [(Department, Department.id == Chat.department_id)]
    return without(grouped(session, span, CHATS, [Department.name, Department.id], joined, *_CHAT_FIGURES), 1)


@report("Chat Wait Times", "Department", "Chats", "Average Wait Minutes", "Longest Wait Minutes")
def waits(session: Session, span: Span) -> Rows:
    """How long customers of each department waited until their chat began."""
    joined = [(Department, Department.id == Chat.department_id)]
    wait = minutes(Chat.queued_at, Chat.started_at)
    figures = (CHATS.number, func.avg(wait), func.max(wait))
    return without(grouped(session, span, CHATS, [Department.name, Department.id], joined, *figures), 1)


@report("Call Log Overview", "Day", *_CALL_COLUMNS)
def calls(session: Session, span: Span) -> Rows:
    """Each day's call logs, and how long the calls took."""
    return by_day(session, span, CALL_LOGS, *_CALL_FIGURES)


@report("Call Logs by Agent", "Agent", *_CALL_COLUMNS)
def calls_by_agent(session: Session, span: Span) -> Rows:
    """The call logs of each agent."""
    joined = [(User, User.id == CallLog.agent_id)]
    return without(grouped(session, span, CALL_LOGS, [AGENT, User.id], joined, *_CALL_FIGURES), 1)


@report("Call Logs by Department", "Department", *_CALL_COLUMNS)
def calls_by_department(session: Session, span: Span) -> Rows:
    """The call logs of each department."""
    joined = [(Group, Group.id == CallLog.group_id), (Department, Department.id == Group.department_id)]
    return without(grouped(session, span, CALL_LOGS, [Department.name, Department.id], joined, *_CALL_FIGURES), 1)
