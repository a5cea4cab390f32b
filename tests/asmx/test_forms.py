"""Calls by HTTP GET and by HTTP POST of a form.

What ASMX answers is recorded where the probes have it; the refusals they lack are ours.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.asmx.declare import Int16, Int64, PlainService, class_
from smartertrack_emu.asmx.wsgi import AsmxApplication

from .probe_service import roundtrip
from .wire import FORM, PATH, Answer, environ_of, get, run

forms = PlainService("svcForms", namespace="urn:forms")


@class_
class Said:
    """What was read."""

    Text: str | None = None
    Items: list[str | None] | None = None


@forms.operation
def Say(text: str | None, n: int, flag: bool) -> Said:
    """Say it again."""
    return Said(Text=f"{text}|{n}|{flag}", Items=["x"])


@forms.operation
def Repeat(items: list[str | None] | None, numbers: list[int] | None) -> list[str]:
    """Give what came."""
    return [*map(str, items or []), *map(str, numbers or [])]


@forms.operation
def When(d: datetime) -> str:
    """Give the date that was read."""
    return roundtrip(d)


@forms.operation
def Numbers(x: float, l: Int64, h: Int16) -> str:  # noqa: E741 - names of the wire are of any kind
    """Give the numbers."""
    return f"{x!r} {l} {h}"


@forms.operation
def Keep(name: str, data: bytes | None, more: bytes) -> str:
    """Give the bytes that were read."""
    return f"{name}:{'' if data is None else data.hex()}:{more.hex()}"


@forms.operation
def Pieces(parts: list[bytes]) -> None:
    """Cannot be called by a form: arrays of arrays."""


@forms.operation
def Maybe(n: int | None) -> str:
    """Cannot be called by a form."""
    return str(n)


APPLICATION = AsmxApplication([forms])
AT = "/Services2/svcForms.asmx"
ROOT = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'


def ask(operation: str, fields: list[tuple[str, str]] | str, method: str = "GET") -> Answer:
    """Call an operation of this module's service."""
    form = fields if isinstance(fields, str) else urlencode(fields)
    if method == "GET":
        return run(environ_of("GET", f"{AT}/{operation}", query=form), APPLICATION)
    headers = {"Content-Type": FORM}
    return run(environ_of("POST", f"{AT}/{operation}", body=form.encode(), headers=headers), APPLICATION)


def value(operation: str, *fields: tuple[str, str]) -> str:
    """Return the text of a string result."""
    answer = ask(operation, list(fields))
    assert answer.status == 200, answer.text
    return answer.text.partition('xmlns="urn:forms">')[2].removesuffix("</string>")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_result_is_an_indented_document(method: str) -> None:
    answer = ask("Say", [("TEXT", "ä <b>"), ("n", "7"), ("Flag", "tRUE")], method)
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.text == (
        f'<?xml version="1.0" encoding="utf-8"?>\n<Said {ROOT} xmlns="urn:forms">\n'
        "  <Text>ä &lt;b&gt;|7|True</Text>\n  <Items>\n    <string>x</string>\n  </Items>\n</Said>"
    )


def test_arrays_repeat_their_key() -> None:
    answer = ask("Repeat", [("items", "a"), ("numbers", "1"), ("ITEMS", "b c"), ("numbers", "2")])
    assert answer.text == (
        f'<?xml version="1.0" encoding="utf-8"?>\n<ArrayOfString {ROOT} xmlns="urn:forms">\n'
        "  <string>a</string>\n  <string>b c</string>\n  <string>1</string>\n  <string>2</string>\n</ArrayOfString>"
    )


def refusal(operation: str, fields: list[tuple[str, str]] | str, method: str = "GET") -> str:
    """Return the one sentence of a refusal."""
    answer = ask(operation, fields, method)
    assert answer.status == 500
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    return answer.text


def test_every_parameter_must_be_there() -> None:
    assert refusal("Say", "") == "Missing parameter: text.\n"
    assert refusal("Say", "text=a&flag=true") == "Missing parameter: n.\n"
    assert refusal("Repeat", "items=a", "POST") == "Missing parameter: numbers.\n"


