"""What a refused call leaves behind: nothing of its request, though no garbage is collected (ours).

Each kind of refusal is asked for with a large body, again and again; the process may not grow by a request's size.
"""

from __future__ import annotations

import gc
import logging
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from smartertrack_emu.asmx import memory
from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from smartertrack_emu.domain.models import Ticket
from smartertrack_emu.domain.tickets import attachments
from smartertrack_emu.store.unit_of_work import reading
from tests import processes
from tests.asmx.wire import FORM, XML, Answer, environ_of, http, run

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is read from /proc, which only Linux has"
)

MEBIBYTE = 1024 * 1024
SIZE = 5 * MEBIBYTE
TIMES = 3
MOST_LEFT = 2.0
"""MiB that may stay of all the calls together; one request that stays is more than twice that."""

SERVICE = "http://www.smartertools.com/SmarterTrack/Services2/svcTickets.asmx"
PATH = "/Services2/svcTickets.asmx"
FILE = b64encode(bytes(SIZE * 3 // 4)).decode()
TEXT = "x" * SIZE
NUMBER = "$NUMBER"
"""Stands for the number of a ticket that alice sees."""


def upload(
    *, username: str = "alice", password: str = "", number: str = "NOPE", message: str = "0", length: int = SIZE
) -> bytes:
    """Attach a file to a ticket."""
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<AddTicketAttachment xmlns="{SERVICE}"><authUserName>{username}</authUserName>'
        f"<authPassword>{password or f'{username}-pw'}</authPassword><ticketNumber>{number}</ticketNumber>"
        f"<ticketMessageId>{message}</ticketMessageId><fileName>f</fileName><data>{FILE}</data>"
        f"<fileLength>{length}</fileLength></AddTicketAttachment></s:Body></s:Envelope>"
    ).encode()


def soap(application: Application, body: bytes) -> Answer:
    if NUMBER.encode() in body:
        with reading(application.desk.engine) as session:
            number = session.scalars(select(Ticket.number).order_by(Ticket.id).limit(1)).one()
        body = body.replace(NUMBER.encode(), number.encode())
    return run(environ_of("POST", PATH, body=body, headers={"Content-Type": XML}), application)


def form(application: Application, operation: str, body: str) -> Answer:
    return run(
        environ_of("POST", f"{PATH}/{operation}", body=body.encode(), headers={"Content-Type": FORM}), application
    )


def drop_attachments(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE attachments RENAME TO elsewhere")


def break_attachments(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        kept = LookupError("inner")  # as careless code of others keeps it
        raise RuntimeError("outer") from kept

    monkeypatch.setattr(attachments, "add", broken)


Ask = Callable[[Application], Answer]
REFUSALS: dict[str, tuple[Ask, str]] = {
    "unknown ticket": (lambda a: soap(a, upload()), "<ResultCode>-4<"),
    "bad value": (lambda a: soap(a, upload(number=NUMBER, length=1)), "<ResultCode>-5<"),
    "login failed": (lambda a: soap(a, upload(password="wrong")), "<ResultCode>-2<"),
    "permission denied": (lambda a: soap(a, upload(username="customer")), "<ResultCode>-3<"),
    "unreadable value": (lambda a: soap(a, upload(message="x")), "<faultcode>soap:Client<"),
    "unknown action": (lambda a: soap(a, upload().replace(b"AddTicketAttachment", b"Nope")), "<faultcode>soap:Client<"),
    "a header not understood": (
        lambda a: soap(a, upload().replace(b"<s:Body>", b'<s:Header><h s:mustUnderstand="1"/></s:Header><s:Body>')),
        "<faultcode>soap:MustUnderstand<",
    ),
    "malformed": (lambda a: soap(a, upload()[:-10]), ""),
    "malformed inside": (lambda a: soap(a, upload().replace(b"AAAA</data>", b"A*AA</data>")), ""),
    "too many attributes": (
        lambda a: soap(a, upload().replace(b"<fileName>", b"<f" + b" a=''" * 40_000 + b"/><fileName>")),
        "An element of the request has more than",
    ),
    "too long a text": (
        lambda a: soap(a, upload().replace(b"<fileName>f<", f"<fileName>{TEXT}{TEXT}<".encode())),
        "A text of the request has more than",
    ),
    "a form's value": (lambda a: form(a, "GetTicketInfo", f"authUserName=a&authPassword=b&ticketId={TEXT}"), "Cannot"),
    "a form's missing value": (lambda a: form(a, "AddTicketNote", f"authUserName={TEXT}"), "Missing parameter"),
    "a form's login": (lambda a: form(a, "GetTicketInfo", f"authUserName={TEXT}&authPassword=b&ticketId=1"), "-2<"),
    "a form of bytes": (
        lambda a: form(a, "AppendToTicketAttachment", "authUserName=a&authPassword=b&" + "data=65&" * 700_000),
        "Missing parameter",
    ),
}
BROKEN: dict[str, tuple[Callable[[Engine, pytest.MonkeyPatch], None], str]] = {
    "database error": (drop_attachments, "<ResultCode>-1<"),
    "unexpected error": (break_attachments, "<ResultCode>-1<"),
}


@pytest.fixture
def application(seeded_engine: Engine, tmp_path: Path) -> Iterator[Application]:
    """The application, with no garbage collected and nothing logged: a record of an error would hold its frames."""
    memory.set_bounds()
    gc.collect()
    gc.disable()
    logging.disable()
    application = Application(Settings(data=tmp_path), seeded_engine)
    yield application
    application.close()
    logging.disable(logging.NOTSET)
    gc.enable()


def resident() -> float:
    """This process's resident memory in MiB."""
    memory.give_back()
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def check_nothing_stays(application: Application, ask: Ask, words: str) -> None:
    for _ in range(2):
        answer = ask(application)
        assert words in answer.text
        assert "<Result>true<" not in answer.text
        assert answer.status != 200 or words
        application.flush()  # what is noted of a call waits for the journal for a moment
    before = resident()
    for _ in range(TIMES):
        ask(application)
        application.flush()
    left = resident() - before
    print(f"{left:.1f} MiB stay of {TIMES} requests of {SIZE // MEBIBYTE} MiB")
    assert left < MOST_LEFT


@pytest.mark.parametrize("seeded_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", REFUSALS)
def test_nothing_stays_of_a_refused_request(application: Application, kind: str) -> None:
    check_nothing_stays(application, *REFUSALS[kind])


@pytest.mark.parametrize("kind", BROKEN)
def test_nothing_stays_of_a_call_that_fails(
    application: Application, seeded_engine: Engine, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it, words = BROKEN[kind]
    break_it(seeded_engine, monkeypatch)
    check_nothing_stays(application, lambda a: soap(a, upload(number=NUMBER)), words)


def test_a_server_stays_where_it_was(tmp_path: Path) -> None:
    """The quick variant of what `make attack` shows: as served, with the collector as it is set there."""
    headers = {"Content-Type": XML}
    filled = b"<f" + b" a=''" * 240 + b"/>"
    attributes = upload().replace(b"<fileName>", filled * 4000 + b"<fileName>")
    with processes.serving(tmp_path) as server:
        port = int(server.url.rpartition(":")[2])
        status = Path(f"/proc/{server.process.pid}/status")

        def ask(body: bytes, path: str = PATH, content_type: str = XML) -> Answer:
            return http(port, "POST", path, body=body, headers={**headers, "Content-Type": content_type})

        def resident_there() -> float:
            return int(status.read_text("ascii").partition("VmRSS:")[2].split()[0]) / 1024

        for body in (upload(password="wrong"), attributes):
            ask(body)
        before = resident_there()
        assert ask(b"authUserName=" + b"%41" * 4_000_000, f"{PATH}/GetTicketInfo", FORM).status == 500
        for _ in range(3):
            assert ask(attributes).status == 400
        for _ in range(6):
            assert "<ResultCode>-2<" in ask(upload(password="wrong")).text
        after = resident_there()
    print(f"resident: {before:.0f} MiB before, {after:.0f} MiB after")
    assert after < before + 10
