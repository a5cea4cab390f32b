"""Users over HTTP: keys and results documented; codes, uniqueness and who may do what are ours (reference notes)."""

from __future__ import annotations

import re

import requests

from tests.services.api import Api, items

LOOK_ALIKE = "\N{CYRILLIC SMALL LETTER A}lice"


def ok(result: object) -> object:
    assert result.Result, (result.ResultCode, result.Message)  # type: ignore[attr-defined]
    return result


def properties(api: Api, user_id: int, *keys: str) -> dict[str, str]:
    result = api.organization("admin").GetUsersProperties(user_id, list(keys))
    ok(result)
    return dict(line.split("=", 1) for line in items(result.RequestResults))


def create(api: Api, username: str = "dora", email: str = "dora@example.com") -> int:
    result = ok(api.organization("admin").CreateUser2(username, f"{username}-pw", email, False, "Dora Ünal"))
    return int(result.UserID)  # type: ignore[attr-defined]


def test_create_user_2_makes_a_registered_user_who_can_log_in(api: Api) -> None:
    user_id = create(api)
    assert user_id == 9
    roles = items(api.organization("admin").GetAllUserRoles(user_id).Roles)
    assert [role.RoleName for role in roles] == ["Everyone", "Registered User"]
    assert properties(api, user_id, "Username", "Email", "IsEmailVerified", "DisplayName") == {
        "Username": "dora",
        "Email": "dora@example.com",
        "IsEmailVerified": "False",
        "DisplayName": "Dora Ünal",
    }
    assert api.tickets("dora").PingService()
    assert api.organization("dora").GetServerName().ResultCode == -3


def test_create_user_makes_one_without_roles(api: Api) -> None:
    ok(api.organization("admin").CreateUser("erin", "erin-pw", "", True, ""))
    assert items(api.organization("admin").GetAllUserRoles(9).Roles) == []
    assert properties(api, 9, "DisplayName", "IsEmailVerified") == {"DisplayName": "erin", "IsEmailVerified": "False"}


NO_USERS = [
    ("", "x", "", -5, "Username"),
    (" ", "x", "", -5, "Username"),
    ("new", "", "", -5, "Password"),
    ("new", "x", "no address", -5, "Email"),
    ("n" * 10_000, "x", "", -5, "Username"),
    ("new\ttab", "x", "", -5, "Username"),
    ("new", "x" * 10_000, "", -5, "Password"),
    ("ALICE", "x", "", -6, "'ALICE'"),
    ("new", "x", "Alice@Acme.Example", -6, "'Alice@Acme.Example'"),
]


def test_what_cannot_be_a_user(api: Api) -> None:
    for username, password, email, code, said in NO_USERS:
        refuse_user(api, username, password, email, code, said)


def refuse_user(api: Api, username: str, password: str, email: str, code: int, said: str) -> None:
    admin = api.organization("admin")
    for result in (
        admin.CreateUser(username, password, email, False, "X"),
        admin.CreateUser2(username, password, email, False, "X"),
    ):
        assert (result.Result, result.ResultCode) == (False, code)
        assert said in result.Message
        assert len(result.Message) < 300
    assert admin.GetUsersProperties(9, ["Username"]).ResultCode == -4


def test_names_are_compared_without_case_and_spelling_but_not_look(api: Api) -> None:
    admin = api.organization("admin")
    ok(admin.CreateUser2("Zoë", "pw-1", "", False, "Composed"))
    assert admin.CreateUser2("zoe\u0308", "pw-2", "", False, "Decomposed").ResultCode == -6
    assert admin.CreateUser2("ZOË", "pw-2", "", False, "Upper").ResultCode == -6
    ok(admin.CreateUser2(LOOK_ALIKE, "other", "", False, "With a Cyrillic a"))
    assert api.tickets(LOOK_ALIKE, "alice-pw").PingService() is False
    assert api.tickets("alice", "other").PingService() is False
    assert api.tickets("ZOE\u0308", "pw-1").PingService()


def test_only_the_administrator_makes_and_deletes_users(api: Api) -> None:
    for who in ("mary", "alice", "customer"):
        caller = api.organization(who)
        assert caller.CreateUser("new", "pw", "", False, "New").ResultCode == -3
        assert caller.CreateUser2("new", "pw", "", False, "New").ResultCode == -3
        assert caller.DeleteUser(8).ResultCode == -3
    assert properties(api, 8, "Username") == {"Username": "customer"}


