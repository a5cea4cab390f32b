"""Operations that name the user they are about beside the one who calls."""

from __future__ import annotations

from smartertrack_emu.domain.errors import PermissionDenied
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.text import key

from .calls import Call


def whose(call: Call, username: str) -> int:
    """Return the id of the user that a `dataUsername` means: the caller where it is empty.

    Only administrators may name another user (documented): PermissionDenied, NotFound.
    """
    actor = call.actor
    if not username.strip() or key(username) == key(actor.username):
        return actor.id
    if not actor.is_administrator:
        raise PermissionDenied("dataUsername: other users are for administrators alone.")
    return users.find_by_username(call.session, username).id
