"""The words that histories of several kinds of items share."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from smartertrack_emu.domain.naming import shown

Value = str | int | bool | datetime | None
"""What a property was or became."""

CustomFieldChange = tuple[str, str, str]
"""A custom field's name, its value before, and its value now."""

LONGEST = 10_000
"""Characters that an event keeps of a text: messages and notes stand whole in rows of their own."""


def excerpt(text: str) -> str:
    """Return what an event keeps of a text."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def kept(value: Value) -> Value:
    """Return what an event keeps of a value."""
    return excerpt(value) if isinstance(value, str) else value


def changed(what: str, before: Value, after: Value) -> str:
    """Return a sentence like "Subject: from 'Old' to 'New'."."""
    return f"{what}: from {_written(before)} to {_written(after)}."


def _written(value: Value) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, datetime):
        return moment(value)
    return shown(value) if isinstance(value, str) else str(value)


def moment(value: datetime) -> str:
    """Return a moment as the history writes it: `2019-08-23 22:16 UTC`."""
    return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(' ', timespec='minutes')} UTC"


def attributes(names: Iterable[str]) -> str:
    """Return what the history of call logs and tasks says of a change."""
    return f"Changed: {', '.join(names)}"


def time_logged(time_log_id: int, minutes: int) -> str:
    """Return what the history says of time that was logged."""
    return f"Time log {time_log_id}: {minutes} minutes"


class Reason(StrEnum):
    """Why an item changed hands, where nobody moved it by itself."""

    HANDED_OFF = "handed off"
    AGENT_DELETED = "agent deleted"
    AGENT_GONE = "agent gone"
    """It came back, reopened or restored, when its agent had been deleted."""


class Standing(NamedTuple):
    """Where an item stands: in a group, with an agent or, where `agent_id` is None, in the group's queue."""

    group_id: int
    group_name: str
    agent_id: int | None
    agent_name: str

    def words(self) -> str:
        """Return it as histories call it: `group Level 1 (1), agent Alice (4)`."""
        agent = "the queue" if self.agent_id is None else f"agent {self.agent_name} ({self.agent_id})"
        return f"group {self.group_name} ({self.group_id}), {agent}"
