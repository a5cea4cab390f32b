"""Pages of articles: their address is seen, what they show is ours."""

from __future__ import annotations

from typing import Any

import pytest

from smartertrack_emu.domain.models import KbArticle
from smartertrack_emu.store.unit_of_work import writing
from tests.services.api import Api, items

PUBLIC, DRAFT, PRIVATE = 1, 2, 3
ALICE = ("alice", "alice-pw")


def get(api: Api, path: str, login: tuple[str, str] | None = None, **options: Any) -> Any:
    return api.http.get(f"{api.url}/kb/{path}", auth=login, timeout=10, **options)


def add(api: Api, **values: Any) -> int:
    with writing(api.engine) as session:
        article = KbArticle(folder_id=1, **values)
        session.add(article)
        session.flush()
        return article.id


def test_the_address_that_lists_give(api: Api) -> None:
    (article,) = items(api.kb("customer").GetArticles(0, False).Articles)
    answer = api.http.get(article.Url, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<h1>How to reset your password</h1>" in answer.text
    assert "<b>Forgot password</b>" in answer.text


@pytest.mark.parametrize(
    "path", ["a1/how-to-reset-your-password.aspx", "A1/another.aspx", "a1", "a1/", "a0000000001/x"]
)
def test_only_the_number_counts(api: Api, path: str) -> None:
    answer = get(api, path)
    assert answer.status_code == 200
    assert "/kb/a1/how-to-reset-your-password.aspx" in answer.headers["Link"]


@pytest.mark.parametrize(
    "path", ["a999/x.aspx", "a0/x.aspx", "a9999999999/x.aspx", "a2147483648/x", "ax/y", "a1/x/y", ""]
)
def test_what_is_not_there(api: Api, path: str) -> None:
    assert get(api, path).status_code == 404


def test_what_is_private_needs_a_login(api: Api) -> None:
    answer = get(api, f"a{PRIVATE}/x.aspx")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert "Escalation" not in answer.text
    assert get(api, f"a{PRIVATE}/x.aspx", ("alice", "wrong")).status_code == 401
    assert get(api, f"a{PRIVATE}/x.aspx", ("customer", "customer-pw")).status_code == 404
    answer = get(api, f"a{PRIVATE}/x.aspx", ALICE)
    assert answer.status_code == 200
    assert "First Level 1" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


def test_drafts_are_for_writers(api: Api) -> None:
    assert get(api, f"a{DRAFT}/x.aspx").status_code == 401
    assert get(api, f"a{DRAFT}/x.aspx", ALICE).status_code == 404
    assert ", draft" in get(api, f"a{DRAFT}/x.aspx", ("admin", "admin")).text


def test_deleted_ones_are_gone(api: Api) -> None:
    gone = add(api, subject="Gone", is_deleted=True)
    assert get(api, f"a{gone}/x.aspx").status_code == 404
    assert get(api, f"a{gone}/x.aspx", ("customer", "customer-pw")).status_code == 404
    answer = get(api, f"a{gone}/x.aspx", ALICE)
    assert (answer.status_code, ", deleted" in answer.text) == (200, True)
    for kb in (api.kb("customer"), api.kb("alice"), api.kb("admin")):
        assert gone not in [one.KBArticleID for one in items(kb.GetArticles(0, True).Articles)]
        assert items(kb.SearchKBArticles("Gone", 10, True).Articles) == []


def test_images_are_shown(api: Api) -> None:
    """Those of the article itself and those of other hosts over https; nothing else comes from elsewhere."""
    data = "data:image/png;base64,iVBORw0KGgo="
    body = f'<p><img src="https://img.example/a.png" alt="One"><img src="{data}"></p><a href="data:text/html,x">y</a>'
    answer = get(api, f"a{add(api, subject='Images', body=body)}")
    assert '<img src="https://img.example/a.png" alt="One">' in answer.text
    assert f'<img src="{data}">' in answer.text
    assert "data:text" not in answer.text
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert "img-src https: data:" in policy
    assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)


def test_the_style_is_the_pages_own(api: Api) -> None:
    answer = get(api, f"a{add(api, subject='x', body='<p style=color:red>x</p><style>p{}</style>')}")
    assert "style-src 'self'; " in answer.headers["Content-Security-Policy"]
    assert "<style" not in answer.text
    assert "color:red" not in answer.text


@pytest.mark.parametrize(
    ("body", "is_whole"),
    [
        ("<p>begin</p>" + "<i>x</i>" * 20_000 + "<p>end</p>", False),
        ("<p>begin</p>" + "<i>x</i>" * 5_000 + "<p>end</p>", True),
        (f'<p>begin</p><img src="data:image/png;base64,{"A" * 4_000_000}"><p>end</p>', True),
        (f'<p>begin</p><img src="data:image/png;base64,{"A" * 9_000_000}"><p>end</p>', False),
    ],
)
def test_long_articles(api: Api, body: str, *, is_whole: bool) -> None:
    page = get(api, f"a{add(api, subject='Long', body=body)}").text
    assert "<p>begin</p>" in page
    assert ("<p>end</p>" in page) == is_whole
    assert ("too long to be shown" in page) != is_whole


def test_nothing_runs(api: Api) -> None:
    bad = add(
        api,
        subject="<script>alert(1)</script> {0} {body}",
        body="<p onclick='x()'>Hi</p><script>alert(2)</script><a href='javascript:x()'>y</a><style>p{}</style>",
        language='en" onload="x()',
    )
    answer = get(api, f"a{bad}/x.aspx")
    assert "<script" not in answer.text
    assert "onclick" not in answer.text
    assert "javascript" not in answer.text
    assert "onload" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {0} {body}" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "header", ["Basic !!!", "Basic", "Bearer x", "Basic /w==", "Basic bm9jb2xvbg==", "Basic AABhOng="]
)
def test_logins_that_cannot_be_read_are_none(api: Api, header: str) -> None:
    assert get(api, "a1", headers={"Authorization": header}).status_code == 200
    assert get(api, f"a{PRIVATE}", headers={"Authorization": header}).status_code == 401


def test_only_reading(api: Api) -> None:
    assert api.http.post(f"{api.url}/kb/a1/x.aspx", timeout=10).status_code == 405
    answer = api.http.head(f"{api.url}/kb/a1/x.aspx", timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")
