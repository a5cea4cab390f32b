"""TransferTicketToInstance between two servers: inputs are documented, what goes along ours."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError

from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.models import Department, Ticket, TransferServer, User
from smartertrack_emu.domain.people.models import BuiltInRole
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.outages import lost_commit
from tests.services.api import Api, RunningServer, items
from tests.services.roles import take_right
from tests.services.tickets.steps import (
    ALICE,
    BOB,
    CAROL,
    LEVEL_1,
    LEVEL_2,
    QUEUE,
    SALES,
    SALES_GROUP,
    SUPPORT,
    change,
    create,
    history,
    info,
    mails,
    ok,
    parts,
    property_of,
    refused,
    row,
)

TO_SALES = {
    "transferServerID": 1,
    "targetDepartmentID": SALES,
    "targetDepartmentName": "",
    "targetGroupID": 0,
    "targetGroupName": "",
    "targetAgentID": 0,
    "targetUserName": "",
    "transferComment": "",
    "ticketStatus": "",
}
ALL_BYTES = bytes(range(256))
OPENED = datetime(2024, 3, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def other(api: Api, seeded_sqlite: Path, tmp_path: Path) -> Iterator[Api]:
    """A second server with the same seed file, which the first one knows as transfer server 1."""
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copyfile(seeded_sqlite, folder / "smartertrack.db")
    engine = create_engine(f"sqlite:///{folder / 'smartertrack.db'}", synchronous="OFF")
    server = RunningServer(engine, folder)
    change(api, TransferServer, 1, url=server.url + "/")
    other = Api(server)
    yield other
    other.http.close()
    server.stop()
    engine.dispose()


def transfer(api: Api, number: str, by: str = "alice", **given: Any) -> Any:
    return api.tickets(by).TransferTicketToInstance(number, **{**TO_SALES, **given})


def everything(api: Api) -> dict[str, Any]:
    """What a refused transfer must leave as it was."""
    with reading(api.engine) as session:
        tickets = [tuple(row) for row in session.execute(select(*Ticket.__table__.c).order_by(Ticket.id))]
    return {"tickets": tickets, "history": [history(api, number) for number in _numbers(api)]}


def _numbers(api: Api) -> list[str]:
    with reading(api.engine) as session:
        return list(session.scalars(select(Ticket.number).where(~Ticket.is_deleted).order_by(Ticket.id)))


def arrived(other: Api) -> list[str]:
    """The numbers of tickets that stand there beside the seed file's."""
    return _numbers(other)[1:]


def a_whole_ticket(api: Api) -> str:
    """A ticket with a conversation in both directions, notes, files and fields."""
    with_all = {"displayName": "Zoë <Ü>", "senderEmailAddress": "zoe@example.com", "ccEmailAddress": "cc@example.com"}
    number = create(api, **with_all, creationDate=OPENED, priority=4, subject="Grüße & Co", body="Zeile 1\nZeile <2>")
    alice = api.tickets("alice")
    first = next(part.PartId for part in parts(api, number) if part.Type == 1)
    ok(alice.SetTicketCustomFields(number, ["Account=Ü=1", "Asset=Laptop [12]"]))
    answer = alice.AddMessageToTicketWithDate(
        number, "alice@acme.example", "zoe@example.com", "", "Re: Grüße", "<p>Hallo <b>Zoë</b></p>", True, True, False,
        OPENED + timedelta(hours=1),
    )  # fmt: skip
    ok(alice.AddMessageToTicketWithDate(
        number, "zoe@example.com", "alice@acme.example", "", "Re: Re:", "Danke", False, False, False,
        OPENED + timedelta(hours=2),
    ))  # fmt: skip
    ok(alice.AddTicketNoteHtmlWithDate(number, "Resolution", "<i>Done</i>", OPENED + timedelta(hours=3)))
    ok(alice.AddTicketAttachment(number, first, "böser Name.bin", ALL_BYTES, 256, OPENED))
    ok(alice.AddTicketAttachment(number, ok(answer).Part.PartId, "leer.txt", b"", 0, OPENED))
    big = ok(alice.AddTicketAttachment(number, 0, "groß.bin", ALL_BYTES * 4096, 5 << 20, OPENED)).File
    ok(alice.AppendToTicketAttachment(big.fileId, ALL_BYTES * 4 * 4096))
    return number


