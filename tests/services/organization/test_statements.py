"""How many SQL statements reading costs, the login among them: ours, the same however many rows there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from smartertrack_emu.domain.customfields.models import CustomField, CustomFieldOption
from smartertrack_emu.domain.organizations.models import MemberType, Organization, OrganizationMember
from smartertrack_emu.domain.people.models import Role, User, UserRole
from smartertrack_emu.domain.structure.models import Brand, Department, Group, GroupMember
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.domain.timelogs.models import TimeLogCategory
from tests.services.api import Api, Caller, items

COSTS: dict[str, tuple[int, tuple[Any, ...]]] = {
    "GetServerName": (2, ()),
    "GetAllBrands": (2, ()),
    "GetDeptsForUserTicketSubmission": (2, ()),
    "GetAllDepartments": (2, ()),
    "GetDepartmentsForBrand": (3, (1,)),
    "GetAllGroups": (2, ()),
    "GetGroupsForUser": (3, (4,)),
    "GetGroupsForDepartment": (3, (1,)),
    "ValidateAgent": (1, ()),
    "GetQueueUser": (2, ()),
    "GetAllAgents": (2, ()),
    "GetAgentsForDepartment": (3, (1,)),
    "GetActiveTicketAgentsForGroup": (3, (1,)),
    "GetActiveChatAgentsForGroup": (3, (1,)),
    "GetAvailableChatAgentsForGroup": (3, (1,)),
    "GetAgentsForGroup": (3, (1,)),
    "GetUsersProperties": (2, (4, ["Email", "AvatarUrl", "DateLastLogin"])),
    "GetUsersPropertiesbyUsername": (2, ("alice", ["Email"])),
    "GetUserCustomFields": (3, (4, ["Plan"])),
    "GetUserCustomFieldsList": (3, (4,)),
    "GetAllRoles": (2, ()),
    "GetAllUserRoles": (3, (4,)),
    "GetAllReports": (1, ()),
    "GetAllCustomFields": (3, ()),
    "GetAllTimeLogCategories": (2, ()),
    "GetActiveItemCounts": (2, (False,)),
    "GetDailyTotals": (3, (False,)),
    "GetOrganizationByID": (2, (1,)),
    "GetOrganizationByName": (2, ("Example Inc",)),
    "GetAllMembersInOrganization": (3, (1,)),
    "GetAllOrganizations": (2, ()),
}


def measured(api: Api, caller: Caller) -> dict[str, int]:
    counts = {}
    for operation, (_, arguments) in COSTS.items():
        with api.counting() as statements:
            assert getattr(caller, operation)(*arguments).Result
        counts[operation] = len(statements)
    return counts


def test_reading_costs_the_same_few_statements_with_many_rows(api: Api) -> None:
    expected = {operation: count for operation, (count, _) in COSTS.items()}
    alice = api.organization("alice")
    alice.GetServerName()  # the login is recorded, the roles are known
    assert measured(api, alice) == expected
    _fill(api, agents=500, tickets=2000)
    assert measured(api, alice) == expected
    assert len(items(alice.GetAllAgents().Agents)) == 505
    counts = items(alice.GetActiveItemCounts(False).ActiveItems)
    assert (len(counts), sum(count.ActiveTicketsCount for count in counts)) == (505, 2001)


def _fill(api: Api, agents: int, tickets: int) -> None:
    numbers = range(1000, 1000 + agents)

    def rows(values: Callable[[int], dict[str, Any]], count: int = 100) -> list[dict[str, Any]]:
        return [values(n) for n in range(1000, 1000 + count)]

    with Session(api.engine) as session:
        for model, given in (
            (User, [{"id": n, "username": f"agent{n}", "display_name": f"Agent {n}"} for n in numbers]),
            (UserRole, [{"user_id": n, "role_id": 4} for n in numbers]),
            (Brand, rows(lambda n: {"id": n, "name": f"Brand {n}"})),
            (Department, rows(lambda n: {"id": n, "name": f"Department {n}", "brand_id": 1})),
            (Group, rows(lambda n: {"id": n, "name": f"Group {n}", "department_id": 1})),
            (GroupMember, [{"group_id": 1, "user_id": n, "receives_chats": True} for n in numbers]),
            (GroupMember, rows(lambda n: {"group_id": n, "user_id": 4})),
            (Role, rows(lambda n: {"id": n, "name": f"Role {n}"})),
            (UserRole, rows(lambda n: {"role_id": n, "user_id": 4})),
            (CustomField, rows(lambda n: {"id": n, "display_name": f"Field {n}", "is_global": True})),
            (CustomFieldOption, rows(lambda n: {"field_id": n, "value": f"Option {n}"})),
            (TimeLogCategory, rows(lambda n: {"id": n, "name": f"Category {n}"})),
            (Organization, rows(lambda n: {"id": n, "name": f"Organization {n}"})),
            (
                OrganizationMember,
                rows(lambda n: {"organization_id": 1, "type": MemberType.USERNAME, "value": f"user{n}"}),
            ),
            (
                Ticket,
                rows(
                    lambda n: {
                        "number": f"T{n}",
                        "portal_token": f"T{n}",
                        "brand_id": 1,
                        "department_id": 1,
                        "group_id": 1,
                        "agent_id": 1000 + n % agents,
                    },
                    tickets,
                ),
            ),
        ):
            session.execute(insert(model), given)
        session.commit()
