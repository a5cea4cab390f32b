"""Reading requests: the rules beyond the recordings, and the place of an error.

Those rules are ours: .NET's documented behaviour where it is known, a clear refusal else.
"""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from smartertrack_emu.asmx import parsing, reader
from smartertrack_emu.asmx.declare import PlainService
from smartertrack_emu.asmx.dispatch import Endpoint
from smartertrack_emu.asmx.faults import SOAP11, SOAP12
from smartertrack_emu.asmx.limits import LimitExceededError, XmlLimits
from smartertrack_emu.asmx.reader import MalformedContentError, UnreadableValueError, reader_of
from smartertrack_emu.asmx.samples import messages_of

from .probe_service import probe
from .wire import NAMESPACE, SOAP_XML, XML, Answer, args, args12, envelope, post

INPUTS = dict(messages_of(probe, probe.operations["Args"])[0])
UNREAD = "Server was unable to read request. ---&gt; There is an error in XML document "
BAD_NUMBER = " ---&gt; Input string was not in a correct format."


def read(kind: str, text: str) -> Any:
    """Read text as one of Args' inputs."""
    element = etree.Element(f"{{{NAMESPACE}}}{kind}")
    element.text = text
    return reader_of(INPUTS[kind], NAMESPACE)(element)


def is_xml(text: str) -> bool:
    try:
        etree.Element("a").text = text
    except ValueError:
        return False
    return True


XML_TEXT = st.text(max_size=40).filter(is_xml)
NUMBERISH = st.text(alphabet="+-0123456789.eE, \t\nINFNa", max_size=20)


@given(st.sampled_from(sorted(INPUTS)), XML_TEXT | NUMBERISH)
def test_any_text_is_read_or_refused(kind: str, text: str) -> None:
    if kind == "s":
        assert read(kind, text) == text
        return
    with suppress(UnreadableValueError, MalformedContentError):
        read(kind, text)


def test_a_text_may_be_as_long_as_the_limit() -> None:
    with patch.object(reader, "MOST_TEXT", 5):
        assert read("s", "12345") == "12345"
        with pytest.raises(LimitExceededError, match=r"^A text of the request has more than 5 characters\.$"):
            read("s", "123456")


def test_what_is_wrong_with_nil_is_told() -> None:
    element = etree.Element(f"{{{NAMESPACE}}}n", {"{http://www.w3.org/2001/XMLSchema-instance}nil": "maybe"})
    with pytest.raises(UnreadableValueError, match=r"^The string 'maybe' is not a valid Boolean value\.$"):
        reader_of(INPUTS["n"], NAMESPACE)(element)


lists = PlainService("svcLists", namespace="urn:lists")


@lists.operation
def Take(names: list[str | None], number: int) -> None:
    """Take a list that is never null."""


def test_a_list_that_is_missing_is_empty_and_of_this_call_alone() -> None:
    take = Endpoint(lists, parsing.BodyParser(XmlLimits())).operations["Take"]
    body = etree.fromstring('<Body><Take xmlns="urn:lists"><number>7</number></Take></Body>')
    first = take.read(body)
    assert first == [[], 7]
    first[0].append("of the first call")
    assert take.read(body) == [[], 7]


@given(st.integers(-(2**31), 2**31 - 1), st.sampled_from(["", " ", "\t\n"]), st.sampled_from(["", "0", "000"]))
def test_integers_round_trip(value: int, space: str, noughts: str) -> None:
    sign, digits = ("-", str(-value)) if value < 0 else ("", str(value))
    assert read("i", f"{space}{sign}{noughts}{digits}{space}") == value


@pytest.mark.parametrize(
    ("kind", "bits", "name"), [("h", 16, "Int16"), ("i", 32, "Int32"), ("l", 64, "Int64"), ("n", 32, "Int32")]
)
def test_integers_keep_their_ranges(kind: str, bits: int, name: str) -> None:
    most = (1 << bits - 1) - 1
    assert read(kind, str(most)) == most
    assert read(kind, str(-most - 1)) == -most - 1
    for value in (most + 1, -most - 2, 10**30):
        with pytest.raises(UnreadableValueError, match=f"too large or too small for an {name}"):
            read(kind, str(value))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_are_read_as_written(value: float) -> None:
    assert read("x", repr(value)) == value


@given(st.binary(max_size=200), st.integers(1, 80))
def test_base64_may_be_broken_into_lines(value: bytes, width: int) -> None:
    text = b64encode(value).decode()
    assert read("data", "\r\n".join(text[i : i + width] for i in range(0, len(text), width))) == value