@pytest.mark.parametrize("word", ["True", "TRUE", "true", " False ", "false"])
def test_booleans_in_any_case(word: str) -> None:
    assert f"|{word.strip().capitalize()}<" in ask("Say", [("text", ""), ("n", "0"), ("flag", word)]).text


@pytest.mark.parametrize("word", ["1", "0", "yes", "", "on"])
def test_booleans_are_words(word: str) -> None:
    sentence = refusal("Say", [("text", ""), ("n", "0"), ("flag", word)])
    assert sentence.startswith(f"Cannot convert {word} to System.Boolean.\nParameter name: type ---&gt; String was not")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2020-01-02T03:04:05", "2020-01-02T03:04:05.0000000/Unspecified"),
        ("2020-01-02 03:04", "2020-01-02T03:04:00.0000000/Unspecified"),
        ("2020-01-02", "2020-01-02T00:00:00.0000000/Unspecified"),
        ("2020-01-02T03:04:05Z", "2020-01-02T03:04:05.0000000+00:00/Local"),
        ("2020-01-02T03:04:05.5+02:00", "2020-01-02T01:04:05.5000000+00:00/Local"),
        ("1/2/2020", "2020-01-02T00:00:00.0000000/Unspecified"),
        ("12/31/2020 11:59:58 PM", "2020-12-31T23:59:58.0000000/Unspecified"),
        ("1/2/2020 12:00 am", "2020-01-02T00:00:00.0000000/Unspecified"),
        ("2020-01-02T03:04:05z", "2020-01-02T03:04:05.0000000+00:00/Local"),
        ("2020-01-02 03:04z", "2020-01-02T03:04:00.0000000+00:00/Local"),
        ("1/2/2020 13:30", "2020-01-02T13:30:00.0000000/Unspecified"),
    ],
)
def test_dates_iso_and_american(text: str, read: str) -> None:
    assert value("When", ("d", text)) == read


@pytest.mark.parametrize("text", ["", "tomorrow", "31/12/2020", "2020-02-30", "1/2/2020 13:00 PM"])
def test_bad_dates(text: str) -> None:
    assert "to System.DateTime.\n" in refusal("When", [("d", text)])


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (("1.5", "1", "2"), "1.5 1 2"),
        (("1,234.5", " 7 ", "+2"), "1234.5 7 2"),
        (("-1e3", "-9223372036854775808", "-32768"), "-1000.0 -9223372036854775808 -32768"),
        (("Infinity", "0", "0"), "inf 0 0"),
    ],
)
def test_numbers(fields: tuple[str, str, str], text: str) -> None:
    assert value("Numbers", *zip("xlh", fields, strict=True)) == text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (("INF", "0", "0"), "System.Double"),
        (("", "0", "0"), "System.Double"),
        (("1", "9223372036854775808", "0"), "too large or too small for an Int64"),
        (("1", "1", "32768"), "too large or too small for an Int16"),
        (("1", "1.0", "1"), "System.Int64"),
        (("1", "0" * 1_000_000 + "x", "1"), "System.Int64"),
        (("1", "9" * 1_000_000, "1"), "too large or too small for an Int64"),
    ],
)
def test_bad_numbers(fields: tuple[str, str, str], words: str) -> None:
    assert words in refusal("Numbers", list(zip("xlh", fields, strict=True)))


@pytest.mark.parametrize("text", ["a\x00b", "\x1b", "\ufffe"])
def test_what_xml_cannot_hold(text: str) -> None:
    """Ours: .NET takes it and writes an answer that no client can read."""
    fields = [("text", text), ("n", "1"), ("flag", "true")]
    assert refusal("Say", fields) == "text holds a character that XML does not know.\n"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_bytes_are_decimals_with_their_key_repeated(method: str) -> None:
    fields = [("data", "65"), ("name", "n"), ("MORE", "0"), ("data", "66"), ("more", "255")]
    assert ">n:4142:00ff</string>" in ask("Keep", fields, method).text
    assert ">n:41:ff</string>" in ask("Keep", "name=n&data=+65+&more=%2B255", method).text


