"""Evidence: ours. Surveys by the control API: made, changed, offered when tickets and chats end, answered once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from smartertrack_emu.domain.models import FieldTemplateEntry
from smartertrack_emu.store.unit_of_work import writing
from tests.control.client import Control
from tests.services.api import Api
from tests.services.tickets.steps import seeded_number

RULES = "/departments/1/rules"
RATING = {"kind": "rating", "text": "How did we do?", "required": True, "weight": 3, "steps": 5, "options": []}
TEXT = {"kind": "text", "text": "What else?", "required": False, "weight": 1, "steps": 5, "options": []}


@pytest.fixture
def survey(api: Api, control: Control) -> dict[str, Any]:
    """A survey that Support asks after tickets and chats."""
    made: dict[str, Any] = control.done(
        "POST",
        "/surveys",
        {"name": "How was it?", "questions": [RATING, {"kind": "text", "text": "What else?"}]},
        status=201,
    )
    with writing(api.engine) as session:
        session.execute(update(FieldTemplateEntry).values(is_required_by_agents_to_close=False))
    asked = {"survey_after_ticket": made["id"], "survey_after_chat": made["id"]}
    assert control.done("PUT", RULES, asked).items() >= asked.items()
    return made


def test_a_survey(control: Control, survey: dict[str, Any]) -> None:
    assert survey == {
        "id": survey["id"],
        "name": "How was it?",
        "header": "",
        "thank_you": "",
        "questions": [RATING, TEXT],
    }
    path = f"/surveys/{survey['id']}"
    assert control.get(path) == survey
    changed = control.done("PATCH", path, {"thank_you": "Thanks!"})
    assert changed == survey | {"thank_you": "Thanks!"}
    assert control.get("/surveys") == {"items": [changed], "total": 1}
    control.done("DELETE", path, status=204)
    control.refused("GET", path, status=404)
    control.refused("DELETE", path, status=404)
    assert control.get("/surveys")["total"] == 0
    rules = control.get(RULES)
    assert (rules["survey_after_ticket"], rules["survey_after_chat"]) == (None, None)
    for member in ("survey_after_ticket", "survey_after_chat"):
        for unknown in (survey["id"], 99):
            assert control.wrong("PUT", RULES, {member: unknown}) == [f"body.{member}"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": ""}, "body.name"),
        ({"questions": []}, "body.questions"),
        ({"questions": [RATING | {"steps": 11}]}, "body.questions[0].steps"),
        ({"questions": [RATING | {"kind": "stars"}]}, "body.questions[0].kind"),
        ({"questions": [{"kind": "choice", "text": "Again?"}]}, "body.questions"),
        ({"nothing": 1}, "body.nothing"),
    ],
)
def test_surveys_that_are_wrong(control: Control, survey: dict[str, Any], change: dict[str, Any], where: str) -> None:
    whole = {"name": "x", "questions": [RATING]} | change
    (said,) = control.wrong("POST", "/surveys", whole)
    assert said.replace("[", ".").replace("]", "") == where.replace("[", ".").replace("]", "")
    assert control.wrong("PATCH", f"/surveys/{survey['id']}", change)
    control.refused("PATCH", "/surveys/99", change, status=404)
    assert control.get("/surveys")["total"] == 1


def test_offered_at_closing_and_answered_once(api: Api, control: Control, survey: dict[str, Any]) -> None:
    assert api.tickets("alice").CloseTicket(seeded_number(api)).Result
    offers = control.get("/survey-offers", about="ticket:1")
    (offer,) = offers["items"]
    assert offer == {
        "guid": offer["guid"],
        "survey_id": survey["id"],
        "about": "ticket:1",
        "url": f"{api.url}/Survey/{offer['guid']}",
        "offered_at": offer["offered_at"],
        "viewed_at": None,
        "answered_at": None,
        "rating": None,
    }
    assert control.get("/survey-offers", about="ticket:2") == {"items": [], "total": 0}
    assert control.get("/survey-offers", about="task:1")["total"] == 0
    (mail,) = control.get("/mail/outgoing", kind="template")["items"]
    assert offer["url"] in control.get(f"/mail/outgoing/{mail['id']}")["text"]
    path = f"/survey-offers/{offer['guid']}/answer"
    for wrong in ([], [6], [3, 4], [3, "", "more"], [2.5]):
        assert control.wrong("POST", path, {"answers": wrong})
    answered = control.done("POST", path, {"answers": [3, "Fine."]})
    assert answered["rating"] == 60
    assert answered["answered_at"]
    assert "already answered" in control.refused("POST", path, {"answers": [5]}, status=409)["detail"]
    assert control.get("/survey-offers")["items"] == [answered]
    events = control.get("/events", type=506000)["items"]
    assert [(one["arguments"]["rating"], one["arguments"]["item"]) for one in events] == [(60, "ticket:1")]
    control.refused("POST", "/survey-offers/nothing/answer", {"answers": []}, status=404)
    assert control.wrong("GET", "/survey-offers", params={"about": "nothing"}) == ["query.about"]


def test_offered_at_a_chats_end(control: Control, survey: dict[str, Any]) -> None:
    chat = control.done(
        "POST", "/chats", {"department": "Support", "name": "Zoë", "custom_fields": {"Account": "7"}}, status=201
    )
    ended = control.done("POST", f"/chats/{chat['id']}/leave")
    (offer,) = control.get("/survey-offers", about=f"chat:{chat['id']}")["items"]
    assert ended["survey"] == offer["url"]
    control.done("DELETE", f"/surveys/{survey['id']}", status=204)
    chat = control.done(
        "POST", "/chats", {"department": "Support", "name": "Zoë", "custom_fields": {"Account": "7"}}, status=201
    )
    assert control.done("POST", f"/chats/{chat['id']}/leave")["survey"] is None
