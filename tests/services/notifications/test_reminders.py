"""svcNotifications over HTTP: attributes and whose one may see are documented, what raises reminders is ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import Reminder, Task, Ticket
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.services.api import Api, items

ALICE, BOB = 4, 5
SLA = "A ticket waits too long"
"""The seed file's reminder, alice's; its task, due in two hours, reminds her half an hour before."""
LATER = timedelta(hours=1, minutes=31)


def attributes(reminder: Any) -> dict[str, str]:
    return {pair.Key: pair.Val for pair in items(reminder.ReminderAttributes)}


def all_of(api: Api, user: str, by: str = "") -> list[dict[str, str]]:
    answer = api.notifications(by or user).GetAllReminders(user, [])
    assert answer.Result, answer.Message
    return [attributes(reminder) for reminder in items(answer.Reminders)]


def subjects(api: Api, user: str = "alice") -> list[str]:
    return [one["Subject"] for one in all_of(api, user)]


def number(api: Api, subject: str = SLA, user: str = "alice") -> str:
    (found,) = [one["ReminderID"] for one in all_of(api, user) if one["Subject"] == subject]
    return found


def add(api: Api, user: int, **values: Any) -> None:
    with writing(api.engine) as session:
        session.add(Reminder(user_id=user, **values))


def test_attributes(api: Api) -> None:
    at = datetime(2024, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    add(api, BOB, subject="<b>Fire &amp; water</b>\n soon", body="Run = now", occurred_at=at)
    (reminder,) = all_of(api, "bob")
    assert reminder.pop("ReminderID").isdecimal()
    assert {key: value or "" for key, value in reminder.items()} == {
        "UserID": str(BOB),
        "Subject": "<b>Fire &amp; water</b>\n soon",
        "PhonicSubject": "Fire & water soon",
        "CategoryType": "Event",
        "BodyText": "Run = now",
        "SnoozeTimeUTC": "",
        "TimeOccurredUTC": "2024-01-02T03:04:05Z",
    }


def test_a_subject_that_only_looks_like_markup_stays(api: Api) -> None:
    add(api, BOB, subject="1 < 2 & 3 > 2")
    assert all_of(api, "bob")[0]["PhonicSubject"] == "1 < 2 & 3 > 2"


def test_nobody_has_none(api: Api) -> None:
    assert all_of(api, "bob") == []
    assert api.notifications("bob").GetReminderCount("", []).RequestResult == 0
    assert api.notifications("bob").DismissAllReminders("", []).Result


def test_a_due_task_reminds_once(api: Api) -> None:
    assert subjects(api) == [SLA]
    with clock.shifted(LATER):
        assert api.notifications("alice").GetReminderCount("", []).RequestResult == 2
        assert subjects(api) == [SLA, "Call back"]
        assert subjects(api) == [SLA, "Call back"]
        (reminder,) = [one for one in all_of(api, "alice") if one["Subject"] == "Call back"]
        assert reminder["CategoryType"] == "Task"
        assert api.notifications("alice").DismissReminder("", reminder["ReminderID"], []).Result
    with clock.shifted(timedelta(days=7)):
        assert subjects(api) == [SLA]


@pytest.mark.parametrize(
    "ending", [("UpdateTask", ["TaskStatus=completed"]), ("DeleteTask",), ("UpdateTask", ["DateEnd="])]
)
def test_no_reminder_of_what_is_done(api: Api, ending: tuple[Any, ...]) -> None:
    operation, *arguments = ending
    with clock.shifted(LATER):
        assert "Call back" in subjects(api)
        assert getattr(api.tasks("admin"), operation)(1, *arguments).Result
        assert subjects(api) == [SLA]
    with clock.shifted(timedelta(days=7)):
        assert subjects(api) == [SLA]


def test_another_date_reminds_again(api: Api) -> None:
    with clock.shifted(LATER):
        assert "Call back" in subjects(api)
        due = (clock.now() + timedelta(hours=1)).isoformat()
        assert api.tasks("alice").UpdateTask(1, [f"DateEnd={due}"]).Result
        assert subjects(api) == [SLA]
    with clock.shifted(LATER + timedelta(minutes=31)):
        assert subjects(api) == [SLA, "Call back"]


def test_another_agent_is_reminded(api: Api) -> None:
    with clock.shifted(LATER):
        assert "Call back" in subjects(api)
        assert api.tasks("alice").UpdateTask(1, ["UserID=5"]).Result
        assert subjects(api) == [SLA]
        assert subjects(api, "bob") == ["Call back"]


def test_a_due_follow_up_reminds_the_tickets_agent(api: Api) -> None:
    at = clock.now() + timedelta(hours=1)
    with writing(api.engine) as session:
        session.execute(update(Ticket).where(Ticket.id == 1).values(follow_up_at=at))
    assert subjects(api) == [SLA]
    with clock.shifted(timedelta(minutes=61)):
        for _ in range(2):
            (reminder,) = [one for one in all_of(api, "alice") if one["CategoryType"] == "FollowUp"]
            assert reminder["Subject"] == "Cannot log in"
            assert reminder["TimeOccurredUTC"] == f"{at:%Y-%m-%dT%H:%M:%S}Z"
        assert api.tickets("alice").RemoveFollowUp(1).Result
        assert subjects(api) == [SLA]


def test_snooze(api: Api) -> None:
    reminder = number(api)
    alice = api.notifications("alice")
    now = clock.now()
    with clock.frozen(now):
        assert alice.SnoozeNotification("", reminder, 60, []).Result
        assert subjects(api) == []
        assert alice.GetReminderCount("", []).RequestResult == 0
        found = attributes(alice.GetReminder("", reminder, []).Reminder)
        assert found["SnoozeTimeUTC"] == f"{now + timedelta(seconds=60):%Y-%m-%dT%H:%M:%S}Z"
        assert alice.DismissAllReminders("", []).Result  # what is snoozed is not active
    with clock.frozen(now + timedelta(seconds=60)):
        assert subjects(api) == [SLA]


@pytest.mark.parametrize("seconds", [0, -1, -(2**31)])
def test_no_snooze_below_a_second(api: Api, seconds: int) -> None:
    answer = api.notifications("alice").SnoozeNotification("", number(api), seconds, [])
    assert (answer.Result, answer.ResultCode, "snoozeSeconds" in answer.Message) == (False, -5, True)


def test_the_longest_snooze(api: Api) -> None:
    assert api.notifications("alice").SnoozeNotification("", number(api), 2**31 - 1, []).Result


def test_dismiss(api: Api) -> None:
    alice, reminder = api.notifications("alice"), number(api)
    assert alice.DismissReminder("", reminder, []).Result
    assert subjects(api) == []
    for answer in (
        alice.DismissReminder("", reminder, []),
        alice.GetReminder("", reminder, []),
        alice.SnoozeNotification("", reminder, 60, []),
        alice.GetReminder("", "9999", []),
    ):
        assert (answer.Result, answer.ResultCode) == (False, -4)


def test_dismiss_all(api: Api) -> None:
    add(api, ALICE, subject="Another")
    add(api, BOB, subject="Bob's")
    assert api.notifications("alice").DismissAllReminders("", []).Result
    assert subjects(api) == []
    assert subjects(api, "bob") == ["Bob's"]


@pytest.mark.parametrize("word", ["", "one", "1.5", "99999999999999999999"])
def test_no_number(api: Api, word: str) -> None:
    alice = api.notifications("alice")
    for answer in (
        alice.GetReminder("", word, []),
        alice.DismissReminder("", word, []),
        alice.SnoozeNotification("", word, 60, []),
    ):
        assert (answer.ResultCode, "reminderID" in answer.Message) == (-5, True)


def test_new_since(api: Api) -> None:
    now = datetime(2030, 1, 1, 12, tzinfo=UTC)
    add(api, BOB, subject="Old", raised_at=now - timedelta(hours=2))
    add(api, BOB, subject="New", raised_at=now - timedelta(minutes=2))
    bob = api.notifications("bob")
    with clock.frozen(now):
        for since, expected in (
            ("", 2),
            ("1/1/2030 11:00:00 AM", 1),
            ("2030-01-01T11:57:59", 1),
            ("2030-01-01T12:57:59+01:00", 1),
            ("2030-01-01T11:58:00", 0),  # whoever asked at that moment was told
            ("2030-01-01T11:59:00Z", 0),
            ("1/1/0001", 2),
        ):
            assert bob.GetNewReminderCount("", since, []).RequestResult == expected
        answer = bob.GetNewReminderCount("", "yesterday", [])
        assert (answer.ResultCode, "lastCheckDateUTC" in answer.Message) == (-5, True)


def test_a_task_is_new_since_it_became_due(api: Api) -> None:
    """Asked for the first time long after: what counts is when it fell due."""
    with reading(api.engine) as session:
        due = session.scalar(select(Task.remind_at))
    assert due is not None
    with clock.frozen(due + timedelta(hours=3)):
        for since, expected in ((due - timedelta(seconds=1), 1), (due, 0), (due + timedelta(hours=2), 0)):
            assert api.notifications("alice").GetNewReminderCount("", since.isoformat(), []).RequestResult == expected
        (found,) = [one for one in all_of(api, "alice") if one["Subject"] == "Call back"]
        assert found["TimeOccurredUTC"] == f"{due:%Y-%m-%dT%H:%M:%S}Z"


def test_dismiss_all_before_anybody_asked(api: Api) -> None:
    with clock.shifted(LATER):
        assert api.notifications("alice").DismissAllReminders("", []).Result
        assert subjects(api) == []
    with clock.shifted(timedelta(days=7)):
        assert subjects(api) == []


@pytest.mark.parametrize("operation", ["SnoozeNotification", "DismissReminder", "GetReminder"])
def test_one_whose_task_is_done_or_whose_ticket_is_gone(api: Api, operation: str) -> None:
    def refused(reminder: str) -> bool:
        arguments = ["", reminder, *([60] if operation == "SnoozeNotification" else []), []]
        answer = getattr(api.notifications("alice"), operation)(*arguments)
        return (answer.Result, answer.ResultCode, reminder in answer.Message) == (False, -4, True)

    with writing(api.engine) as session:
        session.execute(update(Ticket).where(Ticket.id == 1).values(follow_up_at=clock.now()))
    with clock.shifted(LATER):
        task, ticket = number(api, "Call back"), number(api, "Cannot log in")
        assert api.tasks("alice").UpdateTask(1, ["TaskStatus=completed"]).Result
        assert refused(task)
        assert api.tickets("admin").DeleteTicket(1).Result
        assert refused(ticket)
        assert subjects(api) == [SLA]


def test_only_administrators_see_others(api: Api) -> None:
    reminder = number(api)
    assert len(all_of(api, "ALICE", by="admin")) == 1
    assert attributes(api.notifications("admin").GetReminder("alice", reminder, []).Reminder)["Subject"] == SLA
    calls: tuple[Any, ...] = (
        lambda service, name: service.GetAllReminders(name, []),
        lambda service, name: service.GetReminder(name, reminder, []),
        lambda service, name: service.GetReminderCount(name, []),
        lambda service, name: service.GetNewReminderCount(name, "", []),
        lambda service, name: service.SnoozeNotification(name, reminder, 60, []),
        lambda service, name: service.DismissReminder(name, reminder, []),
        lambda service, name: service.DismissAllReminders(name, []),
    )
    for call in calls:
        for other in ("bob", "mary", "customer"):
            assert call(api.notifications(other), "alice").ResultCode == -3
            assert call(api.notifications(other), "nobody").ResultCode == -3
        assert call(api.notifications("admin"), "nobody").ResultCode == -4
    for call in calls[1:2] + calls[4:6]:
        assert call(api.notifications("bob"), "").ResultCode == -4  # not their own
    assert subjects(api) == [SLA]
    assert api.notifications("admin").DismissReminder("alice", reminder, []).Result
    assert subjects(api) == []


def test_portal_users_have_their_own(api: Api) -> None:
    assert all_of(api, "customer") == []


def test_ping(api: Api) -> None:
    assert api.notifications("customer").PingService("")
    assert api.notifications("alice").PingService("Alice")
    assert api.notifications("admin").PingService("alice")
    assert not api.notifications("alice").PingService("bob")
    assert not api.notifications("admin").PingService("nobody")
    assert not api.notifications("alice", "wrong").PingService("")


def test_statements(api: Api) -> None:
    bob = api.notifications("bob")
    reads = (
        lambda: bob.GetAllReminders("", []),
        lambda: bob.GetReminderCount("", []),
        lambda: bob.GetNewReminderCount("", "", []),
    )

    before = [api.statements(read) for read in reads]
    assert before == [4, 4, 4]  # the login, due tasks, due follow-ups, the answer
    for _ in range(5):
        add(api, BOB, subject="More")
    assert [api.statements(read) for read in reads] == before
