"""The survey that a ticket's customer is asked to answer when it is closed (documented; once a ticket: ours)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.events.publishing import Actor
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.spool.automatic import About, from_template
from smartertrack_emu.domain.structure.models import Department
from smartertrack_emu.domain.surveys import offers
from smartertrack_emu.domain.surveys.offers import Ended

from . import answers
from .models import Ticket


def offer(session: Session, actor: Actor, ticket: Ticket) -> None:
    """Offer the department's survey, and mail its address where the customer has one; nothing for spam.

    One statement where the department asks nothing, or has asked already.
    """
    if ticket.is_spam:
        return
    made = offers.offer(
        session,
        actor,
        Ended(
            ItemKind.TICKET,
            ticket.id,
            ticket.department_id,
            ticket.group_id,
            ticket.agent_id,
            ticket.customer_email,
        ),
    )
    if made is None or not ticket.customer_email:
        return
    department = session.get_one(Department, ticket.department_id)
    agent = ""
    if ticket.agent_id != QUEUE_ID:
        agent = session.scalars(select(User.display_name).where(User.id == ticket.agent_id)).one()
    facts = answers.Facts(ticket.id, ticket.number, ticket.subject, ticket.customer_name, ticket.customer_email, agent)
    values = answers.values_of(session, facts, department=department.name, group=made.row.group_name)
    about = About(
        ticket_id=ticket.id,
        ticket_number=ticket.number,
        department_id=department.id,
        from_address=department.email,
        from_name=department.name,
    )
    from_template(session, "survey", ticket.customer_email, {**values, "SurveyUrl": made.url}, about)
