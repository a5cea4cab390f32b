"""Who is calling: the logged-in user with all that rules ask of them, read once a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smartertrack_emu.domain.errors import PermissionDenied

from .rights import Right


@dataclass(frozen=True, slots=True)
class Principal:
    """A logged-in user. Rights add up over all their roles; an administrator has every one."""

    id: int
    username: str
    display_name: str
    email: str
    role_ids: frozenset[int]
    group_ids: frozenset[int]
    is_agent: bool
    is_manager: bool
    is_administrator: bool
    rights: frozenset[Right]

    def may(self, right: Right) -> bool:
        """Say whether a role of theirs allows it."""
        return self.is_administrator or right in self.rights

    def require(self, right: Right, what: str, *, fields: Sequence[str] = ()) -> None:
        """Raise PermissionDenied, saying what it is for, where no role of theirs allows it.

        `fields`: the domain's names that stand in `what` in braces.
        """
        if not self.may(right):
            message = f"{what} needs a permission that your roles do not have: {right.value}."
            hint = f"{self.username} lacks the right: {right.value}."
            raise PermissionDenied(message, fields=fields).hinted(hint)

    @property
    def kind(self) -> str:
        """What the user is, in words."""
        if self.is_administrator:
            return "an administrator"
        if self.is_manager:
            return "a manager"
        return "an agent" if self.is_agent else "a customer, no agent"

    @property
    def sees_all_groups(self) -> bool:
        """Managers and administrators see items of every group, other agents those of theirs."""
        return self.is_manager or self.is_administrator
