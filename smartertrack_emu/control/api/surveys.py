"""Surveys, to whom they were offered, and answering them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.surveys import offers, surveys
from smartertrack_emu.domain.surveys import questions as asked
from smartertrack_emu.domain.surveys.models import Survey as SurveyRow
from smartertrack_emu.domain.surveys.offers import Offer
from smartertrack_emu.domain.surveys.questions import QuestionKind
from smartertrack_emu.domain.surveys.surveys import Draft

from .declaring import Answer, Call, Routes
from .entrance import PREFIX
from .events import About, item_of
from .models import Changes, Listing, Model, Moment, Paging

routes = Routes("The desk: surveys")

_QUESTIONS = [
    {"kind": "rating", "text": "How did we do?", "required": True, "weight": 2, "steps": 5, "options": []},
    {"kind": "text", "text": "What else?", "required": False, "weight": 1, "steps": 5, "options": []},
]


class Question(Model):
    """A question. `weight` and `steps` count for ratings alone; `options` are those of a choice."""

    example: ClassVar[Mapping[str, Any]] = _QUESTIONS[0]

    kind: Literal["rating", "text", "choice"]
    text: str = Field(max_length=asked.LONGEST_TEXT)
    required: bool = False
    weight: int = Field(default=1, ge=1, le=asked.MOST_WEIGHT, description="How much it counts in the mean.")
    steps: int = Field(default=5, ge=asked.LEAST_STEPS, le=asked.MOST_STEPS, description="The best rating.")
    options: list[str] = Field(default=[], max_length=asked.MOST_OPTIONS)


class NewSurvey(Model):
    """A survey to be made. `header` and `thank_you` are plain text."""

    example: ClassVar[Mapping[str, Any]] = {"name": "After a ticket", "questions": _QUESTIONS}

    name: str
    header: str = Field(default="", max_length=surveys.LONGEST_TEXT)
    thank_you: str = Field(default="", max_length=surveys.LONGEST_TEXT)
    questions: list[Question] = Field(max_length=asked.MOST_QUESTIONS)


class SurveyChanges(Changes):
    """What is to change of a survey; what is left out stays."""

    example: ClassVar[Mapping[str, Any]] = {"thank_you": "Thank you!"}

    name: str = ""
    header: str = Field(default="", max_length=surveys.LONGEST_TEXT)
    thank_you: str = Field(default="", max_length=surveys.LONGEST_TEXT)
    questions: list[Question] = Field(default=[], max_length=asked.MOST_QUESTIONS)


class Survey(Model):
    """A survey with its questions, in their order."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 1,
        "name": "After a ticket",
        "header": "",
        "thank_you": "Thank you!",
        "questions": _QUESTIONS,
    }

    id: int
    name: str
    header: str
    thank_you: str
    questions: list[Question]


class OfferQuery(Paging):
    """Which offers: of one item, such as `ticket:17`."""

    about: About | None = None


class SurveyOffer(Model):
    """A survey that a customer is asked to answer at `url`. `rating`: in percent, null where none was given."""

    example: ClassVar[Mapping[str, Any]] = {
        "guid": "0c9b0f5e-4d52-4b0e-9c3b-0c1f2a3b4c5d",
        "survey_id": 1,
        "about": "ticket:17",
        "url": "http://127.0.0.1:9998/Survey/0c9b0f5e-4d52-4b0e-9c3b-0c1f2a3b4c5d",
        "offered_at": "2031-02-28T23:59:00Z",
        "viewed_at": None,
        "answered_at": None,
        "rating": None,
    }

    guid: str
    survey_id: int
    about: str
    url: str
    offered_at: Moment
    viewed_at: Moment | None
    answered_at: Moment | None
    rating: int | None


class Answers(Model):
    """One answer for each question, in their order: a number, a text, or null for none."""

    example: ClassVar[Mapping[str, Any]] = {"answers": [3, "All was well."]}

    answers: list[int | str | None] = Field(max_length=asked.MOST_QUESTIONS)


