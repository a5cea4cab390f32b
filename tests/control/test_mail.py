"""Evidence: ours. Outgoing mails, mail accounts and templates over HTTP; a mail goes out to an SMTP server."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_string
from typing import Any

import pytest

from tests.control.client import Control
from tests.mail.sending.sink import Running, Sink
from tests.services.api import Api


@pytest.fixture
def sink() -> Iterator[Sink]:
    """An SMTP server."""
    running = Running(Sink())
    yield running.sink
    running.stop()


def make_ticket(api: Api, subject: str = "Fire", to: str = "casey@example.com") -> str:
    answer = api.tickets("alice").CreateTicket(1, 0, 0, to, subject, "It burns.", False, False, True)
    assert answer.Result, answer.Message
    return str(answer.RequestResult)


def test_a_mail_from_its_ticket_to_its_recipient(api: Api, control: Control, sink: Sink) -> None:
    make_ticket(api)
    (mail,) = control.get("/mail/outgoing")["items"]
    assert (mail["state"], mail["kind"], mail["recipients"]) == ("waiting", "message", ["casey@example.com"])
    before = control.call("GET", f"/mail/outgoing/{mail['id']}/raw")
    assert before.headers["Content-Type"] == "message/rfc822"
    assert message_from_string(before.text)["Message-ID"] == mail["message_id"]
    control.done("POST", "/jobs/smtp-delivery/run")
    control.done("POST", "/clock/advance", {"seconds": 11})
    held = control.get(f"/mail/outgoing/{mail['id']}")
    assert (held["state"], held["text"].strip(), held["html"]) == ("held", "It burns.", None)
    account = {"kind": "smtp", "host": "127.0.0.1", "port": sink.port, "address": "desk@acme.example"}
    control.done("POST", "/mail/accounts", account, status=201)
    assert control.done("POST", f"/mail/outgoing/{mail['id']}/retry")["state"] == "waiting"
    control.done("POST", "/jobs/smtp-delivery/run")
    sent = control.get(f"/mail/outgoing/{mail['id']}")
    assert (sent["state"], sent["attempts"], sent["results"][0]["state"]) == ("sent", 1, "accepted")
    assert control.call("GET", f"/mail/outgoing/{mail['id']}/raw").content == sink.mails[0].data
    assert "is sent" in control.refused("POST", f"/mail/outgoing/{mail['id']}/retry", status=409)["detail"]
    assert control.get("/mail/outgoing", state="sent", about=mail["about"], recipient="CASEY@example.com")["total"] == 1
    assert control.get("/mail/outgoing", subject="fIRE", kind="message", sort="oldest")["total"] == 1
    assert control.get("/mail/outgoing", subject="water")["total"] == 0
    assert control.get("/mail/outgoing", about="chat:1")["total"] == 0


def test_removing_and_trying_again_all_of_a_state(api: Api, control: Control) -> None:
    for _ in range(3):
        make_ticket(api)
    control.done("POST", "/clock/advance", {"seconds": 11})
    assert control.done("POST", "/mail/outgoing/retry", params={"state": "failed"}) == {"retried": 0}
    assert control.done("POST", "/mail/outgoing/retry", params={"state": "held"}) == {"retried": 3}
    first = control.get("/mail/outgoing")["items"][0]["id"]
    control.done("DELETE", f"/mail/outgoing/{first}", status=204)
    assert control.done("DELETE", "/mail/outgoing", params={"state": "held"}) == {"deleted": 0}
    assert control.done("DELETE", "/mail/outgoing") == {"deleted": 2}
    for method, path in (("GET", ""), ("GET", "/raw"), ("POST", "/retry"), ("DELETE", "")):
        control.refused(method, f"/mail/outgoing/{first}{path}", status=404)
    assert control.wrong("GET", "/mail/outgoing", params={"state": "gone"}) == ["query.state"]
    assert control.wrong("GET", "/mail/outgoing", params={"about": "17"}) == ["query.about"]


def test_accounts(control: Control, sink: Sink) -> None:
    made = control.done(
        "POST",
        "/mail/accounts",
        {"kind": "smtp", "host": "127.0.0.1", "port": sink.port, "username": "desk", "password": "pw"},
        status=201,
    )
    assert "password" not in made
    path = f"/mail/accounts/{made['id']}"
    assert control.get(path) == made
    assert control.get("/mail/accounts") == {"items": [made], "total": 1}
    tested = control.done("POST", f"{path}/test")
    assert (tested["ok"], tested["detail"]) == (False, "The server offers no way to log in.")
    changed = control.done("PATCH", path, {"username": "", "display_name": "Desk"})
    assert (changed["username"], changed["display_name"], changed["port"]) == ("", "Desk", sink.port)
    assert control.done("POST", f"{path}/test")["ok"]
    assert sink.mails == []
    control.done("DELETE", path, status=204)
    for method, one in (("GET", path), ("DELETE", path), ("POST", f"{path}/test"), ("PATCH", path)):
        control.refused(method, one, {} if method == "PATCH" else None, status=404)
    imap = control.done("POST", "/mail/accounts", {"kind": "imap", "host": "h", "security": "tls"}, status=201)
    assert (imap["port"], imap["folder"], imap["every_minutes"]) == (993, "INBOX", 1)
    for kind in ("pop", "imap"):
        account = {"kind": kind, "host": "127.0.0.1", "port": 1, "username": "u", "password": "p"}
        made = control.done("POST", "/mail/accounts", account, status=201)
        tested = control.done("POST", f"/mail/accounts/{made['id']}/test")
        assert (tested["ok"], "127.0.0.1" in tested["detail"]) == (False, True)


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"kind": "fax"}, "body.kind"),
        ({"host": ""}, "body.host"),
        ({"host": "a b"}, "body.host"),
        ({"port": 0}, "body.port"),
        ({"security": "ssl"}, "body.security"),
        ({"address": "nobody"}, "body.address"),
        ({"department_id": 99}, "body.department_id"),
        ({"brand_id": 99}, "body.brand_id"),
        ({"brand_id": 1, "department_id": 1}, "body.brand_id"),
        ({"kind": "pop", "brand_id": 1}, "body.brand_id"),
        ({"every_minutes": 0}, "body.every_minutes"),
        ({"timeout_seconds": 0}, "body.timeout_seconds"),
        ({"display_name": "a\r\nBcc: b"}, "body.display_name"),
    ],
)
def test_no_such_account(control: Control, given: dict[str, Any], where: str) -> None:
    assert control.wrong("POST", "/mail/accounts", {"kind": "smtp", "host": "h", **given}) == [where]


def test_templates(api: Api, control: Control) -> None:
    listed = control.get("/mail/templates")
    assert [one["name"] for one in listed["items"]] == [
        "auto-close-ticket",
        "rejected-locked",
        "rejected-requirements",
        "rejected-policy",
        "forgot-login",
        "survey",
        "ticket-list",
        "verify-email",
        "auto-responder",
        "group-alert",
        "event-notification",
        "error-notification",
        "report",
    ]
    text = {"subject": "Hi %Username%\n%Nope%", "body": "<b>%CustomerName%</b> %BaseUrl%", "is_html": True}
    put = control.done("PUT", "/mail/templates/forgot-login", text)
    assert (put["body"], put["is_html"], "Username" in put["variables"]) == (text["body"], True, True)
    mail = control.done("POST", "/users/8/mails", {"template": "forgot-login"}, status=202)
    shown = control.get(f"/mail/outgoing/{mail['id']}")
    assert shown["subject"] == "Hi customer %Nope%"
    assert shown["html"] == f"<b>Casey Customer</b> {api.url}"
    assert (shown["kind"], shown["about"], shown["envelope_sender"]) == ("template", "user:8", "")
    control.done("DELETE", "/mail/templates/forgot-login", status=204)
    assert control.get("/mail/templates/forgot-login") == next(
        one for one in listed["items"] if one["name"] == "forgot-login"
    )
    control.refused("PUT", "/mail/templates/nope", text, status=404)
    control.refused("GET", "/mail/templates/nope", status=404)
    control.refused("DELETE", "/mail/templates/nope", status=404)
    assert control.wrong("PUT", "/mail/templates/survey", {"subject": " ", "body": "x"}) == ["body.subject"]


def test_a_users_tickets_by_mail(api: Api, control: Control) -> None:
    number = make_ticket(api, to="customer@example.com")
    mail = control.done("POST", "/users/8/mails", {"template": "ticket-list"}, status=202)
    text = control.get(f"/mail/outgoing/{mail['id']}")["text"]
    assert f"{number} (Open): Fire" in text
    assert f"{api.url}/Main/frmTicket.aspx?ticketnumber={number}" in text
    control.refused("POST", "/users/999/mails", {"template": "ticket-list"}, status=404)
    control.refused("POST", "/users/1/mails", {"template": "ticket-list"}, status=409)
    assert control.wrong("POST", "/users/8/mails", {"template": "survey"}) == ["body.template"]
