"""Delivery as the database sees it: which mails are due, whose turn one is, what is in it, what became of it (ours).

A mail is taken before the first byte of it goes out, and ends after the server's answer; both are commits. So one that
was killed is found as `sending` by the next run, which alone runs then, and is sent again with the same bytes and
Message-ID.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, false, literal_column, null, or_, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.events.mail import SmtpConnectionFailed, SmtpDeliveryFailed, SmtpLoginFailed
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.spool.accounts import AccountKind, MailAccount
from smartertrack_emu.domain.spool.models import MailKind, MailState, OutgoingMail
from smartertrack_emu.domain.spool.results import Next, Result, ResultState, after, read, written
from smartertrack_emu.domain.structure.engine_settings import EngineSettings
from smartertrack_emu.domain.structure.models import Department
from smartertrack_emu.domain.tickets.models import TicketMessage
from smartertrack_emu.store.batches import batches
from smartertrack_emu.store.prepared import Prepared

mails, accounts, departments = OutgoingMail.__table__.c, MailAccount.__table__.c, Department.__table__.c
messages = TicketMessage.__table__.c

_LONGEST_ERROR: Final = 1000

_IS_WAITING = mails.state == literal_column("'waiting'")
"""In so many words, so that prepared statements need no parameter for it."""

_DUE = (
    select(mails.id, mails.department_id, departments.brand_id)
    .select_from(OutgoingMail.__table__.outerjoin(Department.__table__, departments.id == mails.department_id))
    .where(
        _IS_WAITING,
        mails.next_attempt_at <= bindparam("now"),
        or_(mails.created_at <= bindparam("old_enough"), mails.is_hurried, mails.attempts > 0),
    )
    .order_by(mails.next_attempt_at, mails.id)
)


class Account(NamedTuple):
    """An account that mail is sent through, as it is used."""

    id: int
    host: str
    port: int
    security: str
    username: str
    password: str
    department_id: int | None
    brand_id: int | None
    address: str
    display_name: str
    verify_certificate: bool
    timeout_seconds: int


class Due(NamedTuple):
    """A mail whose time has come, and whose it is."""

    id: int
    department_id: int | None
    brand_id: int | None


class Ended(NamedTuple):
    """A mail whose attempt has ended. `attempts`, `created_at`: the mail's. `error`: empty where all went well."""

    mail_id: int
    attempts: int
    created_at: datetime
    ticket_number: str
    message_id: int | None
    internet_id: str
    results: tuple[Result, ...]
    error: str
    account_id: int


def sending_accounts(session: Session) -> list[Account]:
    """Return the enabled accounts that send, by id."""
    columns = [accounts[name] for name in Account._fields]
    rows = session.execute(
        select(*columns).where(accounts.kind == AccountKind.SMTP, accounts.enabled).order_by(accounts.id)
    )
    return [Account(*row) for row in rows]


def account_of(all_accounts: Sequence[Account], department_id: int | None, brand_id: int | None) -> Account | None:
    """Return the account that a mail goes through: of its department, else of its brand, else the one of neither."""
    of_department = (one for one in all_accounts if department_id is not None and one.department_id == department_id)
    general = [one for one in all_accounts if one.department_id is None]
    of_brand = (one for one in general if brand_id is not None and one.brand_id == brand_id)
    of_all = (one for one in general if one.brand_id is None)
    return next(of_department, None) or next(of_brand, None) or next(of_all, None)


def any_sending(session: Session) -> bool:
    """Say whether some run is sending a mail, or was when it was killed."""
    return session.scalar(select(mails.id).where(mails.state == MailState.SENDING).limit(1)) is not None


def release_dead(session: Session, holder: str) -> int:
    """Let mails wait again that a run was sending which is there no more; only one runs, so that is all but ours."""
    released: int = session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.state == MailState.SENDING, OutgoingMail.holder != holder)
        .values(state=MailState.WAITING, holder=None)
    ).rowcount  # type: ignore[attr-defined]  # an UPDATE's result has it
    return released


