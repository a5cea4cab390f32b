"""Whom one can ring up: contacts, one's own accounts, and the search for users."""

from __future__ import annotations

import re
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.naming import storable
from smartertrack_emu.domain.people.models import QUEUE_ID, SYSTEM_ID, User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure.models import Group, GroupMember
from smartertrack_emu.domain.text import fold

from .models import VoipAccount
from .presence import is_busy, is_reachable

LONGEST_SEARCH = 200
"""Characters of a search for users."""


class Contact(NamedTuple):
    """A user's telephone, or a group with an extension; of the ids one is None."""

    user_id: int | None
    group_id: int | None
    guid: str
    display_name: str
    country_code: str
    phone_number: str
    extension: str
    is_available: bool
    is_busy: bool


def contacts(session: Session, actor: Principal) -> list[Contact]:
    """Return everybody else's accounts, then the groups with an extension, each by name.

    A group can be rung while one of its members can.
    """
    people = session.execute(
        select(
            User.id,
            VoipAccount.guid,
            User.display_name,
            User.username,
            VoipAccount.country_code,
            VoipAccount.phone_number,
            VoipAccount.extension,
            is_reachable(),
            is_busy(),
        )
        .join(User, User.id == VoipAccount.user_id)
        .where(User.id != actor.id, User.deleted_at.is_(None))
        .order_by(User.display_name_folded, User.id, VoipAccount.id)
    )
    found = [
        Contact(user_id, None, guid, name or username, country, phone, extension, bool(reachable), bool(busy))
        for user_id, guid, name, username, country, phone, extension, reachable, busy in people
    ]
    reachable_member = exists().where(
        GroupMember.group_id == Group.id,
        GroupMember.user_id == User.id,
        VoipAccount.user_id == User.id,
        User.deleted_at.is_(None),
        is_reachable(),
    )
    groups = session.execute(
        select(Group.id, Group.name, Group.extension, reachable_member)
        .where(Group.extension != "")
        .order_by(Group.name_key, Group.id)
    )
    found += [
        Contact(None, group_id, "", name, "", "", extension, bool(reachable), is_busy=False)
        for group_id, name, extension, reachable in groups
    ]
    return found


class OwnAccount(NamedTuple):
    """One of the caller's accounts with all that a telephone needs; the password in clear."""

    guid: str
    user_id: int
    user_display_name: str
    department_id: int | None
    group_id: int | None
    display_name: str
    country_code: str
    phone_number: str
    extension: str
    sip_server: str
    sip_domain: str
    sip_port: int
    sip_auth_name: str
    login: str
    password: str
    stun_server: str
    stun_port: int
    max_lines: int
    allow_record_control: bool
    auto_record_calls: bool
    is_available: bool
    is_busy: bool


def own_accounts(session: Session, actor: Principal) -> list[OwnAccount]:
    """Return the actor's own accounts: the only place where a password leaves."""
    own = [getattr(VoipAccount, name) for name in OwnAccount._fields[3:-2]]
    rows = session.execute(
        select(VoipAccount.guid, User.id, User.display_name, *own, is_reachable(), is_busy())
        .join(User, User.id == VoipAccount.user_id)
        .where(User.id == actor.id)
        .order_by(VoipAccount.id)
    )
    return [OwnAccount(*row) for row in rows]


class FoundUser(NamedTuple):
    """A user as the search shows them: their own telephone, else that of their first account."""

    id: int
    username: str
    display_name: str
    email: str
    country_code: str
    phone_number: str
    extension: str


def search_users(session: Session, term: str, max_results: int) -> list[FoundUser]:
    """Return the users in whose names, e-mail address or telephone numbers each word of `term` occurs, by name.

    Neither letter case nor the spaces, hyphens and brackets of numbers matter. An empty term finds everybody.
    BadValue for `max_results` below 1 and for a term that is too long.
    """
    if max_results < 1:
        raise BadValue("max_results", "must be at least 1.")
    if len(term) > LONGEST_SEARCH:
        raise BadValue("term", f"is longer than {LONGEST_SEARCH} characters.")
    if storable(term) != term:
        return []
    first = aliased(VoipAccount)
    earliest = select(func.min(VoipAccount.id)).where(VoipAccount.user_id == User.id).scalar_subquery()
    rows = session.execute(
        select(
            User.id,
            User.username,
            User.display_name,
            User.email,
            _or_else(User.phone_country_code, first.country_code),
            _or_else(User.phone_number, first.phone_number),
            _or_else(User.phone_extension, first.extension),
        )
        .outerjoin(first, first.id == earliest)
        .where(User.deleted_at.is_(None), User.id.not_in((QUEUE_ID, SYSTEM_ID)), *(_has(word) for word in term.split()))
        .order_by(User.display_name_folded, User.id)
        .limit(max_results)
    )
    return [FoundUser(*row) for row in rows]


def _or_else(own: InstrumentedAttribute[str], of_account: InstrumentedAttribute[str]) -> ColumnElement[str]:
    return func.coalesce(func.nullif(own, ""), of_account, "")


_PUNCTUATION = " -()./"
_PHONE = re.compile(r"\+?[\d().\-/]+", re.ASCII)


def _has(word: str) -> ColumnElement[bool]:
    """Return the condition for a user in whose names, address or numbers a word occurs."""
    folded = fold(word)
    places: list[ColumnElement[str] | InstrumentedAttribute[str] | InstrumentedAttribute[str | None]] = [
        User.display_name_folded,
        User.username_key,
        User.email_key,
    ]
    conditions = [place.contains(folded, autoescape=True) for place in places]
    digits = word.strip("+") if _PHONE.fullmatch(word) else ""
    for mark in _PUNCTUATION:
        digits = digits.replace(mark, "")
    if digits:
        conditions += [
            _bare(User.phone_number).contains(digits, autoescape=True),
            User.phone_extension == digits,
            exists().where(
                and_(
                    VoipAccount.user_id == User.id,
                    or_(
                        _bare(VoipAccount.phone_number).contains(digits, autoescape=True),
                        VoipAccount.extension == digits,
                    ),
                )
            ),
        ]
    return or_(*conditions)


def _bare(number: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return a telephone number without what people put between its digits."""
    bare: ColumnElement[str] = func.replace(number, _PUNCTUATION[0], "")
    for mark in _PUNCTUATION[1:]:
        bare = func.replace(bare, mark, "")
    return bare
