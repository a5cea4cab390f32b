"""Finding tickets by id, by number, by criteria."""

from __future__ import annotations

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import Priority
from smartertrack_emu.domain.tickets import search
from smartertrack_emu.domain.tickets.visibility import by_id, by_number
from smartertrack_emu.services import documentation_keys
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import Keys, Values

from .facts import ticket_info
from .service import tickets
from .types import TicketInfoArrayResult, TicketInfoResult

CRITERIA = Keys(*documentation_keys.KEYS["svcTickets", "GetTicketsBySearch", "searchCriteria"])


@tickets.operation()
def GetTicketInfo(call: Call, ticketId: int) -> TicketInfoResult:
    """Return the main facts of the ticket with this id."""
    return TicketInfoResult(Ticket=ticket_info(search.facts(call.session, call.actor, by_id(ticketId))))


@tickets.operation()
def GetTicketInfoByTicketNumber(call: Call, ticketNumber: str) -> TicketInfoResult:
    """Return the main facts of the ticket with this number."""
    return TicketInfoResult(Ticket=ticket_info(search.facts(call.session, call.actor, by_number(ticketNumber))))


@tickets.operation()
def GetTicketsBySearch(call: Call, searchCriteria: list[str]) -> TicketInfoArrayResult:
    """Find tickets that meet every one of the criteria."""
    values = CRITERIA.parse(searchCriteria, other=_custom_field)
    found = search.search(call.session, call.actor, _criteria(call, values))
    return TicketInfoArrayResult(Tickets=[ticket_info(row) for row in found])


def _custom_field(word: str) -> str | None:
    """A key of digits is a custom field's id."""
    return str(int(word)) if word.isascii() and word.isdigit() and len(word) <= 9 else None


def _criteria(call: Call, values: Values) -> search.TicketSearch:
    max_results = values.integer("MaxResults")
    if max_results is not None and max_results < 1:
        raise BadValue("MaxResults must be 1 or more.")
    ascending = values.is_ascending("SortOrder")
    priority = values.integer("Priority")
    if priority is not None and priority not in list(Priority):
        raise BadValue("Priority must be 1 (low), 2 (normal), 3 (high) or 4 (urgent).")
    return search.TicketSearch(
        brand_id=values.integer("BrandId"),
        department_id=values.integer("DepartmentId"),
        group_id=values.integer("GroupId"),
        agent_id=values.integer("UserId"),
        email=values.get("EmailAddress") or None,
        number=values.get("TicketNumber") or None,
        opened_from=values.moment("DateStartUtc", call.session),
        opened_to=values.moment("DateEndUtc", call.session),
        has_resolution=values.boolean("HasResolution"),
        is_active=values.boolean("IsActive"),
        is_open=values.boolean("IsOpen"),
        is_spam=values.boolean("IsSpam"),
        is_deleted=values.boolean("IsDeleted") or False,
        in_follow_up_view=values.boolean("ShowInFollowUpView"),
        priority=priority,
        custom_fields={int(word): text for word, text in values.items() if word.isdigit() and text},
        ascending=ascending,
        max_results=max_results,
    )
