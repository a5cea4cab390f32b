"""Events of users: what the product lists of agents, documented; and what happens to an account, which is ours."""

from collections.abc import Sequence
from typing import NamedTuple

from .declaring import event


@event(510900, "User Created")
class UserCreated(NamedTuple):
    """An account was made."""

    user_id: int


@event(510901, "User Changed")
class UserChanged(NamedTuple):
    """Something of a user changed: properties or custom fields, by their names; a role; whether they are away.

    Values are left out: they are a person's, and a password is among them.
    """

    user_id: int
    names: Sequence[str] = ()
    role_given: int | None = None
    role_taken: int | None = None
    away: bool | None = None

    def describe(self) -> str:
        """`Email, DisplayName`."""
        if self.role_given is not None:
            return f"Role {self.role_given} given"
        if self.role_taken is not None:
            return f"Role {self.role_taken} taken"
        if self.away is not None:
            return "Away" if self.away else "Back"
        return ", ".join(self.names)


@event(510902, "User Deleted")
class UserDeleted(NamedTuple):
    """An account was deleted."""

    user_id: int


_RECEIVING = ("agentUsername", "groupName", "departmentName", "receiving")


@event(512000, "Agent Ticket Status Changed", *_RECEIVING)
class AgentTicketStatusChanged(NamedTuple):
    """An agent receives the tickets of a group, or does so no more."""

    user_id: int
    agent_username: str
    group_name: str
    department_name: str
    receiving: bool


@event(512001, "Agent Live Chat Status Changed", *_RECEIVING)
class AgentLiveChatStatusChanged(NamedTuple):
    """An agent receives the chats of a group, or does so no more."""

    user_id: int
    agent_username: str
    group_name: str
    department_name: str
    receiving: bool
