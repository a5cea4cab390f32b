"""Mails about tickets that go out by themselves: the automatic answer, once a ticket, and groups' alerts (ours)."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.events.publishing import Actor
from smartertrack_emu.domain.known import known
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.spool.automatic import About, automatic, from_template
from smartertrack_emu.domain.spool.models import MailKind
from smartertrack_emu.domain.spool.templates import Text, Values, written_text
from smartertrack_emu.domain.structure.installation import server_name
from smartertrack_emu.domain.structure.models import GroupAlert, GroupMember
from smartertrack_emu.domain.structure.places import Place

from . import portal
from .models import Ticket

tickets = Ticket.__table__.c
users, members = User.__table__.c, GroupMember.__table__.c


class Facts(NamedTuple):
    """What mails tell of a ticket. `agent`: the display name, empty where nobody has it."""

    id: int
    number: str
    subject: str
    customer_name: str
    customer_email: str
    agent: str = ""


class Alerting(NamedTuple):
    """A group that may want to be told of its new tickets, and the department it is of."""

    group_id: int
    group_name: str
    department_id: int
    department_name: str
    department_email: str
    alert: GroupAlert
    alert_address: str


def values_of(session: Session, ticket: Facts, *, department: str = "", group: str = "") -> Values:
    """Return the variables' values of a mail about a ticket; what takes a statement is asked where it is wanted."""
    return {
        "Subject": ticket.subject,
        "TicketNumber": ticket.number,
        "CustomerName": ticket.customer_name,
        "CustomerEmail": ticket.customer_email,
        "Department": department,
        "Group": group,
        "Agent": ticket.agent,
        "TicketUrl": lambda: _url(session, ticket.number),
        "ServerName": lambda: server_name(session),
    }


def respond(session: Session, actor: Actor, ticket: Facts, place: Place) -> None:
    """Spool the department's automatic answer to a new ticket, where it has one and the limits let it go."""
    if not place.auto_responder_enabled:
        return
    about = About(
        ticket_id=ticket.id,
        ticket_number=ticket.number,
        department_id=place.department_id,
        from_address=place.department_email,
        from_name=place.department_name,
    )
    values = values_of(session, ticket, department=place.department_name, group=place.group_name)
    text = written_text(session, "auto-responder")
    text = Text(
        place.auto_responder_subject or text.subject,
        place.auto_responder_body or text.body,
        text.is_html or bool(place.auto_responder_body),
    )
    automatic(
        session,
        actor,
        "auto-responder",
        ticket.customer_email,
        values,
        about,
        kind=MailKind.AUTO_RESPONDER,
        text=text,
    )


def alert_group(session: Session, group: Alerting, ticket: Facts) -> None:
    """Spool a mail to those whom a group tells of a ticket that has come to it; nothing where it tells nobody."""
    if group.alert is GroupAlert.NONE:
        return
    to = group.alert_address if group.alert is GroupAlert.ADDRESS else ", ".join(_receiving(session, group.group_id))
    if not to:
        return
    about = About(
        ticket_id=ticket.id,
        ticket_number=ticket.number,
        department_id=group.department_id,
        from_address=group.department_email,
        from_name=group.department_name,
    )
    values = values_of(session, ticket, department=group.department_name, group=group.group_name)
    from_template(session, "group-alert", to, values, about, kind=MailKind.NOTIFICATION)


def _receiving(session: Session, group_id: int) -> list[str]:
    """Return the addresses of a group's members who receive tickets."""
    query = (
        select(users.email)
        .join_from(GroupMember.__table__, User.__table__, users.id == members.user_id)
        .where(members.group_id == group_id, members.receives_tickets, users.deleted_at.is_(None), users.email != "")
        .order_by(users.id)
    )
    return list(session.scalars(query))


def _url(session: Session, number: str) -> str:
    row = session.execute(select(*portal.LINK).where(tickets.number == number)).one_or_none()
    return "" if row is None else f"{known(session).base_url}{portal.path(portal.link_of(*row))}"
