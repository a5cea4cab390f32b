"""Fetching mail over IMAP, against Dovecot as Debian has it. The protocol is documented (RFC 3501), the rest ours."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.inbox import spool
from smartertrack_emu.domain.spool.accounts import AccountKind, Security
from smartertrack_emu.domain.structure import engine_settings
from smartertrack_emu.mail.fetching.imap import folder_name
from tests.mail.incoming.certificate import make_certificate
from tests.mail.incoming.conftest import AddAccount, mail
from tests.mail.incoming.dovecot import Imap, dovecot
from tests.mail.incoming.test_download import account, change, download, events, known, rows


@pytest.fixture
def imap() -> Iterator[Imap]:
    """A Dovecot with three mails; in a folder with a short path, for the sake of its sockets."""
    with tempfile.TemporaryDirectory(prefix="imap", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        root.chmod(0o755)
        with dovecot(root / "d", make_certificate(root / "cert.pem")) as running:
            for n in (1, 2, 3):
                running.put(mail(f"Mail {n}.\r\n", Message_ID=f"<{n}@example.com>"))
            yield running


def test_imap(desk: Desk, add_account: AddAccount, imap: Imap) -> None:
    """Fetched once, not marked as read, known again by its bytes where the folder counts anew, removed at last."""
    add_account(imap.port, kind=AccountKind.IMAP, leave_on_server=True)
    assert download(desk).done == 3
    assert spool.read_bytes(desk.attachments, rows(desk)[0].sha256) == mail("Mail 1.\r\n", Message_ID="<1@example.com>")
    assert (download(desk).done, imap.count(), imap.seen()) == (0, 3, 0)
    before = known(desk)
    assert all(uid.endswith((":1", ":2", ":3")) for uid in before)
    imap.begin_anew()
    imap.put(mail("Mail 4.\r\n"))
    assert download(desk).done == 1
    assert len(rows(desk)) == 4
    assert not set(before) & set(known(desk))
    assert len(known(desk)) == 4
    # One that is too large stays.
    desk.write(lambda s: engine_settings.change(s, {"max_message_bytes": 4_000}))
    imap.put(mail("x" * 5_000, Subject="Large"))
    assert download(desk).done == 0
    assert (rows(desk)[-1].state, rows(desk)[-1].subject, events(desk)) == ("failed", "Large", [509002])
    change(desk, leave_on_server=False)
    assert (download(desk).done, imap.count()) == (0, 1)
    # What is refused.
    change(desk, password="wrong")
    download(desk)
    assert events(desk) == [509002, 509001]
    assert "refused the login of desk" in account(desk).last_error
    assert "wrong" not in account(desk).last_error
    change(desk, password="swordfish", folder='Büro "1"')
    download(desk)
    assert events(desk) == [509002, 509001, 509000]
    assert "does not open the folder" in account(desk).last_error


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_imap_encrypted(
    desk: Desk, add_account: AddAccount, imap: Imap, security: Security, caplog: pytest.LogCaptureFixture
) -> None:
    """A certificate that nobody trusts is refused, unless the account says otherwise. No login is logged."""
    caplog.set_level("INFO", "smartertrack_emu.log.pop")
    port = imap.tls_port if security is Security.TLS else imap.port
    add_account(port, kind=AccountKind.IMAP, host="localhost", security=security)
    assert download(desk).done == 0
    assert events(desk) == [509000]
    assert "certificate" in account(desk).last_error
    change(desk, verify_certificate=False, username="dörte")
    assert download(desk).done == 3
    assert (imap.count(), account(desk).last_error) == (0, "")
    secret = base64.b64encode("\0dörte\0swordfish".encode()).decode()
    assert "> ***" in caplog.messages
    assert not [line for line in caplog.messages if "swordfish" in line or secret in line]


def test_folder_names() -> None:
    assert folder_name("INBOX") == '"INBOX"'
    assert folder_name("A & B") == '"A &- B"'
    assert folder_name("Büro") == '"B&APw-ro"'
    assert folder_name('a"b\\c') == '"a\\"b\\\\c"'
