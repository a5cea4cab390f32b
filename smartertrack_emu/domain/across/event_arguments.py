"""The arguments of events as they are at the moment: what the event carries, and what the rows hold that it names.

    tell(session, happenings)       everything that rules and providers are told, in the order of the type's arguments
    tell_now(session, happenings)   the same of events that happen now; their items are locked

A reader returns, for the ids of rows of one table, what these hold; the statements do not grow with the events. Names
and meanings are documented with the product's events where its text names them, else ours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.chats.models import Chat, ChatMessage, ChatNote, SenderKind
from smartertrack_emu.domain.customfields.models import (
    CustomField,
    FieldTemplate,
    FieldTemplateEntry,
    TicketFieldValue,
)
from smartertrack_emu.domain.events.arguments import CUSTOM_FIELDS, spelt
from smartertrack_emu.domain.events.declaring import EventType, HelpdeskEvent
from smartertrack_emu.domain.events.publishing import Happening
from smartertrack_emu.domain.events.words import excerpt
from smartertrack_emu.domain.html import to_text
from smartertrack_emu.domain.kb.models import KbArticle, KbFolder
from smartertrack_emu.domain.kinds import REFERENCES, ItemKind, NoteKind, Priority, TicketStatus
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.spool.accounts import MailAccount, Security
from smartertrack_emu.domain.structure.models import Department, Group, Installation
from smartertrack_emu.domain.tasks.models import Task, TaskNote, TaskStatus
from smartertrack_emu.domain.tickets.models import Ticket, TicketMessage, TicketNote
from smartertrack_emu.domain.tickets.notes import WORDS as NOTE_WORDS
from smartertrack_emu.domain.tickets.status import WORDS as STATUS_WORDS
from smartertrack_emu.domain.timelogs.models import TimeLog, TimeLogCategory
from smartertrack_emu.domain.visitors.invitations import called
from smartertrack_emu.domain.visitors.models import Invitation, Visitor
from smartertrack_emu.store.batches import batches
from smartertrack_emu.store.prepared import Prepared

Arguments = dict[str, Any]
Reader = Callable[[Session, Collection[int]], dict[int, Arguments]]

_LOOKED_AT: Final = 40_000
"""Characters of a long text that are read: HTML has more of them than what it says."""

_ITEMS: Final[Mapping[str, Any]] = {
    "ticket_id": Ticket,
    "chat_id": Chat,
    "call_log_id": CallLog,
    "task_id": Task,
    "article_id": KbArticle,
}
"""What events are about whose order matters, by their first field."""

_ZONE: Final = Prepared(select(Installation.__table__.c.time_zone))
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def tell(session: Session, happenings: Sequence[Happening]) -> list[Arguments]:
    """Return all arguments of events; what no row holds any more is left out."""
    zone = _zone(session)
    held = _held(session, happenings)
    return [_told(one, zone, held) for one in happenings]


def tell_now(session: Session, happenings: Sequence[Happening]) -> list[Arguments]:
    """Return all arguments of events that are about to be written; what they are about is locked first.

    So the events of an item have their ids in the order in which they are committed.
    """
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        for one in happenings:
            model = _ITEMS.get(one.event._fields[0])
            if model is not None:
                session.execute(select(model.id).where(model.id == one.event[0]).with_for_update())
    return tell(session, happenings)


def _told(one: Happening, zone: ZoneInfo, held: Mapping[tuple[str, str], Mapping[int, Arguments]]) -> Arguments:
    local = one.at.astimezone(zone)
    found: Arguments = {
        "eventType": one.type.number,
        "timeOfDay": f"{local:%H:%M}",
        "dayOfWeek": _DAYS[local.weekday()],
        "actingAgent": one.actor_name,
    }
    carried = {spelt(name): _plain(value) for name, value in zip(one.event._fields, one.event, strict=True)}
    rows: Arguments = {}
    for reader, key in _needed(one.type, one.event):
        rows |= held[reader].get(key, {})
    for name in one.type.arguments:
        if name == CUSTOM_FIELDS:
            found |= {field: value for field, value in rows.items() if field.startswith("cf_")}
        elif carried.get(name) is not None:
            found[name] = carried[name]
        elif name in rows or name in carried:
            found[name] = rows.get(name)
    return found


def _needed(declared: EventType, event: HelpdeskEvent) -> list[tuple[tuple[str, str], int]]:
    """Return which readers an event needs, and with which id each of them."""
    values = dict(zip(event._fields, event, strict=True))
    of = event._fields[0]
    return [((of, one.by), values[one.by]) for one in declared.held if values[one.by] is not None]


def _held(session: Session, happenings: Iterable[Happening]) -> dict[tuple[str, str], dict[int, Arguments]]:
    """Return what rows hold, by the reader and the row's id."""
    wanted: dict[tuple[str, str], set[int]] = {}
    for one in happenings:
        for reader, key in _needed(one.type, one.event):
            wanted.setdefault(reader, set()).add(key)
    found: dict[tuple[str, str], dict[int, Arguments]] = {}
    for name, ids in wanted.items():
        found[name] = {}
        for some in batches(sorted(ids)):
            found[name] |= READERS.get(name, _nothing)(session, some)
    return found


