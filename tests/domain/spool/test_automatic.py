"""Evidence: documented (the templates, the blacklist) and ours. Mails that go out by themselves, and their limits."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.events.history import history
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.spool import error_mails, templates
from smartertrack_emu.domain.spool.automatic import About, automatic, is_listed, own_addresses
from smartertrack_emu.domain.spool.builtin import BUILT_IN
from smartertrack_emu.domain.spool.message_ids import Known, find, host_of, message_id_of
from smartertrack_emu.domain.spool.models import MailKind, OutgoingMail
from smartertrack_emu.domain.spool.templates import Template, Values, replaced
from smartertrack_emu.domain.structure.engine_settings import change
from smartertrack_emu.domain.structure.models import Department, Group, GroupAlert, GroupMember
from smartertrack_emu.domain.tickets.assignment import move
from smartertrack_emu.domain.tickets.creation import CreatedTicket, NewTicket, create
from smartertrack_emu.domain.tickets.models import Direction, Ticket
from smartertrack_emu.store.statements import here
from tests.jobs.conftest import NOON, desk

__all__ = ["desk"]

CASEY = "casey@example.com"


def receive(desk: Desk, **values: Any) -> CreatedTicket:
    """Open a ticket by a customer who is to get an automatic answer."""
    new: dict[str, Any] = {
        "direction": Direction.FROM_CUSTOMER,
        "customer": CASEY,
        "customer_name": "Casey <b>",
        "subject": "Fire",
        "body": "It burns.",
        "is_html": False,
        "department_id": 1,
        "notify": True,
    }
    return desk.write(lambda session: create(session, SYSTEM, NewTicket(**new | values)))


def mails(desk: Desk) -> list[OutgoingMail]:
    return desk.read(lambda session: list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id))))


def settle(desk: Desk, model: Any, **values: Any) -> None:
    desk.write(lambda session: session.execute(update(model).where(model.id == 1).values(**values)))


def said(desk: Desk, ticket: CreatedTicket) -> list[str]:
    return desk.read(lambda session: [one.details for one in history(session, ItemKind.TICKET, ticket.id)])


def test_the_responder_answers_a_new_ticket(desk: Desk) -> None:
    ticket = receive(desk)
    (mail,) = mails(desk)
    assert (mail.kind, mail.template, mail.is_answer) == (MailKind.AUTO_RESPONDER, "auto-responder", True)
    assert (mail.to_address, mail.subject) == (CASEY, f"[{ticket.number}] Fire")
    assert ticket.number in mail.body


def test_the_departments_own_text_and_its_switch(desk: Desk) -> None:
    settle(
        desk, Department, auto_responder_body="<p>Hi %CustomerName%, %Nope%</p>", auto_responder_subject="Got %Subject%"
    )
    receive(desk, subject="a < b")
    assert (mails(desk)[0].subject, mails(desk)[0].body) == ("Got a < b", "<p>Hi Casey &lt;b&gt;, %Nope%</p>")
    settle(desk, Department, auto_responder_enabled=False)
    receive(desk, customer="other@example.com")
    assert len(mails(desk)) == 1


def test_none_within_a_minute_and_five_an_hour(desk: Desk) -> None:
    tickets = []
    for minute in range(8):
        with clock.frozen(NOON + timedelta(minutes=minute)):
            tickets.append(receive(desk))
            if minute == 0:
                tickets.append(receive(desk, customer=CASEY.upper()))
    assert len(mails(desk)) == 5
    with clock.frozen(NOON + timedelta(minutes=61)):
        receive(desk)
    assert len(mails(desk)) == 6
    counted = [sum("was not sent" in line for line in said(desk, ticket)) for ticket in tickets]
    assert counted == [0, 1, 0, 0, 0, 0, 1, 1, 1]


def test_neither_the_blacklist_nor_ourselves(desk: Desk) -> None:
    desk.write(lambda session: change(session, {"responder_blacklist": ["@Bots.example", "one@example.com"]}))
    settle(desk, Department, email="Desk@acme.example")
    for customer in ("a@bots.example", "ONE@example.com", "desk@ACME.example"):
        receive(desk, customer=customer)
    assert mails(desk) == []
    assert desk.read(own_addresses) == {"desk@acme.example"}
    assert is_listed("a@b.example", ("@b.example",))
    assert not is_listed("a@b.example", ("@example", "b.example"))


def test_an_answer_takes_one_statement_whether_it_goes_or_not(desk: Desk) -> None:
    def count(session: Any) -> tuple[int, int | None]:
        before = here.count
        made = automatic(session, SYSTEM, "rejected-policy", CASEY, {}, About())
        return here.count - before, made

    desk.read(templates.changed)
    first, made = desk.write(count)
    second, kept_back = desk.write(count)
    assert (first, second, made, kept_back) == (1, 1, 1, None)


@pytest.mark.parametrize("alert", [GroupAlert.ADDRESS, GroupAlert.AGENTS])
def test_a_group_is_told_of_its_tickets(desk: Desk, alert: GroupAlert) -> None:
    settle(desk, Group, alert=alert, alert_address="alerts@acme.example")

    def add(session: Any) -> None:
        user = User(username="ann", display_name="Ann", email="ann@acme.example")
        session.add(user)
        session.flush()
        session.add(GroupMember(group_id=1, user_id=user.id, receives_tickets=True))
        session.add(Group(id=2, department_id=1, name="Quiet", sort_order=1))

    desk.write(add)
    wanted = "alerts@acme.example" if alert is GroupAlert.ADDRESS else "ann@acme.example"
    ticket = receive(desk, notify=False)
    (mail,) = mails(desk)
    assert (mail.to_address, mail.kind, mail.ticket_id) == (wanted, MailKind.NOTIFICATION, ticket.id)
    assert (mail.subject, ticket.number in mail.body) == (f"New ticket in Support: [{ticket.number}] Fire", True)
    quiet = receive(desk, notify=False, department_id=0, group_id=2)
    assert len(mails(desk)) == 1
    desk.write(lambda session: move(session, SYSTEM, session.get_one(Ticket, quiet.id), group_id=1, agent_id=None))
    assert [mail.ticket_id for mail in mails(desk)] == [ticket.id, quiet.id]


def test_variables_are_replaced_and_nothing_else() -> None:
    values: Values = {"Subject": "{{ 7*7 }} %CustomerName%", "Agent": lambda: "A & B"}
    assert replaced("%Subject% %Agent% %Group%|%Nope%|100 % sure", values) == (
        "{{ 7*7 }} %CustomerName% A & B |%Nope%|100 % sure"
    )
    assert replaced("%Agent%", values, encoded=True) == "A &amp; B"


def test_a_template_written_anew_is_used_by_all(desk: Desk) -> None:
    desk.write(lambda session: templates.put(session, Template("auto-responder", "S %TicketNumber%", "B", False)))
    receive(desk)
    assert (mails(desk)[0].body, mails(desk)[0].is_html) == ("B", False)
    desk.write(lambda session: templates.restore(session, "auto-responder"))
    receive(desk, customer="other@example.com")
    assert mails(desk)[1].is_html
    assert [one.name for one in desk.read(templates.all_templates)] == list(BUILT_IN)


def test_a_mail_that_comes_back_is_found_by_its_message_id(desk: Desk) -> None:
    ticket = receive(desk)
    (mail,) = mails(desk)
    wrong = message_id_of(mail).replace(mail.message_key, "0" * 16)
    found = desk.read(lambda session: find(session, ["<x@y>", wrong, message_id_of(mail), "", "<a.1.b@c>"]))
    assert found == [Known(mail.id, ticket.id)]
    assert message_id_of(mail).startswith(f"<{ticket.number}.{mail.id}.")
    assert [host_of(one) for one in ("a@B.example", "a@exämple.com", "a@b c", "")] == [
        "b.example",
        "xn--exmple-cua.com",
        "localhost",
        "localhost",
    ]


def _fail(number: int, session: Session) -> None:
    error_mails.tell(session, f"error {number}")


def test_error_mails(desk: Desk) -> None:
    desk.write(lambda session: error_mails.tell(session, "x"))
    assert mails(desk) == []
    desk.write(lambda session: change(session, {"error_email": "admin@acme.example"}))
    for number in range(13):
        desk.write(partial(_fail, number))
    found = mails(desk)
    assert len(found) == 11
    assert ("error 9" in found[9].body, found[10].subject) == (True, "3 more errors were logged at SmarterTrack")
    assert {mail.kind for mail in found} == {MailKind.ERROR}
    assert found[10].next_attempt_at == NOON + timedelta(minutes=1)
    with clock.frozen(NOON + timedelta(seconds=61)):
        desk.write(lambda session: error_mails.tell(session, "later"))
    assert len(mails(desk)) == 12
