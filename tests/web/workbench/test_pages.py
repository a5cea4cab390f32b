"""The workbench's pages over HTTP (ours): what they show and do without a script, by calls of the control API."""

from __future__ import annotations

import html
import io
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from smartertrack_emu.domain.structure.jobs import JOBS
from smartertrack_emu.web.workbench.room import WAYS
from tests.services.api import RunningServer
from tests.web.browser import ACCEPT, Browser, Page

from .conftest import Bench

CALLS = "/_emu/"


def columns(page: Page, name: str) -> list[str]:
    """The texts of a column of the calls."""
    return [" ".join(one.text_content().split()) for one in page.tree.xpath(f"//td[contains(@class, '{name}')]")]


def made(bench: Bench) -> None:
    """Make one call that is done and two that are refused."""
    assert bench.organization("admin").GetServerName().Result
    assert bench.tickets("alice").GetTicketInfo(99999).ResultCode == -4
    assert bench.tickets("bob", "not-bobs").GetTicketInfo(1).ResultCode == -2
    bench.settle()


def newest(admin: Browser) -> int:
    return int(admin.call("GET", "/journal?limit=1").json()["items"][0]["id"])


def test_who_may_see_it(bench: Bench) -> None:
    stranger = Browser(bench.url)
    for _, path in WAYS:
        page = stranger.get(path)
        assert (page.status, page.location) == (303, f"/Login.aspx?local=1&returnUrl={path.replace('/', '%2F')}")
    page = stranger.get("/_emu/?service=svcTickets&text=a%20b")
    assert stranger.log_in("carol", path=page.location).location == "/_emu/?service=svcTickets&text=a%20b"
    for _, path in WAYS:
        page = stranger.get(path)
        assert (page.status, "Only administrators" in page.text) == (403, True)


def test_a_password_in_a_header_is_no_session(bench: Bench) -> None:
    assert (
        bench.http.get(f"{bench.url}/_emu/", auth=("admin", "admin"), allow_redirects=False, timeout=10).status_code
        == 303
    )


def test_every_page_has_the_layout(admin: Browser, bench: Bench) -> None:
    made(bench)
    for name, path in (*WAYS, ("", f"/_emu/calls/{newest(admin)}"), ("Snapshots", "/_emu/snapshots?ask=reset")):
        page = admin.get(path)
        assert page.status == 200, path
        tree = page.tree
        assert tree.xpath("string(//title)").startswith(page.heading)
        assert tree.xpath("string((//a)[1])") == "Skip to content"
        assert [
            len(tree.xpath(f"//{one}"))
            for one in ("h1", "body/header", "main", "body/footer", "nav[@aria-label='Workbench']")
        ] == [1] * 5
        assert tree.xpath("//nav[@aria-label='Workbench']//a/text()") == [way for way, _ in WAYS]
        assert tree.xpath("//a[@aria-current='page']/text()") == [name or "Calls"]
        assert not tree.xpath("//style | //script[text()] | //@style | //@onclick")
        policy = page.answer.headers["Content-Security-Policy"]
        assert ("connect-src 'self'" in policy) == (path == CALLS)
        assert "script-src 'self'" in policy
        assert "no-store" in page.answer.headers["Cache-Control"]
        for form in tree.xpath("//form[@method='post']"):
            assert form.xpath(".//input[@name='csrf_token']/@value") != [""]
        for field in tree.xpath("//input[not(@type='hidden')] | //select"):
            assert tree.xpath(f"//label[@for='{field.get('id')}']"), (path, field.get("name"))
        shouted = admin.get(path.upper().replace("ASK=RESET", "ask=reset"))
        assert shouted.status == 200, path


def test_nothing_is_done_without_the_forms_token(admin: Browser, bench: Bench) -> None:
    made(bench)
    for path in (
        "calls", f"calls/{newest(admin)}/again", "clock", "clock/advance", "clock/machine", "faults", "faults/delete",
        "snapshots", "snapshots/restore", "snapshots/delete", "snapshots/import", "snapshots/reset",
    ):  # fmt: skip
        page = admin.post(f"/_emu/{path}", {"name": "x", "seconds": "60", "preset": "slow", "csrf_token": "wrong"})
        assert (page.status, "nothing was done" in page.text) == (403, True), path
    assert admin.call("GET", "/journal/count").json() == {"count": 3}
    assert admin.call("GET", "/clock").json()["offset_seconds"] == 0
    assert admin.call("GET", "/faults").json()["total"] == 0
    assert admin.call("GET", "/snapshots").json()["total"] == 0


