"""Why a call is refused, with the HTTP status of each kind; the body that says so is the dialect's own."""

from __future__ import annotations

from http import HTTPStatus

from smartertrack_emu.domain.errors import (
    AlreadyExists,
    BadValue,
    HelpdeskError,
    LoginFailed,
    NotFound,
    NotPossible,
    NotStored,
    PermissionDenied,
    ProviderRefused,
    SwitchedOff,
    TooBusy,
    Unavailable,
)

_STATUS: tuple[tuple[type[HelpdeskError], HTTPStatus], ...] = (
    (LoginFailed, HTTPStatus.UNAUTHORIZED),
    (NotFound, HTTPStatus.NOT_FOUND),
    (BadValue, HTTPStatus.BAD_REQUEST),
    (AlreadyExists, HTTPStatus.CONFLICT),
    (NotPossible, HTTPStatus.CONFLICT),
    (PermissionDenied, HTTPStatus.CONFLICT),
    (ProviderRefused, HTTPStatus.CONFLICT),
    (SwitchedOff, HTTPStatus.CONFLICT),
    (TooBusy, HTTPStatus.SERVICE_UNAVAILABLE),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (NotStored, HTTPStatus.SERVICE_UNAVAILABLE),
    (HelpdeskError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
"""The first class that an error belongs to counts."""


def status_of(error: HelpdeskError) -> int:
    """Return the HTTP status of a refusal of the desk's."""
    return next(int(status) for kind, status in _STATUS if isinstance(error, kind))


class RefusedError(HelpdeskError):
    """A call that a dialect refuses itself. `hint`: what the journal may say, and the caller not."""

    def __init__(
        self, status: int, sentence: str, *, hint: str = "", headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.hint = hint
        self.headers = headers


def bad(sentence: str, *, hint: str = "") -> RefusedError:
    """Return the refusal of something that was sent (400)."""
    return RefusedError(400, sentence, hint=hint)
