"""Evidence: that links open without a login is seen; the headers, and when a link dies, are ours."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from unittest.mock import Mock
from urllib.parse import unquote, urlsplit
from wsgiref.util import setup_testing_defaults

import pytest

from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.web.site import make_site
from tests.services.api import Api, items

MADE = datetime(2024, 5, 1, 12, tzinfo=UTC)
EVERY_BYTE = bytes(range(256))
TICKET = 1
"""The seed file's: alice's."""


@pytest.fixture
def number(api: Api) -> str:
    return str(api.tickets("admin").GetTicketInfo(TICKET).Ticket.TicketNumber)


def attach(api: Api, number: str, name: str, data: bytes = EVERY_BYTE, length: int | None = None) -> str:
    """Attach a file and return its address."""
    size = len(data) if length is None else length
    answer = api.tickets("alice").AddTicketAttachment(number, 0, name, data, size, MADE)
    assert answer.Result, answer.Message
    return f"{api.url}/{answer.File.downloadUrl}"


NAMES = [
    "plain.txt",
    "Rechnung über 5 €.pdf",
    "日本語 ファイル.docx",
    "😀.png",
    'quote".txt',
    "a;b=c, d.txt",
    "100%.txt",
    "a%2Fb%5Cc.txt",
    "?query#fragment&x",
    "line\r\nSet-Cookie: x=y.txt",
]


def test_comes_back_under_its_name(api: Api, number: str) -> None:
    for name in NAMES:
        response = api.http.get(attach(api, number, name), timeout=10)
        assert (response.status_code, response.content) == (200, EVERY_BYTE)
        kind, _, encoded = response.headers["Content-Disposition"].partition("; filename*=UTF-8''")
        assert kind == "attachment"
        assert encoded.isascii()
        assert not set(encoded) & set(" \"',;=\r\n\\/")
        # XML carries a line's end as one character.
        assert unquote(encoded).replace("\r", "") == name.replace("\r", "")
        assert "Set-Cookie" not in response.headers


def test_is_never_shown_as_a_page(api: Api, number: str) -> None:
    response = api.http.get(attach(api, number, "page.html", b"<script>alert(1)</script>"), timeout=10)
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_head(api: Api, number: str) -> None:
    address = attach(api, number, "file.bin")
    response = api.http.head(address, timeout=10)
    assert (response.status_code, response.content, response.headers["Content-Length"]) == (200, b"", "256")
    assert api.http.get(address, timeout=10).content == EVERY_BYTE


def test_empty_and_large(api: Api, number: str) -> None:
    large = EVERY_BYTE * 4096
    assert api.http.get(attach(api, number, "large.bin", large), timeout=10).content == large
    response = api.http.get(attach(api, number, "empty.bin", b""), timeout=10)
    assert (response.status_code, response.content, response.headers["Content-Length"]) == (200, b"", "0")


def test_get_alone(api: Api, number: str) -> None:
    address = attach(api, number, "file.bin")
    for method in ("POST", "PUT", "DELETE"):
        response = api.http.request(method, address, timeout=10)
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert api.http.get(address, timeout=10).status_code == 200


def test_unknown_address(api: Api, number: str) -> None:
    address = attach(api, number, "file.bin")
    token = address.split("/")[4]
    for other in (token[:-1], "x" * 43, "-", token[:-1] + ("A" if token[-1] != "A" else "B"), token.swapcase()):
        response = api.http.get(f"{api.url}/Download/{other}/file.bin", timeout=10)
        assert (response.status_code, response.text) == (404, "There is no such file.\n")
    for path in ("/Download", "/Download/", f"/Download/{token}%00", "/Download/../Download/x%2F..%2F.."):
        assert api.http.get(f"{api.url}{path}", timeout=10).status_code == 404


def test_the_name_in_the_address_does_not_count(api: Api, number: str) -> None:
    base = attach(api, number, "file.bin").rpartition("/")[0]
    for path in ("", "/", "/another.name", "/a%2Fb"):
        assert api.http.get(f"{base}{path}", timeout=10).content == EVERY_BYTE


def test_incomplete_file(api: Api, number: str) -> None:
    address = attach(api, number, "parts.bin", EVERY_BYTE, length=300)
    assert api.http.get(address, timeout=10).status_code == 404


def test_dies_with_its_ticket(api: Api, number: str) -> None:
    address = attach(api, number, "file.bin")
    assert api.tickets("admin").DeleteTicket(TICKET).Result
    assert api.http.get(address, timeout=10).status_code == 404
    assert api.tickets("admin").SetTicketProperties(number, ["IsDeleted=False"]).Result
    assert api.http.get(address, timeout=10).content == EVERY_BYTE


def test_lost_content(api: Api, number: str) -> None:
    address = attach(api, number, "file.bin")
    (stored,) = [path for path in api.server.settings.attachments.glob("??/*") if path.read_bytes() == EVERY_BYTE]
    stored.unlink()
    assert api.http.get(address, timeout=10).status_code == 404
    assert [one.fileId for one in items(api.tickets("alice").GetTicketAttachments(TICKET).Files)]


def test_the_server_sends_the_file(api: Api, number: str) -> None:
    """What it gets is the open file in its own wrapper, as it is: docs/decisions/0013."""
    environ: dict[str, Any] = {"PATH_INFO": urlsplit(attach(api, number, "file.bin")).path}
    setup_testing_defaults(environ)
    wrapper = environ["wsgi.file_wrapper"] = Mock()
    body = make_site(api.server.application.desk, SERVICES)(environ, Mock())
    assert body is wrapper.return_value
    ((content, piece), _) = wrapper.call_args
    with content:
        assert (content.read(), piece) == (EVERY_BYTE, 256 * 1024)


def test_content_is_closed(api: Api, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    address = attach(api, number, "file.bin")
    opened: list[BinaryIO] = []
    original = files.open_content

    def note(root: Path, attachment: Attachment) -> BinaryIO:
        opened.append(original(root, attachment))
        return opened[-1]

    monkeypatch.setattr(files, "open_content", note)
    api.http.get(address, timeout=10)
    api.http.head(address, timeout=10)
    assert [content.closed for content in opened] == [True, True]
