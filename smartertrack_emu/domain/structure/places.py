"""Where an item stands: a department resolves to its group, a group to its department."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.store.prepared import Prepared

from .departments import no_department, no_group, require_department
from .models import Department, Distribution, Group, GroupAlert


@dataclass(frozen=True, slots=True)
class Place:
    """A group, its department and its brand, with what mails from there need."""

    brand_id: int
    department_id: int
    group_id: int
    department_name: str
    department_email: str
    auto_responder_subject: str
    auto_responder_body: str
    auto_responder_enabled: bool
    group_name: str
    alert: GroupAlert
    alert_address: str
    distribution: Distribution


departments, groups = Department.__table__.c, Group.__table__.c

_PLACE = select(
    departments.brand_id,
    departments.id.label("department_id"),
    groups.id.label("group_id"),
    departments.name,
    departments.email,
    departments.auto_responder_subject,
    departments.auto_responder_body,
    departments.auto_responder_enabled,
    groups.name.label("group_name"),
    groups.alert,
    groups.alert_address,
    departments.distribution,
).join_from(Department.__table__, Group.__table__, groups.department_id == departments.id)
_OF_GROUP = Prepared(_PLACE.where(groups.id == bindparam("group_id")))
_OF_DEPARTMENT = Prepared(
    _PLACE.where(departments.id == bindparam("department_id")).order_by(groups.sort_order, groups.id).limit(1)
)


def resolve(session: Session, department_id: int, group_id: int) -> Place:
    """Return the place of a department and a group, of which one may be 0.

    Group 0 is the department's first. BadValue where both are 0, or the group is another department's; NotFound.
    """
    if not department_id and not group_id:
        raise BadValue("Either {department_id} or {group_id} is required.", fields=("department_id", "group_id"))
    if not group_id:
        row = _OF_DEPARTMENT.one_or_none(session, {"department_id": department_id})
        if row is None:
            raise no_department(department_id)
        return Place(*row)
    place = of_group(session, group_id)
    if department_id and place.department_id != department_id:
        require_department(session, department_id)
        raise BadValue("group_id", f": group {group_id} is not in department {department_id}.")
    return place


def of_group(session: Session, group_id: int) -> Place:
    """Return a group's place; NotFound."""
    row = _OF_GROUP.one_or_none(session, {"group_id": group_id})
    if row is None:
        raise no_group(group_id)
    return Place(*row)
