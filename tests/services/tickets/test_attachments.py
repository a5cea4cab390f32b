"""Files of tickets over HTTP: sizes, parts and the form of links are documented or seen, names and refusals ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import Attachment, Event
from smartertrack_emu.store.unit_of_work import reading
from tests.services.api import Api, items
from tests.services.tickets.steps import (
    ALICE,
    SALES_GROUP,
    SEEDED,
    create,
    history,
    info,
    ok,
    parts,
    refused,
    statements,
)

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
MADE = datetime(2019, 8, 23, 22, 16, tzinfo=UTC)
LEAST = datetime(1, 1, 1)  # noqa: DTZ001 - DateTime.MinValue
EVERY_BYTE = bytes(range(256))


@pytest.fixture
def number(api: Api) -> str:
    return create(api)


def add(
    api: Api,
    number: str,
    data: bytes,
    *,
    name: str = "file.bin",
    length: int | None = None,
    message: int = 0,
    at: datetime = MADE,
    by: str = "alice",
) -> Any:
    return api.tickets(by).AddTicketAttachment(number, message, name, data, len(data) if length is None else length, at)


def files(api: Api, number: str, by: str = "alice") -> list[Any]:
    return items(ok(api.tickets(by).GetTicketAttachments(info(api, number).ID)).Files)


def test_whole(api: Api, number: str) -> None:
    file = ok(add(api, number, EVERY_BYTE, name="Grüße & mehr.bin")).File
    assert (file.fileNameOriginal, file.fileSizeInBytes, file.fileDateUtc) == ("Grüße & mehr.bin", 256, MADE)
    assert (file.sender, file.senderUserId, file.ticketMessageId) == ("Alice Agent", ALICE, 0)
    assert [(one.fileId, one.downloadUrl) for one in files(api, number)] == [(file.fileId, file.downloadUrl)]
    assert not file.downloadUrl.startswith("/")
    assert ("Ticket Attachment Added", "Grüße & mehr.bin (256 bytes)", "alice") in history(api, number)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_by_http_get_and_post(api: Api, number: str, method: str) -> None:
    """One decimal a byte, the key repeated."""
    address = f"{api.url}/Services2/svcTickets.asmx/AddTicketAttachment"
    fields: dict[str, Any] = {
        "authUserName": "alice", "authPassword": "alice-pw", "ticketNumber": number, "ticketMessageId": 0,
        "fileName": "every.bin", "data": [*EVERY_BYTE], "fileLength": 256, "dateCreatedUTC": "2019-08-23T22:16:00Z",
    }  # fmt: skip
    carried = "params" if method == "GET" else "data"
    sent: dict[str, Any] = {carried: fields}
    answer = api.http.request(method, address, timeout=30, **sent)
    assert (answer.status_code, "<ResultCode>0</ResultCode>" in answer.text) == (200, True), answer.text
    (file,) = files(api, number)
    assert (file.fileNameOriginal, file.fileSizeInBytes, file.fileDateUtc) == ("every.bin", 256, MADE)
    assert api.http.get(f"{api.url}/{file.downloadUrl}", timeout=10).content == EVERY_BYTE
    sent = {carried: fields | {"data": 256}}
    refusal = api.http.request(method, address, timeout=30, **sent)
    assert (refusal.status_code, refusal.headers["Content-Type"]) == (500, "text/plain; charset=utf-8")
    assert refusal.text.startswith("Cannot convert 256 to System.Byte.\n")
    assert len(files(api, number)) == 1


def test_download_without_login(api: Api, number: str) -> None:
    file = ok(add(api, number, EVERY_BYTE, name="a b&ü?.html")).File
    response = api.http.get(f"{api.url}/{file.downloadUrl}", timeout=10)
    assert (response.status_code, response.content) == (200, EVERY_BYTE)
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%20b%26%C3%BC%3F.html"
    assert response.headers["Content-Length"] == "256"
    head = api.http.head(f"{api.url}/{file.downloadUrl}", timeout=10)
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", "256")
    folder, token, name = file.downloadUrl.split("/")
    assert len(token) == 43
    assert api.http.get(f"{api.url}/{folder}/{'x' * 43}/{name}", timeout=10).status_code == 404
    assert api.http.get(f"{api.url}/{folder}/{token[:-1]}/{name}", timeout=10).status_code == 404


def test_download_dies_with_the_ticket(api: Api, number: str) -> None:
    file = ok(add(api, number, EVERY_BYTE)).File
    ok(api.tickets("admin").DeleteTicket(info(api, number).ID))
    assert api.http.get(f"{api.url}/{file.downloadUrl}", timeout=10).status_code == 404
    # Who could read the ticket before still sees that there was a file.
    assert [one.fileId for one in files(api, number)] == [file.fileId]
    ok(api.tickets("admin").SetTicketProperties(number, ["IsDeleted=False"]))
    assert api.http.get(f"{api.url}/{file.downloadUrl}", timeout=10).content == EVERY_BYTE


def test_parts(api: Api, number: str) -> None:
    file = ok(add(api, number, EVERY_BYTE[:100], length=256)).File
    assert file.fileSizeInBytes == 100
    tickets = api.tickets("alice")
    for start in (100, 150, 200):
        assert files(api, number) == []
        assert api.http.get(f"{api.url}/{file.downloadUrl}", timeout=10).status_code == 404
        ok(tickets.AppendToTicketAttachment(file.fileId, EVERY_BYTE[start : min(start + 50, 250)]))
    refused(tickets.AppendToTicketAttachment(file.fileId, b"1234567"), -5, "256 bytes")
    ok(tickets.AppendToTicketAttachment(file.fileId, b""))
    ok(tickets.AppendToTicketAttachment(file.fileId, EVERY_BYTE[250:]))
    (whole,) = files(api, number)
    assert whole.fileSizeInBytes == 256
    assert api.http.get(f"{api.url}/{file.downloadUrl}", timeout=10).content == EVERY_BYTE
    refused(tickets.AppendToTicketAttachment(file.fileId, b"x"), -7, "complete")


def test_large_in_parts(api: Api, number: str) -> None:
    part = EVERY_BYTE * 4096  # a mebibyte
    file = ok(add(api, number, b"", length=3 * len(part))).File
    for _ in range(3):
        ok(api.tickets("alice").AppendToTicketAttachment(file.fileId, part))
    assert api.http.get(f"{api.url}/{file.downloadUrl}", timeout=10).content == 3 * part


def test_empty_file(api: Api, number: str) -> None:
    file = ok(add(api, number, b"")).File
    assert [one.fileSizeInBytes for one in files(api, number)] == [0]
    assert api.http.get(f"{api.url}/{file.downloadUrl}", timeout=10).content == b""


def test_of_a_message(api: Api, number: str) -> None:
    (message,) = parts(api, number)
    other = parts(api, create(api))[0].PartId
    own = ok(add(api, number, b"one", message=message.PartId)).File
    ok(add(api, number, b"two"))
    assert own.ticketMessageId == message.PartId
    assert [one.fileId for one in items(_of_message(api, message.PartId).Files)] == [own.fileId]
    assert len(files(api, number)) == 2
    refused(add(api, number, b"x", message=other), -4, f"message {other}")
    refused(add(api, number, b"x", message=2**60), -4)


def _of_message(api: Api, message: int, by: str = "alice") -> Any:
    return api.tickets(by).GetTicketMessageAttachmentInfo(message)


def test_list_of_a_message_refused(api: Api) -> None:
    hidden = parts(api, create(api, groupID=SALES_GROUP, agentID=0))[0].PartId
    refused(_of_message(api, hidden), -4, f"There is no message {hidden}.")
    refused(_of_message(api, 2**40), -4)
    refused(_of_message(api, hidden, by="customer"), -3)
    assert items(_of_message(api, hidden, by="carol").Files) == []


@pytest.mark.parametrize(
    ("given", "code", "word"),
    [
        ({"name": ""}, -5, "fileName"),
        ({"name": "  "}, -5, "fileName"),
        *(({"name": name}, -5, "fileName") for name in ("/", ".", "..", "a/..", "..\\.", "a/", "C:\\", "x/ .. ")),
        ({"name": "x" * 1001}, -5, "1000 characters"),
        ({"length": 2}, -5, "2 bytes"),
        ({"length": -1}, -5, "fileLength"),
        ({"length": 2**31 - 1}, -5, "fileLength"),
        ({"by": "carol"}, -4, "There is no ticket"),
        ({"by": "customer"}, -3, ""),
    ],
)
def test_not_attached(api: Api, number: str, given: dict[str, Any], code: int, word: str) -> None:
    refused(add(api, number, b"data", **given), code, word)
    with reading(api.engine) as session:
        assert session.scalar(select(func.count()).select_from(Attachment)) == 0
        assert session.scalar(select(func.count()).select_from(Event).where(Event.event_id == 502903)) == 0


def test_unknown_ticket_or_attachment(api: Api) -> None:
    refused(add(api, "FFF-00000000-0000", b"x"), -4)
    refused(api.tickets("alice").AppendToTicketAttachment(99, b"x"), -4, "attachment 99")
    refused(api.tickets("alice").GetTicketAttachments(99), -4, "ticket 99")
    assert items(ok(api.tickets("alice").GetTicketAttachments(SEEDED)).Files) == []


def test_not_to_deleted_or_locked(api: Api, number: str) -> None:
    begun = ok(add(api, number, b"x", length=2)).File.fileId
    manager = api.tickets("mary")
    ok(manager.SetTicketCustomFields(number, ["Asset=Server [13]"]))
    ok(manager.SetTicketProperties(number, ["TicketStatusID=4"]))
    refused(add(api, number, b"x"), -7, "locked")
    refused(api.tickets("alice").AppendToTicketAttachment(begun, b"x"), -7, "locked")
    ok(manager.DeleteTicket(info(api, number).ID))
    refused(add(api, number, b"x"), -7, "deleted")
    refused(api.tickets("alice").AppendToTicketAttachment(begun, b"x"), -7, "deleted")


def test_an_attachment_that_may_not_be_seen(api: Api, number: str) -> None:
    begun = ok(add(api, number, b"x", length=2)).File.fileId
    refused(api.tickets("carol").AppendToTicketAttachment(begun, b"x"), -4, f"attachment {begun}")


NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\boot.ini": "boot.ini",
    "C:\\Users\\Casey/new\\a.txt": "a.txt",
    "a/b\\c/..d": "..d",
    **{
        name: name
        for name in ("CON", "a\tb", "é" * 300 + ".txt", ".hidden", "...", "x;rm -rf", "%2e%2e", "..%2f", "日本.pdf")
    },
    "\U0001f600" * 1000: "\U0001f600" * 1000,
}
"""What is sent -> what the file is called."""


def test_names_are_safe_on_disk_and_in_addresses(api: Api, number: str) -> None:
    for name, kept in NAMES.items():
        file = ok(add(api, number, b"x", name=name)).File
        assert file.fileNameOriginal == kept
        assert file.downloadUrl.isascii()
        assert file.downloadUrl.count("/") == 2
        on_disk = file.fileNameOnDisk
        assert not set(on_disk) & set('/\\:*?"<>|\t ;')
        assert 0 < len(on_disk) <= 120
        assert not on_disk.startswith(".")
        response = api.http.get(f"{api.url}/{file.downloadUrl}", timeout=10)
        assert (response.status_code, response.content) == (200, b"x"), name


def test_equal_content_is_stored_once(api: Api, number: str) -> None:
    one, two = (ok(add(api, number, EVERY_BYTE, name=name)).File for name in ("a", "b"))
    ok(add(api, number, EVERY_BYTE[:9], length=256))
    third = files(api, number)
    assert [file.fileNameOriginal for file in third] == ["a", "b"]
    assert one.downloadUrl != two.downloadUrl
    root = api.server.settings.attachments
    stored = [path for path in root.rglob("*") if path.is_file() and "parts" not in path.parts]
    assert len(stored) == 1
    assert stored[0].read_bytes() == EVERY_BYTE


def test_date_left_out(api: Api, number: str) -> None:
    with clock.frozen(NOW):
        assert ok(add(api, number, b"x", at=LEAST)).File.fileDateUtc == NOW


def test_statements_do_not_grow(api: Api, number: str) -> None:
    tickets, ticket, message = api.tickets("alice"), info(api, number).ID, parts(api, number)[0].PartId
    for _ in range(2):
        assert statements(api, lambda: tickets.GetTicketAttachments(ticket)) == 2
        assert statements(api, lambda: tickets.GetTicketMessageAttachmentInfo(message)) == 2
        for n in range(5):
            ok(add(api, number, b"%d" % n, message=message))
