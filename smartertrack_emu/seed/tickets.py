"""The section about tickets: their counts, flags, dates and history follow from what happened in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from smartertrack_emu.domain.customfields.models import TicketFieldValue
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.events.tickets import (
    TicketCreated,
    TicketDeleted,
    TicketFollowUpScheduled,
    TicketMessageReceived,
    TicketMessageSent,
    TicketStatusChanged,
)
from smartertrack_emu.domain.kinds import ItemKind, NoteKind, TicketStatus
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.structure.models import Department
from smartertrack_emu.domain.tickets import addresses
from smartertrack_emu.domain.tickets.models import Direction, Ticket, TicketMessage, TicketRelation
from smartertrack_emu.domain.tickets.status import WORDS

from .catalogue import placed
from .format import SeedDocument
from .format_items import MessageEntry, TicketEntry
from .parts import plan_attachments, plan_notes, plan_time_logs
from .plan import Plan


@dataclass(frozen=True)
class _Scene:
    """Who is who in a ticket."""

    ticket: Ticket
    department: Department
    holder: User | None
    customer: User | None


def plan_tickets(plan: Plan, document: SeedDocument) -> None:
    """Plan tickets with their conversation."""
    for entry, place in placed(document.tickets, "tickets"):
        _plan_ticket(plan, entry, place)


def _plan_ticket(plan: Plan, entry: TicketEntry, place: str) -> None:
    where = plan.stands_in(entry.department, entry.group, place)
    is_history = entry.deleted is not None or not entry.status.is_open
    holder = plan.holder(entry.agent, where[1] if where else None, f"{place}.agent", is_history=is_history)
    customer = plan.customer(entry.from_)
    first = entry.messages[0] if entry.messages else None
    opened = plan.when(entry.opened, plan.when(first.at if first else None, plan.now))
    row_id = plan.ids.of(entry)
    ticket = Ticket(
        id=row_id,
        number=plan.number(entry.number, row_id, opened, Ticket.number, place),
        subject=entry.subject,
        agent_id=holder.id if holder else QUEUE_ID,
        customer_id=customer.id if customer else None,
        customer_email=entry.from_,
        customer_name=_customer_name(entry, customer),
        status=entry.status,
        priority=entry.priority,
        is_spam=entry.spam,
        is_pinned=entry.pinned,
        is_deleted=entry.deleted is not None,
        deleted_at=plan.when_or_none(entry.deleted),
        follow_up_at=plan.when_or_none(entry.follow_up),
        opened_at=opened,
        portal_token=token_urlsafe(32),
    )
    plan.tickets.add(ticket, row_id, place)
    plan.rows.append(ticket)
    if where is None:
        return
    department, group = where
    ticket.brand_id, ticket.department_id, ticket.group_id = department.brand_id, department.id, group.id
    scene = _Scene(ticket, department, holder, customer)
    creator = _creator(plan, entry, place, scene)
    ticket.created_by_id = creator.id if creator else None
    plan.event(_created(entry, scene), creator, opened, name=ticket.customer_email)
    _plan_conversation(plan, entry, place, scene)
    for field_id, value in plan.field_values(entry.custom_fields, place, of_users=False):
        plan.rows.append(TicketFieldValue(ticket_id=row_id, field_id=field_id, value=value))
    item = (ItemKind.TICKET, row_id)
    plan_attachments(plan, entry.attachments, place, item, sender=creator, at=opened)
    plan_time_logs(plan, entry.time_logs, place, item, holder)
    _plan_ending(plan, entry, place, scene)


def _created(entry: TicketEntry, scene: _Scene) -> TicketCreated:
    ticket, holder = scene.ticket, scene.holder
    is_outbound = bool(entry.messages) and entry.messages[0].from_ == "agent"
    agent = (None, "") if holder is None or holder.id == QUEUE_ID else (holder.id, holder.display_name)
    return TicketCreated(ticket.id, is_outbound, ticket.department_id, ticket.group_id, *agent)


def _customer_name(entry: TicketEntry, customer: User | None) -> str:
    if entry.from_name is not None:
        return entry.from_name
    return customer.display_name if customer else entry.from_


def _creator(plan: Plan, entry: TicketEntry, place: str, scene: _Scene) -> User | None:
    """Who opened it: whom it names, else who wrote first; None for a customer without an account."""
    if entry.created_by is not None:
        return plan.user(entry.created_by, f"{place}.created_by")
    if entry.messages and entry.messages[0].from_ == "agent":
        return plan.writer(entry.messages[0].by, scene.holder, f"{place}.messages[0]", "by")
    return scene.customer


def _plan_conversation(plan: Plan, entry: TicketEntry, place: str, scene: _Scene) -> None:
    ticket = scene.ticket
    opened = ticket.opened_at
    activity = [opened]
    sent: list[tuple[Direction, datetime]] = []
    for message, where in placed(entry.messages, f"{place}.messages"):
        row = _plan_message(plan, message, where, scene, is_first=message is entry.messages[0])
        plan.in_order(row.sent_at, opened, f"{where}.at")
        if not row.is_draft:
            sent.append((row.direction, row.sent_at))
    item = (ItemKind.TICKET, ticket.id)
    activity += plan_notes(plan, entry.notes, place, item, scene.holder, since=opened)
    answers = [at for direction, at in sent if direction is Direction.TO_CUSTOMER]
    times = [at for _, at in sent]
    ticket.has_resolution = any(note.kind is NoteKind.RESOLUTION for note in entry.notes)
    ticket.reply_count_in = len(sent) - len(answers)
    ticket.reply_count_out = len(answers)
    ticket.last_reply_at = max(times, default=None)
    opening = bool(entry.messages) and entry.messages[0].from_ == "agent" and not entry.messages[0].draft
    ticket.first_response_at = min(answers[1:] if opening else answers, default=None)
    ticket.idle_since = ticket.watched_since = max(times, default=opened)
    ticket.assigned_at = None if ticket.agent_id == QUEUE_ID else opened
    ticket.last_activity_at = max(activity + times)


def _plan_message(plan: Plan, entry: MessageEntry, place: str, scene: _Scene, *, is_first: bool) -> TicketMessage:
    """Plan a message; the ticket was opened with the first."""
    ticket = scene.ticket
    at = plan.when(entry.at, ticket.opened_at)
    customer = (ticket.customer_email, ticket.customer_name)
    ours = (scene.department.email, scene.department.name)
    from_customer = entry.from_ == "customer"
    if from_customer:
        if entry.by is not None:
            plan.problems.add(f"{place}.by", "is for messages from agents")
        author, sender, recipient = scene.customer, customer, ours
    else:
        author = plan.writer(entry.by, scene.holder, place, "by")
        name = author.display_name if author else ""
        sender, recipient = (scene.department.email or (author.email if author else ""), name), customer
    message = TicketMessage(
        id=plan.ids.of(entry),
        ticket_id=ticket.id,
        direction=Direction.FROM_CUSTOMER if from_customer else Direction.TO_CUSTOMER,
        author_id=author.id if author else None,
        from_address=sender[0],
        from_name=sender[1],
        to_address=recipient[0],
        to_name=recipient[1],
        cc_address=_addresses(plan, entry.cc, f"{place}.cc"),
        bcc_address=_addresses(plan, entry.bcc, f"{place}.bcc"),
        subject=ticket.subject if entry.subject is None else entry.subject,
        body=entry.text,
        is_html=entry.html,
        is_draft=entry.draft,
        sent_at=at,
        created_at=at,
    )
    plan.rows.append(message)
    if not entry.draft and not is_first:
        event = TicketMessageReceived if from_customer else TicketMessageSent
        between = (addresses.labelled(name, address) for address, name in (sender, recipient))
        plan.event(event(ticket.id, message.id, *between), author, at, name=ticket.customer_email)
    plan_attachments(
        plan, entry.attachments, place, (ItemKind.TICKET, ticket.id), sender=author, at=at, message_id=message.id
    )
    return message


def _addresses(plan: Plan, given: str, place: str) -> str:
    try:
        return addresses.several(given, "it")
    except BadValue:
        plan.problems.add(place, "must be e-mail addresses, separated by commas")
        return ""


def _plan_ending(plan: Plan, entry: TicketEntry, place: str, scene: _Scene) -> None:
    """Plan what is said of the ticket as a whole: closed, waiting, to be followed up, deleted."""
    ticket = scene.ticket
    actor = scene.holder if scene.holder and scene.holder.id != QUEUE_ID else plan.system()
    if entry.closed is not None and entry.status.is_open:
        plan.problems.add(f"{place}.closed", "is for tickets whose status is closed or locked")
    changed = plan.when(entry.closed, ticket.last_activity_at)
    if not entry.status.is_open:
        ticket.closed_at = changed
        plan.in_order(changed, ticket.opened_at, f"{place}.closed")
        ticket.last_activity_at = max(ticket.last_activity_at, changed)
    if entry.status is not TicketStatus.OPEN:
        event = TicketStatusChanged(ticket.id, WORDS[TicketStatus.OPEN], WORDS[entry.status])
        plan.event(event, actor, changed)
        if entry.status is TicketStatus.WAITING:
            ticket.waiting_since = ticket.idle_since
    if ticket.follow_up_at is not None:
        plan.event(TicketFollowUpScheduled(ticket.id, ticket.follow_up_at), actor, changed)
    if ticket.deleted_at is not None:
        plan.in_order(ticket.deleted_at, ticket.opened_at, f"{place}.deleted")
        ticket.last_activity_at = max(ticket.last_activity_at, ticket.deleted_at)
        plan.event(TicketDeleted(ticket.id), actor, ticket.deleted_at)


def plan_relations(plan: Plan, document: SeedDocument) -> None:
    """Plan what tickets are related to, when everything they can be related to is known."""
    seen: set[tuple[int, str, int]] = set()
    for entry, place in placed(document.tickets, "tickets"):
        ticket_id = plan.ids.of(entry)
        for related, where in placed(entry.related, f"{place}.related"):
            item = plan.one_item(related.ticket, related.chat, related.call_log, where)
            if item is None:
                continue
            column, other = item
            lower = ticket_id
            if column == "ticket_id":
                column, lower, other = "related_ticket_id", min(ticket_id, other), max(ticket_id, other)
                if lower == other:
                    plan.problems.add(where, "a ticket is not related to itself")
                    continue
            if (lower, column, other) not in seen:
                seen.add((lower, column, other))
                plan.rows.append(TicketRelation(ticket_id=lower, created_at=plan.now, **{column: other}))
