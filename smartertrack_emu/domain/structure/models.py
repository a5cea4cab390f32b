"""Tables of this installation and others, brands, departments, groups and memberships."""

from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.keys import key_column
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.indexes import few
from smartertrack_emu.store.types import Secret, StrEnumeration, one_of


class TicketSubmission(StrEnum):
    """Who may open tickets of a department in the portal (the product's setting)."""

    ANONYMOUS = "anonymous"
    REGISTERED = "registered"
    AGENTS = "agents"


class GroupAlert(StrEnum):
    """Whom a group tells of a new item by mail (seen)."""

    NONE = "none"
    AGENTS = "agents"
    ADDRESS = "address"


class RoundRobin(StrEnum):
    """In which round a member is given items (seen)."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    NONE = "none"


class Distribution(StrEnum):
    """How a department's new tickets find their agent: in turns, or agents take them (documented)."""

    ROUND_ROBIN = "round-robin"
    PULL = "pull"


def _new_guid() -> str:
    return str(uuid4())


class Installation(Base):
    """The one row about the whole.

    `time_zone` is an IANA name; `rights_version` rises with every change of rights; `key_fingerprint` says which key
    secrets are encrypted with, None before the first start that settles it. `epoch` rises whenever every process has
    to forget what it knows: the clock was set, faults were, or other data were put in place. The clock is ahead of the
    machine's by `clock_offset_us` microseconds, or stands still at `clock_frozen_us`, microseconds since 1970. `guid`
    stands in every mail that goes out, so that one that comes back is known.
    """

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    server_name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(default="UTC")
    rights_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    key_fingerprint: Mapped[str | None]
    epoch: Mapped[int] = mapped_column(default=1)
    guid: Mapped[str] = mapped_column(String(36), default=_new_guid)
    clock_offset_us: Mapped[int] = mapped_column(BigInteger, default=0)
    clock_frozen_us: Mapped[int | None] = mapped_column(BigInteger)


class TransferServer(Base):
    """Another installation that tickets can be transferred to, with the credentials we call it with."""

    __tablename__ = "transfer_servers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = key_column("name")
    url: Mapped[str]
    username: Mapped[str]
    password: Mapped[str] = mapped_column(Secret)

    __table_args__ = (UniqueConstraint("name_key"),)


class Brand(Base):
    """A brand: one portal's name."""

    __tablename__ = "brands"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = key_column("name")

    __table_args__ = (UniqueConstraint("name_key"),)


class Department(Base):
    """A department of a brand. `signature` is HTML, where `{agent}` stands for the agent's display name.

    What the engine does with its items (None: it does not): `auto_close_hours` after a ticket began to wait,
    `auto_lock_hours` and `auto_delete_days` after it was closed, `auto_delete_call_logs_days` after a call,
    `idle_minutes` and `chat_idle_minutes` until an item counts as idle. `new_ticket_role_id`: who may open tickets by
    mail. `survey_after_ticket_id`, `survey_after_chat_id`: the survey that is offered at the end.
    """

    __tablename__ = "departments"

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id"))
    name: Mapped[str]
    name_key: Mapped[str] = key_column("name")
    email: Mapped[str] = mapped_column(default="")
    ticket_submission: Mapped[TicketSubmission] = mapped_column(
        StrEnumeration(TicketSubmission), default=TicketSubmission.ANONYMOUS
    )
    requires_resolution: Mapped[bool] = mapped_column(default=False)
    signature: Mapped[str] = mapped_column(default="")
    auto_responder_subject: Mapped[str] = mapped_column(default="")
    auto_responder_body: Mapped[str] = mapped_column(default="")
    auto_responder_enabled: Mapped[bool] = mapped_column(default=True)
    auto_close_hours: Mapped[int | None]
    auto_close_mail: Mapped[bool] = mapped_column(default=True)
    auto_lock_hours: Mapped[int | None]
    auto_delete_days: Mapped[int | None]
    auto_delete_call_logs_days: Mapped[int | None]
    idle_minutes: Mapped[int | None]
    chat_idle_minutes: Mapped[int | None]
    requires_closed_tasks: Mapped[bool] = mapped_column(default=False)
    new_ticket_role_id: Mapped[int] = mapped_column(default=1)
    distribution: Mapped[Distribution] = mapped_column(StrEnumeration(Distribution), default=Distribution.ROUND_ROBIN)
    survey_after_ticket_id: Mapped[int | None]
    survey_after_chat_id: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("brand_id", "name_key"),
        UniqueConstraint("id", "brand_id"),  # what tickets and chats refer to: department and brand never disagree
        one_of("ticket_submission", TicketSubmission),
        one_of("distribution", Distribution),
    )