def _zone(session: Session) -> ZoneInfo:
    row = _ZONE.one_or_none(session, {})
    return ZoneInfo(row.time_zone if row is not None and row.time_zone else "UTC")


def _plain(value: Any) -> Any:
    return written(value) if isinstance(value, datetime) else value


def written(moment: datetime | None) -> str | None:
    """Return a moment as arguments have it: ISO 8601 in UTC, `2031-02-28T23:59:00Z`."""
    return None if moment is None else f"{moment.astimezone(UTC).isoformat().removesuffix('+00:00')}Z"


def _says(body: str | None, *, is_html: bool = True) -> str:
    return "" if body is None else excerpt(to_text(body) if is_html else body)


# Readers


_FIRST = (
    select(TicketMessage.id)
    .where(TicketMessage.ticket_id == Ticket.id)
    .order_by(TicketMessage.sent_at, TicketMessage.id)
    .limit(1)
    .correlate(Ticket)
    .scalar_subquery()
)
_TICKETS = (
    select(
        Ticket.id,
        Ticket.number,
        Ticket.subject,
        Department.name,
        Group.name,
        User.username,
        Ticket.customer_name,
        Ticket.customer_email,
        Ticket.priority,
        Ticket.status,
        func.substr(TicketMessage.body, 1, _LOOKED_AT),
        TicketMessage.is_html,
    )
    .join(Department, Department.id == Ticket.department_id)
    .join(Group, Group.id == Ticket.group_id)
    .join(User, User.id == Ticket.agent_id)
    .outerjoin(TicketMessage, TicketMessage.id == _FIRST)
    .where(Ticket.id.in_(bindparam("ids", expanding=True)))
)
"""Made once: tickets are what most rules are about, and making a statement takes as long as running it."""

_TEMPLATED = (
    select(FieldTemplate.department_id, FieldTemplateEntry.field_id)
    .join(FieldTemplate, FieldTemplate.id == FieldTemplateEntry.template_id)
    .where(FieldTemplate.item_kind == ItemKind.TICKET)
    .subquery()
)
_FIELDS_OF_TICKETS = (
    select(Ticket.id, CustomField.display_name, func.coalesce(TicketFieldValue.value, CustomField.default_value))
    .select_from(Ticket)
    .join(CustomField, ~CustomField.is_global)
    .outerjoin(
        TicketFieldValue,
        and_(TicketFieldValue.field_id == CustomField.id, TicketFieldValue.ticket_id == Ticket.id),
    )
    .outerjoin(
        _TEMPLATED,
        and_(_TEMPLATED.c.field_id == CustomField.id, _TEMPLATED.c.department_id == Ticket.department_id),
    )
    .where(
        Ticket.id.in_(bindparam("ids", expanding=True)),
        or_(_TEMPLATED.c.field_id.is_not(None), TicketFieldValue.value.is_not(None)),
    )
    .order_by(Ticket.id, CustomField.id)
)


def _tickets(session: Session, ids: Collection[int]) -> dict[int, Arguments]:
    rows = session.execute(_TICKETS, {"ids": list(ids)})
    found: dict[int, Arguments] = {}
    for key, number, subject, department, group, agent, name, email, priority, status, body, is_html in rows:
        found[key] = {
            "ticketId": key,
            "ticketNumber": number,
            "subject": subject,
            "departmentName": department,
            "groupName": group,
            "agentUsername": agent,
            "customerName": name,
            "customerEmail": email,
            "priority": Priority(priority).word,
            "status": STATUS_WORDS[TicketStatus(status)],
            "body": _says(body, is_html=bool(is_html)),
        }
    for key, field, value in _fields_of_tickets(session, ids):
        found[key][f"cf_{field}"] = value
    return found


def _fields_of_tickets(session: Session, ids: Collection[int]) -> Iterable[tuple[int, str, str]]:
    """Return tickets' custom fields as they show: those of the department's template, and others that have a value."""
    rows = session.execute(_FIELDS_OF_TICKETS, {"ids": list(ids)})
    return [(row[0], row[1], row[2]) for row in rows]