def conversation(api: Api, number: str) -> list[tuple[Any, ...]]:
    admin = api.tickets("admin")
    found: list[tuple[Any, ...]] = []
    for part in parts(api, number):
        if part.Type == 1:
            html = admin.GetTicketMessageHtml(part.PartId).messageBody
            raw = admin.GetTicketMessagePlainText(part.PartId).messageBody
            files = [
                (
                    file.fileNameOriginal,
                    file.fileSizeInBytes,
                    requests.get(f"{api.url}/{file.downloadUrl}", timeout=9).content,
                )
                for file in items(admin.GetTicketMessageAttachmentInfo(part.PartId).Files)
            ]
            found.append((1, part.CreationDateUtc, part.Direction, part.Sender, part.Recipient, html, raw, files))
        elif part.Type != 11:
            found.append((part.Type, part.CreationDateUtc, admin.GetTicketNote(part.PartId).Comment.CommentText))
    return found


def test_the_whole_ticket_arrives_and_the_local_one_is_closed(api: Api, other: Api) -> None:
    number = a_whole_ticket(api)
    before = info(api, number)
    names = ("DateOpenedUTC", "DateReceivedUTC", "IdleStartTimeUTC", "CCAddress", "ToCustomer")
    properties = [property_of(api, number, name) for name in names]
    ok(transfer(api, number, transferComment="Yours <now>", targetAgentID=CAROL))
    (there,) = arrived(other)
    found = info(other, there)
    assert (found.IdDepartment, found.IdGroup, found.IdAgent) == (SALES, SALES_GROUP, CAROL)
    assert (found.Subject, found.Priority, found.CustomerEmailAddress) == ("Grüße & Co", 4, "zoe@example.com")
    assert (found.IsOpen, found.IsActive) == (before.IsOpen, before.IsActive)
    assert (found.ReplyCountIn, found.ReplyCountOut) == (before.ReplyCountIn, before.ReplyCountOut)
    assert [property_of(other, there, name) for name in names] == properties
    fields = items(ok(other.tickets("admin").GetTicketCustomFieldsList(there)).RequestResults)
    assert fields == ["Account=Ü=1", "Asset=Laptop [12]"]
    sent, received = conversation(api, number), conversation(other, there)
    assert [part[:3] for part in received] == [part[:3] for part in sent]
    assert [part[5:] for part in received] == [part[5:] for part in sent]
    assert [part[3] for part in received if part[0] == 1 and part[2] == 0] == ["Zoë <Ü> (zoe@example.com)"] * 2
    whole = items(other.tickets("admin").GetTicketAttachments(row(other, there).id).Files)
    assert [(file.fileNameOriginal, file.fileSizeInBytes) for file in whole] == [
        ("böser Name.bin", 256), ("leer.txt", 0), ("groß.bin", 5 << 20),
    ]  # fmt: skip
    big = requests.get(f"{other.url}/{whole[2].downloadUrl}", timeout=9).content
    assert big == ALL_BYTES * 4096 * 5

    note = next(part for part in parts(other, there) if part.Type == 11)
    text = other.tickets("admin").GetTicketNote(note.PartId).Comment.CommentText
    assert number in text
    assert "Yours &lt;now&gt;" in text
    assert "Alice Agent" in text
    assert mails(other) == []

    assert (info(api, number).IsOpen, row(api, number).status) == (False, TicketStatus.CLOSED)
    note = next(part for part in parts(api, number) if part.Type == 11)
    text = api.tickets("admin").GetTicketNote(note.PartId).Comment.CommentText
    assert there in text
    assert "Other installation" in text
    told = [(what, said) for what, said, who in history(api, number) if who == "alice"]
    assert [what for what, _ in told[-3:]] == ["Ticket Comment Added", "Ticket Transferred", "Ticket Status Changed"]
    assert told[-2][1] == f"Transferred to Other installation, where it is ticket {there}."


