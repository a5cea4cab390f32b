"""Tables of the dialler: campaigns, their results, contacts with their numbers, attempts, and how it is set."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.keys import key_column
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import StrEnumeration, one_of

from .kinds import AttemptOutcome, ResultKind


def _result_id(called: str) -> MappedColumn[Any]:
    """A result of the campaign itself: the two tables refer to each other, so that is looked at when all is there."""
    return mapped_column(
        ForeignKey(
            "dialler_result_codes.id",
            name=f"fk_dialler_campaigns_{called}_result",  # the usual name is longer than PostgreSQL takes
            ondelete="SET NULL",
            use_alter=True,
            deferrable=True,
            initially="DEFERRED",
        )
    )


class Campaign(Base):
    """A campaign of a client, worked by a group's members from `active_from` to `active_to`.

    The three results are given to contacts without a valid number, to those who call themselves, and to those who were
    tried `max_tries` times. `ring_seconds`, `preview_seconds`: kept and told, for nothing rings here.
    """

    __tablename__ = "dialler_campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("jtel_clients.id"))
    name: Mapped[str]
    name_key: Mapped[str] = key_column("name")
    user_data: Mapped[str | None]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    language: Mapped[int] = mapped_column(SmallInteger, default=1)
    is_active: Mapped[bool] = mapped_column(default=True)
    active_from: Mapped[datetime | None]
    active_to: Mapped[datetime | None]
    max_tries: Mapped[int] = mapped_column(default=3)
    retry_minutes: Mapped[int] = mapped_column(default=60)
    ring_seconds: Mapped[int] = mapped_column(default=30)
    preview_seconds: Mapped[int] = mapped_column(default=5)
    max_parallel_lines: Mapped[int | None]
    caller_id: Mapped[str] = mapped_column(default="")
    is_caller_id_active: Mapped[bool] = mapped_column(default=False)
    closes_on_incoming_call: Mapped[bool] = mapped_column(default=False)
    no_number_result_id: Mapped[int | None] = _result_id("no_number")
    incoming_call_result_id: Mapped[int | None] = _result_id("incoming_call")
    max_tries_result_id: Mapped[int | None] = _result_id("max_tries")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    modified_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        UniqueConstraint("client_id", "name_key"),
        CheckConstraint("language IN (1, 2)", name="language"),
    )


class ResultCode(Base):
    """A result that a campaign's contacts may get; `delay_minutes` of the kind delay alone."""

    __tablename__ = "dialler_result_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("dialler_campaigns.id", ondelete="CASCADE"))
    export_key: Mapped[str] = mapped_column(String(32))
    kind: Mapped[ResultKind] = mapped_column(StrEnumeration(ResultKind))
    delay_minutes: Mapped[int | None]
    is_agent_bound: Mapped[bool] = mapped_column(default=False)
    sort_order: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("campaign_id", "export_key"), one_of("kind", ResultKind))


class ResultText(Base):
    """What a result is called in a language."""

    __tablename__ = "dialler_result_texts"

    result_code_id: Mapped[int] = mapped_column(
        ForeignKey("dialler_result_codes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    language: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    content: Mapped[str]


class Contact(Base):
    """Somebody to be called. Open until a result of the kind done or abort, or until nothing more can be tried.

    `tries` counts all attempts. `next_try_at` None while it is open: any time.
    """

    __tablename__ = "dialler_contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("dialler_campaigns.id", ondelete="CASCADE"))
    user_data: Mapped[str | None]
    client: Mapped[str | None]
    service: Mapped[str | None]
    reference_number: Mapped[str | None]
    name: Mapped[str]
    first_name: Mapped[str | None]
    salutation: Mapped[str | None]
    title: Mapped[str | None]
    company: Mapped[str | None]
    address: Mapped[str | None]
    postal_code: Mapped[str | None]
    city: Mapped[str | None]
    country: Mapped[str | None]
    region: Mapped[str | None]
    account_owner: Mapped[str | None]
    account_bank: Mapped[str | None]
    account_national_bank_code: Mapped[str | None]
    account_bic: Mapped[str | None]
    account_number: Mapped[str | None]
    account_iban: Mapped[str | None]
    fax_number: Mapped[str | None]
    email: Mapped[str | None]
    website: Mapped[str | None]
    comment: Mapped[str | None]
    external_system_link: Mapped[str | None]
    model: Mapped[str | None]
    tag: Mapped[str | None]
    amount: Mapped[float | None] = mapped_column(Numeric(asdecimal=False))
    random_sort_order: Mapped[int | None]
    is_locked: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool] = mapped_column(default=True)
    tries: Mapped[int] = mapped_column(default=0)
    is_last_mailbox: Mapped[bool | None]
    result_code_id: Mapped[int | None] = mapped_column(ForeignKey("dialler_result_codes.id", ondelete="SET NULL"))
    reserved_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    follow_up_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    next_try_at: Mapped[datetime | None]
    last_try_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    modified_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        Index(None, "campaign_id", "is_open", "next_try_at"),
        Index(None, "campaign_id", "user_data"),
        Index(None, "result_code_id"),
    )


class ContactNumber(Base):
    """A telephone number of a contact, the first at place 1. `digits`: what of it is compared and dialled."""

    __tablename__ = "dialler_numbers"

    contact_id: Mapped[int] = mapped_column(
        ForeignKey("dialler_contacts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(32))
    digits: Mapped[str] = mapped_column(String(32))
    tries: Mapped[int] = mapped_column(default=0)
    last_cause: Mapped[int | None]
    is_invalid: Mapped[bool | None]

    __table_args__ = (CheckConstraint("place BETWEEN 1 AND 6", name="place"), Index(None, "digits"))


class Attempt(Base):
    """One call of the dialler: at which number, what became of it, who spoke, and the call log that it left."""

    __tablename__ = "dialler_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("dialler_contacts.id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[str] = mapped_column(String(32))
    outcome: Mapped[AttemptOutcome] = mapped_column(StrEnumeration(AttemptOutcome))
    cause: Mapped[int]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    result_code_id: Mapped[int | None] = mapped_column(ForeignKey("dialler_result_codes.id", ondelete="SET NULL"))
    call_log_id: Mapped[int | None] = mapped_column(ForeignKey("call_logs.id", ondelete="SET NULL"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]

    __table_args__ = (
        one_of("outcome", AttemptOutcome),
        Index(None, "contact_id", "id"),
        Index(None, "result_code_id"),
        Index(None, "call_log_id"),
        Index(None, "agent_id", "started_at"),
    )


class DiallerSettings(Base):
    """The one row about the dialler itself. `rules`: JSON, a list as the control API has it; see `rules`."""

    __tablename__ = "dialler_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    is_running: Mapped[bool] = mapped_column(default=False)
    every_seconds: Mapped[int] = mapped_column(default=10)
    default_outcome: Mapped[str] = mapped_column(default=AttemptOutcome.ANSWERED.value)
    rules: Mapped[str] = mapped_column(default="[]")
    last_run_at: Mapped[datetime | None]
    last_result: Mapped[str] = mapped_column(default="")

    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)