def _chats(session: Session, ids: Collection[int]) -> dict[int, Arguments]:
    question = (
        select(func.substr(ChatMessage.body, 1, _LOOKED_AT))
        .where(ChatMessage.chat_id == Chat.id, ChatMessage.sender_kind == SenderKind.USER)
        .order_by(ChatMessage.sent_at, ChatMessage.id)
        .limit(1)
        .correlate(Chat)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Chat.id,
            Chat.number,
            Department.name,
            Group.name,
            User.username,
            Chat.customer_name,
            Chat.customer_email,
            Chat.customer_ip,
            Chat.customer_language,
            question,
        )
        .join(Department, Department.id == Chat.department_id)
        .join(Group, Group.id == Chat.group_id)
        .join(User, User.id == Chat.agent_id)
        .where(Chat.id.in_(ids))
    )
    names = ("chatId", "chatNumber", "departmentName", "groupName", "agentUsername", "customerName", "customerEmail")
    more = ("ipAddress", "language")
    return {
        row[0]: dict(zip((*names, *more), row[:-1], strict=True)) | {"question": excerpt(row[-1] or "")} for row in rows
    }


def _call_logs(session: Session, ids: Collection[int]) -> dict[int, Arguments]:
    rows = session.execute(
        select(
            CallLog.id,
            CallLog.number,
            CallLog.subject,
            Department.name,
            Group.name,
            User.username,
            CallLog.customer_name,
            CallLog.email_address,
            CallLog.phone_number,
        )
        .join(Group, Group.id == CallLog.group_id)
        .join(Department, Department.id == Group.department_id)
        .join(User, User.id == CallLog.agent_id)
        .where(CallLog.id.in_(ids))
    )
    names = ("callLogId", "callNumber", "subject", "departmentName", "groupName", "agentUsername", "customerName")
    return {row[0]: dict(zip((*names, "customerEmail", "phoneNumber"), row, strict=True)) for row in rows}


def task_word(status: TaskStatus) -> str:
    """Return what a task's status is called: `In Progress`."""
    return status.name.replace("_", " ").title()


def _tasks(session: Session, ids: Collection[int]) -> dict[int, Arguments]:
    rows = session.execute(
        select(Task, User.username).outerjoin(User, User.id == Task.agent_id).where(Task.id.in_(ids))
    )
    return {
        task.id: {
            "taskId": task.id,
            "subject": task.subject,
            "description": excerpt(task.description),
            "agentUsername": agent or "queue",
            "priority": Priority(task.priority).word,
            "status": task_word(TaskStatus(task.status)),
            "startDate": written(task.starts_at),
            "dueDate": written(task.due_at),
            "relatedItem": _related_item(task),
        }
        for task, agent in rows
    }


def _related_item(task: Task) -> str:
    for kind, column in REFERENCES.items():
        if getattr(task, column) is not None:
            return f"{kind}:{getattr(task, column)}"
    return ""


def _articles(session: Session, ids: Collection[int]) -> dict[int, Arguments]:
    rows = session.execute(
        select(
            KbArticle.id,
            KbArticle.subject,
            KbFolder.name,
            or_(KbArticle.is_private, KbFolder.is_private),
            KbArticle.keywords,
            KbArticle.language,
        )
        .join(KbFolder, KbFolder.id == KbArticle.folder_id)
        .where(KbArticle.id.in_(ids))
    )
    names = ("articleId", "title", "folderName", "private", "keywords", "language")
    return {row[0]: dict(zip(names, row, strict=True)) | {"private": bool(row[3])} for row in rows}


def _notes_in(model: type[TicketNote | ChatNote | TaskNote]) -> Reader:
    def read(session: Session, ids: Collection[int]) -> dict[int, Arguments]:
        kind: Any = getattr(model, "kind", None)
        columns = [model.id, func.substr(model.body, 1, _LOOKED_AT)]
        rows = session.execute(select(*columns, *([] if kind is None else [kind])).where(model.id.in_(ids)))
        return {
            row[0]: {"comment": _says(row[1])} | ({} if kind is None else {"commentType": NOTE_WORDS[NoteKind(row[2])]})
            for row in rows
        }

    return read


