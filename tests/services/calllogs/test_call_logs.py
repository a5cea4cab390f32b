"""svcCallLogs over HTTP: keys, members and required keys are documented, defaults, rights and refusals ours."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.events.calllogs import CallLogCreated, CallLogDeleted, CallLogModified
from smartertrack_emu.domain.events.history import history
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import Installation
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.happened import happened, words
from tests.services.api import Api, items
from tests.services.roles import check_rights

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
LEAST = datetime(1, 1, 1)  # noqa: DTZ001 - DateTime.MinValue
NEEDED = ["Subject=Asked", "GroupID=1", "UserID=4"]
ALICE, BOB, CAROL = 4, 5, 6
SEEDED = 1
"""The seed file's call log, of Sales."""


def create(api: Api, *more: str, by: str = "alice") -> int:
    answer = api.call_logs(by).CreateCallLog2([*NEEDED, *more])
    assert answer.Result, answer.Message
    return int(answer.CallLogId)


def get(api: Api, call_log: int, by: str = "admin") -> Any:
    answer = api.call_logs(by).GetCallLog(call_log)
    assert answer.Result, answer.Message
    return answer.CallLog


def ids(answer: Any) -> list[int]:
    assert answer.Result, answer.Message
    return [one.LogID for one in items(answer.CallLogs)]


def test_create_and_read_with_all_keys(api: Api) -> None:
    with clock.frozen(NOW):
        answer = api.call_logs("alice").CreateCallLog2(
            [
                "subject=Über a=b",
                "PHONENUMBER=+1 555 0100",
                "CustomerName=Zoë",
                "EmailAddress=zoe@example.com",
                "Description=line 1\nline 2",
                "DateStart=4/30/2024 11:00:00 PM",
                "DateEnd=2024-05-01T01:10:00+02:00",
                "GroupID=1",
                "UserID=5",
                "IncomingCall=no",
            ]
        )
    assert (answer.Result, answer.ResultCode, answer.Message) == (True, 0, None)
    assert re.fullmatch(r"[0-9A-F]{3}-[0-9A-F]{8}-[0-9A-F]{4}", answer.CallNumber)
    found = get(api, answer.CallLogId, by="bob")
    assert found.CallNumber == answer.CallNumber
    assert (found.Subject, found.CustomerName, found.Description) == ("Über a=b", "Zoë", "line 1\nline 2")
    assert (found.PhoneNumber, found.EmailAddress) == ("+1 555 0100", "zoe@example.com")
    assert (found.GroupID, found.AgentID, found.LogID) == (1, BOB, answer.CallLogId)
    assert found.IncomingCall is False
    assert found.StartTime == datetime(2024, 4, 30, 23, tzinfo=UTC)
    assert found.EndTime == datetime(2024, 4, 30, 23, 10, tzinfo=UTC)
    assert found.DateCreated == NOW
    assert found.DateDeleted is None


def test_defaults(api: Api) -> None:
    with clock.frozen(NOW):
        found = get(api, create(api, "DateStart=", "IncomingCall=", "Description="))
    assert found.StartTime == found.EndTime == found.DateCreated == NOW
    assert found.IncomingCall is True
    assert not found.Description


def test_dates_are_in_the_installations_zone(api: Api) -> None:
    with writing(api.engine) as session:
        session.get_one(Installation, 1).time_zone = "America/New_York"
    found = get(api, create(api, "DateStart=4/30/2024 9:00:00 AM", "DateEnd=2024-04-30T19:10:00Z"))
    assert found.StartTime == datetime(2024, 4, 30, 13, tzinfo=UTC)
    assert found.EndTime == datetime(2024, 4, 30, 19, 10, tzinfo=UTC)


def test_the_obsolete_form(api: Api) -> None:
    answer = api.call_logs("alice").CreateCallLog(NEEDED)
    assert answer.Result
    assert len(ids(api.call_logs("alice").GetCallLogByUser(ALICE, LEAST, LEAST))) == 1
    assert api.call_logs("alice").CreateCallLog(["Subject=x"]).ResultCode == -5


def test_refusals_of_the_obsolete_form_name_its_keys(api: Api) -> None:
    wrong = ["Subject=x", "GroupID=1", "UserID=1"]
    old, new = api.call_logs("admin").CreateCallLog(wrong), api.call_logs("admin").CreateCallLog2(wrong)
    assert old.ResultCode == -5
    assert old.Message == new.Message
    assert old.Message.startswith("UserID: ")