def test_nothing_called_yet(admin: Browser, bench: Bench) -> None:
    """The page says what to do, and what it says works."""
    page = admin.get(CALLS)
    assert "Nothing has been called yet" in page.text
    (command,) = [one for one in page.tree.xpath("//*[@id='empty']//code/text()") if one.startswith("curl ")]
    _, url = shlex.split(command)
    assert bench.http.get(url.replace("YOUR-PASSWORD", "admin"), timeout=10).status_code == 200
    bench.settle()
    page = admin.get(CALLS)
    assert (columns(page, "operation"), columns(page, "outcome")) == (["GetServerName"], ["ok"])


def test_the_calls(admin: Browser, bench: Bench) -> None:
    made(bench)
    page = admin.get(CALLS)
    assert columns(page, "service") == ["svcTickets", "svcTickets", "svcOrganization"]
    assert columns(page, "user") == ["bob", "alice", "admin"]
    assert columns(page, "outcome") == ["refused", "refused", "ok"]
    assert columns(page, "number code") == ["-2", "-4", "0"]
    assert all(re.fullmatch(r"\d+\.\d", one) for one in columns(page, "number ms"))
    assert "99999" in columns(page, "operation")[1]  # why it was refused stands there
    assert "not-bobs" not in page.text
    for query, users in (
        ("service=svcOrganization", ["admin"]),
        ("operation=getticketinfo", ["bob", "alice"]),
        ("user=alice", ["alice"]),
        ("outcome=ok", ["admin"]),
        ("text=99999", ["alice"]),
    ):
        assert columns(admin.get(f"{CALLS}?{query}"), "user") == users, query
    page = admin.get(f"{CALLS}?user=nobody")
    assert "No call matches" in page.text
    assert page.tree.xpath("//input[@name='user']/@value") == ["nobody"]
    page = admin.get(f"{CALLS}?outcome=wrong")
    assert page.status == 422
    assert page.said("alert")


def test_many_calls_stand_on_pages(admin: Browser, bench: Bench) -> None:
    for _ in range(27):
        bench.http.get(f"{bench.url}/Services2/svcOrganization.asmx/GetServerName", timeout=10)
    bench.settle()
    page = admin.get(CALLS)
    assert (len(columns(page, "operation")), "1 to 25 of 27" in page.text) == (25, True)
    (older,) = page.tree.xpath("//a[text()='Older']/@href")
    page = admin.get(older)
    assert (len(columns(page, "operation")), "26 to 27 of 27" in page.text) == (2, True)
    assert not page.tree.xpath("//@data-stream")  # what comes does not belong here
    for other in ("-1", "x", "99999999999999999999"):
        assert len(columns(admin.get(f"{CALLS}?offset={other}"), "operation")) == 25
    assert "No call matches" in admin.get(f"{CALLS}?offset=100").text


def test_what_callers_send_is_shown_as_text(admin: Browser, bench: Bench) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    path = "/Services2/svcTickets.asmx"
    bench.http.post(
        bench.url + path,
        f"<a x='1'>{hostile}</a>",
        headers={"Content-Type": "text/xml", "SOAPAction": hostile},
        timeout=10,
    )
    bench.http.get(
        f"{bench.url}/Services2/svcOrganization.asmx/GetServerName?authUserName={hostile}&authPassword=x", timeout=10
    )
    bench.http.post(
        f"{bench.url}/Services2/svcOrganization.asmx/GetServerName",
        {"authUserName": hostile, hostile: hostile},
        timeout=10,
    )
    bench.settle()
    number = newest(admin)
    for page in (admin.get(CALLS), *(admin.get(f"/_emu/calls/{number - back}") for back in range(3))):
        assert page.status == 200
        assert not page.tree.xpath("//main//script | //main//img | //@onerror")
        assert "alert(1)" in page.text


