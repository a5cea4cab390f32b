"""What a body names that must be there: a user, a department, a category."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from smartertrack_emu.domain.errors import BadValue, NotFound

from .models import Model


@contextmanager
def named_by(field: str) -> Iterator[None]:
    """Raise BadValue about a member of the body in place of NotFound: the call's own item is not what is missing."""
    try:
        yield
    except NotFound as error:
        raise BadValue(field, f": {error}") from None


@contextmanager
def held_in(field: str) -> Iterator[None]:
    """Have a BadValue that names no field be about the member of the body that holds what is wrong."""
    try:
        yield
    except BadValue as error:
        if error.fields:
            raise
        raise BadValue(str(error), fields=(field,)) from None


class Made(Model):
    """The id of what was made."""

    example: ClassVar[Mapping[str, Any]] = {"id": 17}

    id: int
