"""Errors as pages (ours): in the layout of all pages for browsers, one sentence for other clients."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import request
from lxml import html
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from smartertrack_emu.domain.errors import (
    AlreadyExists,
    BadValue,
    HelpdeskError,
    LoginFailed,
    NotFound,
    NotPossible,
    PermissionDenied,
    ProviderRefused,
    SwitchedOff,
    TooBusy,
    Unavailable,
    Unexpected,
)
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.web import errors
from smartertrack_emu.web.session import checks_itself
from smartertrack_emu.web.site import make_site
from tests.services.api import Api

from .wsgi import Answer, ask

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def failing(api: Api, error: Exception) -> Any:
    """A site with a page that raises an error."""
    site = make_site(api.server.application.desk, SERVICES)

    def fail() -> str:
        raise error

    site.add_url_rule("/fails", view_func=fail)
    return site


def shown(answer: Answer) -> tuple[str, str]:
    """A page's heading and the sentence below it."""
    tree: Any = html.fromstring(answer.body)
    (heading,) = tree.xpath("//main//h1")
    assert tree.xpath("//title/text()")[0].startswith(heading.text)
    assert tree.xpath("//link[@rel='stylesheet']")
    return heading.text, heading.getnext().text


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (LoginFailed("No."), 401, {"WWW-Authenticate": 'Basic realm="SmarterTrack", charset="UTF-8"'}),
        (PermissionDenied("No."), 403, {}),
        (NotFound("No."), 404, {}),
        (BadValue("No."), 400, {}),
        (AlreadyExists("No."), 409, {}),
        (NotPossible("No."), 409, {}),
        (ProviderRefused("No."), 502, {}),
        (TooBusy("No."), 429, {"Retry-After": "5"}),
        (Unavailable("No."), 503, {"Retry-After": "5"}),
        (Unexpected("No."), 500, {}),
        (SwitchedOff("No."), 403, {}),
        (BadRequest("No."), 400, {}),
        (RequestEntityTooLarge("No."), 413, {}),
    ],
)
def test_each_has_its_status(api: Api, error: Exception, status: int, headers: dict[str, str]) -> None:
    site = failing(api, error)
    said = ask(site, "/fails")
    assert (said.status, said.body) == (status, b"No.\n")
    assert said.headers["Content-Type"] == "text/plain; charset=utf-8"
    page = ask(site, "/fails", HTTP_ACCEPT=BROWSER)
    assert (page.status, shown(page)[1]) == (status, "No.")
    for answer in (said, page):
        assert headers.items() <= answer.headers.items()
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Accept" in answer.headers["Vary"]
    head = ask(site, "/fails", "HEAD", HTTP_ACCEPT=BROWSER)
    assert (head.status, head.body) == (status, b"")
    assert head.headers["Content-Length"] == str(len(page.body))


def test_no_refusal_is_without_a_status() -> None:
    """A class that a later issue adds is one of these or gets its own line."""
    # A dialect's own never leave its room.
    ours = {kind for kind in HelpdeskError.__subclasses__() if kind.__module__ == HelpdeskError.__module__}
    assert {kind for kind, _ in errors._STATUS} >= ours - {Unexpected}


def test_of_ours(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    site = failing(api, LookupError("the inside"))
    for accept in ("*/*", BROWSER):
        caplog.clear()
        answer = ask(site, "/fails", HTTP_ACCEPT=accept)
        assert answer.status == 500
        assert b"The page could not be made. The error has been logged." in answer.body
        assert b"inside" not in answer.body
        assert "/fails failed" in caplog.text
        assert "the inside" in caplog.text


def test_no_such_page_and_no_such_method(api: Api) -> None:
    site = make_site(api.server.application.desk, SERVICES)
    heading, sentence = shown(ask(site, "/no/such/page", HTTP_ACCEPT=BROWSER))
    assert (heading, "/Services2" in sentence) == ("Page not found", True)
    for method in ("POST", "OPTIONS", "DELETE", "FOO"):
        answer = ask(site, "/kb/a1", method, HTTP_ACCEPT=BROWSER)
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
        assert shown(answer)[1] == "Only GET is answered here."


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/kb/a1", "x=" + "x" * 8_000),
        ("/kb/a1", "&" * 50),
        ("/kb/a1", "x=%ff"),
        ("/kb/a1", "x=%"),
        ("/kb/a1", "x=%u0041"),
        ("/kb/a1/\xff", ""),
        ("/\xc3", ""),
    ],
)
def test_addresses_that_are_none(api: Api, path: str, query: str) -> None:
    site = make_site(api.server.application.desk, SERVICES)
    answer = ask(site, path, QUERY_STRING=query, HTTP_ACCEPT=BROWSER)
    assert (answer.status, shown(answer)[0]) == (400, "This address or form cannot be read")


def test_nothing_of_an_address_gets_into_the_page(api: Api) -> None:
    site = make_site(api.server.application.desk, SERVICES)
    answer = ask(site, "/<script>x", QUERY_STRING="<script>", HTTP_ACCEPT=BROWSER)
    assert (answer.status, b"<script" in answer.body) == (404, False)


def test_long_forms_are_refused(api: Api) -> None:
    """Not read by pages that take none; a page that takes forms reads no more than a small one."""
    site = make_site(api.server.application.desk, SERVICES)
    site.add_url_rule("/form", view_func=checks_itself(lambda: request.form.get("x", "none")), methods=["POST"])
    with site.test_client() as client:
        assert client.post("/form", data={"x": "y"}).text == "y"
        for data in ({"x": "y" * 70_000}, {"x": "y" * 70_000, "file": (BytesIO(b"z"), "f")}):
            assert client.post("/form", data=data).status_code == 413
        parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n\r\n' for n in range(101)) + "--b--"
        many = client.post("/form", data=parts, content_type="multipart/form-data; boundary=b")
        assert many.status_code == 413