NO_CALL_LOGS: list[tuple[Any, ...]] = [
    (["GroupID=1", "UserID=4"], -5, "Subject"),
    (["Subject= ", "GroupID=1", "UserID=4"], -5, "Subject"),
    (["Subject=x", "UserID=4"], -5, "GroupID"),
    (["Subject=x", "GroupID=1"], -5, "UserID"),
    (["Subject=x", "GroupID=one", "UserID=4"], -5, "GroupID"),
    (["Subject=x", "GroupID=99", "UserID=4"], -4, "group 99"),
    (["Subject=x", "GroupID=1", "UserID=99"], -4, "user 99"),
    (["Subject=x", "GroupID=1", "UserID=6"], -5, "UserID"),
    (["Subject=x", "GroupID=1", "UserID=1"], -5, "UserID"),
    ([*NEEDED, "Colour=red"], -5, "Colour"),
    ([*NEEDED, "Subject"], -5, "Subject"),
    ([*NEEDED, "DateStart=soon"], -5, "DateStart"),
    ([*NEEDED, "DateEnd=2001-01-01"], -5, "DateEnd"),
    ([*NEEDED, "DateStart=2999-01-01"], -5, "DateEnd"),
    ([*NEEDED, "IncomingCall=perhaps"], -5, "IncomingCall"),
]


def test_not_created(api: Api) -> None:
    for parameters, code, word in NO_CALL_LOGS:
        answer = api.call_logs("alice").CreateCallLog2(parameters)
        assert (answer.Result, answer.ResultCode, answer.CallLogId) == (False, code, 0)
        assert word in answer.Message
        assert ids(api.call_logs("admin").GetCallLogByGroup(1, LEAST, LEAST)) == []


def test_modify(api: Api) -> None:
    call_log = create(api, "Description=old")
    assert (
        api.call_logs("bob")
        .ModifyCallLog(
            call_log, ["subject=New", "description=", "UserID=5", "DateStart=2024-01-01", "IncomingCall=false"]
        )
        .Result
    )
    found = get(api, call_log)
    assert (found.Subject, found.AgentID, found.GroupID, found.IncomingCall) == ("New", BOB, 1, False)
    assert not found.Description
    assert found.StartTime == datetime(2024, 1, 1, tzinfo=UTC)
    assert api.call_logs("bob").ModifyCallLog(call_log, []).Result
    assert get(api, call_log) == found


def test_moving_to_another_group(api: Api) -> None:
    call_log = create(api)
    assert api.call_logs("alice").ModifyCallLog(call_log, ["GroupID=3"]).ResultCode == -5  # alice is not in it
    assert api.call_logs("alice").ModifyCallLog(call_log, ["GroupID=3", "UserID=6"]).Result
    assert api.call_logs("alice").GetCallLog(call_log).ResultCode == -4
    assert get(api, call_log, by="carol").AgentID == CAROL


NO_CHANGES: list[tuple[Any, ...]] = [
    (["Subject="], -5, "Subject"),
    (["GroupID="], -5, "GroupID"),
    (["UserID=99"], -4, "99"),
    (["UserID=6"], -5, "UserID"),
    (["DateEnd="], -5, "DateEnd"),
    (["IncomingCall="], -5, "IncomingCall"),
    (["DateEnd=2001-01-01"], -5, "DateEnd"),
    (["Nothing=1"], -5, "Nothing"),
]


def test_not_modified(api: Api) -> None:
    for parameters, code, word in NO_CHANGES:
        call_log = create(api)
        before = get(api, call_log)
        answer = api.call_logs("alice").ModifyCallLog(call_log, ["Description=changed", *parameters])
        assert (answer.Result, answer.ResultCode) == (False, code)
        assert word in answer.Message
        assert get(api, call_log) == before


def test_delete(api: Api) -> None:
    call_log = create(api)
    with clock.frozen(NOW):
        assert api.call_logs("mary").DeleteCallLog(call_log).Result
    assert get(api, call_log, by="alice").DateDeleted == NOW
    assert ids(api.call_logs("alice").GetCallLogByUser(ALICE, LEAST, LEAST)) == []
    assert ids(api.call_logs("alice").GetCallLogByGroup(1, LEAST, LEAST)) == []
    assert api.call_logs("mary").DeleteCallLog(call_log).ResultCode == -7
    assert api.call_logs("alice").ModifyCallLog(call_log, ["Subject=x"]).ResultCode == -7
    assert api.call_logs("mary").DeleteCallLog(99).ResultCode == -4


