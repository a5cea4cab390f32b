"""Pages of any services. Evidence: real servers have a page for each service and operation (seen); these are ours."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Annotated, Any, cast

import pytest
from lxml import etree, html

from smartertrack_emu.asmx.declare import Doc, Note, PlainService, Service
from smartertrack_emu.asmx.wsgi import AsmxApplication
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.web.entrance import Entrance
from tests.asmx.probe_service import probe
from tests.asmx.test_forms import forms
from tests.asmx.wire import PATH, Answer, environ_of, run
from tests.web.wsgi import ask

odd = PlainService("svcOdd", namespace="urn:odd", documentation='<script>alert("odd")</script>')
ODD = "/Services2/svcOdd.asmx"
FORMS = "/Services2/svcForms.asmx"


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
def New(n: Annotated[int | None, Doc("Say `n=1`, or <b>`nothing`</b>.")]) -> None:
    """Cannot be called by a form."""


@odd.operation
def add() -> None:
    """Stands first."""


def serving(*services: Service[Any], takes_forms: bool = True) -> AsmxApplication:
    """Services with their pages, which need no desk."""
    entrance = Entrance(cast("Desk", None), services, takes_forms=takes_forms)
    return AsmxApplication(services, takes_forms=takes_forms, otherwise=entrance)


APPLICATION = serving(probe, odd, forms)


def get(path: str, query: str = "", application: AsmxApplication = APPLICATION, **headers: str) -> Answer:
    return run(environ_of("GET", path, query=query, headers=headers), application)


def page_of(text: str) -> Any:
    """Read a page as a browser would."""
    return html.fromstring(text)


class Checker(HTMLParser):
    """Checks that every element is closed where it should be, and that scripts and styles are files."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        names = [name for name, _ in attrs]
        assert not any(name.startswith("on") or name == "style" for name in names)
        assert tag != "style"
        assert tag != "script" or "src" in names
        if tag not in ("meta", "link", "input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(page: str) -> set[str]:
    """Return the elements of a well-formed page in the layout that all have."""
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    found = page_of(page)
    assert len(found.xpath("//link[@rel='stylesheet']")) == 1
    assert len(found.xpath("//header")) == 1
    assert len(found.xpath("//h1")) == 1
    assert found.xpath("//meta[@name='viewport']")
    assert found.xpath("//header//a/@href"), "there is a way back"
    ids = found.xpath("//@id")
    assert len(ids) == len(set(ids))
    referred = {*found.xpath("//label/@for"), *found.xpath("//@list"), *found.xpath("//@aria-labelledby")}
    targets = {link[1:] for link in found.xpath("//a/@href") if link.startswith("#")}
    assert referred | targets <= set(ids)
    return checker.seen


def test_the_page_of_a_service() -> None:
    answer = get(PATH)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    check(answer.text)
    links = [link[2] for link in page_of(answer.text).iterlinks() if link[2].startswith("?")]
    assert links == ["?WSDL", *(f"?op={name}" for name in sorted(probe.operations, key=str.lower))]


def test_operations_are_sorted_whatever_their_letters() -> None:
    names = page_of(get(ODD).text).xpath("//dl[@id='operations']//dt/a/text()")
    assert names == ["add", "New", "Old"]


@pytest.mark.parametrize("query", ["", "op=Args", "op=Nope"])
def test_no_other_page_shows_one_within_itself(query: str) -> None:
    policy = get(PATH, query).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy


def test_texts_are_escaped_and_obsolete_operations_marked() -> None:
    page = get(ODD).text
    check(page)
    assert "&lt;script&gt;" in page
    assert "Say &lt;b&gt;something&lt;/b&gt; &amp; more." in page
    assert "(obsolete: use New&lt;b&gt;)" in page


def test_what_replaces_an_obsolete_operation_is_a_link() -> None:
    service = PlainService("svcTwo", namespace="urn:two")

    @service.operation(obsolete="Fresh")
    def Stale() -> None:
        """Do it."""

    @service.operation
    def Fresh() -> None:
        """Do it better."""

    application, path = serving(service), "/Services2/svcTwo.asmx"
    assert '(obsolete: use <a href="?op=Fresh">Fresh</a>)' in get(path, application=application).text
    assert '(obsolete: use <a href="?op=Fresh">Fresh</a>)' in get(path, "op=Stale", application).text
    assert '(obsolete: use <a href="#svcTwo.Fresh">Fresh</a>)' in get("/Services2", application=application).text


def test_what_stands_in_backticks_is_code() -> None:
    for page in (get(ODD, "op=New").text, get("/Services2").text):
        assert "Say <code>n=1</code>, or &lt;b&gt;<code>nothing</code>&lt;/b&gt;." in page
        assert "`" not in page


@pytest.mark.parametrize("name", list(probe.operations))
def test_operation_pages(name: str) -> None:
    answer = get(PATH, f"op={name}")
    assert answer.status == 200
    assert ("form" in check(answer.text)) == (name != "Args")
    samples = [sample.text for sample in page_of(answer.text).iter("pre")]
    assert len(samples) == (8 if name != "Args" else 4)
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


def test_the_samples_of_http_get_and_post() -> None:
    samples = [sample.text for sample in page_of(get(ODD, "op=Old").text).iter("pre")]
    fields = "authPassword=string&flag=string&items=string&items=string"
    assert f"GET {ODD}/Old?{fields} HTTP/1.1\nHost: localhost" in samples
    assert any(one.startswith(f"POST {ODD}/Old HTTP/1.1\n") and one.endswith(f"\n\n{fields}") for one in samples)


def test_types_within_inputs_and_results_are_described() -> None:
    page = page_of(get(PATH, "op=Args").text)
    assert (
        page.xpath("//h3[@id='input-Inner']/following-sibling::div[1]//td/text()")[-1] == "What the <inner> is called."
    )
    assert page.xpath("//a[@href='#result-Echo']")


def test_the_form_calls_the_operation() -> None:
    page = page_of(get(ODD, "OP=Old").text)
    (form,) = page.forms
    assert (form.method, form.action) == ("POST", "http://localhost/Services2/svcOdd.asmx/Old")
    assert form.inputs["authPassword"].type == "password"
    assert form.inputs["flag"].value_options == ["False", "True"]
    rows = form.xpath(".//input[@name='items']")
    assert len(rows) == 5
    assert {row.type for row in rows} == {"text"}
    assert "Whether the <flag> is up. It may be down." in form.text_content()


def test_rows_that_would_be_refused_empty_stand_alone() -> None:
    (form,) = page_of(get(FORMS, "op=Repeat").text).forms
    assert len(form.xpath(".//input[@name='numbers']")) == 1
    assert form.xpath(".//input[@name='numbers']/@required")
    assert not form.xpath(".//input[@name='items']/@required")


def test_the_page_of_an_operation_with_bytes_offers_them() -> None:
    page = get(FORMS, "op=Keep").text
    assert page.count("one byte, 0 to 255") == 2
    assert 'name="data" type="text"' in page
    assert "name=string&amp;data=string&amp;data=string&amp;more=string&amp;more=string" in page


def test_an_operation_beyond_forms_says_so() -> None:
    page = get(ODD, "op=New").text
    assert "<form" not in page
    assert "call it by SOAP" in page
    assert "HTTP POST" not in page
    assert "HTTP GET" not in page


def test_pages_offer_no_form_where_none_is_taken() -> None:
    page = get(FORMS, "op=Say", serving(forms, takes_forms=False)).text
    assert "<form" not in page
    assert "HTTP POST" not in page
    assert "This server takes no calls by forms: call it by SOAP." in page
    assert "<h2>SOAP 1.1</h2>" in page
    assert "<form" in get(FORMS, "op=Say").text


@pytest.mark.parametrize("name", ["Nope", "args", "", "%3Cscript%3E"])
def test_an_unknown_operation_is_404_with_the_service_page(name: str) -> None:
    answer = get(PATH, f"op={name}")
    assert answer.status == 404
    assert "There is no such operation" in answer.text
    check(answer.text)
    assert ("it is <a href=" in answer.text) == (name == "args")


@pytest.mark.parametrize("path", ["/Services2/svcNope.asmx", "/services/svcnope.asmx/", "/Services2/%3Cb%3E.asmx"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_service_is_404(path: str, method: str) -> None:
    asked = environ_of(method, path.replace("%3C", "<").replace("%3E", ">"), headers={"Accept": "text/html,*/*"})
    answer = run(asked, APPLICATION)
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    check(answer.text)
    assert "There is no service" in answer.text
    del asked["HTTP_ACCEPT"]
    plain = run(asked, APPLICATION)
    assert (plain.status, plain.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert plain.text.startswith("There is no service")


def test_a_page_that_is_posted_to_is_405() -> None:
    answer = run(environ_of("POST", "/Services2", body=b"x=y", headers={"Accept": "text/html"}), APPLICATION)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    check(answer.text)


def test_the_site_alone_tells_which_methods_a_service_answers() -> None:
    alone = Entrance(cast("Desk", None), [odd])
    answer = ask(alone, ODD, "PUT")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_head_has_no_body() -> None:
    for path, query in ((PATH, ""), (PATH, "op=Args"), ("/Services2", "")):
        answer = run(environ_of("HEAD", path, query=query), APPLICATION)
        assert (answer.status, answer.body) == (200, b"")
        assert int(answer.headers["Content-Length"]) == len(get(path, query).body)


def test_the_overview_of_all_services() -> None:
    page = get("/Services2", Host="desk.example").text
    check(page)
    assert "<td>Whether the &lt;flag&gt; is up. It may be down.</td>" in page
    assert "<td>What the &lt;inner&gt; is called.</td>" in page, "types within results as well"
    assert 'href="http://desk.example/Services2/svcOdd.asmx?op=Old"' in page
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(re.findall(r'id="([^"]+)"', page)), "every link within the page has its target"
    assert check(get("/Services2", application=serving()).text) >= {"h1"}


def test_below_a_path_of_somebody_elses_all_links_stay_there() -> None:
    for path, query in ((PATH, ""), (PATH, "op=Args"), ("/Services2", "")):
        asked = environ_of("GET", path, query=query) | {"SCRIPT_NAME": "/track"}
        links = [link for _, _, link, _ in page_of(run(asked, APPLICATION).text).iterlinks()]
        outside = [
            one for one in links if one.startswith(("/", "http")) and not re.match(r"(http://[^/]+)?/track/", one)
        ]
        assert outside == []


def test_each_host_gets_its_own_address_and_the_page_is_made_once() -> None:
    from smartertrack_emu.web.services import pages  # noqa: PLC0415 - Flask comes with it

    get("/Services2")
    made = pages._overview.cache_info().misses
    for number in range(20):
        page = get("/Services2", Host=f"host{number}.example").text
        assert f'href="http://host{number}.example/Services2/svcOdd.asmx?WSDL"' in page
        assert "base-url.invalid" not in page
    assert pages._overview.cache_info().misses == made
    assert pages._overview.cache_info().maxsize == 1
