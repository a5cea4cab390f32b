"""Evidence: ours. What faults do to calls, as clients meet it on the wire, in all four protocols."""

from __future__ import annotations

import time
from http.client import RemoteDisconnected
from typing import Any

import pytest
from sqlalchemy import func, select

from smartertrack_emu.domain.models import User
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.store.unit_of_work import reading
from tests.control.client import Control
from tests.control.wire import PROTOCOLS, Protocol, Seen, call
from tests.services.api import Api

WHEN = ("before", "after")

pytestmark = pytest.mark.parametrize("protocol", PROTOCOLS)


@pytest.fixture
def tickets(api: Api) -> int:
    """How many tickets there are before."""
    return count(api)


def count(api: Api) -> int:
    with reading(api.engine) as session:
        return session.scalar(select(func.count()).select_from(Ticket)) or 0


def inject(control: Control, when: str, **effect: Any) -> int:
    body = {"match": {"operation": "CreateTicket"}, "effect": effect, "when": when}
    return int(control.done("POST", "/faults", body, status=201)["id"])


def check_trace(api: Api, control: Control, when: str, tickets: int) -> None:
    """The fault has struck once; the ticket is there where it struck afterwards, and only then."""
    assert [fault["hits"] for fault in control.get("/faults")["items"]] == [1]
    assert count(api) == tickets + (when == "after")
    with reading(api.engine) as session:
        last_login = session.scalar(select(User.last_login_at).where(User.username == "alice"))
    assert (last_login is not None) == (when == "after")
    control.done("DELETE", "/faults")
    assert call(api.url).member("Result") == "true"


@pytest.mark.parametrize("when", WHEN)
def test_soap_fault(api: Api, control: Control, tickets: int, protocol: Protocol, when: str) -> None:
    inject(control, when, kind="soap-fault", message="Out of <order>.")
    answer = call(api.url, protocol)
    assert answer.status == 500
    expected = {
        "soap11": "<faultcode>soap:Server</faultcode><faultstring>Out of &lt;order&gt;.</faultstring>",
        "soap12": '<soap:Value>soap:Receiver</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="en">'
        "Out of &lt;order&gt;.</soap:Text>",
        "get": "Out of &lt;order&gt;.",
        "post": "Out of &lt;order&gt;.",
    }
    assert expected[protocol] in answer.text
    check_trace(api, control, when, tickets)


@pytest.mark.parametrize("when", WHEN)
def test_result(api: Api, control: Control, tickets: int, protocol: Protocol, when: str) -> None:
    inject(control, when, kind="result", code=-42, message="Not today.")
    answer = call(api.url, protocol)
    assert answer.status == 200
    assert answer.is_whole
    assert [answer.member(name) for name in ("Result", "ResultCode", "Message")] == ["false", "-42", "Not today."]
    check_trace(api, control, when, tickets)


@pytest.mark.parametrize("when", WHEN)
def test_http(api: Api, control: Control, tickets: int, protocol: Protocol, when: str) -> None:
    inject(control, when, kind="http", status=418, message="Köln is away")
    answer = call(api.url, protocol)
    assert (answer.status, answer.text) == (418, "Köln is away")
    check_trace(api, control, when, tickets)


@pytest.mark.parametrize("when", WHEN)
def test_latency(api: Api, control: Control, tickets: int, protocol: Protocol, when: str) -> None:
    inject(control, when, kind="latency", milliseconds=200, jitter=20)
    started = time.monotonic()
    answer = call(api.url, protocol)
    assert time.monotonic() - started >= 0.18
    assert answer.member("Result") == "true"
    assert count(api) == tickets + 1
    check_trace(api, control, "after", tickets)


@pytest.mark.parametrize("when", WHEN)
def test_drop(api: Api, control: Control, tickets: int, protocol: Protocol, when: str) -> None:
    inject(control, when, kind="drop")
    with pytest.raises(RemoteDisconnected):
        call(api.url, protocol)
    check_trace(api, control, when, tickets)


@pytest.mark.parametrize("when", WHEN)
def test_truncate(api: Api, control: Control, tickets: int, protocol: Protocol, when: str) -> None:
    whole = _whole(api, control, protocol, when)
    if when == "after":
        tickets += 1
    inject(control, when, kind="truncate", bytes=60, code=7)
    answer = call(api.url, protocol)
    assert answer.status == 200
    assert answer.body == whole.body[:60]
    assert answer.length == whole.length
    check_trace(api, control, when, tickets)


def _whole(api: Api, control: Control, protocol: Protocol, when: str) -> Seen:
    """Return the answer that is to be cut: a failed one, or the one that the call itself would have had."""
    if when == "after":
        return call(api.url, protocol)
    fault = inject(control, "before", kind="result")
    whole = call(api.url, protocol)
    assert whole.member("ResultCode") == "-1"
    control.done("DELETE", f"/faults/{fault}", status=204)
    return whole


@pytest.mark.parametrize("when", WHEN)
def test_garbage(api: Api, control: Control, tickets: int, protocol: Protocol, when: str) -> None:
    inject(control, when, kind="garbage", bytes=333)
    answer = call(api.url, protocol)
    assert (answer.status, answer.content_type) == (200, "text/xml; charset=utf-8")
    assert (len(answer.body), answer.is_whole) == (333, True)
    assert b"Result" not in answer.body
    check_trace(api, control, when, tickets)


def test_a_refusal_is_lost_as_well(api: Api, control: Control, protocol: Protocol) -> None:
    """What would have been refused is refused; whoever calls does not learn of it."""
    inject(control, "after", kind="http", status=504)
    assert call(api.url, protocol, groupId="999").status == 504
    control.done("DELETE", "/faults")
    inject(control, "after", kind="truncate", bytes=10_000)
    answer = call(api.url, protocol, groupId="999")
    assert answer.member("Result") == "false"
    assert answer.member("ResultCode") == "-4"


@pytest.mark.parametrize("kind", ["result", "soap-fault"])
def test_an_operation_without_a_result_code(api: Api, control: Control, protocol: Protocol, kind: str) -> None:
    assert call(api.url, protocol, "PingService").member("IsAvailable") == "true"
    control.done("POST", "/faults", {"effect": {"kind": kind, "message": "no"}}, status=201)
    answer = call(api.url, protocol, "PingService")
    if kind == "soap-fault":
        assert answer.status == 500
        assert "no" in answer.text
    else:
        assert answer.status == 200
        assert answer.member("IsAvailable") == "false"
        assert "ResultCode" not in answer.text
