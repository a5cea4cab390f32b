"""The engine's numbers and the diagnostics' options: what may be chosen while the server runs, kept in the database.

Names and defaults of the options are documented; those of the numbers, where no text of the product has them, are ours.
None stands for "off" where a type allows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from smartertrack_emu.store.base import Base

from .emulation import begin_epoch


class EngineSetting(Base):
    """A number or an option that is not as it is by default; `value` is JSON."""

    __tablename__ = "engine_settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The diagnostics' options. `error_email`: an address, or empty."""

    heartbeat_seconds: int = 10
    whos_on_seconds: int = 8
    delete_logs_after_days: int = 14
    error_email: str = ""
    short_query_log: bool = False
    full_query_log: bool = False
    lock_trace: bool = False
    cache_trace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """The engine's numbers."""

    mail_delay_seconds: int = 10
    retry_seconds: tuple[int, ...] = (60, 300, 900, 3600)
    give_up_hours: int = 48
    sent_mail_days: int = 30
    failed_mail_days: int = 30
    mail_encoding: str = "utf-8"
    mail_senders: int = 1
    max_message_bytes: int = 26_214_400
    responder_per_hour: int = 5
    responder_blacklist: tuple[str, ...] = ()
    blocked_senders: tuple[str, ...] = ()
    tickets_per_sender_per_hour: int = 60
    raw_content_days: int = 30
    raw_content_files: int = 25_000
    raw_content_megabytes: int = 10_000
    purge_deleted_days: int | None = 90
    delete_chats_days: int | None = None
    delete_completed_tasks_days: int | None = None
    chat_abandoned_minutes: int | None = None
    chat_first_answer_seconds: int | None = None
    chat_answer_seconds: int | None = None
    kb_stale_days: int = 90
    stop_idle_events_days: int = 30
    visitor_idle_minutes: int = 15
    visitor_purge_minutes: int = 60
    invitation_seconds: int = 120


Chosen = TypeVar("Chosen", Options, EngineSettings)


def options(session: Session) -> Options:
    """Return the options."""
    return _read(session, Options)


def engine_settings(session: Session) -> EngineSettings:
    """Return the numbers."""
    return _read(session, EngineSettings)


def _read(session: Session, kind: type[Chosen]) -> Chosen:
    names = [field.name for field in fields(kind)]
    rows = session.execute(select(EngineSetting.name, EngineSetting.value).where(EngineSetting.name.in_(names)))
    return kind(**{name: _frozen(json.loads(value)) for name, value in rows})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def change(session: Session, changes: Mapping[str, object]) -> None:
    """Choose options or numbers by their names, which are known, with values that are right; all processes follow."""
    begin_epoch(session)  # which also keeps others from choosing at the same time
    session.execute(delete(EngineSetting).where(EngineSetting.name.in_(sorted(changes))))
    if changes:
        rows = [{"name": name, "value": json.dumps(value)} for name, value in changes.items()]
        session.execute(insert(EngineSetting), rows)
