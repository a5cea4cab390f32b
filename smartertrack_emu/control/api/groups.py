"""Groups and their members: whom a group alerts, and what each member receives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from smartertrack_emu.domain.people import receiving
from smartertrack_emu.domain.structure import group_settings
from smartertrack_emu.domain.structure.models import Group as GroupRow
from smartertrack_emu.domain.structure.models import GroupAlert, GroupMember, RoundRobin

from .declaring import Call, Routes
from .models import MOST_ID, Changes, Model, Moment

routes = Routes("The desk: groups")

_MINUTES = 365 * 24 * 60
Alert = Literal["none", "agents", "address"]
Round = Literal["primary", "secondary", "none"]
_ENUMERATIONS = {"alert": GroupAlert, "round_robin": RoundRobin}


class Group(Model):
    """A group. `alert`: whom it tells of new items, its agents or an address."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 1,
        "name": "Level 1",
        "department_id": 1,
        "alert": "address",
        "alert_address": "desk@example.com",
    }

    id: int
    name: str
    department_id: int
    alert: Alert
    alert_address: str


class GroupChanges(Changes):
    """What is to change of a group; what is left out stays."""

    example: ClassVar[Mapping[str, Any]] = {"alert": "address", "alert_address": "desk@example.com"}

    alert: Alert = "none"
    alert_address: str = Field(default="", description="An e-mail address; required where `alert` is address.")


class Member(Model):
    """A user in a group; null means no limit, and never. `last_action_at`: when they did something last."""

    example: ClassVar[Mapping[str, Any]] = {
        "group_id": 1,
        "user_id": 4,
        "receives_tickets": True,
        "receives_chats": True,
        "max_tickets": 5,
        "max_chats": None,
        "ticket_weight": 1,
        "chat_weight": 1,
        "round_robin": "primary",
        "idle_logoff_minutes": None,
        "idle_hand_off": False,
        "last_action_at": None,
    }

    group_id: int
    user_id: int
    receives_tickets: bool
    receives_chats: bool
    max_tickets: int | None
    max_chats: int | None
    ticket_weight: int
    chat_weight: int
    round_robin: Round
    idle_logoff_minutes: int | None
    idle_hand_off: bool
    last_action_at: Moment | None


class MemberChanges(Changes):
    """What is to change of a membership; what is left out stays."""

    example: ClassVar[Mapping[str, Any]] = {"receives_chats": False, "max_tickets": 5}

    receives_tickets: bool = False
    receives_chats: bool = False
    max_tickets: int | None = Field(default=None, ge=0, le=MOST_ID)
    max_chats: int | None = Field(default=None, ge=0, le=MOST_ID)
    ticket_weight: int = Field(default=1, ge=0, le=MOST_ID)
    chat_weight: int = Field(default=1, ge=0, le=MOST_ID)
    round_robin: Round = "primary"
    idle_logoff_minutes: int | None = Field(default=None, ge=1, le=_MINUTES)
    idle_hand_off: bool = False


def _find_group(call: Call, group_id: int) -> None:
    call.read(lambda session, actor: group_settings.get(session, group_id))  # noqa: ARG005 - all work gets one


def _find_member(call: Call, group_id: int, user_id: int) -> None:
    call.read(lambda session, actor: group_settings.member(session, group_id, user_id))  # noqa: ARG005 - the same


@routes.get("/groups/{group_id}", finds=_find_group)
def get_group(call: Call, group_id: int) -> Group:
    """Return a group."""
    return call.read(lambda session, actor: _group(group_settings.get(session, group_id)))  # noqa: ARG005 - the same


@routes.patch("/groups/{group_id}", finds=_find_group)
def change_group(call: Call, group_id: int, body: GroupChanges) -> Group:
    """Change whom a group alerts."""
    changes = _columns(body)
    return call.write(lambda session, actor: _group(group_settings.change(session, group_id, changes)))  # noqa: ARG005 - the same


@routes.get("/groups/{group_id}/members/{user_id}", finds=_find_member)
def get_group_member(call: Call, group_id: int, user_id: int) -> Member:
    """Return a user's membership of a group."""
    return call.read(lambda session, actor: _member(group_settings.member(session, group_id, user_id)))  # noqa: ARG005 - the same


@routes.patch("/groups/{group_id}/members/{user_id}", finds=_find_member)
def change_group_member(call: Call, group_id: int, user_id: int, body: MemberChanges) -> Member:
    """Change what a user receives in a group."""
    changes = _columns(body)
    return call.write(
        lambda session, actor: _member(receiving.change_member(session, actor, group_id, user_id, changes))
    )


def _columns(body: Model) -> dict[str, Any]:
    changes = body.model_dump(exclude_unset=True)
    return {name: _ENUMERATIONS[name](value) if name in _ENUMERATIONS else value for name, value in changes.items()}


def _group(group: GroupRow) -> Group:
    return Group(
        id=group.id,
        name=group.name,
        department_id=group.department_id,
        alert=group.alert.value,
        alert_address=group.alert_address,
    )


def _member(member: GroupMember) -> Member:
    columns = {name: getattr(member, name) for name in Member.model_fields}
    return Member(**columns | {"round_robin": member.round_robin.value})
