"""What others ask of the room that speaks to mail servers; the room `mail` is what answers."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from .desk import Desk


class Tested(NamedTuple):
    """Whether a mail account's server was reached and let us in, and what is to be said of it."""

    ok: bool
    detail: str


class Mailing(Protocol):
    """The room: its functions raise NotFound, else HelpdeskError."""

    def raw(self, desk: Desk, mail_id: int, /) -> bytes:
        """Return an outgoing mail's bytes as they were sent, or as they would be now."""

    def test(self, desk: Desk, account_id: int, /) -> Tested:
        """Connect to an account's server and log in; nothing is sent or fetched."""