def test_one_call(admin: Browser, bench: Bench) -> None:
    made(bench)
    page = admin.get(f"/_emu/calls/{newest(admin) - 1}")
    tree = page.tree
    assert page.heading == "svcTickets.GetTicketInfo"
    assert {"Request", "Response", "Why", "curl"} <= set(tree.xpath("//h2/text()"))
    assert "There is no ticket 99999." in tree.xpath("string(//section[@aria-labelledby='why'])")
    assert "The answer says" not in page.text, "for the explanation says it too"
    assert "The answer says" in admin.get(f"/_emu/calls/{newest(admin)}").text
    sent, answered = (one.text_content() for one in tree.xpath("//pre"))
    assert "****" in sent
    assert ">99999</" in sent.replace(" ", "")
    assert "  <soap:Body>" in answered  # indented
    assert "alice-pw" not in page.text
    assert "SOAPAction" in page.text
    command = tree.xpath("//section[@aria-labelledby='curl']//code/text()")[0]
    assert "${PASSWORD}" in command
    assert admin.get("/_emu/calls/99999").status == 404
    assert admin.get("/_emu/calls/x").status == 404


def test_sending_it_again(admin: Browser, bench: Bench) -> None:
    made(bench)
    number = newest(admin) - 1
    page = admin.send(admin.get(f"/_emu/calls/{number}"), "Send again", {"password": "alice-pw"})
    assert page.location == f"/_emu/calls/{number}?sent=200"
    assert "the server answered 200" in admin.get(page.location).said("status")
    bench.settle()
    again, first = (admin.call("GET", f"/journal/{one}").json() for one in (newest(admin), number))
    same = ("service", "operation", "user", "code", "outcome", "protocol")
    assert {name: again[name] for name in same} == {name: first[name] for name in same}
    assert again["request"]["body"] == first["request"]["body"]
    assert "alice-pw" not in str(again)


@pytest.mark.parametrize("kind", ["get", "post"])
def test_sending_forms_again(admin: Browser, bench: Bench, kind: str) -> None:
    """A password is written as the request's media type has it."""
    address = f"{bench.url}/Services2/svcOrganization.asmx/GetServerName"
    given = {"authUserName": "admin", "authPassword": "p&s=<s>%"}
    if kind == "get":
        bench.http.get(address, params=given, timeout=10)
    else:
        bench.http.post(address, given, timeout=10)
    bench.settle()
    admin.send(admin.get(f"/_emu/calls/{newest(admin)}"), "Send again", {"password": "p&s=<s>%"})
    bench.settle()
    first, again = (admin.call("GET", f"/journal/{newest(admin) - back}").json() for back in (1, 0))
    assert (first["code"], again["code"], again["request"]["path"]) == (-2, -2, first["request"]["path"])
    admin.send(admin.get(f"/_emu/calls/{newest(admin)}"), "Send again", {"password": "admin"})
    bench.settle()
    assert admin.call("GET", f"/journal/{newest(admin)}").json()["outcome"] == "ok"


def test_what_cannot_be_sent_again(admin: Browser, bench: Bench) -> None:
    made(bench)
    number = newest(admin)
    page = admin.send(admin.get(f"/_emu/calls/{number}"), "Send again")
    assert (page.status, page.said("alert")) == (422, "Give the password: the journal does not hold it.")
    assert newest(admin) == number
    body = f"<a>{'x' * 70_000}</a>"
    bench.http.post(f"{bench.url}/Services2/svcTickets.asmx", body, headers={"Content-Type": "text/xml"}, timeout=10)
    bench.settle()
    assert "cannot be sent again" in admin.get(f"/_emu/calls/{newest(admin)}").text


