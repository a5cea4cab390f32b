"""The format of what is worked on: tickets, chats, call logs and tasks, with what stands under them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from smartertrack_emu.domain import models
from smartertrack_emu.domain.kinds import NoteKind, Priority, TicketStatus
from smartertrack_emu.domain.tasks.models import TaskStatus

from .format_entry import Entry, Many, Part, Texts
from .values import (
    Address,
    Count,
    EstimateUnitWord,
    NoteKindWord,
    Number,
    PriorityWord,
    Ref,
    Required,
    Since,
    TaskStatusWord,
    TicketStatusWord,
    When,
)


class AttachmentEntry(Entry):
    """A file of what it stands under: its content as text (UTF-8) or as Base64."""

    row = models.Attachment
    name: Required
    text: str | None = None
    base64: str | None = None
    by: Ref | None = None
    at: When | None = None


class TimeLogEntry(Entry):
    """Time an agent spent on what it stands under."""

    row = models.TimeLog
    category: Ref
    agent: Ref | None = None
    subject: str = ""
    description: str = ""
    start: When
    end: When
    billable: bool = False
    deleted: bool = False


class MessageEntry(Entry):
    """A message of a ticket, from the customer or from an agent (`by`; else the ticket's)."""

    row = models.TicketMessage
    from_: Literal["customer", "agent"] = Field(alias="from")
    by: Ref | None = None
    text: str = ""
    html: bool = False
    draft: bool = False
    subject: str | None = None
    cc: str = ""
    bcc: str = ""
    at: When | None = None
    attachments: Many[AttachmentEntry]


class NotePart(Entry):
    """What a note on a ticket and one on a chat have."""

    by: Ref | None = None
    kind: NoteKindWord = NoteKind.NOTE
    text: str = ""
    html: bool = False
    at: When | None = None


class TicketNoteEntry(NotePart):
    """A note on a ticket."""

    row = models.TicketNote


class ChatNoteEntry(NotePart):
    """A note on a chat."""

    row = models.ChatNote


class RelatedItem(Part):
    """One ticket, chat or call log that something is about."""

    ticket: Ref | None = None
    chat: Ref | None = None
    call_log: Ref | None = None


class TicketEntry(Entry):
    """A ticket with its conversation."""

    row = models.Ticket
    number: Number | None = None
    subject: str = ""
    department: Ref | None = None
    group: Ref | None = None
    from_: Address = Field(default="", alias="from")
    from_name: str | None = None
    agent: Ref | None = None
    opened: When | None = None
    created_by: Ref | None = None
    priority: PriorityWord = Priority.NORMAL
    status: TicketStatusWord = TicketStatus.OPEN
    pinned: bool = False
    spam: bool = False
    deleted: Since = None
    closed: When | None = None
    follow_up: When | None = None
    custom_fields: Texts
    messages: Many[MessageEntry]
    notes: Many[TicketNoteEntry]
    attachments: Many[AttachmentEntry]
    time_logs: Many[TimeLogEntry]
    related: Many[RelatedItem]


class ChatCustomer(Part):
    """Who came to chat."""

    name: str = ""
    email: Address = ""
    ip: str = ""
    language: str = ""


class ChatMessageEntry(Entry):
    """A line of a chat; `user` is the customer."""

    row = models.ChatMessage
    from_: Literal["agent", "system", "user"] = Field(alias="from")
    by: Ref | None = None
    text: str = ""
    at: When | None = None


class ChatEntry(Entry):
    """A live chat, active while `ended` is not given."""

    row = models.Chat
    number: Number | None = None
    department: Ref | None = None
    group: Ref | None = None
    agent: Ref | None = None
    customer: ChatCustomer = ChatCustomer()
    queued: When | None = None
    started: When | None = None
    ended: When | None = None
    deleted: Since = None
    custom_fields: Texts
    messages: Many[ChatMessageEntry]
    notes: Many[ChatNoteEntry]
    attachments: Many[AttachmentEntry]
    time_logs: Many[TimeLogEntry]


class CallLogEntry(Entry):
    """A telephone call; `customer` is a name, not an account's."""

    row = models.CallLog
    number: Number | None = None
    subject: Required
    group: Ref
    department: Ref | None = None
    agent: Ref
    customer: str = ""
    email: str = ""
    phone: str = ""
    description: str = ""
    incoming: bool = True
    start: When | None = None
    end: When | None = None
    created: When | None = None
    created_by: Ref | None = None
    deleted: Since = None
    attachments: Many[AttachmentEntry]
    time_logs: Many[TimeLogEntry]


class Estimate(Part):
    """How long a task takes."""

    amount: Count
    unit: EstimateUnitWord


class TaskEntry(Entry):
    """A task, of one ticket, chat or call log or of none."""

    row = models.Task
    subject: Required
    description: str = ""
    agent: Ref | None = None
    priority: PriorityWord = Priority.NORMAL
    status: TaskStatusWord = TaskStatus.IN_PROGRESS
    ticket: Ref | None = None
    chat: Ref | None = None
    call_log: Ref | None = None
    start: When | None = None
    due: When | None = None
    reminder_minutes: Count | None = None
    original_estimate: Estimate | None = None
    remaining_estimate: Estimate | None = None
    created: When | None = None
    created_by: Ref | None = None
    modified: When | None = None
    deleted: Since = None
