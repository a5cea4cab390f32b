"""Tables of users, roles and rights."""

from datetime import datetime
from enum import IntEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.keys import folded_column, key_column, optional_key_column
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.indexes import few
from smartertrack_emu.store.types import IntEnumeration, StrEnumeration, one_of

QUEUE_ID, ADMIN_ID, SYSTEM_ID = 1, 2, 3
"""The users that always exist; none of them can be deleted, and only the administrator can log in."""


class AuthenticationType(IntEnum):
    """How a user proves who they are (documented)."""

    PASSWORD = 0
    ACTIVE_DIRECTORY = 1
    EXTERNAL = 2


class AvatarSource(IntEnum):
    """Where a user's picture comes from (ours)."""

    NONE = 0
    UPLOADED = 1
    GRAVATAR = 2


class BuiltInRole(IntEnum):
    """The roles that always exist (ids ours, names the product's)."""

    EVERYONE = 1
    REGISTERED_USER = 2
    VERIFIED_USER = 3
    AGENT = 4
    MANAGER = 5
    SYSTEM_ADMINISTRATOR = 6


class User(Base):
    """Anybody with an account, customers included.

    A deleted user stays, so that what they wrote shows their name: `deleted_at` is set and both keys are None, which
    frees the names. `purged_at`: since when nothing personal is left of them. `password_hash` is argon2's; None:
    cannot log in. `signature` is HTML. `away_since`: since when they are away from the keyboard, where that is known.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    username_key: Mapped[str | None] = key_column("username")
    email: Mapped[str] = mapped_column(default="")
    email_key: Mapped[str | None] = optional_key_column("email")
    password_hash: Mapped[str | None]
    is_email_verified: Mapped[bool] = mapped_column(default=False)
    display_name: Mapped[str] = mapped_column(default="")
    display_name_folded: Mapped[str] = folded_column("display_name")
    display_name_for_chat: Mapped[str] = mapped_column(default="")
    avatar_source: Mapped[AvatarSource] = mapped_column(IntEnumeration(AvatarSource), default=AvatarSource.NONE)
    time_zone_index: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(default="")
    authentication_type: Mapped[AuthenticationType] = mapped_column(
        IntEnumeration(AuthenticationType), default=AuthenticationType.PASSWORD
    )
    active_directory_domain: Mapped[str] = mapped_column(default="")
    force_password_reset: Mapped[bool] = mapped_column(default=False)
    is_away: Mapped[bool] = mapped_column(default=False)
    away_since: Mapped[datetime | None]
    phone_country_code: Mapped[str] = mapped_column(default="")
    phone_number: Mapped[str] = mapped_column(default="")
    phone_extension: Mapped[str] = mapped_column(default="")
    signature: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_login_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("username_key"),
        UniqueConstraint("email_key"),
        one_of("avatar_source", AvatarSource),
        one_of("authentication_type", AuthenticationType),
        few("ix_users_to_purge", "deleted_at", where="deleted_at IS NOT NULL AND purged_at IS NULL"),
    )


class Role(Base):
    """A role, one that always exists or the installation's own; ids fit 16 bits and are never given out again."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = key_column("name")
    is_employee: Mapped[bool] = mapped_column(default=False)
    is_built_in: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("name_key"), {"sqlite_autoincrement": True})


class UserRole(Base):
    """A role that a user holds."""

    __tablename__ = "user_roles"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index(None, "role_id"),)


class RoleRight(Base):
    """A right that a role gives; of the knowledge base's, those for folders without a list of their own."""

    __tablename__ = "role_rights"

    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True)
    right: Mapped[Right] = mapped_column(StrEnumeration(Right), primary_key=True)


class RoleReport(Base):
    """A report, by its GUID in lower case, that a role may run."""

    __tablename__ = "role_reports"

    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True)
    report_id: Mapped[str] = mapped_column(String(36), primary_key=True)


class EmailVerification(Base):
    """A link sent to prove that an address is a user's: holds once, until `expires_at`; the token is stored hashed."""

    __tablename__ = "email_verifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    email: Mapped[str]
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index(None, "user_id"),
        Index(None, "expires_at"),
        few("ix_email_verifications_used_at", "used_at", where="used_at IS NOT NULL"),
    )
