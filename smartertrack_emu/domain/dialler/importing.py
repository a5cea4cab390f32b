"""Importing a contact into a campaign: a new one, or what is there of the same user data is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.clients.clients import Reach
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.naming import storable
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.text import key

from . import campaigns
from .contacts import digits_of
from .models import Campaign, Contact, ContactNumber, ResultCode


@dataclass(frozen=True, slots=True)
class NewContact:
    """What is imported. `values`: columns of a contact that were given; `numbers`: by place, "" for none any more.

    `campaign_id` or `campaign_name`; both must be the same one. Users by their user names. `resets`: an overwritten
    contact starts anew.
    """

    campaign_id: int | None = None
    campaign_name: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    numbers: Mapping[int, str] = field(default_factory=dict)
    reserved_user: str | None = None
    follow_up_user: str | None = None
    follow_up_at: datetime | None = None
    result_key: str | None = None
    resets: bool = False


def import_contact(session: Session, reach: Reach, new: NewContact, *, overwrites: bool = False) -> int:
    """Import a contact and return its id; NoCampaign, BadValue. Two such imports at once make one contact."""
    if not any(new.numbers.values()):
        raise BadValue("numbers", "is required: a contact needs at least one telephone number.")
    campaign_id = _campaign(session, reach, new)
    session.execute(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update())
    now = clock.now()
    values = {**new.values, **_people(session, new)}
    if new.follow_up_at is not None:
        values["next_try_at"] = new.follow_up_at
    result = _result(session, campaign_id, new.result_key)
    contact = _known(session, campaign_id, new.values.get("user_data")) if overwrites else None
    if contact is None:
        contact = Contact(campaign_id=campaign_id, created_at=now)
        session.add(contact)
    elif new.resets:
        _reset(session, contact)
    for name, value in values.items():
        setattr(contact, name, value)
    if result is not None:
        contact.result_code_id, contact.is_open = result.id, result.kind.is_open
        if not contact.is_open:
            contact.next_try_at = None
    contact.modified_at = now
    session.flush()
    _set_numbers(session, contact.id, new.numbers)
    return contact.id


def _campaign(session: Session, reach: Reach, new: NewContact) -> int:
    if new.campaign_id is None and not new.campaign_name:
        raise BadValue("Either {campaign_id} or {campaign_name} is required.", fields=("campaign_id", "campaign_name"))
    if new.campaign_id is None:
        return campaigns.called(session, reach, new.campaign_name or "")
    row = campaigns.require(session, reach, new.campaign_id)
    if new.campaign_name and row.name_key != key(storable(new.campaign_name)):
        raise campaigns.NoCampaign(f"Campaign {new.campaign_id} has another name.")
    return int(row.id)


def _people(session: Session, new: NewContact) -> dict[str, int]:
    found = {}
    for name, username in (("reserved_user", new.reserved_user), ("follow_up_user", new.follow_up_user)):
        if not username:
            continue
        user_id = session.scalar(select(User.id).where(User.username_key == key(storable(username))))
        if user_id is None:
            raise BadValue(name, ": there is no user of this name.")
        found[f"{name}_id"] = user_id
    return found


def _result(session: Session, campaign_id: int, export_key: str | None) -> ResultCode | None:
    if not export_key:
        return None
    found = session.scalars(
        select(ResultCode).where(ResultCode.campaign_id == campaign_id, ResultCode.export_key == export_key)
    ).one_or_none()
    if found is None:
        raise BadValue("result_key", ": the campaign has no result with this key.")
    return found


def _known(session: Session, campaign_id: int, user_data: str | None) -> Contact | None:
    if not user_data:
        return None
    of = (Contact.campaign_id == campaign_id, Contact.user_data == user_data)
    return session.scalars(select(Contact).where(*of).order_by(Contact.id).limit(1).with_for_update()).one_or_none()


def _reset(session: Session, contact: Contact) -> None:
    """Let a contact be as new: with its numbers, without what became of them."""
    contact.is_open, contact.tries = True, 0
    contact.is_last_mailbox = contact.result_code_id = contact.next_try_at = contact.last_try_at = None
    session.execute(
        update(ContactNumber)
        .where(ContactNumber.contact_id == contact.id)
        .values(tries=0, last_cause=None, is_invalid=None),
        execution_options={"synchronize_session": False},
    )


def _set_numbers(session: Session, contact_id: int, numbers: Mapping[int, str]) -> None:
    """Put numbers in their places; one that stays keeps what became of it."""
    of_contact = select(ContactNumber.place, ContactNumber.number).where(ContactNumber.contact_id == contact_id)
    known = {row.place: row.number for row in session.execute(of_contact)}
    for place, number in numbers.items():
        if known.get(place, "") == number:
            continue
        session.execute(
            delete(ContactNumber).where(ContactNumber.contact_id == contact_id, ContactNumber.place == place),
            execution_options={"synchronize_session": False},
        )
        if number:
            row = ContactNumber(contact_id=contact_id, place=place, number=number, digits=digits_of(number))
            session.add(row)
            session.flush()
            session.expunge(row)
