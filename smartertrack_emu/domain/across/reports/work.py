"""Reports about tasks, time logs, agents, the knowledge base and surveys."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.kb.models import KbArticle, KbFolder
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.surveys.models import Survey, SurveyOffer
from smartertrack_emu.domain.tasks.models import Task, TaskStatus
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.domain.timelogs.models import TimeLog, TimeLogCategory

from .declaring import report
from .measures import (
    AGENT,
    CALL_LOGS,
    CHATS,
    TASKS,
    TICKETS,
    Counted,
    Figure,
    Rows,
    by_day,
    grouped,
    minutes,
    of,
    shown,
    total,
    without,
)
from .spans import Span

_TASK_COLUMNS = ("Tasks", "Completed", "Rejected", "Overdue")


_OF_SOMETHING_DELETED = or_(
    exists().where(Ticket.id == TimeLog.ticket_id, Ticket.is_deleted),
    exists().where(Chat.id == TimeLog.chat_id, Chat.is_deleted),
    exists().where(CallLog.id == TimeLog.call_log_id, CallLog.deleted_at.is_not(None)),
)
TIME_LOGS = Counted(TimeLog.id, TimeLog.started_at, and_(~TimeLog.is_deleted, ~_OF_SOMETHING_DELETED))
_TIME_COLUMNS = ("Time Logs", "Minutes", "Billable Minutes")
_SPENT = minutes(TimeLog.started_at, TimeLog.ended_at)
_TIME_FIGURES = (
    TIME_LOGS.number,
    total(_SPENT),
    func.coalesce(func.sum(_SPENT).filter(TimeLog.is_billable), 0),
)


def _task_figures() -> tuple[Figure, ...]:
    is_done = Task.status.in_((TaskStatus.COMPLETED, TaskStatus.REJECTED))
    return (
        TASKS.number,
        of(Task.status == TaskStatus.COMPLETED),
        of(Task.status == TaskStatus.REJECTED),
        of(and_(Task.due_at < clock.now(), ~is_done)),
    )


@report("Task Overview", "Day", *_TASK_COLUMNS)
def tasks(session: Session, span: Span) -> Rows:
    """Each day's new tasks: how many of them are completed and rejected now, and how many are overdue."""
    return by_day(session, span, TASKS, *_task_figures())


@report("Tasks by Agent", "Agent", *_TASK_COLUMNS)
def tasks_by_agent(session: Session, span: Span) -> Rows:
    """The tasks that were created in the span, of each agent."""
    joined = [(User, User.id == Task.agent_id)]
    return without(grouped(session, span, TASKS, [AGENT, User.id], joined, *_task_figures()), 1)


@report("Time Logs by Agent", "Agent", *_TIME_COLUMNS)
def times_by_agent(session: Session, span: Span) -> Rows:
    """The time that each agent spent from a moment of the span on."""
    joined = [(User, User.id == TimeLog.agent_id)]
    return without(grouped(session, span, TIME_LOGS, [AGENT, User.id], joined, *_TIME_FIGURES), 1)


@report("Time Logs by Category", "Category", *_TIME_COLUMNS)
def times_by_category(session: Session, span: Span) -> Rows:
    """The time that was spent in each category from a moment of the span on."""
    joined = [(TimeLogCategory, TimeLogCategory.id == TimeLog.category_id)]
    by = [TimeLogCategory.name, TimeLogCategory.id]
    return without(grouped(session, span, TIME_LOGS, by, joined, *_TIME_FIGURES), 1)


