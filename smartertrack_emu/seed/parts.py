"""What tickets, chats and call logs have in common: files, time logs, notes."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Sequence
from datetime import datetime

from smartertrack_emu.domain.attachments.files import new_attachment
from smartertrack_emu.domain.attachments.names import file_name
from smartertrack_emu.domain.chats.notes import word
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.events.calllogs import CallLogModified
from smartertrack_emu.domain.events.chats import LiveChatAttachmentAdded, LiveChatCommentAdded
from smartertrack_emu.domain.events.declaring import HelpdeskEvent
from smartertrack_emu.domain.events.tickets import TicketAttachmentAdded, TicketCommentAdded
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.kinds import REFERENCES, ItemKind, NoteKind
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.tickets.notes import WORDS
from smartertrack_emu.domain.timelogs.models import TimeLog
from smartertrack_emu.domain.timelogs.time_logs import logged

from .catalogue import placed
from .format_items import AttachmentEntry, NotePart, TimeLogEntry
from .plan import Plan


def plan_attachments(
    plan: Plan,
    files: list[AttachmentEntry],
    place: str,
    item: tuple[ItemKind, int],
    *,
    sender: User | None,
    at: datetime,
    message_id: int | None = None,
) -> None:
    """Plan the files of an item, sent by whom they name, else by `sender`, at `at`."""
    kind, item_id = item
    for entry, where in placed(files, f"{place}.attachments"):
        content = _content(plan, entry, where)
        by = sender if entry.by is None else plan.user(entry.by, f"{where}.by")
        sent_by = by or plan.system()
        attachment = new_attachment(
            name=_name(plan, entry, where),
            expected_length=len(content),
            sender_id=sent_by.id,
            sender_name=sent_by.display_name,
            message_id=message_id,
        )
        attachment.id = plan.ids.of(entry)
        setattr(attachment, REFERENCES[kind], item_id)
        attachment.file_at = attachment.created_at = plan.when(entry.at, at)
        plan.rows.append(attachment)
        plan.contents.append((attachment, content))
        plan.event(_attached(kind, item_id, attachment.name, len(content)), sent_by, attachment.created_at)


def _attached(kind: ItemKind, item_id: int, name: str, length: int) -> HelpdeskEvent:
    if kind is ItemKind.TICKET:
        return TicketAttachmentAdded(item_id, name, length)
    if kind is ItemKind.CHAT:
        return LiveChatAttachmentAdded(item_id, name, length)
    return CallLogModified(item_id, recording=name, length=length)


def _name(plan: Plan, entry: AttachmentEntry, place: str) -> str:
    try:
        return file_name(entry.name, "it")
    except BadValue as error:
        plan.problems.add(f"{place}.name", str(error).removeprefix("it").lstrip(": ").rstrip("."))
        return "unnamed"


def _content(plan: Plan, entry: AttachmentEntry, place: str) -> bytes:
    if entry.text is not None and entry.base64 is not None:
        plan.problems.add(place, "has both text and base64; give one")
    if entry.base64 is None:
        return (entry.text or "").encode()
    try:
        return b64decode("".join(entry.base64.split()), validate=True)
    except (BadBase64, ValueError):
        plan.problems.add(f"{place}.base64", "is no Base64")
        return b""


def plan_time_logs(
    plan: Plan, logs: list[TimeLogEntry], place: str, item: tuple[ItemKind, int], holder: User | None
) -> None:
    """Plan the time spent on an item, by whom it names, else by who has the item."""
    kind, item_id = item
    for entry, where in placed(logs, f"{place}.time_logs"):
        category = plan.categories.find(entry.category, f"{where}.category")
        agent = plan.writer(entry.agent, holder, where, "agent")
        started, ended = entry.start.at(plan.now), entry.end.at(plan.now)
        plan.in_order(ended, started, f"{where}.end")
        if category is None or agent is None:
            continue
        log = TimeLog(
            id=plan.ids.of(entry),
            category_id=category.id,
            agent_id=agent.id,
            subject=entry.subject,
            description=entry.description,
            started_at=started,
            ended_at=ended,
            is_billable=entry.billable,
            is_deleted=entry.deleted,
            created_at=ended,
            created_by_id=agent.id,
        )
        setattr(log, REFERENCES[kind], item_id)
        plan.rows.append(log)
        plan.event(logged(kind, item_id, log), agent, ended)


def plan_notes(
    plan: Plan,
    notes: Sequence[NotePart],
    place: str,
    item: tuple[ItemKind, int],
    holder: User | None,
    *,
    since: datetime,
) -> list[datetime]:
    """Plan the notes on an item, by whom they name, else by who has the item; return when each was entered."""
    kind, item_id = item
    entered = []
    for note, where in placed(notes, f"{place}.notes"):
        author = plan.writer(note.by, holder, where, "by")
        at = plan.when(note.at, since)
        plan.in_order(at, since, f"{where}.at")
        entered.append(at)
        if author is None:
            continue
        note_id = plan.ids.of(note)
        row = note.row(
            id=note_id,
            kind=note.kind,
            author_id=author.id,
            body=note.text if note.html else encode(note.text),
            entered_at=at,
        )
        setattr(row, REFERENCES[kind], item_id)
        plan.rows.append(row)
        plan.event(_commented(kind, item_id, note_id, note.kind), author, at)
    return entered


def _commented(kind: ItemKind, item_id: int, note_id: int, note_kind: NoteKind) -> HelpdeskEvent:
    if kind is ItemKind.TICKET:
        return TicketCommentAdded(item_id, note_id, WORDS[note_kind])
    return LiveChatCommentAdded(item_id, note_id, word(note_kind))
