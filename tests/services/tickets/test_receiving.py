"""Receiving status over HTTP: the operations are documented, what an unknown group means is ours."""

from __future__ import annotations

from typing import Any

import pytest

from smartertrack_emu.domain.people.models import BuiltInRole
from smartertrack_emu.domain.people.rights import Right
from tests.services.api import Api, items
from tests.services.roles import take_right
from tests.services.tickets.steps import BOB, LEVEL_1, LEVEL_2, SALES_GROUP, create, info, ok, refused

ALICES = [(1, "Support", LEVEL_1, "Level 1", True), (1, "Support", LEVEL_2, "Level 2", True)]


def statuses(answer: Any) -> list[tuple[int, str, int, str, bool]]:
    ok(answer)
    return [
        (s.DepartmentId, s.DepartmentName, s.GroupId, s.GroupName, s.IsReceiving) for s in items(answer.ReceivingStatus)
    ]


def status(group: int, *, on: bool) -> dict[str, Any]:
    return {"DepartmentId": 0, "GroupId": group, "IsReceiving": on}


def flags(api: Api, username: str) -> dict[int, bool]:
    found = statuses(api.tickets("admin").GetAgentReceivingStatusAsAdmin(username))
    return {group: on for _, _, group, _, on in found}


def test_an_agent_reads_his_groups(api: Api) -> None:
    assert statuses(api.tickets("alice").GetAgentReceivingStatus()) == ALICES
    assert statuses(api.tickets("admin").GetAgentReceivingStatus()) == []
    refused(api.tickets("customer").GetAgentReceivingStatus(), -3)


def test_an_administrator_reads_an_agents_groups(api: Api) -> None:
    assert statuses(api.tickets("admin").GetAgentReceivingStatusAsAdmin("Alice")) == ALICES
    refused(api.tickets("mary").GetAgentReceivingStatusAsAdmin("alice"), -3)
    refused(api.tickets("admin").GetAgentReceivingStatusAsAdmin("nobody"), -4, "nobody")
    refused(api.tickets("admin").GetAgentReceivingStatusAsAdmin("customer"), -4, "customer")


def test_an_agent_sets_some_groups(api: Api) -> None:
    ok(api.tickets("alice").SetAgentReceivingStatus([status(LEVEL_1, on=False)]))
    assert flags(api, "alice") == {LEVEL_1: False, LEVEL_2: True}
    assert info(api, create(api, agentID=0)).IdAgent == BOB
    ok(api.tickets("alice").SetAgentReceivingStatus([status(LEVEL_1, on=False), status(LEVEL_1, on=True)]))
    assert flags(api, "alice") == {LEVEL_1: True, LEVEL_2: True}
    ok(api.tickets("alice").SetAgentReceivingStatus([]))


def test_a_group_he_is_not_in_changes_nothing(api: Api) -> None:
    wanted = [status(LEVEL_1, on=False), status(SALES_GROUP, on=True)]
    refused(api.tickets("alice").SetAgentReceivingStatus(wanted), -4, "group 3")
    assert flags(api, "alice") == {LEVEL_1: True, LEVEL_2: True}
    assert flags(api, "carol") == {SALES_GROUP: True}


def test_an_administrator_sets_some_groups(api: Api) -> None:
    ok(api.tickets("admin").SetAgentReceivingStatusAsAdmin("alice", [status(LEVEL_2, on=False)]))
    assert flags(api, "alice") == {LEVEL_1: True, LEVEL_2: False}
    refused(api.tickets("mary").SetAgentReceivingStatusAsAdmin("alice", [status(LEVEL_2, on=True)]), -3)
    refused(api.tickets("admin").SetAgentReceivingStatusAsAdmin("bob", [status(LEVEL_2, on=True)]), -4, "group 2")
    refused(api.tickets("admin").SetAgentReceivingStatusAsAdmin("", [status(LEVEL_2, on=True)]), -4)


def test_an_agent_sets_all_groups(api: Api) -> None:
    ok(api.tickets("alice").SetAgentReceivingStatusForAllGroups(False))
    assert flags(api, "alice") == {LEVEL_1: False, LEVEL_2: False}
    assert flags(api, "bob") == {LEVEL_1: True}
    ok(api.tickets("alice").SetAgentReceivingStatusForAllGroups(True))
    assert flags(api, "alice") == {LEVEL_1: True, LEVEL_2: True}


def test_an_administrator_sets_all_groups(api: Api) -> None:
    ok(api.tickets("admin").SetAgentReceivingStatusForAllGroupsAsAdmin("alice", False))
    assert flags(api, "alice") == {LEVEL_1: False, LEVEL_2: False}
    refused(api.tickets("mary").SetAgentReceivingStatusForAllGroupsAsAdmin("alice", True), -3)
    refused(api.tickets("admin").SetAgentReceivingStatusForAllGroupsAsAdmin("nobody", True), -4)


def test_ones_own_status_needs_a_right(api: Api) -> None:
    take_right(api.engine, Right.DISTRIBUTION_AGENT_STATUS, BuiltInRole.AGENT)
    refused(api.tickets("alice").SetAgentReceivingStatus([status(LEVEL_1, on=False)]), -3)
    refused(api.tickets("alice").SetAgentReceivingStatusForAllGroups(False), -3)
    assert flags(api, "alice") == {LEVEL_1: True, LEVEL_2: True}
    ok(api.tickets("mary").SetAgentReceivingStatusForAllGroups(True))


def test_chats_are_another_matter(api: Api) -> None:
    ok(api.tickets("alice").SetAgentReceivingStatusForAllGroups(False))
    found = items(ok(api.chats("alice").GetAgentReceivingStatus()).ReceivingStatus)
    assert [s.IsReceiving for s in found] == [True, False]


@pytest.mark.parametrize("username", ["alice", "carol"])
def test_reading_takes_as_many_statements_whoever_has_how_many_groups(api: Api, username: str) -> None:
    caller, admin = api.tickets(username), api.tickets("admin")
    assert api.statements(caller.GetAgentReceivingStatus) == 2
    assert api.statements(lambda: admin.GetAgentReceivingStatusAsAdmin(username)) == 4
