"""A ticket's status and page; closing and deleting it."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.tickets import portal, state
from smartertrack_emu.domain.tickets.status import INTERNAL_WORDS, PORTAL_WORDS
from smartertrack_emu.domain.tickets.visibility import by_id, by_number, read
from smartertrack_emu.domain.tickets.visibility import tickets as columns
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import TicketId, TicketNumber
from smartertrack_emu.services.links import root
from smartertrack_emu.services.results import GenericResult, StringRequestResult

from .service import tickets


@tickets.operation(writes=True)
def CloseTicket(
    call: Call,
    ticketNumber: TicketNumber,
    closingComment: Annotated[str, Doc("Text of a last note; none is added if empty.")],
) -> GenericResult:
    """Close a ticket, with a last note if one is given."""
    state.close(call.session, call.actor, by_number(ticketNumber), closingComment)
    return GenericResult()


@tickets.operation(right=Right.TICKETS_MARK_AS_DELETED, writes=True)
def DeleteTicket(call: Call, ticketId: TicketId) -> GenericResult:
    """Mark a ticket as deleted."""
    state.delete(call.session, call.actor, by_id(ticketId))
    return GenericResult()


@tickets.operation(access=Access.ANYBODY)
def GetTicketStatus(call: Call, ticketNumber: TicketNumber) -> StringRequestResult:
    """Return a ticket's status in the words the portal uses."""
    ticket = read(call.session, call.actor, by_number(ticketNumber), (columns.status,))
    return StringRequestResult(RequestResult=PORTAL_WORDS[ticket.status])


@tickets.operation()
def GetTicketStatusInternal(call: Call, ticketNumber: TicketNumber) -> StringRequestResult:
    """Return a ticket's status in the words agents use."""
    ticket = read(call.session, call.actor, by_number(ticketNumber), (columns.status,))
    return StringRequestResult(RequestResult=INTERNAL_WORDS[ticket.status])


@tickets.operation(access=Access.ANYBODY)
def GetTicketURL(call: Call, ticketNumber: TicketNumber) -> StringRequestResult:
    """Return the address of the page that shows a ticket to its customer."""
    link = portal.link(call.session, call.actor, by_number(ticketNumber))
    return StringRequestResult(RequestResult=root(call) + portal.path(link))
