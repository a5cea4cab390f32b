"""Roles and permissions over HTTP: names documented; defaults, codes and what is enforced at once are ours."""

from __future__ import annotations

import pytest

from smartertrack_emu.domain.people.rights import Right
from tests.services.api import Api, items

RIGHTS = {
    "SetNewsPermissions": ["Create", "Modify", "Delete", "MarkReviewed", "View"],
    "SetTicketPermissions": ["MarkAsDeleted", "ViewQueue"],
    "SetTaskPermissions": ["Create", "Modify", "Delete", "View", "ChangeDates"],
    "SetCallLogPermissions": ["Create", "Modify", "Delete", "View"],
    "SetWhosOnPermissions": ["View"],
    "SetEventPermissions": ["Manage"],
    "SetDistributionPermissions": ["Transfer", "AgentTransfer", "AgentStatus"],
    "SetLiveChatPermissions": ["InstantMessages", "ChatRooms", "CreateChatRooms", "ViewQueue"],
}
AREAS = dict(
    zip(
        RIGHTS,
        ("news", "tickets", "tasks", "calllogs", "whoson", "events", "distribution", "livechat"),
        strict=True,
    )
)


def roles(api: Api) -> dict[str, int]:
    return {role.RoleName: role.RoleID for role in items(api.organization("admin").GetAllRoles().Roles)}


def rights(api: Api, role_id: int, area: str) -> set[str]:
    with api.engine.connect() as connection:
        found = connection.exec_driver_sql(f'SELECT "right" FROM role_rights WHERE role_id = {role_id}').scalars()
        return {right for right in found if right.startswith(f"{area}.")}


def version(api: Api) -> int:
    with api.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT rights_version FROM installation").scalar() or 0)


def test_the_roles_that_always_exist(api: Api) -> None:
    found = items(api.organization("alice").GetAllRoles().Roles)
    assert [(role.RoleID, role.RoleName, role.IsEmployee) for role in found][:6] == [
        (1, "Everyone", False),
        (2, "Registered User", False),
        (3, "Verified User", False),
        (4, "Agent", True),
        (5, "Manager", True),
        (6, "System Administrator", True),
    ]
    assert "Billing" in roles(api)


def test_a_role_of_ones_own(api: Api) -> None:
    admin = api.organization("admin")
    before = version(api)
    assert admin.AddRole("Night shift", True).Result
    night = roles(api)["Night shift"]
    assert version(api) > before
    assert api.organization("customer").GetServerName().ResultCode == -3
    assert admin.AddRoleToUser(8, night).Result
    assert api.organization("customer").GetServerName().Result
    assert "customer" in [agent.UserName for agent in items(admin.GetAllAgents().Agents)]
    assert admin.RemoveRole(night).Result
    assert api.organization("customer").GetServerName().ResultCode == -3
    assert "Night shift" not in roles(api)
    assert night not in [role.RoleID for role in items(admin.GetAllUserRoles(8).Roles)]
    assert admin.AddRole("Next", False).Result
    assert roles(api)["Next"] != night


def test_what_cannot_be_a_role(api: Api) -> None:
    before = roles(api)
    for name, code in (("", -5), ("  ", -5), ("x" * 10_000, -5), ("a\nb", -5), ("AGENT", -6), ("billing", -6)):
        assert api.organization("admin").AddRole(name, True).ResultCode == code
    assert roles(api) == before


def test_removing_roles(api: Api) -> None:
    admin = api.organization("admin")
    for role_id in range(1, 7):
        assert admin.RemoveRole(role_id).ResultCode == -7
    assert admin.RemoveRole(99).Message == "There is no role 99."
    assert admin.RemoveRole(-1).ResultCode == -4


def test_giving_and_taking_roles(api: Api) -> None:
    admin = api.organization("admin")
    assert admin.AddRoleToUser(8, 3).Result
    assert admin.AddRoleToUser(8, 3).Result
    assert [role.RoleID for role in items(admin.GetAllUserRoles(8).Roles)].count(3) == 1
    assert admin.RemoveRoleFromUser(8, 3).Result
    for result in (
        admin.RemoveRoleFromUser(8, 3),
        admin.RemoveRoleFromUser(8, 99),
        admin.RemoveRoleFromUser(99, 3),
        admin.AddRoleToUser(8, 99),
        admin.AddRoleToUser(99, 3),
    ):
        assert result.ResultCode == -4
    assert admin.RemoveRoleFromUser(2, 6).ResultCode == -7
    assert admin.AddRoleToUser(4, 6).Result
    assert api.organization("alice").AddRole("by alice", False).Result
    assert admin.RemoveRoleFromUser(4, 6).Result
    assert api.organization("alice").AddRole("by alice again", False).ResultCode == -3