def test_an_outbound_ticket_stays_outbound(api: Api, other: Api) -> None:
    number = str(
        ok(api.tickets("alice").CreateTicket(
            SUPPORT, LEVEL_1, ALICE, '"Ann, B." <ann@example.com>', "Offer", "<p>Dear Ann</p>", True, True, False,
        )).RequestResult
    )  # fmt: skip
    ok(transfer(api, number))
    (there,) = arrived(other)
    found = info(other, there)
    assert (found.IdAgent, found.IsOpen, found.IsActive, found.ReplyCountOut) == (QUEUE, True, False, 1)
    assert property_of(other, there, "ToCustomer") == "True"
    assert property_of(other, there, "BodyHTML") == "<p>Dear Ann</p>"
    with reading(other.engine) as session:
        assert session.scalars(select(Ticket.customer_name).where(Ticket.number == there)).one() == "Ann, B."


def test_places_by_name(api: Api, other: Api) -> None:
    by_name: dict[str, Any] = {"targetDepartmentID": 0, "targetDepartmentName": "support", "targetGroupName": "LEVEL 2"}
    ok(transfer(api, create(api), **by_name, targetUserName="Alice"))
    ok(transfer(api, create(api), targetDepartmentID=0, targetGroupName="level 1", ticketStatus="Waiting"))
    ok(transfer(api, create(api), targetDepartmentID=0, targetGroupID=LEVEL_1, targetGroupName="ignored"))
    first, second, third = (info(other, number) for number in arrived(other))
    assert (first.IdDepartment, first.IdGroup, first.IdAgent) == (SUPPORT, LEVEL_2, ALICE)
    assert (second.IdGroup, second.IdAgent, second.IsActive) == (LEVEL_1, QUEUE, False)
    assert (third.IdGroup, third.IsActive) == (LEVEL_1, True)


def test_status_follow_up_and_spam_go_along(api: Api, other: Api) -> None:
    at = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
    number = create(api, followUpDate=at)
    ok(api.tickets("alice").SetTicketProperties(number, ["IsSpam=True"]))
    ok(transfer(api, number, ticketStatus="Closed"))
    (there,) = arrived(other)
    assert (info(other, there).IsOpen, info(other, there).IsSpam) == (False, True)
    assert info(other, there).FollowUpDateUtc == at
    assert info(api, number).FollowUpDateUtc is None


def test_a_closed_ticket_may_be_handed_over_too(api: Api, other: Api) -> None:
    number = create(api, status=3)
    ok(transfer(api, number))
    assert not info(other, arrived(other)[0]).IsOpen
    assert not info(api, number).IsOpen


@pytest.mark.parametrize(
    ("given", "code", "word"),
    [
        ({"transferServerID": 99}, -4, "transfer server 99"),
        ({"targetDepartmentID": 0}, -5, "department"),
        ({"ticketStatus": "asleep"}, -5, "asleep"),
        ({"targetDepartmentID": 99}, -8, "department 99"),
        ({"targetGroupID": LEVEL_1}, -8, "not in department"),
        ({"targetAgentID": BOB}, -8, "not in group"),
        ({"targetDepartmentID": 0, "targetDepartmentName": "Nowhere"}, -8, "Nowhere"),
        ({"targetUserName": "nobody"}, -8, "nobody"),
        ({"targetDepartmentID": SUPPORT, "ticketStatus": "Closed"}, -8, "Asset"),
    ],
)
def test_what_is_refused_changes_nothing_on_either_side(
    api: Api, other: Api, given: dict[str, Any], code: int, word: str
) -> None:
    number = create(api)
    before = everything(api)
    refused(transfer(api, number, **given), code, word)
    assert everything(api) == before
    assert arrived(other) == []


