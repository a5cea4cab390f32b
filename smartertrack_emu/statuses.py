"""Which HTTP status a refusal of the desk's has, for all that answer JSON."""

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

# The first class that an error belongs to counts.
_STATUSES: tuple[tuple[type[HelpdeskError], HTTPStatus], ...] = (
    (LoginFailed, HTTPStatus.UNAUTHORIZED),
    (PermissionDenied, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (BadValue, HTTPStatus.BAD_REQUEST),
    (AlreadyExists, HTTPStatus.CONFLICT),
    (NotPossible, HTTPStatus.CONFLICT),
    (ProviderRefused, HTTPStatus.CONFLICT),
    (SwitchedOff, HTTPStatus.CONFLICT),
    (TooBusy, HTTPStatus.SERVICE_UNAVAILABLE),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (NotStored, HTTPStatus.SERVICE_UNAVAILABLE),
    (HelpdeskError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def status_of(error: HelpdeskError) -> HTTPStatus:
    """Return the status of a refusal; a bad value is a bad request."""
    return next(status for kind, status in _STATUSES if isinstance(error, kind))