def due(session: Session, *, delay: timedelta, most: int, but: Collection[int] = ()) -> list[Due]:
    """Return mails whose time has come, in the order in which they are sent."""
    now = clock.now()
    query = _DUE.where(mails.id.not_in(but)) if but else _DUE
    return [Due(*row) for row in session.execute(query.limit(most), {"now": now, "old_enough": now - delay})]


def are_errors(session: Session, ids: Iterable[int]) -> bool:
    """Say whether all of some mails are error mails."""
    others = select(mails.id).where(mails.kind != MailKind.ERROR).limit(1)
    return all(session.scalar(others.where(mails.id.in_(some))) is None for some in batches(list(ids)))


def hold(session: Session, ids: Iterable[int]) -> int:
    """Hold mails that no account sends."""
    held = 0
    for some in batches(list(ids)):
        held += session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.id.in_(some), OutgoingMail.state == MailState.WAITING)
            .values(state=MailState.HELD, last_error="There is no account to send it through.")
        ).rowcount  # type: ignore[attr-defined]  # the same
        of_mails = select(mails.message_id).where(mails.id.in_(some))
        session.execute(
            update(TicketMessage).where(TicketMessage.id.in_(of_mails)).values(delivery_status=MailState.HELD.value)
        )
    return held


class Made(NamedTuple):
    """A mail that was made into bytes at its first attempt."""

    sha256: str
    sender: str
    envelope_sender: str
    recipients: tuple[str, ...]


def take(session: Session, mail_id: int, holder: str, made: Made | None, *, is_first: bool) -> bool:
    """Take a mail that waits, and count the attempt; False where it waits no more.

    `made`: where its bytes are new. `is_first`: it has no results yet.
    """
    values: dict[str, Any] = {"mail_id": mail_id, "holder_": holder}
    if made is None:
        return _TAKE.one_or_none(session, values) is not None
    values |= {"sha256_": made.sha256, "sender_": made.sender, "envelope_": made.envelope_sender}
    if not is_first:
        return _TAKE_MADE.one_or_none(session, values) is not None
    values["results_"] = written(Result(address) for address in made.recipients)
    return _TAKE_FIRST.one_or_none(session, values) is not None


def _taking(**values: Any) -> Prepared:
    return Prepared(
        update(OutgoingMail.__table__)
        .where(mails.id == bindparam("mail_id", type_=mails.id.type), _IS_WAITING)
        .values(
            state=literal_column("'sending'"),
            holder=bindparam("holder_", type_=mails.holder.type),
            attempts=mails.attempts + literal_column("1"),
            is_hurried=false(),
            **values,
        )
        .returning(mails.id)
    )


_MADE: Final = {
    "sha256": bindparam("sha256_", type_=mails.sha256.type),
    "sender": bindparam("sender_", type_=mails.sender.type),
    "envelope_sender": bindparam("envelope_", type_=mails.envelope_sender.type),
}
_TAKE, _TAKE_MADE = _taking(), _taking(**_MADE)
_TAKE_FIRST = _taking(**_MADE, results=bindparam("results_", type_=mails.results.type))

_END = Prepared(
    update(OutgoingMail.__table__)
    .where(
        mails.id == bindparam("mail_id", type_=mails.id.type),
        mails.state == literal_column("'sending'"),
        mails.holder == bindparam("holder_", type_=mails.holder.type),
    )
    .values(
        {
            name: bindparam(f"{name}_", type_=mails[name].type) if name != "holder" else null()
            for name in ("state", "holder", "results", "last_error", "ended_at", "sent_at", "next_attempt_at")
        }
    )
    .returning(mails.id)
)
_TELL_MESSAGE = Prepared(
    update(TicketMessage.__table__)
    .where(messages.id == bindparam("message_id", type_=messages.id.type))
    .values(
        delivery_status=bindparam("status_", type_=messages.delivery_status.type),
        delivery_error=bindparam("error_", type_=messages.delivery_error.type),
        internet_id=bindparam("internet_id_", type_=messages.internet_id.type),
    )
)


