"""A mail for each line of the errors log, to the address of the option `error_email`, so many a minute (documented).

The number is ours: after `MOST` within a minute one more mail counts the rest, and waits until the minute is over.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.known import known
from smartertrack_emu.domain.structure.installation import server_name

from .automatic import About, from_template
from .models import MailKind, MailState, OutgoingMail

MOST: Final = 10
"""How many error mails are made in a minute, beside the one that counts the rest."""

_LONGEST: Final = 4_000
_REST: Final = "rest"
_MINUTE: Final = timedelta(minutes=1)


def tell(session: Session, line: str) -> int | None:
    """Spool a mail about an error, and return its id; None where nobody wants any, or it is only counted.

    Errors about sending such mails are for the log alone: whoever logs one does not call this.
    """
    to = known(session).options.get("error_email", "")
    if not to:
        return None
    since = clock.now() - _MINUTE
    of_late = (OutgoingMail.kind == MailKind.ERROR, OutgoingMail.created_at > since)
    single = session.scalar(select(func.count()).where(*of_late, OutgoingMail.template != _REST)) or 0
    if single < MOST:
        values = {"ServerName": server_name(session), "Error": line[:_LONGEST]}
        return from_template(session, "error-notification", to, values, About(), kind=MailKind.ERROR)
    rest = session.scalars(
        select(OutgoingMail)
        .where(*of_late, OutgoingMail.template == _REST, OutgoingMail.state == MailState.WAITING)
        .with_for_update()
    ).first()
    if rest is None:
        return _begin_counting(session, to)
    number = int(rest.subject.partition(" ")[0]) + 1
    session.execute(
        update(OutgoingMail).where(OutgoingMail.id == rest.id).values(subject=_counted(number, server_name(session)))
    )
    session.expire(rest)
    return None


def _begin_counting(session: Session, to: str) -> int:
    name = server_name(session)
    values = {"ServerName": name, "Error": "More errors than fit into mails were logged: see the errors log."}
    mail_id = from_template(session, "error-notification", to, values, About(), kind=MailKind.ERROR)
    session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id == mail_id)
        .values(subject=_counted(1, name), template=_REST, next_attempt_at=clock.now() + _MINUTE)
    )
    return mail_id


def _counted(number: int, name: str) -> str:
    return f"{number} more errors were logged at {name}"
