"""Fetching mail over POP3: what is fetched, known, removed, and what goes wrong. Events are documented; rest ours."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.events.models import Event
from smartertrack_emu.domain.inbox import spool
from smartertrack_emu.domain.inbox.models import FetchedMail, IncomingMail
from smartertrack_emu.domain.spool.accounts import MailAccount, Security
from smartertrack_emu.domain.structure import engine_settings
from smartertrack_emu.mail import email_import, pop_download, room
from smartertrack_emu.mail.fetching.connecting import Watch
from tests.mail.incoming.certificate import make_certificate
from tests.mail.incoming.conftest import AddAccount, mail
from tests.mail.incoming.pop_server import PASSWORD, Box, pop_server


@pytest.fixture
def box(add_account: AddAccount) -> Iterator[Box]:
    """A mailbox with three mails, and an account of it."""
    box = Box({f"u{n}": mail(f"Mail {n}.\r\n.dot\r\n", Message_ID=f"<{n}@example.com>") for n in (1, 2, 3)})
    with ExitStack() as stack:
        add_account(stack.enter_context(pop_server(box)))
        yield box


def download(desk: Desk) -> Run:
    run = Run(desk, "pop-download", is_requested=True)
    pop_download.run(run)
    return run


def rows(desk: Desk) -> list[Any]:
    return desk.read(lambda s: list(s.execute(select(IncomingMail.__table__).order_by(IncomingMail.id)).all()))


def events(desk: Desk) -> list[int]:
    query = select(Event.event_id).where(Event.event_id.between(509000, 509999)).order_by(Event.id)
    return desk.read(lambda s: list(s.scalars(query)))


def account(desk: Desk) -> Any:
    return desk.read(lambda s: s.execute(select(MailAccount.__table__)).first())


def known(desk: Desk) -> list[str]:
    return desk.read(lambda s: sorted(s.scalars(select(FetchedMail.uid))))


def change(desk: Desk, **columns: Any) -> None:
    desk.write(lambda session: session.execute(update(MailAccount).values(columns)))


def test_fetched_once_and_removed(desk: Desk, box: Box) -> None:
    wanted = list(box.mails.values())
    assert download(desk).done == 3
    found = rows(desk)
    assert [(row.state, row.account_id, row.length) for row in found] == [("waiting", 1, len(raw)) for raw in wanted]
    assert [spool.read_bytes(desk.attachments, row.sha256) for row in found] == wanted
    assert box.mails == {}
    assert known(desk) == ["u1", "u2", "u3"]
    assert download(desk).done == 0
    assert known(desk) == []  # the server lists them no more
    assert (account(desk).last_error, account(desk).last_used_at) == ("", clock.now())


def test_left_on_the_server(desk: Desk, box: Box) -> None:
    change(desk, leave_on_server=True)
    assert download(desk).done == 3
    assert download(desk).done == 0
    assert (len(box.mails), box.retrieved) == (3, ["u1", "u2", "u3"])
    change(desk, leave_on_server=False)
    assert download(desk).done == 0
    assert box.mails == {}


def test_a_server_without_uids(desk: Desk, box: Box) -> None:
    box.has_uidl = False
    change(desk, leave_on_server=True)
    assert download(desk).done == 3
    box.mails["u4"] = mail("Another one.")
    assert download(desk).done == 1
    assert len(known(desk)) == 4
    box.mails.pop("u1")
    download(desk)
    assert len(known(desk)) == 3


def test_dropped_in_the_middle(desk: Desk, box: Box) -> None:
    """What was committed stays, though the server never heard the end of the session; the rest comes next time."""
    box.drops_at = 3
    assert download(desk).done == 2
    assert len(box.mails) == 3
    assert events(desk) == [509002]
    assert "closed the connection" in account(desk).last_error
    box.drops_at = 0
    assert download(desk).done == 1
    assert box.retrieved == ["u1", "u2", "u3"]
    assert box.mails == {}
    assert [spool.read_bytes(desk.attachments, row.sha256)[-15:-8] for row in rows(desk)] == [
        b"Mail 1.",
        b"Mail 2.",
        b"Mail 3.",
    ]


def test_one_that_cannot_be_fetched(desk: Desk, box: Box) -> None:
    box.refuses = {"RETR 2"}
    assert download(desk).done == 2
    assert list(box.mails) == ["u2"]
    assert events(desk) == [509002]
    assert "-ERR no RETR ***" in account(desk).last_error
    box.refuses = set()
    assert download(desk).done == 1
    assert account(desk).last_error == ""


def test_a_login_that_is_refused(desk: Desk, box: Box) -> None:
    change(desk, password="wrong")
    run = download(desk)
    assert (run.done, events(desk)) == (0, [509001])
    assert run.errors == ["account 1: 127.0.0.1 refused the login of desk: -ERR *** password"]
    assert account(desk).last_error == "127.0.0.1 refused the login of desk: -ERR *** password"


@pytest.mark.parametrize("what", ["nobody listens", "no greeting", "a wrong greeting", "no STLS"])
def test_no_connection(desk: Desk, add_account: AddAccount, what: str) -> None:
    box = Box(greeting={"no greeting": b"", "a wrong greeting": b"HTTP/1.1 400\r\n"}.get(what, b"+OK\r\n"))
    with pop_server(box) as port:
        add_account(
            1 if what == "nobody listens" else port,
            security=Security.STARTTLS if what == "no STLS" else Security.NONE,
            timeout_seconds=1,
        )
        assert download(desk).done == 0
    assert events(desk) == [509000]
    assert account(desk).last_error.startswith("No connection to 127.0.0.1:")


def test_one_that_hangs_holds_up_no_other(desk: Desk, add_account: AddAccount) -> None:
    hanging, fine = Box({"u1": mail("One.")}, hangs_at=1), Box({"u2": mail("Two.")})
    with pop_server(hanging) as first, pop_server(fine) as second:
        add_account(first, timeout_seconds=1)
        add_account(second)
        assert download(desk).done == 1
    assert [row.account_id for row in rows(desk)] == [2]
    assert events(desk) == [509002]


def test_one_that_is_too_large(desk: Desk, box: Box) -> None:
    """Only its header is fetched, once, until somebody wants it again."""
    large = mail("x" * 5_000, Subject="Large", Message_ID="<large@example.com>")
    box.mails = {"u1": mail("Small."), "u2": large, "u3": mail("Small, too.")}
    desk.write(lambda s: engine_settings.change(s, {"max_message_bytes": 4_000}))
    assert download(desk).done == 2
    assert download(desk).done == 0
    assert (list(box.mails), events(desk)) == (["u2"], [509002])
    row = next(row for row in rows(desk) if row.state == "failed")
    assert row.reason == f"too large: {len(large)} bytes, where 4000 are the most; it is left on the server."
    assert (row.sender, row.subject, row.length, row.is_whole) == ("cora@example.com", "Large", len(large), False)
    email_import.run(Run(desk, "email-import"))
    assert rows(desk)[1].state == "failed"
    desk.write(lambda s: spool.retry(s, row.id))
    assert download(desk).done == 0  # still too large
    assert events(desk) == [509002, 509002]
    desk.write(lambda s: engine_settings.change(s, {"max_message_bytes": 10_000}))
    desk.write(lambda s: spool.retry(s, row.id))
    email_import.run(Run(desk, "email-import"))  # there is nothing to import yet
    assert download(desk).done == 1
    assert box.mails == {}
    email_import.run(Run(desk, "email-import"))
    assert [(one.id, one.state, one.outcome) for one in rows(desk)][1] == (row.id, "imported", "ticket")


def test_one_that_is_larger_than_said(desk: Desk, box: Box) -> None:
    box.mails["u2"] = mail("x" * 5_000)
    box.lies = 10
    desk.write(lambda s: engine_settings.change(s, {"max_message_bytes": 4_000}))
    assert download(desk).done == 1
    assert download(desk).done == 1
    assert [row.state for row in rows(desk)] == ["waiting", "failed", "waiting"]
    assert list(box.mails) == ["u2"]


def test_wanted_and_gone(desk: Desk, box: Box) -> None:
    box.mails = {"u1": mail("x" * 5_000)}
    desk.write(lambda s: engine_settings.change(s, {"max_message_bytes": 4_000}))
    download(desk)
    desk.write(lambda s: spool.retry(s, 1))
    box.mails.clear()
    download(desk)
    assert (rows(desk)[0].state, "no more" in rows(desk)[0].reason) == ("failed", True)


def test_minutes(desk: Desk, box: Box) -> None:
    """The schedule visits an account when its minutes are over; a run that is wanted visits all."""
    change(desk, every_minutes=5)
    run = Run(desk, "pop-download")
    pop_download.run(run)
    with clock.frozen(clock.now().replace(minute=4)):
        pop_download.run(run)
        assert box.sessions == 1
        download(desk)
        assert box.sessions == 2
    with clock.frozen(clock.now().replace(minute=9)):
        pop_download.run(run)
        assert box.sessions == 3
    with clock.frozen(clock.now().replace(year=2030)):  # put back
        pop_download.run(run)
        assert box.sessions == 4
    change(desk, enabled=False)
    download(desk)
    assert box.sessions == 4


def test_most_mails(desk: Desk, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pop_download, "MOST_MAILS", 2)
    assert download(desk).done == 2
    assert list(box.mails) == ["u3"]
    assert download(desk).done == 1


def test_a_watch_ends_a_connection(desk: Desk, add_account: AddAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one whose server renews every other limit."""
    monkeypatch.setattr(pop_download, "Watch", lambda _: Watch(0.2))
    box = Box({"u1": mail("One.")}, hangs_at=1)
    with pop_server(box) as port:
        add_account(port, timeout_seconds=600)
        assert download(desk).done == 0
    assert events(desk) == [509002]