class Group(Base):
    """A group of a department; the one with the least `sort_order`, then id, is the department's first.

    `signature` (HTML) goes before the department's where it is not empty; with an `extension` the group is a telephone
    contact. `alert` says whom new items are told to, `alert_address` where that is an address.
    """

    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    name: Mapped[str]
    name_key: Mapped[str] = key_column("name")
    sort_order: Mapped[int] = mapped_column(default=0)
    signature: Mapped[str] = mapped_column(default="")
    extension: Mapped[str] = mapped_column(default="")
    alert: Mapped[GroupAlert] = mapped_column(StrEnumeration(GroupAlert), default=GroupAlert.NONE)
    alert_address: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        one_of("alert", GroupAlert),
        UniqueConstraint("department_id", "name_key"),
        UniqueConstraint("id", "department_id"),  # what tickets and chats refer to: never another department's group
    )


class GroupMember(Base):
    """An agent in a group: what they receive there, with which weight, up to how many active items (None: no limit).

    `last_ticket_at` and `last_chat_at`: when one was last assigned to them automatically, None for never. After
    `idle_logoff_minutes` without doing anything (None: never) they receive no more, and with `idle_hand_off` their
    items go back to the queue. `last_action_at`: when they last did something, give or take a minute; `idle_from`: when
    they were last made to receive, from which on they count as idle at the earliest.
    """

    __tablename__ = "group_members"

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    is_group_admin: Mapped[bool] = mapped_column(default=False)
    receives_tickets: Mapped[bool] = mapped_column(default=False)
    receives_chats: Mapped[bool] = mapped_column(default=False)
    ticket_weight: Mapped[int] = mapped_column(default=1)
    chat_weight: Mapped[int] = mapped_column(default=1)
    max_tickets: Mapped[int | None]
    max_chats: Mapped[int | None]
    last_ticket_at: Mapped[datetime | None]
    last_chat_at: Mapped[datetime | None]
    round_robin: Mapped[RoundRobin] = mapped_column(StrEnumeration(RoundRobin), default=RoundRobin.PRIMARY)
    idle_logoff_minutes: Mapped[int | None]
    idle_hand_off: Mapped[bool] = mapped_column(default=False)
    last_action_at: Mapped[datetime | None]
    idle_from: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "user_id"),
        CheckConstraint("ticket_weight >= 0 AND chat_weight >= 0", name="weights"),
        CheckConstraint("max_tickets >= 0 AND max_chats >= 0", name="maximums"),
        one_of("round_robin", RoundRobin),
        few("ix_group_members_idle_logoff", "idle_logoff_minutes", where="idle_logoff_minutes IS NOT NULL"),
    )


class InDepartment:
    """The columns of an item that stands in a group of a department of a brand: the three always belong together."""

    brand_id: Mapped[int]
    department_id: Mapped[int]
    group_id: Mapped[int]


def in_department() -> tuple[ForeignKeyConstraint, ForeignKeyConstraint]:
    """The foreign keys of `InDepartment`: a department that changes its brand takes its items along."""
    return (
        ForeignKeyConstraint(
            ["department_id", "brand_id"], ["departments.id", "departments.brand_id"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(["group_id", "department_id"], ["groups.id", "groups.department_id"], onupdate="CASCADE"),
    )
