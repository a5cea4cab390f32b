"""A mailbox over POP3 (RFC 1939, STLS of RFC 2595), by the standard library's client."""

from __future__ import annotations

import logging
import poplib
import socket
from contextlib import suppress
from typing import Final

from smartertrack_emu.domain.inbox.accounts import Account
from smartertrack_emu.domain.spool.accounts import Security

from .connecting import Watch, connect, masked, not_connected, said_by, tls_context
from .mailbox import (
    ConnectionFailedError,
    DroppedError,
    FetchFailedError,
    Listed,
    LoginFailedError,
    TooLargeError,
)

_log = logging.getLogger("smartertrack_emu.log.pop")

_PIECE: Final = 65_536
_MOST_HEADER: Final = 2**20
_MOST_LISTED: Final = 1_000_000

poplib._MAXLINE = 8_192  # type: ignore[attr-defined]  # noqa: SLF001 - UIDs may be long; mails are read by ourselves


class _Client(poplib.POP3):
    """The library's client over a connection of ours; it reads a mail as bytes, not as a list of its lines."""

    def __init__(self, account: Account, watch: Watch) -> None:
        self._account = account
        self._watch = watch
        try:
            super().__init__(account.host, account.port, timeout=account.timeout_seconds)
        except BaseException:  # the library leaves the connection open where it does not like the greeting
            for name in ("file", "sock"):
                if name in vars(self):
                    vars(self)[name].close()
            raise

    def _create_socket(self, timeout: float | None) -> socket.socket:
        del timeout
        return connect(self._account, self._watch)

    def _putcmd(self, line: str) -> None:
        _log.info("> %s", "PASS ***" if line.startswith("PASS") else line)
        super()._putcmd(line)  # type: ignore[misc]

    def _getresp(self) -> bytes:
        try:
            answer: bytes = super()._getresp()  # type: ignore[misc]
        except poplib.error_proto as error:
            _log.info("< %s", masked(self._account, said_by(error)))
            raise
        _log.info("< %s", masked(self._account, answer.decode("utf-8", "replace"))[:300])
        return answer

    def read_mail(self, command: str, limit: int) -> bytes:
        """Return what a command answers up to the line with a dot alone, as it was before dots were doubled."""
        self._shortcmd(command)  # type: ignore[attr-defined]
        content = bytearray()
        is_begun = False
        while True:
            line = self.file.readline(_PIECE)
            if not line:
                message = "-ERR EOF"
                raise poplib.error_proto(message)
            if not is_begun and line.startswith(b"."):
                if line in (b".\r\n", b".\n"):
                    return bytes(content)
                line = line[1:]
            content += line
            is_begun = not line.endswith(b"\n")  # a long line comes in pieces
            if len(content) > limit:
                raise TooLargeError(bytes(content[:_MOST_HEADER]))


class PopMailbox:
    """A mailbox over POP3; ConnectionFailedError, LoginFailedError."""

    def __init__(self, account: Account, watch: Watch) -> None:
        self._account = account
        try:
            self._client = _Client(account, watch)
        except (OSError, poplib.error_proto, EOFError) as error:
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
                client.stls(tls_context(account))
        except (OSError, poplib.error_proto) as error:
            raise not_connected(account, error) from None
        try:
            client.user(account.username)
            client.pass_(account.password)
        except poplib.error_proto as error:
            said = masked(account, said_by(error))
            if said == "-ERR EOF":
                raise ConnectionFailedError(f"{account.host} closed the connection at the login.") from None
            raise LoginFailedError(f"{account.host} refused the login of {account.username}: {said}") from None
        except OSError as error:
            raise not_connected(account, error) from None

    def listed(self) -> list[Listed]:
        """Return all mails, in the server's order."""
        sizes = [line.split() for line in self._lines("LIST")]
        try:
            uids = dict(line.decode("latin-1").split(None, 1) for line in self._lines("UIDL") if b" " in line)
        except FetchFailedError:
            uids = {}
        found = []
        for words in sizes[:_MOST_LISTED]:
            if len(words) >= 2 and words[0].isdigit() and words[1].isdigit():
                number = words[0].decode("ascii")
                found.append(Listed(number, uids.get(number, "").strip(), int(words[1])))
        return found

    def _lines(self, command: str) -> list[bytes]:
        with _explained(self._account):
            _, lines, _ = self._client.list() if command == "LIST" else self._client.uidl()
        return lines

    def fetch(self, mail: Listed, limit: int) -> bytes:
        """Return a mail's bytes as they went over the wire."""
        with _explained(self._account):
            return self._client.read_mail(f"RETR {mail.handle}", limit)

    def header(self, mail: Listed) -> bytes:
        """Return a mail's header."""
        with _explained(self._account):
            return self._client.read_mail(f"TOP {mail.handle} 0", _MOST_HEADER)

    def delete(self, mail: Listed) -> None:
        """Mark a mail to be removed at the end of the session."""
        with _explained(self._account):
            self._client.dele(mail.handle)

    def close(self) -> None:
        """End the session: only now does the server remove what is marked."""
        try:
            self._client.quit()
        except (OSError, poplib.error_proto, EOFError):
            self._shut()

    def _shut(self) -> None:
        with suppress(OSError):  # after a failed handshake the socket is closed already
            self._client.close()


class _explained:  # noqa: N801 - it reads as a function
    """Raises for the library's errors what became of the mail or of the connection."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Explain."""
        if isinstance(error, poplib.error_proto):
            said = masked(self._account, said_by(error))
            if said in ("-ERR EOF", "line too long"):
                raise DroppedError(f"{self._account.host} closed the connection.") from None
            raise FetchFailedError(f"{self._account.host} said: {said}") from None
        if isinstance(error, OSError):
            said = "timed out" if isinstance(error, TimeoutError) else said_by(error)
            raise DroppedError(f"The connection to {self._account.host} broke: {said}") from None
