"""What a body names that must be there: a user, a department, a category."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.naming import shown, storable
from smartertrack_emu.domain.structure.models import Group
from smartertrack_emu.domain.text import key

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


def group_named(session: Session, named: str | int, field: str) -> int:
    """Return the id of a group of this name, or an id as it is; BadValue about the field where no one name is meant."""
    if isinstance(named, int):
        return named
    found = session.scalars(select(Group.id).where(Group.name_key == key(storable(named))).limit(2)).all()
    if len(found) == 1:
        return found[0]
    wrong = f"several groups are called {shown(named)}; give its id" if found else f"there is no group {shown(named)}"
    raise BadValue(field, f": {wrong}.")


class Made(Model):
    """The id of what was made."""

    example: ClassVar[Mapping[str, Any]] = {"id": 17}

    id: int
