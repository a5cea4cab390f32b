"""Who is on: all visitors, one of them, one to be changed."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotFound, NotPossible

from .models import Invitation, InvitationState, Visitor


def page(session: Session, *, limit: int, offset: int = 0) -> tuple[list[Visitor], int]:
    """Return visitors, also removed ones, the oldest first, and how many there are."""
    found = session.scalars(select(Visitor).order_by(Visitor.id).limit(limit).offset(offset))
    return list(found), session.scalar(select(func.count()).select_from(Visitor)) or 0


def get(session: Session, visitor_id: int) -> Visitor:
    """Return a visitor, also a removed one; NotFound."""
    visitor = session.get(Visitor, visitor_id)
    if visitor is None:
        raise _no_visitor(visitor_id)
    return visitor


def for_change(session: Session, visitor_id: int) -> Visitor:
    """Return a visitor, locked until the transaction ends; NotFound."""
    found = session.scalars(select(Visitor).where(Visitor.id == visitor_id).with_for_update()).one_or_none()
    if found is None:
        raise _no_visitor(visitor_id)
    return found


def here(session: Session, visitor_id: int) -> Visitor:
    """Return a visitor who is not removed, locked until the transaction ends; NotFound, NotPossible."""
    visitor = for_change(session, visitor_id)
    if visitor.removed_at is not None:
        raise NotPossible(f"Visitor {visitor.id} is removed.")
    return visitor


def last_invitations(session: Session, visitor_ids: list[int]) -> dict[int, InvitationState]:
    """Return what became of the last invitation of each of some visitors who were invited."""
    last = select(func.max(Invitation.id)).where(Invitation.visitor_id.in_(visitor_ids)).group_by(Invitation.visitor_id)
    found = select(Invitation.visitor_id, Invitation.state).where(Invitation.id.in_(last))
    return {row[0]: row[1] for row in session.execute(found)}


def _no_visitor(visitor_id: int) -> NotFound:
    return NotFound(f"There is no visitor {visitor_id}.")
