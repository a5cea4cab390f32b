"""Mails that came in: what became of them, their bytes, importing them again; and putting one in as a mailbox would."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Literal

from flask import Response
from pydantic import Field
from sqlalchemy.orm import Session

from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.inbox import spool
from smartertrack_emu.domain.inbox.accounts import fetched_from
from smartertrack_emu.domain.inbox.models import IncomingState, Outcome
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure.engine_settings import engine_settings

from .declaring import Call, Media, Routes
from .models import MOST_ID, Listing, Model, Moment, Paging, Query
from .problems import Problem
from .references import Made

routes = Routes("Mail: incoming")

State = Literal["waiting", "imported", "ignored", "failed"]
Became = Literal["ticket", "reply", "note", "bounce", "duplicate", "loop", "auto-reply", "rejected", "error"]
_EXAMPLE = "From: cora@example.com\r\nTo: help@example.com\r\nSubject: It is broken\r\n\r\nHello.\r\n"
_NOT_WAITING = {409: "The mail has been imported, or its content is not kept any more."}


class IncomingMail(Model):
    """A mail that came in. `reason`: why it ended so, in a sentence; `attempts`: how often its import was begun."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 7,
        "state": "imported",
        "outcome": "ticket",
        "reason": "",
        "sender": "cora@example.com",
        "subject": "It is broken",
        "bytes": 2048,
        "account_id": 1,
        "ticket_number": "168-24F24A57-000E",
        "attempts": 1,
        "received_at": "2031-02-28T23:58:30Z",
        "imported_at": "2031-02-28T23:58:40Z",
    }

    id: int
    state: State
    outcome: Became | None
    reason: str
    sender: str
    subject: str
    bytes: int
    account_id: int | None
    ticket_number: str | None
    attempts: int
    received_at: Moment
    imported_at: Moment | None


class IncomingQuery(Paging):
    """Which of the mails."""

    state: State | None = None
    outcome: Became | None = None
    sender: str = Field(default="", description="An address, in any letter case.")


class PutIn(Query):
    """Whose mailbox held a mail."""

    account: int | None = Field(
        default=None, ge=1, le=MOST_ID, description="An account that mail is fetched from; left out: none."
    )


def _find(call: Call, mail_id: int) -> None:
    call.read(lambda session, actor: spool.get(session, mail_id))  # noqa: ARG005 - all work gets one


@routes.get("/mail/incoming")
def list_incoming_mails(call: Call, query: IncomingQuery) -> Listing[IncomingMail]:
    """List the mails that came in, newest first."""
    rows, total = call.read(
        lambda session, actor: spool.listed(  # noqa: ARG005 - the same
            session,
            state=None if query.state is None else IncomingState(query.state),
            outcome=None if query.outcome is None else Outcome(query.outcome),
            sender=query.sender,
            limit=query.limit,
            offset=query.offset,
        )
    )
    return Listing[IncomingMail](items=[_shown(row) for row in rows], total=total)


@routes.get("/mail/incoming/{mail_id}", finds=_find)
def get_incoming_mail(call: Call, mail_id: int) -> IncomingMail:
    """Return a mail that came in."""
    return _shown(call.read(lambda session, actor: spool.get(session, mail_id)))  # noqa: ARG005 - the same


@routes.get("/mail/incoming/{mail_id}/raw", finds=_find)
def get_incoming_mail_raw(call: Call, mail_id: int) -> Annotated[Response, Media("message/rfc822", _EXAMPLE)]:
    """Return a mail's bytes as they came, of one that is too large its header."""
    sha256 = call.read(lambda session, actor: spool.raw(session, mail_id))  # noqa: ARG005 - the same
    try:
        raw = spool.read_bytes(call.desk.attachments, sha256)
    except FileNotFoundError:
        message = f"The content of incoming mail {mail_id} is not kept any more."
        raise NotFound(message) from None
    return Response(raw, content_type="message/rfc822")


@routes.post("/mail/incoming", status=202, errors={413: "The mail is longer than `max_message_bytes`."})
def put_in_mail(call: Call, query: PutIn, body: Annotated[bytes, Media("message/rfc822", _EXAMPLE)]) -> Made:
    """Put a mail in as if a mailbox had held it; the job email-import makes a ticket or a reply of it."""
    if not body:
        raise BadValue("The body is empty.")
    account = query.account
    most = call.read(lambda session, actor: _checked(session, account))  # noqa: ARG005 - the same
    if len(body) > most:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The mail is longer than {most} bytes.")
    sha256 = files.keep(call.desk.attachments, body)

    def work(session: Session, actor: Principal) -> Made:
        del actor
        _checked(session, account)
        return Made(id=spool.put_in(session, sha256, len(body), account_id=account))

    return call.write(work)


def _checked(session: Session, account_id: int | None) -> int:
    """Return how long a mail may be; BadValue for an account that is none that mail is fetched from."""
    if account_id is not None:
        fetched_from(session, account_id)
    return engine_settings(session).max_message_bytes


@routes.post("/mail/incoming/{mail_id}/retry", errors=_NOT_WAITING, finds=_find)
def retry_incoming_mail(call: Call, mail_id: int) -> IncomingMail:
    """Let a mail be imported again by the next run of email-import, or fetched again where only its header was."""

    def work(session: Session, actor: Principal) -> IncomingMail:
        del actor
        spool.retry(session, mail_id)
        return _shown(spool.get(session, mail_id))

    return call.write(work)


@routes.delete("/mail/incoming/{mail_id}", finds=_find)
def delete_incoming_mail(call: Call, mail_id: int) -> None:
    """Remove a mail that came in; its ticket stays."""
    call.write(lambda session, actor: spool.delete(session, mail_id))  # noqa: ARG005 - the same


def _shown(row: Any) -> IncomingMail:
    return IncomingMail(
        id=row.id,
        state=row.state.value,
        outcome=None if row.outcome is None else row.outcome.value,
        reason=row.reason,
        sender=row.sender,
        subject=row.subject,
        bytes=row.length,
        account_id=row.account_id,
        ticket_number=row.ticket_number,
        attempts=row.attempts,
        received_at=row.received_at,
        imported_at=row.imported_at,
    )
