"""Visits: begun and lengthened by the pages that somebody opens, ended, forgotten (when: documented; how: ours).

    hit(session, Hit(key="…", page="/prices"))     None where no more visitors are kept

What unknown callers send is bounded: texts are cut, and so many visitors are kept in all and of one address.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock, naming
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.events.publishing import Actor, publish
from smartertrack_emu.domain.events.visitors import WhosOnOnlineActivity, WhosOnVisitorPurged, WhosOnVisitorRemoved
from smartertrack_emu.domain.kinds import counted
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure.models import Brand
from smartertrack_emu.domain.text import key as key_of
from smartertrack_emu.store.unit_of_work import savepoint

from . import invitations
from .models import Visitor
from .reading import for_change, get, here

MOST_VISITORS: Final = 10_000
"""Visits that are kept in all, with those that ended and are not forgotten yet."""

MOST_OF_ADDRESS: Final = 1_000
"""Visits that are kept of one address on the network."""

_LONGEST: Final = {"page": 2_000, "title": 500, "ip": 64, "user_agent": 500, "language": 35}
_LONGEST_PLACE: Final = 255
_MOST: Final = 500


class Hit(NamedTuple):
    """A page that somebody opened."""

    key: str
    page: str = ""
    title: str = ""
    ip: str = ""
    user_agent: str = ""
    language: str = ""
    brand_id: int | None = None


def hit(session: Session, opened: Hit) -> Visitor | None:
    """Begin or lengthen a visit, and return it; None where as many are kept as may be."""
    values = {name: naming.storable(getattr(opened, name)[:most]) for name, most in _LONGEST.items()}
    now = clock.now()
    visitor = _here(session, opened.key) or _begin(session, opened, values)
    if visitor is None:
        return None
    visitor.hits = counted(visitor.hits + 1)
    visitor.last_seen_at = max(visitor.last_seen_at, now)
    visitor.brand_id = visitor.brand_id or opened.brand_id
    for name, value in values.items():
        setattr(visitor, name, value)
    session.flush()
    publish(session, SYSTEM, WhosOnOnlineActivity(visitor.id))
    return visitor


def _begin(session: Session, opened: Hit, values: dict[str, str]) -> Visitor | None:
    total = session.scalar(select(func.count()).select_from(Visitor)) or 0
    of_address = session.scalar(select(func.count()).where(Visitor.ip == values["ip"])) or 0
    if total >= MOST_VISITORS or of_address >= MOST_OF_ADDRESS:
        return None
    now = clock.now()
    visitor = Visitor(key=opened.key, hits=0, started_at=now, last_seen_at=now, **values)
    try:
        with savepoint(session):
            session.add(visitor)
            session.flush()
    except IntegrityError:  # the same browser's other page has begun it at this moment
        return _here(session, opened.key)
    return visitor


def _here(session: Session, key: str) -> Visitor | None:
    found = select(Visitor).where(Visitor.key == key, Visitor.removed_at.is_(None))
    return session.scalars(found.with_for_update()).one_or_none()


def brand_named(session: Session, named: str) -> int | None:
    """Return the brand of a name or an id, None where nothing was given; NotFound."""
    if not named.strip():
        return None
    wanted = naming.storable(named.strip())
    condition = Brand.name_key == key_of(wanted)
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 10:
        condition |= Brand.id == int(wanted)
    found = session.scalar(select(Brand.id).where(condition).order_by(Brand.id).limit(1))
    if found is None:
        raise NotFound(f"There is no brand {naming.shown(named)}.")
    return found


def change(session: Session, visitor_id: int, changes: dict[str, str]) -> Visitor:
    """Set a visitor's country and host name; NotFound, BadValue."""
    visitor = get(session, visitor_id)
    for field, value in changes.items():
        setattr(visitor, field, naming.name(value, field, required=False, longest=_LONGEST_PLACE))
    session.flush()
    return visitor


def remove(session: Session, actor: Actor, visitor_id: int) -> None:
    """End a visit, with the invitation that is open; NotFound, NotPossible for one that ended."""
    _end(session, actor, here(session, visitor_id))


def idle(session: Session, left: Collection[int], *, minutes: int) -> list[int]:
    """Return visitors who did nothing for so long, but for those left out."""
    statement = select(Visitor.id).where(
        Visitor.removed_at.is_(None),
        Visitor.last_seen_at <= clock.now() - timedelta(minutes=minutes),
        Visitor.id.not_in(sorted(left)),
    )
    return list(session.scalars(statement.order_by(Visitor.last_seen_at, Visitor.id).limit(_MOST)))


def remove_idle(session: Session, visitor_id: int, *, minutes: int) -> bool:
    """End the visit of somebody who did nothing for so long; False where it is not so any more."""
    visitor = for_change(session, visitor_id)
    if visitor.removed_at is not None or visitor.last_seen_at > clock.now() - timedelta(minutes=minutes):
        return False
    _end(session, SYSTEM, visitor)
    return True


def forgettable(session: Session, left: Collection[int], *, minutes: int) -> list[int]:
    """Return visitors who were removed so long ago, but for those left out."""
    statement = select(Visitor.id).where(
        Visitor.removed_at <= clock.now() - timedelta(minutes=minutes), Visitor.id.not_in(sorted(left))
    )
    return list(session.scalars(statement.order_by(Visitor.removed_at, Visitor.id).limit(_MOST)))


def purge(session: Session, visitor_id: int) -> None:
    """Forget a visitor, with their invitations; what happened stays."""
    visitor = for_change(session, visitor_id)
    publish(session, SYSTEM, WhosOnVisitorPurged(visitor_id))
    session.delete(visitor)
    session.flush()


def _end(session: Session, actor: Actor, visitor: Visitor) -> None:
    invitations.give_up(session, visitor.id)
    visitor.removed_at = clock.now()
    session.flush()
    publish(session, actor, WhosOnVisitorRemoved(visitor.id))