def test_properties_come_in_the_order_asked_for_and_a_password_never(api: Api) -> None:
    result = ok(
        api.organization("carol").GetUsersProperties(
            4, ["email", " Password ", "USERNAME", "Nonsense", "DateLastLogin"]
        )
    )
    assert items(result.RequestResults) == [  # type: ignore[attr-defined]
        "Email=alice@acme.example",
        "Password=",
        "Username=alice",
        "DateLastLogin=",
    ]
    assert "Nonsense" in result.Message  # type: ignore[attr-defined]


def test_all_keys_of_both_operations(api: Api) -> None:
    ok(api.organization("alice").GetServerName())
    keys = [
        "Username",
        "Password",
        "Email",
        "IsEmailVerified",
        "DisplayName",
        "DisplayNameForChat",
        "AvatarUrl",
        "TimeZoneIndex",
        "userid",
        "AuthenticationType",
        "ActiveDirectoryDomain",
        "DateLastLogin",
    ]
    by_id = items(api.organization("admin").GetUsersProperties(4, keys).RequestResults)
    by_name = items(api.organization("admin").GetUsersPropertiesbyUsername("ALICE", keys).RequestResults)
    assert by_id == by_name
    assert [line.partition("=")[0] for line in by_id] == keys
    values = dict(line.split("=", 1) for line in by_id)
    assert values["userid"] == "4"
    assert values["AuthenticationType"] == "0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", values["DateLastLogin"])
    picture = requests.get(api.url + values["AvatarUrl"].removeprefix("~"), timeout=10)
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/svg+xml")


def test_unknown_users(api: Api) -> None:
    alice = api.organization("alice")
    assert alice.GetUsersProperties(99, ["Email"]).Message == "There is no user 99."
    assert alice.GetUsersPropertiesbyUsername("nobody", ["Email"]).Message == "There is no user 'nobody'."
    assert alice.GetUsersPropertiesbyUsername("x" * 10_000, ["Email"]).ResultCode == -4
    assert alice.GetAllUserRoles(99).ResultCode == -4


def test_every_property_that_can_be_set(api: Api) -> None:
    admin = api.organization("admin")
    ok(
        admin.SetUsersProperties(
            8,
            [
                "username=Casey",
                "PASSWORD=new = pw",
                "Email=casey@example.org",
                "IsEmailVerified=yes",
                "DisplayName=Casey C",
                "DisplayNameForChat=Casey",
                "AvatarSource=2",
                "AuthenticationType=Active Directory",
                "ActiveDirectoryDomain=ACME",
            ],
        )
    )
    assert properties(
        api,
        8,
        *("Username", "Email", "IsEmailVerified", "DisplayName", "DisplayNameForChat"),
        *("AuthenticationType", "ActiveDirectoryDomain"),
    ) == {
        "Username": "Casey",
        "Email": "casey@example.org",
        "IsEmailVerified": "True",
        "DisplayName": "Casey C",
        "DisplayNameForChat": "Casey",
        "AuthenticationType": "1",
        "ActiveDirectoryDomain": "ACME",
    }
    assert re.fullmatch(r"~/Avatars/[0-9a-f]{32}\.svg", properties(api, 8, "AvatarUrl")["AvatarUrl"])
    assert api.tickets("casey", "new = pw").PingService()
    assert not api.tickets("customer").PingService()
    ok(admin.SetUsersProperties(8, ["AuthenticationType=0: Password".partition(":")[0], "AvatarSource=none"]))
    assert properties(api, 8, "AuthenticationType", "AvatarUrl") == {
        "AuthenticationType": "0",
        "AvatarUrl": "~/Avatars/default.svg",
    }


def test_a_new_password_is_the_only_one_at_once(api: Api) -> None:
    assert api.organization("alice").GetServerName().Result
    ok(api.organization("admin").SetUsersProperties(4, ["Password=fresh"]))
    assert api.organization("alice").GetServerName().ResultCode == -2
    assert api.organization("alice", "fresh").GetServerName().Result


