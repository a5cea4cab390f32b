"""What tests of svcTickets do again and again, and who is who in the seed file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update

from smartertrack_emu.domain.models import Base, OutgoingMail, Ticket
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.services.api import Api, items

QUEUE, ADMIN, ALICE, BOB, CAROL, MARY, CUSTOMER = 1, 2, 4, 5, 6, 7, 8
SUPPORT, SALES = 1, 2
LEVEL_1, LEVEL_2, SALES_GROUP = 1, 2, 3
SEEDED = 1
"""The seed file's ticket: alice's, in Level 1, opened by the customer."""


def create(api: Api, by: str = "alice", **given: Any) -> str:
    """Open a ticket as if the customer had written in, and return its number."""
    data = {
        "senderEmailAddress": "customer@example.com",
        "subject": "Printer on fire",
        "body": "It burns.",
        "groupID": LEVEL_1,
        "agentID": ALICE,
        **given,
    }
    answer = api.tickets(by).CreateIncomingTicket(data)
    assert answer.Result, answer.Message
    return str(answer.Ticket.TicketNumber)


def info(api: Api, number: str, by: str = "admin") -> Any:
    """Return a ticket's facts."""
    answer = api.tickets(by).GetTicketInfoByTicketNumber(number)
    assert answer.Result, answer.Message
    return answer.Ticket


def seeded_number(api: Api, ticket_id: int = SEEDED) -> str:
    """Return the number of a ticket known by its id."""
    return str(api.tickets("admin").GetTicketInfo(ticket_id).Ticket.TicketNumber)


def property_of(api: Api, number: str, name: str) -> str:
    """Return one property of a ticket."""
    answer = api.tickets("admin").GetTicketProperties(number, [name])
    assert answer.Result, answer.Message
    ((text,),) = (items(answer.RequestResults),)
    return str(text).partition("=")[2]


def parts(api: Api, number: str, by: str = "admin") -> list[Any]:
    """Return a ticket's conversation."""
    answer = api.tickets(by).GetTicketConversationPartListFromTicketNumber(number)
    assert answer.Result, answer.Message
    return items(answer.Parts)


def history(api: Api, number: str) -> list[tuple[str, str, str]]:
    """Return (what, details, who) of a ticket's history."""
    answer = api.tickets("admin").GetTicketEventHistory(info(api, number).ID)
    assert answer.Result, answer.Message
    return [(event.Description, event.Details or "", event.UserTakingAction) for event in items(answer.Events)]


def mails(api: Api) -> list[OutgoingMail]:
    """Return what waits in the outgoing spool."""
    with reading(api.engine) as session:
        found = list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))
        session.expunge_all()
    return found


def row(api: Api, number: str) -> Ticket:
    """Return a ticket as it is stored."""
    with reading(api.engine) as session:
        found = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        session.expunge_all()
    return found


def change(api: Api, model: type[Base], row_id: int, **values: object) -> None:
    """Change a row behind the services' back: what no operation can set."""
    with writing(api.engine) as session:
        session.execute(update(model).where(model.__table__.c.id == row_id).values(**values))


def ok(answer: Any) -> Any:
    """Return an answer that must be a success."""
    assert answer.Result, answer.Message
    assert (answer.ResultCode, answer.Message) == (0, None)
    return answer


def refused(answer: Any, code: int, word: str = "") -> None:
    """Check that an answer is a refusal with this code, whose sentence holds this word."""
    assert not answer.Result
    assert answer.ResultCode == code, answer.Message
    assert word in answer.Message


def statements(api: Api, call: Callable[[], Any]) -> int:
    """Return how many SQL statements a call takes beside the login's one."""
    return api.statements(call) - 1
