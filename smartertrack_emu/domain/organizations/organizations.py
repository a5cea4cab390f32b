"""Organizations of customers, and by what somebody counts among their members."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from smartertrack_emu.domain import naming
from smartertrack_emu.domain.errors import AlreadyExists, BadValue, NotFound
from smartertrack_emu.domain.text import key

from .models import MemberType, Organization, OrganizationMember

_DOMAIN = re.compile(r"[^\s@/:]+\.?[^\s@/:]*")
_TYPES = "1 (user name), 2 (e-mail address), 3 (domain), 4 (telephone number)"


class OrganizationInfo(NamedTuple):
    """An organization."""

    id: int
    name: str
    website: str
    phone_number: str


class Member(NamedTuple):
    """A member of an organization."""

    id: int
    type: MemberType
    value: str


def create(session: Session, *, name: str, website: str = "", phone_number: str = "") -> OrganizationInfo:
    """Create an organization; BadValue, AlreadyExists for a name that another one has, whatever its letter case."""
    _check(name, website, phone_number)
    _refuse_taken(session, name)
    organization = Organization(name=name, website=website, phone_number=phone_number)
    session.add(organization)
    _flush(session, name)
    return _info(organization)


def edit(session: Session, organization_id: int, values: Mapping[str, Any]) -> OrganizationInfo:
    """Change `name`, `website`, `phone_number`, as far as given; NotFound, BadValue, AlreadyExists."""
    organization = session.scalar(select(Organization).where(Organization.id == organization_id).with_for_update())
    if organization is None:
        raise _no_organization(organization_id)
    new = OrganizationInfo(*_info(organization))._replace(**values)
    _check(new.name, new.website, new.phone_number)
    _refuse_taken(session, new.name, but=organization_id)
    organization.name, organization.website, organization.phone_number = new.name, new.website, new.phone_number
    _flush(session, new.name)
    return _info(organization)


def remove(session: Session, organization_id: int) -> OrganizationInfo:
    """Remove an organization with its members' entries, and return what it was; NotFound."""
    removed = organization(session, organization_id)
    session.execute(delete(Organization).where(Organization.id == organization_id))
    return removed


def organization(session: Session, organization_id: int) -> OrganizationInfo:
    """Return an organization; NotFound."""
    found = _find(session, Organization.id == organization_id)
    if found is None:
        raise _no_organization(organization_id)
    return found


def organization_named(session: Session, name: str) -> OrganizationInfo:
    """Return the organization with this name, whatever its letter case; NotFound."""
    found = _find(session, Organization.name_key == key(naming.storable(name)))
    if found is None:
        raise NotFound(f"There is no organization {naming.shown(name)}.")
    return found


def organizations(session: Session) -> list[OrganizationInfo]:
    """Return all organizations."""
    return [OrganizationInfo(*row) for row in session.execute(_INFO)]


def members(session: Session, organization_id: int) -> list[Member]:
    """Return the members of an organization; NotFound for an unknown one."""
    organization(session, organization_id)
    rows = session.execute(
        select(OrganizationMember.id, OrganizationMember.type, OrganizationMember.value)
        .where(OrganizationMember.organization_id == organization_id)
        .order_by(OrganizationMember.id)
    )
    return [Member(*row) for row in rows]


def add_member(session: Session, organization_id: int, member_type: int, value: str) -> int:
    """Add a member and return the entry's id.

    A user name need not be anybody's yet. NotFound for the organization, BadValue for the type or the value,
    AlreadyExists for what counts among its members already.
    """
    kind = _member_type(member_type)
    _check_member(kind, value)
    taken = AlreadyExists(f"{naming.shown(value)} is a member of the organization {organization_id} already.")
    # Locked, so that it is not removed meanwhile.
    there = select(Organization.id).where(Organization.id == organization_id).with_for_update()
    if session.scalar(there) is None:
        raise _no_organization(organization_id)
    same = select(OrganizationMember.id).where(
        OrganizationMember.organization_id == organization_id,
        OrganizationMember.type == kind,
        OrganizationMember.value_key == key(value),
    )
    if session.scalar(same) is not None:
        raise taken
    member = OrganizationMember(organization_id=organization_id, type=kind, value=value)
    session.add(member)
    session.flush()
    return member.id


def remove_member(session: Session, member_id: int) -> None:
    """Take a member out of their organization; NotFound."""
    removed: Any = session.execute(delete(OrganizationMember).where(OrganizationMember.id == member_id))
    if not removed.rowcount:
        raise NotFound(f"There is no organization member {member_id}.")


_INFO = select(Organization.id, Organization.name, Organization.website, Organization.phone_number).order_by(
    Organization.id
)


def _find(session: Session, which: ColumnElement[bool]) -> OrganizationInfo | None:
    row = session.execute(_INFO.where(which)).one_or_none()
    return None if row is None else OrganizationInfo(*row)


def _info(row: Organization) -> OrganizationInfo:
    return OrganizationInfo(row.id, row.name, row.website, row.phone_number)


def _check(name: str, website: str, phone_number: str) -> None:
    naming.name(name, "name")
    naming.name(website, "website", required=False, longest=2000)
    naming.name(phone_number, "phone_number", required=False)


def _refuse_taken(session: Session, name: str, but: int = 0) -> None:
    taken = select(Organization.id).where(Organization.name_key == key(name), Organization.id != but)
    if session.scalar(taken) is not None:
        raise AlreadyExists(f"There is an organization {naming.shown(name)} already.")


def _flush(session: Session, name: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:  # another transaction's at this moment
        raise AlreadyExists(f"There is an organization {naming.shown(name)} already.") from error


def _no_organization(organization_id: int) -> NotFound:
    return NotFound(f"There is no organization {organization_id}.")


def _member_type(number: int) -> MemberType:
    try:
        return MemberType(number)
    except ValueError:
        raise BadValue("type", f": {number} is none of {_TYPES}.") from None


def _check_member(kind: MemberType, value: str) -> None:
    if kind is MemberType.EMAIL:
        naming.email(value, "value", required=True)
        return
    naming.name(value, "value")
    if kind is MemberType.DOMAIN and not _DOMAIN.fullmatch(value):
        raise BadValue("value", f": {naming.shown(value)} is not a domain, such as example.com.")
    if kind is MemberType.PHONE_NUMBER and not any(map(str.isdigit, value)):
        raise BadValue("value", f": {naming.shown(value)} is not a telephone number.")
