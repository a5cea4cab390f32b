"""What GET gives: WSDL, discovery document, pages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from io import BytesIO
from typing import Annotated, Any

import pytest
from lxml import etree, html
from zeep import Client
from zeep.transports import Transport

from smartertrack_emu.asmx.declare import Doc, Note, PlainService
from smartertrack_emu.asmx.pages import overview_page
from smartertrack_emu.asmx.wsgi import AsmxApplication

from .probe_service import probe
from .wire import PATH, environ_of, get, run

odd = PlainService("svcOdd", namespace="urn:odd", documentation='<script>alert("odd")</script>')


class MayBeDown(Note):
    """A note of a service's own."""

    def text(self) -> str:
        return "It may be down."


Flag = Annotated[bool, Doc("Whether the <flag> is up."), MayBeDown()]


@odd.operation(obsolete="New<b>")
def Old(authPassword: str, flag: Flag, items: list[str | None] | None) -> str:
    """Say <b>something</b> & more."""
    return f"{authPassword} {flag} {items}"


@odd.operation
def New(n: int | None) -> None:
    """Cannot be called by a form."""


ODD = AsmxApplication([odd])


def page_of(text: str) -> Any:
    """Read a page as a browser would."""
    return html.fromstring(text)


class NoNetwork(Transport):
    """Answers zeep from the WSDL at hand."""

    def load(self, url: str) -> bytes:
        assert url == "http://localhost/probe?WSDL"
        return get(PATH, "WSDL").body


def test_zeep_loads_the_wsdl(port: int) -> None:
    for name, namespace in (("svcProbeSoap", "soap"), ("svcProbeSoap12", "soap12")):
        client = Client("http://localhost/probe?WSDL", transport=NoNetwork())
        binding = f"{{{probe.namespace}}}{name}"
        proxy = client.create_service(binding, f"http://127.0.0.1:{port}{PATH}")
        answer = proxy.Args(i=5, b=True, d="2020-01-02T03:04:05Z", x=1.5, l=2, h=3, c="Green", a={"string": ["p"]})
        assert "i=5 b=True d=2020-01-02T03:04:05.0000000Z/Utc n=null nd=null a=[p]" in answer, namespace


@pytest.mark.parametrize("query", ["WSDL", "wsdl", "wsdl=1"])
def test_the_wsdl_names_the_address_it_was_asked_at(query: str) -> None:
    answer = run(environ_of("GET", PATH, query=query, headers={"Host": "desk.example:8080"}))
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    document = etree.parse(BytesIO(answer.body))
    locations = document.xpath("//@location")
    assert locations == [f"http://desk.example:8080{PATH}"] * 2


def test_disco() -> None:
    document = etree.fromstring(get(PATH, "disco").body)
    assert document.tag == "{http://schemas.xmlsoap.org/disco/}discovery"
    assert [etree.QName(child).localname for child in document] == ["contractRef", "soap", "soap"]


class Checker(HTMLParser):
    """Checks that every element is closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(page: str) -> set[str]:
    """Return the elements of a well-formed page without scripts."""
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    assert "script" not in checker.seen
    return checker.seen


def test_the_service_page() -> None:
    answer = get(PATH)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    check(answer.text)
    links = [link[2] for link in page_of(answer.text).iterlinks()]
    assert links == ["?WSDL", *(f"?op={name}" for name in probe.operations)]


@pytest.mark.parametrize("query", ["", "op=Args", "op=Nope"])
def test_no_other_page_shows_one_within_itself(query: str) -> None:
    policy = get(PATH, query).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy


def test_texts_are_escaped_and_obsolete_operations_marked() -> None:
    page = run(environ_of("GET", "/Services2/svcOdd.asmx"), ODD).text
    check(page)
    assert "&lt;script&gt;" in page
    assert "Say &lt;b&gt;something&lt;/b&gt; &amp; more." in page
    assert "(obsolete: use New&lt;b&gt;)" in page


@pytest.mark.parametrize("name", list(probe.operations))
def test_operation_pages(name: str) -> None:
    answer = get(PATH, f"op={name}")
    assert answer.status == 200
    assert ("form" in check(answer.text)) == (name != "Args")
    samples = [sample.text for sample in page_of(answer.text).iter("pre")]
    assert len(samples) == (6 if name != "Args" else 4)
    for sample in samples:
        head, _, body = sample.partition("\n\n")
        assert ("Content-Length: length" in head) == bool(body or "form-urlencoded" in head)
        if body.startswith("<?xml"):
            etree.fromstring(body.encode())


def test_the_sample_of_args() -> None:
    page = page_of(get(PATH, "op=Args").text)
    request = next(page.iter("pre")).text
    assert request.startswith(f"POST {PATH} HTTP/1.1\nHost: localhost\nContent-Type: text/xml; charset=utf-8\n")
    assert f'SOAPAction: "{probe.namespace}/Args"' in request
    for line in ("<i>int</i>", "<s>string</s>", "<d>dateTime</d>", "<c>Red or Green</c>", "<string>string</string>"):
        assert line in request


def test_the_form_calls_the_operation() -> None:
    page = page_of(run(environ_of("GET", "/Services2/svcOdd.asmx", query="OP=Old"), ODD).text)
    (form,) = page.forms
    assert (form.method, form.action) == ("POST", "http://localhost/Services2/svcOdd.asmx/Old")
    assert form.inputs["authPassword"].type == "password"
    assert form.inputs["flag"].value_options == ["False", "True"]
    assert form.inputs["items"].type == "text"


def test_an_operation_beyond_forms_says_so() -> None:
    page = run(environ_of("GET", "/Services2/svcOdd.asmx", query="op=New"), ODD).text
    assert "<form" not in page
    assert "call it by SOAP" in page
    assert "HTTP POST" not in page


@pytest.mark.parametrize("name", ["Nope", "args", "", "%3Cscript%3E"])
def test_an_unknown_operation_is_404_with_the_service_page(name: str) -> None:
    answer = get(PATH, f"op={name}")
    assert answer.status == 404
    assert "There is no such operation" in answer.text
    check(answer.text)


def test_head_has_no_body() -> None:
    answer = get(PATH, "WSDL", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(get(PATH, "WSDL").body)


def test_other_methods_are_405() -> None:
    answer = get(PATH, method="DELETE")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_the_overview_of_all_services() -> None:
    page = overview_page([probe, odd], "https://desk.example")
    check(page)
    assert "<td>Whether the &lt;flag&gt; is up. It may be down.</td>" in page
    assert "<td>What the &lt;inner&gt; is called.</td>" in page, "types within results as well"
    assert 'href="https://desk.example/Services2/svcOdd.asmx?op=Old"' in page
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(re.findall(r'id="([^"]+)"', page)), "every link within the page has its target"
    assert check(overview_page([], "")) >= {"h1"}
