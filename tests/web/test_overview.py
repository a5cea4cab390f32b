"""Evidence: the vendor's server documents its services at /Services2 (seen); how our page looks is ours."""

from __future__ import annotations

import re
from typing import Any

from lxml import html

from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.web.site import make_site
from tests.services.api import Api
from tests.web.wsgi import ask


def page_at(api: Api, path: str = "/Services2") -> Any:
    """The page as a tree, without types: XPath gives what was asked for."""
    return html.fromstring(api.http.get(f"{api.url}{path}", timeout=30).text)


def test_lists_every_function(api: Api) -> None:
    response = api.http.get(f"{api.url}/Services2", timeout=30)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    page = page_at(api)
    linked = page.xpath("//h3/a/@href")
    wanted = [
        f"{api.url}/Services2/{one.name}.asmx?op={name}"
        for one in SERVICES
        for name in sorted(one.operations, key=str.lower)
    ]
    assert linked == wanted
    assert len(linked) == 193
    for service in SERVICES:
        assert service.documentation in page.text_content()


def test_links_lead_somewhere(api: Api) -> None:
    page = page_at(api, "/services2/")
    anchors = set(page.xpath("//@id"))
    inside = [link[1:] for link in page.xpath("//a/@href") if link.startswith("#")]
    assert inside
    assert set(inside) <= anchors
    for service in SERVICES:
        for link in (f"{api.url}/Services2/{service.name}.asmx", f"{api.url}/Services2/{service.name}.asmx?WSDL"):
            assert page.xpath("//a[@href=$link]", link=link), link
            assert api.http.get(link, timeout=30).status_code == 200
    one = page.xpath("//h3[@id='svcTickets.CloseTicket']/a/@href")[0]
    assert "CloseTicket" in api.http.get(one, timeout=30).text


def test_says_what_inputs_and_results_mean(api: Api) -> None:
    text = page_at(api).text_content()
    assert "Text of a last note; none is added if empty." in text
    assert "True for an open or waiting ticket, False for a closed one." in text
    assert "Known are Note, Resolution, TransferNote, FollowUp." in text
    assert "IncomingCall: True if the customer called, False if they were called." in text


def test_each_caller_gets_his_own_address(api: Api) -> None:
    for host in ("helpdesk.example", "127.0.0.1:81"):
        page = api.http.get(f"{api.url}/Services2", headers={"Host": host}, timeout=30).text
        assert f'href="http://{host}/Services2/svcKB.asmx?WSDL"' in page
        assert "base-url.invalid" not in page
        assert len(set(re.findall(r'"http://([^/"]+)/', page))) == 1


def test_an_address_cannot_write_into_the_page(api: Api) -> None:
    host = 'x"><script>alert(1)</script>'
    answer = ask(make_site(api.server.application.desk, SERVICES), "/Services2", HTTP_HOST=host)
    assert answer.status == 200
    assert answer.body.count(b"<script") == 1, "our own, which is a file"
    assert b"alert" not in answer.body.replace(b"&lt;script&gt;alert", b"")
    # And it does not get that far.
    refused = ask(api.server.application, "/Services2", HTTP_HOST=host)
    assert (refused.status, refused.headers["X-Content-Type-Options"]) == (400, "nosniff")
    assert b"<" not in refused.body


def test_headers(api: Api) -> None:
    got = api.http.get(f"{api.url}/Services2", timeout=30)
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Referrer-Policy"] == "same-origin"
    policy = got.headers["Content-Security-Policy"].split("; ")
    assert {"style-src 'self'", "script-src 'self'"} <= set(policy)
    assert "<style" not in got.text
    assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert " style=" not in got.text
    head = api.http.head(f"{api.url}/Services2", timeout=30)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(got.content))


def test_root_and_old_address_lead_here_too(api: Api) -> None:
    pages = {api.http.get(f"{api.url}{path}", timeout=30).text for path in ("/", "/Services", "/SERVICES2/")}
    assert len(pages) == 1


def test_refusals(api: Api) -> None:
    posted = api.http.post(f"{api.url}/Services2", data={"x": "y"}, timeout=30)
    assert (posted.status_code, posted.headers["Allow"]) == (405, "GET, HEAD")
    missing = api.http.get(f"{api.url}/no/such/page", timeout=30)
    assert (missing.status_code, missing.headers["X-Content-Type-Options"]) == (404, "nosniff")
    assert "frame-ancestors 'none'" in missing.headers["Content-Security-Policy"]
    assert "/Services2" in missing.text


def test_an_error_says_nothing_of_the_inside(api: Api) -> None:
    broken = make_site(api.server.application.desk, None)  # type: ignore[arg-type]
    answer = ask(broken, "/Services2")
    assert (answer.status, answer.body) == (500, b"The page could not be made. The error has been logged.\n")
