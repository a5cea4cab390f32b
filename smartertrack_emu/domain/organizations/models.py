"""Tables of organizations and their members."""

from datetime import datetime
from enum import IntEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.keys import key_column
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import IntEnumeration, one_of


class MemberType(IntEnum):
    """By what somebody counts among an organization's members (documented)."""

    USERNAME = 1
    EMAIL = 2
    DOMAIN = 3
    PHONE_NUMBER = 4


class Organization(Base):
    """An organization of customers."""

    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = key_column("name")
    website: Mapped[str] = mapped_column(default="")
    phone_number: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (UniqueConstraint("name_key"), {"sqlite_autoincrement": True})


class OrganizationMember(Base):
    """One user name, e-mail address, domain or telephone number of an organization."""

    __tablename__ = "organization_members"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    type: Mapped[MemberType] = mapped_column(IntEnumeration(MemberType))
    value: Mapped[str]
    value_key: Mapped[str] = key_column("value")

    __table_args__ = (
        UniqueConstraint("organization_id", "type", "value_key"),
        Index(None, "type", "value_key"),
        one_of("type", MemberType),
        {"sqlite_autoincrement": True},
    )
