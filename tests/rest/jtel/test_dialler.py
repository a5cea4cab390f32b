"""Evidence: ours. The dialler: what its runs do to contacts, by the rules that a test sets."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from smartertrack_emu.control.dialler import Dialling
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.dialler import rules
from smartertrack_emu.domain.models import CallLog, Campaign, Contact
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.control.client import Control
from tests.rest.jtel.client import Jtel

NOON = datetime(2031, 6, 1, 12, tzinfo=UTC)


def contact(jtel: Jtel, contact_id: int) -> dict[str, Any]:
    return jtel.one("GET", f"dialler/contacts/{contact_id}")


def set_rule(control: Control, *outcomes: str, number: str | None = None) -> None:
    rules = [{"campaign": "campaign 1000", "number": number, "outcomes": list(outcomes)}]
    control.done("PUT", "/dialler/rules", {"default": "answered", "rules": rules})


def run(control: Control, **body: Any) -> list[dict[str, Any]]:
    answer = control.done("POST", "/dialler/run", {"campaign_id": 1, **body})
    assert answer["done"] == len(answer["attempts"])
    attempts: list[dict[str, Any]] = answer["attempts"]
    return attempts


def test_an_answered_call_leaves_a_call_log(jtel: Jtel, control: Control) -> None:
    with clock.frozen(NOON):
        attempts = run(control)
    # By next try, RandomSortOrder, id: zebra has no number, Locked is locked, Done is done.
    assert [(one["contact_id"], one["outcome"], one["result_code_id"]) for one in attempts] == [
        (2, "answered", 1),
        (1, "answered", 1),
    ]
    for contact_id, closed, result, tries in ((1, True, 1, 1), (2, True, 1, 1), (3, True, 5, 0), (4, False, None, 0)):
        found = contact(jtel, contact_id)
        seen = (not found["bOpen"], found["DiallerCampaignsResultCodesID"], found["nTries"])
        assert seen == (closed, result, tries), contact_id
    log = jtel.api.call_logs("alice").GetCallLog(attempts[1]["call_log_id"])
    assert log.Result, log.Message
    with reading(jtel.api.engine) as session:
        logs = {one.id: one for one in session.scalars(select(CallLog).where(~CallLog.is_incoming))}
    assert [logs[one["call_log_id"]].subject for one in attempts] == [
        "Campaign 1000: Ärmel",
        "Campaign 1000: Mustermann, Max",
    ]
    assert [logs[one["call_log_id"]].agent_id for one in attempts] == [4, 5]  # whose last call is longest ago
    assert logs[attempts[1]["call_log_id"]].phone_number == "+49 89 123"
    (told,) = jtel.done("POST", "dialler/contacts", {"IDList": [1]})["records"]
    (history,) = told["DiallerContactsHistory"]
    assert history["StatisticsPartA"] == {
        "ID": history["StatisticsPartA"]["ID"],
        "bOutbound": True,
        "dtCallStart": "2031-06-01T12:00:00.000",
        "dtCallEnd": "2031-06-01T12:00:00.000",
        "CalledPartyNumber": "+49 89 123",
        "nCause": 16,
        "UsersID": 5,
        "CallLogsID": attempts[1]["call_log_id"],
    }
    assert history["DiallerCampaignsResultCodes"]["ExportKey"] == "SUCCESS"
    assert control.get("/dialler") == {
        "running": False, "every_seconds": 10, "last_run_at": "2031-06-01T12:00:00Z", "last_result": "2 attempts",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("word", "cause"), [("mailbox", 16), ("busy", 17), ("no_answer", 19), ("rejected", 21), ("congestion", 34)]
)
def test_failed_tries(jtel: Jtel, control: Control, word: str, cause: int) -> None:
    set_rule(control, word, number="4989123")
    for attempt in range(1, 4):
        now = NOON + timedelta(hours=attempt)
        with clock.frozen(now):
            assert run(control)[-1]["outcome"] in (word, "answered")
            if attempt == 1:
                assert run(control) == []  # not due for an hour
        found = contact(jtel, 1)
        assert (found["nTries"], found["nTriesPhoneNumber1"], found["nPhoneNumber1LastCause"]) == (
            attempt,
            attempt,
            cause,
        )
        assert found["bLastResultMailbox"] is (word == "mailbox")
        following = f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M:%S.000}" if attempt < 3 else None
        assert (found["dtNextTry"], found["bOpen"]) == (following, attempt < 3)
    assert contact(jtel, 1)["DiallerCampaignsResultCodesID"] == 6


def test_invalid_numbers(jtel: Jtel, control: Control) -> None:
    set_rule(control, "invalid", number="49892*")
    assert ("4989200", "invalid") in [(one["number"], one["outcome"]) for one in run(control)]
    found = contact(jtel, 2)
    assert (found["bPhoneNumber1Invalid"], found["bPhoneNumber2Invalid"], found["bOpen"]) == (True, None, True)
    (second,) = run(control)  # due again at once, at the other number
    assert second["number"] == "4989201"
    found = contact(jtel, 2)
    assert (found["bOpen"], found["DiallerCampaignsResultCodesID"], found["dtNextTry"]) == (False, 5, None)
    made = jtel.one("POST", "dialler/contacts/import", {"DiallerCampaignsID": 1, "Name": "x", "PhoneNumber1": "none"})
    assert [one["outcome"] for one in run(control)] == ["invalid"]
    assert contact(jtel, made["ID"])["bOpen"] is False


def test_results_by_rule(jtel: Jtel, control: Control) -> None:
    for key, open_, following, agent in (
        ("LATER", True, "2031-06-01T14:00:00.000", None),
        ("APPOINTMENT", True, "2031-06-02T12:00:00.000", 4),
        ("REFUSED", False, None, None),
        ("NOBODY", False, None, None),
    ):
        body = {"DiallerCampaignsID": 1, "Name": key, "PhoneNumber1": "555", "RandomSortOrder": 0}
        made = jtel.one("POST", "dialler/contacts/import", body)
        set_rule(control, f"answered:{key}", number="555")
        with clock.frozen(NOON):
            (attempt,) = run(control, limit=1)
        assert attempt["contact_id"] == made["ID"]
        found = contact(jtel, made["ID"])
        assert (found["bOpen"], found["dtNextTry"]) == (open_, following), key
        assert (found["FollowUpUsersID"] is None) == (agent is None)
        with writing(jtel.api.engine) as session:
            session.execute(update(Contact).where(Contact.id == made["ID"]).values(is_locked=True))


def test_which_contacts_and_campaigns(jtel: Jtel, control: Control) -> None:
    assert len(run(control, limit=1)) == 1
    with writing(jtel.api.engine) as session:
        session.execute(update(Campaign).where(Campaign.id == 1).values(active_from=clock.now() + timedelta(days=1)))
    assert run(control) == []
    with writing(jtel.api.engine) as session:
        session.execute(update(Campaign).where(Campaign.id == 1).values(active_from=None, group_id=None))
    (other,) = run(control)
    assert other["call_log_id"] is None  # without a group there is nobody to speak
    assert control.done("POST", "/dialler/run")["attempts"][0]["campaign_id"] == 3
    assert control.wrong("POST", "/dialler/run", {"campaign_id": 99}) == ["body.campaign_id"]
    assert control.wrong("POST", "/dialler/run", {"limit": 0}) == ["body.limit"]


def test_rules(control: Control, jtel: Jtel) -> None:
    assert control.get("/dialler/rules") == {"default": "answered", "rules": []}
    body = {
        "default": "busy",
        "rules": [{"campaign": "CAMPAIGN 1000", "number": None, "outcomes": ["answered:X", "busy"]}],
    }
    assert control.done("PUT", "/dialler/rules", body) == control.get("/dialler/rules") == body
    for wrong, where in (
        ({"default": "never"}, "body.default"),
        ({"default": "busy:KEY"}, "body.default"),
        ({"rules": [{"outcomes": ["answered:"]}]}, "body.rules"),
        ({"rules": [{"outcomes": []}]}, "body.rules.0.outcomes"),
        ({"rules": [{"campaign": "Nobody", "outcomes": ["busy"]}]}, "body.rules"),
        ({"rules": [{"number": "4*9", "outcomes": ["busy"]}]}, "body.rules"),
        ({"rules": [{"number": "+49", "outcomes": ["busy"]}]}, "body.rules"),
    ):
        assert control.wrong("PUT", "/dialler/rules", wrong) == [where]
    assert control.get("/dialler/rules") == body


def test_what_an_agent_says(jtel: Jtel, control: Control) -> None:
    path = "/dialler/contacts/{}/result"
    at = "2031-01-01T09:30:00Z"
    given = {"export_key": "APPOINTMENT", "user": "BOB", "at": at, "comment": "Call again."}
    assert control.done("POST", path.format(1), given) == {
        "contact_id": 1, "result_code_id": 4, "state": "open", "next_try_at": at,
    }  # fmt: skip
    found = contact(jtel, 1)
    assert (found["FollowUpUsersID"], found["Comment"]) == (5, "Call again.")
    for key, state in (("LATER", "open"), ("REFUSED", "aborted")):
        assert control.done("POST", path.format(1), {"export_key": key, "user": "bob"})["state"] == state
    done = {"export_key": "SUCCESS", "user": "bob"}
    assert control.refused("POST", path.format(1), done, status=409)
    assert control.refused("POST", path.format(99), done, status=404)
    assert control.done("POST", path.format(2), done)["state"] == "done"
    for change, where in (
        ({"export_key": "nobody"}, "body.export_key"),
        ({"at": at}, "body.at"),
        ({"export_key": "APPOINTMENT"}, "body.at"),
        ({"user": "customer"}, "body.user"),
        ({"user": "nobody"}, "body.user"),
    ):
        assert control.wrong("POST", path.format(4), done | change) == [where]


def test_who_calls_need_not_be_called(jtel: Jtel, sales: Jtel) -> None:
    def incoming(number: str, group: int, agent: int, by: str = "alice") -> None:
        fields = [f"PhoneNumber={number}", "Subject=x", f"GroupID={group}", f"UserID={agent}", "IncomingCall=true"]
        answer = jtel.api.call_logs(by).CreateCallLog(fields)
        assert answer.Result, answer.Message

    incoming("0049 89/123", 1, 4)
    found = contact(jtel, 1)
    assert (found["bOpen"], found["DiallerCampaignsResultCodesID"], found["dtNextTry"]) == (False, 7, None)
    assert sales.one("GET", "dialler/contacts/6")["bOpen"] is True  # its campaign does not say so
    with writing(jtel.api.engine) as session:
        session.execute(update(Campaign).where(Campaign.id == 3).values(closes_on_incoming_call=True))
    incoming("4989123", 1, 4)
    assert sales.one("GET", "dialler/contacts/6")["bOpen"] is True  # the group is none of its client's
    incoming("4989123", 3, 6, by="carol")
    assert sales.one("GET", "dialler/contacts/6")["bOpen"] is False
    assert contact(jtel, 2)["bOpen"] is True


def test_by_itself(jtel: Jtel, control: Control) -> None:
    assert control.wrong("PATCH", "/dialler", {"every_seconds": 0}) == ["body.every_seconds"]
    assert control.wrong("PATCH", "/dialler", {"every_seconds": 86_401}) == ["body.every_seconds"]
    running = control.done("PATCH", "/dialler", {"running": True, "every_seconds": 60})
    assert (running["running"], running["every_seconds"]) == (True, 60)
    deadline = time.monotonic() + 20
    while control.get("/dialler")["last_run_at"] is None and time.monotonic() < deadline:
        pass
    assert control.get("/dialler")["last_result"] == "3 attempts"
    assert control.done("PATCH", "/dialler", {"running": False})["running"] is False


def test_a_process_that_starts_goes_on(jtel: Jtel, control: Control) -> None:
    """What runs by itself is kept: who comes new looks there."""
    with writing(jtel.api.engine) as session:
        rules.change(session, is_running=True, every_seconds=1)
    other = Dialling(jtel.api.server.application.desk, looks_every=0.01)
    other.look()
    deadline = time.monotonic() + 20
    while contact(jtel, 1)["bOpen"] and time.monotonic() < deadline:
        pass
    other.close()
    assert contact(jtel, 1)["nTries"] == 1
