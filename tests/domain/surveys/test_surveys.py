"""Surveys: members seen, the mean and that they are answered once ours. On both databases, the clock under control."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, literal, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.chats import lifecycle
from smartertrack_emu.domain.errors import BadValue, NotFound, NotPossible
from smartertrack_emu.domain.events.declaring import TYPES, HelpdeskEvent
from smartertrack_emu.domain.events.publishing import read
from smartertrack_emu.domain.events.surveys import SurveyAnswered, SurveyOffered
from smartertrack_emu.domain.kinds import ItemKind, TicketStatus
from smartertrack_emu.domain.models import Department, Event, FieldTemplateEntry, OutgoingMail, SurveyOffer, Ticket
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.surveys import offers, questions, surveys
from smartertrack_emu.domain.surveys.questions import Answer, Question, QuestionKind, WrongAnswers
from smartertrack_emu.domain.surveys.surveys import Draft
from smartertrack_emu.domain.tickets import visibility
from smartertrack_emu.domain.tickets.status import change_status
from smartertrack_emu.store.unit_of_work import writing
from tests.services.conftest import seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
SUPPORT, TICKET, CHAT = 1, 1, 1
QUESTIONS = (
    Question(QuestionKind.RATING, "How did we do?", required=True, weight=3, steps=5),
    Question(QuestionKind.RATING, "And the agent?", weight=1, steps=10),
    Question(QuestionKind.TEXT, "What else?"),
    Question(QuestionKind.CHOICE, "Again?", options=("Yes", "No")),
)


@pytest.fixture
def session(seeded_engine: Engine) -> Iterator[Session]:
    """A transaction on the seed file's data, at a fixed moment; Support asks a survey after tickets and chats."""
    with writing(seeded_engine) as session, clock.frozen(NOW):
        survey = surveys.create(session, Draft(name="How was it?", questions=QUESTIONS))
        session.execute(update(FieldTemplateEntry).values(is_required_by_agents_to_close=False))
        department = session.get_one(Department, SUPPORT)
        department.survey_after_ticket_id = department.survey_after_chat_id = survey.id
        session.flush()
        yield session


def set_status(session: Session, status: TicketStatus) -> Ticket:
    ticket = visibility.open_to_change(session, SYSTEM, visibility.by_id(TICKET), even_locked=True)
    change_status(session, SYSTEM, ticket, status)
    return ticket


def offered(session: Session) -> list[SurveyOffer]:
    return list(session.scalars(select(SurveyOffer).order_by(SurveyOffer.id)))


def open_guid(session: Session) -> str | None:
    return session.scalar(select(offers.open_guid(ItemKind.TICKET, literal(TICKET))))


def mails(session: Session) -> list[OutgoingMail]:
    found = select(OutgoingMail).where(OutgoingMail.template == "survey")
    return list(session.scalars(found))


def happened(session: Session) -> list[HelpdeskEvent]:
    rows = session.execute(
        select(Event.event_id, Event.arguments).where(Event.event_id.between(506000, 506999)).order_by(Event.id)
    )
    return [read(TYPES[row[0]], None, str(row[1])) for row in rows]


def test_offered_when_a_ticket_is_closed_once(session: Session) -> None:
    ticket = set_status(session, TicketStatus.CLOSED)
    (offer,) = offered(session)
    assert (offer.ticket_id, offer.chat_id, offer.offered_at) == (TICKET, None, NOW)
    assert (offer.viewed_at, offer.answered_at, offer.rating) == (None, None, None)
    (mail,) = mails(session)
    assert mail.to_address == ticket.customer_email
    assert f"/Survey/{offer.guid}" in mail.body
    assert ticket.number in mail.subject
    (event,) = happened(session)
    assert isinstance(event, SurveyOffered)
    assert event[:4] == ("How was it?", None, f"ticket:{TICKET}", ticket.customer_email)
    assert (event.department_name, event.group_name) == ("Support", "Level 1")
    # One that comes back and is closed again keeps its survey.
    set_status(session, TicketStatus.OPEN)
    set_status(session, TicketStatus.LOCKED)
    assert [one.guid for one in offered(session)] == [offer.guid]
    assert len(mails(session)) == len(happened(session)) == 1


@pytest.mark.parametrize("why", ["nothing is asked", "spam", "deleted survey"])
def test_not_offered(session: Session, why: str) -> None:
    department = session.get_one(Department, SUPPORT)
    if why == "nothing is asked":
        department.survey_after_ticket_id = None
    elif why == "spam":
        session.get_one(Ticket, TICKET).is_spam = True
    else:
        surveys.delete(session, department.survey_after_ticket_id or 0)
        session.refresh(department)
        assert (department.survey_after_ticket_id, department.survey_after_chat_id) == (None, None)
    session.flush()
    set_status(session, TicketStatus.CLOSED)
    assert (offered(session), mails(session), happened(session)) == ([], [], [])


def test_no_mail_without_an_address(session: Session) -> None:
    session.get_one(Ticket, TICKET).customer_email = ""
    session.flush()
    set_status(session, TicketStatus.CLOSED)
    assert (len(offered(session)), mails(session)) == (1, [])


def test_offered_at_a_chats_end(session: Session) -> None:
    chat = lifecycle.start(session, group_id=1, customer_name="Zoë", customer_email="zoe@example.com")
    offer = lifecycle.leave(session, chat)
    assert offer is not None
    assert (offer.row.chat_id, offer.row.ticket_id, offer.survey) == (chat.id, None, "How was it?")
    assert offer.url.endswith(f"/Survey/{offer.row.guid}")
    assert mails(session) == []


