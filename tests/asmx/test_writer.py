"""Values as XmlSerializer writes them.

The forms of values are recorded; what the recordings lack follows .NET's documented lexical forms.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from smartertrack_emu.asmx.samples import messages_of
from smartertrack_emu.asmx.writer import escape, indent, member_writer, root_writer, write_double

from .probe_service import Color, Inner, InnerS, R, probe
from .wire import NAMESPACE

RESULT: Any = messages_of(probe, probe.operations["Full"])[1]
FIELDS = dict(RESULT._type_info.items())


def written(name: str, value: object) -> str:
    return member_writer(name, FIELDS[name])(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (3.0, "3"),
        (1.5, "1.5"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e300, "1E+300"),
        (1e-5, "1E-05"),
        (0.0001, "0.0001"),
        (123456789012345.0, "123456789012345"),
        (1e15, "1E+15"),
        (math.inf, "INF"),
        (-math.inf, "-INF"),
        (math.nan, "NaN"),
        (5e-324, "4.94065645841247E-324"),
        (1.7976931348623157e308, "1.7976931348623157E+308"),
    ],
)
def test_doubles_as_dotnet_writes_them(value: float, text: str) -> None:
    assert write_double(value) == text


@given(st.floats(allow_nan=False))
def test_doubles_round_trip(value: float) -> None:
    text = write_double(value)
    assert float(text.replace("INF", "inf")) == value
    assert "e" not in text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("Message", None, ""),
        ("Message", "", "<Message />"),
        ("Message", "a<&>\"'\r\n\tb", "<Message>a&lt;&amp;&gt;\"'\r\n\tb</Message>"),
        ("Arr", None, ""),
        ("Arr", [], "<Arr />"),
        ("Arr", ["", None, "x"], '<Arr><string /><string xsi:nil="true" /><string>x</string></Arr>'),
        ("Inners", [None], '<Inners><Inner xsi:nil="true" /></Inners>'),
        ("InnerSs", [InnerS(ID=2)], "<InnerSs><InnerS><ID>2</ID></InnerS></InnerSs>"),
        ("Ints", [1, -2], "<Ints><int>1</int><int>-2</int></Ints>"),
        ("NInt", None, '<NInt xsi:nil="true" />'),
        ("NInt", 0, "<NInt>0</NInt>"),
        ("NBool", None, '<NBool xsi:nil="true" />'),
        ("NBool", False, "<NBool>false</NBool>"),
        ("NDate", None, '<NDate xsi:nil="true" />'),
        ("C", None, ""),
        ("C", Inner(ID=3, Name=""), "<C><ID>3</ID><Name /></C>"),
        ("S", InnerS(), "<S><ID>0</ID></S>"),
        ("B", True, "<B>true</B>"),
        ("Bytes", None, ""),
        ("Bytes", b"", "<Bytes />"),
        ("Bytes", b"\x00\xff", "<Bytes>AP8=</Bytes>"),
        ("Col", Color.Green, "<Col>Green</Col>"),
        ("L", -(2**63), "<L>-9223372036854775808</L>"),
    ],
)
def test_members(name: str, value: object, text: str) -> None:
    assert written(name, value) == text


def test_members_stand_in_wire_order() -> None:
    document = etree.fromstring(root_writer("R", RESULT, NAMESPACE)(R(Message="", C=Inner())).encode())
    names = [etree.QName(child).localname for child in document]
    order = list(FIELDS)
    assert names == [name for name in order if name in names]
    assert {"NInt", "NDate", "NBool", "S", "D1", "B", "X", "L", "H", "Col"} <= set(names), "values are always there"
    assert not {"Arr", "Inners", "Bytes"} & set(names), "null references never"


@given(st.text(max_size=60))
def test_any_text_survives_or_is_replaced(text: str) -> None:
    document = etree.fromstring(f"<a>{escape(text)}</a>".encode())
    read = document.text or ""
    assert len(read) == len(text.replace("\r\n", "\n"))
    for sent, got in zip(text.replace("\r\n", "\n"), read, strict=True):
        assert got == sent or got == "\ufffd" or (sent, got) == ("\r", "\n")  # noqa: PLR1714 - reads as it is meant


@pytest.mark.parametrize("character", [0x00, 0x0B, 0x1F, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_what_xml_cannot_hold_becomes_one_mark(character: int) -> None:
    assert escape(f"a{chr(character)}b") == "a\ufffdb"


def test_roots_of_documents() -> None:
    text = dict(messages_of(probe, probe.operations["Args"])[0])["s"]
    assert root_writer("string", text, "urn:x")("a&b") == '<string xmlns="urn:x">a&amp;b</string>'
    assert root_writer("string", text, "urn:x")("") == '<string xmlns="urn:x" />'
    null = root_writer("string", text, "urn:x")(None)
    assert 'xsi:nil="true"' in null
    assert etree.fromstring(null).text is None


def test_indenting() -> None:
    assert indent("<a><b>x &lt; y</b><c /><d><e>1</e></d></a>") == (
        "<a>\n  <b>x &lt; y</b>\n  <c />\n  <d>\n    <e>1</e>\n  </d>\n</a>"
    )
