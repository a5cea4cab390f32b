"""Evidence: ours. Departments' rules and rebalance rules by the control API."""

from __future__ import annotations

from typing import Any

import pytest

from smartertrack_emu.domain.models import Group
from smartertrack_emu.store.unit_of_work import writing
from tests.control.client import Control
from tests.services.api import Api
from tests.services.tickets.steps import create, info

RULES = "/departments/1/rules"


def test_rules(control: Control) -> None:
    before = control.get(RULES)
    assert before == {
        "auto_close_hours": None,
        "auto_close_mail": True,
        "auto_lock_hours": None,
        "auto_delete_days": None,
        "auto_delete_call_logs_days": None,
        "idle_minutes": None,
        "chat_idle_minutes": None,
        "auto_responder": {"enabled": True, "subject": "", "body": ""},
        "resolution_required": False,
        "closed_tasks_required": False,
        "new_ticket_role": "Everyone",
        "distribution": "round-robin",
        "survey_after_ticket": None,
        "survey_after_chat": None,
    }
    changes = {
        "auto_close_hours": 72,
        "auto_responder": {"subject": "Thank you"},
        "new_ticket_role": "registered user",
        "distribution": "pull",
        "closed_tasks_required": True,
    }
    changed = control.done("PUT", RULES, changes)
    assert changed == before | changes | {
        "auto_responder": {"enabled": True, "subject": "Thank you", "body": ""},
        "new_ticket_role": "Registered User",
    }
    assert control.done("PUT", RULES, {"auto_close_hours": None}) == changed | {"auto_close_hours": None}
    assert control.done("PUT", RULES, {"auto_responder": {"enabled": False}})["auto_responder"] == {
        "enabled": False,
        "subject": "Thank you",
        "body": "",
    }


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"auto_close_hours": 0}, "body.auto_close_hours"),
        ({"idle_minutes": "5"}, "body.idle_minutes"),
        ({"distribution": "push"}, "body.distribution"),
        ({"new_ticket_role": "Nobody"}, "body.new_ticket_role"),
        ({"auto_responder": {"subject": "two\nlines"}}, "body.auto_responder.subject"),
        ({"auto_close_mail": None}, "body.auto_close_mail"),
        ({"colour": "red"}, "body.colour"),
    ],
)
def test_rules_that_are_refused(control: Control, wrong: dict[str, Any], where: str) -> None:
    before = control.get(RULES)
    assert control.wrong("PUT", RULES, {"auto_lock_hours": 5} | wrong) == [where]
    assert control.get(RULES) == before
    control.refused("PUT", "/departments/99/rules", wrong, status=404)
    control.refused("GET", "/departments/99/rules", status=404)


def test_open_tasks_keep_a_ticket_open(api: Api, control: Control) -> None:
    number = create(api, "carol", groupID=3, agentID=6)
    assert api.tasks("carol").CreateTask(["Subject=Call back", f"RelatedItem={number}"]).Result
    control.done("PUT", "/departments/2/rules", {"closed_tasks_required": True})
    answer = api.tickets("carol").CloseTicket(number, "")
    assert (answer.Result, answer.ResultCode) == (False, -7)
    assert "tasks" in answer.Message
    control.done("PUT", "/departments/2/rules", {"closed_tasks_required": False})
    assert api.tickets("carol").CloseTicket(number, "").Result


def test_rebalance_rules(control: Control) -> None:
    made = control.done(
        "POST",
        "/rebalance-rules",
        {"name": "Even", "group": "level 1", "agents": ["Bob", "alice"], "at": ["17:00", "08:30"]},
        status=201,
    )
    assert made == {
        "id": made["id"],
        "name": "Even",
        "group": "Level 1",
        "agents": ["alice", "bob"],
        "every_seconds": None,
        "at": ["08:30", "17:00"],
        "on_activate": False,
        "on_deactivate": False,
        "hold_assigned_seconds": 0,
        "hold_composed_seconds": 0,
        "hold_read_seconds": 0,
        "hold_pinned_seconds": 0,
        "enabled": True,
    }
    path = f"/rebalance-rules/{made['id']}"
    assert control.get(path) == made
    changes = {"every_seconds": 60, "agents": [], "enabled": False}
    assert control.done("PATCH", path, changes) == made | changes
    assert control.done("PATCH", path) == made | changes
    assert control.get("/rebalance-rules") == {"items": [made | changes], "total": 1}
    assert control.get("/rebalance-rules", offset=1) == {"items": [], "total": 1}
    control.done("DELETE", path, status=204)
    for method, body in (("GET", None), ("DELETE", None), ("PATCH", {"at": ["nonsense"]})):
        control.refused(method, path, body, status=404)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": ""}, "body.name"),
        ({"group": "Level 9"}, "body.group"),
        ({"group": 99}, "body.group"),
        ({"agents": ["nobody"]}, "body.agents"),
        ({"agents": ["carol"]}, "body.agents"),
        ({"at": ["25:00"]}, "body.at"),
        ({"every_seconds": 0}, "body.every_seconds"),
        ({"hold_read_seconds": -1}, "body.hold_read_seconds"),
    ],
)
def test_rebalance_rules_that_are_refused(control: Control, wrong: dict[str, Any], where: str) -> None:
    right = {"name": "Even", "group": "Level 1"}
    assert control.wrong("POST", "/rebalance-rules", right | wrong) == [where]
    assert control.get("/rebalance-rules")["total"] == 0
    made = control.done("POST", "/rebalance-rules", right, status=201)
    assert control.wrong("PATCH", f"/rebalance-rules/{made['id']}", wrong) == [where]
    assert control.get(f"/rebalance-rules/{made['id']}") == made


def test_a_group_whose_name_others_have(api: Api, control: Control) -> None:
    with writing(api.engine) as session:
        session.add(Group(name="Level 1", department_id=2))
    assert control.wrong("POST", "/rebalance-rules", {"name": "Even", "group": "Level 1"}) == ["body.group"]
    assert control.done("POST", "/rebalance-rules", {"name": "Even", "group": 1}, status=201)["group"] == 1


def test_jobs_by_the_control_api(api: Api, control: Control) -> None:
    """A stopped job, a ticket that waits, and a run: as a test of a client sees it."""
    control.done("POST", "/jobs/ticket-watcher/stop")
    number = create(api, agentID=0)
    assert info(api, number).IdAgent == 1
    control.done("POST", "/jobs/ticket-watcher/start")
    assert control.done("POST", "/jobs/ticket-watcher/run")["done"] == 1
    assert info(api, number).IdAgent in (4, 5)
    control.done("PUT", "/clock", {"frozen": True})
    control.done("PUT", RULES, {"auto_close_hours": 2})
    assert api.tickets("admin").SetTicketProperties(number, ["TicketStatusID=2"]).Result
    assert "ticket-watcher" in control.done("POST", "/clock/advance", {"seconds": 7200})["ran"]
    assert not info(api, number).IsOpen
