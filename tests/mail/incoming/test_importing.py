"""Mails become tickets and replies. That a number in the subject finds its ticket is documented, the rest ours."""

from __future__ import annotations

from sqlalchemy import select

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.tickets.models import Ticket, TicketMessage
from tests.mail.incoming.conftest import Import, mail


def test_a_new_ticket(desk: Desk, take_in: Import) -> None:
    row = take_in(mail(Message_ID="<1@example.com>"))
    assert (row.state, row.outcome, row.reason) == ("imported", "ticket", "")
    ticket, message = desk.read(lambda s: (s.scalars(select(Ticket)).one(), s.scalars(select(TicketMessage)).one()))
    assert row.ticket_number == ticket.number
    assert (ticket.subject, ticket.customer_email, ticket.customer_name) == (
        "It is broken",
        "cora@example.com",
        "Cora Customer",
    )
    assert (message.body, message.is_html, message.internet_id) == ("Hello.", False, "<1@example.com>")
