"""Customers' organizations over HTTP: operations and types of members documented; codes and comparison are ours."""

from __future__ import annotations

from tests.services.api import Api, items


def test_create_edit_remove(api: Api) -> None:
    admin = api.organization("admin")
    created = admin.CreateOrganization(["name=Döner GmbH", "Website=https://doener.example/?a=b"])
    assert created.Result, created.Message
    made = created.Organization
    assert (made.Name, made.Website, made.PhoneNumber) == ("Döner GmbH", "https://doener.example/?a=b", None)
    edited = admin.EditOrganization(made.OrganizationID, ["PhoneNumber=+49 30 1"]).Organization
    assert (edited.Name, edited.Website, edited.PhoneNumber) == (made.Name, made.Website, "+49 30 1")
    assert admin.EditOrganization(made.OrganizationID, ["Name=DÖNER GMBH"]).Result
    found = api.organization("alice").GetOrganizationByName("döner gmbh").Organization
    assert (found.OrganizationID, found.Name) == (made.OrganizationID, "DÖNER GMBH")
    assert api.organization("alice").GetOrganizationByID(made.OrganizationID).Organization.Name == "DÖNER GMBH"
    removed = admin.RemoveOrganization(made.OrganizationID)
    assert (removed.Result, removed.Organization.Name) == (True, "DÖNER GMBH")
    assert admin.GetOrganizationByID(made.OrganizationID).ResultCode == -4
    assert admin.RemoveOrganization(made.OrganizationID).ResultCode == -4
    again = admin.CreateOrganization(["Name=New"]).Organization
    assert again.OrganizationID != made.OrganizationID


def test_list(api: Api) -> None:
    result = api.organization("carol").GetAllOrganizations()
    ours = [(found.OrganizationID, found.Name, found.PhoneNumber) for found in items(result.Organizations)]
    assert ours == [(1, "Example Inc", "+1 555 0101")]


def test_what_cannot_be_an_organization(api: Api) -> None:
    admin = api.organization("admin")
    other = admin.CreateOrganization(["Name=Other"]).Organization.OrganizationID
    assert admin.CreateOrganization([]).ResultCode == -5
    for values, code in (
        (["Name= "], -5),
        (["Name=" + "x" * 10_000], -5),
        (["Name=a\nb"], -5),
        (["Name=x", "Colour=red"], -5),
        (["Name=EXAMPLE INC"], -6),
    ):
        assert admin.CreateOrganization(values).ResultCode == code
        assert admin.EditOrganization(other, values).ResultCode == code
    assert admin.EditOrganization(99, ["Name=x"]).ResultCode == -4
    names = [found.Name for found in items(admin.GetAllOrganizations().Organizations)]
    assert names == ["Example Inc", "Other"]


def test_members(api: Api) -> None:
    admin = api.organization("admin")
    given = [(1, "customer"), (2, "info@example.com"), (3, "example.org"), (4, "+1 555 0100")]
    ids = [admin.AddMemberToOrganization(1, kind, value).ID for kind, value in given]
    assert len(set(ids)) == 4
    members = items(api.organization("alice").GetAllMembersInOrganization(1).OrganizationMembers)
    assert [(member.Type, member.Value) for member in members] == [(3, "example.com"), *given]
    removed = admin.RemoveMemberFromOrganization(ids[0])
    assert (removed.Result, removed.ID) == (True, ids[0])
    assert admin.RemoveMemberFromOrganization(ids[0]).ResultCode == -4
    left = items(admin.GetAllMembersInOrganization(1).OrganizationMembers)
    assert [member.ID for member in left] == [1, *ids[1:]]


def test_what_cannot_be_a_member(api: Api) -> None:
    for organization_id, kind, value, code in (
        (99, 1, "customer", -4),
        (1, 0, "customer", -5),
        (1, 5, "customer", -5),
        (1, 1, "", -5),
        (1, 2, "no address", -5),
        (1, 3, "an@address", -5),
        (1, 4, "none", -5),
        (1, 3, "EXAMPLE.com", -6),
    ):
        result = api.organization("admin").AddMemberToOrganization(organization_id, kind, value)
        assert (result.Result, result.ResultCode, result.ID) == (False, code, 0)


def test_only_the_administrator_writes_and_every_employee_reads(api: Api) -> None:
    for who in ("alice", "mary", "customer"):
        read_and_try_to_write(api, who)


def read_and_try_to_write(api: Api, who: str) -> None:
    caller = api.organization(who)
    for result in (
        caller.CreateOrganization(["Name=x"]),
        caller.EditOrganization(1, ["Name=x"]),
        caller.AddMemberToOrganization(1, 1, "x"),
        caller.RemoveMemberFromOrganization(1),
        caller.RemoveOrganization(1),
    ):
        assert result.ResultCode == -3
    code = -3 if who == "customer" else 0
    for result in (
        caller.GetAllOrganizations(),
        caller.GetOrganizationByID(1),
        caller.GetOrganizationByName("example inc"),
        caller.GetAllMembersInOrganization(1),
    ):
        assert result.ResultCode == code


def test_unknown_organizations(api: Api) -> None:
    alice = api.organization("alice")
    assert alice.GetOrganizationByID(99).Message == "There is no organization 99."
    assert alice.GetOrganizationByName("Nope").Message == "There is no organization 'Nope'."
    assert alice.GetOrganizationByName("").ResultCode == -4
    assert alice.GetAllMembersInOrganization(99).ResultCode == -4
