"""Contacts who call themselves: where their campaign says so, they need not be called any more."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.clients.models import ClientDepartment
from smartertrack_emu.domain.structure.models import Group

from .contacts import digits_of
from .models import Campaign, Contact, ContactNumber
from .results import close


def close_contacts(session: Session, group_id: int, number: str) -> None:
    """Close the open contacts with a number that called in a group of their campaign's client."""
    digits = digits_of(number)
    if not digits or len(digits) > 32:
        return
    of_client = ClientDepartment.client_id == Campaign.client_id
    found = session.execute(
        select(Contact, Campaign.incoming_call_result_id)
        .join(ContactNumber, ContactNumber.contact_id == Contact.id)
        .join(Campaign, Campaign.id == Contact.campaign_id)
        .where(
            ContactNumber.digits == digits,
            Contact.is_open,
            Campaign.closes_on_incoming_call,
            ~exists().where(of_client)
            | exists().where(of_client, Group.department_id == ClientDepartment.department_id, Group.id == group_id),
        )
        .order_by(Contact.id)
        .with_for_update(of=Contact)
    )
    for contact, result_code_id in found.unique().all():
        close(contact, result_code_id)
    session.flush()
