"""Mail accounts: where mail is sent through, and where it is fetched from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from smartertrack_emu.domain import clock, naming
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.structure.emulation import begin_epoch
from smartertrack_emu.domain.structure.models import Brand, Department
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import Secret, StrEnumeration, one_of

from .message_ids import host_of


class AccountKind(StrEnum):
    """What an account speaks. IMAP is ours, the others seen."""

    SMTP = "smtp"
    POP = "pop"
    IMAP = "imap"


class Security(StrEnum):
    """How a connection is encrypted."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class MailAccount(Base):
    """An account at a mail server.

    One that sends belongs to a department, else to a brand, else it is for all; one that fetches belongs to a
    department. `password` is encrypted. `address` and `display_name`: what mails sent through it come from. `folder`,
    `leave_on_server`, `every_minutes`: of those that fetch. `last_error` is empty after a success.
    """

    __tablename__ = "mail_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AccountKind] = mapped_column(StrEnumeration(AccountKind))
    host: Mapped[str]
    port: Mapped[int]
    security: Mapped[Security] = mapped_column(StrEnumeration(Security), default=Security.NONE)
    username: Mapped[str] = mapped_column(default="")
    password: Mapped[str] = mapped_column(Secret, default="")
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id", ondelete="CASCADE"))
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(default="")
    display_name: Mapped[str] = mapped_column(default="")
    enabled: Mapped[bool] = mapped_column(default=True)
    leave_on_server: Mapped[bool] = mapped_column(default=False)
    every_minutes: Mapped[int] = mapped_column(default=1)
    folder: Mapped[str] = mapped_column(default="INBOX")
    verify_certificate: Mapped[bool] = mapped_column(default=True)
    timeout_seconds: Mapped[int] = mapped_column(default=30)
    last_error: Mapped[str] = mapped_column(default="")
    last_used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        one_of("kind", AccountKind),
        one_of("security", Security),
        CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
        CheckConstraint("every_minutes >= 1 AND timeout_seconds >= 1", name="times"),
        Index(None, "department_id"),
        Index(None, "brand_id"),
    )


def mail_hosts(session: Session) -> dict[int | None, str]:
    """Return the domains that mails come from, by the departments whose sending accounts say so; None: of the rest."""
    rows = session.execute(
        select(MailAccount.department_id, MailAccount.address)
        .where(
            MailAccount.kind == AccountKind.SMTP,
            MailAccount.enabled,
            MailAccount.brand_id.is_(None),
            MailAccount.address != "",
        )
        .order_by(MailAccount.id.desc())
    )
    return {department_id: host_of(address) for department_id, address in rows}


PORTS: Final = {
    (AccountKind.SMTP, Security.NONE): 25,
    (AccountKind.SMTP, Security.STARTTLS): 587,
    (AccountKind.SMTP, Security.TLS): 465,
    (AccountKind.POP, Security.NONE): 110,
    (AccountKind.POP, Security.STARTTLS): 110,
    (AccountKind.POP, Security.TLS): 995,
    (AccountKind.IMAP, Security.NONE): 143,
    (AccountKind.IMAP, Security.STARTTLS): 143,
    (AccountKind.IMAP, Security.TLS): 993,
}
"""The usual port of each kind."""

_LONGEST_PASSWORD: Final = 1024


def page(session: Session, *, limit: int, offset: int = 0) -> tuple[list[MailAccount], int]:
    """Return some of the accounts by their ids, and how many there are."""
    total = session.scalar(select(func.count()).select_from(MailAccount)) or 0
    query = select(MailAccount).order_by(MailAccount.id).limit(limit).offset(offset)
    return list(session.scalars(query)), total


def enabled_accounts(session: Session) -> list[int]:
    """Return the ids of the accounts that are used."""
    return list(session.scalars(select(MailAccount.id).where(MailAccount.enabled).order_by(MailAccount.id)))


def get(session: Session, account_id: int) -> MailAccount:
    """Return an account; NotFound."""
    account = session.get(MailAccount, account_id)
    if account is None:
        raise NotFound(f"There is no mail account {account_id}.")
    return account


def create(session: Session, values: Mapping[str, Any]) -> MailAccount:
    """Make an account of columns, without a port the usual one; BadValue names what is wrong."""
    account = MailAccount(**{name: value for name, value in values.items() if name != "port" or value})
    if not values.get("port"):
        account.port = PORTS[account.kind, account.security or Security.NONE]
    account.address = account.address or ""
    _check(session, account)
    session.add(account)
    begin_epoch(session)
    session.flush()
    session.refresh(account)
    return account


def change(session: Session, account_id: int, changes: Mapping[str, Any]) -> MailAccount:
    """Change columns of an account; NotFound, BadValue."""
    account = get(session, account_id)
    for name, value in changes.items():
        setattr(account, name, value)
    _check(session, account)
    begin_epoch(session)
    session.flush()
    return account


def remove(session: Session, account_id: int) -> None:
    """Remove an account; NotFound. What it sent and fetched stays."""
    get(session, account_id)
    begin_epoch(session)
    session.execute(delete(MailAccount).where(MailAccount.id == account_id))


def _check(session: Session, account: MailAccount) -> None:
    naming.name(account.host, "host")
    if any(sign.isspace() or sign in "/@" for sign in account.host):
        raise BadValue("host", f": {naming.shown(account.host)} is no name or address of a host.")
    naming.name(account.username or "", "username", required=False)
    naming.name(account.password or "", "password", required=False, longest=_LONGEST_PASSWORD)
    naming.name(account.folder or "INBOX", "folder")
    naming.name(account.display_name or "", "display_name", required=False)
    naming.email(account.address or "", "address")
    if account.department_id is not None and session.get(Department, account.department_id) is None:
        raise BadValue("department_id", f": there is no department {account.department_id}.")
    if account.brand_id is not None and session.get(Brand, account.brand_id) is None:
        raise BadValue("brand_id", f": there is no brand {account.brand_id}.")
    if account.brand_id is not None and account.department_id is not None:
        raise BadValue("brand_id", "cannot be given beside department_id.")
    if account.brand_id is not None and account.kind is not AccountKind.SMTP:
        raise BadValue("brand_id", "is for accounts that send.")
