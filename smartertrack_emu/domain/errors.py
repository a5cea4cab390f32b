"""Why a call is refused: each class with the result code its caller gets, each message the sentence he reads.

The codes are ours: the product's documentation says no more than that failures are below zero.
"""

from typing import ClassVar


class HelpdeskError(Exception):
    """A refusal with its sentence; whatever the call had changed is rolled back."""

    code: ClassVar[int] = -1


class Unexpected(HelpdeskError):  # noqa: N818 - named for what happened, as all of these
    """Something broke, or is away, full or read-only; the sentence says nothing of the inside."""

    code = -1


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