def _messages(session: Session, ids: Collection[int]) -> dict[int, Arguments]:
    rows = session.execute(
        select(
            TicketMessage.id,
            func.substr(TicketMessage.body, 1, _LOOKED_AT),
            TicketMessage.is_html,
            TicketMessage.subject,
            TicketMessage.to_address,
            TicketMessage.cc_address,
        ).where(TicketMessage.id.in_(ids))
    )
    return {
        key: {"message": _says(body, is_html=is_html), "messageSubject": subject, "to": to, "cc": cc}
        for key, body, is_html, subject, to, cc in rows
    }


def _lines(session: Session, ids: Collection[int]) -> dict[int, Arguments]:
    rows = session.execute(
        select(ChatMessage.id, func.substr(ChatMessage.body, 1, _LOOKED_AT)).where(ChatMessage.id.in_(ids))
    )
    return {row[0]: {"message": excerpt(row[1])} for row in rows}


def _time_logs(session: Session, ids: Collection[int]) -> dict[int, Arguments]:
    rows = session.execute(
        select(
            TimeLog.id, TimeLog.started_at, TimeLog.ended_at, TimeLogCategory.name, TimeLog.is_billable, TimeLog.subject
        )
        .join(TimeLogCategory, TimeLogCategory.id == TimeLog.category_id)
        .where(TimeLog.id.in_(ids))
    )
    return {
        key: {
            "minutes": int((ended - started).total_seconds() // 60),
            "category": category,
            "billable": is_billable,
            "timeLogSubject": subject,
        }
        for key, started, ended, category, is_billable, subject in rows
    }


def _accounts(session: Session, ids: Collection[int]) -> dict[int, Arguments]:
    # Columns alone: the password is none of them.
    rows = session.execute(
        select(
            MailAccount.id,
            MailAccount.host,
            MailAccount.port,
            MailAccount.username,
            MailAccount.security,
            MailAccount.address,
            Department.name,
        )
        .outerjoin(Department, Department.id == MailAccount.department_id)
        .where(MailAccount.id.in_(ids))
    )
    return {
        key: {
            "serverName": host,
            "smtpServer": host,
            "serverPort": port,
            "loginUsername": username,
            "ssl": security is not Security.NONE,
            "emailAddress": address,
            "requiresAuthentication": bool(username),
            "departmentName": department or "",
        }
        for key, host, port, username, security, address, department in rows
    }


def _visitors(session: Session, ids: Collection[int]) -> dict[int, Arguments]:
    last = (
        select(func.max(Invitation.id)).where(Invitation.visitor_id == Visitor.id).correlate(Visitor).scalar_subquery()
    )
    rows = session.execute(
        select(Visitor, Department.name, Group.name)
        .outerjoin(Invitation, Invitation.id == last)
        .outerjoin(Group, Group.id == Invitation.group_id)
        .outerjoin(Department, Department.id == Group.department_id)
        .where(Visitor.id.in_(ids))
    )
    now = clock.now()
    return {
        visitor.id: {
            "visitorId": visitor.id,
            "customerName": called(visitor.id),
            "customerEmail": "",
            "ipAddress": visitor.ip,
            "hostName": visitor.host_name,
            "hostDomain": ".".join(visitor.host_name.split(".")[-2:]),
            "country": visitor.country,
            "hits": visitor.hits,
            "durationMinutes": int((visitor.last_seen_at - visitor.started_at).total_seconds() // 60),
            "idleMinutes": max(0, int((now - visitor.last_seen_at).total_seconds() // 60)),
            "sessionStart": written(visitor.started_at),
            "page": visitor.page,
            "departmentName": department or "",
            "groupName": group or "",
        }
        for visitor, department, group in rows
    }


def _nothing(session: Session, ids: Collection[int]) -> dict[int, Arguments]:
    del session, ids
    return {}


READERS: dict[tuple[str, str], Reader] = {
    ("ticket_id", "ticket_id"): _tickets,
    ("ticket_id", "note_id"): _notes_in(TicketNote),
    ("ticket_id", "message_id"): _messages,
    ("ticket_id", "time_log_id"): _time_logs,
    ("chat_id", "chat_id"): _chats,
    ("chat_id", "note_id"): _notes_in(ChatNote),
    ("chat_id", "message_id"): _lines,
    ("chat_id", "time_log_id"): _time_logs,
    ("call_log_id", "call_log_id"): _call_logs,
    ("call_log_id", "time_log_id"): _time_logs,
    ("task_id", "task_id"): _tasks,
    ("task_id", "note_id"): _notes_in(TaskNote),
    ("article_id", "article_id"): _articles,
    ("account_id", "account_id"): _accounts,
    ("visitor_id", "visitor_id"): _visitors,
}
"""By the first field of the events and the field with the row's id. A new table is read by one more of these."""
