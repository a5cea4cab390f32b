"""Every type of event there is, in the order of its number."""

from . import calllogs, channels, chats, kb, mail, people, surveys, tasks, tickets, visitors
from .declaring import TYPES, EventType

__all__ = ["calllogs", "channels", "chats", "kb", "mail", "people", "surveys", "tasks", "tickets", "visitors"]


def event_types() -> list[EventType]:
    """Return all types."""
    return [TYPES[number] for number in sorted(TYPES)]
