"""Evidence: documented (the fourteen) and ours. The jobs, the options and the engine's numbers over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import Event, Task
from smartertrack_emu.domain.structure.jobs import JOBS
from smartertrack_emu.jobs.table import runs
from smartertrack_emu.store.beside import beside
from smartertrack_emu.store.unit_of_work import reading
from tests.control.client import Control
from tests.services.api import Api
from tests.services.tickets.steps import create, info


def test_list_and_get(control: Control) -> None:
    listed = control.get("/jobs")
    assert listed["total"] == 14
    assert [job["name"] for job in listed["items"]] == list(JOBS)
    job = control.get("/jobs/cleaner")
    assert job.keys() == {
        "name",
        "title",
        "purpose",
        "state",
        "every_seconds",
        "last_run_at",
        "last_result",
        "last_error",
        "next_run_at",
        "runs",
        "failures",
    }
    assert (job["state"], job["every_seconds"], job["last_run_at"]) == ("running", 3600, None)
    assert [one["name"] for one in control.get("/jobs", limit=2, offset=13)["items"]] == ["smtp-delivery"]


def test_stop_start_run(control: Control) -> None:
    assert control.done("POST", "/jobs/cleaner/stop")["state"] == "stopped"
    assert control.done("POST", "/jobs/cleaner/run") == {"done": 0, "detail": ""}
    assert control.done("POST", "/jobs/cleaner/start")["state"] == "running"
    (run,) = control.get("/jobs/cleaner/runs")["items"]
    assert (run["by"], run["done"], run["error"]) == ("request", 0, "")
    assert control.done("PATCH", "/jobs/cleaner", {"every_seconds": 5})["every_seconds"] == 5
    assert control.done("PATCH", "/jobs/cleaner", {})["every_seconds"] == 5


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/jobs/no-job"),
        ("PATCH", "/jobs/no-job"),
        ("GET", "/jobs/no-job/runs"),
        ("POST", "/jobs/no-job/run"),
        ("POST", "/jobs/no-job/start"),
        ("POST", "/jobs/no-job/stop"),
    ],
)
def test_no_such_job(control: Control, method: str, path: str) -> None:
    body = {"every_seconds": 0} if method == "PATCH" else None
    assert "no-job" in control.refused(method, path, body, status=404)["detail"]


@pytest.mark.parametrize("seconds", [0, -1, 1.5, "5", None])
def test_no_interval(control: Control, seconds: Any) -> None:
    assert control.wrong("PATCH", "/jobs/cleaner", {"every_seconds": seconds}) == ["body.every_seconds"]


def test_advance_runs_what_falls_due(control: Control) -> None:
    control.done("POST", "/jobs/cleaner/stop")
    ran = control.done("POST", "/clock/advance", {"seconds": 90 * 86_400})["ran"]
    assert ran == [name for name in JOBS if name != "cleaner"]
    assert control.done("POST", "/clock/advance", {"seconds": 0.001})["ran"] == []
    control.done("PUT", "/clock", {"frozen": True})
    assert control.done("POST", "/clock/advance", {"seconds": 10})["ran"] == [
        name for name, job in JOBS.items() if job.every_seconds <= 10
    ]


def test_ninety_days_at_once(api: Api, control: Control) -> None:
    """A ticket falls due to be closed, a task to recur a dozen times, a report as often: each once, and in order."""
    control.done("PUT", "/clock", {"now": "2031-03-01T12:00:00Z", "frozen": True})
    control.done("PATCH", "/settings", {"mail_delay_seconds": 0})
    control.done("PUT", "/departments/1/rules", {"auto_close_hours": 72})
    number = create(api)
    assert api.tickets("admin").SetTicketProperties(number, ["TicketStatusID=2"]).Result
    task = {"subject": "Backups", "kind": "weekly", "starts_at": "2031-03-05T09:00:00Z"}
    recurring = control.done("POST", "/recurring-tasks", task, status=201)["id"]
    report = {"report": "ticket overview", "frequency": "weekly", "at": "07:30", "date_range": "last-week"}
    schedule = control.done("POST", "/report-schedules", {**report, "to": ["boss@example.com"]}, status=201)["id"]
    control.done("POST", "/jobs/cleaner/stop")
    mails = control.get("/mail/outgoing")["total"]
    ticket_id = info(api, number).ID
    happened = _happened(api, ticket_id)

    advanced = control.done("POST", "/clock/advance", {"seconds": 90 * 86_400})
    started = [name for name in JOBS if name != "cleaner"]
    assert advanced["ran"] == started
    with beside(api.engine).begin() as connection:
        written = connection.execute(select(runs.c.job, runs.c.by).order_by(runs.c.id)).all()
    assert [(row[0], row[1]) for row in written] == [(name, "clock") for name in started]
    for job in control.get("/jobs")["items"]:
        has_run = job["name"] in started
        assert (job["runs"], job["failures"]) == (int(has_run), 0)
        assert job["last_run_at"] == ("2031-05-30T12:00:00Z" if has_run else None)
    assert not info(api, number).IsOpen
    assert _happened(api, ticket_id)[len(happened) :] == [502002]
    with reading(api.engine) as session:
        (made,) = session.scalars(select(Task.starts_at).where(Task.subject == "Backups"))
    assert made is not None
    assert made.isoformat() == "2031-05-28T09:00:00+00:00"  # the latest of those that were missed
    assert control.get(f"/recurring-tasks/{recurring}")["next_at"] == "2031-06-04T09:00:00Z"
    assert control.get(f"/report-schedules/{schedule}")["next_send_at"] == "2031-06-02T07:30:00Z"
    # Delivery came last: it has held the report and the mail about the closing, for there is no account.
    listed = control.get("/mail/outgoing")
    assert listed["total"] == mails + 2
    assert {mail["state"] for mail in listed["items"][:2]} == {"held"}
    assert sorted(mail["recipients"] for mail in listed["items"][:2]) == [
        ["boss@example.com"],
        ["customer@example.com"],
    ]

    assert control.done("POST", "/clock/advance", {"seconds": 0.001})["ran"] == []


def _happened(api: Api, ticket_id: int) -> list[int]:
    """Return the numbers of what happened to a ticket, in order."""
    query = select(Event.event_id).where(Event.item_kind == ItemKind.TICKET, Event.item_id == ticket_id)
    with reading(api.engine) as session:
        return list(session.scalars(query.order_by(Event.id)))


def test_a_reset_starts_and_forgets(control: Control) -> None:
    control.done("POST", "/jobs/cleaner/stop")
    control.done("POST", "/jobs/cleaner/run")
    control.done("PATCH", "/settings", {"mail_delay_seconds": 0})
    control.done("PATCH", "/options", {"lock_trace": True})
    control.done("POST", "/reset", {"to": "empty"})
    job = control.get("/jobs/cleaner")
    assert (job["state"], job["runs"]) == ("running", 0)
    assert control.get("/settings")["mail_delay_seconds"] == 10
    assert control.get("/options")["lock_trace"] is False


def test_options(control: Control) -> None:
    before = control.get("/options")
    assert before == {
        "heartbeat_seconds": 10,
        "whos_on_seconds": 8,
        "delete_logs_after_days": 14,
        "error_email": "",
        "short_query_log": False,
        "full_query_log": False,
        "lock_trace": False,
        "cache_trace": False,
    }
    changed = control.done("PATCH", "/options", {"error_email": "desk@example.com", "cache_trace": True})
    assert changed == before | {"error_email": "desk@example.com", "cache_trace": True}
    assert control.done("PATCH", "/options", {"error_email": ""}) == before | {"cache_trace": True}
    assert control.wrong("PATCH", "/options", {"delete_logs_after_days": 0}) == ["body.delete_logs_after_days"]
    assert control.wrong("PATCH", "/options", {"error_email": "nobody"}) == ["body.error_email"]
    assert control.wrong("PATCH", "/options", {"colour": "red"}) == ["body.colour"]
    assert control.get("/options") == before | {"cache_trace": True}


def test_settings(control: Control) -> None:
    before = control.get("/settings")
    assert before["retry_seconds"] == [60, 300, 900, 3600]
    assert (before["purge_deleted_days"], before["delete_chats_days"], before["kb_stale_days"]) == (90, None, 90)
    changes = {"delete_chats_days": 7, "purge_deleted_days": None, "blocked_senders": ["@Spam.example", "a@b.example"]}
    changed = control.done("PATCH", "/settings", changes)
    assert changed == before | changes | {"blocked_senders": ["@spam.example", "a@b.example"]}
    assert control.done("PATCH", "/settings") == changed
    mistakes: list[dict[str, Any]] = [
        {"retry_seconds": []},
        {"retry_seconds": [0]},
        {"mail_encoding": "no such thing"},
        {"responder_blacklist": ["no address"]},
        {"mail_delay_seconds": None},
        {"give_up_hours": 0},
    ]
    for wrong in mistakes:
        (name,) = wrong
        assert control.wrong("PATCH", "/settings", wrong)[0].startswith(f"body.{name}")
    assert control.get("/settings") == changed
