"""Evidence: documented (that there are reports) and ours. Reports and their schedules by the control API."""

from __future__ import annotations

from typing import Any

import pytest

from smartertrack_emu.domain.people.reports import REPORTS
from tests.control.client import Control

NEW = {
    "report": "ticket overview",
    "frequency": "weekly",
    "at": "07:30",
    "date_range": "last-week",
    "to": ["Boss <boss@example.com>"],
}


def test_the_list(control: Control) -> None:
    listed = control.get("/reports")
    assert listed["total"] == 24
    assert [(one["guid"], one["title"]) for one in listed["items"]] == [(one.id, one.title) for one in REPORTS]
    assert listed["items"][15]["columns"][0] == "Department"
    assert [one["title"] for one in control.get("/reports", offset=23)["items"]] == ["Time Logs by Category"]


def test_a_report_in_each_form(control: Control) -> None:
    query = {"from": "2000-01-01", "to": "2000-01-02"}
    report = control.get("/reports/Ticket Overview", **query)
    assert report == {
        "title": "Ticket Overview",
        "columns": ["Day", "Tickets", "Open", "Closed", "Messages In", "Messages Out"],
        "rows": [["2000-01-01", 0, 0, 0, 0, 0], ["2000-01-02", 0, 0, 0, 0, 0]],
        "from": "2000-01-01T00:00:00Z",
        "to": "2000-01-03T00:00:00Z",
    }
    assert control.get(f"/reports/{REPORTS[16].id}", **query) == report
    assert control.get("/reports/Ticket Overview", **query, format="json") == report
    answer = control.call("GET", "/reports/Ticket Overview", params={**query, "format": "csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="Ticket Overview.csv"' in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbfDay,Tickets,Open,Closed,Messages In,Messages Out\r\n2000-01-01,0,")
    answer = control.call("GET", "/reports/Ticket Overview", params={**query, "format": "html"})
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<h1>Ticket Overview</h1>" in answer.text


def test_all_of_the_example(control: Control) -> None:
    """The example data has something for most of them."""
    filled = [one.title for one in REPORTS if control.get(f"/reports/{one.id}")["rows"]]
    assert len(filled) > 15


def test_reports_that_are_refused(control: Control) -> None:
    assert "Nothing" in control.refused("GET", "/reports/Nothing", status=404)["detail"]
    for query, where in (
        ({"from": "soon"}, "query.from"),
        ({"to": "2031-02-30"}, "query.to"),
        ({"from": "2031-02-02", "to": "2031-02-01"}, "query.from"),
        ({"format": "pdf"}, "query.format"),
        ({"since": "2031-02-02"}, "query.since"),
    ):
        assert where in control.wrong("GET", "/reports/Ticket Overview", params=query)


def test_schedules(control: Control) -> None:
    control.done("PUT", "/clock", {"now": "2031-03-01T12:00:00Z", "frozen": True})
    made = control.done("POST", "/report-schedules", NEW, status=201)
    assert made == {
        "id": made["id"],
        "report": "Ticket Overview",
        "frequency": "weekly",
        "at": "07:30",
        "date_range": "last-week",
        "to": ["boss@example.com"],
        "cc": [],
        "subject": "",
        "body": "",
        "user": "admin",
        "enabled": True,
        "next_send_at": "2031-03-03T07:30:00Z",
    }
    path = f"/report-schedules/{made['id']}"
    assert control.get(path) == made
    assert control.get("/report-schedules") == {"items": [made], "total": 1}
    changed = control.done("PATCH", path, {"frequency": "monthly", "cc": ["a@example.com", "b@example.com"]})
    more = {"frequency": "monthly", "cc": ["a@example.com", "b@example.com"], "next_send_at": "2031-04-01T07:30:00Z"}
    assert changed == made | more
    moved = {"next_send_at": "2031-03-02T00:00:00Z", "subject": "Ours"}
    assert control.done("PATCH", path, moved) == changed | moved
    control.done("DELETE", path, status=204)
    control.refused("GET", path, status=404)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"report": "Nothing"}, "body.report"),
        ({"frequency": "hourly"}, "body.frequency"),
        ({"at": "24:00"}, "body.at"),
        ({"at": "7:30"}, "body.at"),
        ({"date_range": "always"}, "body.date_range"),
        ({"to": []}, "body.to"),
        ({"to": ["boss"]}, "body.to.0"),
        ({"cc": ["a@example.com, b@example.com"]}, "body.cc.0"),
        ({"user": "nobody"}, "body.user"),
        ({"user": "customer"}, "body.user"),
        ({"colour": "red"}, "body.colour"),
    ],
)
def test_schedules_that_are_refused(control: Control, change: dict[str, Any], where: str) -> None:
    assert control.wrong("POST", "/report-schedules", {**NEW, **change}) == [where]
    made = control.done("POST", "/report-schedules", NEW, status=201)
    assert control.wrong("PATCH", f"/report-schedules/{made['id']}", change) == [where]
    assert control.get(f"/report-schedules/{made['id']}") == made
    control.refused("PATCH", "/report-schedules/99", change, status=404)


def test_no_such_schedule(control: Control) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        control.refused(method, "/report-schedules/99", status=404)
