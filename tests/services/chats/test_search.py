"""Finding chats over HTTP: members and keys are documented, what is seen by whom and the order is ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.chats import lifecycle
from smartertrack_emu.domain.chats.models import Chat, SenderKind
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.services.api import Api, items
from tests.services.roles import take_right

from .steps import (
    ACTIVE,
    ALICE,
    CAROL,
    CUSTOMER,
    ENDED,
    LEVEL_1,
    NOBODYS,
    WAITING,
    delete_chat,
    good,
    refused,
)

LEAST = datetime(1, 1, 1)  # noqa: DTZ001 - DateTime.MinValue


def found(api: Api, *criteria: str, by: str = "admin") -> list[int]:
    return [chat.ID for chat in items(good(api.chats(by).GetChatsBySearch(list(criteria))).Chats)]


def test_all_members(api: Api) -> None:
    with reading(api.engine) as session:
        started_at = session.get_one(Chat, ACTIVE).started_at
    with clock.frozen(started_at + timedelta(minutes=5, microseconds=1)):
        chat = good(api.chats("alice").GetChatInfo(ACTIVE)).Chat
    assert (chat.CustomerDisplayName, chat.CustomerEmailAddress) == ("Casey Customer", "customer@example.com")
    assert (chat.CustomerIp, chat.CustomerLanguage, chat.IdCustomer) == ("192.0.2.10", "en", CUSTOMER)
    assert (chat.ID, chat.IdAgent, chat.IdDepartment, chat.IdGroup) == (ACTIVE, ALICE, 1, LEVEL_1)
    assert (chat.IsActive, chat.IsDeleted) == (True, False)
    assert (chat.ReplyCountIn, chat.ReplyCountOut) == (1, 1)
    assert chat.DateQueuedUtc == chat.DateStartedUtc == started_at
    assert chat.LastReplyDateUtc == started_at + timedelta(minutes=2)
    assert chat.DateDeletedUtc == chat.DateEndedUtc == LEAST
    assert chat.SessionLengthInSeconds == 300


def test_one_that_is_over(api: Api) -> None:
    chat = good(api.chats("carol").GetChatInfo(ENDED)).Chat
    assert (chat.IsActive, chat.IdCustomer) == (False, 0)
    assert chat.SessionLengthInSeconds == 3600
    assert chat.DateEndedUtc == chat.DateStartedUtc + timedelta(hours=1)


def test_counts_stop_at_the_end_of_32_bits(api: Api) -> None:
    end, long_ago = 2**31 - 1, datetime(1900, 1, 1, tzinfo=UTC)
    with writing(api.engine) as session:
        chat = session.get_one(Chat, ACTIVE)
        chat.reply_count_in = chat.reply_count_out = end
        chat.started_at = chat.queued_at = long_ago
        lifecycle.say(session, chat, SenderKind.USER, "Hello?")
        lifecycle.say(session, chat, SenderKind.AGENT, "Yes.")
    for _ in range(2):
        ages = (long_ago.replace(year=2), long_ago.replace(year=9999))
        good(api.chats("alice").AddChatTimeLog(ACTIVE, "Ages", 0, 1, "", *ages, False))
    found = good(api.chats("alice").GetChatInfo(ACTIVE)).Chat
    assert (found.ReplyCountIn, found.ReplyCountOut, found.SessionLengthInSeconds) == (end, end, end)
    logged = good(api.chats("alice").GetChatProperties(ACTIVE, ["TimeLoggedMinutes"])).RequestResults
    assert items(logged) == [f"TimeLoggedMinutes={end}"]


def test_by_number_in_any_letter_case(api: Api) -> None:
    number = good(api.chats("alice").GetChatInfo(ACTIVE)).Chat.ChatNumber
    for word in (number, number.lower(), f" {number} "):
        assert good(api.chats("alice").GetChatInfoByChatNumber(word)).Chat.ID == ACTIVE
    refused(api.chats("carol").GetChatInfoByChatNumber(number), -4, number)


def test_a_chat_one_may_not_see_is_one_that_is_not_there(api: Api) -> None:
    absent = refused(api.chats("alice").GetChatInfo(NOBODYS), -4, f"chat {NOBODYS}")
    hidden = refused(api.chats("alice").GetChatInfo(ENDED), -4, f"chat {ENDED}")
    assert absent.Message.replace(str(NOBODYS), str(ENDED)) == hidden.Message
    refused(api.chats("customer").GetChatInfo(ACTIVE), -3)
    good(api.chats("mary").GetChatInfo(ENDED))


def test_the_queue_needs_its_right(api: Api) -> None:
    good(api.chats("alice").GetChatInfo(WAITING))
    take_right(api.engine, Right.LIVE_CHAT_VIEW_QUEUE)
    refused(api.chats("alice").GetChatInfo(WAITING), -4)
    refused(api.chats("mary").GetChatInfo(WAITING), -4)
    assert found(api, "IncludeQueue=true", by="mary") == [ACTIVE, ENDED]
    assert found(api, "IncludeQueue=true") == [WAITING, ACTIVE, ENDED]


def test_no_criteria_give_all_but_the_queues(api: Api) -> None:
    assert found(api) == [ACTIVE, ENDED]
    assert found(api, by="alice") == [ACTIVE]
    assert found(api, by="carol") == [ENDED]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (["IncludeQueue=true"], [WAITING, ACTIVE, ENDED]),
        (["includequeue=1", "SORTORDER=ascending"], [ENDED, ACTIVE, WAITING]),
        (["IncludeQueue=true", "UserID=4"], [WAITING, ACTIVE]),
        (["UserID=1"], [WAITING]),
        (["UserID=4"], [ACTIVE]),
        (["UserID=999"], []),
        (["IncludeQueue=true", "DepartmentID=1"], [WAITING, ACTIVE]),
        (["DepartmentID=2"], [ENDED]),
        (["GroupID=3"], [ENDED]),
        (["GroupID=2"], []),
        (["IsActive=true"], [ACTIVE]),
        (["IsActive=False"], [ENDED]),
        (["IsDeleted=true"], []),
        (["CustomerName=CASEY"], [ACTIVE]),
        (["CustomerName=visitor"], [ENDED]),
        (["CustomerName=%"], []),
        (["SearchString=hello"], [ACTIVE]),
        (["SearchString=hello alice"], [ACTIVE]),
        (["SearchString=hello nobody"], []),
        (['SearchString="this is alice"'], [ACTIVE]),
        (['SearchString="hello hi"'], []),
        (["SearchString=hel*"], [ACTIVE]),
        (["SearchString=casey -hello"], []),
        (["SearchString=customer@example.com"], [ACTIVE]),
        (["SearchString=anybody"], []),
        (["SearchString=anybody", "IncludeQueue=yes"], [WAITING]),
        (["SearchString="], [ACTIVE, ENDED]),
        (["SearchString=-hello"], [ENDED]),
        (["MaxResults=1"], [ACTIVE]),
        (["DateStartUTC=1/1/2999"], []),
        (["DateEndUTC=1999-01-01"], []),
        (["ChatNumber=nothing"], []),
    ],
)
def test_criteria(api: Api, criteria: list[str], expected: list[int]) -> None:
    assert found(api, *criteria) == expected


def test_by_its_number(api: Api) -> None:
    number = good(api.chats("alice").GetChatInfo(ACTIVE)).Chat.ChatNumber
    assert found(api, f"ChatNumber={number.lower()}") == [ACTIVE]
    assert found(api, f"SearchString={number}") == [ACTIVE]
    assert found(api, f"SearchString={number.split('-')[1]}") == [ACTIVE]


def test_dates_include_both_ends(api: Api) -> None:
    at = datetime(2024, 5, 1, 12, tzinfo=UTC)
    with writing(api.engine) as session:
        session.execute(update(Chat).where(Chat.id == ENDED).values(started_at=at, queued_at=at))
    assert found(api, "DateStartUTC=2024-05-01T12:00:00", "DateEndUTC=5/1/2024 12:00:00 PM") == [ENDED]
    assert found(api, "DateStartUTC=2024-05-01T12:00:01", "DateEndUTC=2024-05-02") == []


def test_deleted_ones_are_found_only_when_asked_for(api: Api) -> None:
    delete_chat(api.engine, ENDED)
    assert found(api) == [ACTIVE]
    assert found(api, "IsDeleted=true") == [ENDED]
    assert good(api.chats("carol").GetChatInfo(ENDED)).Chat.IsDeleted is True


@pytest.mark.parametrize(
    ("criterion", "word"),
    [
        ("Nonsense=1", "Nonsense"),
        ("UserID=x", "UserID"),
        ("IsActive=maybe", "IsActive"),
        ("MaxResults=0", "MaxResults"),
        ("MaxResults=-1", "MaxResults"),
        ("SortOrder=sideways", "SortOrder"),
        ("DateStartUTC=never", "DateStartUTC"),
        ("GroupID", "GroupID"),
    ],
)
def test_bad_criteria_are_named(api: Api, criterion: str, word: str) -> None:
    refused(api.chats("alice").GetChatsBySearch([criterion]), -5, word)


def test_what_is_said_is_found_at_once(api: Api) -> None:
    with writing(api.engine) as session:
        chat = session.get_one(Chat, ACTIVE)
        lifecycle.say(session, chat, SenderKind.USER, "Es geht um die Größe des Zeppelins, Nr. 4711.")
    assert found(api, "SearchString=zeppelins") == [ACTIVE]
    assert found(api, "SearchString=GROSSE") == [ACTIVE]
    assert found(api, "SearchString=größe 4711") == [ACTIVE]
    assert found(api, 'SearchString="alice es geht"') == []


def test_a_customer_who_registers_later(api: Api) -> None:
    good(api.organization("admin").CreateUser("old", "old-pw-1", "OLD@example.com", True, "Old"))
    assert good(api.chats("carol").GetChatInfo(ENDED)).Chat.IdCustomer > CUSTOMER


def test_the_number_of_statements(api: Api) -> None:
    def search() -> Any:
        return api.chats("alice").GetChatsBySearch(["IncludeQueue=true", "SearchString=-nothing"])

    assert api.statements(search) == 2
    with writing(api.engine) as session:
        for _ in range(20):
            chat = lifecycle.start(session, group_id=LEVEL_1, customer_name="X", agent_id=CAROL)
            lifecycle.say(session, chat, SenderKind.USER, "hello")
    assert api.statements(search) == 2
