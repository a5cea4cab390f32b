"""What a ticket is related to."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.across import related_items
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.tickets.visibility import by_id, by_number
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import TicketId, TicketNumber
from smartertrack_emu.services.names import Field
from smartertrack_emu.services.results import GenericResult
from smartertrack_emu.services.service import NOTIFICATION_CREDENTIALS

from .service import tickets
from .types import RelatedItemInfo, TicketRelatedItemInfoArrayResult

_TYPES = {ItemKind.TICKET: "Ticket", ItemKind.CHAT: "Chat", ItemKind.CALL_LOG: "CallLog"}
"""RelatedItemType's words (ours: the documentation only speaks of ticket, chat and call log ids)."""


@tickets.operation(writes=True, credentials=NOTIFICATION_CREDENTIALS)
def AddRelatedItem(
    call: Call,
    ticketNumber: TicketNumber,
    relatedItemNumber: Annotated[
        str,
        Doc("Number of the ticket, chat or call log to relate, or its kind and id, such as `chat:5`."),
        Field("related_item"),
    ],
) -> GenericResult:
    """Relate a ticket to another ticket, a chat or a call log."""
    related_items.add(call.session, call.actor, by_number(ticketNumber), relatedItemNumber)
    return GenericResult()


@tickets.operation()
def GetTicketRelatedItemInfoArrayResult(call: Call, ticketId: TicketId) -> TicketRelatedItemInfoArrayResult:
    """List the tickets, chats and call logs that a ticket is related to, by kind and id."""
    found = related_items.of_ticket(call.session, call.actor, by_id(ticketId))
    return TicketRelatedItemInfoArrayResult(
        RelatedItems=[RelatedItemInfo(RelatedItemID=item.id, RelatedItemType=_TYPES[item.kind]) for item in found]
    )
