"""A desk with a department, a ticket's people, and an SMTP server beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.spool.accounts import AccountKind, MailAccount, Security
from smartertrack_emu.domain.spool.mails import Mail, spool
from smartertrack_emu.domain.spool.models import MailKind, OutgoingMail
from smartertrack_emu.domain.structure.engine_settings import change
from smartertrack_emu.domain.tickets.creation import CreatedTicket, NewTicket, create
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.mail.sending import run as deliver
from tests.jobs.conftest import desk

from .sink import Running, Sink

__all__ = ["desk"]


@pytest.fixture
def make_sink() -> Iterator[Callable[..., Sink]]:
    """Makes SMTP servers."""
    running: list[Running] = []

    def make(**options: Any) -> Sink:
        running.append(Running(Sink(), **options))
        return running[-1].sink

    yield make
    for one in running:
        one.stop()


@pytest.fixture
def sink(make_sink: Callable[..., Sink]) -> Sink:
    """An SMTP server."""
    return make_sink()


class Post:
    """What tests do with the spool of a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def settings(self, **numbers: Any) -> None:
        """Choose numbers of the engine."""
        self.desk.write(lambda session: change(session, numbers))

    def account(self, sink: Sink, **columns: Any) -> int:
        """Make an account at a server."""
        values: dict[str, Any] = {
            "kind": AccountKind.SMTP,
            "host": "127.0.0.1",
            "port": sink.port,
            "security": Security.NONE,
            "address": "desk@acme.example",
            "timeout_seconds": 5,
        }
        account = MailAccount(**values | columns)

        def add(session: Any) -> int:
            session.add(account)
            session.flush()
            return account.id

        return self.desk.write(add)

    def mail(self, to: str = "casey@example.com", subject: str = "Fire", **given: Any) -> int:
        """Spool a mail."""
        mail = Mail(to, subject, given.pop("body", "It burns."), **{k: given.pop(k) for k in _MAIL & given.keys()})
        kind = given.pop("kind", MailKind.MESSAGE)
        return self.desk.write(lambda session: spool(session, mail, kind=kind, **given))

    def ticket(self, **values: Any) -> CreatedTicket:
        """Open a ticket, whose message goes to the customer by mail."""
        new: dict[str, Any] = {
            "direction": Direction.TO_CUSTOMER,
            "customer": "casey@example.com",
            "subject": "Fire",
            "body": "It burns.",
            "is_html": False,
            "department_id": 1,
            "notify": True,
        }
        return self.desk.write(lambda session: create(session, SYSTEM, NewTicket(**new | values)))

    def deliver(self, *, requested: bool = True) -> Run:
        """Run smtp-delivery."""
        run = Run(self.desk, "smtp-delivery", is_requested=requested)
        deliver(run)
        return run

    def get(self, mail_id: int) -> OutgoingMail:
        """Return a mail's row."""
        return self.desk.read(lambda session: session.get_one(OutgoingMail, mail_id))

    def all(self) -> list[OutgoingMail]:
        """Return all mails' rows."""
        return self.desk.read(lambda session: list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id))))

    def states(self) -> list[str]:
        """Return where all mails stand."""
        return [mail.state.value for mail in self.all()]


_MAIL = {"is_html", "from_address", "from_name", "cc_address", "bcc_address"}


@pytest.fixture
def post(desk: Desk) -> Post:
    """The spool of a desk on which mails are sent at once."""
    made = Post(desk)
    made.settings(mail_delay_seconds=0)
    return made
