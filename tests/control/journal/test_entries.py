"""What the journal keeps of a call: what it was and what became of it (ours)."""

from __future__ import annotations

import pytest

from tests.control.journal.conftest import Journaled

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
TICKETS = "http://www.smartertools.com/SmarterTrack/Services2/svcTickets.asmx"
PATH = "/Services2/svcTickets.asmx"


def soap(
    operation: str, inner: str, *, user: str = "alice", password: str = "alice-pw", envelope: str = ENVELOPE
) -> str:
    return (
        f'<soap:Envelope xmlns:soap="{envelope}"><soap:Body><{operation} xmlns="{TICKETS}">'
        f"<authUserName>{user}</authUserName><authPassword>{password}</authPassword>{inner}</{operation}>"
        "</soap:Body></soap:Envelope>"
    )


def test_a_call_that_succeeds(journaled: Journaled) -> None:
    body = soap("GetTicketInfo", "<ticketId>1</ticketId>")
    answer = journaled.post(PATH, body, SOAPAction=f'"{TICKETS}/GetTicketInfo"')
    entry = journaled.last()
    assert (entry.outcome, entry.code, entry.message) == ("ok", 0, ""), answer.text
    assert (entry.service, entry.operation, entry.user) == ("svcTickets", "GetTicketInfo", "alice")
    assert (entry.protocol, entry.client, entry.method, entry.path) == ("soap11", "127.0.0.1", "POST", PATH)
    assert entry.statements >= 2
    assert (entry.request_bytes, entry.response_bytes) == (len(body), len(answer.content))
    assert entry.request_body.decode() == body.replace("alice-pw", "****")
    assert entry.response_body == answer.content
    assert ("SOAPAction", f'"{TICKETS}/GetTicketInfo"') in entry.headers[0]
    assert ("Content-Type", "text/xml; charset=utf-8") in entry.headers[1]


@pytest.mark.parametrize(
    ("path", "body", "headers", "expected"),
    [
        (PATH, soap("GetTicketInfo", "<ticketId>999999</ticketId>"), {}, ("refused", -4)),
        (PATH, soap("GetTicketInfo", "", password="wrong-one"), {}, ("refused", -2)),
        (PATH, soap("GetTicketInfo", "<ticketId>x</ticketId>"), {}, ("fault", None)),
        (PATH, "<a>", {}, ("http", 400)),
        (PATH, soap("GetTicketInfo", ""), {"Content-Type": "text/plain"}, ("http", 415)),
        ("/Services2/svcTicketz.asmx", "", {}, ("http", 404)),
        (f"{PATH}/GetTicketInfo", "ticketId=1", {"Content-Type": "application/x-www-form-urlencoded"}, ("http", 500)),
    ],
)
def test_what_became_of_calls(
    journaled: Journaled, path: str, body: str, headers: dict[str, str], expected: tuple[str, int | None]
) -> None:
    journaled.post(path, body, **headers)
    entry = journaled.last()
    assert (entry.outcome, entry.code) == expected


def test_a_failed_ping_has_no_code(journaled: Journaled) -> None:
    body = soap("PingService", "", password="wrong-one").replace("authUserName", "authUsername")
    journaled.post(PATH, body)
    entry = journaled.last()
    assert (entry.outcome, entry.code, entry.operation) == ("refused", None, "PingService")
    assert entry.message == "The user name or the password is wrong."


def test_pages_and_wsdls_are_not_journaled(journaled: Journaled) -> None:
    for path in ("/Services2", PATH, f"{PATH}?wsdl", f"{PATH}?op=GetTicketInfo", "/healthz"):
        assert journaled.http.get(journaled.url + path).status_code == 200
    assert journaled.entries() == []


def test_what_the_server_itself_refuses_is_journaled(journaled: Journaled) -> None:
    length = 1 << 40
    request = f"POST {PATH}?password=geheimnis HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\nCookie: a=b\r\n\r\n"
    answer = journaled.raw(request.encode())
    assert answer.startswith(b"HTTP/1.1 413")
    entry = journaled.last()
    assert (entry.outcome, entry.code, entry.status, entry.request_bytes) == ("http", 413, 413, length)
    assert entry.message.startswith("The request is longer than")
    assert entry.path == f"{PATH}?password=****"
    assert ("Cookie", "****") in entry.headers[0]


def test_by_get_and_post(journaled: Journaled) -> None:
    journaled.http.get(f"{journaled.url}{PATH}/GetTicketInfo?authUserName=alice&authPassword=alice-pw&ticketId=1")
    form = {"authUserName": "alice", "authPassword": "alice-pw", "ticketId": "x"}
    journaled.http.post(f"{journaled.url}{PATH}/GetTicketInfo", data=form)
    post, get = journaled.entries()
    assert (get.protocol, get.operation, get.user) == ("get", "GetTicketInfo", "alice")
    assert get.path == f"{PATH}/GetTicketInfo?authUserName=alice&authPassword=****&ticketId=1"
    assert (post.protocol, post.operation, post.user, post.outcome) == ("post", "GetTicketInfo", "alice", "http")
    assert post.request_body == b"authUserName=alice&authPassword=****&ticketId=x"


def test_no_more_are_kept_than_may_be(journaled: Journaled) -> None:
    journal = journaled.server.application.journal
    journaled.post(PATH, "<a>")
    entry = journaled.last()
    journal.add([entry] * 1500)
    assert journal.count() == 1000
    assert journal.newest() == 1001
    assert journal.clear() == 1000
    journal.add([entry])
    assert journal.newest() == 1002  # ids go on
