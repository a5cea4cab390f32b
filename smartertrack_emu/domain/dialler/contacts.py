"""Contacts of a client's campaigns: found, listed, locked, deleted. Each has up to six telephone numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, false, func, or_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.clients.clients import Reach
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.store import listing
from smartertrack_emu.store.batches import batches
from smartertrack_emu.store.listing import Fields, Listed, Page, Wanted

from . import campaigns as campaigns_
from .kinds import MOST_NUMBERS
from .models import Attempt, Campaign, Contact, ContactNumber

campaigns, contacts = Campaign.__table__.c, Contact.__table__.c
numbers, attempts = ContactNumber.__table__.c, Attempt.__table__.c

TEXTS = {
    "user_data": 64, "client": 64, "service": 64, "reference_number": 64, "name": 64, "first_name": 64,
    "salutation": 16, "title": 16, "company": 64, "address": 64, "postal_code": 10, "city": 64, "country": 64,
    "region": 256, "account_owner": 64, "account_bank": 32, "account_national_bank_code": 10, "account_bic": 11,
    "account_number": 20, "account_iban": 34, "fax_number": 32, "email": 256, "website": 100_000,
    "comment": 100_000, "external_system_link": 2_000, "model": 64, "tag": 64,
}  # fmt: skip
"""The texts of a contact, with the most characters of each (seen)."""

MOST_IN_BATCH = 1_000
LONGEST_NUMBER = 32
"""Characters of a telephone number (seen)."""

PLACES = range(1, MOST_NUMBERS + 1)
_PARTS = (
    ("number", numbers.number, "text", True),
    ("tries", numbers.tries, "number", False),
    ("last_cause", numbers.last_cause, "number", True),
    ("is_invalid", numbers.is_invalid, "flag", True),
)


class NoContact(NotFound):
    """There is no such contact of the client's."""


def digits_of(number: str) -> str:
    """Return the digits of a telephone number that tell it from others: without a leading + or 00."""
    digits = "".join(one for one in number if one in "0123456789")
    return digits if number.lstrip().startswith("+") else digits.removeprefix("00")


def page(session: Session, reach: Reach, wanted: Wanted, campaign_id: int | None = None) -> Page:
    """Return contacts of a client, or of one of its campaigns, with their numbers; NoCampaign."""
    if campaign_id is not None:
        campaigns_.require(session, reach, campaign_id)
    base = _base(reach)
    return _read(session, base if campaign_id is None else base.where(contacts.campaign_id == campaign_id), wanted)


def get(session: Session, reach: Reach, contact_id: int) -> Fields:
    """Return a contact; NoContact."""
    found = _read(session, _base(reach).where(contacts.id == contact_id), Wanted("id"))
    if not found.rows:
        raise no_contact(contact_id)
    return found.rows[0]


def with_user_data(session: Session, reach: Reach, user_data: str) -> Page:
    """Return the contacts with exactly this user data, by id."""
    return _read(session, _base(reach).where(contacts.user_data == user_data), Wanted("id"))


def some(
    session: Session,
    reach: Reach,
    *,
    user_data: Sequence[str] = (),
    ids: Sequence[int] = (),
    language: int | None = None,
) -> list[Fields]:
    """Return the contacts named, each once, by id, with `result` and `history`; unknown ones are left out.

    BadValue where none or too many are named, or for a language that there is not.
    """
    campaigns_.check_language(language)
    if not user_data and not ids:
        raise BadValue("Either {user_data_list} or {id_list} is required.", fields=("user_data_list", "id_list"))
    if len(user_data) + len(ids) > MOST_IN_BATCH:
        raise BadValue(
            f"{{user_data_list}} and {{id_list}} together name more than {MOST_IN_BATCH} contacts.",
            fields=("user_data_list", "id_list"),
        )
    meant = or_(contacts.user_data.in_(user_data) if user_data else false(), contacts.id.in_(ids) if ids else false())
    rows = _read(session, _base(reach).where(meant), Wanted("id")).rows
    histories = _histories(session, [row["id"] for row in rows])
    wanted = {row["result_code_id"] for row in rows}
    wanted |= {attempt["result_code_id"] for history in histories.values() for attempt in history}
    results = _results(session, wanted, language)
    return [
        {
            **row,
            "result": results.get(row["result_code_id"]),
            "history": [{**one, "result": results.get(one["result_code_id"])} for one in histories.get(row["id"], [])],
        }
        for row in rows
    ]


def _histories(session: Session, ids: list[int]) -> dict[int, list[Fields]]:
    found: dict[int, list[Fields]] = {}
    for some_ids in batches(ids):
        statement = select(*attempts).where(attempts.contact_id.in_(some_ids)).order_by(attempts.id)
        for row in session.execute(statement).mappings():
            found.setdefault(row["contact_id"], []).append(row)
    return found


def _results(session: Session, ids: Iterable[int | None], language: int | None) -> dict[int | None, Fields]:
    found: dict[int | None, Fields] = {}
    for some_ids in batches(sorted(one for one in ids if one is not None)):
        statement = campaigns_.result_statement(language).where(campaigns_.codes.id.in_(some_ids))
        found |= {row["id"]: row for row in session.execute(statement).mappings()}
    return found


