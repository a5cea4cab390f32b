"""Surveys: made, changed, deleted by administrators (members seen, the rest ours)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock, naming
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.structure.models import Department

from . import questions as asked
from .models import Survey
from .questions import Question

LONGEST_TEXT: Final = 10_000
"""Characters of a header and of a thank-you."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a survey says and asks."""

    name: str
    header: str = ""
    thank_you: str = ""
    questions: Sequence[Question] = ()


def page(session: Session, *, limit: int, offset: int = 0) -> tuple[list[Survey], int]:
    """Return surveys that are not deleted, the oldest first, and how many there are."""
    there = Survey.deleted_at.is_(None)
    found = session.scalars(select(Survey).where(there).order_by(Survey.id).limit(limit).offset(offset))
    return list(found), session.scalar(select(func.count()).select_from(Survey).where(there)) or 0


def get(session: Session, survey_id: int) -> Survey:
    """Return a survey; NotFound for one that is deleted."""
    survey = session.get(Survey, survey_id)
    if survey is None or survey.deleted_at is not None:
        raise NotFound(f"There is no survey {survey_id}.")
    return survey


def create(session: Session, draft: Draft) -> Survey:
    """Make a survey; BadValue."""
    survey = Survey(**columns(draft))
    session.add(survey)
    session.flush()
    return survey


def change(session: Session, survey_id: int, **changes: Any) -> Survey:
    """Change what is named of a survey; BadValue, NotFound. What was answered stays as it was asked."""
    survey = get(session, survey_id)
    draft = Draft(
        name=survey.name, header=survey.header, thank_you=survey.thank_you, questions=asked.read(survey.questions)
    )
    for name, value in columns(replace(draft, **changes)).items():
        setattr(survey, name, value)
    session.flush()
    return survey


def delete(session: Session, survey_id: int) -> None:
    """Delete a survey: it is offered no more, by no department, and answered no more. What was answered stays."""
    get(session, survey_id).deleted_at = clock.now()
    for column in (Department.survey_after_ticket_id, Department.survey_after_chat_id):
        session.execute(update(Department).where(column == survey_id).values({column: None}))
    session.flush()


def columns(draft: Draft) -> dict[str, str]:
    """Return a draft as it is stored; BadValue."""
    naming.name(draft.name, "name")
    for field, text in (("header", draft.header), ("thank_you", draft.thank_you)):
        if len(text) > LONGEST_TEXT:
            raise BadValue(field, f"is longer than {LONGEST_TEXT} characters.")
        if naming.storable(text) != text:
            raise BadValue(field, "holds a character that cannot be stored.")
    return {
        "name": draft.name,
        "header": draft.header,
        "thank_you": draft.thank_you,
        "questions": asked.checked(draft.questions),
    }