@report(
    "Agent Activity",
    "Agent",
    "Tickets",
    "Ticket Messages Out",
    "Chats",
    "Chat Messages Out",
    "Call Logs",
    "Tasks",
    "Minutes Logged",
)
def activity(session: Session, span: Span) -> Rows:
    """What each agent has of the span's tickets, chats, call logs and tasks, and the time they logged."""
    parts = (
        _of_agents(TICKETS, Ticket.agent_id, span, TICKETS.number, total(Ticket.reply_count_out)),
        _of_agents(CHATS, Chat.agent_id, span, CHATS.number, total(Chat.reply_count_out)),
        _of_agents(CALL_LOGS, CallLog.agent_id, span, CALL_LOGS.number),
        _of_agents(TASKS, Task.agent_id, span, TASKS.number),
        _of_agents(TIME_LOGS, TimeLog.agent_id, span, total(_SPENT)),
    )
    figures = [func.coalesce(figure, 0) for part in parts for figure in list(part.c)[1:]]
    statement: Any = select(AGENT, *figures).select_from(User)
    for part in parts:
        statement = statement.outerjoin(part, part.c.agent_id == User.id)
    is_active = or_(*(part.c.agent_id.is_not(None) for part in parts))
    rows = session.execute(statement.where(is_active).order_by(AGENT, User.id))
    return [tuple(map(shown, row)) for row in rows]


def _of_agents(counted: Counted, agent: Any, span: Span, *figures: Figure) -> Any:
    named = [figure.label(f"figure_{number}") for number, figure in enumerate(figures)]
    return select(agent, *named).where(*counted.within(span)).group_by(agent).subquery()


@report("Knowledge Base Article Views", "Article", "Folder", "Created", "Votes", "Score", "Views")
def article_views(session: Session, span: Span) -> Rows:
    """The articles that were created in the span, with their votes; views are not counted and stay empty."""
    counted = Counted(KbArticle.id, KbArticle.created_at, ~KbArticle.is_deleted)
    by = [KbArticle.subject, KbArticle.id, KbFolder.name, KbArticle.created_at, KbArticle.score_votes, KbArticle.score]
    rows = without(grouped(session, span, counted, by, [(KbFolder, KbFolder.id == KbArticle.folder_id)]), 1)
    return [(*row, None) for row in rows]


@report("Knowledge Base Searches", "Search", "Searches", "Found")
def searches(session: Session, span: Span) -> Rows:
    """What was searched for; searches are not kept, so there are no rows."""
    del session, span
    return []


_ANSWERED = SurveyOffer.answered_at.is_not(None)
_OF_DELETED_ITEM = or_(
    exists().where(Ticket.id == SurveyOffer.ticket_id, Ticket.is_deleted),
    exists().where(Chat.id == SurveyOffer.chat_id, Chat.is_deleted),
)
OFFERS = Counted(SurveyOffer.id, SurveyOffer.offered_at, ~_OF_DELETED_ITEM)
_RATING = func.avg(SurveyOffer.rating)


@report("Survey Results", "Survey", "Offered", "Answered", "Average Rating")
def surveys(session: Session, span: Span) -> Rows:
    """How often each survey was offered in the span, how many of these were answered, and how well (percent)."""
    joined = [(Survey, Survey.id == SurveyOffer.survey_id)]
    by = [Survey.name, Survey.id]
    return without(grouped(session, span, OFFERS, by, joined, OFFERS.number, of(_ANSWERED), _RATING), 1)


@report("Agent Ratings", "Agent", "Answered", "Average Rating")
def ratings(session: Session, span: Span) -> Rows:
    """How well each agent was rated in the surveys that were answered in the span (percent)."""
    # An offer names the agent by the username of its moment: who is gone, or has another one by now, is called by that.
    is_agent = and_(User.username == SurveyOffer.agent_username, User.deleted_at.is_(None))
    by = [func.coalesce(AGENT, SurveyOffer.agent_username), SurveyOffer.agent_username]
    rated = select(*by, func.count(SurveyOffer.id), _RATING).select_from(SurveyOffer).outerjoin(User, is_agent)
    answered = rated.where(
        SurveyOffer.agent_username != "",
        SurveyOffer.answered_at >= span.start,
        SurveyOffer.answered_at < span.end,
        ~_OF_DELETED_ITEM,
    )
    rows = session.execute(answered.group_by(*by).order_by(*by))
    return without([tuple(map(shown, row)) for row in rows], 1)
