"""Connections to mail servers: encrypted as the account says, and ended when their time is over."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress

from smartertrack_emu.domain.inbox.accounts import Account
from smartertrack_emu.domain.spool.accounts import Security

from .mailbox import ConnectionFailedError


class Watch:
    """Ends a connection when its time is over: a server that sends a byte now and then renews every other limit."""

    def __init__(self, seconds: float) -> None:
        self._socket: socket.socket | None = None
        self._is_over = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def over(self, connection: socket.socket) -> None:
        """Watch over a connection from now on."""
        self._socket = connection
        if self._is_over:
            self._end()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.cancel()

    def _end(self) -> None:
        self._is_over = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def tls_context(account: Account) -> ssl.SSLContext:
    """Return how connections to an account's server are encrypted."""
    context = ssl.create_default_context()
    if not account.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def connect(account: Account, watch: Watch) -> socket.socket:
    """Return a connection to an account's server, encrypted already where it is from the first byte on; OSError."""
    connection = socket.create_connection((account.host, account.port), timeout=account.timeout_seconds)
    watch.over(connection)
    if account.security is not Security.TLS:
        return connection
    try:
        encrypted = tls_context(account).wrap_socket(connection, server_hostname=account.host)
    except OSError:
        connection.close()
        raise
    watch.over(encrypted)
    return encrypted


def not_connected(account: Account, error: Exception) -> ConnectionFailedError:
    """Return what to raise where there is no connection: what went wrong, without what the account holds secret."""
    said = "timed out" if isinstance(error, TimeoutError) else masked(account, said_by(error))
    return ConnectionFailedError(f"No connection to {account.host}:{account.port}: {said}")


def said_by(error: Exception) -> str:
    """Return in words what a library or a server says of an error, on one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    first = error.args[0] if error.args else type(error).__name__
    text = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    return " ".join(text.split())[:300] or type(error).__name__


def masked(account: Account, text: str) -> str:
    """Return a text without the account's password, which some servers repeat."""
    return text.replace(account.password, "***") if account.password else text
