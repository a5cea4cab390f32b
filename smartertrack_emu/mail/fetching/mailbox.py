"""A mailbox on a server, whichever protocol it speaks, and what goes wrong with one."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class ConnectionFailedError(Exception):
    """No connection, no TLS, no greeting, or nothing that a mailbox would say."""


class LoginFailedError(Exception):
    """The server does not let us in."""


class FetchFailedError(Exception):
    """One mail could not be fetched; others may be."""


class DroppedError(Exception):
    """The connection is gone; nothing more can be had over it."""


class TooLargeError(Exception):
    """A mail is larger than its server said, and than it may be; the connection is gone. It has the `beginning`."""

    def __init__(self, beginning: bytes) -> None:
        super().__init__("too large")
        self.beginning = beginning


class Listed(NamedTuple):
    """A mail as the server lists it.

    `handle`: what the protocol calls it in this session; `uid`: what tells it from others for good, "" where the server
    does not say; `size` in bytes.
    """

    handle: str
    uid: str
    size: int


class Mailbox(Protocol):
    """A mailbox that we are logged in to."""

    def listed(self) -> list[Listed]:
        """Return all mails, oldest first; DroppedError, FetchFailedError."""

    def fetch(self, mail: Listed, limit: int) -> bytes:
        """Return a mail's bytes; FetchFailedError, DroppedError, TooLargeError beyond the limit."""

    def header(self, mail: Listed) -> bytes:
        """Return the bytes of a mail's header; FetchFailedError, DroppedError, TooLargeError."""

    def delete(self, mail: Listed) -> None:
        """Let the server remove a mail, by the end of the session at the latest; FetchFailedError, DroppedError."""

    def close(self) -> None:
        """End the session; raises nothing."""
