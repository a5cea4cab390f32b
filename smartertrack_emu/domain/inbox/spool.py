"""The incoming spool: mails as they came, their states, trying and retrying them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, func, insert, select, text, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.errors import NotFound, NotPossible
from smartertrack_emu.domain.events.mail import PopImportFailed
from smartertrack_emu.domain.events.publishing import Actor, publish
from smartertrack_emu.domain.text import key
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.store.types import AnyRow

from .models import FetchedMail, IncomingMail, IncomingState, Outcome

mails, tickets, fetched = IncomingMail.__table__.c, Ticket.__table__.c, FetchedMail.__table__.c

MOST_ATTEMPTS: Final = 3
"""A mail whose import was begun so often and never ended has stopped the process each time."""

_WAITS: Final = text("incoming_mails.state = 'waiting'")
"""In so many words, not as a parameter: else SQLite reads all mails in the order of their ids."""

_LONGEST: Final = 1_000
"""Characters of a reason."""


class Waiting(NamedTuple):
    """A mail to be imported."""

    id: int
    sha256: str
    account_id: int | None
    attempts: int


def put_in(session: Session, sha256: str, length: int, *, account_id: int | None = None) -> int:
    """Put a mail into the spool whose bytes are kept already, and return its id."""
    row = {"sha256": sha256, "length": length, "account_id": account_id, "received_at": clock.now()}
    return int(session.execute(insert(IncomingMail).values(row).returning(mails.id)).scalar_one())


def next_waiting(session: Session, after: int) -> Waiting | None:
    """Return the first mail that waits and came after another, None where there is none."""
    query = (
        select(mails.id, mails.sha256, mails.account_id, mails.attempts)
        .where(_WAITS, mails.is_whole, mails.id > after)
        .order_by(mails.id)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Waiting(row.id, row.sha256 or "", row.account_id, row.attempts)


def count_try(session: Session, mail_id: int, by: int = 1) -> None:
    """Count a try to import a mail, before it is made; `by` -1: it could not be made."""
    session.execute(
        update(IncomingMail)
        .where(mails.id == mail_id, mails.state == IncomingState.WAITING)
        .values(attempts=mails.attempts + by)
    )


def finish(session: Session, mail_id: int, state: IncomingState, outcome: Outcome, reason: str, **columns: Any) -> None:
    """Say what became of a mail."""
    values = {"state": state, "outcome": outcome, "reason": reason[:_LONGEST], "imported_at": clock.now(), **columns}
    session.execute(update(IncomingMail).where(mails.id == mail_id).values(values))


def fail(
    session: Session, actor: Actor, mail_id: int, reason: str, *, outcome: Outcome = Outcome.ERROR, **columns: Any
) -> None:
    """Say that a mail could not be imported, and why; an event tells of it."""
    if columns.get("sender"):
        columns["sender_key"] = key(columns["sender"])
    finish(session, mail_id, IncomingState.FAILED, outcome, reason, **columns)
    account_id = session.scalar(select(mails.account_id).where(mails.id == mail_id))
    publish(session, actor, PopImportFailed(account_id, reason[:_LONGEST], columns.get("sender", "")))


# What the control API shows and does


def listed(
    session: Session,
    *,
    state: IncomingState | None = None,
    outcome: Outcome | None = None,
    sender: str = "",
    limit: int,
    offset: int,
) -> tuple[list[AnyRow], int]:
    """Return a page of the mails, newest first, and how many there are."""
    wanted: list[ColumnElement[bool]] = []
    if state is not None:
        wanted.append(mails.state == state)
    if outcome is not None:
        wanted.append(mails.outcome == outcome)
    if sender:
        wanted.append(mails.sender_key == key(sender))
    total = session.scalar(select(func.count()).select_from(IncomingMail.__table__).where(*wanted)) or 0
    rows = session.execute(_shown().where(*wanted).order_by(mails.id.desc()).limit(limit).offset(offset)).all()
    return list(rows), total


def counts(session: Session) -> dict[IncomingState, int]:
    """Return how many mails stand in each state."""
    rows = session.execute(select(mails.state, func.count()).group_by(mails.state))
    found = {state: number for state, number in rows}  # noqa: C416 - rows are no pairs to mypy
    return {state: found.get(state, 0) for state in IncomingState}


def get(session: Session, mail_id: int) -> AnyRow:
    """Return a mail (its columns, and `ticket_number`); NotFound."""
    row = session.execute(_shown().where(mails.id == mail_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no incoming mail {mail_id}.")
    return row


def raw(session: Session, mail_id: int) -> str:
    """Return the digest of a mail's bytes; NotFound, also where they have been removed."""
    found: str | None = get(session, mail_id).sha256
    if found is None:
        raise NotFound(f"The content of incoming mail {mail_id} is not kept any more.")
    return found


def retry(session: Session, mail_id: int) -> None:
    """Let a mail be imported again, or fetched where only its header was; NotFound, NotPossible."""
    row = get(session, mail_id)
    if row.state is IncomingState.IMPORTED:
        raise NotPossible(f"Incoming mail {mail_id} has been imported.")
    if row.sha256 is None:
        raise NotPossible(f"The content of incoming mail {mail_id} is not kept any more.")
    if not row.is_whole and row.account_id is None:
        raise NotPossible(f"Incoming mail {mail_id} was not fetched whole, and its account is gone.")
    values = {"state": IncomingState.WAITING, "outcome": None, "reason": "", "attempts": 0, "imported_at": None}
    session.execute(update(IncomingMail).where(mails.id == mail_id).values(values | {"ticket_id": None}))


def failed(session: Session, but: Collection[int], *, before: datetime, limit: int) -> Sequence[int]:
    """Return the ids of mails that failed before a moment (UTC), but for those given."""
    ended = select(mails.id).where(mails.state == IncomingState.FAILED, mails.imported_at < before)
    return session.scalars(ended.where(mails.id.not_in(but)).order_by(mails.id).limit(limit)).all()


def delete(session: Session, mail_id: int) -> None:
    """Remove a mail from the spool; its ticket stays. NotFound."""
    session.delete(_existing(session, mail_id))
    session.flush()


def _existing(session: Session, mail_id: int) -> IncomingMail:
    mail = session.get(IncomingMail, mail_id)
    if mail is None:
        raise NotFound(f"There is no incoming mail {mail_id}.")
    return mail


def _shown() -> Select[Any]:
    return select(*mails, tickets.number.label("ticket_number")).outerjoin_from(
        IncomingMail.__table__, Ticket.__table__, tickets.id == mails.ticket_id
    )


def read_bytes(root: Path, sha256: str) -> bytes:
    """Return the bytes of a mail; FileNotFoundError where the disk has lost them, or has others."""
    found = files.read_sound(root, sha256)
    if found is None:
        raise FileNotFoundError(sha256)
    return found
