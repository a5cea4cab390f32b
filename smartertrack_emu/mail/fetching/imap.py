"""A mailbox over IMAP4rev1 (RFC 3501), by the standard library's client. Nothing that it does marks a mail as read."""

from __future__ import annotations

import base64
import imaplib
import logging
import re
import socket
from contextlib import suppress
from typing import Any, Final

from smartertrack_emu.domain.inbox.accounts import Account
from smartertrack_emu.domain.spool.accounts import Security

from .connecting import Watch, connect, masked, not_connected, said_by, tls_context
from .mailbox import ConnectionFailedError, DroppedError, FetchFailedError, Listed, LoginFailedError, TooLargeError

_log = logging.getLogger("smartertrack_emu.log.pop")

_HARMLESS = re.compile(rb"\S+ (?:CAPABILITY|STARTTLS|LOGOUT)\b")
_UID = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_NOT_ASCII = re.compile(r"[^\x20-\x7e]+|&")
_MOST_HEADER: Final = 2**20
_AT_ONCE: Final = 200
"""Mails that one command expunges."""


class _Client(imaplib.IMAP4):
    """The library's client over a connection of ours; it reads no more than it may."""

    def __init__(self, account: Account, watch: Watch) -> None:
        self._account = account
        self._watch = watch
        self.limit = _MOST_HEADER
        super().__init__(account.host, account.port, timeout=account.timeout_seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        del timeout
        return connect(self._account, self._watch)

    def send(self, data: Any) -> None:
        """Send bytes, and note what is said, but for the login."""
        is_secret = self.state == "NONAUTH" and not _HARMLESS.match(data)
        _log.info("> %s", "***" if is_secret else data.decode("utf-8", "replace").strip()[:300])
        super().send(data)

    def readline(self) -> bytes:
        """Read a line of an answer, and note it."""
        line: bytes = super().readline()
        _log.info("< %s", masked(self._account, line.decode("utf-8", "replace").strip())[:300])
        return line

    def read(self, size: int) -> bytes:
        """Read what the server announces; TooLargeError where that is more than it may be."""
        if size > self.limit:
            beginning = super().read(min(size, _MOST_HEADER))
            self.shutdown()
            raise TooLargeError(beginning)
        return super().read(size)


class ImapMailbox:
    """A folder over IMAP; ConnectionFailedError, LoginFailedError."""

    def __init__(self, account: Account, watch: Watch) -> None:
        self._account = account
        self._deleted: list[str] = []
        try:
            self._client = _Client(account, watch)
        except (OSError, imaplib.IMAP4.error, EOFError) as error:
            raise not_connected(account, error) from None
        try:
            self._enter()
        except BaseException:
            self._shut()
            raise

    def _enter(self) -> None:
        account, client = self._account, self._client
        try:
            if account.security is Security.STARTTLS:
                client.starttls(tls_context(account))
        except (OSError, imaplib.IMAP4.error) as error:
            raise not_connected(account, error) from None
        try:
            if account.password.isascii() and account.username.isascii():
                client.login(account.username, account.password)
            else:
                said = f"\0{account.username}\0{account.password}".encode()
                client.authenticate("PLAIN", lambda _: said)
        except (imaplib.IMAP4.abort, OSError) as error:
            raise not_connected(account, error) from None
        except imaplib.IMAP4.error as error:
            said_ = masked(account, said_by(error))
            raise LoginFailedError(f"{account.host} refused the login of {account.username}: {said_}") from None
        with _explained(account):
            status, answered = client.select(folder_name(account.folder), readonly=account.leave_on_server)
        if status != "OK":
            said_ = b" ".join(line for line in answered if line).decode("utf-8", "replace")
            raise ConnectionFailedError(f"{account.host} does not open the folder {account.folder}: {said_[:300]}")
        self._count = int(answered[0] or 0)
        validity = client.response("UIDVALIDITY")[1]
        self._validity = validity[0].decode("ascii", "replace") if validity and validity[0] else "0"

    def listed(self) -> list[Listed]:
        """Return all mails of the folder, in the server's order."""
        if not self._count:
            return []
        found = []
        for line in self._uid("FETCH", "1:*", "(UID RFC822.SIZE)"):
            said = line[0] if isinstance(line, tuple) else line
            uid, size = _UID.search(said or b""), _SIZE.search(said or b"")
            if uid and size:
                number = uid[1].decode("ascii")
                found.append(Listed(number, f"{self._validity}:{number}", int(size[1])))
        return sorted(found, key=lambda mail: int(mail.handle))

    def fetch(self, mail: Listed, limit: int) -> bytes:
        """Return a mail's bytes."""
        return self._content(mail, "(BODY.PEEK[])", limit)

    def header(self, mail: Listed) -> bytes:
        """Return a mail's header."""
        return self._content(mail, "(BODY.PEEK[HEADER])", _MOST_HEADER)

    def _content(self, mail: Listed, what: str, limit: int) -> bytes:
        self._client.limit = limit
        for line in self._uid("FETCH", mail.handle, what):
            if isinstance(line, tuple):
                return bytes(line[1])
        raise FetchFailedError(f"{self._account.host} has mail {mail.handle} no more.")

    def delete(self, mail: Listed) -> None:
        """Mark a mail to be removed at the end of the session."""
        self._uid("STORE", mail.handle, "+FLAGS.SILENT", "(\\Deleted)")
        self._deleted.append(mail.handle)

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        with _explained(self._account):
            status, answered = self._client.uid(command, *arguments)
        if status != "OK":
            said = b" ".join(line for line in answered if isinstance(line, bytes)).decode("utf-8", "replace")
            raise FetchFailedError(f"{self._account.host} said: {masked(self._account, said)[:300]}")
        return answered

    def close(self) -> None:
        """Remove what is marked, only that where the server can, and end the session."""
        with suppress(OSError, imaplib.IMAP4.error, EOFError):
            if self._deleted and "UIDPLUS" in self._client.capabilities:
                for start in range(0, len(self._deleted), _AT_ONCE):
                    self._client.uid("EXPUNGE", ",".join(self._deleted[start : start + _AT_ONCE]))
            elif self._deleted:
                self._client.expunge()
            self._client.logout()
        self._shut()

    def _shut(self) -> None:
        with suppress(OSError, imaplib.IMAP4.error):
            self._client.shutdown()


def folder_name(name: str) -> str:
    """Return the name of a folder as a command holds it: quoted, in IMAP's own UTF-7."""

    def encode(found: re.Match[str]) -> str:
        if found[0] == "&":
            return "&-"
        return f"&{base64.b64encode(found[0].encode('utf-16-be')).decode('ascii').rstrip('=').replace('/', ',')}-"

    encoded = _NOT_ASCII.sub(encode, name)
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _explained:  # noqa: N801 - it reads as a function
    """Raises for the library's errors what became of the connection."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Explain."""
        if isinstance(error, imaplib.IMAP4.abort | OSError | EOFError):
            said = "timed out" if isinstance(error, TimeoutError) else masked(self._account, said_by(error))
            raise DroppedError(f"The connection to {self._account.host} broke: {said}") from None
        if isinstance(error, imaplib.IMAP4.error):
            raise FetchFailedError(f"{self._account.host} said: {masked(self._account, said_by(error))}") from None
