"""Templates: which custom fields a department's tickets, or its chats, have."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.structure.departments import require_department

from .models import CustomField, FieldTemplate, FieldTemplateEntry


class TemplateField(NamedTuple):
    """A field of a template: who sees it, and what needs it filled in."""

    field_id: int
    template_id: int
    display_name: str
    is_required_by_agents: bool
    is_required_by_agents_to_close: bool
    is_required_by_users: bool
    is_visible_to_agents: bool
    is_visible_to_users: bool
    sort_order: int


def template(session: Session, kind: ItemKind, department_id: int) -> list[TemplateField]:
    """Return the fields of a department's tickets or chats (`kind`) in their order; NotFound for no department."""
    require_department(session, department_id)
    entry = FieldTemplateEntry
    rows = session.execute(
        select(
            entry.field_id,
            entry.template_id,
            CustomField.display_name,
            entry.is_required_by_agents,
            entry.is_required_by_agents_to_close,
            entry.is_required_by_users,
            entry.is_visible_to_agents,
            entry.is_visible_to_users,
            entry.sort_order,
        )
        .join(FieldTemplate, FieldTemplate.id == entry.template_id)
        .join(CustomField, CustomField.id == entry.field_id)
        .where(FieldTemplate.department_id == department_id, FieldTemplate.item_kind == kind)
        .order_by(entry.sort_order, entry.field_id)
    )
    return [TemplateField(*row) for row in rows]
