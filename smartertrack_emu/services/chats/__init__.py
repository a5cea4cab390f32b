"""svcChats: one module a topic, each named as in the domain."""

from . import (
    assignment,
    attachments,
    conversation,
    counts,
    custom_fields,
    history,
    notes,
    properties,
    receiving,
    search,
    state,
    time_logs,
)
from .service import chats

__all__ = [
    "assignment",
    "attachments",
    "chats",
    "conversation",
    "counts",
    "custom_fields",
    "history",
    "notes",
    "properties",
    "receiving",
    "search",
    "state",
    "time_logs",
]
