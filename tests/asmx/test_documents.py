"""What GET gives: WSDL, discovery document. Pages are somebody else's.

Ours; the WSDL itself is held against a recorded one in test_wsdl.py.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from lxml import etree
from zeep import Client
from zeep.transports import Transport

from smartertrack_emu.asmx.wsgi import AsmxApplication

from .probe_service import probe
from .wire import PATH, XML, args, environ_of, get, run


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


def test_head_has_no_body() -> None:
    answer = get(PATH, "WSDL", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(get(PATH, "WSDL").body)


def test_other_methods_are_405() -> None:
    answer = get(PATH, method="DELETE")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


PAGES = ["", "op=Args", "op=Nope", "OP=args&x=y", "other", "wsdls"]


def elsewhere(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}".encode()]


HANDS_ON = AsmxApplication([probe], otherwise=elsewhere)


@pytest.mark.parametrize("query", PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_pages_are_asked_for_elsewhere(query: str, method: str) -> None:
    for path in (PATH, f"{PATH}/", PATH.upper()):
        answer = run(environ_of(method, path, query=query), HANDS_ON)
        assert (answer.status, answer.body) == (200, f"{path}?{query}".encode())


@pytest.mark.parametrize("query", PAGES)
def test_where_nobody_makes_pages_a_sentence_leads_on(query: str) -> None:
    answer = get(PATH, query)
    assert (answer.status, answer.text) == (200, f"The WSDL of svcProbe is at http://localhost{PATH}?WSDL.\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("query", ["WSDL", "wsdl=1&op=Args", "disco"])
def test_what_programs_ask_for_is_answered_here(query: str) -> None:
    assert run(environ_of("GET", PATH, query=query), HANDS_ON).body == get(PATH, query).body
    assert get(PATH, query).status == 200


def test_calls_are_answered_here() -> None:
    call = environ_of("POST", PATH, query="op=Nope", body=args("<i>7</i>").encode(), headers={"Content-Type": XML})
    assert run(call, HANDS_ON).dump["i"] == "7"
    assert b"<string" in run(environ_of("GET", f"{PATH}/NullString"), HANDS_ON).body
    assert run(environ_of("DELETE", PATH), HANDS_ON).status == 405
