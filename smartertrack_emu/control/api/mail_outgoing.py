"""Mails that go out: what waits, what was sent, what failed and why; trying again, removing."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from flask import Response
from pydantic import Field
from sqlalchemy.orm import Session

from smartertrack_emu.domain.across import asked_mails, delivery, letters
from smartertrack_emu.domain.across.delivery import Account
from smartertrack_emu.domain.html import to_text
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.spool import listing
from smartertrack_emu.domain.spool.listing import Filter
from smartertrack_emu.domain.spool.message_ids import message_id_of
from smartertrack_emu.domain.spool.models import MailKind, MailState, OutgoingMail
from smartertrack_emu.domain.spool.recipients import each_once
from smartertrack_emu.domain.spool.results import Result, read
from smartertrack_emu.domain.structure.engine_settings import engine_settings

from .declaring import Answer, Call, Media, Routes
from .models import Deleted, Listing, Model, Moment, Paging, Query
from .references import Made

routes = Routes("Mail: outgoing")

_LONGEST = 500
_EXAMPLE: Mapping[str, Any] = {
    "id": 17,
    "state": "sent",
    "kind": "message",
    "message_id": "<168-24F24A57-000E.17.5f2b9c1d7a3e4f60@acme.example>",
    "envelope_sender": "support@acme.example",
    "sender": "Alice Agent <support@acme.example>",
    "recipients": ["casey@example.com"],
    "subject": "[168-24F24A57-000E] Cannot log in",
    "about": "ticket:14",
    "attempts": 1,
    "last_error": "",
    "next_attempt_at": None,
    "created_at": "2031-02-28T23:58:30Z",
    "sent_at": "2031-02-28T23:58:45Z",
}

State = Literal["waiting", "sending", "sent", "failed", "held"]
Kind = Literal["message", "auto_responder", "template", "notification", "error", "report"]


class StateQuery(Query):
    """Which mails are meant; all where no state is given."""

    state: State | None = None


class MailQuery(StateQuery, Paging):
    """Which mails are meant, in which order, and which part of the list."""

    kind: Kind | None = None
    recipient: str | None = Field(default=None, max_length=_LONGEST, description="An address, in any letter case.")
    subject: str | None = Field(default=None, max_length=_LONGEST, description="In the subject, in any letter case.")
    about: str | None = Field(
        default=None, pattern=r"^[a-z]{1,20}:[0-9]{1,9}$", description="What it is about, as `ticket:17` or `user:4`."
    )
    sort: Literal["newest", "oldest"] = "newest"


class Mail(Model):
    """A mail. `about`: the ticket or user; `next_attempt_at`: while it waits."""

    example: ClassVar[Mapping[str, Any]] = _EXAMPLE

    id: int
    state: State
    kind: Kind
    message_id: str
    envelope_sender: str
    sender: str
    recipients: list[str]
    subject: str
    about: str | None
    attempts: int
    last_error: str
    next_attempt_at: Moment | None
    created_at: Moment
    sent_at: Moment | None


class MailResult(Model):
    """What became of a mail for one recipient, and what the server said."""

    address: str
    state: Literal["waiting", "accepted", "refused", "bounced"]
    reply: str


class MailFile(Model):
    """A file that a mail carries."""

    name: str
    bytes: int
    content_type: str


class MailDetail(Mail):
    """A mail with what is in it; `html` is null where it is plain text."""

    example: ClassVar[Mapping[str, Any]] = {
        **_EXAMPLE,
        "results": [{"address": "casey@example.com", "state": "accepted", "reply": "250 OK"}],
        "text": "Please try again now.",
        "html": "<p>Please try again now.</p>",
        "attachments": [{"name": "log.txt", "bytes": 40, "content_type": "text/plain"}],
    }

    results: list[MailResult]
    text: str
    html: str | None
    attachments: list[MailFile]


class Retried(Model):
    """How many mails are due again."""

    example: ClassVar[Mapping[str, Any]] = {"retried": 3}

    retried: int


class UserMail(Model):
    """Which mail a user is to get."""

    example: ClassVar[Mapping[str, Any]] = {"template": "forgot-login"}

    template: Literal["forgot-login", "ticket-list"]


_RAW = "From: Alice Agent <support@acme.example>\r\nTo: casey@example.com\r\nSubject: Cannot log in\r\n\r\nTry now.\r\n"


def _find(call: Call, mail_id: int) -> None:
    call.read(lambda session, actor: listing.get(session, mail_id))  # noqa: ARG005 - all work gets one


def _find_user(call: Call, user_id: int) -> None:
    call.read(lambda session, actor: asked_mails.require(session, user_id))  # noqa: ARG005 - the same


@routes.get("/mail/outgoing")
def list_outgoing_mails(call: Call, query: MailQuery) -> Listing[Mail]:
    """List the mails that go out, newest first unless wanted otherwise."""
    which = Filter(
        state=None if query.state is None else MailState(query.state),
        kind=None if query.kind is None else MailKind(query.kind),
        recipient=query.recipient,
        subject=query.subject,
        about=query.about,
    )

    def work(session: Session, _: Principal) -> Listing[Mail]:
        found = listing.page(
            session, which, newest_first=query.sort == "newest", limit=query.limit, offset=query.offset
        )
        showing = _Showing(session)
        return Listing[Mail](items=[Mail(**showing.members(mail)) for mail in found.mails], total=found.total)

    return call.read(work)


@routes.delete("/mail/outgoing")
def delete_outgoing_mails(call: Call, query: StateQuery) -> Deleted:
    """Remove all mails of a state, or all; those that are being sent stay."""
    state = None if query.state is None else MailState(query.state)
    return Deleted(deleted=call.write(lambda session, actor: listing.remove_all(session, state)))  # noqa: ARG005 - the same


@routes.post("/mail/outgoing/retry")
def retry_outgoing_mails(call: Call, query: StateQuery) -> Retried:
    """Have all mails of a state, or all that wait, failed or are held, sent at once."""
    state = None if query.state is None else MailState(query.state)
    return Retried(retried=call.write(lambda session, actor: listing.retry_all(session, state)))  # noqa: ARG005 - the same


@routes.get("/mail/outgoing/{mail_id}", finds=_find)
def get_outgoing_mail(call: Call, mail_id: int) -> MailDetail:
    """Return a mail with what is in it."""

    def work(session: Session, _: Principal) -> MailDetail:
        mail = listing.get(session, mail_id)
        return MailDetail(
            **_Showing(session).members(mail),
            results=[_result(one) for one in read(mail.results) or _untried(mail)],
            text=to_text(mail.body) if mail.is_html else mail.body,
            html=mail.body if mail.is_html else None,
            attachments=[_file(one) for one in letters.enclosed(session, mail)],
        )

    return call.read(work)


@routes.get("/mail/outgoing/{mail_id}/raw", finds=_find)
def get_raw_outgoing_mail(call: Call, mail_id: int) -> Annotated[Response, Media("message/rfc822", _RAW)]:
    """Return a mail's bytes: as they were sent, or as they would be now where it was not tried yet."""
    return Response(call.emulator.mail.raw(call.desk, mail_id), mimetype="message/rfc822")


