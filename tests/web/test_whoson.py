"""The script and the picture by which visitors are seen: addresses documented, bounds and cookies ours."""

from __future__ import annotations

import re

import pytest
import requests
from sqlalchemy import select

from smartertrack_emu.domain.models import Visitor
from smartertrack_emu.domain.visitors.pace import Pace
from smartertrack_emu.store.unit_of_work import reading
from smartertrack_emu.web.portal import whoson
from tests.services.api import Api

GIF, SCRIPT = "/WhosOn/track.gif", "/WhosOn/track.js"


def get(api: Api, path: str, **headers: str) -> requests.Response:
    return requests.get(api.url + path, headers=headers, timeout=10, allow_redirects=False)


def visitors(api: Api) -> list[Visitor]:
    with reading(api.engine) as session:
        return list(session.scalars(select(Visitor).order_by(Visitor.id)))


def test_a_picture_that_is_never_kept(api: Api) -> None:
    answer = get(api, f"{GIF}?v=abc&page=%2Fprices&title=Prices&brand=Acme", **{"Accept-Language": "de-DE,de;q=0.9"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/gif")
    assert answer.content.startswith(b"GIF89a")
    assert len(answer.content) < 50
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers  # the page keeps the id itself
    (visitor,) = visitors(api)
    assert (visitor.key, visitor.page, visitor.title, visitor.brand_id) == ("abc", "/prices", "Prices", 1)
    assert (visitor.ip, visitor.language) == ("127.0.0.1", "de-DE")
    assert "requests" in visitor.user_agent


def test_a_cookie_of_our_own(api: Api) -> None:
    with requests.Session() as browser:
        first = browser.get(f"{api.url}{GIF}?page=/a", timeout=10)
        assert re.match(r"smartertrack_visitor=[\w-]{32}; HttpOnly; Path=/; SameSite=Lax", first.headers["Set-Cookie"])
        again = browser.get(f"{api.url}{GIF}?page=/b", timeout=10)
        assert "Set-Cookie" not in again.headers
    (visitor,) = visitors(api)
    assert (visitor.hits, visitor.page) == (2, "/b")
    other = get(api, GIF, **{"Sec-Fetch-Site": "cross-site"})
    assert "Set-Cookie" not in other.headers


@pytest.mark.parametrize("name", ["DNT", "Sec-GPC"])
def test_who_does_not_want_it_is_not_tracked(api: Api, name: str) -> None:
    answer = get(api, GIF, **{name: "1"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    assert '"tracked": false' in get(api, SCRIPT, **{name: "1"}).text
    assert visitors(api) == []


def test_what_changes_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert requests.head(f"{api.url}{GIF}?v=abc", timeout=10).status_code == 200
    for wrong in ("a" * 65, "a b", "%3Cscript%3E"):
        answer = get(api, f"{GIF}?v={wrong}")
        assert (answer.status_code, answer.text.startswith("v is no visitor")) == (400, True)
    assert get(api, f"{GIF}?brand=Nobody").status_code == 404
    assert requests.post(f"{api.url}{GIF}", timeout=10).status_code == 405
    assert visitors(api) == []


def test_a_bounded_number_of_hits(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoson, "_pace", Pace(most=9, of_address=2))
    assert [get(api, f"{GIF}?v=abc").status_code for _ in range(4)] == [200] * 4
    assert [visitor.hits for visitor in visitors(api)] == [2]


@pytest.mark.parametrize("path", [SCRIPT, "/Scripts/whoson.js", "/whoson/TRACK.JS"])
def test_the_script(api: Api, path: str) -> None:
    answer = get(api, f"{path}?brand=acme")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'"picture": "{api.url}/WhosOn/track.gif"' in answer.text
    assert '"invitation": null' in answer.text
    assert get(api, f"{path}?brand=%3C/script%3E").status_code == 404
    assert visitors(api) == []