@given(st.text("AB+/= \n*", max_size=40), st.integers(1, 9))
def test_base64_is_read_the_same_in_pieces(text: str, size: int) -> None:
    def outcome() -> bytes | None:
        try:
            value: bytes = read("data", text)
        except MalformedContentError:
            return None
        return value

    whole = outcome()
    with patch.object(reader, "_DIGITS_AT_ONCE", size):
        assert outcome() == whole


@pytest.mark.parametrize("text", ["AA==A", "A*", "AAÄA", "=", "AAAA====", "AA-_"])
def test_bad_base64_is_malformed(text: str) -> None:
    try:
        value = read("data", text)
    except MalformedContentError:
        return
    assert text == "=", "only nothing but padding is nothing"
    assert value == b""


@pytest.mark.parametrize(
    ("content", "input_", "value"),
    [
        pytest.param("<s>a</s>", "i", "0", id="missing"),
        pytest.param("", "c", "Red", id="missing enumeration: the first"),
        pytest.param("<unknown><x>1</x></unknown><i>4</i>", "i", "4", id="unknown"),
        pytest.param("<h>2</h><i>1</i>", "i", "1", id="out of order"),
        pytest.param("<i>7</i><i>x</i>", "i", "7", id="a duplicate is not even looked at"),
        pytest.param("<I>7</I>", "i", "0", id="wrong letter case"),
        pytest.param('<i xmlns="urn:other">7</i>', "i", "0", id="another namespace"),
        pytest.param('<i xmlns="">7</i>', "i", "0", id="no namespace"),
        pytest.param("<i> 5 </i>", "i", "5", id="space around an int"),
        pytest.param("<i>+5</i>", "i", "5", id="signed"),
        pytest.param("<l>-9223372036854775808</l>", "l", "-9223372036854775808", id="least long"),
        pytest.param("<b> true </b>", "b", "True", id="space around a bool"),
        pytest.param("<x> 1.5 </x>", "x", "1.5", id="space around a double"),
        pytest.param("<x>.5</x>", "x", "0.5", id="double without a first digit"),
        pytest.param("<s>a&#x1F600;b</s>", "s", "'a\U0001f600b'", id="beyond the BMP"),
        pytest.param("<s><![CDATA[<a>]]>b</s>", "s", "'&lt;a&gt;b'", id="CDATA joins text"),
        pytest.param("<s/>", "s", "''", id="empty string"),
        pytest.param('<s xsi:nil="true"/>', "s", "''", id="nil string"),
        pytest.param('<a xsi:nil="true"/>', "a", "null", id="nil array"),
        pytest.param('<data xsi:nil="true"/>', "data", "", id="nil bytes"),
        pytest.param('<inner xsi:nil="true"/>', "inner", "0:null", id="nil class"),
        pytest.param("<inner><ID>3</ID><Name/></inner>", "inner", "3:", id="an empty member of a class"),
        pytest.param('<n xsi:nil="true"/>', "n", "null", id="nil Nullable"),
        pytest.param('<n xsi:nil="false">3</n>', "n", "3", id="a Nullable that is not nil"),
        pytest.param('<n xsi:nil=" 1 ">3</n>', "n", "null", id="nil with space around"),
        pytest.param("<a/>", "a", "[]", id="empty array"),
        pytest.param("<a><string>x</string><other/><string/></a>", "a", "[x|]", id="an array ignores other items"),
        pytest.param('<a><string xsi:nil="true"/></a>', "a", "[null]", id="null item"),
        pytest.param("<!-- c --><i>1</i><?p i?>", "i", "1", id="comments and instructions between elements"),
        pytest.param('<i xsi:type="xsd:string">1</i>', "i", "1", id="xsi:type"),
        pytest.param("<inner><Name>n</Name><ID>1</ID><More/></inner>", "inner", "1:n", id="members of a class"),
    ],
)
def test_accepted(content: str, input_: str, value: str) -> None:
    assert post(args(content)).dump[input_] == value
    assert post(args12(content), action=None, content_type=SOAP_XML).dump[input_] == value


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("<n/>", "Input string was not in a correct format."),
        ("<n></n>", "Input string was not in a correct format."),
        ("<nd/>", "The string '' is not a valid AllXsd value."),
        ("<i>0x10</i>", "Input string was not in a correct format."),
        ("<i>\u0665</i>", "Input string was not in a correct format."),
        ("<i>1_000</i>", "Input string was not in a correct format."),
        ("<x>1_0.5</x>", "Input string was not in a correct format."),
        ("<b></b>", "The string '' is not a valid Boolean value."),
        ("<b>2</b>", "The string '2' is not a valid Boolean value."),
        ("<x>1e999</x>", "Value was either too large or too small for a Double."),
        ("<d>2020-01-02T03:04:05 PM</d>", "The string '2020-01-02T03:04:05 PM' is not a valid AllXsd value."),
    ],
)
def test_unreadable(content: str, sentence: str) -> None:
    answer = post(args(content))
    assert answer.fault.endswith(f"---&gt; {sentence}")
    assert "<faultcode>soap:Client</faultcode>" in answer.text
    assert answer.text.endswith("<detail /></soap:Fault></soap:Body></soap:Envelope>")


