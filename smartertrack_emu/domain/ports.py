"""What the domain needs of other systems: protocols, and the values that pass through them.

`providers/` implements them; the composition root hands them in. What they are asked is asked outside transactions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from smartertrack_emu.domain.errors import ProviderRefused
from smartertrack_emu.domain.kinds import NoteKind, TicketStatus

# Other installations


@dataclass(frozen=True, slots=True)
class Server:
    """Another installation and the credentials it is called with."""

    name: str
    url: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Target:
    """Where the ticket is to go there: ids or, where they are 0, names; no agent: the queue.

    `status`: what it is to have there, None: what it has here.
    """

    department_id: int = 0
    department_name: str = ""
    group_id: int = 0
    group_name: str = ""
    agent_id: int = 0
    username: str = ""
    status: TicketStatus | None = None

    @property
    def names_place(self) -> bool:
        """Whether a department or a group is named."""
        names = self.department_name.strip() or self.group_name.strip()
        return bool(self.department_id or self.group_id or names)

    @property
    def names_agent(self) -> bool:
        """Whether an agent is named, rather than the queue."""
        return bool(self.agent_id or self.username.strip())


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the conversation."""

    id: int
    to_customer: bool
    from_name: str
    from_address: str
    to_name: str
    to_address: str
    cc_address: str
    subject: str
    body: str
    is_html: bool
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """A note; `body` is HTML."""

    id: int
    kind: NoteKind
    body: str
    entered_at: datetime
    author_name: str


@dataclass(frozen=True, slots=True)
class File:
    """A complete attachment of the ticket, or of one of its messages; its content is on our disk under its digest."""

    id: int
    message_id: int | None
    name: str
    length: int
    sha256: str
    file_at: datetime


@dataclass(frozen=True, slots=True)
class Parcel:
    """A ticket with all that goes along. Two parcels of a ticket are equal when nothing changed in between."""

    id: int
    number: str
    subject: str
    customer_name: str
    customer_email: str
    status: TicketStatus
    priority: int
    is_spam: bool
    opened_at: datetime
    idle_since: datetime
    last_activity_at: datetime
    follow_up_at: datetime | None
    messages: tuple[Message, ...]
    notes: tuple[Note, ...]
    files: tuple[File, ...]
    custom_fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be delivered to whom: `note` is HTML, the transfer note that the ticket gets there."""

    server: Server
    target: Target
    parcel: Parcel
    note: str
    content_of: Callable[[File], Path]


@dataclass(frozen=True, slots=True)
class Delivered:
    """The ticket's number there, and how to take it back: False where that did not work."""

    number: str
    take_back: Callable[[], bool]


class Deliver(Protocol):
    """Carries tickets to other installations."""

    def __call__(self, delivery: Delivery, /) -> Delivered:
        """Carry a ticket there; ProviderRefused, and nothing stays there, where that cannot be."""


# Web pages


@dataclass(frozen=True, slots=True)
class PageCall:
    """What a web page is told: JSON. `key`: the same whenever the same is told again."""

    url: str
    content: bytes
    key: str


class WebPages(Protocol):
    """Calls the web pages that rules name."""

    def check(self, url: str, /) -> None:
        """Raise BadValue for an address that must not be called, as far as it says so itself."""

    def call(self, call: PageCall, /) -> None:
        """Tell a page something; ProviderRefused, with the reason, where it does not answer that it has heard it."""


class NoPages:
    """Calls none."""

    def check(self, url: str, /) -> None:
        """Let any be named."""

    def call(self, call: PageCall, /) -> None:
        """Refuse."""
        del call
        raise ProviderRefused("Web pages are not called here.")


# All of them


@dataclass(frozen=True, slots=True)
class Ports:
    """What asks other systems. `deliver`: carries tickets to other installations; `pages`: calls web pages."""

    deliver: Deliver
    pages: WebPages = field(default_factory=NoPages)
