"""Custom fields of users: the global ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from smartertrack_emu.domain.customfields import values
from smartertrack_emu.domain.customfields.values import Item
from smartertrack_emu.domain.events.people import UserChanged
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.kinds import ItemKind

from . import users
from .principal import Principal


def listed(session: Session, user_id: int) -> list[tuple[str, str]]:
    """Return all fields with a user's values; NotFound."""
    users.find(session, user_id)
    return values.listed(session, Item(ItemKind.USER, user_id))


def asked(session: Session, user_id: int, names: Iterable[str | None]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return a user's values of the fields named, and the names that are none; NotFound."""
    users.find(session, user_id)
    return values.asked(session, Item(ItemKind.USER, user_id), names)


def change(session: Session, actor: Principal, user_id: int, new: Mapping[str, str]) -> None:
    """Set a user's values by the fields' names.

    PermissionDenied where another is acting than the user or an administrator; NotFound; BadValue for a name that is no
    global field and for a value that its field does not take.
    """
    users.require_self_or_administrator(actor, user_id)
    users.for_change(session, user_id)
    changed = values.set_values(session, Item(ItemKind.USER, user_id), new)
    if changed:
        publish(session, actor, UserChanged(user_id, [change.display_name for change in changed]))