def test_who_must_change_his_password_is_refused_until_it_is_changed_or_lifted(api: Api) -> None:
    admin = api.organization("admin")
    ok(admin.SetUsersProperties(4, ["ForcePasswordReset=True"]))
    refused = api.organization("alice").GetServerName()
    assert (refused.ResultCode, "password" in refused.Message) == (-3, True)
    ok(admin.SetUsersProperties(4, ["ForcePasswordReset=False"]))
    assert api.organization("alice").GetServerName().Result
    ok(admin.SetUsersProperties(4, ["ForcePasswordReset=1"]))
    ok(admin.SetUsersProperties(4, ["Password=fresh"]))
    assert api.organization("alice", "fresh").GetServerName().Result


BAD_CHANGES = [
    (["TimeZoneIndex=3"], -5, "Known keys"),
    (["Username="], -5, "Username"),
    (["Password="], -5, "Password"),
    (["Email=nowhere"], -5, "Email"),
    (["IsEmailVerified=perhaps"], -5, "IsEmailVerified"),
    (["AvatarSource=7"], -5, "AvatarSource"),
    (["AuthenticationType=Magic"], -5, "AuthenticationType"),
    (["DisplayName=ok", "Username=BOB"], -6, "'BOB'"),
    (["DisplayName=ok", "Email=BOB@acme.example"], -6, "BOB@acme.example"),
    (["DisplayName"], -5, "key=value"),
]


def test_a_bad_change_changes_nothing(api: Api) -> None:
    for pairs, code, said in BAD_CHANGES:
        refuse_change(api, pairs, code, said)


def refuse_change(api: Api, pairs: list[str], code: int, said: str) -> None:
    result = api.organization("admin").SetUsersProperties(4, pairs)
    assert (result.Result, result.ResultCode) == (False, code)
    assert said in result.Message
    assert properties(api, 4, "Username", "DisplayName", "Email") == {
        "Username": "alice",
        "DisplayName": "Alice Agent",
        "Email": "alice@acme.example",
    }


def test_an_agent_may_change_some_of_his_own_properties_and_nobody_elses(api: Api) -> None:
    alice = api.organization("alice")
    ok(alice.SetUsersProperties(4, ["DisplayName=Alice", "Email=a@acme.example", "Password=mine"]))
    alice = api.organization("alice", "mine")
    for pair in ("Username=al", "ForcePasswordReset=false", "IsEmailVerified=true", "AuthenticationType=1"):
        assert alice.SetUsersProperties(4, [pair]).ResultCode == -3
    assert alice.SetUsersProperties(5, ["DisplayName=Bob"]).ResultCode == -3
    assert alice.SetUsersProperties(99, ["DisplayName=Bob"]).ResultCode == -3
    assert api.organization("mary").SetUsersProperties(4, ["DisplayName=x"]).ResultCode == -3
    assert api.organization("customer").SetUsersProperties(8, ["DisplayName=x"]).ResultCode == -3
    assert api.organization("admin").SetUsersProperties(99, ["DisplayName=x"]).ResultCode == -4


def test_the_queue_and_the_system_user_have_a_name_and_no_account(api: Api) -> None:
    admin = api.organization("admin")
    ok(admin.SetUsersProperties(1, ["DisplayName=Unassigned"]))
    for user_id in (1, 3):
        assert admin.SetUsersProperties(user_id, ["Password=x"]).ResultCode == -7
        assert admin.SetUsersProperties(user_id, ["Username=x"]).ResultCode == -7
        assert admin.AddRoleToUser(user_id, 4).ResultCode == -7
    assert items(admin.GetQueueUser().Roles) == [1]


def test_a_deleted_user_is_gone_and_what_he_wrote_stays(api: Api) -> None:
    admin = api.organization("admin")
    ok(admin.DeleteUser(4))
    assert api.organization("alice").GetServerName().ResultCode == -2
    for result in (admin.GetUsersProperties(4, ["Email"]), admin.DeleteUser(4), admin.GetGroupsForUser(4)):
        assert (result.ResultCode, result.Message) == (-4, "There is no user 4.")
    assert "alice" not in [agent.UserName for agent in items(admin.GetAllAgents().Agents)]
    with api.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT agent_id FROM tickets WHERE id = 1").scalar() == 1
        notes = connection.exec_driver_sql(
            "SELECT u.display_name FROM ticket_notes n JOIN users u ON u.id = n.author_id"
        ).scalars()
        assert list(notes) == ["Alice Agent"]
    again = ok(admin.CreateUser2("alice", "other", "alice@acme.example", False, "Another Alice"))
    assert again.UserID == 9  # type: ignore[attr-defined]