@routes.post("/mail/outgoing/{mail_id}/retry", errors={409: "The mail is sent, or being sent."}, finds=_find)
def retry_outgoing_mail(call: Call, mail_id: int) -> MailDetail:
    """Have a mail sent at once, one that failed or is held too."""
    call.write(lambda session, actor: listing.retry(session, mail_id))  # noqa: ARG005 - the same
    return get_outgoing_mail(call, mail_id)


@routes.delete("/mail/outgoing/{mail_id}", errors={409: "The mail is being sent."}, finds=_find)
def delete_outgoing_mail(call: Call, mail_id: int) -> None:
    """Remove a mail."""
    call.write(lambda session, actor: listing.remove(session, mail_id))  # noqa: ARG005 - the same


@routes.post("/users/{user_id}/mails", status=202, errors={409: "The user has no e-mail address."}, finds=_find_user)
def send_user_mail(call: Call, user_id: int, body: UserMail) -> Answer[Made]:
    """Send a user what they would ask for in the portal: their user name, or the list of their tickets."""
    return Answer(Made(id=call.write(lambda session, actor: asked_mails.send(session, user_id, body.template))))  # noqa: ARG005 - the same


class _Showing:
    """Shows mails; what they have in common is read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._accounts: list[Account] | None = None
        self._house: letters.House | None = None
        self._delay: int | None = None

    def members(self, mail: OutgoingMail) -> dict[str, Any]:
        envelope, sender = mail.envelope_sender, mail.sender
        if not sender:
            if self._house is None:
                self._house = letters.house(self._session)
            address, name = letters.from_of(mail, self._account(mail), self._house)
            sender = letters.shown(address, name)
            envelope = address if mail.kind is MailKind.MESSAGE else ""
        return {
            "id": mail.id,
            "state": mail.state.value,
            "kind": mail.kind.value,
            "message_id": message_id_of(mail),
            "envelope_sender": envelope,
            "sender": sender,
            "recipients": each_once(mail.to_address, mail.cc_address, mail.bcc_address),
            "subject": mail.subject,
            "about": _about(mail),
            "attempts": mail.attempts,
            "last_error": mail.last_error,
            "next_attempt_at": self._next(mail),
            "created_at": mail.created_at,
            "sent_at": mail.sent_at,
        }

    def _account(self, mail: OutgoingMail) -> Account | None:
        if self._accounts is None:
            self._accounts = delivery.sending_accounts(self._session)
        return letters.account_for(self._session, mail, self._accounts)

    def _next(self, mail: OutgoingMail) -> datetime | None:
        if mail.state is not MailState.WAITING:
            return None
        if mail.attempts or mail.is_hurried:
            return mail.next_attempt_at
        if self._delay is None:
            self._delay = engine_settings(self._session).mail_delay_seconds
        return mail.next_attempt_at + timedelta(seconds=self._delay)


def _about(mail: OutgoingMail) -> str | None:
    if mail.ticket_id is not None:
        return f"ticket:{mail.ticket_id}"
    return None if mail.user_id is None else f"user:{mail.user_id}"


def _untried(mail: OutgoingMail) -> list[Result]:
    return [Result(address) for address in each_once(mail.to_address, mail.cc_address, mail.bcc_address)]


def _result(one: Result) -> MailResult:
    return MailResult(address=one.address, state=one.state.value, reply=one.reply)


def _file(one: letters.Enclosed) -> MailFile:
    type_ = one.content_type or mimetypes.guess_type(one.name)[0] or "application/octet-stream"
    return MailFile(name=one.name, bytes=one.length, content_type=type_)