def test_answered_once(session: Session) -> None:
    set_status(session, TicketStatus.CLOSED)
    (offer,) = offered(session)
    with clock.frozen(NOW + timedelta(hours=1)):
        offers.view(session, offer.guid)
    with clock.frozen(NOW + timedelta(hours=2)):
        offers.view(session, offer.guid.upper())
        made = offers.answer(session, offer.guid, [3, 10, "Fine.", "Yes"])
    assert made.row.viewed_at == NOW + timedelta(hours=1)
    assert (made.row.answered_at, made.row.rating) == (NOW + timedelta(hours=2), 70)  # (3 * 3/5 + 1 * 10/10) / 4
    event = happened(session)[-1]
    assert isinstance(event, SurveyAnswered)
    assert (event.rating, event.item) == (70, f"ticket:{TICKET}")
    with pytest.raises(NotPossible, match="already answered"):
        offers.answer(session, offer.guid, [5])
    assert open_guid(session) is None
    # What was answered stays readable, whatever becomes of the survey.
    surveys.delete(session, offer.survey_id)
    assert offers.asked(session, offer.guid)[0].rating == 70


def test_a_deleted_survey_is_answered_no_more(session: Session) -> None:
    set_status(session, TicketStatus.CLOSED)
    (offer,) = offered(session)
    assert open_guid(session) == offer.guid
    surveys.delete(session, offer.survey_id)
    with pytest.raises(NotFound):
        offers.answer(session, offer.guid, [3])
    with pytest.raises(NotFound):
        offers.answer(session, "nothing", [3])
    assert open_guid(session) is None


@pytest.mark.parametrize(
    ("answers", "mistakes"),
    [
        ([], {0: "is required."}),
        ([None], {0: "is required."}),
        ([0], {0: "takes a number from 1 to 5."}),
        ([6], {0: "takes a number from 1 to 5."}),
        (["3"], {0: "takes a number from 1 to 5."}),
        ([True], {0: "takes a number from 1 to 5."}),
        ([3, None, 7, "Perhaps"], {2: "takes a text.", 3: "takes one of its options."}),
        ([3, None, "x" * 10_001], {2: "takes 10000 characters at most."}),
        ([3, None, "a\0b"], {2: "holds a character that cannot be stored."}),
    ],
)
def test_answers_that_are_wrong(answers: Sequence[Answer], mistakes: dict[int, str]) -> None:
    with pytest.raises(WrongAnswers) as raised:
        questions.answered(QUESTIONS, answers)
    assert raised.value.mistakes == mistakes


def test_more_answers_than_questions() -> None:
    with pytest.raises(BadValue, match="there are 4 questions"):
        questions.answered(QUESTIONS, [3, 3, "", None, 1])


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        (Question(QuestionKind.TEXT, " "), "has no text"),
        (Question(QuestionKind.TEXT, "x" * 1_001), "longer than 1000"),
        (Question(QuestionKind.RATING, "x", weight=0), "weight"),
        (Question(QuestionKind.RATING, "x", steps=1), "2 to 10 steps"),
        (Question(QuestionKind.RATING, "x", steps=11), "2 to 10 steps"),
        (Question(QuestionKind.CHOICE, "x"), "without options"),
        (Question(QuestionKind.CHOICE, "x", options=("a", "a")), "twice"),
        (Question(QuestionKind.CHOICE, "x", options=("a", "")), "empty"),
        (Question(QuestionKind.TEXT, "x", options=("a",)), "only choices"),
        (Question(QuestionKind.TEXT, "a\0"), "cannot be stored"),
    ],
)
def test_questions_that_are_wrong(question: Question, wrong: str) -> None:
    with pytest.raises(BadValue, match=f"question 2 .*{wrong}"):
        questions.checked([QUESTIONS[0], question])


def test_questions_are_kept_as_they_are() -> None:
    assert tuple(questions.read(questions.checked(QUESTIONS))) == QUESTIONS
    with pytest.raises(BadValue, match="holds none"):
        questions.checked([])


RATINGS = st.lists(st.tuples(st.integers(1, 100), st.integers(2, 10), st.integers(1, 10)), min_size=1, max_size=20)


@given(RATINGS)
def test_the_mean_lies_between_the_worst_and_the_best(rated: list[tuple[int, int, int]]) -> None:
    asked = [Question(QuestionKind.RATING, "x", weight=weight, steps=steps) for weight, steps, _ in rated]
    answers = [min(answer, steps) for _, steps, answer in rated]
    shares = [answer / one.steps * 100 for answer, one in zip(answers, asked, strict=True)]
    rating = questions.rating(asked, answers)
    assert rating is not None
    assert min(shares) - 0.5 <= rating <= max(shares) + 0.5


def test_no_rating_no_mean() -> None:
    assert questions.rating(QUESTIONS, [None, None, "x", None]) is None
    assert questions.rating(QUESTIONS, [None, 5, None, None]) == 50  # weights of what was not answered do not count


def test_changed(session: Session) -> None:
    survey = surveys.page(session, limit=10)[0][0]
    surveys.change(session, survey.id, thank_you="Thanks!")
    assert (survey.name, survey.thank_you, len(questions.read(survey.questions))) == ("How was it?", "Thanks!", 4)
    with pytest.raises(BadValue):
        surveys.change(session, survey.id, name="")
    with pytest.raises(BadValue):
        surveys.change(session, survey.id, header="x" * 10_001)
