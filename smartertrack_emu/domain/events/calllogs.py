"""Events of call logs. Numbers, titles and arguments are documented; what the history says is ours."""

from collections.abc import Mapping
from typing import NamedTuple

from .arguments import CALL_LOG, TIME_LOG
from .declaring import event
from .words import Value, attributes, time_logged


@event(508000, "Call Log Created", CALL_LOG)
class CallLogCreated(NamedTuple):
    """A call was written down."""

    call_log_id: int


@event(508001, "Call Log Modified", CALL_LOG)
class CallLogModified(NamedTuple):
    """Attributes of a call log, given by their names, got other values, or a recording of `length` bytes came to it."""

    call_log_id: int
    old_values: Mapping[str, Value] = {}
    values: Mapping[str, Value] = {}
    recording: str = ""
    length: int = 0

    def describe(self) -> str:
        """`Changed: subject, phone_number`."""
        return attributes(self.values) if self.values else f"Recording: {self.recording} ({self.length} bytes)"


@event(508002, "Call Log Deleted", CALL_LOG)
class CallLogDeleted(NamedTuple):
    """A call log was marked as deleted."""

    call_log_id: int


@event(508003, "Call Log Attached To Ticket", CALL_LOG, "ticketNumber")
class CallLogAttachedToTicket(NamedTuple):
    """A call log was related to a ticket."""

    call_log_id: int
    ticket_number: str
    ticket_id: int

    def describe(self) -> str:
        """`Related to ticket 5.`."""
        return f"Related to ticket {self.ticket_id}."


@event(508004, "Call Log Detached From Ticket", CALL_LOG, "ticketNumber")
class CallLogDetachedFromTicket(NamedTuple):
    """A call log is related to a ticket no more."""

    call_log_id: int
    ticket_number: str


@event(508005, "Call Log Time Log Created", CALL_LOG, TIME_LOG)
class CallLogTimeLogCreated(NamedTuple):
    """Time was logged on a call log."""

    call_log_id: int
    time_log_id: int
    minutes: int

    def describe(self) -> str:
        """`Time log 5: 30 minutes`."""
        return time_logged(self.time_log_id, self.minutes)
