"""The sections about mail: accounts, and templates that are written anew."""

from __future__ import annotations

from smartertrack_emu.domain.spool.accounts import PORTS, AccountKind, MailAccount
from smartertrack_emu.domain.spool.models import MailTemplate

from .catalogue import placed
from .errors import quoted
from .format import SeedDocument
from .format_mail import MailAccountEntry
from .plan import Plan


def plan_mail(plan: Plan, document: SeedDocument) -> None:
    """Plan accounts and templates."""
    for entry, place in placed(document.mail_accounts, "mail_accounts"):
        _plan_account(plan, entry, place)
    seen: set[str] = {one.name for one in plan.session.query(MailTemplate)}
    for template, place in placed(document.mail_templates, "mail_templates"):
        if template.name in seen:
            plan.problems.add(f"{place}.name", f"{quoted(template.name)} is there already")
            continue
        seen.add(template.name)
        plan.rows.append(
            MailTemplate(name=template.name, subject=template.subject, body=template.body, is_html=template.is_html)
        )


def _plan_account(plan: Plan, entry: MailAccountEntry, place: str) -> None:
    department = None if entry.department is None else plan.departments.find(entry.department, f"{place}.department")
    brand = None if entry.brand is None else plan.brands.find(entry.brand, f"{place}.brand")
    if entry.brand is not None and entry.department is not None:
        plan.problems.add(f"{place}.brand", "cannot be given beside a department")
    elif entry.brand is not None and entry.kind is not AccountKind.SMTP:
        plan.problems.add(f"{place}.brand", "is for accounts that send")
    columns = entry.model_dump(exclude={"id", "department", "brand", "port"})
    plan.rows.append(
        MailAccount(
            id=plan.ids.of(entry),
            port=entry.port or PORTS[entry.kind, entry.security],
            department_id=None if department is None else department.id,
            brand_id=None if brand is None else brand.id,
            created_at=plan.now,
            **columns,
        )
    )