def test_a_fault_of_soap_12_has_its_own_form() -> None:
    reading = post(args12("<i>x</i>"), action=None, content_type=SOAP_XML)
    assert reading.headers["Content-Type"] == SOAP_XML
    assert "<soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code>" in reading.text
    assert '<soap:Reason><soap:Text xml:lang="en">Server was unable to read request.' in reading.text
    assert reading.text.endswith("<soap:Detail /></soap:Fault></soap:Body></soap:Envelope>")
    running = post(envelope(f'<Boom xmlns="{NAMESPACE}"/>', namespace=SOAP12), action=None, content_type=SOAP_XML)
    assert "<soap:Value>soap:Receiver</soap:Value>" in running.text
    assert running.fault == "Server was unable to process request. ---&gt; boom &lt;&amp;&gt;"


def place(answer: Answer) -> tuple[int, int]:
    """Return the line and column a fault names."""
    words = answer.fault.removeprefix(UNREAD)
    line, column = words[1 : words.index(")")].split(", ")
    return int(line), int(column)


def expected(body: str, mark: str) -> tuple[int, int]:
    """Return where the mark `#` stands, moved behind the token that opens there, in UTF-16 units."""
    at = body.index("#")
    body = body.replace("#", "", 1)
    assert body.startswith(mark, at)
    before = body[:at]
    line_start = max(before.rfind("\n"), before.rfind("\r")) + 1
    lines = before.count("\n") + before.count("\r") - before.count("\r\n")
    return lines + 1, len(before[line_start:].encode("utf-16-le")) // 2 + len(mark) + 1


PLACES = [
    pytest.param("<i>x</i>#<b>true</b>", "<", id="before the next element"),
    pytest.param("<i>x</i>#", "</", id="at the parent's end"),
    pytest.param("\n\n  <i>x</i>#\n<b>true</b>", "", id="before white space"),
    pytest.param("\r\n<s>a\r\nb</s>\r\n<i>\r\nx</i>#\r\n<b>true</b>", "", id="over lines of Windows"),
    pytest.param("\r<s>a</s>\r<i>x</i>#<b>1</b>", "<", id="over lines of old Macs"),
    pytest.param("<i>x</i>#<!-- c --><b>1</b>", "<!--", id="before a comment"),
    pytest.param("<i>x</i>#<![CDATA[ ]]>", "<![CDATA[", id="before CDATA"),
    pytest.param("<i>x</i>#<?p i?>", "<?", id="before an instruction"),
    pytest.param("<!-- \n i -->\n<s><![CDATA[\n<i>]]></s><i>x</i>#<b/>", "<", id="after comment and CDATA"),
    pytest.param("<s>\U0001f600ä\u20ac</s><i>x</i>#<b/>", "<", id="behind characters beyond the BMP"),
    pytest.param("<i/>#<b/>", "<", id="an empty element"),
    pytest.param("<inner><ID>x</ID>#<Name/></inner>", "<", id="in a class"),
    pytest.param("<a/><inner>\n<ID>x</ID>#</inner>", "</", id="at the end of a class"),
    pytest.param("#<n xsi:nil='maybe'>1</n>", "<", id="a bad nil: the element itself"),
]


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16be", "utf-16-be"), ("latin1", "latin1")],
)
@pytest.mark.parametrize(("content", "mark"), PLACES)
def test_the_place_of_an_error(content: str, mark: str, charset: str, encoding: str) -> None:
    body = args(content)
    sent = body.replace("#", "", 1)
    if encoding == "latin1":
        body, sent = (text.replace("\U0001f600", "ö").replace("\u20ac", "é") for text in (body, sent))
    answer = post(sent.encode(encoding), content_type=f"text/xml; charset={charset}")
    assert place(answer) == expected(body, mark)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize(("content", "mark"), PLACES)
