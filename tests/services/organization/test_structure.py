"""Brands, departments, groups and agents over HTTP: documented; orders and -4 for unknown parents are ours."""

from __future__ import annotations

from tests.services.api import Api, items


def names(array: object) -> list[str]:
    return [item.Name for item in items(array)]


def agents(result: object) -> list[str]:
    assert result.Result, result.Message  # type: ignore[attr-defined]
    return [agent.UserName for agent in items(result.Agents)]  # type: ignore[attr-defined]


def test_server_name(api: Api) -> None:
    result = api.organization("alice").GetServerName()
    assert (result.Result, result.Message, result.ResultCode) == (True, None, 0)
    assert result.RequestResult == "Acme Helpdesk"


def test_a_portal_user_may_use_nothing_here(api: Api) -> None:
    result = api.organization("customer").GetServerName()
    assert (result.Result, result.ResultCode, result.RequestResult) == (False, -3, None)
    assert api.organization("customer").ValidateAgent().ResultCode == -3


def test_brands_and_departments(api: Api) -> None:
    alice = api.organization("alice")
    (brand,) = items(alice.GetAllBrands().Brands)
    assert (brand.ID, brand.Name) == (1, "Acme")
    assert names(alice.GetAllDepartments().Departments) == ["Support", "Sales"]
    assert names(alice.GetDepartmentsForBrand(1).Departments) == ["Support", "Sales"]
    assert names(alice.GetDeptsForUserTicketSubmission().Departments) == ["Support", "Sales"]


def test_departments_for_agents_only_are_not_open_in_the_portal(api: Api) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE departments SET ticket_submission = 'agents' WHERE id = 1")
    assert names(api.organization("alice").GetDeptsForUserTicketSubmission().Departments) == ["Sales"]


def test_groups(api: Api) -> None:
    alice = api.organization("alice")
    assert [(group.ID, group.Name) for group in items(alice.GetAllGroups().Groups)] == [
        (1, "Level 1"),
        (2, "Level 2"),
        (3, "Sales"),
    ]
    assert names(alice.GetGroupsForDepartment(1).Groups) == ["Level 1", "Level 2"]
    assert names(alice.GetGroupsForUser(4).Groups) == ["Level 1", "Level 2"]
    empty = alice.GetGroupsForUser(8)
    assert (empty.Result, items(empty.Groups)) == (True, [])


def test_agents(api: Api) -> None:
    alice = api.organization("alice")
    assert agents(alice.GetAllAgents()) == ["admin", "alice", "bob", "carol", "mary"]
    assert agents(alice.GetAgentsForDepartment(1)) == ["alice", "bob", "mary"]
    assert agents(alice.GetAgentsForGroup(1)) == ["alice", "bob", "mary"]
    assert agents(alice.GetAgentsForGroup(2)) == ["alice"]
    assert agents(alice.GetActiveTicketAgentsForGroup(1)) == ["alice", "bob"]
    assert agents(alice.GetActiveChatAgentsForGroup(1)) == ["alice", "bob"]
    assert agents(alice.GetActiveChatAgentsForGroup(2)) == []
    assert agents(alice.GetAvailableChatAgentsForGroup(1)) == ["alice", "bob"]
    (first, *_) = items(alice.GetAllAgents().Agents)
    assert (first.ID, first.UserName, first.DisplayName) == (2, "admin", "Administrator")


def test_whoever_is_away_or_at_his_maximum_is_active_but_not_available(api: Api) -> None:
    alice = api.organization("alice")
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE users SET is_away = true WHERE username = 'bob'")
        connection.exec_driver_sql("UPDATE group_members SET max_chats = 1 WHERE user_id = 4")
    assert agents(alice.GetActiveChatAgentsForGroup(1)) == ["alice", "bob"]
    assert agents(alice.GetAvailableChatAgentsForGroup(1)) == []
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE group_members SET max_chats = 2 WHERE user_id = 4")
    assert agents(alice.GetAvailableChatAgentsForGroup(1)) == ["alice"]


def test_validate_agent(api: Api) -> None:
    result = api.organization("bob").ValidateAgent()
    assert result.Result
    assert (result.Agent.ID, result.Agent.UserName, result.Agent.DisplayName) == (5, "bob", "Bob Agent")
    billing = next(role for role in items(api.organization("bob").GetAllRoles().Roles) if role.RoleName == "Billing")
    assert {1, 4, billing.RoleID} <= set(items(result.Roles))
    wrong = api.organization("bob", "wrong").ValidateAgent()
    assert (wrong.Result, wrong.ResultCode, wrong.Agent.ID) == (False, -2, 0)


def test_queue_user(api: Api) -> None:
    result = api.organization("alice").GetQueueUser()
    assert (result.Result, result.Agent.ID, result.Agent.UserName) == (True, 1, "queue")
    assert items(result.Roles) == [1]


BY_PARENT = [
    ("GetDepartmentsForBrand", "brand"),
    ("GetGroupsForDepartment", "department"),
    ("GetGroupsForUser", "user"),
    ("GetAgentsForDepartment", "department"),
    ("GetAgentsForGroup", "group"),
    ("GetActiveTicketAgentsForGroup", "group"),
    ("GetActiveChatAgentsForGroup", "group"),
    ("GetAvailableChatAgentsForGroup", "group"),
]


def test_an_unknown_parent_is_named(api: Api) -> None:
    for operation, kind in BY_PARENT:
        result = getattr(api.organization("alice"), operation)(99)
        assert (result.Result, result.ResultCode, result.Message) == (False, -4, f"There is no {kind} 99.")
