"""A ticket for an installation that does not answer as it should: ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from smartertrack_emu.domain.errors import ProviderRefused
from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.ports import Delivered, Delivery, File, Message, Parcel, Server, Target
from smartertrack_emu.providers import instances
from smartertrack_emu.providers.exchange import Deadline
from tests.providers.hostile import Visitor, describe, listening, result

AT = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
RECEIVED = Message(1, False, "Zoe", "zoe@example.com", "", "", "", "Help", "Please.", False, AT)
SENT = Message(1, True, "", "", "Zoe", "zoe@example.com", "", "Offer", "Please.", False, AT)
OK = "<Message/><Result>true</Result><ResultCode>0</ResultCode>"
TICKET = "<Ticket><ID>7</ID><TicketNumber>123-456</TicketNumber></Ticket>"


def deliver(url: str, *messages: Message, files: tuple[File, ...] = (), content: Path = Path()) -> Delivered:
    parcel = Parcel(
        id=1,
        number="111-222",
        subject="Help",
        customer_name="Zoe",
        customer_email="zoe@example.com",
        status=TicketStatus.WAITING,
        priority=1,
        is_spam=False,
        opened_at=AT,
        idle_since=AT,
        last_activity_at=AT,
        follow_up_at=None,
        messages=messages or (RECEIVED,),
        notes=(),
        files=files,
        custom_fields=(),
    )
    server = Server("Other installation", url, "admin", "secret")
    delivery = Delivery(server, Target(department_id=1), parcel, "<p>Hello</p>", lambda _: content)
    return instances.deliver(delivery, describe=describe, answer_seconds=30, whole_seconds=30)


def operation_of(visitor: Visitor) -> str:
    (action,) = (line for line in visitor.head.splitlines() if line.lower().startswith("soapaction:"))
    return action.rpartition("/")[2].strip('"')


def saying(**answers: str) -> Callable[[Visitor], None]:
    """Answer each operation with what is given for it, and the others with success and nothing else."""

    def behave(visitor: Visitor) -> None:
        operation = operation_of(visitor)
        visitor.answer(result(operation, OK + answers.get(operation, "")))

    return behave


def test_all_is_well() -> None:
    with listening(saying(CreateIncomingTicket=TICKET)) as server:
        delivered = deliver(server.url)
        assert (delivered.number, delivered.take_back()) == ("123-456", True)
    assert [operation_of(visitor) for visitor in server.asked] == [
        *("CreateIncomingTicket", "AddTicketNoteHtml", "SetTicketProperties", "SetTicketProperties", "DeleteTicket"),
    ]


@pytest.mark.parametrize(
    ("ticket", "missing"),
    [
        ("", "says that CreateIncomingTicket succeeded, but gave no Ticket"),
        ("<Ticket/>", "gave no ID that is understood"),
        ("<Ticket><ID>7</ID></Ticket>", "gave no TicketNumber that is understood"),
        ("<Ticket><ID>seven</ID><TicketNumber>123</TicketNumber></Ticket>", "gave no ID that is understood"),
    ],
)
def test_success_without_a_ticket(ticket: str, missing: str) -> None:
    with listening(saying(CreateIncomingTicket=ticket)) as server, pytest.raises(ProviderRefused) as caught:
        deliver(server.url)
    assert str(caught.value) == f"Other installation {missing}. The ticket stays here."
    assert [operation_of(visitor) for visitor in server.asked] == ["CreateIncomingTicket"]


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({}, "says that CreateTicketWithDateAndCC succeeded, but gave no RequestResult"),
        (
            {"CreateTicketWithDateAndCC": "<RequestResult>123</RequestResult>"},
            "says that GetTicketInfoByTicketNumber succeeded, but gave no Ticket",
        ),
    ],
)
def test_success_without_the_number_of_an_outbound_ticket(answers: dict[str, str], missing: str) -> None:
    with listening(saying(**answers)) as server, pytest.raises(ProviderRefused, match=missing):
        deliver(server.url, SENT)


def test_a_message_without_an_id_is_taken_back_with_its_ticket() -> None:
    with (
        listening(saying(CreateIncomingTicket=TICKET)) as server,
        pytest.raises(ProviderRefused, match="AddMessageToTicketWithDate succeeded, but gave no Part"),
    ):
        deliver(server.url, RECEIVED, SENT)
    assert operation_of(server.asked[-1]) == "DeleteTicket"


def test_a_file_without_an_id_is_taken_back_with_its_ticket(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.write_bytes(b"hello")
    file = File(1, None, "hello.txt", 5, "", AT)
    with (
        listening(saying(CreateIncomingTicket=TICKET)) as server,
        pytest.raises(ProviderRefused, match="AddTicketAttachment succeeded, but gave no File"),
    ):
        deliver(server.url, RECEIVED, files=(file,), content=content)
    assert operation_of(server.asked[-1]) == "DeleteTicket"


def test_a_ticket_that_takes_too_long_is_taken_back() -> None:
    """However little time is left, taking back has some of its own."""
    with listening(saying(CreateIncomingTicket=TICKET)) as server:
        delivered = deliver(server.url)
        ticket = delivered.take_back.__self__  # type: ignore[attr-defined]  # the ticket there
        ticket.conversation._whole = Deadline.after(-1)
        assert delivered.take_back()


@pytest.mark.parametrize("status", ["500 Error", "404 Not Found"])
def test_a_page_instead_of_an_answer(status: str) -> None:
    with (
        listening(lambda visitor: visitor.answer("<html><body>Oops<br></body></html>", status=status)) as server,
        pytest.raises(ProviderRefused, match="answered something that is not understood"),
    ):
        deliver(server.url)


def test_nothing_there() -> None:
    with listening(partial(Visitor.answer, content="")) as server:
        url = server.url
    with pytest.raises(ProviderRefused, match=r"^Other installation cannot be reached\. The ticket stays here\.$"):
        deliver(url)
