"""Departments' rules: what happens to their tickets, chats and call logs by itself, and what is asked of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.naming import shown, storable
from smartertrack_emu.domain.structure.departments import no_department
from smartertrack_emu.domain.structure.models import Department
from smartertrack_emu.domain.text import key

from .models import BuiltInRole, Role

NUMBERS = (
    "auto_close_hours",
    "auto_lock_hours",
    "auto_delete_days",
    "auto_delete_call_logs_days",
    "idle_minutes",
    "chat_idle_minutes",
)
"""Columns whose number is at least 1, or None for off."""

_LONGEST_SUBJECT = 1_000


def rules(session: Session, department_id: int) -> Department:
    """Return a department, whose columns are its rules; NotFound."""
    department = session.get(Department, department_id)
    if department is None:
        raise no_department(department_id)
    return department


def change(session: Session, department_id: int, changes: Mapping[str, Any]) -> Department:
    """Change rules by their columns; `new_ticket_role`: by the role's name.

    NotFound; BadValue for a number below 1, a role that is not there, a subject that is none.
    """
    found = select(Department).where(Department.id == department_id).with_for_update()
    department = session.scalars(found).one_or_none()
    if department is None:
        raise no_department(department_id)
    values = dict(changes)
    for name in NUMBERS:
        if values.get(name) is not None and values[name] < 1:
            raise BadValue(name, "cannot be below 1.")
    if "new_ticket_role" in values:
        values["new_ticket_role_id"] = _role_named(session, values.pop("new_ticket_role"))
    subject = values.get("auto_responder_subject", "")
    if len(subject) > _LONGEST_SUBJECT or not subject.isprintable():
        raise BadValue("auto_responder_subject", f"must be one line of {_LONGEST_SUBJECT} characters at the most.")
    for name, value in values.items():
        setattr(department, name, value)
    session.flush()
    return department


def new_ticket_role(session: Session, department: Department) -> str:
    """Return the name of the role that whoever opens a ticket by mail must have."""
    found = session.get(Role, department.new_ticket_role_id)  # which may have been removed since
    return (found or session.get_one(Role, int(BuiltInRole.EVERYONE))).name


def _role_named(session: Session, name: str) -> int:
    found = session.scalar(select(Role.id).where(Role.name_key == key(storable(name))))
    if found is None:
        raise BadValue("new_ticket_role", f": there is no role {shown(name)}.")
    return found
