"""Evidence: ours. Mails that come in, by the control API: put in, imported, listed, tried again, removed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from smartertrack_emu.domain.across.contents import NAMED_BY
from smartertrack_emu.domain.inbox.models import IncomingMail
from smartertrack_emu.domain.spool.accounts import AccountKind, MailAccount
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.unit_of_work import writing
from tests.control.client import Control
from tests.services.api import Api

RAW = b"From: Newcomer <new@example.com>\r\nTo: nobody@example.com\r\nSubject: Hello\r\n\r\nIt is broken.\r\n"
TYPE = {"Content-Type": "message/rfc822"}


def put_in(control: Control, raw: bytes = RAW, **query: Any) -> Any:
    answer = control.call("POST", "/mail/incoming", data=raw, headers=TYPE, params=query)
    assert answer.status_code == 202, answer.text
    return answer.json()


def add_account(api: Api, **columns: Any) -> int:
    with writing(api.engine) as session:
        account = MailAccount(host="mail.example.com", port=110, **{"kind": AccountKind.POP} | columns)
        session.add(account)
        session.flush()
        return account.id


def test_a_mail_becomes_a_ticket(api: Api, control: Control) -> None:
    made = put_in(control, account=add_account(api, department_id=1))
    assert set(made) == {"id"}
    path = f"/mail/incoming/{made['id']}"
    waiting = control.get(path)
    assert (waiting["state"], waiting["outcome"], waiting["attempts"], waiting["bytes"]) == (
        "waiting",
        None,
        0,
        len(RAW),
    )
    assert control.done("POST", "/jobs/email-import/run") == {"done": 1, "detail": ""}
    mail = control.get(path)
    assert mail | {"received_at": "", "imported_at": "", "ticket_number": ""} == {
        "id": made["id"],
        "state": "imported",
        "outcome": "ticket",
        "reason": "",
        "sender": "new@example.com",
        "subject": "Hello",
        "bytes": len(RAW),
        "account_id": 1,
        "ticket_number": "",
        "attempts": 1,
        "received_at": "",
        "imported_at": "",
    }
    assert api.tickets("admin").GetTicketInfoByTicketNumber(mail["ticket_number"]).Result
    raw = control.call("GET", f"{path}/raw")
    assert (raw.status_code, raw.headers["Content-Type"], raw.content) == (200, "message/rfc822", RAW)
    assert "has been imported" in control.refused("POST", f"{path}/retry", status=409)["detail"]
    control.done("DELETE", path, status=204)
    control.refused("GET", path, status=404)
    assert api.tickets("admin").GetTicketInfoByTicketNumber(mail["ticket_number"]).Result


def test_lists(control: Control) -> None:
    ids = [put_in(control, raw)["id"] for raw in (RAW, RAW, b"no header\r\n")]
    control.done("POST", "/jobs/email-import/run")
    put_in(control)

    def listed(**query: Any) -> list[int]:
        found = control.get("/mail/incoming", **query)
        assert found["total"] >= len(found["items"])
        return [one["id"] for one in found["items"]]

    first, second, third = ids
    assert listed() == [third + 1, third, second, first]
    assert listed(limit=1, offset=1) == [third]
    assert listed(state="imported") == [first]
    assert listed(state="ignored") == listed(outcome="duplicate") == [second]
    assert listed(state="failed", outcome="error") == [third]
    assert listed(sender="NEW@example.com") == [second, first]
    duplicate = control.get(f"/mail/incoming/{second}")
    assert duplicate["ticket_number"] == control.get(f"/mail/incoming/{first}")["ticket_number"]
    assert control.get(f"/mail/incoming/{third}")["reason"] == "not a message: it has no header line."
    assert control.get("/events", type=509003)["items"][0]["about"] is None
    again = control.done("POST", f"/mail/incoming/{third}/retry")
    assert (again["state"], again["reason"], again["attempts"]) == ("waiting", "", 0)


def test_what_is_refused(api: Api, control: Control) -> None:
    smtp = add_account(api, kind=AccountKind.SMTP)
    for query in ({"account": 4711}, {"account": smtp}):
        problem = control.refused("POST", "/mail/incoming", data=RAW, headers=TYPE, params=query, status=422)
        assert [error["where"] for error in problem["errors"]] == ["query.account"]
    control.refused("POST", "/mail/incoming", data=b"", headers=TYPE, status=422)
    control.refused("POST", "/mail/incoming", data=RAW, headers={"Content-Type": "text/plain"}, status=415)
    control.done("PATCH", "/settings", {"max_message_bytes": 1024})
    control.refused("POST", "/mail/incoming", data=RAW + b"x" * 1024, headers=TYPE, status=413)
    assert control.get("/mail/incoming")["total"] == 0
    for method, path in (("GET", ""), ("GET", "/raw"), ("POST", "/retry"), ("DELETE", "")):
        control.refused(method, f"/mail/incoming/4711{path}", status=404)
    assert control.wrong("GET", "/mail/incoming", params={"state": "lost", "outcome": "x"}) == [
        "query.state",
        "query.outcome",
    ]


def test_content_that_is_gone(api: Api, control: Control) -> None:
    made = put_in(control, b"no header\r\n")
    control.done("POST", "/jobs/email-import/run")
    with writing(api.engine) as session:
        session.scalars(select(IncomingMail)).one().sha256 = None
    path = f"/mail/incoming/{made['id']}"
    assert "not kept any more" in control.refused("GET", f"{path}/raw", status=404)["detail"]
    assert "not kept any more" in control.refused("POST", f"{path}/retry", status=409)["detail"]


def test_a_snapshot_has_its_mails(control: Control) -> None:
    """What a mail's bytes are is in a snapshot, and no reset or restore throws it away while something names it."""
    made = put_in(control)
    control.done("PUT", "/snapshots/before", status=201)
    control.done("DELETE", f"/mail/incoming/{made['id']}", status=204)
    control.done("POST", "/reset", {"to": "empty"})
    assert control.get("/mail/incoming")["total"] == 0
    control.done("POST", "/snapshots/before/restore")
    assert control.call("GET", f"/mail/incoming/{made['id']}/raw").content == RAW
    assert control.done("POST", "/jobs/email-import/run")["done"] == 1
    assert control.get(f"/mail/incoming/{made['id']}")["state"] == "imported"


def test_every_digest_of_contents_is_known() -> None:
    """Each column that names a content by its digest is asked where files are kept or removed."""
    named = {column.class_.__tablename__ for column in NAMED_BY}
    digests = {table.name for table in Base.metadata.sorted_tables if "sha256" in table.c}
    assert digests - named == {"fetched_mails"}  # there it tells mails apart, and no file is meant