def test_tickets_and_callers_that_may_not(api: Api, other: Api) -> None:
    number = create(api)
    refused(transfer(api, "000-00000000-0000"), -4)
    refused(transfer(api, number, by="carol"), -4)
    refused(transfer(api, number, by="customer"), -3)
    change(api, Ticket, row(api, number).id, status=TicketStatus.LOCKED, is_open=False, is_active=False)
    refused(transfer(api, number), -7, "locked")
    change(api, Ticket, row(api, number).id, is_deleted=True)
    refused(transfer(api, number), -7, "deleted")
    take_right(api.engine, Right.DISTRIBUTION_AGENT_TRANSFER, BuiltInRole.AGENT)
    refused(transfer(api, create(api), targetAgentID=CAROL), -3, "agent_transfer")
    take_right(api.engine, Right.DISTRIBUTION_TRANSFER, BuiltInRole.AGENT)
    refused(transfer(api, create(api)), -3, "distribution.transfer")
    assert arrived(other) == []


def test_a_refusal_in_the_middle_takes_the_ticket_back(api: Api, other: Api) -> None:
    number = a_whole_ticket(api)
    change(other, Department, SALES, requires_resolution=False)
    with writing(other.engine) as session:
        session.execute(update(TransferServer).values(name="unused"))
        session.connection().exec_driver_sql(
            "UPDATE custom_fields SET display_name = 'X', display_name_key = 'x' WHERE id = 2"
        )
    before = everything(api)
    refused(transfer(api, number), -8, "Other installation refused")
    assert everything(api) == before
    assert arrived(other) == []
    with reading(other.engine) as session:
        assert len(session.scalars(select(Ticket.id).where(Ticket.is_deleted)).all()) == 1


def test_wrong_credentials_there(api: Api, other: Api) -> None:
    change(api, TransferServer, 1, password="wrong")
    before = everything(api)
    refused(transfer(api, create(api)), -8, "password")
    assert everything(api)["tickets"][:1] == before["tickets"]


