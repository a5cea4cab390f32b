"""Handing chats on, ending them and receiving status over HTTP: rules are documented or ours, rights enforced."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from smartertrack_emu.domain.models import FieldTemplateEntry
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.store.unit_of_work import writing
from tests.services.api import Api, items
from tests.services.roles import take_right

from .steps import (
    ACTIVE,
    ALICE,
    BOB,
    CAROL,
    CUSTOMER,
    ENDED,
    LEVEL_1,
    LEVEL_2,
    NOBODYS,
    SALES,
    WAITING,
    delete_chat,
    events,
    good,
    refused,
)


def where(api: Api, chat: int) -> tuple[int, int, int]:
    info = good(api.chats("admin").GetChatInfo(chat)).Chat
    return info.IdDepartment, info.IdGroup, info.IdAgent


@pytest.mark.parametrize(
    ("group", "agent", "expected"),
    [
        (LEVEL_1, BOB, (1, LEVEL_1, BOB)),
        (LEVEL_2, 0, (1, LEVEL_2, 1)),
        (SALES, CAROL, (2, SALES, CAROL)),
        (SALES, 1, (2, SALES, 1)),
        (0, BOB, (1, LEVEL_1, BOB)),
        (0, 0, (1, LEVEL_1, 1)),
    ],
)
def test_transfer(api: Api, group: int, agent: int, expected: tuple[int, int, int]) -> None:
    good(api.chats("alice").TransferChat(ACTIVE, group, agent, ""))
    assert where(api, ACTIVE) == expected
    assert events(api, ACTIVE)[-1] == "Live Chat Transferred"
    assert items(good(api.chats("admin").GetChatNotes(ACTIVE)).Comments) == []


def test_transfer_with_a_note(api: Api) -> None:
    good(api.chats("alice").TransferChat(ACTIVE, SALES, CAROL, "He wants to <buy>."))
    (note,) = items(good(api.chats("carol").GetChatNotes(ACTIVE)).Comments)
    assert (note.Type, note.Sender, note.Description) == (11, "alice", "He wants to &lt;buy&gt;.")
    refused(api.chats("alice").GetChatInfo(ACTIVE), -4)


def test_transfer_to_where_it_is(api: Api) -> None:
    before = events(api, ACTIVE)
    good(api.chats("alice").TransferChat(ACTIVE, LEVEL_1, ALICE, ""))
    assert events(api, ACTIVE) == before


def test_transfers_that_cannot_be(api: Api) -> None:
    transfer = api.chats("alice").TransferChat
    refused(transfer(NOBODYS, LEVEL_1, BOB, ""), -4, f"chat {NOBODYS}")
    refused(transfer(ENDED, SALES, CAROL, ""), -4, f"chat {ENDED}")
    refused(transfer(ACTIVE, NOBODYS, 0, ""), -4, f"group {NOBODYS}")
    refused(transfer(ACTIVE, LEVEL_1, NOBODYS, ""), -4, f"agent {NOBODYS}")
    refused(transfer(ACTIVE, LEVEL_1, CUSTOMER, ""), -4, f"agent {CUSTOMER}")
    refused(transfer(ACTIVE, LEVEL_1, CAROL, "note"), -5, "targetAgentID", f"group {LEVEL_1}")
    refused(api.chats("carol").TransferChat(ENDED, SALES, 0, ""), -7, "ended")
    refused(api.chats("customer").TransferChat(ACTIVE, LEVEL_1, BOB, ""), -3)
    assert where(api, ACTIVE) == (1, LEVEL_1, ALICE)
    assert items(good(api.chats("alice").GetChatNotes(ACTIVE)).Comments) == []
    delete_chat(api.engine, ACTIVE)
    refused(transfer(ACTIVE, LEVEL_1, BOB, ""), -7, "deleted")


def test_transfers_need_rights(api: Api) -> None:
    take_right(api.engine, Right.DISTRIBUTION_TRANSFER)
    refused(api.chats("alice").TransferChat(ACTIVE, LEVEL_2, 0, ""), -3, "distribution.transfer")
    good(api.chats("alice").TransferChat(ACTIVE, LEVEL_1, BOB, ""))
    take_right(api.engine, Right.DISTRIBUTION_AGENT_TRANSFER)
    refused(api.chats("alice").TransferChat(ACTIVE, LEVEL_1, ALICE, ""), -3, "distribution.agent_transfer")
    good(api.chats("alice").TransferChat(ACTIVE, LEVEL_1, 0, ""))
    good(api.chats("admin").TransferChat(ACTIVE, SALES, CAROL, ""))


def test_hand_off(api: Api) -> None:
    good(api.chats("admin").TransferChat(WAITING, LEVEL_2, ALICE, ""))
    good(api.chats("alice").HandOffActiveChats())
    assert where(api, ACTIVE) == (1, LEVEL_1, 1)
    assert where(api, WAITING) == (1, LEVEL_2, 1)
    assert events(api, ACTIVE)[-1] == "Live Chat Transferred"
    good(api.chats("alice").HandOffActiveChats())
    good(api.chats("carol").HandOffActiveChats())
    assert where(api, ENDED) == (2, SALES, CAROL)
    refused(api.chats("customer").HandOffActiveChats(), -3)
    take_right(api.engine, Right.DISTRIBUTION_AGENT_STATUS)
    refused(api.chats("alice").HandOffActiveChats(), -3)


def test_close(api: Api) -> None:
    good(api.chats("bob").CloseChatSession(ACTIVE))
    chat = good(api.chats("alice").GetChatInfo(ACTIVE)).Chat
    assert chat.IsActive is False
    assert chat.DateEndedUtc > chat.DateStartedUtc
    assert events(api, ACTIVE)[-1] == "Live Chat Ended"
    refused(api.chats("bob").CloseChatSession(ACTIVE), -7, "ended")


def test_chats_that_cannot_be_closed(api: Api) -> None:
    refused(api.chats("alice").CloseChatSession(NOBODYS), -4, str(NOBODYS))
    refused(api.chats("alice").CloseChatSession(ENDED), -4, str(ENDED))
    refused(api.chats("customer").CloseChatSession(ACTIVE), -3)
    delete_chat(api.engine, ACTIVE)
    refused(api.chats("alice").CloseChatSession(ACTIVE), -7, "deleted")


def test_closing_needs_what_the_department_wants(api: Api) -> None:
    with writing(api.engine) as session:
        session.execute(update(FieldTemplateEntry).values(is_required_by_agents_to_close=True))
    refused(api.chats("alice").CloseChatSession(ACTIVE), -7, "Account")
    good(api.chats("alice").SetChatCustomFields(ACTIVE, ["account=Example Inc"]))
    good(api.chats("alice").CloseChatSession(ACTIVE))


def statuses(api: Api, by: str = "alice") -> dict[int, bool]:
    rows = items(good(api.chats(by).GetAgentReceivingStatus()).ReceivingStatus)
    return {row.GroupId: row.IsReceiving for row in rows}


def test_receiving_status(api: Api) -> None:
    first, second = items(good(api.chats("alice").GetAgentReceivingStatus()).ReceivingStatus)
    assert (first.DepartmentId, first.DepartmentName, first.GroupId, first.GroupName) == (1, "Support", 1, "Level 1")
    assert (first.IsReceiving, second.IsReceiving, second.GroupName) == (True, False, "Level 2")
    as_admin = good(api.chats("admin").GetAgentReceivingStatusAsAdmin("ALICE"))
    assert items(as_admin.ReceivingStatus) == [first, second]
    refused(api.chats("customer").GetAgentReceivingStatus(), -3)


def test_receiving_status_of_others(api: Api) -> None:
    refused(api.chats("mary").GetAgentReceivingStatusAsAdmin("alice"), -3)
    refused(api.chats("admin").GetAgentReceivingStatusAsAdmin("nobody"), -4, "nobody")
    refused(api.chats("admin").GetAgentReceivingStatusAsAdmin("customer"), -4, "customer")
    good(api.chats("admin").SetAgentReceivingStatusForAllGroupsAsAdmin("alice", True))
    assert statuses(api) == {LEVEL_1: True, LEVEL_2: True}
    refused(api.chats("mary").SetAgentReceivingStatusForAllGroupsAsAdmin("alice", False), -3)
    refused(api.chats("admin").SetAgentReceivingStatusForAllGroupsAsAdmin("nobody", False), -4, "nobody")


def test_set_receiving_status(api: Api) -> None:
    change = api.chats("alice").SetAgentReceivingStatus
    good(change([{"DepartmentId": 0, "GroupId": LEVEL_2, "IsReceiving": True}]))
    assert statuses(api) == {LEVEL_1: True, LEVEL_2: True}
    tickets = items(api.tickets("alice").GetAgentReceivingStatus().ReceivingStatus)
    assert [row.IsReceiving for row in tickets] == [True, True]
    wanted = [
        {"DepartmentId": 0, "GroupId": LEVEL_1, "IsReceiving": False},
        {"DepartmentId": 0, "GroupId": SALES, "IsReceiving": True},
    ]
    refused(change(wanted), -4, f"group {SALES}")
    assert statuses(api) == {LEVEL_1: True, LEVEL_2: True}
    good(change([]))
    good(api.chats("alice").SetAgentReceivingStatusForAllGroups(False))
    assert statuses(api) == {LEVEL_1: False, LEVEL_2: False}


def test_receiving_status_needs_its_right(api: Api) -> None:
    take_right(api.engine, Right.DISTRIBUTION_AGENT_STATUS)
    good(api.chats("alice").GetAgentReceivingStatus())
    refused(api.chats("alice").SetAgentReceivingStatusForAllGroups(False), -3)
    refused(api.chats("alice").SetAgentReceivingStatus([]), -3)


def test_the_number_of_statements(api: Api) -> None:
    for call in (api.chats("alice").GetAgentReceivingStatus, api.chats("alice").GetChatCounts_Global):
        assert api.statements(call) == 2
