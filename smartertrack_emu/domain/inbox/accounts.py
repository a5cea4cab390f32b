"""Accounts that mail is fetched from: which are due, what of theirs is known already, what became of a visit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.events.declaring import HelpdeskEvent
from smartertrack_emu.domain.events.mail import PopConnectionFailed, PopDownloadFailed, PopLoginFailed
from smartertrack_emu.domain.events.publishing import Actor, publish
from smartertrack_emu.domain.spool.accounts import AccountKind, MailAccount, Security

from . import spool
from .models import FetchedMail, IncomingMail, IncomingState, Outcome

accounts, fetched, mails = MailAccount.__table__.c, FetchedMail.__table__.c, IncomingMail.__table__.c

_LONGEST_ERROR = 1_000


class Trouble(StrEnum):
    """What can go wrong at an account; each is told by an event of its own."""

    CONNECTION = "connection"
    LOGIN = "login"
    DOWNLOAD = "download"


_EVENTS: Final[dict[Trouble, type[Any]]] = {
    Trouble.CONNECTION: PopConnectionFailed,
    Trouble.LOGIN: PopLoginFailed,
    Trouble.DOWNLOAD: PopDownloadFailed,
}


class Account(NamedTuple):
    """An account as who fetches from it wants to know it."""

    id: int
    kind: AccountKind
    host: str
    port: int
    security: Security
    username: str
    password: str
    folder: str
    leave_on_server: bool
    verify_certificate: bool
    timeout_seconds: int
    every_minutes: int
    last_used_at: datetime | None


class Known(NamedTuple):
    """A mail of an account that was fetched, `is_whole` or its header; `is_wanted`: somebody wants all of it now."""

    sha256: str | None
    incoming_id: int | None = None
    is_whole: bool = True
    is_wanted: bool = False


class HeaderOnly(NamedTuple):
    """What is kept of a mail that is too large."""

    sha256: str
    length: int
    reason: str
    sender: str = ""
    subject: str = ""


_COLUMNS = [accounts[name] for name in Account._fields]


def due(session: Session, *, all_of_them: bool) -> list[Account]:
    """Return the accounts to fetch from now, those that waited longest first; all that are enabled where wanted so."""
    query = select(*_COLUMNS).where(accounts.kind.in_([AccountKind.POP, AccountKind.IMAP]), accounts.enabled)
    found = [Account(*row) for row in session.execute(query.order_by(accounts.id))]
    now = clock.now()
    wanted = [one for one in found if all_of_them or _is_due(one, now)]
    return sorted(wanted, key=lambda one: (one.last_used_at is not None, one.last_used_at or now, one.id))


def fetched_from(session: Session, account_id: int) -> None:
    """Raise BadValue where an account is none that mail is fetched from."""
    kind = session.scalar(select(accounts.kind).where(accounts.id == account_id))
    if kind not in (AccountKind.POP, AccountKind.IMAP):
        raise BadValue("account", f": there is no account {account_id} that mail is fetched from.")


def _is_due(account: Account, now: datetime) -> bool:
    """Say whether an account's minutes are over; a clock that was put back makes none wait for it."""
    last = account.last_used_at
    return last is None or not last <= now < last + timedelta(minutes=account.every_minutes)


def known_mails(session: Session, account_id: int) -> dict[str, Known]:
    """Return what was fetched from an account, by what its server calls it."""
    query = (
        select(fetched.uid, fetched.sha256, fetched.incoming_id, fetched.is_whole, mails.state)
        .outerjoin_from(FetchedMail.__table__, IncomingMail.__table__, mails.id == fetched.incoming_id)
        .where(fetched.account_id == account_id)
    )
    return {
        row.uid: Known(
            row.sha256,
            row.incoming_id,
            is_whole=row.is_whole,
            is_wanted=row.state is IncomingState.WAITING and not row.is_whole,
        )
        for row in session.execute(query)
    }


def keep_fetched(session: Session, account_id: int, uid: str, sha256: str, length: int, known: Known | None) -> int:
    """Put a mail that was fetched into the spool, and remember that it was; return its id."""
    if known is None or known.incoming_id is None:
        incoming_id = spool.put_in(session, sha256, length, account_id=account_id)
        _remember(session, account_id, uid, sha256, incoming_id)
        return incoming_id
    values = {"sha256": sha256, "length": length, "is_whole": True, "received_at": clock.now()}
    session.execute(update(IncomingMail).where(mails.id == known.incoming_id).values(values))
    _remember(session, account_id, uid, sha256, known.incoming_id)
    return known.incoming_id


def keep_header(session: Session, account_id: int, uid: str, header: HeaderOnly, known: Known | None) -> None:
    """Put the header of a mail that is too large into the spool, as one that failed."""
    if known is None or known.incoming_id is None:
        incoming_id = spool.put_in(session, header.sha256, header.length, account_id=account_id)
    else:
        incoming_id = known.incoming_id
    _remember(session, account_id, uid, header.sha256, incoming_id, is_whole=False)
    mail = session.get_one(IncomingMail, incoming_id)
    mail.sha256, mail.length, mail.is_whole = header.sha256, header.length, False
    mail.sender, mail.subject = header.sender, header.subject
    session.flush()
    spool.finish(session, incoming_id, IncomingState.FAILED, Outcome.ERROR, header.reason)


def rename(session: Session, account_id: int, old_uid: str, uid: str) -> None:
    """Note that the server calls a mail otherwise now."""
    mine = (fetched.account_id == account_id, fetched.uid == old_uid)
    session.execute(update(FetchedMail).where(*mine).values(uid=uid))


def _remember(
    session: Session, account_id: int, uid: str, sha256: str, incoming_id: int, *, is_whole: bool = True
) -> None:
    session.execute(delete(FetchedMail).where(fetched.account_id == account_id, fetched.uid == uid))
    row = {
        "account_id": account_id,
        "uid": uid,
        "sha256": sha256,
        "is_whole": is_whole,
        "incoming_id": incoming_id,
    }
    session.execute(insert(FetchedMail).values(row))


def forget(session: Session, account_id: int, uids: Collection[str]) -> None:
    """Forget mails that the server does not have any more; those whose rest somebody wants cannot be had."""
    listed = sorted(uids)
    for start in range(0, len(listed), 500):
        mine = (fetched.account_id == account_id, fetched.uid.in_(listed[start : start + 500]))
        gone = select(fetched.incoming_id).where(*mine)
        lost = update(IncomingMail).where(
            mails.id.in_(gone), mails.state == IncomingState.WAITING, mails.is_whole.is_(False)
        )
        reason = "too large: only its header was fetched, and the server has it no more."
        ended = {"state": IncomingState.FAILED, "outcome": Outcome.ERROR, "reason": reason, "imported_at": clock.now()}
        session.execute(lost.values(ended).execution_options(synchronize_session=False))
        session.execute(delete(FetchedMail).where(*mine).execution_options(synchronize_session=False))


def note_visit(session: Session, actor: Actor, account_id: int, troubles: dict[Trouble, str]) -> None:
    """Note that an account was visited, and what went wrong: each kind of trouble is told once."""
    values = {"last_used_at": clock.now(), "last_error": "; ".join(troubles.values())[:_LONGEST_ERROR]}
    session.execute(update(MailAccount).where(accounts.id == account_id).values(values))
    for trouble, error in troubles.items():
        told: HelpdeskEvent = _EVENTS[trouble](account_id, error[:_LONGEST_ERROR])
        publish(session, actor, told)
