"""From a document to rows: planned as a whole, and put into the database only when nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import null, text
from sqlalchemy.orm import Session

from smartertrack_emu.domain.attachments.files import append
from smartertrack_emu.domain.people.passwords import hash_password
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.identity import ids_were_chosen
from smartertrack_emu.store.unit_of_work import beforehand

from .catalogue import table_of
from .chats import plan_call_logs, plan_chats
from .desk import plan_knowledge_base, plan_tasks, plan_time_log_categories, plan_transfer_servers
from .format import SeedDocument
from .jtel import plan_jtel
from .mail import plan_mail
from .people import plan_organizations, plan_rebalance_rules, plan_reminders, plan_users, plan_voip_accounts
from .plan import Plan
from .recurring import plan_recurring
from .rules import plan_event_rules
from .structure import plan_structure
from .surveys import plan_surveys
from .tickets import plan_relations, plan_tickets

_SECTIONS = (
    plan_surveys,
    plan_structure,
    plan_users,
    plan_rebalance_rules,
    plan_organizations,
    plan_time_log_categories,
    plan_knowledge_base,
    plan_tickets,
    plan_chats,
    plan_call_logs,
    plan_relations,
    plan_tasks,
    plan_reminders,
    plan_voip_accounts,
    plan_transfer_servers,
    plan_mail,
    plan_event_rules,
    plan_recurring,
    plan_jtel,
)


def hashes_of(passwords: tuple[str, ...]) -> list[str]:
    """Return the hashes that are stored for passwords, in their order: a twentieth of a second each, by intent."""
    return [hash_password(password) for password in passwords]


def load(
    session: Session,
    document: SeedDocument,
    *,
    attachments: Path,
    hash_all: Callable[[tuple[str, ...]], list[str]] = hashes_of,
) -> None:
    """Put a seed file into a database that `create_initial` has filled; the caller commits.

    Relative dates count from the clock's now. Contents of attachments go under the folder `attachments`. SeedError,
    with every mistake, where a name stands for nothing, or an id or name is another's: nothing was written then.
    `hash_all` gives the hashes of passwords; it is called without a transaction.
    """
    session.flush()
    _keep_others_out(session)
    with session.no_autoflush:
        plan = Plan(session, document)
        for section in _SECTIONS:
            section(plan, document)
        plan.problems.raise_any()
    _write(session, plan, attachments, hash_all)


def _keep_others_out(session: Session) -> None:
    """Let nobody else write until the end of the transaction: ids are chosen here, not by the sequences."""
    if session.get_bind().dialect.name == "postgresql":
        tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
        session.execute(text(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE"))


def _write(session: Session, plan: Plan, attachments: Path, hash_all: Callable[[tuple[str, ...]], list[str]]) -> None:
    hashes = beforehand(session, hash_all, tuple(password for _, password in plan.passwords))
    for (user, _), hashed in zip(plan.passwords, hashes, strict=True):
        user.password_hash = hashed
    for attachment, content in plan.contents:
        append(session, attachments, attachment, content, last=True)
    for user in plan.deleted_users:
        # None would be taken as "not given", and the column filled in from what it follows.
        user.username_key = user.email_key = null()
    for row, values in plan.changes:
        for name, value in values.items():
            setattr(row, name, value)
    # Models without relationships give SQLAlchemy no order between their tables but that of the foreign keys, which
    # its unit of work does not follow: one flush a table, in that order.
    by_table: dict[str, list[Base]] = {}
    for row in plan.rows:
        by_table.setdefault(table_of(type(row)).name, []).append(row)
    for table in Base.metadata.sorted_tables:
        session.add_all(by_table.pop(table.name, []))
        session.flush()
    ids_were_chosen(session, *plan.chosen_tables)
