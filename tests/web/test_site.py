"""What holds for all pages (ours): their headers, letter case in addresses, the stylesheet and its colours."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

import pytest
from lxml import html

from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.web.site import make_site
from tests.services.api import Api
from tests.services.tickets.steps import create, ok

from .wsgi import ask

BROWSER = "text/html,*/*"


def every_page(api: Api) -> dict[str, int]:
    """An address of each kind of page and its status."""
    ticket = str(ok(api.tickets("alice").GetTicketURL(create(api))).RequestResult).removeprefix(api.url)
    return {
        ticket: 200,
        "/Main/frmTicket.aspx": 404,
        "/kb/a1": 200,
        "/kb/a3": 401,
        "/Verify/nonsense": 404,
        "/CallLogs/1": 401,
        "/Recordings/1/1": 401,
        "/Download/nonsense": 404,
        "/Avatars/default.svg": 200,
        "/static/site.css": 200,
        "/Login.aspx": 200,
        "/no/such/page": 404,
    }


def test_headers(api: Api) -> None:
    for path, status in every_page(api).items():
        for accept in ("*/*", BROWSER):
            answer = api.http.get(api.url + path, headers={"Accept": accept}, timeout=10)
            assert answer.status_code == status, path
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert {
                "default-src 'none'", "style-src 'self'", "script-src 'self'",
                "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
            } <= set(policy.split("; ")), path  # fmt: skip
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            kept = answer.headers["Cache-Control"]
            is_public = path in {"/kb/a1", "/Avatars/default.svg", "/static/site.css"}
            assert ("no-store" in kept) == (not is_public), path


def test_every_page_has_the_layout(api: Api) -> None:
    for path, status in every_page(api).items():
        answer = api.http.get(api.url + path, headers={"Accept": BROWSER}, timeout=10)
        if not answer.headers["Content-Type"].startswith("text/html"):
            assert status == 200
            continue
        tree: Any = html.fromstring(answer.text)
        assert len(tree.xpath("//h1")) == 1
        assert tree.xpath("//title/text()")[0].startswith(tree.xpath("//h1")[0].text_content())
        assert tree.get("lang") == "en"
        assert tree.xpath("//meta[@name='viewport']/@content") == ["width=device-width, initial-scale=1"]
        assert tree.xpath("(//a)[1]/text()") == ["Skip to content"]
        assert tree.xpath("(//a)[1]/@href") == [f"#{tree.xpath('//main/@id')[0]}"]
        landmarks = ("body/header", "body/header//nav", "main", "body/footer")
        assert [len(tree.xpath(f"//{one}")) for one in landmarks] == [1] * 4, path
        (sheet,) = tree.xpath("//link[@rel='stylesheet']/@href")
        assert api.http.get(api.url + sheet, timeout=10).status_code == 200
        assert not tree.xpath("//style | //script | //@style")


def test_addresses_match_without_case(api: Api) -> None:
    site = make_site(api.server.application.desk, SERVICES)
    for address, status in every_page(api).items():
        path, _, query = address.partition("?")
        for other in (path.lower(), path.swapcase(), path if path.endswith(("css", "svg")) else f"{path}/"):
            assert ask(site, other, QUERY_STRING=query).status == status, other


def test_the_stylesheet_is_kept_while_it_is_the_same(api: Api) -> None:
    site = make_site(api.server.application.desk, SERVICES)
    (sheet,) = re.findall(r'href="(/static/site\.css\?v=[^"]+)"', ask(site, "/kb/a1").body.decode())
    path, _, query = sheet.partition("?")
    found = ask(site, path, QUERY_STRING=query)
    assert (found.status, found.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b"--accent" in found.body
    assert b".banner" in found.body
    again = ask(site, path, QUERY_STRING=query, HTTP_IF_NONE_MATCH=found.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    for other in ("", "v=old"):  # an older page, or somebody who looks: asks again next time
        assert ask(site, path, QUERY_STRING=other).headers["Cache-Control"] == "public, no-cache"
    for name in ("", "../site.py", "..%2Fsite.py", "site.css/x", "__init__.py"):
        assert ask(site, f"/static/{name}").status == 404
    below = ask(site, "/kb/a1", SCRIPT_NAME="/track").body.decode()
    assert f'href="/track{sheet}"' in below


def test_the_stylesheet_names_no_other_host() -> None:
    for one in (resources.files("smartertrack_emu.web") / "static").iterdir():
        assert not re.search(r"//|@import|url\(", one.read_text(encoding="utf-8")), one.name


# Colours: WCAG 2.2 asks for 4.5 to 1 for text, 3 to 1 for the edges of fields and the ring of what has the focus.

TEXTS = [
    (colour, ground)
    for colour in ("text", "muted", "accent", "accent-strong", "danger")
    for ground in ("page", "surface", "sunken")
] + [
    ("on-accent", "accent"), ("on-accent", "accent-strong"), ("accent-strong", "accent-soft"), ("text", "accent-soft"),
    ("good", "good-soft"), ("warning", "warning-soft"), ("danger", "danger-soft"),
    ("warning", "page"), ("text", "good-soft"), ("text", "warning-soft"), ("text", "danger-soft"),
]  # fmt: skip
EDGES = [(colour, ground) for colour in ("edge", "accent") for ground in ("page", "surface")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("is_dark", [False, True])
def test_colours_can_be_read(*, is_dark: bool) -> None:
    sheet = (resources.files("smartertrack_emu.web") / "static" / "tokens.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in sheet.split("prefers-color-scheme: dark")
    )
    assert light.keys() == dark.keys()
    colours = dark if is_dark else light
    for pairs, least in ((TEXTS, 4.5), (EDGES, 3.0)):
        for one, other in pairs:
            low, high = sorted((luminance(colours[one]), luminance(colours[other])))
            assert (high + 0.05) / (low + 0.05) >= least, (one, other)
