"""The sections about chats and telephone calls."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.chats.models import Chat, ChatMessage, SenderKind
from smartertrack_emu.domain.customfields.models import ChatFieldValue
from smartertrack_emu.domain.events.calllogs import CallLogCreated, CallLogDeleted
from smartertrack_emu.domain.events.chats import LiveChatDeleted, LiveChatEnded, LiveChatStarted
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.models import QUEUE_ID, User

from .catalogue import placed
from .format import SeedDocument
from .format_items import CallLogEntry, ChatEntry
from .parts import plan_attachments, plan_notes, plan_time_logs
from .plan import Plan


def plan_chats(plan: Plan, document: SeedDocument) -> None:
    """Plan chats with what was said."""
    for entry, place in placed(document.chats, "chats"):
        _plan_chat(plan, entry, place)


def _plan_chat(plan: Plan, entry: ChatEntry, place: str) -> None:
    where = plan.stands_in(entry.department, entry.group, place)
    is_history = entry.deleted is not None or entry.ended is not None
    holder = plan.holder(entry.agent, where[1] if where else None, f"{place}.agent", is_history=is_history)
    customer = plan.customer(entry.customer.email)
    started = plan.when(entry.started, plan.when(entry.messages[0].at if entry.messages else None, plan.now))
    row_id = plan.ids.of(entry)
    chat = Chat(
        id=row_id,
        number=plan.number(entry.number, row_id, started, Chat.number, place),
        agent_id=holder.id if holder else QUEUE_ID,
        customer_id=customer.id if customer else None,
        customer_name=entry.customer.name or (customer.display_name if customer else ""),
        customer_email=entry.customer.email,
        customer_ip=entry.customer.ip,
        customer_language=entry.customer.language,
        is_active=entry.ended is None,
        is_deleted=entry.deleted is not None,
        queued_at=plan.when(entry.queued, started),
        started_at=started,
        ended_at=plan.when_or_none(entry.ended),
        deleted_at=plan.when_or_none(entry.deleted),
    )
    if chat.queued_at > started:
        plan.problems.add(f"{place}.queued", "is after its start")
    plan.in_order(chat.ended_at, started, f"{place}.ended")
    plan.in_order(chat.deleted_at, started, f"{place}.deleted")
    plan.chats.add(chat, row_id, place)
    plan.rows.append(chat)
    if where is None:
        return
    department, group = where
    chat.brand_id, chat.department_id, chat.group_id = department.brand_id, department.id, group.id
    plan.event(_started(chat, holder), customer, started, name=chat.customer_name)
    _plan_transcript(plan, entry, place, chat, holder, customer)
    item = (ItemKind.CHAT, row_id)
    plan_notes(plan, entry.notes, place, item, holder, since=started)
    for field_id, value in plan.field_values(entry.custom_fields, place, of_users=False):
        plan.rows.append(ChatFieldValue(chat_id=row_id, field_id=field_id, value=value))
    plan_attachments(plan, entry.attachments, place, item, sender=customer, at=started)
    plan_time_logs(plan, entry.time_logs, place, item, holder)
    actor = holder if holder and holder.id != QUEUE_ID else plan.system()
    if chat.ended_at is not None:
        plan.event(LiveChatEnded(row_id), actor, chat.ended_at)
    if chat.deleted_at is not None:
        plan.event(LiveChatDeleted(row_id), actor, chat.deleted_at)


def _started(chat: Chat, holder: User | None) -> LiveChatStarted:
    agent = (None, "") if holder is None or holder.id == QUEUE_ID else (holder.id, holder.display_name)
    return LiveChatStarted(chat.id, chat.customer_name, chat.group_id, *agent)


def _plan_transcript(
    plan: Plan, entry: ChatEntry, place: str, chat: Chat, holder: User | None, customer: User | None
) -> None:
    replies: list[datetime] = []
    counts = dict.fromkeys(SenderKind, 0)
    for message, where in placed(entry.messages, f"{place}.messages"):
        kind = SenderKind(message.from_)
        at = plan.when(message.at, chat.started_at)
        if kind is SenderKind.AGENT:
            author = plan.writer(message.by, holder, where, "by")
            name = (author.display_name_for_chat or author.display_name) if author else ""
        else:
            if message.by is not None:
                plan.problems.add(f"{where}.by", "is for messages from agents")
            author = customer if kind is SenderKind.USER else plan.system()
            name = chat.customer_name if kind is SenderKind.USER else plan.system().display_name
        plan.in_order(at, chat.queued_at, f"{where}.at")
        counts[kind] += 1
        if kind is not SenderKind.SYSTEM:
            replies.append(at)
        plan.rows.append(
            ChatMessage(
                id=plan.ids.of(message),
                chat_id=chat.id,
                sender_kind=kind,
                author_id=author.id if author else None,
                author_name=name,
                body=message.text,
                sent_at=at,
            )
        )
    chat.reply_count_in, chat.reply_count_out = counts[SenderKind.USER], counts[SenderKind.AGENT]
    chat.last_reply_at = max(replies, default=None)


def plan_call_logs(plan: Plan, document: SeedDocument) -> None:
    """Plan telephone calls."""
    for entry, place in placed(document.call_logs, "call_logs"):
        _plan_call_log(plan, entry, place)


def _plan_call_log(plan: Plan, entry: CallLogEntry, place: str) -> None:
    where = plan.stands_in(entry.department, entry.group, place)
    agent = plan.agent_in(entry.agent, where[1] if where else None, f"{place}.agent")
    creator = agent if entry.created_by is None else plan.user(entry.created_by, f"{place}.created_by")
    started = plan.when(entry.start, plan.now)
    ended = plan.when(entry.end, max(started, plan.now) if entry.start is None else started)
    plan.in_order(ended, started, f"{place}.end")
    created = plan.when(entry.created, ended)
    row_id = plan.ids.of(entry)
    call = CallLog(
        id=row_id,
        number=plan.number(entry.number, row_id, created, CallLog.number, place),
        subject=entry.subject,
        group_id=where[1].id if where else None,
        agent_id=agent.id if agent else None,
        customer_name=entry.customer,
        email_address=entry.email,
        phone_number=entry.phone,
        description=entry.description,
        is_incoming=entry.incoming,
        started_at=started,
        ended_at=ended,
        created_at=created,
        created_by_id=creator.id if creator else None,
        deleted_at=plan.when_or_none(entry.deleted),
    )
    plan.call_logs.add(call, row_id, place)
    plan.rows.append(call)
    plan.event(CallLogCreated(row_id), creator, created)
    if call.deleted_at is not None:
        plan.in_order(call.deleted_at, created, f"{place}.deleted")
        plan.event(CallLogDeleted(row_id), creator, call.deleted_at)
    item = (ItemKind.CALL_LOG, row_id)
    plan_attachments(plan, entry.attachments, place, item, sender=agent, at=started)
    plan_time_logs(plan, entry.time_logs, place, item, agent)