def test_the_place_of_an_error_is_counted_in_pieces(content: str, mark: str, size: int) -> None:
    body = args(content)
    with patch.object(parsing, "_PIECE", size):
        assert place(post(body.replace("#", "", 1))) == expected(body, mark)


def test_the_place_where_the_declaration_names_the_encoding() -> None:
    declared = args("<s>äöü</s><i>x</i>#<b/>", declaration='<?xml version="1.0" encoding="iso-8859-1"?>\n')
    answer = post(declared.replace("#", "").encode("latin1"), content_type="text/xml")
    assert place(answer) == expected(declared, "<")


def test_utf_16_without_any_mark_is_known_by_its_first_character() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        body = args("<s>ä\u20ac</s>", declaration='<?xml version="1.0" encoding="utf-16"?>').encode(encoding)
        assert post(body, content_type="text/xml").dump["s"] == "'ä\u20ac'"


@pytest.mark.parametrize("charset", ["utf8", "UTF-8", "'utf-8'", '"utf-8"', "nonsense", "rot13", "zip", "punycode"])
def test_charset_names(charset: str) -> None:
    """What is no charset is passed over: the body's own declaration counts."""
    assert post(args("<s>ä</s>"), content_type=f"text/xml; charset={charset}").dump["s"] == "'ä'"


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/xml", "text/html", "multipart/form-data"])
def test_other_content_types_are_415(content_type: str | None) -> None:
    answer = post(args(""), content_type=content_type)
    assert (answer.status, answer.body) == (415, b"")


def test_routing_by_soap_action() -> None:
    for action in (f'"{NAMESPACE}/Args"', f"{NAMESPACE}/Args"):
        assert post(args("<i>1</i>"), action=action).dump["i"] == "1"
    nulls = post(args("<i>1</i>"), action=f'"{NAMESPACE}/Nulls"')
    assert "<NullsResult>" in nulls.text, "the action wins over the Body"
    for body in (envelope(""), envelope('<Wrong xmlns="urn:x"><i>5</i></Wrong>'), envelope("<Args><i>5</i></Args>")):
        assert post(body).dump["i"] == "0", "a wrong operation element: all defaults"
    for wrong in ("", '""', '"x"', f'"{NAMESPACE}/args"', f'"{NAMESPACE}/Nope"'):
        answer = post(args(""), action=wrong)
        assert answer.fault == f"Server did not recognize the value of HTTP Header SOAPAction: {wrong.strip(chr(34))}."
        assert "<faultcode>soap:Client</faultcode>" in answer.text


def test_routing_by_the_body() -> None:
    assert post(args("<i>1</i>"), action=None).dump["i"] == "1"
    assert post(args("<i>1</i>"), action=None, query="op=Nulls").dump["i"] == "1", "?op= changes nothing"
    for body in (envelope(""), envelope('<Wrong xmlns="urn:x"/>'), envelope(f'<args xmlns="{NAMESPACE}"/>')):
        assert "valid action parameter" in post(body, action=None).fault


@pytest.mark.parametrize("path", ["/services2/SVCPROBE.ASMX", "/SERVICES/svcprobe.asmx", "/Services/svcProbe.asmx"])
def test_paths_in_any_letter_case(path: str) -> None:
    assert post(args("<i>1</i>"), path=path).dump["i"] == "1"


