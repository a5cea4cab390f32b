"""Dovecot as Debian has it, run for a test: one account, a maildir, no root services and nothing outside its folder."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "swordfish"
REQUIRED = "SMARTERTRACK_EMU_REQUIRE_CLIENTS"
_STARTS_S = 20.0

_CONFIGURATION = """
protocols = imap
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_chars =
mail_location = maildir:{root}/mail
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def program() -> str:
    """Return where Dovecot is; skips the test where it is not, or fails it where clients are required."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        if os.environ.get(REQUIRED):
            pytest.fail("Dovecot is not installed, and is required here")
        pytest.skip("Dovecot is not installed (Debian: dovecot-imapd)")
    return found


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Imap:
    """A running Dovecot: its ports, and its mailbox as files."""

    def __init__(self, root: Path, uid: int, gid: int, port: int, tls_port: int) -> None:
        self.port = port
        self.tls_port = tls_port
        self._mail = root / "mail"
        self._owner = uid, gid
        self._count = 0

    def put(self, raw: bytes) -> None:
        """Deliver a mail."""
        self._count += 1
        for name in ("tmp", "new", "cur"):
            folder = self._mail / name
            folder.mkdir(parents=True, exist_ok=True)
            os.chown(folder, *self._owner)
        os.chown(self._mail, *self._owner)
        path = self._mail / "new" / f"{1_900_000_000 + self._count}.{self._count}.test"
        path.write_bytes(raw)
        os.chown(path, *self._owner)

    def count(self) -> int:
        """Return how many mails there are."""
        return sum(1 for name in ("new", "cur") for _ in (self._mail / name).glob("*"))

    def seen(self) -> int:
        """Return how many mails are marked as read."""
        return sum(1 for path in (self._mail / "cur").glob("*") if "S" in path.name.rpartition(",")[2])

    def begin_anew(self) -> None:
        """Let the folder have another UIDVALIDITY, and its mails other UIDs."""
        for path in self._mail.glob("dovecot*"):
            path.unlink()
        path = self._mail / "dovecot-uidlist"
        path.write_text(f"3 V4711 N1 G{'0' * 31}1\n")
        os.chown(path, *self._owner)


@contextmanager
def dovecot(root: Path, certificate: Path | None = None) -> Iterator[Imap]:
    """Run Dovecot in a folder; with a certificate (its key in the same file) it offers TLS."""
    command = program()
    name = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    user = pwd.getpwnam(name)
    import grp  # noqa: PLC0415 - Windows has none, nor Dovecot

    port, tls_port = _free_port(), _free_port() if certificate else 0
    for folder in (root, *(root / part for part in ("run", "state", "home", "mail"))):
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, user.pw_uid, user.pw_gid)
        folder.chmod(0o755)
    keys = f"ssl_cert = <{certificate}\nssl_key = <{certificate}" if certificate else ""
    configuration = root / "dovecot.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            root=root,
            user=name,
            group=grp.getgrgid(user.pw_gid).gr_name,
            uid=user.pw_uid,
            gid=user.pw_gid,
            port=port,
            tls_port=tls_port,
            ssl="yes" if certificate else "no",
            certificate=keys,
            password=PASSWORD,
        )
    )
    imap = Imap(root, user.pw_uid, user.pw_gid, port, tls_port)
    with subprocess.Popen([command, "-F", "-c", str(configuration)]) as process:
        try:
            _wait(process, port, root / "log")
            yield imap
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _STARTS_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as one:
                if one.recv(4) == b"* OK":
                    return
        except OSError:
            pass
        time.sleep(0.05)
    pytest.fail(f"Dovecot did not start: {log.read_text() if log.exists() else ''}")
