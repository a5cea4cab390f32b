"""Why a call is refused: each class with the result code its caller gets, each message the sentence they read.

    raise NotFound("There is no user 7.")
    raise BadValue("subject", "is required.")
    raise BadValue("length", f": {length} is not between 0 and {most} bytes.")
    raise BadValue("due_at", "lies before {starts_at}.", fields=["starts_at"])

A sentence that is about fields calls them as the domain does; whoever shows it puts in what they are called there
(`said`). The codes are ours: the product's documentation says no more than that failures are below zero.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, Self, overload


class HelpdeskError(Exception):
    """A refusal with its sentence; whatever the call had changed is rolled back.

    `fields`: the domain's names of fields that stand in the sentence in braces.
    """

    code: ClassVar[int] = -1
    hint = ""
    """What whoever runs the emulator may read of the reason, and the caller must not."""

    def __init__(self, sentence: str, *, fields: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self._sentence = sentence
        self._fields = fields

    def said(self, name: Callable[[str], str]) -> str:
        """Return the sentence; `name` gives what a field is called where it is read."""
        sentence = self._sentence
        for field in self._fields:
            # Once: further on the same may stand in what a client sent.
            sentence = sentence.replace(f"{{{field}}}", name(field), 1)
        return sentence

    def __str__(self) -> str:
        return self.said(str)

    @property
    def fields(self) -> Sequence[str]:
        """The domain's names of the fields that the sentence is about."""
        return self._fields

    def hinted(self, hint: str) -> Self:
        """Say to whoever runs the emulator what the caller is not told; return the error."""
        self.hint = hint
        return self

    def go_on(self, sentence: str) -> None:
        """Add a sentence, about what followed from the refusal."""
        self._sentence += f" {sentence}"


class Unexpected(HelpdeskError):  # noqa: N818 - named for what happened, as all of these
    """Something broke, or is away, full or read-only; the sentence says nothing of the inside."""

    code = -1


class TooBusy(Unexpected):
    """Too many calls wait already; nothing was done, and the caller is to try again in some seconds."""


class Unavailable(Unexpected):
    """The database is away, full or read-only."""


class NotStored(Unexpected):
    """A file's content could not be put on the disk."""


class LoginFailed(HelpdeskError):  # noqa: N818
    """Unknown user or wrong password: one sentence for both."""

    code = -2


class PermissionDenied(HelpdeskError):  # noqa: N818
    """The caller's roles lack what the operation needs."""

    code = -3


class NotFound(HelpdeskError):  # noqa: N818
    """No such item, or none that the caller may see; the sentence names its kind and id."""

    code = -4


class BadValue(HelpdeskError):  # noqa: N818
    """A value is missing or makes no sense; the sentence names its key."""

    code = -5

    @overload
    def __init__(self, sentence: str, /, *, fields: Sequence[str] = ()) -> None: ...

    @overload
    def __init__(self, field: str, reason: str, /, *, fields: Sequence[str] = ()) -> None: ...

    def __init__(self, about: str, reason: str = "", /, *, fields: Sequence[str] = ()) -> None:
        """Say what is wrong in a sentence, or with a field: then `reason` goes on after its name."""
        if reason:
            joint = "" if reason.startswith(":") else " "
            super().__init__(f"{{{about}}}{joint}{reason}", fields=(about, *fields))
        else:
            super().__init__(about, fields=fields)


class AlreadyExists(HelpdeskError):  # noqa: N818
    """What must be unique is there already."""

    code = -6


class NotPossible(HelpdeskError):  # noqa: N818
    """The item's state does not allow it."""

    code = -7


class ProviderRefused(HelpdeskError):  # noqa: N818
    """Another system that had to agree refused, was slow or was away."""

    code = -8


class SwitchedOff(HelpdeskError):  # noqa: N818
    """The operation is switched off."""

    code = -9