def test_the_envelope_decides_the_version() -> None:
    as_12 = post(args12("<i>1</i>"))
    assert as_12.headers["Content-Type"] == SOAP_XML
    assert as_12.dump["i"] == "1"
    as_11 = post(args("<i>1</i>"), action=None, content_type=SOAP_XML)
    assert (as_11.status, as_11.body) == (415, b"")
    action = f'application/soap+xml; charset=utf-8; action="{NAMESPACE}/Nulls"'
    assert "<NullsResult>" in post(args12(""), action=None, content_type=action).text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param("<a", id="cut off"),
        pytest.param("just text", id="no XML"),
        pytest.param(args("")[:-9], id="truncated"),
        pytest.param(args("<s><b/></s>"), id="a child in a string"),
        pytest.param(args("<i>1<!-- c --></i>"), id="a comment in a value"),
        pytest.param(args("<data>*</data>"), id="bad base64"),
        pytest.param(args("<s>&undefined;</s>"), id="an entity nobody declared"),
        pytest.param(args("<s>\x01</s>"), id="a control character"),
        pytest.param(f"<!DOCTYPE x>{args('')}", id="doctype"),
        pytest.param(f'<?xml version="1.0"?>\n<!-- c --><!DOCTYPE x>{args("")}', id="doctype further down"),
        pytest.param("<!DOCTYPE x><x/>", id="doctype without an envelope"),
        pytest.param(f'<e:Envelope xmlns:e="{SOAP11}"><x/><e:Body/></e:Envelope>', id="something before the Body"),
        pytest.param(args("", declaration='<?xml version="1.1"?>'), id="XML 1.1"),
        pytest.param(args("", declaration="<?xml version = '1.1' encoding='utf-8'?>"), id="XML 1.1, otherwise written"),
        pytest.param('<?xml version="1.1"?><a/>', id="XML 1.1 without an envelope"),
        pytest.param(f'<e:Other xmlns:e="{SOAP11}"><e:Body/></e:Other>', id="not an Envelope"),
    ],
)
def test_malformed_is_400_and_nothing_else(body: str) -> None:
    answer = post(body)
    assert (answer.status, answer.body) == (400, b"")
    assert answer.headers["Content-Type"] == XML


def test_xml_1_1_in_utf_16() -> None:
    body = args("", declaration='<?xml version="1.1" encoding="utf-16"?>').encode("utf-16")
    answer = post(body, content_type="text/xml; charset=utf-16")
    assert (answer.status, answer.body) == (400, b"")


@pytest.mark.parametrize("content", ["", "<e:Header/>", "<e:Header/><x/>", "<x/>", '<Body xmlns=""/>'])
@pytest.mark.parametrize("namespace", [SOAP11, SOAP12])
def test_an_envelope_without_body(content: str, namespace: str) -> None:
    body = f'<e:Envelope xmlns:e="{namespace}">{content}</e:Envelope>'
    answer = post(body) if namespace == SOAP11 else post(body, action=None, content_type=SOAP_XML)
    assert answer.fault == "Missing required soap:Body element"
    assert ("<faultcode>soap:Client<" if namespace == SOAP11 else "<soap:Value>soap:Sender<") in answer.text


@pytest.mark.parametrize(
    "behind", ["<e:Header/>", f'<e:Body><Nulls xmlns="{NAMESPACE}"/></e:Body>', "<x/>"], ids=["Header", "Body", "other"]
)
def test_what_stands_behind_the_body_is_passed_over(behind: str) -> None:
    body = args("<i>5</i>").replace("</e:Envelope>", f"{behind}</e:Envelope>")
    assert post(body).dump["i"] == "5"
    assert post(body, action=None).dump["i"] == "5"


def test_a_header_behind_the_body_is_not_looked_at() -> None:
    header = '<e:Header><h xmlns="urn:h" e:mustUnderstand="1"/></e:Header>'
    assert post(args("<i>5</i>").replace("</e:Envelope>", f"{header}</e:Envelope>")).dump["i"] == "5"


@pytest.mark.parametrize("body", ["<a/>", "<Envelope><Body/></Envelope>", '<x:Envelope xmlns:x="urn:x"/>', "<a><b>"])
def test_what_is_no_envelope_is_a_version_mismatch(body: str) -> None:
    answer = post(body)
    assert "<faultcode>soap:VersionMismatch</faultcode>" in answer.text
    assert answer.text.count("SupportedEnvelope qname=") == 2


def test_headers() -> None:
    header = '<e:Header><h xmlns="urn:h" {0}/></e:Header>'
    for harmless in ("", 'e:mustUnderstand="0"', 'mustUnderstand="1"', 'e:actor="urn:x"'):
        assert post(args("<i>1</i>", header=header.format(harmless))).dump["i"] == "1"
    for needed in ('e:mustUnderstand="1"', 'e:mustUnderstand="true"'):
        answer = post(args("<i>1</i>", header=header.format(needed)))
        assert answer.fault == "SOAP header h was not understood."
        assert "<faultcode>soap:MustUnderstand</faultcode>" in answer.text
    unread = post(args("<i>x</i>", header=header.format('e:mustUnderstand="1"')))
    assert unread.fault.startswith(UNREAD), "what cannot be read comes first"
    assert unread.fault.endswith(BAD_NUMBER)


def test_compressed_bodies_are_refused() -> None:
    assert post(args(""), Content_Encoding="gzip").status == 415
    assert post(args("<i>1</i>"), Content_Encoding="identity").dump["i"] == "1"