def set_locked(session: Session, reach: Reach, contact_id: int, *, is_locked: bool) -> None:
    """Lock a contact, which the dialler leaves alone then, or unlock it; twice is once. NoContact."""
    contact = for_change(session, reach, contact_id)
    if contact.is_locked != is_locked:
        contact.is_locked = is_locked
        contact.modified_at = clock.now()
        session.flush()


def for_change(session: Session, reach: Reach, contact_id: int) -> Contact:
    """Return a contact, its row locked until the transaction ends; NoContact."""
    found = session.scalars(
        select(Contact)
        .join(Campaign, Campaign.id == Contact.campaign_id)
        .where(Contact.id == contact_id, Campaign.client_id == reach.client_id)
        .with_for_update(of=Contact)
    ).one_or_none()
    if found is None:
        raise no_contact(contact_id)
    return found


def remove(session: Session, reach: Reach, contact_id: int) -> None:
    """Delete a contact with its numbers and attempts; call logs stay. NoContact."""
    for_change(session, reach, contact_id)
    session.execute(delete(Contact).where(Contact.id == contact_id), execution_options={"synchronize_session": False})


def remove_with_user_data(session: Session, reach: Reach, user_data: str) -> None:
    """Delete the contact with this user data, of several the one with the lowest id; NoContact."""
    found = session.scalar(
        select(func.min(contacts.id))
        .join_from(Contact.__table__, Campaign.__table__, campaigns.id == contacts.campaign_id)
        .where(campaigns.client_id == reach.client_id, contacts.user_data == user_data)
    )
    if found is None:
        raise NoContact("There is no contact with this user data.")
    remove(session, reach, found)


def no_contact(contact_id: int) -> NoContact:
    """Return what to raise where there is no such contact."""
    return NoContact(f"There is no dialler contact {contact_id}.")


def _base(reach: Reach) -> Select[Any]:
    return (
        select(contacts.id)
        .join_from(Contact.__table__, Campaign.__table__, campaigns.id == contacts.campaign_id)
        .where(campaigns.client_id == reach.client_id)
    )


def _columns() -> dict[str, Listed]:
    own = {
        "id": Listed(contacts.id, "number"),
        "client_id": Listed(campaigns.client_id, "number"),
        "campaign_id": Listed(contacts.campaign_id, "number"),
        "amount": Listed(contacts.amount, "number", empty=True),
        "random_sort_order": Listed(contacts.random_sort_order, "number", empty=True),
        "is_locked": Listed(contacts.is_locked, "flag"),
        "is_open": Listed(contacts.is_open, "flag"),
        "tries": Listed(contacts.tries, "number"),
        "is_last_mailbox": Listed(contacts.is_last_mailbox, "flag", empty=True),
        "result_code_id": Listed(contacts.result_code_id, "number", empty=True),
        "reserved_user_id": Listed(contacts.reserved_user_id, "number", empty=True),
        "follow_up_user_id": Listed(contacts.follow_up_user_id, "number", empty=True),
        "next_try_at": Listed(contacts.next_try_at, "moment", empty=True),
        "last_try_at": Listed(contacts.last_try_at, "moment", empty=True),
        "created_at": Listed(contacts.created_at, "moment"),
        "modified_at": Listed(contacts.modified_at, "moment"),
    }
    return own | {name: Listed(contacts[name], "text", empty=name != "name") for name in TEXTS}


_OWN = _columns()


def _of_number(place: int, column: ColumnElement[Any]) -> ColumnElement[Any]:
    of_place = (numbers.contact_id == contacts.id, numbers.place == place)
    found = select(column).where(*of_place).correlate(Contact.__table__).scalar_subquery()
    return func.coalesce(found, 0) if column is numbers.tries else found


_LISTED = _OWN | {
    f"{name}_{place}": Listed(_of_number(place, column), kind, empty)  # type: ignore[arg-type]  # a tuple of texts
    for place in PLACES
    for name, column, kind, empty in _PARTS
}
"""What lists are narrowed and ordered by. Numbers are read beside the contacts: a look-up for each would cost more."""


def _read(session: Session, base: Select[Any], wanted: Wanted) -> Page:
    """Return a page of contacts in two statements, three where the rows do not tell their number."""
    shown = [listed.expression.label(name) for name, listed in _OWN.items()]
    rows = session.execute(listing.paged(base, _LISTED, wanted, tie=contacts.id, of=shown)).mappings().all()
    total = listing.total_known(wanted, len(rows))
    if total is None:
        counting = base.with_only_columns(func.count())
        total = session.scalar(counting.where(*listing.where(_LISTED, wanted.conditions))) or 0
    return Page(_with_numbers(session, base, wanted, rows), total)


def _with_numbers(session: Session, base: Select[Any], wanted: Wanted, rows: Sequence[Fields]) -> list[Fields]:
    if not rows:
        return []
    meant = listing.paged(base, _LISTED, wanted, tie=contacts.id, of=[contacts.id]).subquery()
    found: dict[int, dict[str, Any]] = {}
    for row in session.execute(select(*numbers).where(numbers.contact_id.in_(select(meant.c.id)))).mappings():
        found.setdefault(row["contact_id"], {}).update(
            (f"{name}_{row['place']}", row[column.name]) for name, column, _, _ in _PARTS
        )
    return [{**_NO_NUMBERS, **row, **found.get(row["id"], {})} for row in rows]


_NO_NUMBERS = {f"{name}_{place}": 0 if name == "tries" else None for place in PLACES for name, *_ in _PARTS}
