"""What has been done to a ticket."""

from smartertrack_emu.domain.events import history
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.tickets.visibility import by_id, read
from smartertrack_emu.domain.tickets.visibility import tickets as columns
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import TicketId

from .service import tickets
from .types import TicketEventInfo, TicketEventInfoArrayResult


@tickets.operation()
def GetTicketEventHistory(call: Call, ticketId: TicketId) -> TicketEventInfoArrayResult:
    """List what has been done to a ticket."""
    ticket = read(call.session, call.actor, by_id(ticketId), (columns.id,))
    events = history.history(call.session, ItemKind.TICKET, ticket.id)
    return TicketEventInfoArrayResult(
        Events=[
            TicketEventInfo(entry.description, entry.details, entry.happened_at, entry.actor_name) for entry in events
        ]
    )
