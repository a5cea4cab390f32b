"""Evidence: ours. Recurring tasks, canned replies and news by the control API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.control.client import Control

NEW = {
    "subject": "Backups",
    "agent": "Alice",
    "kind": "weekly",
    "days": ["Thursday", "monday"],
    "starts_at": "2031-03-05T10:00:00+01:00",
    "due_minutes": 120,
}


def test_recurring_tasks(control: Control) -> None:
    control.done("PUT", "/clock", {"now": "2031-03-01T12:00:00Z", "frozen": True})
    made = control.done("POST", "/recurring-tasks", NEW, status=201)
    assert made == {
        "id": made["id"],
        "subject": "Backups",
        "description": "",
        "agent": "alice",
        "priority": "normal",
        "status": "in progress",
        "kind": "weekly",
        "interval": 1,
        "days": ["monday", "thursday"],
        "starts_at": "2031-03-05T09:00:00Z",
        "due_minutes": 120,
        "next_at": "2031-03-06T09:00:00Z",
        "enabled": True,
    }
    path = f"/recurring-tasks/{made['id']}"
    assert control.get(path) == made
    assert control.get("/recurring-tasks") == {"items": [made], "total": 1}
    assert control.get("/recurring-tasks", offset=1) == {"items": [], "total": 1}
    changed = control.done("PATCH", path, {"days": [], "priority": "Urgent", "status": "On_Hold", "agent": None})
    assert changed == made | {
        "days": [], "priority": "urgent", "status": "on hold", "agent": None, "next_at": "2031-03-05T09:00:00Z",
    }  # fmt: skip
    assert control.done("PATCH", path, {}) == changed
    moved = control.done("PATCH", path, {"next_at": "2031-03-04T08:00:00Z"})
    assert moved["next_at"] == "2031-03-04T08:00:00Z"
    assert "task-scheduler" in control.done("POST", "/clock/advance", {"seconds": 4 * 86_400})["ran"]
    assert control.get(path)["next_at"] == "2031-03-12T09:00:00Z"
    control.done("DELETE", path, status=204)
    control.refused("GET", path, status=404)
    assert control.get("/recurring-tasks")["total"] == 0


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"subject": " "}, "body.subject"),
        ({"agent": "nobody"}, "body.agent"),
        ({"agent": "customer"}, "body.agent"),
        ({"kind": "hourly"}, "body.kind"),
        ({"kind": "daily"}, "body.days"),
        ({"interval": 0}, "body.interval"),
        ({"days": ["someday"]}, "body.days.0"),
        ({"due_minutes": -1}, "body.due_minutes"),
        ({"starts_at": "2031-03-05T10:00:00"}, "body.starts_at"),
        ({"priority": "highest"}, "body.priority"),
        ({"status": "done"}, "body.status"),
        ({"colour": "red"}, "body.colour"),
    ],
)
def test_recurring_tasks_that_are_refused(control: Control, change: dict[str, Any], where: str) -> None:
    assert control.wrong("POST", "/recurring-tasks", {**NEW, **change}) == [where]
    made = control.done("POST", "/recurring-tasks", NEW, status=201)
    path = f"/recurring-tasks/{made['id']}"
    assert control.wrong("PATCH", path, change) == [where]
    assert control.get(path) == made
    control.refused("PATCH", "/recurring-tasks/99", change, status=404)


def test_no_such_recurring_task(control: Control) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        control.refused(method, "/recurring-tasks/99", status=404)


TEXTS = [
    ("/canned-replies", {"name": "Greeting", "body": "<p>Hello.</p>"}, "name", {}),
    ("/news", {"subject": "Closed", "body": "<p>On Friday.</p>"}, "subject", {"enabled": True}),
]


@pytest.mark.parametrize(("path", "body", "title", "more"), TEXTS)
def test_texts(control: Control, path: str, body: dict[str, str], title: str, more: dict[str, bool]) -> None:
    made = control.done("POST", path, body, status=201)
    assert made == body | more | {"id": made["id"], "deleted": False}
    one = f"{path}/{made['id']}"
    assert control.get(one) == made
    changes = {title: "Other", **dict.fromkeys(more, False)}
    assert control.done("PATCH", one, changes) == made | changes
    second = control.done("POST", path, {title: "Second"}, status=201)
    assert control.get(path) == {"items": [made | changes, second], "total": 2}
    control.done("DELETE", one, status=204)
    assert control.get(one) == made | changes | {"deleted": True}
    assert control.get(path) == {"items": [second], "total": 1}
    control.refused("DELETE", one, status=409)
    control.refused("PATCH", one, {title: "x"}, status=409)


@pytest.mark.parametrize(("path", "body", "title", "more"), TEXTS)
def test_texts_that_are_refused(
    control: Control, path: str, body: dict[str, str], title: str, more: dict[str, bool]
) -> None:
    del more
    assert control.wrong("POST", path, {**body, title: " "}) == [f"body.{title}"]
    assert control.wrong("POST", path, {}) == [f"body.{title}"]
    assert control.wrong("POST", path, {**body, "deleted": True}) == ["body.deleted"]
    made = control.done("POST", path, body, status=201)
    assert control.wrong("PATCH", f"{path}/{made['id']}", {title: ""}) == [f"body.{title}"]
    for method in ("GET", "PATCH", "DELETE"):
        control.refused(method, f"{path}/99", status=404)


def test_an_id_that_no_row_can_have(control: Control) -> None:
    control.refused("PATCH", "/news/2147483647", {}, status=404)
    for number in ("2147483648", "2840859893", "9999999999", "0", "01"):
        control.refused("PATCH", f"/news/{number}", {}, status=404)
        control.refused("GET", f"/news/{number}", status=404)
