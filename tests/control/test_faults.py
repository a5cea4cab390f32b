"""Evidence: ours. Which calls faults strike, how often, and how they are set and taken away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.control.client import Control
from tests.control.wire import call
from tests.processes import serving
from tests.services.api import Api

REFUSED = {"kind": "result", "message": "struck"}
DEFAULTS = {"code": -1, "message": "", "status": 503, "milliseconds": 2000, "jitter": 0, "bytes": 100}


def inject(control: Control, match: Any = None, **rest: Any) -> dict[str, Any]:
    fault: dict[str, Any] = control.done(
        "POST", "/faults", {"match": match or {}, "effect": REFUSED, **rest}, status=201
    )
    return fault


def strikes(api: Api, number: int = 1, **options: Any) -> list[bool]:
    """Call so many times, and return which of the calls were struck."""
    return [call(api.url, **options).member("Message") == "struck" for _ in range(number)]


def hits(control: Control, fault: dict[str, Any]) -> int:
    return int(control.get(f"/faults/{fault['id']}")["hits"])


def test_set_seen_and_taken_away(api: Api, control: Control) -> None:
    assert control.get("/faults") == {"items": [], "total": 0}
    first = control.done("POST", "/faults", {"effect": {"kind": "drop"}}, status=201)
    assert first == {
        "id": first["id"],
        "match": {"service": None, "operation": None, "user": None, "argument": {}},
        "effect": {"kind": "drop", **DEFAULTS},
        "probability": 1,
        "times": None,
        "after": 0,
        "seed": None,
        "expires_at": None,
        "when": "before",
        "hits": 0,
    }
    answer = control.call(
        "POST",
        "/faults",
        json={
            "match": {
                "service": "svcTickets",
                "operation": "CreateTicket",
                "user": "alice",
                "argument": {"body": "~x"},
            },
            "effect": {"kind": "latency", "milliseconds": 12.5, "jitter": 3},
            "probability": 0.5,
            "times": 3,
            "after": 2,
            "seed": 7,
            "expires_at": "2031-01-01T01:00:00+01:00",
            "when": "after",
        },
    )
    second = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/_emu/api/faults/{second['id']}"
    assert second["expires_at"] == "2031-01-01T00:00:00Z"
    assert second["id"] > first["id"]
    assert control.get(f"/faults/{second['id']}") == second
    assert control.get("/faults") == {"items": [first, second], "total": 2}
    assert control.get("/faults", limit=1, offset=1) == {"items": [second], "total": 2}
    control.done("DELETE", f"/faults/{first['id']}", status=204)
    control.refused("GET", f"/faults/{first['id']}", status=404)
    control.refused("DELETE", f"/faults/{first['id']}", status=404)
    assert control.done("DELETE", "/faults") == {"deleted": 1}
    assert control.get("/faults")["total"] == 0
    assert inject(control)["id"] > second["id"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"effect": None}, "body.effect"),
        ({"effect": {}}, "body.effect.kind"),
        ({"effect": {"kind": "fire"}}, "body.effect.kind"),
        ({"effect": {"kind": "http", "status": 200}}, "body.effect.status"),
        ({"effect": {"kind": "http", "status": 600}}, "body.effect.status"),
        ({"effect": {"kind": "latency", "milliseconds": -1}}, "body.effect.milliseconds"),
        ({"effect": {"kind": "latency", "jitter": -1}}, "body.effect.jitter"),
        ({"effect": {"kind": "garbage", "bytes": -1}}, "body.effect.bytes"),
        ({"effect": {"kind": "garbage", "bytes": 2**40}}, "body.effect.bytes"),
        ({"effect": {"kind": "result", "code": 2**31}}, "body.effect.code"),
        ({"effect": {"kind": "http", "message": "\x01"}}, "body.effect.message"),
        ({"probability": 1.01}, "body.probability"),
        ({"probability": -0.1}, "body.probability"),
        ({"times": -1}, "body.times"),
        ({"times": 2.5}, "body.times"),
        ({"after": -1}, "body.after"),
        ({"seed": -1}, "body.seed"),
        ({"when": "during"}, "body.when"),
        ({"expires_at": "tomorrow"}, "body.expires_at"),
        ({"expires_at": "2031-01-01T00:00:00"}, "body.expires_at"),
        ({"hits": 1}, "body.hits"),
        ({"match": {"service": "svcTicket"}}, "body.match.service"),
        ({"match": {"operation": "CreateTickets"}}, "body.match.operation"),
        ({"match": {"service": "svcChats", "operation": "CreateTicket"}}, "body.match.operation"),
        ({"match": {"operation": "CreateTicket", "argument": {"sender": "x"}}}, "body.match.argument.sender"),
        ({"match": {"argument": {"subject": None}}}, "body.match.argument.subject"),
        ({"match": {"agent": "alice"}}, "body.match.agent"),
    ],
)
def test_values_that_are_refused(api: Api, control: Control, change: dict[str, Any], where: str) -> None:
    assert control.wrong("POST", "/faults", {"effect": REFUSED, **change}) == [where]
    assert control.get("/faults")["total"] == 0


@pytest.mark.parametrize(
    ("match", "is_struck"),
    [
        ({}, True),
        ({"service": "svcTickets"}, True),
        ({"service": "svcChats"}, False),
        ({"operation": "CreateTicket"}, True),
        ({"operation": "GetTicketInfo"}, False),
        ({"user": "ALICE"}, True),
        ({"user": "bob"}, False),
        ({"argument": {"subject": "Printer on fire"}}, True),
        ({"argument": {"subject": "Printer"}}, False),
        ({"argument": {"subject": "printer on fire"}}, False),
        ({"argument": {"subject": "~FIRE"}}, True),
        ({"argument": {"Subject": "~fire"}}, True),
        ({"argument": {"subject": "~water"}}, False),
        ({"argument": {"departmentID": "1", "isHtml": "false"}}, True),
        ({"argument": {"departmentID": 1, "isHtml": False}}, True),
        ({"argument": {"departmentID": "01"}}, False),
        ({"argument": {"departmentID": 1, "isHtml": True}}, False),
        ({"argument": {"nosuch": "~"}}, False),
        ({"service": "svcTickets", "operation": "CreateTicket", "user": "alice", "argument": {"body": "~burns"}}, True),
    ],
)
def test_which_calls_match(api: Api, control: Control, match: dict[str, Any], is_struck: bool) -> None:
    fault = inject(control, match)
    assert strikes(api) == [is_struck]
    assert hits(control, fault) == is_struck


def test_an_item_of_a_list_matches(api: Api, control: Control) -> None:
    fault = inject(control, {"operation": "SetTicketProperties", "argument": {"ticketPropertyValues": "Subject=x"}})
    number = api.tickets("admin").GetTicketInfo(1).Ticket.TicketNumber
    tickets = api.tickets("alice")
    assert tickets.SetTicketProperties(number, ["TicketPriorityID=1", "Subject=y"]).Result
    answer = tickets.SetTicketProperties(number, ["TicketPriorityID=1", "Subject=x"])
    assert (answer.Result, answer.Message) == (False, "struck")
    assert hits(control, fault) == 1


def test_pages_and_the_control_api_are_never_struck(api: Api, control: Control) -> None:
    inject(control, effect={"kind": "drop"})
    for path in ("/healthz", "/Services2", "/Services2/svcTickets.asmx", "/Services2/svcTickets.asmx?wsdl"):
        assert api.http.get(api.url + path, timeout=10).status_code == 200
    assert control.get("/faults")["items"][0]["hits"] == 0


def test_after_and_times(api: Api, control: Control) -> None:
    fault = inject(control, {"operation": "CreateTicket"}, after=2, times=3)
    assert strikes(api, 3, operation="PingService") == [False] * 3
    assert strikes(api, 7) == [False, False, True, True, True, False, False]
    assert hits(control, fault) == 3


def test_a_run_can_be_repeated(api: Api, control: Control) -> None:
    runs = []
    for _ in range(2):
        inject(control, probability=0.5, seed=42, after=1)
        runs.append(strikes(api, 12))
        control.done("DELETE", "/faults")
    expected = [False, *(Random(f"42:{number}").random() < 0.5 for number in range(1, 12))]  # noqa: S311 - dice
    assert runs == [expected, expected]
    assert True in expected


@pytest.mark.parametrize("probability", [0, 1])
def test_never_and_always(api: Api, control: Control, probability: int) -> None:
    inject(control, probability=probability)
    assert strikes(api, 4) == [bool(probability)] * 4


def test_it_ends_by_the_emulated_clock(api: Api, control: Control) -> None:
    control.done("PUT", "/clock", {"now": "2031-01-01T00:00:00Z", "frozen": True})
    inject(control, expires_at="2031-01-01T00:01:00Z")
    assert strikes(api) == [True]
    control.done("POST", "/clock/advance", {"seconds": 59})
    assert strikes(api) == [True]
    control.done("POST", "/clock/advance", {"seconds": 1})
    assert strikes(api) == [False]


def test_latencies_add_up_and_the_oldest_of_the_others_strikes(api: Api, control: Control) -> None:
    slow = [inject(control, effect={"kind": "latency", "milliseconds": 30}) for _ in range(2)]
    first = inject(control, times=1)
    second = inject(control, effect={"kind": "http", "status": 418})
    assert strikes(api) == [True]
    assert call(api.url).status == 418
    assert [hits(control, fault) for fault in (*slow, first, second)] == [2, 2, 1, 1]


def test_no_statement_more_without_faults(api: Api, control: Control) -> None:
    def get() -> Any:
        return api.tickets("alice").GetTicketInfo(1)

    before = api.statements(get)
    inject(control)
    control.done("DELETE", "/faults")
    assert api.statements(get) == before


def test_all_processes_know_and_count_together(seeded_url: str, tmp_path: Path) -> None:
    with serving(tmp_path, "--database", seeded_url) as first, serving(tmp_path, "--database", seeded_url) as second:
        urls = (first.url, second.url)
        for url in urls:
            assert call(url).member("Result") == "true"
        with Control(first.url) as here, Control(second.url) as there:
            fault = inject(here, {"operation": "CreateTicket"}, times=5)
            assert call(second.url).member("Message") == "struck"
            with ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(lambda number: call(urls[number % 2]).member("Message"), range(12)))
            assert answers.count("struck") == 4
            assert hits(there, fault) == 5
            there.done("DELETE", f"/faults/{fault['id']}", status=204)
            inject(there, {"operation": "CreateTicket"})
            assert call(first.url).member("Message") == "struck"
            assert here.done("DELETE", "/faults") == {"deleted": 1}
            assert call(second.url).member("Result") == "true"