def test_lists_go_by_the_date_created(api: Api) -> None:
    created = []
    for day in range(3):
        with clock.frozen(NOW + timedelta(days=day)):
            created.append(create(api))
    calls = api.call_logs("alice")
    assert ids(calls.GetCallLogByGroup(1, NOW, NOW + timedelta(days=1))) == created[:2]
    assert ids(calls.GetCallLogByUser(ALICE, NOW, NOW + timedelta(days=1))) == created[:2]
    assert ids(calls.GetCallLogByGroup(1, NOW + timedelta(seconds=1), LEAST)) == created[1:]
    assert ids(calls.GetCallLogByUser(ALICE, LEAST, NOW + timedelta(days=2))) == created
    assert ids(calls.GetCallLogByUser(ALICE, NOW + timedelta(days=2), NOW)) == []
    naive = NOW.replace(tzinfo=None)
    assert ids(calls.GetCallLogByUser(ALICE, naive, naive)) == created[:1]


def test_unknown_parents(api: Api) -> None:
    calls = api.call_logs("alice")
    assert calls.GetCallLogByGroup(99, LEAST, LEAST).ResultCode == -4
    assert calls.GetCallLogByUser(99, LEAST, LEAST).ResultCode == -4
    answer = calls.GetCallLogByUser(8, LEAST, LEAST)  # the customer
    assert (answer.ResultCode, "not an agent" in answer.Message) == (-5, True)


def test_agents_see_their_groups_alone(api: Api) -> None:
    same = [api.call_logs("alice").GetCallLog(number).Message for number in (SEEDED, 99)]
    assert same[0].replace("1", "99") == same[1]
    alice = api.call_logs("alice")
    assert alice.ModifyCallLog(SEEDED, ["Subject=x"]).ResultCode == -4
    assert ids(alice.GetCallLogByGroup(3, LEAST, LEAST)) == []
    assert ids(alice.GetCallLogByUser(CAROL, LEAST, LEAST)) == []
    for other in ("carol", "mary", "admin"):
        assert get(api, SEEDED, by=other).Subject == "Asked for a quote"
        assert ids(api.call_logs(other).GetCallLogByGroup(3, LEAST, LEAST)) == [SEEDED]


RIGHTS: list[tuple[Right, Any]] = [
    (Right.CALL_LOGS_CREATE, lambda calls: calls.CreateCallLog2(NEEDED)),
    (Right.CALL_LOGS_CREATE, lambda calls: calls.CreateCallLog(NEEDED)),
    (Right.CALL_LOGS_VIEW, lambda calls: calls.GetCallLog(SEEDED)),
    (Right.CALL_LOGS_VIEW, lambda calls: calls.GetCallLogByGroup(1, LEAST, LEAST)),
    (Right.CALL_LOGS_VIEW, lambda calls: calls.GetCallLogByUser(4, LEAST, LEAST)),
    (Right.CALL_LOGS_MODIFY, lambda calls: calls.ModifyCallLog(SEEDED, ["Subject=x"])),
    (Right.CALL_LOGS_DELETE, lambda calls: calls.DeleteCallLog(SEEDED)),
]


def test_rights(api: Api) -> None:
    check_rights(api.engine, api.call_logs, "carol", RIGHTS)


def test_out_of_the_box_agents_delete_nothing(api: Api) -> None:
    assert api.call_logs("carol").DeleteCallLog(SEEDED).ResultCode == -3


def test_every_change_is_in_the_history(api: Api) -> None:
    call_log = create(api)
    api.call_logs("bob").ModifyCallLog(call_log, ["Subject=New", "GroupID=1"])
    api.call_logs("bob").ModifyCallLog(call_log, ["Subject=New"])  # changes nothing
    api.call_logs("admin").DeleteCallLog(call_log)
    with reading(api.engine) as session:
        events = happened(session, ItemKind.CALL_LOG, call_log)
        people = [line.actor_name for line in history(session, ItemKind.CALL_LOG, call_log)]
    assert [(type(event), who, words(event)) for event, who in zip(events, people, strict=True)] == [
        (CallLogCreated, "alice", ""),
        (CallLogModified, "bob", "Changed: subject"),
        (CallLogDeleted, "admin", ""),
    ]


def test_statements(api: Api) -> None:
    first = create(api)
    alice = api.call_logs("alice")
    reads = (
        lambda: alice.GetCallLog(first),
        lambda: alice.GetCallLogByGroup(1, LEAST, LEAST),
        lambda: alice.GetCallLogByUser(ALICE, LEAST, LEAST),
    )
    before = [api.statements(read) for read in reads]
    assert before == [2, 3, 3]  # one of them is the login
    for _ in range(5):
        create(api)
    assert [api.statements(read) for read in reads] == before