def test_three_users_always_exist(api: Api) -> None:
    for user_id in (1, 2, 3):
        result = api.organization("admin").DeleteUser(user_id)
        assert (result.Result, result.ResultCode) == (False, -7)
    assert api.organization("admin").DeleteUser(99).ResultCode == -4


def link(api: Api) -> str:
    with api.engine.connect() as connection:
        to, body = connection.exec_driver_sql(
            "SELECT to_address, body FROM outgoing_mails WHERE template = 'verify-email' ORDER BY id DESC"
        ).first() or ("", "")
    assert to == "dora@example.com"
    (found,) = re.findall(r"http://\S+", body)
    return str(found)


def test_a_verification_mail_verifies_once(api: Api) -> None:
    user_id = create(api)
    admin = api.organization("admin")
    ok(admin.SendUserVerificationEmail(user_id))
    first = link(api)
    ok(admin.SendUserVerificationEmail(user_id))
    second = link(api)
    assert first != second
    assert requests.head(second, timeout=10).status_code == 200
    assert requests.get(first, timeout=10).status_code == 404
    assert properties(api, user_id, "IsEmailVerified") == {"IsEmailVerified": "False"}
    page = requests.get(second, timeout=10)
    assert (page.status_code, "verified" in page.text) == (200, True)
    assert properties(api, user_id, "IsEmailVerified") == {"IsEmailVerified": "True"}
    assert requests.get(second, timeout=10).status_code == 410
    assert admin.SendUserVerificationEmail(user_id).ResultCode == -7


def test_a_verification_link_expires(api: Api) -> None:
    user_id = create(api)
    ok(api.organization("admin").SendUserVerificationEmail(user_id))
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE email_verifications SET expires_at = '2001-01-01T00:00:00.000000+00:00'")
    assert requests.get(link(api), timeout=10).status_code == 410
    assert properties(api, user_id, "IsEmailVerified") == {"IsEmailVerified": "False"}


def test_a_link_does_not_verify_another_address(api: Api) -> None:
    user_id = create(api)
    admin = api.organization("admin")
    ok(admin.SendUserVerificationEmail(user_id))
    ok(admin.SetUsersProperties(user_id, ["Email=other@example.com"]))
    assert requests.get(link(api), timeout=10).status_code == 410
    assert properties(api, user_id, "IsEmailVerified") == {"IsEmailVerified": "False"}


def test_who_gets_no_verification_mail(api: Api) -> None:
    admin = api.organization("admin")
    assert admin.SendUserVerificationEmail(1).ResultCode == -7
    assert admin.SendUserVerificationEmail(99).ResultCode == -4
    assert api.organization("alice").SendUserVerificationEmail(5).ResultCode == -3
    assert requests.get(f"{api.url}/Verify/nonsense", timeout=10).status_code == 404


def test_custom_fields(api: Api) -> None:
    alice = api.organization("alice")
    assert items(alice.GetUserCustomFieldsList(4).RequestResults) == ["Plan=Pro"]
    admin = api.organization("admin")
    ok(admin.SetUserCustomFields(8, ["plan=free"]))
    found = alice.GetUserCustomFields(8, ["PLAN", "Account"])
    assert items(found.RequestResults) == ["Plan=Free"]
    assert "Account" in found.Message
    for pair, said in (("Account=x", "'Account'"), ("Nope=x", "'Nope'"), ("Plan=Gold", "Plan")):
        refused = admin.SetUserCustomFields(8, [pair])
        assert (refused.ResultCode, said in refused.Message) == (-5, True)
    assert alice.SetUserCustomFields(8, ["Plan=Pro"]).ResultCode == -3
    ok(alice.SetUserCustomFields(4, ["Plan=Free"]))
    assert admin.SetUserCustomFields(99, ["Plan=Pro"]).ResultCode == -4
    assert alice.GetUserCustomFields(99, ["Plan"]).ResultCode == -4
    assert alice.GetUserCustomFieldsList(99).ResultCode == -4
