"""What results mean, what becomes of attempts, and how many there may be of what."""

from enum import StrEnum

LANGUAGES = (1, 2)
"""English and German (documented)."""

MOST_NUMBERS = 6
"""Telephone numbers of a contact (documented)."""


class ResultKind(StrEnum):
    """What a result means for a contact (seen): over with success or without, or called again."""

    DONE = "done"
    ABORT = "abort"
    DELAY = "delay"
    APPOINTMENT = "appointment"

    @property
    def is_open(self) -> bool:
        """Whether the contact is called again."""
        return self in (ResultKind.DELAY, ResultKind.APPOINTMENT)


class AttemptOutcome(StrEnum):
    """What became of an attempt (ours)."""

    ANSWERED = "answered"
    MAILBOX = "mailbox"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    CONGESTION = "congestion"
    INVALID = "invalid"

    @property
    def cause(self) -> int:
        """The cause by Q.850."""
        return _CAUSES[self]


_CAUSES = {
    AttemptOutcome.ANSWERED: 16,
    AttemptOutcome.MAILBOX: 16,
    AttemptOutcome.BUSY: 17,
    AttemptOutcome.NO_ANSWER: 19,
    AttemptOutcome.REJECTED: 21,
    AttemptOutcome.CONGESTION: 34,
    AttemptOutcome.INVALID: 1,
}