def test_a_fault_for_a_call(admin: Browser, bench: Bench) -> None:
    """It strikes like those that are set over the control API, and what is sent again too."""
    made(bench)
    number = newest(admin) - 1
    (way,) = admin.get(f"/_emu/calls/{number}").tree.xpath("//a[text()='Inject a fault for this']/@href")
    page = admin.get(way.partition("#")[0])
    page = admin.send(page, "Inject", {"kind": "drop", "times": "1"})
    assert page.location == "/_emu/faults?done=injected"
    (fault,) = admin.call("GET", "/faults").json()["items"]
    assert {name: fault["match"][name] for name in ("service", "operation", "user")} == {
        "service": "svcTickets", "operation": "GetTicketInfo", "user": "alice",
    }  # fmt: skip
    page = admin.send(admin.get(f"/_emu/calls/{number}"), "Send again", {"password": "alice-pw"})
    assert "dropped" in admin.get(page.location).said("status")
    page = admin.get("/_emu/faults")
    assert "1 of 1" in page.text
    assert admin.send(page, "Delete", {"fault": str(fault["id"])}).location == "/_emu/faults?done=deleted"
    assert admin.call("GET", "/faults").json()["total"] == 0


def test_faults_at_a_click(admin: Browser, bench: Bench) -> None:
    page = admin.get("/_emu/faults")
    for button in page.tree.xpath("//button[@name='preset']"):
        assert admin.send(page, button.text).location == "/_emu/faults?done=injected"
    assert admin.call("GET", "/faults").json()["total"] == 6
    page = admin.get("/_emu/faults")
    assert len(page.tree.xpath("//button[@name='fault']")) == 6
    admin.send(page, "Delete all")
    assert admin.call("GET", "/faults").json()["total"] == 0


def test_a_fault_that_cannot_be(admin: Browser) -> None:
    """What is wrong stands beside its field, and what was typed stays."""
    fields = {"operation": "NoSuchOperation", "status": "99", "times": "2", "message": "<b>"}
    page = admin.send(admin.get("/_emu/faults"), "Inject", fields)
    assert page.status == 422
    assert page.said("alert")
    (status,) = page.tree.xpath("//input[@name='status']")
    assert (status.get("value"), status.get("aria-invalid")) == ("99", "true")
    assert page.tree.xpath(f"//*[@id='{status.get('aria-describedby')}'][contains(@class, 'wrong')]")
    assert page.tree.xpath("//input[@name='message']/@value") == ["<b>"]
    page = admin.send(admin.get("/_emu/faults"), "Inject", {"operation": "NoSuchOperation"})
    assert page.tree.xpath("//input[@name='operation']/@aria-invalid") == ["true"]
    page = admin.send(admin.get("/_emu/faults"), "Inject", {"times": "many"})
    assert page.tree.xpath("//input[@name='times']/@aria-invalid") == ["true"]


def test_the_clock(admin: Browser) -> None:
    page = admin.send(admin.get("/_emu/clock"), "Set", {"now": "2031-02-28T23:59", "frozen": "on"})
    assert page.location == "/_emu/clock?done=set"
    page = admin.get(page.location)
    assert page.said("status") == "The clock is set."
    assert "2031-02-28 23:59:00" in page.text
    assert admin.call("GET", "/clock").json()["now"] == "2031-02-28T23:59:00Z"
    admin.send(admin.get("/_emu/clock"), "Advance", {"seconds": "90"})
    assert admin.call("GET", "/clock").json()["now"] == "2031-03-01T00:00:30Z"
    admin.send(admin.get("/_emu/clock"), "+ a day", {"seconds": ""})
    assert admin.call("GET", "/clock").json()["now"] == "2031-03-02T00:00:30Z"
    for fields, button, name in (
        ({"now": "1999-01-01T00:00"}, "Set", "now"),
        ({"seconds": "-1"}, "Advance", "seconds"),
        ({"seconds": "x"}, "Advance", "seconds"),
    ):
        page = admin.send(admin.get("/_emu/clock"), button, fields)
        assert page.status == 422
        (field,) = page.tree.xpath(f"//input[@name='{name}']")
        assert (field.get("value"), field.get("aria-invalid")) == (fields[name], "true")
    admin.send(admin.get("/_emu/clock"), "Back to the machine's")
    clock = admin.call("GET", "/clock").json()
    assert (clock["frozen"], clock["offset_seconds"]) == (False, 0)


