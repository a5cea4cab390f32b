"""A survey's page: questions by their texts, answered once; names as the pages' list has them (ours)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import Chat, Department, SurveyOffer
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.surveys import offers, surveys
from smartertrack_emu.domain.surveys.offers import Ended
from smartertrack_emu.domain.surveys.questions import Question, QuestionKind
from smartertrack_emu.domain.surveys.surveys import Draft
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.services.api import Api
from tests.services.tickets.steps import ok, seeded_number
from tests.web.browser import Browser

QUESTIONS = (
    Question(QuestionKind.RATING, "How did <we> do?", required=True, steps=3),
    Question(QuestionKind.CHOICE, "Again?", options=("Yes", "No")),
    Question(QuestionKind.TEXT, "What else?"),
)


@pytest.fixture
def browser(api: Api) -> Iterator[Browser]:
    browser = Browser(api.url)
    yield browser
    browser.http.close()


@pytest.fixture
def path(api: Api) -> str:
    """Where the survey about ticket 1 is."""
    draft = Draft(name="How was it?", header="Dear <you>", thank_you="Thanks a lot!", questions=QUESTIONS)
    with writing(api.engine) as session:
        survey = surveys.create(session, draft)
        session.get_one(Department, 1).survey_after_ticket_id = survey.id
        session.flush()
        offer = offers.offer(session, SYSTEM, Ended(ItemKind.TICKET, 1, 1, 1, 4, "customer@example.com"))
        assert offer is not None
        return offers.path(offer.row.guid)


def offer(api: Api) -> SurveyOffer:
    with reading(api.engine) as session:
        return session.scalars(select(SurveyOffer)).one()


def fields(browser: Browser, path: str) -> dict[str, str]:
    form = browser.get(path).form("Send")
    return {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")}


def test_the_form(api: Api, browser: Browser, path: str) -> None:
    assert browser.http.head(api.url + path, timeout=10).status_code == 200
    assert offer(api).viewed_at is None
    page = browser.get(path)
    assert (page.status, page.heading, page.answer.headers["Cache-Control"]) == (
        200,
        "How was it?",
        "private, no-store",
    )
    assert "Dear &lt;you&gt;" in page.text
    form = page.form("Send")
    assert [one.text_content().strip() for one in form.xpath(".//legend")] == ["How did <we> do? (required)", "Again?"]
    assert form.xpath("count(.//input[@type='radio'][@name='q1'])") == 3
    assert [one.text_content() for one in form.xpath(".//label[@for='q3']")] == ["What else?"]
    viewed = offer(api).viewed_at
    assert viewed is not None
    browser.get(path.upper().replace("/SURVEY", "/survey"))
    assert offer(api).viewed_at == viewed


def test_answered_once(api: Api, browser: Browser, path: str) -> None:
    answers = fields(browser, path) | {"q1": "2", "q2": "Yes", "q3": "All\r\nwell."}
    page = browser.post(path, answers)
    assert (page.status, page.said("status")) == (200, "Thanks a lot!")
    found = offer(api)
    assert found.rating == 67
    assert found.answers is not None
    assert "All\\nwell." in found.answers
    again = browser.post(path, answers)
    assert (again.status, again.said("status")) == (409, "This survey is already answered.")
    page = browser.get(path)
    assert (page.status, page.said("status")) == (200, "This survey is already answered.")
    assert "<form" not in page.text


def test_answers_that_are_wrong(api: Api, browser: Browser, path: str) -> None:
    page = browser.post(path, fields(browser, path) | {"q1": "4", "q2": "Perhaps", "q3": "Kept <b>"})
    assert page.status == 422
    assert "nothing was sent" in page.said("alert")
    assert [one.text_content() for one in page.tree.xpath("//*[@id='q1-wrong'] | //*[@id='q2-wrong']")] == [
        "This question takes a number from 1 to 3.",
        "This question takes one of its options.",
    ]
    assert page.tree.xpath("count(//*[@aria-invalid='true'])") == 2
    assert page.tree.xpath("string(//textarea)").strip() == "Kept <b>"
    missing = browser.post(path, fields(browser, path))
    assert (missing.status, "is required" in missing.text) == (422, True)
    assert offer(api).answered_at is None


def test_a_form_of_ours_alone(api: Api, browser: Browser, path: str) -> None:
    fields(browser, path)
    assert browser.post(path, {"q1": "2"}).status == 403
    assert browser.post(path, {"q1": "2", "csrf_token": "x"}).status == 403
    assert offer(api).answered_at is None


def test_addresses(api: Api, browser: Browser, path: str) -> None:
    assert browser.get("/Survey/nothing").status == 404
    assert browser.post("/Survey/nothing", fields(browser, path)).status == 404
    page = browser.get(f"/Main/frmSurvey.aspx?token={offer(api).guid}")
    assert (page.status, page.location) == (302, path)
    assert browser.get("/Main/frmSurvey.aspx").status == 404
    url = str(ok(api.tickets("alice").GetTicketURL(seeded_number(api))).RequestResult)
    ticket = browser.get(url.removeprefix(api.url))
    assert [one.get("href") for one in ticket.tree.xpath("//a[text()='Take the survey']")] == [path]
    with writing(api.engine) as session:
        surveys.delete(session, offer(api).survey_id)
    assert browser.get(path).status == 404
    assert "Take the survey" not in browser.get(url.removeprefix(api.url)).text


def test_about_a_chat(api: Api, browser: Browser, path: str) -> None:
    with writing(api.engine) as session:
        department = session.get_one(Department, 1)
        department.survey_after_chat_id = department.survey_after_ticket_id
        session.flush()
        chat = session.scalars(select(Chat).order_by(Chat.id)).first()
        assert chat is not None
        made = offers.offer(session, SYSTEM, Ended(ItemKind.CHAT, chat.id, 1, 1, 4, ""))
        assert made is not None
        other = offers.path(made.row.guid)
    assert other != path
    assert browser.post(other, fields(browser, other) | {"q1": "3"}).status == 200
