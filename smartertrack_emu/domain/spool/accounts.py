"""The table of mail accounts: where mail is sent through, and where it is fetched from."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from smartertrack_emu.domain import clock
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
