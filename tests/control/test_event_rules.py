"""Evidence: documented (the types of events) and ours. Rules over HTTP; each type caused once, and its action seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from smartertrack_emu.domain.events.catalogue import event_types
from smartertrack_emu.domain.models import Department
from smartertrack_emu.store.unit_of_work import writing
from tests.control.client import Control
from tests.services.api import Api
from tests.services.story import Story
from tests.services.tickets.steps import create, seeded_number

LOG = {"kind": "log", "text": "#EVENT_TYPE#"}
RULE = {"name": "Urgent ones", "type": 502000, "actions": [LOG], "conditions": {"department": "Support"}}
LIMITS = {"once_per_item": False, "at_most_every_seconds": 0}


def rule(control: Control, **given: Any) -> Any:
    """Make a rule."""
    return control.done("POST", "/event-rules", RULE | given, status=201)


def run(control: Control) -> None:
    """Run the job."""
    control.done("POST", "/jobs/event-processing/run")


def test_rules_are_made_changed_and_deleted(control: Control) -> None:
    made = rule(control)
    assert made == {
        "id": made["id"],
        "name": "Urgent ones",
        "type": 502000,
        "conditions": {"department": "Support"},
        "actions": [LOG | LIMITS],
        "enabled": True,
    }
    path = f"/event-rules/{made['id']}"
    assert control.get(path) == made
    assert control.get("/event-rules") == {"items": [made], "total": 1}
    changed = control.done("PATCH", path, {"enabled": False, "actions": [{"kind": "transfer", "agent": "bob"}]})
    assert changed == made | {
        "enabled": False,
        "actions": [{"kind": "transfer", "group": "", "agent": "bob"} | LIMITS],
    }
    control.done("DELETE", path, status=204)
    for method in ("GET", "PATCH", "DELETE"):
        control.refused(method, path, None if method == "GET" else {}, status=404)


EVERY_ACTION: list[dict[str, Any]] = [
    {"kind": "notify-provider"},
    {"kind": "email", "to": ["customer", "x@y.example"], "subject": "s", "body": "b", "html": True},
    {"kind": "reminder", "user": "agent", "subject": "s", "body": ""},
    {"kind": "transfer", "group": "Level 2", "agent": "queue"},
    {"kind": "priority", "priority": "High"},
    {"kind": "status", "status": "Closed and Locked"},
    {"kind": "note", "text": "x"},
    {"kind": "webhook", "url": "https://127.0.0.1:8443/hook?x=1"},
    LOG,
]


def test_every_kind_of_action(control: Control) -> None:
    assert rule(control, actions=EVERY_ACTION)["actions"] == [action | LIMITS for action in EVERY_ACTION]
    invite = {"kind": "invite", "message": "May I help?"}
    assert rule(control, type=503007, conditions={}, actions=[invite])["actions"] == [invite | LIMITS]


@pytest.mark.parametrize(
    ("given", "where", "what"),
    [
        ({"name": " "}, "body.name", "required"),
        ({"type": 502900}, "body.type", "502900"),
        ({"type": 1}, "body.type", "no type"),
        ({"actions": []}, "body.actions", "1 to 20"),
        ({"actions": [LOG] * 21}, "body.actions", "1 to 20"),
        ({"actions": [{"kind": "sing"}]}, "body.actions.0", ""),
        ({"actions": [LOG | {"loud": True}]}, "body.actions.0.log.loud", ""),
        ({"actions": [{"kind": "log"}]}, "body.actions.0.log.text", ""),
        ({"actions": [{"kind": "log", "text": " "}]}, "body.actions", "text is required"),
        ({"actions": [LOG | {"at_most_every_seconds": -1}]}, "body.actions.0.log.at_most_every_seconds", ""),
        ({"actions": [{"kind": "email", "to": []}]}, "body.actions", "to needs"),
        ({"actions": [{"kind": "email", "to": ["nobody"]}]}, "body.actions", "'nobody' is neither"),
        ({"actions": [{"kind": "reminder", "user": "nobody", "subject": "x"}]}, "body.actions", "'nobody'"),
        ({"actions": [{"kind": "transfer"}]}, "body.actions", "a group or an agent"),
        ({"actions": [{"kind": "transfer", "group": "Nowhere"}]}, "body.actions", "'Nowhere'"),
        ({"actions": [{"kind": "transfer", "agent": "customer"}]}, "body.actions", "not an agent"),
        ({"actions": [{"kind": "priority", "priority": "Loud"}]}, "body.actions", "'Loud' is none of Low"),
        ({"actions": [{"kind": "status", "status": "Lost"}]}, "body.actions", "'Lost' is none of Open"),
        ({"actions": [{"kind": "invite", "message": "x"}]}, "body.actions", "invite cannot follow"),
        ({"actions": [{"kind": "webhook", "url": "ftp://a.example/"}]}, "body.actions", "no http"),
        ({"actions": [{"kind": "webhook", "url": "http://u:p@a.example/"}]}, "body.actions", "no http"),
        ({"actions": [{"kind": "webhook", "url": "http://a.example/#x"}]}, "body.actions", "no http"),
        ({"actions": [{"kind": "webhook", "url": "http:///"}]}, "body.actions", "no http"),
        ({"actions": [{"kind": "webhook", "url": "http://a.example:99999/"}]}, "body.actions", "no http"),
        ({"actions": [{"kind": "webhook", "url": "http://a.example/ b"}]}, "body.actions", "a blank"),
        ({"actions": [{"kind": "webhook", "url": "http://169.254.169.254/"}]}, "body.actions", "not allowed"),
        ({"type": 508000, "actions": [{"kind": "note", "text": "x"}]}, "body.actions", "note cannot follow"),
        ({"conditions": {"oldStatus": "Open"}}, "body.conditions", "no argument 'oldStatus'"),
        ({"conditions": {"cf_Nope": "x"}}, "body.conditions", "no custom field 'Nope'"),
        ({"conditions": {"cf_Plan": "x"}}, "body.conditions", "no custom field 'Plan'"),
        ({"conditions": {"subject": {"like": "x"}}}, "body.conditions", "'like' is none of"),
        ({"conditions": {"ticketId": "x"}}, "body.conditions", "needs a number"),
        ({"conditions": {"timeOfDay": "8:00"}}, "body.conditions", "08:30"),
        ({"conditions": {"dayOfWeek": "Mittwoch"}}, "body.conditions", "Wednesday"),
        ({"conditions": {"priority": {"is_not": "Loud"}}}, "body.conditions", "none of Low"),
        ({"conditions": {"ticketId": {"between": [5, 1]}}}, "body.conditions", "above"),
        ({"conditions": {"subject": {"any_of": []}}}, "body.conditions", "1 to 50"),
    ],
)
def test_rules_that_make_no_sense(control: Control, given: dict[str, Any], where: str, what: str) -> None:
    before = control.get("/event-rules")
    problem = control.refused("POST", "/event-rules", RULE | given, status=422)
    assert [error["where"] for error in problem["errors"]] == [where]
    assert what in problem["errors"][0]["what"]
    assert control.get("/event-rules") == before


def test_tasks_and_chats(control: Control) -> None:
    task = {"type": 507001, "conditions": {"agent": "alice", "dueDate": {"less_than": "2031-01-01T00:00:00Z"}}}
    assert rule(control, **task, actions=[{"kind": "status", "status": "in review"}])
    wrong = RULE | task
    for action in ({"kind": "status", "status": "Waiting"}, {"kind": "transfer", "group": "Level 1"}):
        assert control.wrong("POST", "/event-rules", wrong | {"actions": [action]}) == ["body.actions"]
    assert control.wrong("POST", "/event-rules", wrong | {"conditions": {"dueDate": "soon"}}) == ["body.conditions"]


def test_what_actions_came_to(api: Api, control: Control) -> None:
    made = rule(control, actions=[LOG, {"kind": "notify-provider"}, {"kind": "transfer", "agent": "carol"}])
    number = create(api)
    run(control)
    listed = control.get("/event-actions")
    assert [(one["index"], one["kind"], one["state"], one["attempts"]) for one in listed["items"]] == [
        (0, "log", "done", 1),
        (1, "notify-provider", "skipped", 0),
        (2, "transfer", "failed", 1),
    ]
    done, skipped, failed = listed["items"]
    event = control.get("/events", type=502000, limit=1000)["items"][-1]
    assert (failed["event_id"], failed["rule_id"], failed["about"]) == (event["id"], made["id"], event["about"])
    assert "carol" in failed["reason"] or "6" in failed["reason"]
    assert failed["next_attempt_at"] is None
    assert failed["done_at"]
    asked: list[tuple[dict[str, Any], list[Any]]] = [
        ({"state": "done"}, [done]),
        ({"rule": made["id"], "limit": 1, "offset": 1}, [skipped]),
        ({"rule": 99}, []),
        ({"event": event["id"]}, listed["items"]),
        ({"about": "ticket:1"}, []),
    ]
    for query, found in asked:
        assert control.get("/event-actions", **query)["items"] == found
    retried = control.done("POST", f"/event-actions/{failed['id']}/retry")
    assert (retried["state"], retried["attempts"]) == ("waiting", 0)
    control.refused("POST", f"/event-actions/{done['id']}/retry", status=409)
    control.refused("POST", f"/event-actions/{skipped['id']}/retry", status=409)
    control.refused("POST", "/event-actions/99/retry", status=404)
    for wrong in ("state=lost", "about=x", "rule=0"):
        assert control.wrong("GET", f"/event-actions?{wrong}") == [f"query.{wrong.partition('=')[0]}"]
    run(control)
    assert control.get("/event-actions", state="failed")["total"] == 1
    assert api.tickets("admin").GetTicketInfoByTicketNumber(number).Result


def test_the_cause_of_an_event(api: Api, control: Control) -> None:
    rule(control, actions=[{"kind": "note", "text": "#TICKET_NUMBER#"}])
    create(api)
    run(control)
    comment = control.get("/events", type=502005, limit=1000)["items"][-1]
    created = control.get("/events", type=502000, limit=1000)["items"][-1]
    assert (comment["cause"], created["cause"]) == (created["id"], None)
    assert comment["arguments"]["comment"] == created["arguments"]["ticketNumber"]


def test_a_ticket_costs_no_statement_more(api: Api, control: Control) -> None:
    given = (1, 1, 4, "customer@example.com", "Your order", "Coming.", False, True, False)

    def opened() -> Any:
        return api.tickets("alice").CreateTicket(*given)

    opened()
    before = api.statements(opened)
    rule(control, type=502003)
    opened()
    assert api.statements(opened) == before


# Each type over its true cause

JOBS_OF_OTHERS = {502008, 507003, 511008, 509000, 509001, 509002, 509003, 510000, 510001, 510002}
"""Published by jobs and mail; their arguments are tested with those of all types."""


def _articles(api: Api, control: Control) -> None:
    article = control.done("POST", "/articles", {"folder_id": 1, "subject": "New"}, status=201)
    path = f"/articles/{article['id']}"
    control.done("PATCH", path, {"body": "<p>Run.</p>"})
    control.done("POST", f"{path}/flag")
    control.done("POST", f"{path}/review")
    control.done("DELETE", path, status=204)


def _chats(api: Api, control: Control) -> None:
    started = {"department": "Support", "name": "Zoe", "email": "zoe@example.com", "question": "Anybody there?"}
    path = f"/chats/{control.done('POST', '/chats', started, status=201)['id']}"
    for sender in ("customer", "agent"):
        control.done("POST", f"{path}/messages", {"from": sender, "text": "Hello."}, status=201)
    control.done("DELETE", path, status=204)


def _relations(api: Api, control: Control) -> None:
    number = create(api, by="mary")
    for item in ("chat:3", "calllog:1"):
        assert api.tickets("admin").AddRelatedItem(number, item).Result
        control.done("DELETE", f"/tickets/{number}/related/{item}", status=204)


def _comments(api: Api, control: Control) -> None:
    control.done("POST", "/tasks/1/comments", {"by": "bob", "text": "Soon."}, status=201)
    control.done("POST", f"/tickets/{seeded_number(api)}/reply", {"text": "Hm?"}, status=201)


def _receiving(api: Api, control: Control) -> None:
    control.done("PATCH", "/groups/1/members/5", {"receives_tickets": False, "receives_chats": False})


def _stale(api: Api, control: Control) -> None:
    control.done("POST", "/clock/advance", {"seconds": timedelta(days=91).total_seconds()})
    control.done("DELETE", "/clock")


def _channels(api: Api, control: Control) -> None:
    path = f"/channels/{control.done('POST', '/channels', {'name': 'Night'}, status=201)['id']}"
    control.done("POST", f"{path}/join", {"agent": "alice"})
    control.done("POST", f"{path}/invite", {"from": "alice", "to": "bob"})
    control.done("POST", f"{path}/leave", {"agent": "alice"})


def _surveys(api: Api, control: Control) -> None:
    asked = {"name": "How was it?", "questions": [{"kind": "rating", "text": "Well?"}]}
    survey = control.done("POST", "/surveys", asked, status=201)
    with writing(api.engine) as session:
        session.execute(update(Department).values(survey_after_chat_id=survey["id"]))
    chat = control.done("POST", "/chats", {"department": "Sales", "name": "Zoe"}, status=201)
    control.done("POST", f"/chats/{chat['id']}/leave")
    (offer,) = control.get("/survey-offers")["items"]
    control.done("POST", f"/survey-offers/{offer['guid']}/answer", {"answers": [4]})


def _visitors(api: Api, control: Control) -> None:
    api.http.get(f"{api.url}/WhosOn/track.gif?v=abc&page=/prices", timeout=10)
    path = f"/visitors/{control.get('/visitors')['items'][0]['id']}"
    for answer, status in (("reject", 200), ("accept", 201)):
        control.done("POST", f"{path}/invite", {"agent": "alice"})
        control.done("POST", f"{path}/{answer}", status=status)
    control.done("POST", f"{path}/invite", {"agent": "alice"})
    for seconds in (130, 900, 3_601):
        control.done("POST", "/clock/advance", {"seconds": seconds})


CAUSES: list[Callable[[Api, Control], None]] = [
    _stale,  # first, since by then the cleaner would forget what was done before
    _articles,
    _chats,
    _relations,
    _comments,
    _receiving,
    _channels,
    _surveys,
    _visitors,
]


def test_every_type_is_caused_and_its_action_is_done(api: Api, control: Control, tmp_path: Path) -> None:
    declared = {one.number: one for one in event_types() if one.is_documented}
    for number in declared:
        rule(control, name=f"of {number}", type=number, conditions={}, actions=[LOG])
    run(control)
    for cause in CAUSES:
        cause(api, control)
    control.done("DELETE", "/clock")
    Story(api, tmp_path).tell()
    run(control)
    done = {one["event_id"] for one in control.get("/event-actions", state="done", limit=1000)["items"]}
    events = [one for one in control.get("/events", limit=1000)["items"] if one["id"] in done]
    assert {one["type"] for one in events} == set(declared) - JOBS_OF_OTHERS
    assert control.get("/event-actions", state="failed")["total"] == 0
    for one in events:
        missing = set(declared[one["type"]].arguments) - one["arguments"].keys() - {"cf_*"}
        assert not missing, (one["type"], missing)
        assert {"eventType", "timeOfDay", "dayOfWeek", "actingAgent"} <= one["arguments"].keys()
    assert not any(value is None for one in events for name, value in one["arguments"].items() if name == "status")


def test_what_changes_nothing_lets_nothing_happen(api: Api, control: Control) -> None:
    number = seeded_number(api)
    alice = api.tickets("alice")
    member = control.get("/groups/1/members/5")
    same = {"receives_tickets": member["receives_tickets"], "receives_chats": member["receives_chats"]}
    last = control.get("/events", limit=1000)["items"][-1]["id"]
    assert alice.SetTicketProperties(number, ["TicketPriorityID=3", "TicketStatusID=1"]).Result
    assert alice.TransferTicket(number, 1, 4, "", "").Result
    assert alice.SetAgentReceivingStatusForAllGroups(True).Result
    assert alice.SetAgentReceivingStatusForAllGroups(True).Result
    control.done("PATCH", "/groups/1/members/5", same)
    assert [one["title"] for one in control.get("/events", after=last)["items"]] == []


def test_who_changes_what_agents_receive(api: Api, control: Control) -> None:
    last = control.get("/events", limit=1000)["items"][-1]["id"]
    assert api.tickets("alice").SetAgentReceivingStatusForAllGroups(False).Result
    assert api.chats("alice").SetAgentReceivingStatusForAllGroups(False).Result
    control.done("PATCH", "/groups/1/members/5", {"receives_tickets": False})
    events = control.get("/events", after=last)["items"]
    assert [(one["type"], one["about"], one["by"], one["arguments"]["groupName"]) for one in events] == [
        (512000, "user:4", "alice", "Level 1"),
        (512000, "user:4", "alice", "Level 2"),
        (512001, "user:4", "alice", "Level 1"),
        (512000, "user:5", "admin", "Level 1"),
    ]
    assert events[0]["arguments"]["receiving"] is False
    assert events[0]["arguments"]["agentUsername"] == "alice"
