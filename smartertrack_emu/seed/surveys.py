"""The section about surveys, which departments refer to."""

from __future__ import annotations

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.models import Survey
from smartertrack_emu.domain.surveys import surveys
from smartertrack_emu.domain.surveys.questions import Question
from smartertrack_emu.domain.surveys.surveys import Draft

from .catalogue import placed
from .format import SeedDocument, SurveyEntry
from .plan import Plan


def plan_surveys(plan: Plan, document: SeedDocument) -> None:
    """Plan what customers are asked."""
    for entry, place in placed(document.surveys, "surveys"):
        survey = Survey(id=plan.ids.of(entry), **_columns(plan, entry, place))
        plan.surveys.add_unique(survey, survey.id, f"{place}.name", entry.name)
        plan.rows.append(survey)


def _columns(plan: Plan, entry: SurveyEntry, place: str) -> dict[str, str]:
    asked = [Question(**{**dict(one), "options": tuple(one.options)}) for one in entry.questions]
    draft = Draft(name=entry.name, header=entry.header, thank_you=entry.thank_you, questions=asked)
    try:
        return surveys.columns(draft)
    except BadValue as error:
        plan.problems.add(place, str(error).rstrip("."))
        return {"name": entry.name}
