"""The workbench in a real browser (ours): calls appear as they come, are opened, sent again; axe finds nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from smartertrack_emu.web.workbench.room import WAYS

from .conftest import Bench

WITHIN = 20_000
"""Milliseconds that a busy machine may take; on an idle one a call's line is on the page within one second."""

expect.set_options(timeout=WITHIN)

SERIOUS = {"serious", "critical"}
LOOKS = {"desktop": ("light", 1280, 800), "phone": ("dark", 360, 740)}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Chromium]:
    """One browser for all tests of a worker."""
    with sync_playwright() as playwright:
        # Without a sandbox of its own: it opens nothing but our own pages, often as root in a container.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


class Window:
    """A window in which an administrator is logged in; whatever goes wrong in its scripts is kept in `errors`."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.errors: list[str] = []
        self.url = url
        self.page: Page = context.new_page()
        self.page.set_default_timeout(WITHIN)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def log_in(self, path: str = "/_emu/") -> Page:
        page = self.open(path)
        page.get_by_label("Email or username").fill("admin")
        page.get_by_label("Password").fill("admin")
        page.get_by_role("button", name="Log in").click()
        return page


@pytest.fixture
def window(browser: Chromium, example: Bench) -> Iterator[Window]:
    """A window that has just logged in, with no calls before."""
    example.http.delete(f"{example.url}/_emu/api/journal", auth=("admin", "admin"), timeout=10)
    example.http.delete(f"{example.url}/_emu/api/faults", auth=("admin", "admin"), timeout=10)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    window = Window(context, example.url)
    window.log_in()
    yield window
    context.close()
    assert not window.errors


def first_line(page: Page) -> Any:
    return page.get_by_role("table").get_by_role("row").nth(1)


def test_a_call_appears_is_opened_and_sent_again(window: Window, example: Bench) -> None:
    page = window.page
    expect(page.get_by_role("heading", name="Nothing has been called yet")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    example.tickets("admin").GetTicketInfo(99999)
    expect(first_line(page)).to_contain_text("GetTicketInfo")
    expect(first_line(page)).to_contain_text("refused")
    expect(first_line(page)).to_contain_text("There is no ticket 99999.")
    expect(page.get_by_role("heading", name="Nothing has been called yet")).to_have_count(0)
    expect(page.locator("#news")).to_have_text("New call: svcTickets GetTicketInfo, refused")
    page.reload()  # what the script has written is what the server writes
    written = re.sub(r"\s+", " ", first_line(page).inner_text())
    page.get_by_role("button", name="Pause").click()
    example.tickets("admin").GetTicketInfo(99998)
    expect(page.get_by_text("Paused, 1 new")).to_be_visible()
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(3)
    shape = re.compile(r"[\d.:-]+")
    assert shape.sub("#", re.sub(r"\s+", " ", first_line(page).inner_text())) == shape.sub("#", written)

    first_line(page).get_by_role("link").click()
    for heading in ("Request", "Response", "Why", "curl"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="Request body")).to_contain_text("****")
    page.get_by_label("Password").fill("admin")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("status")).to_contain_text("the server answered 200")
    page.get_by_role("link", name="all calls", exact=True).click()
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(4)


def test_a_fault_for_a_call(window: Window, example: Bench) -> None:
    page = window.page
    example.tickets("admin").GetTicketInfo(99999)
    page.get_by_role("link", name="GetTicketInfo").click()
    page.get_by_role("link", name="Inject a fault for this").click()
    expect(page.get_by_label("Operation")).to_have_value("GetTicketInfo")
    page.get_by_label("Status").fill("418")
    page.get_by_role("button", name="Inject", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("The fault is set.")
    with pytest.raises(Exception, match="418"):
        example.tickets("admin").GetTicketInfo(99999)
    page.get_by_role("link", name="Calls", exact=True).click()
    expect(first_line(page)).to_contain_text("418")
    expect(first_line(page)).to_contain_text("fault")
    page.get_by_role("link", name="Faults", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("No fault is set")).to_be_visible()


def test_filters_hold_for_what_comes(window: Window, example: Bench) -> None:
    page = window.page
    page.get_by_label("User").fill("alice")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    example.tickets("admin").GetTicketInfo(99999)
    example.tickets("alice").GetTicketInfo(99999)
    expect(first_line(page)).to_contain_text("alice")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(2)


def test_where_there_is_no_stream_the_list_is_asked_for(browser: Chromium, example: Bench) -> None:
    context = browser.new_context()
    window = Window(context, example.url)
    context.route("**/journal/stream*", lambda route: route.fulfill(status=503))
    page = window.log_in()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    example.organization("admin").GetServerName()
    expect(page.get_by_role("link", name="GetServerName").first).to_be_visible(timeout=WITHIN + 1_000)
    context.close()


def test_a_session_that_ends_is_told(browser: Chromium, example: Bench) -> None:
    context = browser.new_context()
    window = Window(context, example.url)
    context.route("**/journal/stream*", lambda route: route.fulfill(status=503))
    page = window.log_in()
    context.clear_cookies()
    expect(page.get_by_role("link", name="Log in again")).to_be_visible()
    context.close()


def test_without_a_script(browser: Chromium, example: Bench) -> None:
    context = browser.new_context(java_script_enabled=False)
    window = Window(context, example.url)
    page = window.log_in()
    example.organization("admin").GetServerName()
    example.settle()
    page.reload()
    expect(page.get_by_role("link", name="GetServerName").first).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    page.get_by_role("link", name="Clock", exact=True).click()
    page.get_by_label("Frozen").check()
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("stands still")).to_be_visible()
    page.get_by_role("button", name="Back to the machine's").click()
    expect(page.get_by_text("stands still")).to_have_count(0)
    context.close()


def test_commands_are_copied(window: Window, browser: Chromium) -> None:
    page = window.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    window.open("/_emu/clock")
    page.get_by_role("button", name="Copy").last.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"curl -u admin -X DELETE {window.url}/_emu/api/clock"


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_serious(browser: Chromium, example: Bench, look: str) -> None:
    """On each page, with something on it; and no page scrolls sideways."""
    scheme, width, height = LOOKS[look]
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": height}
    )
    window = Window(context, example.url)
    login = window.open("/Login.aspx")
    check(login, width)
    page = window.log_in()
    control: dict[str, Any] = {"auth": ("admin", "admin"), "timeout": 10}
    example.http.post(
        f"{example.url}/_emu/api/faults",
        json={"match": {"user": "nobody"}, "effect": {"kind": "http", "message": "Away."}},
        **control,
    )
    example.http.put(f"{example.url}/_emu/api/snapshots/one", **control)
    example.tickets("admin").GetTicketInfo(99999)
    example.settle()
    number = example.http.get(f"{example.url}/_emu/api/journal?limit=1", **control).json()["items"][0]["id"]
    for path in (
        *(path for _, path in WAYS),
        f"/_emu/calls/{number}",
        "/_emu/snapshots?ask=reset",
        "/_emu/calls/99999",
    ):
        window.open(path)
        check(page, width)
    context.close()


def check(page: Page, width: int) -> None:
    found = Axe().run(page).response["violations"]
    serious = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found if one["impact"] in SERIOUS]
    assert not serious, f"{page.url}: {json.dumps(serious, indent=1)}"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    outside = "[...document.querySelectorAll('button, .button')].filter(one => one.getBoundingClientRect().right > %d)"
    assert page.evaluate(f"{outside % width}.map(one => one.textContent)") == [], page.url


def test_by_keyboard_alone(window: Window, example: Bench) -> None:
    page = window.page
    example.tickets("admin").GetTicketInfo(99999)
    expect(page.get_by_role("link", name="GetTicketInfo")).to_be_visible(timeout=WITHIN)
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "GetTicketInfo":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="svcTickets.GetTicketInfo")).to_be_visible()


def test_reset(window: Window, example: Bench) -> None:
    page = window.open("/_emu/snapshots")
    example.tickets("admin").CreateTicket(1, 1, 0, "ann@example.com", "Printer on fire", "Hi!", False, False, False)
    page.get_by_role("link", name="Reset to seed").click()
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("as at the first start")
    page.get_by_label("Email or username").fill("admin")
    page.get_by_label("Password").fill("admin")
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{window.url}/_emu/snapshots")
    page.get_by_role("link", name="Calls", exact=True).click()
    expect(page.get_by_role("heading", name="Nothing has been called yet")).to_be_visible()
