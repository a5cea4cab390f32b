"""What tickets, chats and call logs have in common: files, time logs, notes."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as BadBase64
from datetime import datetime

from smartertrack_emu.domain.attachments.files import new_attachment
from smartertrack_emu.domain.events.history import EventType
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.timelogs.models import TimeLog

from .catalogue import placed
from .format_items import AttachmentEntry, NotePart, TimeLogEntry
from .plan import Plan

_COLUMNS = {ItemKind.TICKET: "ticket_id", ItemKind.CHAT: "chat_id", ItemKind.CALL_LOG: "call_log_id"}
_TIME_LOGGED = {
    ItemKind.TICKET: EventType.TICKET_TIME_LOG_CREATED,
    ItemKind.CHAT: EventType.CHAT_TIME_LOG_CREATED,
    ItemKind.CALL_LOG: EventType.CALL_LOG_CHANGED,
}
_ATTACHED = {
    ItemKind.TICKET: EventType.TICKET_ATTACHMENT_ADDED,
    ItemKind.CHAT: EventType.CHAT_ATTACHMENT_ADDED,
    ItemKind.CALL_LOG: EventType.CALL_LOG_CHANGED,
}


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
            name=entry.name,
            expected_length=len(content),
            sender_id=sent_by.id,
            sender_name=sent_by.display_name,
            message_id=message_id,
        )
        attachment.id = plan.ids.of(entry)
        setattr(attachment, _COLUMNS[kind], item_id)
        attachment.file_at = attachment.created_at = plan.when(entry.at, at)
        plan.rows.append(attachment)
        plan.contents.append((attachment, content))
        details = f"{entry.name} ({len(content)} bytes)"
        plan.event(kind, item_id, _ATTACHED[kind], sent_by, attachment.created_at, details=details)


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
        setattr(log, _COLUMNS[kind], item_id)
        plan.rows.append(log)
        minutes = int((ended - started).total_seconds() // 60)
        plan.event(kind, item_id, _TIME_LOGGED[kind], agent, ended, details=f"Time log {log.id}: {minutes} minutes")


def note_body(entry: NotePart) -> str:
    """The note as HTML: as given, or encoded from plain text."""
    return entry.text if entry.html else encode(entry.text)
