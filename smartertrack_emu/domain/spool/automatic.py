"""Mails that the helpdesk writes by itself, by templates, with the limits that keep two machines from talking for ever.

    from_template(session, "verify-email", to, values)     somebody asked for it, or it is for agents
    automatic(session, "auto-responder", to, values)       it goes by itself to whoever wrote: limits hold

An address gets no more than `responder_per_hour` answers an hour and none within a minute of the last; none go to those
on the blacklist and to addresses of our own. What is kept back stands in the ticket's history (ours).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import bindparam, exists, func, insert, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.events.publishing import Actor, publish
from smartertrack_emu.domain.events.tickets import TicketMailSuppressed
from smartertrack_emu.domain.known import known
from smartertrack_emu.domain.structure.engine_settings import EngineSettings
from smartertrack_emu.domain.structure.models import Department
from smartertrack_emu.domain.text import key
from smartertrack_emu.store.prepared import Prepared

from .accounts import MailAccount
from .mails import Mail, mail_row, once, spool
from .models import MailKind, OutgoingMail
from .recipients import key_line
from .templates import Text, Values, filled, written_text

mails, departments, accounts = OutgoingMail.__table__.c, Department.__table__.c, MailAccount.__table__.c

GAP: Final = timedelta(seconds=60)
_HOUR: Final = timedelta(hours=1)
_DEFAULTS: Final = EngineSettings()


class Suppressed(StrEnum):
    """Why an answer is kept back."""

    BLACKLIST = "on the blacklist"
    LIMITS = "an address of our own, or one that has got as many answers as it may"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a mail of a template belongs to: a ticket or a user, the department it comes from, the mail it answers."""

    ticket_id: int | None = None
    ticket_number: str = ""
    user_id: int | None = None
    department_id: int | None = None
    from_address: str = ""
    from_name: str = ""
    in_reply_to: str = ""


def from_template(
    session: Session,
    name: str,
    to: str,
    values: Values,
    about: About = About(),
    *,
    kind: MailKind = MailKind.TEMPLATE,
    text: Text | None = None,
) -> int:
    """Spool a mail of a template, and return its id. `to`: one or more addresses, with commas between them.

    `text`: what takes the place of the template's own subject and body, with the same variables.
    """
    said = _said(session, name, values, about, text)
    mail = Mail(to, said.subject, said.body, said.is_html, about.from_address, about.from_name)
    return spool(session, mail, kind=kind, template=name, **_columns(about))


def automatic(
    session: Session,
    actor: Actor,
    name: str,
    to: str,
    values: Values,
    about: About = About(),
    *,
    kind: MailKind = MailKind.TEMPLATE,
    text: Text | None = None,
) -> int | None:
    """Spool an answer to one address, and return its id; None where the limits keep it back.

    One statement, whether it goes or not; where it does not, and there is a ticket, one more for its history.
    """
    numbers = known(session).numbers
    if not to.strip():
        return None
    if is_listed(to, numbers.get("responder_blacklist", _DEFAULTS.responder_blacklist)):
        _suppress(session, actor, name, to, about, Suppressed.BLACKLIST)
        return None
    said = _said(session, name, values, about, text)
    mail = Mail(to.strip(), said.subject, said.body, said.is_html, about.from_address, about.from_name)
    row = mail_row(session, mail, kind=kind, template=name, message_id=None, **_columns(about))
    now = clock.now()
    row |= {
        "is_answer": True,
        "address": to.strip().lower(),
        "line": key_line(to),
        "an_hour_ago": now - _HOUR,
        "just_now": now - GAP,
        "most": numbers.get("responder_per_hour", _DEFAULTS.responder_per_hour),
    }
    inserted = _INSERT.one_or_none(session, row)
    if inserted is None:
        _suppress(session, actor, name, to, about, Suppressed.LIMITS)
        return None
    return int(inserted.id)


def is_our_own(session: Session, address: str) -> bool:
    """Say whether an address is a department's or an account's."""
    return bool(session.scalar(select(_is_own(key(address)))))


def own_addresses(session: Session) -> frozenset[str]:
    """Return the keys of all addresses of departments and accounts, in one statement."""
    both = select(departments.email).union(select(accounts.address))
    return frozenset(key(address) for address in session.scalars(both) if address)


def _said(session: Session, name: str, values: Values, about: About, text: Text | None) -> Text:
    said = filled(session, written_text(session, name) if text is None else text, values)
    return said._replace(subject=once(about.ticket_number, said.subject))


def _columns(about: About) -> dict[str, Any]:
    return {
        "ticket_id": about.ticket_id,
        "ticket_number": about.ticket_number,
        "user_id": about.user_id,
        "department_id": about.department_id,
        "in_reply_to": about.in_reply_to,
    }


def _suppress(session: Session, actor: Actor, name: str, to: str, about: About, why: Suppressed) -> None:
    if about.ticket_id is not None:
        publish(session, actor, TicketMailSuppressed(about.ticket_id, name, to, why.value))


def is_listed(address: str, listed: tuple[str, ...]) -> bool:
    """Say whether an address is in a list of addresses and `@domain`s."""
    wanted = key(address.strip())
    domain = "@" + wanted.rpartition("@")[2]
    return any(key(one.strip()) in (wanted, domain) for one in listed)


def _is_own(address: Any) -> Any:
    of_department = exists().where(func.lower(departments.email) == address, departments.email != "")
    of_account = exists().where(func.lower(accounts.address) == address, accounts.address != "")
    return of_department | of_account


def _conditional() -> Prepared:
    """Prepare the insert of an answer that does nothing where the limits forbid it."""
    answers = (mails.is_answer, mails.recipient_keys == bindparam("line", type_=mails.recipient_keys.type))
    since = select(func.count()).where(
        *answers, mails.created_at > bindparam("an_hour_ago", type_=mails.created_at.type)
    )
    last = exists().where(*answers, mails.created_at > bindparam("just_now", type_=mails.created_at.type))
    columns = [column for column in OutgoingMail.__table__.columns if column.name != "id"]
    values = select(*(_bound(column) for column in columns)).where(
        since.scalar_subquery() < bindparam("most", type_=mails.attempts.type),
        ~last,
        ~_is_own(bindparam("address", type_=mails.from_address.type)),
    )
    return Prepared(
        insert(OutgoingMail.__table__).from_select([column.name for column in columns], values).returning(mails.id)
    )


def _bound(column: Any) -> Any:
    default = column.default.arg if column.default is not None and column.default.is_scalar else None
    has_default = column.nullable or default is not None
    return (
        bindparam(column.key, default, type_=column.type) if has_default else bindparam(column.key, type_=column.type)
    )


_INSERT = _conditional()