def end(session: Session, ended: Ended, holder: str, numbers: EngineSettings) -> Next | None:
    """Write down what became of an attempt, and tell of it where it failed; None where another run has the mail."""
    now = clock.now()
    then = after(
        ended.results,
        attempts=ended.attempts,
        created_at=ended.created_at,
        now=now,
        retry_seconds=numbers.retry_seconds,
        give_up=timedelta(hours=numbers.give_up_hours),
    )
    has_ended = then.next_attempt_at is None
    error = ended.error[:_LONGEST_ERROR]
    values = {
        "mail_id": ended.mail_id,
        "holder_": holder,
        "state_": then.state,
        "results_": written(then.results),
        "last_error_": error,
        "ended_at_": now if has_ended else None,
        "sent_at_": now if then.state is MailState.SENT else None,
        "next_attempt_at_": then.next_attempt_at or now,
    }
    if _END.one_or_none(session, values) is None:
        return None
    if ended.message_id is not None:
        told = {"status_": then.state.value, "error_": error, "internet_id_": ended.internet_id}
        _TELL_MESSAGE.run(session, {"message_id": ended.message_id, **told})
    if error:
        to = next((one.address for one in then.results if one.state is not ResultState.ACCEPTED), "")
        publish(
            session, SYSTEM, SmtpDeliveryFailed(ended.account_id, error, has_ended, to, ended.ticket_number), at=now
        )
    return then


def note_success(session: Session, account_id: int) -> None:
    """Note that an account worked."""
    session.execute(
        update(MailAccount).where(MailAccount.id == account_id).values(last_error="", last_used_at=clock.now())
    )


def note_failure(
    session: Session, account_id: int, error: str, ids: Sequence[int], numbers: EngineSettings, *, is_login: bool
) -> int:
    """Note that an account's server could not be reached, or refused the login, and tell of it once.

    Each of the mails that were due counts an attempt, and ends where it is not tried again; returns how many ended.
    """
    now = clock.now()
    error = error[:_LONGEST_ERROR]
    session.execute(update(MailAccount).where(MailAccount.id == account_id).values(last_error=error, last_used_at=now))
    what = SmtpLoginFailed if is_login else SmtpConnectionFailed
    publish(session, SYSTEM, what(account_id, error), at=now)
    ended = 0
    for some in batches(list(ids)):
        columns = (mails.id, mails.attempts, mails.created_at, mails.results, mails.message_id, mails.ticket_number)
        rows = session.execute(
            select(*columns, mails.to_address).where(mails.id.in_(some), mails.state == MailState.WAITING)
        )
        for row in rows.all():
            then = after(
                read(row.results) or (Result(row.to_address),),
                attempts=row.attempts + 1,
                created_at=row.created_at,
                now=now,
                retry_seconds=numbers.retry_seconds,
                give_up=timedelta(hours=numbers.give_up_hours),
            )
            has_ended = then.next_attempt_at is None
            ended += has_ended
            session.execute(
                update(OutgoingMail)
                .where(OutgoingMail.id == row.id, OutgoingMail.state == MailState.WAITING)
                .values(
                    state=then.state,
                    attempts=OutgoingMail.attempts + 1,
                    is_hurried=False,
                    last_error=error,
                    next_attempt_at=then.next_attempt_at or OutgoingMail.next_attempt_at,
                    ended_at=now if has_ended else None,
                )
            )
            if row.message_id is not None:
                session.execute(
                    update(TicketMessage)
                    .where(TicketMessage.id == row.message_id)
                    .values(delivery_status=then.state.value, delivery_error=error)
                )
            if has_ended:
                told = SmtpDeliveryFailed(account_id, error, True, row.to_address, row.ticket_number)  # noqa: FBT003 - a named tuple's
                publish(session, SYSTEM, told, at=now)
    return ended
