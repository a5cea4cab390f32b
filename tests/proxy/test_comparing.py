"""Evidence: ours. What counts as a difference between two answers, and what is a matter of data."""

from __future__ import annotations

import pytest
from lxml import etree

from smartertrack_emu.proxy.calls import Message
from smartertrack_emu.proxy.comparing import Difference, Shapes, type_of

from .conftest import comparison

HEADERS = [("Content-Type", "text/xml; charset=utf-8")]
ANSWER = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body><GetTicketInfoResponse xmlns="http://x/">'
    "<GetTicketInfoResult><Result>true</Result><ResultCode>0</ResultCode><Message>Fine</Message>"
    "<ID>17</ID><Subject>Hello</Subject><DateOpened>2031-01-02T03:04:05</DateOpened>"
    "<TicketLocks><string>a</string><string>b</string></TicketLocks></GetTicketInfoResult></GetTicketInfoResponse>"
    "</soap:Body></soap:Envelope>"
)
ABOVE = "/Envelope/Body/GetTicketInfoResponse/GetTicketInfoResult"


def message(body: str = ANSWER, status: str = "200 OK", content_type: str = HEADERS[0][1]) -> Message:
    return Message(status, [("Content-Type", content_type)], body.encode())


def differences(found: Message, *values: str, expected: Message | None = None) -> list[Difference]:
    return comparison(*values).differences(expected or message(), found)


def changed(old: str, new: str) -> Message:
    assert old in ANSWER
    return message(ANSWER.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<ID>17", "<ID>99"),
        ("<Subject>Hello", "<Subject>42"),
        ("<Subject>Hello", "<Subject>"),
        ("2031-01-02T03:04:05", "2029-12-31T00:00:00.123"),
        ("2031-01-02T03:04:05", "0001-01-01T00:00:00"),
        ("soap:", "s:"),
    ],
)
def test_data_is_no_difference(old: str, new: str) -> None:
    found = ANSWER.replace(old, new).replace("xmlns:soap", "xmlns:s" if old == "soap:" else "xmlns:soap")
    assert differences(message(found)) == []


@pytest.mark.parametrize(
    ("old", "new", "kind", "where"),
    [
        ("<ID>17</ID>", "", "element", f"{ABOVE}/ID"),
        ("<ID>17</ID>", "<ID>17</ID><Id>17</Id>", "element", f"{ABOVE}/Id"),
        ("<ID>17</ID><Subject>Hello</Subject>", "<Subject>Hello</Subject><ID>17</ID>", "order", ABOVE),
        ('xmlns="http://x/"', 'xmlns="http://y/"', "namespace", "/Envelope/Body/GetTicketInfoResponse"),
        ("<ID>17", "<ID>seventeen", "type", f"{ABOVE}/ID"),
        ("<ID>17", "<ID>", "type", f"{ABOVE}/ID"),
        ("03:04:05", "03:04:05Z", "type", f"{ABOVE}/DateOpened"),
        ("03:04:05", "03:04:05+01:00", "type", f"{ABOVE}/DateOpened"),
        ("<Result>true", "<Result>false", "code", f"{ABOVE}/Result"),
        ("<ResultCode>0", "<ResultCode>-1", "code", f"{ABOVE}/ResultCode"),
        ("<Subject>Hello", '<Subject xsi:nil="true">', "attribute", f"{ABOVE}/Subject/@nil"),
    ],
)
def test_what_is_one(old: str, new: str, kind: str, where: str) -> None:
    assert (kind, where) in [(one.kind, one.where) for one in differences(changed(old, new))]


def test_it_says_what_was_expected() -> None:
    (one,) = differences(changed("<ResultCode>0", "<ResultCode>-4"))
    assert str(one) == f"code: {ABOVE}/ResultCode: expected '0', found '-4'"


def test_of_a_call_that_failed_the_code_is_told_alone() -> None:
    failed = ANSWER.replace("<ResultCode>0", "<ResultCode>-4").replace("<Subject>Hello</Subject>", "")
    assert [one.kind for one in differences(message(failed))] == ["code"]


def test_items_of_a_list_are_named() -> None:
    lists = (
        "<r><item><ID>1</ID></item><item><ID>2</ID></item></r>",
        "<r><item><ID>1</ID></item><item><ID>x</ID></item></r>",
    )
    (one,) = differences(message(lists[1]), expected=message(lists[0]))
    assert one.where == "/r/item[2]/ID"


def test_status_content_type_and_what_is_no_xml() -> None:
    page = message("<html>", "500 Internal Server Error", "text/html")
    assert [one.kind for one in differences(page)] == ["status"]
    page = message("<html>", content_type="text/html")
    assert [one.kind for one in differences(page)] == ["header", "xml"]
    assert differences(page, expected=page) == []
    assert differences(message(content_type='text/xml; charset="UTF-8"')) == []
    assert [one.kind for one in differences(message("<broken"))] == ["xml"]


def test_codes_of_faults() -> None:
    fault = "<s:Fault xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><faultcode>{}</faultcode></s:Fault>"
    same, other = (message(fault.format(code)) for code in ("soap:Client", "s:Server"))
    assert differences(message(fault.format("s:Client")), expected=same) == []
    assert [one.kind for one in differences(other, expected=same)] == ["code"]


def test_values_only_where_told() -> None:
    other = message(ANSWER.replace("Hello", "Bye").replace("<ID>17", "<ID>18").replace("<string>b</string>", ""))
    assert differences(other) == []
    assert [one.where for one in differences(other, "Subject")] == [f"{ABOVE}/Subject"]
    assert [one.kind for one in differences(other, "*")] == ["value"] * 3


def test_an_empty_list_is_data_and_an_empty_answer_is_not() -> None:
    shapes = Shapes(lists=frozenset(["TicketLocks"]))
    from smartertrack_emu.proxy.comparing import Comparison  # noqa: PLC0415 - shapes of one's own

    empty = changed("<string>a</string><string>b</string>", "")
    assert Comparison(shapes).differences(message(), empty) == []
    nothing = message(
        ANSWER[: ANSWER.index("<GetTicketInfoResult>")] + "</GetTicketInfoResponse></soap:Body></soap:Envelope>"
    )
    assert [one.where for one in differences(nothing)] == [ABOVE]


def test_a_mask_is_like_anything() -> None:
    assert differences(changed("<ID>17", "<ID>****")) == []


def test_no_more_than_can_be_read() -> None:
    many = [f"<r>{''.join(f'<a{number}>{value}</a{number}>' for number in range(200))}</r>" for value in ("1", "x")]
    assert len(differences(message(many[1]), expected=message(many[0]))) == 50


def test_nothing_is_fetched_or_expanded(tmp_path: object) -> None:
    entity = '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]><r>&e;</r>'
    deep = "<a>" * 200 + "</a>" * 200
    for body in (entity, deep):
        assert all("localhost" not in str(one) for one in differences(message(body)))
    assert etree.LXML_VERSION


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "nothing"),
        ("true", "boolean"),
        ("-12", "whole number"),
        ("1.50", "number with a fraction"),
        ("168-24F24A57-000E", "text"),
        ("00000000-0000-0000-0000-000000000000", "GUID"),
        ("0001-01-01T00:00:00", "no date"),
        ("2031-01-02T03:04:05.1234567", "date and time without a zone"),
    ],
)
def test_types(text: str, kind: str) -> None:
    assert type_of(text) == kind
