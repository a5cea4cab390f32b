"""What roles may do, changed behind the server's back, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, delete

from smartertrack_emu.domain.models import RoleRight
from smartertrack_emu.domain.people.models import BuiltInRole
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.people.roles import rights_changed
from smartertrack_emu.store.unit_of_work import writing

from .api import Caller


def take_right(engine: Engine, right: Right, role: BuiltInRole | None = None) -> None:
    """Let a role, by default every one, have a right no more."""
    of_role = () if role is None else (RoleRight.role_id == role,)
    with writing(engine) as session:
        session.execute(delete(RoleRight).where(RoleRight.right == right, *of_role))
        rights_changed(session)


def leave_agents(engine: Engine, right: Right) -> None:
    """Let agents have this right and nobody any other."""
    with writing(engine) as session:
        session.execute(delete(RoleRight))
        session.add(RoleRight(role_id=BuiltInRole.AGENT, right=right))
        rights_changed(session)


def check_rights(
    engine: Engine, service: Callable[[str], Caller], agent: str, calls: list[tuple[Right, Callable[[Caller], Any]]]
) -> None:
    """Each call stands under its own right alone, which nobody but an administrator has by themselves."""
    for _, call in calls:
        assert call(service("customer")).ResultCode == -3
    for only in {right for right, _ in calls}:
        leave_agents(engine, only)
        for right, call in calls:
            if right is not only:
                assert call(service(agent)).ResultCode == -3
    for right, call in calls:
        assert call(service("mary")).ResultCode == -3
        assert call(service("admin")).Result, right
