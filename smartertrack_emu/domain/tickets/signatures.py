"""Signatures: what an agent's messages from a department and group end with."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure.models import Department, Group
from smartertrack_emu.domain.structure.places import resolve

_AGENT = "{agent}"


def signature(session: Session, actor: Principal, department_id: int, group_id: int) -> str:
    """Return the actor's signature as HTML: the group's, else the department's, else their own; "" for none.

    `{agent}` in it is their display name. Department and group resolve each other as for tickets (NotFound, BadValue).
    """
    place = resolve(session, department_id, group_id)
    found = session.execute(
        select(Group.signature, Department.signature, User.signature)
        .join(Department, Department.id == Group.department_id)
        .join(User, User.id == actor.id)
        .where(Group.id == place.group_id)
    ).one()
    html = next((text for text in found if text.strip()), "")
    return html.replace(_AGENT, encode(actor.display_name))
