"""Looking at the outgoing spool; what a person may do to its mails: have them tried again, and remove them (ours)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, delete, false, func, select, update
from sqlalchemy.orm import Session, defer

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import NotFound, NotPossible
from smartertrack_emu.domain.text import fold

from .models import MailKind, MailState, OutgoingMail
from .recipients import key_line

RETRYABLE = (MailState.WAITING, MailState.FAILED, MailState.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which mails are meant. `subject`: it holds this; `recipient`: it goes to this address; without letter case.

    `about`: a kind and an id, as `ticket:17`.
    """

    state: MailState | None = None
    kind: MailKind | None = None
    recipient: str | None = None
    subject: str | None = None
    about: str | None = None


class Page(NamedTuple):
    """A part of the mails, without their bodies and results, and how many there are in all."""

    mails: list[OutgoingMail]
    total: int


def page(session: Session, which: Filter, *, newest_first: bool = True, limit: int, offset: int = 0) -> Page:
    """Return some of the mails, by their ids."""
    conditions = _conditions(which)
    order = OutgoingMail.id.desc() if newest_first else OutgoingMail.id
    query = (
        select(OutgoingMail)
        .options(defer(OutgoingMail.body, raiseload=True), defer(OutgoingMail.results, raiseload=True))
        .where(*conditions)
        .order_by(order)
        .limit(limit)
        .offset(offset)
    )
    total = session.scalar(select(func.count()).select_from(OutgoingMail).where(*conditions)) or 0
    return Page(list(session.scalars(query)), total)


def counts(session: Session) -> dict[MailState, int]:
    """Return how many mails stand in each state."""
    rows = session.execute(select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state))
    found = {state: number for state, number in rows}  # noqa: C416 - rows are no pairs to mypy
    return {state: found.get(state, 0) for state in MailState}


def has_waited_since(session: Session, moment: datetime) -> bool:
    """Say whether a mail waits that should have been tried before a moment."""
    query = select(OutgoingMail.id).where(
        OutgoingMail.state == MailState.WAITING, OutgoingMail.next_attempt_at < moment
    )
    return session.scalar(query.limit(1)) is not None


def get(session: Session, mail_id: int, *, for_change: bool = False) -> OutgoingMail:
    """Return a mail; NotFound."""
    query = select(OutgoingMail).where(OutgoingMail.id == mail_id)
    mail = session.scalars(query.with_for_update() if for_change else query).one_or_none()
    if mail is None:
        raise NotFound(f"There is no mail {mail_id}.")
    return mail


def retry(session: Session, mail_id: int) -> None:
    """Let a mail be due at once, a failed or held one too; NotFound, NotPossible where it is sent or being sent."""
    mail = get(session, mail_id, for_change=True)
    if mail.state not in RETRYABLE:
        word = "sent" if mail.state is MailState.SENT else "being sent"
        raise NotPossible(f"Mail {mail_id} is {word}.")
    session.execute(_again().where(OutgoingMail.id == mail_id))
    session.refresh(mail)


def retry_all(session: Session, state: MailState | None = None) -> int:
    """Let all mails of a state, or all that may, be due at once; return how many."""
    states = [one for one in RETRYABLE if state in (None, one)]
    return int(session.execute(_again().where(OutgoingMail.state.in_(states))).rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def ended(
    session: Session, but: Collection[int], *, sent_before: datetime, failed_before: datetime, limit: int
) -> Sequence[int]:
    """Return the ids of mails that were sent, or have failed, before a moment (UTC) each, but for those given."""
    is_old = case(  # one condition for the database, which else reads all mails of a state
        (OutgoingMail.state == MailState.SENT, OutgoingMail.ended_at < sent_before),
        (OutgoingMail.state == MailState.FAILED, OutgoingMail.ended_at < failed_before),
        else_=false(),
    )
    old = select(OutgoingMail.id).where(OutgoingMail.ended_at < max(sent_before, failed_before), is_old)
    oldest_first = old.order_by(OutgoingMail.ended_at, OutgoingMail.id)
    return session.scalars(oldest_first.where(OutgoingMail.id.not_in(but)).limit(limit)).all()


def remove(session: Session, mail_id: int) -> None:
    """Remove a mail; NotFound, NotPossible while it is being sent."""
    mail = get(session, mail_id, for_change=True)
    if mail.state is MailState.SENDING:
        raise NotPossible(f"Mail {mail_id} is being sent.")
    session.execute(delete(OutgoingMail).where(OutgoingMail.id == mail_id))


def remove_all(session: Session, state: MailState | None = None) -> int:
    """Remove all mails of a state, or all, but those that are being sent; return how many."""
    statement = delete(OutgoingMail).where(OutgoingMail.state != MailState.SENDING)
    if state is not None:
        statement = statement.where(OutgoingMail.state == state)
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]  # the same


def _again() -> Any:
    """Return what lets mails be due at once; recipients who had refused for good are asked again."""
    return (
        update(OutgoingMail)
        .values(
            state=MailState.WAITING,
            is_hurried=True,
            next_attempt_at=clock.now(),
            ended_at=None,
            results=func.replace(OutgoingMail.results, '", "refused", "', '", "waiting", "'),
        )
        .execution_options(synchronize_session=False)
    )


def _conditions(which: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if which.state is not None:
        found.append(OutgoingMail.state == which.state)
    if which.kind is not None:
        found.append(OutgoingMail.kind == which.kind)
    if which.recipient is not None:
        found.append(OutgoingMail.recipient_keys.contains(key_line(which.recipient.strip()), autoescape=True))
    if which.subject is not None:
        found.append(func.lower(OutgoingMail.subject).contains(fold(which.subject), autoescape=True))
    if which.about is not None:
        kind, _, number = which.about.partition(":")
        column = {"ticket": OutgoingMail.ticket_id, "user": OutgoingMail.user_id}.get(kind)
        found.append(false() if column is None else column == int(number))
    return found
