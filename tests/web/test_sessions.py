"""Sessions of the pages (ours): one login for all of them, who may use it, when it ends, what is done by forms only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy

from smartertrack_emu.desk import logins, sessions
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import User
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.structure import emulation
from smartertrack_emu.store.beside import beside
from smartertrack_emu.store.encryption import KeyFile, give_key, key_of
from smartertrack_emu.store.unit_of_work import writing
from smartertrack_emu.web.portal.login import own_path
from tests.services.api import Api, RunningServer
from tests.services.tickets.steps import change

from .browser import ACCEPT, Browser
from .wsgi import Answer, ask

ADMIN, CAROL = 2, 6
PRIVATE = "/CallLogs/1"
WRONG = "The user name or password is wrong."


@pytest.fixture
def browser(api: Api) -> Iterator[Browser]:
    browser = Browser(api.url)
    yield browser
    browser.http.close()


def kept(engine: sqlalchemy.Engine) -> int:
    """How many sessions there are."""
    with beside(engine).connect() as connection, connection.begin():
        return int(connection.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(sessions.table)) or 0)


def test_logging_in_and_out(browser: Browser) -> None:
    assert browser.get(PRIVATE).status == 401
    page = browser.log_in("carol", path=f"/Login.aspx?local=1&returnUrl={PRIVATE}")
    assert (page.status, page.location) == (303, PRIVATE)
    assert browser.get(PRIVATE).status == 200
    page = browser.get("/login.ASPX")
    assert "You are logged in as" in page.text
    page = browser.send(page, "Log out")
    assert (page.status, page.location) == (303, "/Login.aspx")
    assert not browser.token
    assert browser.get(PRIVATE).status == 401


def test_the_token_itself_is_dead_after_logging_out(browser: Browser, api: Api) -> None:
    browser.log_in("carol")
    cookies = browser.http.cookies.copy()
    browser.send(browser.get("/Login.aspx"), "Log out")
    assert kept(api.engine) == 0
    browser.http.cookies.update(cookies)
    assert browser.get(PRIVATE).status == 401


def test_by_an_email_address(browser: Browser, api: Api) -> None:
    change(api, User, CAROL, email="Carol@Example.com", email_key="carol@example.com")
    assert browser.log_in("cAROL@example.COM", "carol-pw").status == 303
    assert browser.get(PRIVATE).status == 200
    assert Browser(api.url).log_in("nobody@example.com", "x").said("alert") == WRONG


def test_what_is_wrong_is_not_said(browser: Browser) -> None:
    page = browser.get("/Login.aspx")
    for name in ("carol", "nobody", "x@y", "a\x00b", "ü" * 999):
        page = browser.log_in(name, "wrong")
        assert (page.status, page.said("alert")) == (401, WRONG)
        assert "Basic" not in page.answer.headers["WWW-Authenticate"]  # browsers would ask in a window of their own
        assert page.tree.xpath("//input[@name='password']/@value") == []
        assert not browser.token
    assert page.tree.xpath("//input[@name='username']/@value") == [name]  # what was typed is kept


def test_a_field_is_missing(browser: Browser) -> None:
    for fields in ({"username": "", "password": "x"}, {"username": "carol", "password": ""}):
        page = browser.send(browser.get("/Login.aspx"), "Log in", fields)
        assert page.status == 422
        assert page.said("alert").startswith("Give a user name")


def test_who_must_change_their_password(browser: Browser, api: Api) -> None:
    change(api, User, CAROL, force_password_reset=True)
    page = browser.log_in("carol")
    assert (page.status, "must be changed" in page.said("alert")) == (403, True)
    assert not browser.token


def test_failures_count_with_those_of_soap(seeded_engine: sqlalchemy.Engine, tmp_path: Path) -> None:
    server = RunningServer(seeded_engine, tmp_path, login_failures_allowed=3)
    api, browser = Api(server), Browser(server.url)
    for _ in range(2):
        assert api.tickets("carol", "wrong").GetTicketInfo(1).ResultCode == -2
    assert browser.log_in("carol", "wrong").said("alert") == WRONG
    page = browser.log_in("carol")
    assert (page.status, "too many wrong passwords" in page.said("alert")) == (401, True)
    assert "too many" in api.tickets("carol").GetTicketInfo(1).Message
    server.stop()


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/CallLogs/1", "/CallLogs/1"),
        ("/_emu/?service=svcTickets&text=a%20b", "/_emu/?service=svcTickets&text=a%20b"),
        ("/a//b#c", "/a//b#c"),
        ("", "/"),
        ("CallLogs/1", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/a\\b", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        (" //evil.example", "/"),
        ("/ü", "/"),
        ("javascript:alert(1)", "/"),
        (f"/{'x' * 3000}", "/"),
    ],
)
def test_a_login_leads_to_our_own_paths_only(asked: str, led: str) -> None:
    assert own_path(asked) == led


def test_where_a_login_leads(browser: Browser) -> None:
    for asked, led in (("//evil.example/", "/"), ("/\t/evil.example", "/"), (PRIVATE, PRIVATE)):
        fields = {"username": "carol", "password": "carol-pw", "returnUrl": asked}
        assert browser.send(browser.get("/Login.aspx"), "Log in", fields).location == led


def test_the_cookie(api: Api) -> None:
    """It is for us alone, for all our pages, and over https for nothing else."""
    application = api.server.application
    for prefix, scheme in (("", "http"), ("/track", "https")):
        environ = {"SCRIPT_NAME": prefix, "wsgi.url_scheme": scheme, "HTTP_ACCEPT": "text/html"}
        page = ask(application, "/Login.aspx", **environ)
        (nonce,) = re.findall(r"(smartertrack\w+_form=[^;]+)", page.headers["Set-Cookie"])
        (token,) = re.findall(rb'name="csrf_token" value="(\w+)"', page.body)
        done = post(
            application, "/Login.aspx", {"username": "carol", "password": "carol-pw", "returnUrl": "/CallLogs/1"},
            token=token.decode(), HTTP_COOKIE=nonce, **environ,
        )  # fmt: skip
        assert done.headers["Location"] == f"{prefix}/CallLogs/1"
        for given in (page.headers["Set-Cookie"], done.headers["Set-Cookie"]):
            _, *attributes = given.split("; ")
            wanted = {"HttpOnly", "SameSite=Lax", f"Path={prefix}/"} | ({"Secure"} if scheme == "https" else set())
            assert set(attributes) == wanted


def post(application: Any, path: str, fields: dict[str, str], *, token: str, **environ: Any) -> Answer:
    body = urlencode(fields | {"csrf_token": token}).encode()
    environ |= {
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }  # fmt: skip
    return ask(application, path, "POST", **environ)


def test_each_login_has_an_id_of_its_own(browser: Browser, api: Api) -> None:
    browser.log_in("carol")
    first, cookies = browser.token, browser.http.cookies.copy()
    browser.log_in("carol")
    assert browser.token
    assert browser.token != first
    assert kept(api.engine) == 1  # the one that was left is over
    other = Browser(api.url)
    other.http.cookies.update(cookies)
    assert other.get(PRIVATE).status == 401
    # An id that somebody else has thought of is never taken.
    for cookie in browser.http.cookies:
        cookie.value = "A" * 43
    assert browser.get(PRIVATE).status == 401


def test_tokens_do_not_stand_in_the_table(browser: Browser, api: Api) -> None:
    browser.log_in("carol")
    with beside(api.engine).connect() as connection, connection.begin():
        (row,) = connection.execute(sqlalchemy.select(sessions.table)).all()
    assert browser.token not in str(row)
    assert "argon2" not in str(row)


def test_unused_sessions_end(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    start = clock.machine()
    browser.log_in("carol")
    for minutes, status in ((19, 200), (38, 200), (57.5, 200), (78, 401)):
        monkeypatch.setattr(clock, "machine", lambda: start + timedelta(minutes=minutes))  # noqa: B023 - used at once
        assert browser.get(PRIVATE).status == status, minutes


def test_how_long_is_a_setting(
    seeded_engine: sqlalchemy.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = RunningServer(seeded_engine, tmp_path, session_idle_minutes=0.5)
    browser, start = Browser(server.url), clock.machine()
    browser.log_in("carol")
    for seconds, status in ((20, 200), (45, 200), (80, 401)):
        monkeypatch.setattr(clock, "machine", lambda: start + timedelta(seconds=seconds))  # noqa: B023 - used at once
        assert browser.get(PRIVATE).status == status, seconds
    server.stop()


def test_sessions_do_not_follow_the_emulated_clock(browser: Browser, api: Api) -> None:
    browser.log_in("carol")
    with writing(api.engine) as session:
        emulation.set_clock(session, clock.Setting(timedelta(days=400)))
    try:
        assert browser.get(PRIVATE).status == 200
    finally:
        clock.follow(clock.Setting())


def test_another_password_ends_them(browser: Browser, api: Api) -> None:
    browser.log_in("carol")
    with writing(api.engine) as session:
        users.set_password(session, users.SYSTEM, CAROL, "carol-pw")  # the same word, set anew
    assert browser.get(PRIVATE).status == 401


@pytest.mark.parametrize("column", ["force_password_reset", "deleted_at"])
def test_who_may_no_longer_enter(browser: Browser, api: Api, column: str) -> None:
    browser.log_in("carol")
    change(api, User, CAROL, **{column: True if column == "force_password_reset" else clock.now()})
    assert browser.get(PRIVATE).status == 401
    assert browser.get("/kb/a1").status == 200  # what is for everybody stays so


def test_other_data_in_its_place(browser: Browser, api: Api) -> None:
    """After a restore a session holds where the user is there with the same password."""
    browser.log_in("carol")
    with writing(api.engine) as session:
        emulation.begin_epoch(session)
    assert browser.get(PRIVATE).status == 200
    with writing(api.engine) as session:
        session.get_one(User, CAROL).password_hash = None
        emulation.begin_epoch(session)
    assert browser.get(PRIVATE).status == 401


def test_all_processes_share_them_and_a_restart_keeps_them(
    browser: Browser, api: Api, seeded_engine: sqlalchemy.Engine, tmp_path: Path
) -> None:
    browser.log_in("carol")
    second = RunningServer(seeded_engine, tmp_path)
    other = Browser(second.url)
    other.http.cookies.update(browser.http.cookies)
    assert other.get(PRIVATE).status == 200
    other.send(other.get("/Login.aspx"), "Log out")
    assert browser.get(PRIVATE).status == 401
    second.stop()


def test_they_are_bounded(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_OF_USER", 2)
    monkeypatch.setattr(sessions, "MOST", 3)
    carol = [Browser(api.url) for _ in range(3)]
    for one in carol:
        one.log_in("carol")
    assert [one.get(PRIVATE).status for one in carol] == [401, 200, 200]
    for name in ("bob", "admin"):
        Browser(api.url).log_in(name)
    assert kept(api.engine) == 3
    assert [one.get(PRIVATE).status for one in carol] == [401, 401, 200]


def test_a_form_of_somebody_elses(browser: Browser, api: Api) -> None:
    """Neither a login nor a logout is done by one, and no password is looked at."""
    others: list[dict[str, str | bytes]] = [
        {},
        {"csrf_token": ""},
        {"csrf_token": "wrong"},
        {"csrf_token": "ü"},
        {"csrf_token": "\ud800".encode("utf-8", "surrogatepass")},
    ]
    browser.get("/Login.aspx")
    for fields in others:
        page = browser.post("/Login.aspx", {"username": "carol", "password": "carol-pw"} | fields)
        assert (page.status, browser.token, kept(api.engine)) == (403, "", 0)
    browser.log_in("carol")
    for fields in others:
        page = browser.post("/Logout.aspx", fields)
        assert (page.status, "nothing was done" in page.text) == (403, True)
    assert browser.get(PRIVATE).status == 200


def test_a_login_form_is_bound_to_its_browser(browser: Browser, api: Api) -> None:
    theirs = browser.get("/Login.aspx").tree.xpath("//input[@name='csrf_token']/@value")[0]
    fields = {"username": "carol", "password": "carol-pw", "csrf_token": theirs}
    assert Browser(api.url).post("/Login.aspx", fields).status == 403
    other = Browser(api.url)
    other.get("/Login.aspx")
    assert other.post("/Login.aspx", fields).status == 403
    assert browser.post("/Login.aspx", fields).status == 303


def test_logging_out_is_no_link(browser: Browser) -> None:
    browser.log_in("carol")
    page = browser.get("/Logout.aspx")
    assert (page.status, page.answer.headers["Allow"]) == (405, "POST")
    assert browser.get(PRIVATE).status == 200


def test_the_control_api_takes_them(browser: Browser, api: Api) -> None:
    browser.log_in("admin")
    assert browser.call("GET", "/clock").json()["frozen"] is False
    for headers in ({}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": ""}):
        answer = browser.call("PUT", "/clock", {"frozen": True}, **headers)
        assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")
    assert browser.call("POST", "/no/such/path").status_code == 403
    assert browser.call("GET", "/clock").json()["frozen"] is False
    token = csrf_token(api)
    assert browser.call("PUT", "/clock", {"frozen": True}, **{"X-CSRF-Token": token}).json()["frozen"] is True
    assert browser.call("DELETE", "/clock", **{"X-CSRF-Token": token}).status_code == 200


def csrf_token(api: Api) -> str:
    """The token of the only session."""
    with beside(api.engine).connect() as connection, connection.begin():
        return str(connection.scalar(sqlalchemy.select(sessions.table.c.csrf_token)))


def test_the_control_api_is_for_administrators(browser: Browser, api: Api) -> None:
    browser.log_in("carol")
    assert browser.call("GET", "/clock").status_code == 403
    assert browser.call("DELETE", "/clock", **{"X-CSRF-Token": csrf_token(api)}).status_code == 403


def test_the_control_api_says_that_a_session_is_over(browser: Browser, api: Api) -> None:
    """It does so without having the browser ask for a password; and Basic goes before a cookie."""
    browser.log_in("admin")
    with writing(api.engine) as session:
        users.set_password(session, users.SYSTEM, ADMIN, "another")
    answer = browser.call("GET", "/clock")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Session realm="SmarterTrack"')
    for headers in ({"X-Requested-With": "fetch"}, {"Accept": "text/event-stream"}, {}):
        stranger = api.http.get(f"{api.url}/_emu/api/clock", headers=headers, timeout=10)
        assert stranger.status_code == 401
        assert stranger.headers["WWW-Authenticate"].startswith("Session" if headers else "Basic")
    browser.http.auth = ("admin", "another")
    assert browser.call("DELETE", "/clock").status_code == 200


def test_one_cookie_for_each_server(browser: Browser, api: Api, tmp_path: Path) -> None:
    """Two emulators on one machine have one host to a browser: neither takes the other's session away."""
    desk = api.server.application.desk
    mine, key = logins.cookie_of(desk), key_of(api.engine.dialect)
    other = KeyFile(tmp_path / "other.key")
    other.make()
    give_key(api.engine, other)
    assert logins.cookie_of(desk) != mine
    give_key(api.engine, key)


def test_pages_for_everybody_cost_no_session(api: Api) -> None:
    answer = api.http.get(f"{api.url}/kb/a1", headers=ACCEPT, timeout=10)
    assert "Set-Cookie" not in answer.headers
