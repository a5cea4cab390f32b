"""What a result does to a contact: over for good, or called again, and by whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotFound, NotPossible
from smartertrack_emu.domain.people import receiving

from .contacts import no_contact
from .kinds import ResultKind
from .models import Contact, ResultCode


def apply(contact: Contact, result: ResultCode | None, *, agent_id: int | None, at: datetime | None = None) -> None:
    """Give a contact a result; None: it is closed without one. `at`: of an appointment.

    An agent-bound result keeps the contact with who spoke; another one that is called again lets go of them.
    """
    now = clock.now()
    contact.result_code_id = None if result is None else result.id
    contact.is_open = result is not None and result.kind.is_open
    contact.next_try_at = None
    if result is not None and contact.is_open:
        is_delay = result.kind is ResultKind.DELAY
        contact.next_try_at = now + timedelta(minutes=result.delay_minutes or 0) if is_delay else at
        contact.follow_up_user_id = agent_id if result.is_agent_bound else None
    contact.modified_at = now


def close(contact: Contact, result_code_id: int | None) -> None:
    """Close a contact, whatever the kind of the result is."""
    contact.result_code_id, contact.is_open, contact.next_try_at = result_code_id, False, None
    contact.modified_at = clock.now()


def set_by_agent(
    session: Session, contact_id: int, *, export_key: str, username: str, at: datetime | None = None, comment: str = ""
) -> Contact:
    """Give a contact the result that an agent has chosen; a comment is added to the contact's.

    NoContact; NotPossible for a closed contact; BadValue for an unknown key, who is no agent, and a moment where there
    is no appointment or none where there is one.
    """
    contact = session.scalars(select(Contact).where(Contact.id == contact_id).with_for_update()).one_or_none()
    if contact is None:
        raise no_contact(contact_id)
    found = select(ResultCode).where(ResultCode.campaign_id == contact.campaign_id, ResultCode.export_key == export_key)
    result = session.scalars(found).one_or_none()
    if result is None:
        raise BadValue("export_key", ": the contact's campaign has no result with this key.")
    if (result.kind is ResultKind.APPOINTMENT) != (at is not None):
        is_wanted = at is None
        raise BadValue("at", "is required for an appointment." if is_wanted else "is for an appointment alone.")
    try:
        agent_id = receiving.agent_named(session, username)
    except NotFound as error:  # the contact is there: what is wrong is who is named
        raise BadValue("username", f": {error}") from None
    if not contact.is_open:
        raise NotPossible(f"Contact {contact_id} is closed.")
    apply(contact, result, agent_id=agent_id, at=at)
    if comment:
        contact.comment = f"{contact.comment}\n{comment}" if contact.comment else comment
    session.flush()
    return contact


def state_of(session: Session, contact: Contact) -> Literal["open", "done", "aborted"]:
    """Say whether a contact is "open", "done" or "aborted"."""
    if contact.is_open:
        return "open"
    kind = session.scalar(select(ResultCode.kind).where(ResultCode.id == contact.result_code_id))
    return "done" if kind is ResultKind.DONE else "aborted"
