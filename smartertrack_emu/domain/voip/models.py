"""Tables of telephone accounts; recordings of calls are attachments of their call logs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.indexes import few
from smartertrack_emu.store.types import Secret


class VoipAccount(Base):
    """A user's SIP account; `password` is encrypted and not hashed, because their telephone needs it in clear."""

    __tablename__ = "voip_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    guid: Mapped[str] = mapped_column(String(36))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    display_name: Mapped[str] = mapped_column(default="")
    extension: Mapped[str] = mapped_column(default="")
    country_code: Mapped[str] = mapped_column(default="")
    phone_number: Mapped[str] = mapped_column(default="")
    sip_server: Mapped[str] = mapped_column(default="")
    sip_domain: Mapped[str] = mapped_column(default="")
    sip_port: Mapped[int] = mapped_column(default=5060)
    sip_auth_name: Mapped[str] = mapped_column(default="")
    login: Mapped[str] = mapped_column(default="")
    password: Mapped[str] = mapped_column(Secret, default="")
    stun_server: Mapped[str] = mapped_column(default="")
    stun_port: Mapped[int] = mapped_column(default=3478)
    max_lines: Mapped[int] = mapped_column(default=1)
    allow_record_control: Mapped[bool] = mapped_column(default=False)
    auto_record_calls: Mapped[bool] = mapped_column(default=False)
    is_available: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (UniqueConstraint("guid"), Index(None, "user_id"))


class LoginHandshake(Base):
    """A token that logs a user in once, until `expires_at`; stored hashed."""

    __tablename__ = "login_handshakes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index(None, "user_id"),
        Index(None, "expires_at"),
        few("ix_login_handshakes_used_at", "used_at", where="used_at IS NOT NULL"),
    )
