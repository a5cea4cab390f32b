"""A ticket's status and page; closing and deleting it."""

from __future__ import annotations

from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult, StringRequestResult

from .service import tickets


@tickets.operation(writes=True)
def CloseTicket(call: Call, ticketNumber: str, closingComment: str) -> GenericResult:
    """Close a ticket, with a last note if one is given."""
    raise NotBuilt


@tickets.operation(right=Right.TICKETS_MARK_AS_DELETED, writes=True)
def DeleteTicket(call: Call, ticketId: int) -> GenericResult:
    """Mark a ticket as deleted."""
    raise NotBuilt


@tickets.operation(access=Access.ANYBODY)
def GetTicketStatus(call: Call, ticketNumber: str) -> StringRequestResult:
    """Return a ticket's status in the words the portal uses."""
    raise NotBuilt


@tickets.operation()
def GetTicketStatusInternal(call: Call, ticketNumber: str) -> StringRequestResult:
    """Return a ticket's status in the words agents use."""
    raise NotBuilt


@tickets.operation(access=Access.ANYBODY)
def GetTicketURL(call: Call, ticketNumber: str) -> StringRequestResult:
    """Return the address of the page that shows a ticket to its customer."""
    raise NotBuilt