def _find(call: Call, survey_id: int) -> None:
    call.read(lambda session, actor: surveys.get(session, survey_id))  # noqa: ARG005 - all work gets one


def _find_offer(call: Call, guid: str) -> None:
    call.read(lambda session, actor: offers.get(session, guid))  # noqa: ARG005 - the same


@routes.get("/surveys")
def list_surveys(call: Call, query: Paging) -> Listing[Survey]:
    """List the surveys, the oldest first."""

    def work(session: Session, actor: Principal) -> Listing[Survey]:
        del actor
        found, total = surveys.page(session, limit=query.limit, offset=query.offset)
        return Listing[Survey](items=[_shown(row) for row in found], total=total)

    return call.read(work)


@routes.post("/surveys", status=201)
def add_survey(call: Call, body: NewSurvey) -> Answer[Survey]:
    """Make a survey."""
    draft = Draft(**_members(body))
    made = call.write(lambda session, actor: _shown(surveys.create(session, draft)))  # noqa: ARG005 - the same
    return Answer(made, headers={"Location": f"{PREFIX}/surveys/{made.id}"})


@routes.get("/surveys/{survey_id}", finds=_find)
def get_survey(call: Call, survey_id: int) -> Survey:
    """Return a survey."""
    return call.read(lambda session, actor: _shown(surveys.get(session, survey_id)))  # noqa: ARG005 - the same


@routes.patch("/surveys/{survey_id}", finds=_find)
def change_survey(call: Call, survey_id: int, body: SurveyChanges) -> Survey:
    """Change a survey; offers that are not answered yet ask what it asks then."""
    changes = _members(body)
    return call.write(lambda session, actor: _shown(surveys.change(session, survey_id, **changes)))  # noqa: ARG005 - the same


@routes.delete("/surveys/{survey_id}", finds=_find)
def delete_survey(call: Call, survey_id: int) -> None:
    """Delete a survey: no department offers it any more, and open offers can be answered no more."""
    call.write(lambda session, actor: surveys.delete(session, survey_id))  # noqa: ARG005 - the same


@routes.get("/survey-offers")
def list_survey_offers(call: Call, query: OfferQuery) -> Listing[SurveyOffer]:
    """List what was offered, the oldest first."""
    about = None if query.about is None else item_of(query.about)

    def work(session: Session, actor: Principal) -> Listing[SurveyOffer]:
        del actor
        found, total = offers.page(session, about=about, limit=query.limit, offset=query.offset)
        return Listing[SurveyOffer](items=[_offered(one) for one in found], total=total)

    return call.read(work)


@routes.post("/survey-offers/{guid}/answer", errors={409: "The survey is answered already."}, finds=_find_offer)
def answer_survey(call: Call, guid: str, body: Answers) -> SurveyOffer:
    """Answer a survey as the customer."""
    return call.write(lambda session, actor: _offered(offers.answer(session, guid, body.answers)))  # noqa: ARG005 - the same


def _members(body: NewSurvey | SurveyChanges) -> dict[str, Any]:
    """Return what is given as the domain has it."""
    given: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
    if "questions" in given:
        given["questions"] = [
            asked.Question(
                **one.model_dump(exclude={"kind", "options"}), kind=QuestionKind(one.kind), options=tuple(one.options)
            )
            for one in given["questions"]
        ]
    return given


def _shown(row: SurveyRow) -> Survey:
    return Survey(
        id=row.id,
        name=row.name,
        header=row.header,
        thank_you=row.thank_you,
        questions=[
            Question(
                kind=one.kind.value,
                text=one.text,
                required=one.required,
                weight=one.weight,
                steps=one.steps,
                options=list(one.options),
            )
            for one in asked.read(row.questions)
        ],
    )


def _offered(offer: Offer) -> SurveyOffer:
    row = offer.row
    return SurveyOffer(
        guid=row.guid,
        survey_id=row.survey_id,
        about=offers.about_of(row),
        url=offer.url,
        offered_at=row.offered_at,
        viewed_at=row.viewed_at,
        answered_at=row.answered_at,
        rating=row.rating,
    )
