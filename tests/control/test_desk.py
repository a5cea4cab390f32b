"""Evidence: ours. Tickets, tasks, calls, articles, groups and events by the control API."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from smartertrack_emu.domain.models import TaskNote, TimeLog
from smartertrack_emu.store.unit_of_work import reading
from tests.control.client import Control
from tests.services.api import Api, items
from tests.services.tickets.steps import create, info, parts, seeded_number


def titles(control: Control, about: str) -> list[str]:
    return [event["title"] for event in control.get("/events", about=about, limit=1000)["items"]]


@pytest.mark.parametrize(
    ("body", "is_html"), [({"text": "It still burns."}, False), ({"text": "x", "html": "<b>Still</b>"}, True)]
)
def test_the_customer_answers(api: Api, control: Control, body: dict[str, str], is_html: bool) -> None:
    number = create(api)
    assert api.tickets("admin").SetTicketProperties(number, ["TicketStatusID=2"]).Result
    made = control.done("POST", f"/tickets/{number.lower()}/reply", body, status=201)
    part = parts(api, number)[-1]
    assert (part.PartId, part.Sender) == (
        made["id"],
        "Casey Customer (customer@example.com)",
    )
    ticket = info(api, number)
    assert ticket.IsOpen
    events = control.get("/events", about=f"ticket:{ticket.ID}")["items"]
    assert [event["title"] for event in events][-2:] == ["Ticket Message Received", "Ticket Status Changed"]
    assert events[-2]["by"] == "system"
    told = {"ticketId": ticket.ID, "oldStatus": "Waiting", "status": "Open", "subject": "Printer on fire"}
    assert events[-1]["arguments"].items() >= told.items()


def test_answers_that_are_refused(api: Api, control: Control) -> None:
    number = seeded_number(api)
    assert control.wrong("POST", f"/tickets/{number}/reply", {}) == ["body.text"]
    assert control.wrong("POST", f"/tickets/{number}/reply", {"text": 5}) == ["body.text"]
    control.refused("POST", "/tickets/000-00000000-0000/reply", {"text": 5}, status=404)
    assert api.tickets("admin").DeleteTicket(1).Result
    control.refused("POST", f"/tickets/{number}/reply", {"text": "Hm"}, status=409)


@pytest.mark.parametrize("item", ["chat:1", "calllog:1", "ticket", "number"])
def test_related_no_more(api: Api, control: Control, item: str) -> None:
    number, other = seeded_number(api), create(api)
    other_id = info(api, other).ID
    item = {"ticket": f"ticket:{other_id}", "number": other}.get(item, item)
    assert api.tickets("admin").AddRelatedItem(number, item).Result
    path = f"/tickets/{number}/related/{item}"
    control.done("DELETE", path, status=204)
    assert items(api.tickets("admin").GetTicketRelatedItemInfoArrayResult(1).RelatedItems) == []
    assert titles(control, "ticket:1")[-1] == "Ticket Related Item Removed"
    about, title = {
        "chat:1": ("chat:1", "Live Chat Detached From Ticket"),
        "calllog:1": ("calllog:1", "Call Log Detached From Ticket"),
    }.get(item, (f"ticket:{other_id}", "Ticket Related Item Removed"))
    assert titles(control, about)[-1] == title
    control.refused("DELETE", path, status=404)


def test_relations_that_are_refused(api: Api, control: Control) -> None:
    number = seeded_number(api)
    control.refused("DELETE", f"/tickets/{number}/related/chat:99", status=404)
    control.refused("DELETE", "/tickets/nothing/related/chat:1", status=404)
    assert control.wrong("DELETE", f"/tickets/{number}/related/nonsense") == ["path.item"]


def test_a_comment_on_a_task(api: Api, control: Control) -> None:
    made = control.done("POST", "/tasks/1/comments", {"by": "Alice", "text": "Done <soon>."}, status=201)
    with reading(api.engine) as session:
        note = session.scalars(select(TaskNote)).one()
    assert (note.id, note.task_id, note.author_id, note.body) == (made["id"], 1, 4, "Done &lt;soon&gt;.")
    event = control.get("/events", about="task:1")["items"][-1]
    assert (event["type"], event["by"]) == (507005, "alice")
    assert event["arguments"].items() >= {"taskId": 1, "noteId": made["id"], "comment": "Done <soon>."}.items()
    assert control.wrong("POST", "/tasks/1/comments", {"by": "nobody", "text": "x"}) == ["body.by"]
    assert control.wrong("POST", "/tasks/1/comments", {"by": "alice", "text": " "}) == ["body.text"]
    control.refused("POST", "/tasks/99/comments", {"by": "nobody"}, status=404)


def test_time_spent_on_a_call(api: Api, control: Control) -> None:
    body = {
        "agent": "carol",
        "category": "support",
        "subject": "Called back",
        "start": "2031-02-28T10:00:00+01:00",
        "end": "2031-02-28T09:30:00Z",
        "billable": True,
    }
    made = control.done("POST", "/call-logs/1/time-logs", body, status=201)
    with reading(api.engine) as session:
        log = session.scalars(select(TimeLog).where(TimeLog.id == made["id"])).one()
    assert (log.call_log_id, log.agent_id, log.category_id, log.is_billable) == (1, 6, 1, True)
    assert control.get("/events", about="calllog:1")["items"][-1]["arguments"]["minutes"] == 30
    path = "/call-logs/1/time-logs"
    for change, where in (
        ({"agent": "customer"}, "body.agent"),
        ({"agent": "nobody"}, "body.agent"),
        ({"category": "Golf"}, "body.category"),
        ({"end": "2031-02-28T08:00:00Z"}, "body.end"),
        ({"start": "early"}, "body.start"),
    ):
        assert control.wrong("POST", path, {**body, **change}) == [where]
    control.refused("POST", "/call-logs/99/time-logs", {}, status=404)
    assert api.call_logs("admin").DeleteCallLog(1).Result
    control.refused("POST", path, body, status=409)


NEW = {"folder_id": 1, "subject": "When a printer burns", "body": "<p>Run.</p>", "keywords": "fire"}


def test_articles(api: Api, control: Control) -> None:
    control.done("PUT", "/clock", {"now": "2031-01-01T00:00:00Z", "frozen": True})
    before = control.get("/articles")
    assert [article["id"] for article in before["items"]] == [1, 2, 3, 4]
    assert before["total"] == 4
    article = control.done("POST", "/articles", NEW, status=201)
    moment = "2031-01-01T00:00:00Z"
    assert article == NEW | {
        "id": article["id"],
        "private": False,
        "draft": False,
        "deleted": False,
        "flagged_for_review": False,
        "stale": False,
        "created_at": moment,
        "modified_at": moment,
        "reviewed_at": None,
    }
    path = f"/articles/{article['id']}"
    assert control.get(path) == article
    assert api.kb("alice").GetArticle(article["id"]).Subject == NEW["subject"]
    control.done("POST", "/clock/advance", {"seconds": 91 * 86_400})
    assert control.get(path)["stale"] is True
    assert control.done("POST", f"{path}/flag")["flagged_for_review"] is True
    reviewed = control.done("POST", f"{path}/review")
    assert (reviewed["flagged_for_review"], reviewed["stale"]) == (False, False)
    assert reviewed["reviewed_at"] == "2031-04-02T00:00:00Z"
    changed = control.done("PATCH", path, {"subject": "Fire", "private": True, "folder_id": 2})
    assert changed == reviewed | {
        "subject": "Fire", "private": True, "folder_id": 2, "modified_at": "2031-04-02T00:00:00Z",
    }  # fmt: skip
    assert control.done("PATCH", path, {}) == changed
    control.done("DELETE", path, status=204)
    assert control.get(path) == changed | {"deleted": True}
    assert control.get("/articles")["total"] == 4
    assert titles(control, f"article:{article['id']}") == [
        "KB Article Created",
        "KB Article Stale",
        "KB Article Flagged For Review",
        "KB Article Marked As Reviewed",
        "KB Article Modified",
        "KB Article Deleted",
    ]
    for method, where in (("DELETE", path), ("PATCH", path), ("POST", f"{path}/flag"), ("POST", f"{path}/review")):
        control.refused(method, where, status=409)


def test_articles_that_are_refused(control: Control) -> None:
    assert control.wrong("POST", "/articles", {**NEW, "folder_id": 99}) == ["body.folder_id"]
    assert control.wrong("POST", "/articles", {**NEW, "subject": " "}) == ["body.subject"]
    assert control.wrong("POST", "/articles", {"draft": "yes"}) == ["body.folder_id", "body.subject", "body.draft"]
    assert control.wrong("PATCH", "/articles/1", {"folder_id": 99}) == ["body.folder_id"]
    assert control.wrong("PATCH", "/articles/1", {"subject": ""}) == ["body.subject"]
    assert control.wrong("PATCH", "/articles/1", {"subject": None, "deleted": True}) == ["body.subject", "body.deleted"]
    for method, path in (
        ("GET", "/articles/99"),
        ("PATCH", "/articles/99"),
        ("DELETE", "/articles/99"),
        ("POST", "/articles/99/flag"),
        ("POST", "/articles/99/review"),
    ):
        control.refused(method, path, status=404)


def test_a_group(control: Control) -> None:
    group = {"id": 1, "name": "Level 1", "department_id": 1, "alert": "none", "alert_address": ""}
    assert control.get("/groups/1") == group
    group |= {"alert": "address", "alert_address": "desk@example.com"}
    assert control.done("PATCH", "/groups/1", {"alert": "address", "alert_address": "desk@example.com"}) == group
    assert control.done("PATCH", "/groups/1", {"alert": "agents"}) == group | {"alert": "agents"}
    assert control.get("/groups/1") == group | {"alert": "agents"}
    assert control.wrong("PATCH", "/groups/2", {"alert": "address"}) == ["body.alert_address"]
    assert control.wrong("PATCH", "/groups/2", {"alert_address": "nobody"}) == ["body.alert_address"]
    assert control.wrong("PATCH", "/groups/2", {"alert": "all", "name": "x"}) == ["body.alert", "body.name"]
    assert control.get("/groups/2")["alert"] == "none"
    control.refused("GET", "/groups/99", status=404)
    control.refused("PATCH", "/groups/99", {"alert": 1}, status=404)


MEMBER = {
    "group_id": 1,
    "user_id": 4,
    "receives_tickets": True,
    "receives_chats": True,
    "max_tickets": 20,
    "max_chats": None,
    "ticket_weight": 1,
    "chat_weight": 1,
    "round_robin": "primary",
    "idle_logoff_minutes": None,
    "idle_hand_off": False,
    "last_action_at": None,
}


def test_a_member(api: Api, control: Control) -> None:
    path = "/groups/1/members/4"
    assert control.get(path) == MEMBER
    changes: dict[str, Any] = {
        "receives_tickets": False,
        "max_tickets": None,
        "max_chats": 3,
        "chat_weight": 0,
        "round_robin": "secondary",
        "idle_logoff_minutes": 15,
        "idle_hand_off": True,
    }
    assert control.done("PATCH", path, changes) == MEMBER | changes
    assert control.get(path) == MEMBER | changes
    receiving = items(api.tickets("alice").GetAgentReceivingStatus().ReceivingStatus)
    assert {status.GroupId: status.IsReceiving for status in receiving} == {1: False, 2: True}
    changes["last_action_at"] = control.get(path)["last_action_at"]
    assert changes["last_action_at"] is not None  # she has called just now
    for name in ("max_tickets", "max_chats", "ticket_weight", "chat_weight"):
        assert control.wrong("PATCH", path, {name: -1}) == [f"body.{name}"]
    assert control.wrong("PATCH", path, {"idle_logoff_minutes": 0}) == ["body.idle_logoff_minutes"]
    assert control.wrong("PATCH", path, {"round_robin": "both", "user_id": 5}) == ["body.round_robin", "body.user_id"]
    assert control.get(path) == MEMBER | changes
    control.refused("GET", "/groups/1/members/6", status=404)
    control.refused("PATCH", "/groups/99/members/4", {"max_chats": "x"}, status=404)


def test_events(api: Api, control: Control) -> None:
    number = create(api)
    ticket = info(api, number).ID
    everything = control.get("/events", limit=1000)
    assert everything["total"] == len(everything["items"])
    ids = [event["id"] for event in everything["items"]]
    assert ids == sorted(ids)
    own = control.get("/events", about=f"ticket:{ticket}")["items"]
    assert own[0].keys() == {"id", "type", "title", "at", "by", "about", "cause", "arguments"}
    assert own[0]["arguments"]["ticketId"] == ticket
    assert {event["about"] for event in own} == {f"ticket:{ticket}"}
    last = own[-1]["id"]
    assert control.get("/events", after=last)["total"] == 0
    assert api.tickets("alice").SetTicketProperties(number, ["TicketStatusID=2"]).Result
    fresh = control.get("/events", after=last)["items"]
    assert [(event["type"], event["title"], event["by"]) for event in fresh] == [
        (502002, "Ticket Status Changed", "alice")
    ]
    both = control.done("GET", "/events", params={"type": [502000, 502002], "about": f"ticket:{ticket}"})["items"]
    assert {event["type"] for event in both} == {502000, 502002}
    assert control.get("/events", limit=1, offset=1)["items"] == everything["items"][1:2]
    for query, where in (("type=x", "query.type"), ("about=ticket", "query.about"), ("after=-1", "query.after")):
        assert control.wrong("GET", f"/events?{query}") == [where]


def test_event_types(api: Api, control: Control) -> None:
    listed = control.get("/event-types")
    assert listed["total"] == len(listed["items"]) == 68
    numbers = [one["type"] for one in listed["items"]]
    assert numbers == sorted(numbers)
    assert 502007 in numbers
    created = next(one for one in listed["items"] if one["type"] == 502000)
    assert (created["title"], created["category"]) == ("Ticket Created", "Tickets")
    assert "ticketNumber" in created["arguments"]
    create(api)
    again = next(one for one in control.get("/event-types")["items"] if one["type"] == 502000)
    assert again["fired"] == created["fired"] + 1
    assert control.get("/event-types", limit=2, offset=1) == {"items": listed["items"][1:3], "total": listed["total"]}
