"""Services elsewhere that are slow, broken or hostile: each becomes one sentence, at a bounded cost. Ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from lxml import etree

from smartertrack_emu.providers.answers import Answer
from smartertrack_emu.providers.soap import Conversation, NotAnsweredError, RefusedError, SoapService
from tests.providers.hostile import Visitor, describe, listening, result

PATIENCE = 30.0
IMPATIENCE = 0.3
"""Seconds: more than any answer takes here, and less than the slow ones take."""

OPERATION = "DeleteTicket"
DONE = result(OPERATION, "<Message></Message><Result>true</Result><ResultCode>0</ResultCode>")
NOT_UNDERSTOOD = "answered something that is not understood"


def service(url: str, answer_seconds: float = PATIENCE, whole_seconds: float = PATIENCE) -> SoapService:
    asked = Conversation(url, "user", "secret", answer_seconds=answer_seconds, whole_seconds=whole_seconds)
    return SoapService(asked, "svcTickets", describe)


def call(url: str, answer_seconds: float = PATIENCE) -> Answer:
    return service(url, answer_seconds).call(OPERATION, ticketId=1)


def answering(content: bytes | str, visitor: Visitor) -> None:
    visitor.answer(content)


@contextmanager
def not_answered(sentence: str) -> Iterator[None]:
    with pytest.raises(NotAnsweredError) as caught:
        yield
    assert str(caught.value) == sentence


def test_a_good_answer() -> None:
    with listening(partial(answering, DONE)) as server:
        assert call(server.url).is_true("Result")
    (called,) = server.asked  # nothing else: no description, and no part of one from anywhere
    assert called.head.startswith("POST /Services2/svcTickets.asmx HTTP/1.1\r\n")
    assert b"secret" in called.body


def test_a_refusal() -> None:
    said = result(OPERATION, "<Message>No.</Message><Result>false</Result><ResultCode>-7</ResultCode>")
    with listening(partial(answering, said)) as server, pytest.raises(RefusedError, match="No"):
        call(server.url)


# Slow


def test_a_slow_answer() -> None:
    with (
        listening(lambda visitor: visitor.drip(b"H")) as server,
        not_answered("did not answer within 0.3 seconds"),
    ):
        call(server.url, IMPATIENCE)


def test_the_whole_conversation_ends() -> None:
    """Each answer comes in time; their number is what takes long."""
    with listening(partial(answering, DONE)) as server:
        talking = service(server.url, whole_seconds=IMPATIENCE)
        with not_answered("took longer than 0.3 seconds for everything"):
            _call_for_ever(talking)
        talking._conversation.allow_one_more()
        assert talking.call(OPERATION, ticketId=1).is_true("Result")


def _call_for_ever(talking: SoapService) -> None:
    while True:
        talking.call(OPERATION, ticketId=1)


# What costs too much

BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
BEYOND = {
    "a document type": f"{BOMB}<a>&b;</a>",
    "a document type of elsewhere": '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
    "nested deeply": "<a>" * 5000 + "</a>" * 5000,
    "many elements": f"<a>{'<b/>' * 200_000}</a>",
    "many attributes": "<a " + " ".join(f'a{number}=""' for number in range(100_000)) + "/>",
    "not XML": "Hello",
    "unfinished": "<a><b>",
    "an unknown encoding": '<?xml version="1.0" encoding="x-none"?><a/>',
}


@pytest.mark.parametrize("content", BEYOND.values(), ids=BEYOND)
def test_xml_that_is_not_read(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    with listening(partial(answering, content)) as server:
        talking = service(server.url)
        monkeypatch.setattr(etree, "fromstring", pytest.fail)  # a tree would be made of it
        with not_answered(NOT_UNDERSTOOD):
            talking.call(OPERATION, ticketId=1)


def test_an_answer_that_never_ends() -> None:
    def behave(visitor: Visitor) -> None:
        visitor.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while not visitor.stopping.is_set():
            visitor.send(b"<a>" * 4096)

    with listening(behave) as server, not_answered("answered more than is read"):
        call(server.url)


# Answers that are not as they were described


def test_members_that_we_do_not_know() -> None:
    said = DONE.replace("<Result>", "<New><a/></New><Result>").replace("</ResultCode>", "</ResultCode><Newer/>")
    with listening(partial(answering, said)) as server:
        assert call(server.url).is_true("Result")


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_not_followed(status: str) -> None:
    with listening(partial(answering, DONE)) as elsewhere:

        def behave(visitor: Visitor) -> None:
            visitor.answer("", f"Location: {elsewhere.url}/Services2/svcTickets.asmx", status=status)

        with listening(behave) as server, not_answered(NOT_UNDERSTOOD):
            call(server.url)
    assert elsewhere.asked == []


ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">{}</s:Envelope>'


@pytest.mark.parametrize(
    "answer",
    [
        result("Other", "<Result>true</Result>"),
        DONE.replace("s:Body>", "s:Header>"),
        "",
        "<a/>",
        ENVELOPE.format(""),
        ENVELOPE.format("<s:Body/>"),
        ENVELOPE.format("<s:Body>text</s:Body>"),
        ENVELOPE.format(f"<s:Body><{OPERATION}Response/></s:Body>"),
    ],
)
def test_an_answer_that_is_none(answer: str) -> None:
    with listening(partial(answering, answer)) as server, not_answered(NOT_UNDERSTOOD):
        call(server.url)


@pytest.mark.parametrize("content", ["", "<Message></Message>", "<Result>perhaps</Result>", "<Result/>"])
def test_an_answer_that_does_not_say_yes(content: str) -> None:
    with (
        listening(partial(answering, result(OPERATION, content))) as server,
        pytest.raises(RefusedError, match=f"^{OPERATION} failed without a reason$"),
    ):
        call(server.url)


def test_a_result_with_a_status_of_failure() -> None:
    with listening(lambda visitor: visitor.answer(DONE, status="500 Error")) as server, not_answered(NOT_UNDERSTOOD):
        call(server.url)


def test_a_fault_with_its_sentence_cut() -> None:
    said = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server</faultcode>'
        f"<faultstring>{'Out of order. ' * 100}</faultstring></s:Fault></s:Body></s:Envelope>"
    )
    with (
        listening(lambda visitor: visitor.answer(said, status="500 Error")) as server,
        pytest.raises(NotAnsweredError, match=r"^answered with an error: Out of order\. ") as caught,
    ):
        call(server.url)
    assert len(str(caught.value)) < 400


def test_an_address_that_makes_no_sense() -> None:
    for url in ("gopher://127.0.0.1", "http://", "127.0.0.1:80", "http://127.0.0.1:port"):
        with not_answered("has an address that makes no sense"):
            call(url)


def test_what_xml_cannot_carry() -> None:
    with listening(partial(answering, DONE)) as server:
        with not_answered("cannot be given the control characters in the ticket"):
            service(server.url).call("AddTicketNote", ticketNumber="1", messageType="Note", notetext="a\x0bb")
        assert server.asked == []


def test_a_member_that_must_be_there() -> None:
    with (
        listening(partial(answering, DONE)) as server,
        not_answered(f"says that {OPERATION} succeeded, but gave no Ticket"),
    ):
        service(server.url).ask(OPERATION, "Ticket", ticketId=1)