def test_snapshots(admin: Browser, bench: Bench) -> None:
    page = admin.send(admin.get("/_emu/snapshots"), "Take", {"name": "before"})
    assert page.location == "/_emu/snapshots?done=taken"
    page = admin.get("/_emu/snapshots")
    (export,) = page.tree.xpath("//a[normalize-space()='Export before']/@href")
    exported = admin.http.get(bench.url + export, timeout=20)
    assert (exported.status_code, exported.headers["Content-Type"]) == (200, "application/gzip")
    file = ("carried along.tar.gz", io.BytesIO(exported.content), "application/gzip")
    page = admin.send(page, "Import", file=file)
    assert (page.location, page.said("alert") if page.text else "") == ("/_emu/snapshots?done=imported", "")
    assert [one["name"] for one in admin.call("GET", "/snapshots").json()["items"]] == ["before", "carried-along"]
    page = admin.send(admin.get("/_emu/snapshots"), "Restore carried-along")
    assert page.location == "/_emu/snapshots?done=restored"
    for name in ("before", "carried-along"):
        admin.send(admin.get("/_emu/snapshots"), f"Delete {name}")
    assert admin.call("GET", "/snapshots").json()["total"] == 0
    for name in ("", "../x", "a b", "x" * 65):
        page = admin.send(page_of(admin), "Take", {"name": name})
        assert (page.status in (404, 422), bool(page.said("alert"))) == (True, True), name
    page = admin.send(page_of(admin), "Import", file=("x.gz", io.BytesIO(b"nothing"), "application/gzip"))
    assert (page.status, bool(page.said("alert"))) == (422, True)
    assert "without a seed file" in page.text


def page_of(admin: Browser) -> Page:
    return admin.get("/_emu/snapshots")


def test_resetting_asks_first_and_ends_the_session(example: Bench) -> None:
    admin = Browser(example.url)
    admin.log_in("admin")
    before = admin.call("GET", "/server").json()["counts"]["tickets"]
    example.tickets("admin").CreateTicket(1, 1, 0, "ann@example.com", "Printer on fire", "Hi!", False, False, False)
    assert admin.call("GET", "/server").json()["counts"]["tickets"] == before + 1
    page = page_of(admin)
    (way,) = page.tree.xpath("//a[text()='Reset to seed']/@href")
    page = admin.send(admin.get(way.partition("#")[0]), "Reset")
    assert page.location.startswith("/Login.aspx?local=1&returnUrl=%2F_emu%2Fsnapshots&notice=reset")
    assert "as at the first start" in admin.get(page.location).said("status")
    assert admin.log_in("admin", path=page.location).location == "/_emu/snapshots"
    assert admin.call("GET", "/server").json()["counts"]["tickets"] == before


def test_figures(admin: Browser, bench: Bench) -> None:
    assert "No call is kept" in admin.get("/_emu/metrics").text
    made(bench)
    page = admin.get("/_emu/metrics")
    assert page.tree.xpath("//dl[@class='tiles']//dd/text()")[:2] == ["3", "2"]
    for drawn in page.tree.xpath("//svg"):
        if drawn.get("role") == "img":
            assert drawn.get("aria-label")
            assert re.fullmatch(r"([\d.]+,[\d.]+ ?)+", drawn.xpath("./polyline/@points")[0])
    assert "svcTickets.GetTicketInfo" in page.text


def test_services(admin: Browser, bench: Bench) -> None:
    page = admin.get("/_emu/services")
    links = page.tree.xpath("//main//h2/a/@href")
    assert len(links) == 9
    for link in links:
        assert admin.http.get(bench.url + link, headers=ACCEPT, timeout=10).status_code == 200


def test_forgetting_all_calls(admin: Browser, bench: Bench) -> None:
    made(bench)
    page = admin.send(admin.get(CALLS), "Forget all calls")
    assert "forgotten" in admin.get(page.location).said("status")
    assert admin.call("GET", "/journal/count").json() == {"count": 0}