def test_long_lines(desk: Desk, box: Box) -> None:
    raw = mail("x" * 200_000 + "\r\n.\r\n..\r\n" + "." * 70_000)
    box.mails = {"u1": raw}
    assert download(desk).done == 1
    assert spool.read_bytes(desk.attachments, rows(desk)[0].sha256) == raw + b"\r\n"


def test_a_thousand_listed(desk: Desk, box: Box) -> None:
    """Statements do not grow with what is known."""
    box.mails = {f"u{n}": mail(f"{n}") for n in range(30)}
    change(desk, leave_on_server=True)
    download(desk)
    assert desk.read(lambda s: s.scalar(select(func.count()).select_from(FetchedMail))) == 30


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_encrypted(desk: Desk, add_account: AddAccount, tmp_path: Path, security: Security) -> None:
    """A certificate that nobody trusts is refused, unless the account says otherwise."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(make_certificate(tmp_path / "cert.pem"))
    box = Box({"u1": mail("One.")}, tls=context, is_tls=security is Security.TLS)
    with pop_server(box) as port:
        add_account(port, host="localhost", security=security)
        assert download(desk).done == 0
        assert events(desk) == [509000]
        assert "certificate" in account(desk).last_error
        change(desk, verify_certificate=False)
        assert download(desk).done == 1
    assert box.mails == {}


def test_testing_an_account(desk: Desk, box: Box) -> None:
    """It connects and logs in, fetches nothing and changes nothing."""
    assert room.test(desk, 1) == (True, f"127.0.0.1:{account(desk).port} answers, and lets us in.")
    assert (box.retrieved, len(box.mails)) == ([], 3)
    change(desk, password="wrong")
    assert room.test(desk, 1) == (False, "127.0.0.1 refused the login of desk: -ERR *** password")
    assert (events(desk), account(desk).last_error) == ([], "")


def test_a_name_that_several_have(desk: Desk, box: Box) -> None:
    """No mail is removed because another one has its name."""
    box.same_uid = "x"
    assert download(desk).done == 3
    assert len(rows(desk)) == 3
    assert box.mails == {}


def test_a_header_without_end(desk: Desk, box: Box) -> None:
    """Its beginning is kept; the mails after it come next time."""
    head = "".join(f"X-{n}: {'x' * 1000}\r\n" for n in range(1_200))
    box.mails["u2"] = f"From: a@example.com\r\nSubject: Endless\r\n{head}\r\n{'x' * 5_000}".encode()
    desk.write(lambda s: engine_settings.change(s, {"max_message_bytes": 4_000}))
    assert download(desk).done == 1
    assert download(desk).done == 1
    failed = rows(desk)[1]
    assert (failed.state, failed.subject, failed.length) == ("failed", "Endless", len(box.mails["u2"]))
    assert list(box.mails) == ["u2"]


def test_what_is_logged(desk: Desk, box: Box, caplog: pytest.LogCaptureFixture) -> None:
    """What both sides say, and which mail became which, without the password."""
    caplog.set_level("INFO", "smartertrack_emu.log.pop")
    download(desk)
    change(desk, password="wr0ng-one")
    download(desk)
    lines = [record.getMessage() for record in caplog.records if record.name == "smartertrack_emu.log.pop"]
    assert lines[:5] == ["< +OK ready", "> USER desk", "< +OK", "> PASS ***", "< +OK"]
    assert f"account 1: u1 is incoming mail 1, {rows(desk)[0].length} bytes" in lines
    assert "< -ERR wrong password" in lines
    assert not [line for line in caplog.messages if PASSWORD in line or "wr0ng-one" in line]