@contextmanager
def _listening(answer: bytes | None, called: threading.Event | None = None) -> Iterator[str]:
    """A server that says the same to everybody, or nothing at all; `called` is set by the first caller."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            held.append(connection)
            if called is not None:
                called.set()
            if answer is not None:
                connection.recv(65536)
                connection.sendall(answer)
                connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in held:
            connection.close()


def _impatient(api: Api, seconds: float) -> Api:
    """The same server with a shorter patience."""
    server = RunningServer(api.engine, api.server.settings.data, transfer_timeout_seconds=seconds)
    return Api(server)


def test_a_server_that_is_down(api: Api) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    change(api, TransferServer, 1, url=f"http://127.0.0.1:{port}")
    number = create(api)
    before = everything(api)
    refused(transfer(api, number), -8, "Other installation cannot be reached")
    assert everything(api) == before


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
        b'HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"></definitions>'[
            :120
        ],
        b"nonsense\r\n\r\n",
        b"",
    ],
)
def test_a_server_that_is_something_else(api: Api, answer: bytes) -> None:
    number = create(api)
    before = everything(api)
    with _listening(answer) as url:
        change(api, TransferServer, 1, url=url)
        refused(transfer(api, number), -8, "Other installation")
    assert everything(api) == before


def test_a_slow_server_is_not_waited_for_and_holds_up_nobody(api: Api) -> None:
    number = create(api)
    before = everything(api)
    impatient = _impatient(api, 3)
    called = threading.Event()
    answers: list[Any] = []
    try:
        with _listening(None, called) as url:
            change(api, TransferServer, 1, url=url)
            caller = impatient.service("svcTickets", "alice")
            thread = threading.Thread(
                target=lambda: answers.append(caller.TransferTicketToInstance(number, **TO_SALES)), daemon=True
            )
            thread.start()
            assert called.wait(30)
            # Meanwhile everybody writes, and the ticket itself can be written to.
            ok(api.tickets("alice").AddTicketNote(number, "Note", "Still there?"))
            assert thread.is_alive(), "the transfer ended before the note was written"
            thread.join(60)
            assert not thread.is_alive(), "the transfer still waits for a server that never answers"
    finally:
        impatient.http.close()
        impatient.server.stop()
    refused(answers[0], -8, "did not answer within 3 seconds")
    assert info(api, number).IsOpen
    assert len(everything(api)["tickets"]) == len(before["tickets"])


def test_a_ticket_changed_meanwhile_stays_and_the_other_one_is_taken_back(api: Api, other: Api) -> None:
    number = create(api)
    real_deliver = api.server.application.desk.ports.deliver

    def deliver(delivery: Any) -> Any:
        delivered = real_deliver(delivery)
        ok(api.tickets("alice").AddTicketNote(number, "Note", "Wait!"))
        return delivered

    object.__setattr__(api.server.application.desk.ports, "deliver", deliver)
    refused(transfer(api, number), -7, "taken back")
    assert info(api, number).IsOpen
    assert [part.Type for part in parts(api, number)] == [1, 10]
    assert arrived(other) == []


def test_who_loses_the_right_meanwhile_closes_nothing(api: Api, other: Api) -> None:
    number = create(api)
    real_deliver = api.server.application.desk.ports.deliver

    def deliver(delivery: Any) -> Any:
        delivered = real_deliver(delivery)
        take_right(api.engine, Right.DISTRIBUTION_TRANSFER, BuiltInRole.AGENT)
        return delivered

    object.__setattr__(api.server.application.desk.ports, "deliver", deliver)
    refused(transfer(api, number), -3, "taken back")
    assert info(api, number).IsOpen
    assert arrived(other) == []


def test_a_local_database_that_fails_afterwards_takes_it_back(api: Api, other: Api) -> None:
    number = create(api)
    before = everything(api)

    def fail(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("INSERT INTO ticket_notes"):
            raise OperationalError(statement, None, Exception("the disk is full"))

    event.listen(api.engine, "before_cursor_execute", fail)
    try:
        refused(transfer(api, number), -1)
    finally:
        event.remove(api.engine, "before_cursor_execute", fail)
    assert everything(api) == before
    assert arrived(other) == []


@pytest.mark.parametrize("made", [False, True])
def test_where_nobody_knows_it_is_never_lost(api: Api, other: Api, made: bool) -> None:
    """The connection breaks while the ticket is being closed: what was delivered goes only if it is still open here."""
    number = create(api)
    ok(api.tickets("mary").GetTicketInfo(1))
    with lost_commit(made=made, of=api.engine):
        refused(transfer(api, number), -1, "not known")
    assert info(api, number).IsOpen is not made
    assert len(arrived(other)) == made


def test_what_cannot_be_taken_back_is_said(api: Api, other: Api) -> None:
    number = create(api)
    real_deliver = api.server.application.desk.ports.deliver

    def deliver(delivery: Any) -> Any:
        delivered = real_deliver(delivery)
        ok(api.tickets("alice").AddTicketNote(number, "Note", "Wait!"))
        with writing(other.engine) as session:  # their administrator's password changed in this moment
            session.execute(update(User).where(User.username == "admin").values(password_hash=None))
        return delivered

    object.__setattr__(api.server.application.desk.ports, "deliver", deliver)
    answer = transfer(api, number)
    assert info(api, number).IsOpen
    with reading(other.engine) as session:
        there = session.scalars(select(Ticket.number).order_by(Ticket.id.desc())).first()
    refused(answer, -7, f"could not be taken back from Other installation, where it is ticket {there}")


def test_a_server_may_be_its_own_other_installation(api: Api) -> None:
    change(api, TransferServer, 1, url=api.url)
    number = create(api)
    ok(transfer(api, number))
    assert not info(api, number).IsOpen
    assert info(api, _numbers(api)[-1]).IdDepartment == SALES
