"""/Survey/GUID: a survey that a customer is asked to answer, once. HEAD only looks, and does not count as opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import NamedTuple

from flask import Blueprint, Response, render_template, request

from smartertrack_emu.desk import logins
from smartertrack_emu.desk.desk import Session
from smartertrack_emu.domain.errors import BadValue, NotPossible
from smartertrack_emu.domain.surveys import offers, questions
from smartertrack_emu.domain.surveys.questions import Answer, Question, QuestionKind, WrongAnswers
from smartertrack_emu.web import session as browser
from smartertrack_emu.web.visit import desk, is_only_asking, parameters, prefixed

pages = Blueprint("surveys", __name__)

_ANSWERED = "This survey is already answered."
_WRONG = "Some answers are missing or wrong; nothing was sent."


class _Survey(NamedTuple):
    """What the page shows of a survey."""

    name: str
    header: str
    thank_you: str
    questions: Sequence[Question]
    is_answered: bool


@pages.get("/Survey/<token:guid>")
def survey(guid: str) -> Response:
    """Show the questions, or that they are answered already; 404 for what nobody was offered."""

    def view(session: Session) -> None:
        offers.view(session, guid)

    found = desk().read(lambda session: _read(session, guid), about=request.path)
    if found.is_answered:
        return _said(found, _ANSWERED, HTTPStatus.OK)
    if not is_only_asking():
        desk().write(view, about=request.path)
    return _form(found, {}, HTTPStatus.OK)


@pages.post("/Survey/<token:guid>")
@browser.checks_itself
def answer(guid: str) -> Response:
    """Take the answers, and say thank you."""
    browser.check_login_form()
    found = desk().read(lambda session: _read(session, guid), about=request.path)
    given = [_answer(question, request.form.get(f"q{place}", "")) for place, question in enumerate(found.questions, 1)]
    try:
        desk().write(lambda session: offers.answer(session, guid, given), about=request.path)
    except WrongAnswers as error:
        return _form(found, error.mistakes, HTTPStatus.UNPROCESSABLE_ENTITY)
    except BadValue:  # the questions have changed at this moment
        return _form(desk().read(lambda session: _read(session, guid)), {}, HTTPStatus.UNPROCESSABLE_ENTITY)
    except NotPossible:
        return _said(found, _ANSWERED, HTTPStatus.CONFLICT)
    return _said(found, found.thank_you or "Thank you for your answers.", HTTPStatus.OK)


@pages.get("/Main/frmSurvey.aspx")
def older_address() -> Response:
    """Send the address that carries a token to the present one; 404 where nobody was offered it."""
    guid = parameters().get("token", "")
    row, _ = desk().read(lambda session: offers.asked(session, guid), about=request.path)
    response = Response("This page is elsewhere.\n", HTTPStatus.FOUND, content_type="text/plain; charset=utf-8")
    response.headers["Location"] = prefixed(offers.path(row.guid))
    return response


def _read(session: Session, guid: str) -> _Survey:
    row, found = offers.asked(session, guid)
    return _Survey(
        found.name, found.header, found.thank_you, questions.read(found.questions), row.answered_at is not None
    )


def _answer(question: Question, given: str) -> Answer:
    if question.kind is QuestionKind.RATING and given.isascii() and given.isdecimal() and len(given) <= 2:
        return int(given)
    return given.replace("\r\n", "\n") or None


def _form(found: _Survey, mistakes: Mapping[int, str], status: HTTPStatus) -> Response:
    nonce = browser.nonce()
    content = render_template(
        "portal/survey.html",
        survey=found,
        mistakes=mistakes,
        wrong=_WRONG if status is not HTTPStatus.OK else "",
        given=request.form,
        token=logins.form_token(desk(), nonce),
    )
    response = Response(content, status, content_type="text/html; charset=utf-8")
    browser.keep_nonce(response, nonce)
    return response


def _said(found: _Survey, sentence: str, status: HTTPStatus) -> Response:
    content = render_template("portal/survey_said.html", survey=found, sentence=sentence)
    return Response(content, status, content_type="text/html; charset=utf-8")
