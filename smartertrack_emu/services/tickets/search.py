"""Finding tickets by id, by number, by criteria."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import Priority
from smartertrack_emu.domain.tickets import search
from smartertrack_emu.domain.tickets.visibility import by_id, by_number
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import TicketId, TicketNumber
from smartertrack_emu.services.keyvalues import Boolean, Integer, Keys, Moment, SortOrder, Text, Values

from .facts import ticket_info
from .service import tickets
from .types import TicketInfoArrayResult, TicketInfoResult


class TicketCriteria(Keys):
    """What tickets can be found by (documented)."""

    BrandId = Integer()
    DateEndUtc = Moment(note="The ticket was opened then or before.")
    DateStartUtc = Moment(note="The ticket was opened then or later.")
    DepartmentId = Integer()
    EmailAddress = Text()
    GroupId = Integer()
    HasResolution = Boolean()
    IsActive = Boolean(note="Whether its status is open.")
    IsDeleted = Boolean()
    IsOpen = Boolean(note="Whether its status is open or waiting.")
    IsSpam = Boolean()
    MaxResults = Integer(note="How many to return at most.")
    Priority = Integer(note="1 low, 2 normal, 3 high, 4 urgent.")
    ShowInFollowUpView = Boolean(note="Whether it shows among the tickets to be followed up.")
    SortOrder = SortOrder()
    TicketNumber = Text()
    UserId = Integer(note="Id of the agent.")


@tickets.operation()
def GetTicketInfo(call: Call, ticketId: TicketId) -> TicketInfoResult:
    """Return the main facts of the ticket with this id."""
    return TicketInfoResult(Ticket=ticket_info(search.facts(call.session, call.actor, by_id(ticketId))))


@tickets.operation()
def GetTicketInfoByTicketNumber(call: Call, ticketNumber: TicketNumber) -> TicketInfoResult:
    """Return the main facts of the ticket with this number."""
    return TicketInfoResult(Ticket=ticket_info(search.facts(call.session, call.actor, by_number(ticketNumber))))


@tickets.operation()
def GetTicketsBySearch(
    call: Call,
    searchCriteria: Annotated[
        list[str],
        Doc(
            "Texts `key=value`, one a criterion. A number as key is a custom field's id, its value what the field "
            "must contain."
        ),
        TicketCriteria.to_give(),
    ],
) -> TicketInfoArrayResult:
    """Find tickets that meet every one of the criteria."""
    values = TicketCriteria.parse(searchCriteria, call.session, other=_custom_field)
    found = search.search(call.session, call.actor, _criteria(values))
    return TicketInfoArrayResult(Tickets=[ticket_info(row) for row in found])


def _custom_field(word: str) -> str | None:
    """A key of digits is a custom field's id."""
    return str(int(word)) if word.isascii() and word.isdigit() and len(word) <= 9 else None


def _criteria(values: Values) -> search.TicketSearch:
    keys = TicketCriteria
    max_results = values[keys.MaxResults]
    if max_results is not None and max_results < 1:
        raise BadValue("MaxResults must be 1 or more.")
    ascending = values[keys.SortOrder]
    priority = values[keys.Priority]
    if priority is not None and priority not in list(Priority):
        raise BadValue("Priority must be 1 (low), 2 (normal), 3 (high) or 4 (urgent).")
    return search.TicketSearch(
        brand_id=values[keys.BrandId],
        department_id=values[keys.DepartmentId],
        group_id=values[keys.GroupId],
        agent_id=values[keys.UserId],
        email=values[keys.EmailAddress] or None,
        number=values[keys.TicketNumber] or None,
        opened_from=values[keys.DateStartUtc],
        opened_to=values[keys.DateEndUtc],
        has_resolution=values[keys.HasResolution],
        is_active=values[keys.IsActive],
        is_open=values[keys.IsOpen],
        is_spam=values[keys.IsSpam],
        is_deleted=values[keys.IsDeleted] or False,
        in_follow_up_view=values[keys.ShowInFollowUpView],
        priority=priority,
        custom_fields={int(word): text for word, text in values.others.items() if text},
        ascending=ascending,
        max_results=max_results,
    )