@pytest.mark.parametrize("operation", RIGHTS)
def test_a_list_replaces_what_was_allowed(api: Api, operation: str) -> None:
    admin, area = api.organization("admin"), AREAS[operation]
    names = RIGHTS[operation]
    set_permissions = getattr(admin, operation)
    every = {right.value for right in Right if right.value.startswith(f"{area}.")}
    before = version(api)
    assert set_permissions([name.upper() for name in names], 4).Result
    assert rights(api, 4, area) == every
    assert set_permissions(names[:1], 4).Result
    assert len(rights(api, 4, area)) == 1
    for result, code in (
        (set_permissions([*names, "Fly"], 4), -5),
        (set_permissions(names, 99), -4),
        (getattr(api.organization("mary"), operation)(names, 4), -3),
        (getattr(api.organization("alice"), operation)(names, 4), -3),
    ):
        assert result.ResultCode == code
    assert len(rights(api, 4, area)) == 1
    assert set_permissions([], 4).Result
    assert rights(api, 4, area) == set()
    assert version(api) == before + 3


def test_the_refusal_lists_what_there_is(api: Api) -> None:
    message = api.organization("admin").SetTaskPermissions(["Fly"], 4).Message
    assert message == (
        "allowedPermissions: 'Fly' is not known. Known permissions: Create, Modify, Delete, View, ChangeDates."
    )


def test_permissions_of_a_knowledge_base_folder(api: Api) -> None:
    admin = api.organization("admin")
    assert admin.SetKBPermissions(["View", "Modify"], 4, 2).Result
    assert admin.SetKBPermissions(["View"], 4, 2).Result
    with api.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT folder_id, role_id, may_view, may_modify FROM kb_folder_rights").all()
    assert [tuple(map(int, row)) for row in rows] == [(2, 4, 1, 0)]
    assert admin.SetKBPermissions(["View", "Create"], 4, 0).Result
    assert rights(api, 4, "kb") == {"kb.view", "kb.create"}
    assert admin.SetKBPermissions(["View"], 4, 99).ResultCode == -4
    assert admin.SetKBPermissions(["View"], 99, 2).ResultCode == -4
    assert admin.SetKBPermissions(["Fly"], 4, 2).ResultCode == -5


def test_reports_have_stable_guids_that_permissions_name(api: Api) -> None:
    admin = api.organization("admin")
    reports = items(api.organization("alice").GetAllReports().Reports)
    by_name = {report.ReportName: report.ReportID for report in reports}
    assert by_name["Ticket Overview"] == "6864442e-2f23-583e-ad3f-43e47fc07fa9"
    assert len(set(by_name.values())) == len(reports)
    guid = by_name["Ticket Overview"]
    assert admin.SetReportPermissions([f"{{{guid.upper()}}}", guid], 4).Result
    assert admin.SetReportPermissions([guid, "00000000-0000-0000-0000-000000000000"], 4).ResultCode == -4
    assert admin.SetReportPermissions([guid], 99).ResultCode == -4
    with api.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT role_id, report_id FROM role_reports").all() == [(4, guid)]
    assert admin.SetReportPermissions([], 4).Result
    with api.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM role_reports").scalar() == 0


def test_the_management_area_has_no_permissions_any_more(api: Api) -> None:
    before = version(api)
    assert api.organization("admin").SetManageAreaPermissions(["Anything"], 4).Result
    assert api.organization("admin").SetManageAreaPermissions([], 99).ResultCode == -4
    assert version(api) == before


def test_the_administrators_rights_cannot_be_reduced(api: Api) -> None:
    admin = api.organization("admin")
    assert admin.SetTaskPermissions([], 6).Result
    assert admin.SetCallLogPermissions([], 6).Result
    assert admin.AddRole("still allowed", False).Result
