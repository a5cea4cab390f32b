"""The sections about the helpdesk itself: installation, brands, roles, custom fields, departments and their groups."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select

from smartertrack_emu.domain.customfields.models import (
    CustomField,
    CustomFieldOption,
    DepartmentFieldValue,
    FieldTemplate,
    FieldTemplateEntry,
    FieldType,
)
from smartertrack_emu.domain.people.models import Role, RoleReport, RoleRight
from smartertrack_emu.domain.structure.models import Brand, Department, Group, Installation

from .catalogue import placed
from .errors import quoted, suggestion
from .format import CustomFieldEntry, DepartmentEntry, SeedDocument, TemplateField
from .plan import Plan


def plan_structure(plan: Plan, document: SeedDocument) -> None:
    """Plan what everything else refers to."""
    _plan_installation(plan, document)
    for entry, place in placed(document.brands, "brands"):
        brand = Brand(id=plan.ids.of(entry), name=entry.name)
        plan.brands.add_unique(brand, brand.id, f"{place}.name", entry.name)
        plan.rows.append(brand)
    _plan_roles(plan, document)
    for field, place in placed(document.custom_fields, "custom_fields"):
        _plan_field(plan, field, place)
    for department, place in placed(document.departments, "departments"):
        _plan_department(plan, department, place)


def _plan_installation(plan: Plan, document: SeedDocument) -> None:
    installation = plan.session.get(Installation, 1)
    if installation is None:
        raise LookupError("the database has not been filled: it has no installation")
    given = document.installation
    if given.time_zone is not None:
        try:
            ZoneInfo(given.time_zone)
        except (KeyError, OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
            near = suggestion(given.time_zone, available_timezones())
            plan.problems.add("installation.time_zone", f"no time zone {quoted(given.time_zone)}{near}")
    changes = {
        "server_name": given.server_name,
        "time_zone": given.time_zone,
        # Every process reads anew what roles give.
        "rights_version": installation.rights_version + 1 if document.roles else None,
    }
    plan.changes.append((installation, {name: value for name, value in changes.items() if value is not None}))


def _plan_roles(plan: Plan, document: SeedDocument) -> None:
    for entry, place in placed(document.roles, "roles"):
        role = Role(id=plan.ids.of(entry), name=entry.name, is_employee=entry.employee)
        plan.roles.add_unique(role, role.id, f"{place}.name", entry.name)
        if entry.employee:
            plan.note_employee_role(role.id)
        plan.rows.append(role)
        plan.rows.extend(RoleRight(role_id=role.id, right=right) for right in dict.fromkeys(entry.rights))
        plan.rows.extend(RoleReport(role_id=role.id, report_id=guid) for guid in dict.fromkeys(entry.reports))


def _plan_field(plan: Plan, entry: CustomFieldEntry, place: str) -> None:
    field = CustomField(
        id=plan.ids.of(entry),
        display_name=entry.name,
        data_type=entry.type,
        is_global=entry.global_,
    )
    plan.fields.add_unique(field, field.id, f"{place}.name", entry.name)
    plan.rows.append(field)
    if entry.options and entry.type not in {FieldType.CHOICE, FieldType.CHOICE_WITH_FILL_IN}:
        plan.problems.add(f"{place}.options", f"a {entry.type} has none; only choices do")
    plan.fields_options[field.id] = tuple(entry.options)
    field.default_value = plan.checked(field, entry.default, f"{place}.default")
    plan.rows.extend(
        CustomFieldOption(field_id=field.id, value=value, sort_order=order) for order, value in enumerate(entry.options)
    )


def _plan_department(plan: Plan, entry: DepartmentEntry, place: str) -> None:
    brand = _brand(plan, entry, place)
    department = Department(
        id=plan.ids.of(entry),
        brand_id=None if brand is None else brand.id,
        name=entry.name,
        email=entry.email,
        ticket_submission=entry.ticket_submission,
        requires_resolution=entry.requires_resolution,
        signature=entry.signature,
        auto_responder_subject=entry.auto_responder.subject,
        auto_responder_body=entry.auto_responder.body,
        auto_responder_enabled=entry.auto_responder.enabled,
        auto_close_hours=entry.auto_close_hours,
        auto_close_mail=entry.auto_close_mail,
        auto_lock_hours=entry.auto_lock_hours,
        auto_delete_days=entry.auto_delete_days,
        auto_delete_call_logs_days=entry.auto_delete_call_logs_days,
        idle_minutes=entry.idle_minutes,
        chat_idle_minutes=entry.chat_idle_minutes,
        requires_closed_tasks=entry.closed_tasks_required,
        distribution=entry.distribution,
        survey_after_ticket_id=_survey(plan, entry.survey_after_ticket, f"{place}.survey_after_ticket"),
        survey_after_chat_id=_survey(plan, entry.survey_after_chat, f"{place}.survey_after_chat"),
    )
    role = plan.roles.find(entry.new_ticket_role, f"{place}.new_ticket_role")
    if role is not None:
        department.new_ticket_role_id = role.id
    plan.departments.add_unique(
        department,
        department.id,
        f"{place}.name",
        entry.name,
        among=lambda other: other.brand_id == department.brand_id,
    )
    plan.rows.append(department)
    for order, (group_entry, where) in enumerate(placed(entry.groups, f"{place}.groups")):
        group = Group(
            id=plan.ids.of(group_entry),
            department_id=department.id,
            name=group_entry.name,
            sort_order=order,
            signature=group_entry.signature,
            extension=group_entry.extension,
        )
        plan.groups.add_unique(
            group,
            group.id,
            f"{where}.name",
            group_entry.name,
            among=lambda other: other.department_id == department.id,
        )
        plan.rows.append(group)
    _plan_template(plan, department, "ticket", entry.ticket_fields, f"{place}.ticket_fields")
    _plan_template(plan, department, "chat", entry.chat_fields, f"{place}.chat_fields")
    for field_id, value in plan.field_values(entry.custom_fields, place, of_users=True):
        plan.rows.append(DepartmentFieldValue(department_id=department.id, field_id=field_id, value=value))


def _brand(plan: Plan, entry: DepartmentEntry, place: str) -> Brand | None:
    if entry.brand is not None:
        return plan.brands.find(entry.brand, f"{place}.brand")
    brand = plan.brands.first(lambda _: True) or plan.session.scalar(select(Brand).order_by(Brand.id).limit(1))
    if brand is None:
        plan.problems.add(place, "needs a brand, and there is none: add one under brands")
    return brand


def _survey(plan: Plan, reference: int | str | None, place: str) -> int | None:
    survey = None if reference is None else plan.surveys.find(reference, place)
    return None if survey is None else survey.id


def _plan_template(plan: Plan, department: Department, kind: str, fields: list[TemplateField], place: str) -> None:
    if not fields:
        return
    template = FieldTemplate(id=plan.next_id(FieldTemplate), department_id=department.id, item_kind=kind)
    plan.rows.append(template)
    known: set[int] = set()
    for order, (entry, where) in enumerate(placed(fields, place)):
        field = plan.fields.find(entry.field, f"{where}.field")
        if field is None:
            continue
        if field.is_global:
            plan.problems.add(f"{where}.field", f"{quoted(field.display_name)} is global: of departments and users")
        elif field.id in known:
            plan.problems.add(f"{where}.field", f"{quoted(field.display_name)} stands there twice")
        else:
            known.add(field.id)
            plan.rows.append(
                FieldTemplateEntry(
                    template_id=template.id,
                    field_id=field.id,
                    sort_order=order,
                    is_required_by_users=entry.required_by_users,
                    is_required_by_agents=entry.required_by_agents,
                    is_required_by_agents_to_close=entry.required_by_agents_to_close,
                    is_visible_to_users=entry.visible_to_users,
                    is_visible_to_agents=entry.visible_to_agents,
                )
            )
