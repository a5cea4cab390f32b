"""Whatever arrives, the answer is one of four statuses with well-formed XML or nothing, and no error is logged.

The property is ours.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from .wire import NAMESPACE, SOAP_XML, XML, Answer, args, args12, envelope, post

INPUTS = (
    '<s>text &amp; ä</s><i>1</i><b>true</b><d>2020-01-02T03:04:05.67Z</d><n xsi:nil="true"/><nd>2020-01-02</nd>'
    '<a><string>p</string><string xsi:nil="1"/></a><data>AAH/</data><x>1.5</x><l>-1</l><h>1</h><c>Red</c>'
    "<inner><ID>3</ID><Name><![CDATA[n]]></Name></inner><!-- c --><?p i?>"
)
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
HEADER = '<e:Header><h e:mustUnderstand="0"/></e:Header>'
VALID = [
    args(INPUTS, declaration=DECLARATION, header=HEADER),
    args12(INPUTS),
    *(envelope(f'<{name} xmlns="{NAMESPACE}"/>') for name in ("Full", "Nulls", "Boom", "SoapBoom", "Nothing")),
]
ENCODINGS = ["utf-8", "utf-8", "utf-8", "utf-16", "utf-16-le", "latin1"]
PIECES = [
    b"<", b">", b"</", b"/>", b"&", b";", b'"', b"'", b"=", b"\x00", b"\xff", b"]]>", b"<![CDATA[", b"<!--", b"-->",
    b"<?", b"?>", b"<!DOCTYPE x>", b"&#0;", b"&#xD800;", b"&#x110000;", b"\r\n", b" xmlns=''", b"xsi:nil='true'",
    b"e:", b"Envelope", b"Body", b"Args", b"9" * 30, b"-1", b"NaN", b"\xef\xbb\xbf", b"\xf0\x9f\x98\x80",
]  # fmt: skip
CONTENT_TYPES = [
    XML, SOAP_XML, "text/xml", "text/xml; charset=utf-16", "text/xml; charset=latin1", 'text/xml; charset="',
    f'application/soap+xml; action="{NAMESPACE}/Full"', "application/soap+xml; action", "", "text/plain", ";;=;",
]  # fmt: skip
ACTIONS = [None, f'"{NAMESPACE}/Args"', f"{NAMESPACE}/Full", '""', "", '"', "%zz+", "\x01\xff"]


@pytest.fixture(autouse=True, scope="module")
def no_error_logged() -> Iterator[None]:
    """Fail when anything at ERROR was logged by this module's tests."""
    records: list[logging.LogRecord] = []

    class Recorder(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    handler = Recorder(logging.ERROR)
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    assert [record.getMessage() for record in records] == []


def check(answer: Answer) -> None:
    assert answer.status in (200, 400, 415, 500)
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    if answer.status in (400, 415):
        assert answer.body == b""
    else:
        root = etree.fromstring(answer.body)
        assert etree.QName(root).localname == "Envelope"


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Change a valid envelope in a few places."""
    body = bytearray(draw(st.sampled_from(VALID)).encode(draw(st.sampled_from(ENCODINGS)), "xmlcharrefreplace"))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(body)))
        length = draw(st.integers(0, 30))
        match draw(st.integers(0, 3)):
            case 0:
                del body[at : at + length]
            case 1:
                body[at:at] = draw(st.sampled_from(PIECES))
            case 2:
                other = draw(st.integers(0, len(body)))
                body[at:at] = body[other : other + length]
            case _:
                body[at : at + 1] = draw(st.binary(max_size=3))
    return bytes(body)


ANY_HEADER = st.text(st.characters(max_codepoint=255), max_size=20)
# JSON alone gets ASP.NET's own error page, which is no XML.
ANY_CONTENT_TYPE = st.sampled_from(CONTENT_TYPES) | ANY_HEADER.filter(lambda header: "json" not in header.lower())
ANY_ACTION = st.sampled_from(ACTIONS) | ANY_HEADER


@settings(max_examples=800, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
@example(args("<i>x</i>").encode("utf-16-le"))
@example(args("<i>x</i>", declaration='<?xml version="1.0" encoding="ebcdic-cp-us"?>').encode())
def test_changed_envelopes(body: bytes) -> None:
    check(post(body))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(mutated(), ANY_CONTENT_TYPE, ANY_ACTION)
def test_changed_envelopes_with_any_headers(body: bytes, content_type: str, action: str | None) -> None:
    check(post(body, content_type=content_type, action=action))


@settings(max_examples=300)
@given(st.binary(max_size=200), ANY_CONTENT_TYPE, ANY_ACTION)
def test_random_bytes(body: bytes, content_type: str, action: str | None) -> None:
    check(post(body, content_type=content_type, action=action))
