"""Offering surveys: once an item, when it ends; looked at and answered by whoever has the offer's address (ours).

offer(session, actor, Ended(ItemKind.TICKET, …))      None where the department asks nothing, or it was offered
answer(session, guid, [3, "Fine."])                   once
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import uuid4

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import NotFound, NotPossible
from smartertrack_emu.domain.events.publishing import Actor, publish
from smartertrack_emu.domain.events.surveys import SurveyAnswered, SurveyOffered
from smartertrack_emu.domain.kinds import REFERENCES, ItemKind
from smartertrack_emu.domain.known import known
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure.models import Department, Group

from . import questions
from .models import Survey, SurveyOffer
from .questions import Answer

_AFTER: Final = {
    ItemKind.TICKET: Department.survey_after_ticket_id,
    ItemKind.CHAT: Department.survey_after_chat_id,
}
_ITEM: Final = {ItemKind.TICKET: SurveyOffer.ticket_id, ItemKind.CHAT: SurveyOffer.chat_id}


class Ended(NamedTuple):
    """An item that came to its end, and who had it then."""

    kind: ItemKind
    id: int
    department_id: int
    group_id: int
    agent_id: int
    customer_email: str


class Offer(NamedTuple):
    """An offer with the survey's name and its own address."""

    row: SurveyOffer
    survey: str
    url: str


def offer(session: Session, actor: Actor, ended: Ended) -> Offer | None:
    """Offer the survey that the item's department asks of such items; None where it asks none, or did already.

    One statement where no survey is asked.
    """
    offered = select(SurveyOffer.id).where(_ITEM[ended.kind] == ended.id).exists()
    found = session.execute(
        select(Survey.id, Survey.name, Department.name, Group.name, User.username)
        .select_from(Department)
        .join(Survey, Survey.id == _AFTER[ended.kind])
        .join(Group, Group.id == ended.group_id)
        .join(User, User.id == ended.agent_id)
        .where(Department.id == ended.department_id, Survey.deleted_at.is_(None), ~offered)
    ).one_or_none()
    if found is None:
        return None
    survey_id, survey, department, group, agent = found
    row = SurveyOffer(
        guid=str(uuid4()),
        survey_id=survey_id,
        customer_email=ended.customer_email,
        agent_username=agent,
        department_name=department,
        group_name=group,
        offered_at=clock.now(),
    )
    setattr(row, REFERENCES[ended.kind], ended.id)
    session.add(row)
    session.flush()
    item = f"{ended.kind}:{ended.id}"
    publish(session, actor, SurveyOffered(survey, None, item, ended.customer_email, agent, department, group))
    return _shown(session, row, survey)


def page(
    session: Session, *, about: tuple[ItemKind, int] | None = None, limit: int, offset: int = 0
) -> tuple[list[Offer], int]:
    """Return offers, the oldest first, and how many there are; of one item where `about` says so."""
    conditions = []
    if about is not None:
        kind, item_id = about
        if kind not in _ITEM:
            return [], 0
        conditions.append(_ITEM[kind] == item_id)
    rows = session.execute(
        select(SurveyOffer, Survey.name)
        .join(Survey, Survey.id == SurveyOffer.survey_id)
        .where(*conditions)
        .order_by(SurveyOffer.id)
        .limit(limit)
        .offset(offset)
    )
    total = session.scalar(select(func.count()).select_from(SurveyOffer).where(*conditions)) or 0
    return [_shown(session, row, survey) for row, survey in rows], total


def get(session: Session, guid: str) -> Offer:
    """Return an offer, one that is answered too; NotFound."""
    row, survey = _find(session, guid)
    return _shown(session, row, survey.name)


def open_guid(kind: ItemKind, item_id: ColumnElement[int]) -> ColumnElement[str | None]:
    """Return the guid of an item's offer that is not answered yet, to be read in the item's own statement."""
    there = select(SurveyOffer.guid).join(Survey, Survey.id == SurveyOffer.survey_id)
    is_open = (_ITEM[kind] == item_id, SurveyOffer.answered_at.is_(None), Survey.deleted_at.is_(None))
    return there.where(*is_open).correlate_except(SurveyOffer, Survey).scalar_subquery()


def asked(session: Session, guid: str) -> tuple[SurveyOffer, Survey]:
    """Return an offer and the survey that it asks to answer; NotFound, also where the survey is deleted."""
    row, survey = _find(session, guid)
    if survey.deleted_at is not None and row.answered_at is None:
        raise _no_offer()
    return row, survey


def view(session: Session, guid: str) -> None:
    """Note that the customer has opened a survey, the first time; NotFound."""
    row, _ = asked(session, guid)
    row.viewed_at = row.viewed_at or clock.now()
    session.flush()


def answer(session: Session, guid: str, given: Sequence[Answer]) -> Offer:
    """Answer a survey: `given` holds one answer for each question, in their order.

    NotFound; NotPossible where it is answered already; BadValue (`questions.WrongAnswers`).
    """
    found = session.scalars(select(SurveyOffer).where(SurveyOffer.guid == guid.lower()).with_for_update())
    if found.one_or_none() is None:
        raise _no_offer()
    row, survey = asked(session, guid)
    if row.answered_at is not None:
        raise NotPossible("This survey is already answered.")
    wanted = questions.read(survey.questions)
    answers = questions.answered(wanted, given)
    row.answered_at = clock.now()
    row.viewed_at = row.viewed_at or row.answered_at
    row.rating = questions.rating(wanted, answers)
    row.answers = questions.kept(wanted, answers)
    session.flush()
    event = SurveyAnswered(
        survey.name,
        row.rating,
        about_of(row),
        row.customer_email,
        row.agent_username,
        row.department_name,
        row.group_name,
    )
    publish(session, SYSTEM, event)
    return _shown(session, row, survey.name)


def about_of(row: SurveyOffer) -> str:
    """Return what an offer is about: `ticket:17`."""
    if row.ticket_id is not None:
        return f"{ItemKind.TICKET}:{row.ticket_id}"
    return f"{ItemKind.CHAT}:{row.chat_id}"


def path(guid: str) -> str:
    """Return the address of an offer's page, as a path."""
    return f"/Survey/{guid}"


def _find(session: Session, guid: str) -> tuple[SurveyOffer, Survey]:
    found = session.execute(
        select(SurveyOffer, Survey)
        .join(Survey, Survey.id == SurveyOffer.survey_id)
        .where(SurveyOffer.guid == guid.lower())
    ).one_or_none()
    if found is None:
        raise _no_offer()
    return found[0], found[1]


def _no_offer() -> NotFound:
    return NotFound("There is no such survey.")


def _shown(session: Session, row: SurveyOffer, survey: str) -> Offer:
    return Offer(row, survey, known(session).base_url + path(row.guid))
