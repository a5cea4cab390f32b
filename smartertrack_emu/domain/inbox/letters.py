"""A mail as it is taken into a ticket: what the bytes say, read by whoever knows how."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Mailbox(NamedTuple):
    """A name and an address, as written; either may be empty."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that a mail holds. `token`: of its download address, chosen before there is a row."""

    name: str
    content: bytes
    content_id: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))


class FailedRecipient(NamedTuple):
    """Whom a mail did not reach, as their server says. `is_final`: not only delayed."""

    address: str
    status: str
    diagnostic: str
    is_final: bool


class Bounce(NamedTuple):
    """A mail of ours that came back. `message_id` and `subject`: its own, "" where they are not told."""

    recipients: tuple[FailedRecipient, ...]
    message_id: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that was read.

    `senders`, `reply_to`, `to`, `cc`: all mailboxes as written. `delivered_to`: addresses it was brought to. `date` is
    None where it names none that can be read. `is_auto_reply`: an answer that nobody wrote; `is_automatic`: that, or
    another mail that nobody wrote; `is_bulk`: one for many. `received`: how many servers it passed. `installation`:
    the GUID of the installation that sent it, where one of this kind did. `body` is clean HTML or text.
    """

    subject: str = ""
    senders: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    delivered_to: tuple[str, ...] = ()
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    is_high: bool = False
    is_auto_reply: bool = False
    is_automatic: bool = False
    is_bulk: bool = False
    is_spam: bool = False
    received: int = 0
    installation: str = ""
    bounce: Bounce | None = None
    body: str = ""
    is_html: bool = False
    files: tuple[File, ...] = ()
