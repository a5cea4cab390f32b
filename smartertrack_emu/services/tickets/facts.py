"""TicketInfo, from the row the domain gives."""

from __future__ import annotations

from smartertrack_emu.asmx.declare import LEAST_DATETIME
from smartertrack_emu.store.prepared import Record
from smartertrack_emu.store.types import AnyRow

from .types import TicketInfo


def ticket_info(row: AnyRow | Record) -> TicketInfo:
    """Pack a ticket's facts (`domain.tickets.search.FACTS`, in that order)."""
    (
        email, id_, agent, customer, department, group, is_active, is_deleted, is_open, is_pinned, is_spam,
        last_reply_at, priority, replies_in, replies_out, subject, number, follow_up_at,
    ) = row  # fmt: skip
    follows_up = follow_up_at is not None
    return TicketInfo(
        email, id_, agent, customer or 0, department, group, is_active, is_deleted, is_open, is_pinned, is_spam,
        last_reply_at or LEAST_DATETIME, priority, replies_in, replies_out, follows_up, follows_up, subject, number,
        follow_up_at,
    )  # fmt: skip