def test_each_command_does_what_its_button_does(admin: Browser, bench: Bench) -> None:
    """The commands beside the buttons are calls that the control API knows."""
    made(bench)
    paths = admin.call("GET", "/openapi.json").json()["paths"]
    known = {(method.upper(), re.sub(r"\{[^}]*\}", "X", path)) for path, methods in paths.items() for method in methods}
    found = 0
    for _, path in WAYS:
        for text in re.findall(r"<code>(curl -u .*?)</code>", admin.get(path).text, re.DOTALL):
            words = shlex.split(html.unescape(text))
            url: Any = next(one for one in words if "/_emu/api" in one)
            method = (
                words[words.index("-X") + 1]
                if "-X" in words
                else ("POST" if {"-d", "--data-binary"} & set(words) else "GET")
            )
            called = re.sub(rf"/(NAME|\d+|{'|'.join(JOBS)})(?=/|$)", "/X", url.partition(bench.url)[2])
            assert (method, called) in known, text
            found += 1
    assert found >= 10


def test_each_button_has_its_command(admin: Browser, bench: Bench) -> None:
    """In its own form, its row or its section; those that share one have as many there."""
    made(bench)
    for name in ("one", "two"):
        admin.call("PUT", f"/snapshots/{name}", **{"X-CSRF-Token": csrf_token(admin)})
    admin.send(admin.get("/_emu/faults"), "The next call gets 503")
    for _, path in WAYS:
        page = admin.get(path)
        for button in page.tree.xpath("//main//form[@method='post']//button[not(@type='button')]"):
            around = button.xpath(
                "ancestor::*[self::form or self::td or self::section][.//code[starts-with(., 'curl')]]"
            )
            assert around, f"{path}: {button.text_content()}"
            beside = len(around[-1].xpath(".//form[@method='post']//button[not(@type='button')]")) or 1
            assert len(around[-1].xpath(".//code[starts-with(., 'curl')]")) >= beside, (
                f"{path}: {button.text_content()}"
            )
    (command,) = admin.get("/_emu/snapshots").tree.xpath("//code[contains(., '/snapshots/two') and contains(., '-o')]")
    assert command.text == f"curl -u admin -o two.tar.gz {bench.url}/_emu/api/snapshots/two"


def csrf_token(admin: Browser) -> str:
    return str(admin.get("/_emu/faults").tree.xpath("//input[@name='csrf_token']/@value")[0])


def test_a_journal_that_is_off(bench: Bench, tmp_path: Path) -> None:
    server = RunningServer(bench.engine, tmp_path, journal_calls=0)
    browser = Browser(server.url)
    browser.log_in("admin")
    page = browser.get(CALLS)
    assert "The journal is off" in page.text
    assert not page.tree.xpath("//@data-stream")
    assert browser.get("/_emu/metrics").status == 200
    server.stop()


def test_a_form_of_a_session_that_is_over(admin: Browser) -> None:
    page = admin.get("/_emu/clock")
    admin.send(page, "Log out")
    page = admin.send(page, "Set", {"now": "2031-01-01T00:00"})
    assert (page.status, page.heading) == (403, "You may not see this page")
    assert admin.get("/_emu/clock").status == 303


def test_events(admin: Browser, bench: Bench) -> None:
    """The newest stand first, as many as there is room for; those of a kind by its number."""
    for number in range(2):
        assert (
            bench.tickets("alice")
            .CreateTicket(1, 1, 0, "ann@example.com", f"Fire {number}", "Hi!", False, False, False)
            .Result
        )
    listed = admin.call("GET", "/events?limit=1000").json()["items"]
    page = admin.get("/_emu/events")
    shown = page.tree.xpath("//div[@aria-label='Events']//tbody/tr/td[2]/span/text()")
    assert shown == [str(one["type"]) for one in listed[::-1]][:25]
    kind = str(listed[-1]["type"])
    page = admin.get(f"/_emu/events?type={kind}")
    assert set(page.tree.xpath("//div[@aria-label='Events']//tbody/tr/td[2]/span/text()")) == {kind}
    assert admin.get("/_emu/events?about=nonsense").status == 422


def test_without_the_control_there_is_none(bench: Bench, tmp_path: Path) -> None:
    server = RunningServer(bench.engine, tmp_path, control=False)
    browser = Browser(server.url)
    browser.log_in("admin")
    for path in ("/_emu/", "/_EMU/", "/_emu/clock", "/_Emu/Faults"):
        assert browser.get(path).status == 404
    server.stop()
