"""What several subjects speak of: kinds of items and of notes, priorities, where tickets stand, how far counts go."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ItemKind(StrEnum):
    """What an event, a link or a time log can belong to."""

    TICKET = "ticket"
    CHAT = "chat"
    CALL_LOG = "calllog"
    TASK = "task"
    ARTICLE = "article"
    USER = "user"
    ACCOUNT = "account"
    VISITOR = "visitor"


WORDS = {ItemKind.TICKET: "ticket", ItemKind.CHAT: "chat", ItemKind.CALL_LOG: "call log"}
"""What sentences call the kinds that something can be related to."""

REFERENCES = {ItemKind.TICKET: "ticket_id", ItemKind.CHAT: "chat_id", ItemKind.CALL_LOG: "call_log_id"}
"""By which column time logs, files and tasks refer to the item that they belong to."""


class Priority(IntEnum):
    """Of tickets and tasks (documented)."""

    LOW = 1
    NORMAL = 2
    HIGH = 3
    URGENT = 4

    @property
    def word(self) -> str:
        """What events and histories call it: `Low`."""
        return self.name.title()

    @classmethod
    def called(cls, word: str) -> Priority:
        """Return the priority with this word; KeyError."""
        return cls[word.upper()]


class TicketStatus(IntEnum):
    """Where a ticket stands (seen in real clients)."""

    OPEN = 1
    WAITING = 2
    CLOSED = 3
    LOCKED = 4

    @property
    def is_open(self) -> bool:
        """Open or waiting."""
        return self <= TicketStatus.WAITING

    @property
    def is_active(self) -> bool:
        """Open, and not waiting for the customer."""
        return self == TicketStatus.OPEN


class NoteKind(IntEnum):
    """Of notes on tickets and chats: the part types 10, 11, 12 are documented; 13 is ours and shown as 10."""

    NOTE = 10
    TRANSFER_NOTE = 11
    RESOLUTION = 12
    FOLLOW_UP = 13


LARGEST_COUNT = 2**31 - 1


def counted(number: int) -> int:
    """Return a count as it is kept and told: counts stop at the end of 32 bits."""
    return min(number, LARGEST_COUNT)
