"""What events are and where they stand, by the numbers that clients know."""

from enum import IntEnum


class EventType(IntEnum):
    """What an event is (the first five seen, the others ours)."""

    VOICE_MAIL = 1
    FAX = 2
    CALLBACK = 3
    SMS = 4
    EMAIL = 5
    CHAT = 6
    TICKET = 7


class EventStatus(IntEnum):
    """Where an event stands (documented)."""

    ENTER_SYSTEM = 0
    DISTRIBUTE = 1
    TRANSPORT_SMTP = 2
    TRANSPORT_TO_GROUP = 4
    TRANSPORT_AGENT = 10
    NEW = 20
    SEEN = 30
    REMIND = 40
    CHAT_CLOSED = 98
    DONE = 99
    ERROR = 100