BAD_FORM, BAD_SIZE = (
    "Input string was not in a correct format.",
    "Value was either too large or too small for an unsigned byte.",
)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("256", BAD_SIZE),
        ("-1", BAD_SIZE),
        ("9" * 100, BAD_SIZE),
        ("1.5", BAD_FORM),
        ("", BAD_FORM),
        ("QUI=", BAD_FORM),
        ("65,66", BAD_FORM),
        ("0x41", BAD_FORM),
        ("1" + " " * 100 + "1", BAD_FORM),
    ],
)
def test_bad_bytes(text: str, reason: str, method: str) -> None:
    fields = [("name", "n"), ("data", "65"), ("data", text), ("data", "300"), ("more", "1")]
    sentence = f"Cannot convert {text} to System.Byte.\nParameter name: type ---&gt; {reason}\n"
    assert refusal("Keep", fields, method) == sentence


def test_bytes_must_be_there_and_are_looked_at_in_their_turn() -> None:
    assert refusal("Keep", "name=n&more=1") == "Missing parameter: data.\n"
    assert refusal("Keep", "data=x&more=1") == "Missing parameter: name.\n"
    assert refusal("Keep", "name=n&data=x") == (
        f"Cannot convert x to System.Byte.\nParameter name: type ---&gt; {BAD_FORM}\n"
    )
    assert refusal("Pieces", "parts=1") == "Pieces Web Service method name is not valid.\n"


def test_a_form_has_a_length_of_its_own() -> None:
    class Unread:
        def read(self, *_: int) -> bytes:
            pytest.fail("was read")

    environ = environ_of(
        "POST", f"{AT}/Say", headers={"Content-Type": FORM, "Content-Length": str(16 * 1024 * 1024 + 1)}
    )
    environ["wsgi.input"] = Unread()
    answer = run(environ, APPLICATION)
    assert (answer.status, answer.text) == (413, "The request is longer than 16777216 bytes.\n")


def test_too_many_fields_are_refused_with_their_limit() -> None:
    assert refusal("Repeat", "items=a&" * 100_001, "POST") == "The form has more than 100000 fields.\n"


SOAP_ONLY = AsmxApplication([forms], takes_forms=False)


@pytest.mark.parametrize(
    ("method", "path", "content_type"),
    [
        ("GET", "Say", ""),
        ("POST", "Say", FORM),
        ("POST", "Say", "text/xml"),
        ("GET", "Nope", ""),
        ("GET", "<b>", ""),
    ],
)
def test_calls_by_form_may_be_switched_off(method: str, path: str, content_type: str) -> None:
    """As ASP.NET answers where HttpGet and HttpPost are not among its protocols; its page of HTML is text here."""
    environ = environ_of(method, f"{AT}/{path}", body=b"text=a&n=1&flag=true", headers={"Content-Type": content_type})
    answer = run(environ, SOAP_ONLY)
    shown = path.replace("<", "&lt;").replace(">", "&gt;")
    assert answer.status == 500
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == f"Request format is unrecognized for URL unexpectedly ending in '/{shown}'.\n"


def test_names_of_operations_are_exact() -> None:
    assert (
        refusal("say", "") == "say Web Service method name is not valid. Method names are case-sensitive: it is Say.\n"
    )
    assert refusal("Nope", "") == "Nope Web Service method name is not valid.\n"
    assert refusal("Maybe", "n=1") == "Maybe Web Service method name is not valid.\n"


def test_a_body_of_another_type_is_refused() -> None:
    environ = environ_of("POST", f"{AT}/Say", body=b"{}", headers={"Content-Type": "application/json"})
    answer = run(environ, APPLICATION)
    assert (answer.status, answer.text) == (500, "Request format is invalid: application/json.\n")


def test_an_operation_without_result_answers_nothing() -> None:
    answer = get(f"{PATH}/Nothing")
    assert (answer.status, answer.body) == (200, b"")


def test_a_null_result() -> None:
    assert 'xsi:nil="true"' in get(f"{PATH}/NullResult").text


def test_an_error_inside_is_one_plain_sentence() -> None:
    answer = get(f"{PATH}/Boom")
    assert answer.status == 500
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == "boom &lt;&amp;&gt;\n"


@given(st.sampled_from(["Say", "Repeat", "When", "Numbers"]), st.binary(max_size=60))
def test_no_form_is_too_odd(operation: str, form: bytes) -> None:
    environ = environ_of("POST", f"{AT}/{operation}", body=form or b"&", headers={"Content-Type": FORM})
    assert run(environ, APPLICATION).status in (200, 500)
