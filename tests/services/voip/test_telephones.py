"""svcVoip over HTTP, all but recordings: members and settings are documented, who is a contact and tokens are ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine, select, text, update

from smartertrack_emu.config import Settings
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import Chat, Group, GroupMember, LoginHandshake, User, VoipAccount
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.services.api import Api, RunningServer, items

ALICE, BOB, CAROL = 4, 5, 6
GUIDS = ("0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7")


def give_bob_two_accounts(api: Api) -> None:
    with writing(api.engine) as session:
        session.add_all(
            VoipAccount(guid=guid, user_id=BOB, extension=f"20{line}", country_code="49", phone_number="30 1234-56")
            for line, guid in enumerate(GUIDS)
        )


def contacts(api: Api, by: str) -> list[Any]:
    answer = api.voip(by).GetContacts()
    assert answer.Result, answer.Message
    return items(answer.Contacts)


def available(api: Api) -> list[bool]:
    return [one.IsAvailable for one in contacts(api, "alice") if one.UserID == BOB]


def found(api: Api, term: str, limit: int = 10) -> list[str]:
    answer = api.voip("bob").SearchUsers(term, limit)
    assert answer.Result, answer.Message
    return [user.UserName for user in items(answer.Users)]


def test_contacts_are_everybody_else_and_groups_with_an_extension(api: Api) -> None:
    give_bob_two_accounts(api)
    with writing(api.engine) as session:
        session.execute(update(Group).where(Group.id == 1).values(extension="700"))
    listed = contacts(api, "alice")
    assert [(one.UserID, one.GroupID, one.IsGroup, one.Extension) for one in listed] == [
        (BOB, None, False, "200"),
        (BOB, None, False, "201"),
        (None, 1, True, "700"),
    ]
    assert [one.VoipAccountGuid or "" for one in listed] == [*GUIDS, ""]
    assert (listed[0].DisplayName, listed[2].DisplayName) == ("Bob Agent", "Level 1")
    assert (listed[0].CountryCode, listed[0].PhoneNumber) == ("49", "30 1234-56")
    assert [one.IsAvailable for one in listed] == [True, True, True]
    assert [one.UserID for one in contacts(api, "bob")] == [ALICE, None]


def test_nobody_to_ring(api: Api) -> None:
    assert contacts(api, "alice") == []


def test_away_and_back(api: Api) -> None:
    give_bob_two_accounts(api)
    assert api.voip("bob").SetAFKStatus(True).Result
    assert available(api) == [False, False]
    assert api.voip("bob").SetAFKStatus(True).Result
    assert api.voip("bob").SetAFKStatus(False).Result
    assert available(api) == [True, True]
    assert api.voip("customer").SetAFKStatus(True).ResultCode == -3


def test_availability_of_one_and_of_all(api: Api) -> None:
    give_bob_two_accounts(api)
    bob = api.voip("bob")
    assert bob.SetAvailability(f"{{{GUIDS[1].upper()}}}", False).Result
    assert available(api) == [True, False]
    assert bob.SetAvailability("", False).Result
    assert available(api) == [False, False]
    assert bob.SetAvailability(GUIDS[0], True).Result
    assert available(api) == [True, False]
    assert bob.SetAvailability("", True).Result
    assert available(api) == [True, True]


def test_availability_of_none(api: Api) -> None:
    give_bob_two_accounts(api)
    for guid in ("nonsense", "00000000-0000-0000-0000-000000000000", GUIDS[0]):
        assert api.voip("alice").SetAvailability(guid, False).ResultCode == -4
    assert available(api) == [True, True]
    assert api.voip("carol").SetAvailability("", False).Result  # she has none
    assert api.voip("customer").SetAvailability("", False).ResultCode == -3


def test_a_group_rings_while_a_member_can(api: Api) -> None:
    give_bob_two_accounts(api)
    with writing(api.engine) as session:
        session.execute(update(Group).where(Group.id == 1).values(extension="700"))

    def rings() -> bool:
        return bool(contacts(api, "carol")[-1].IsAvailable)

    assert api.voip("bob").SetAFKStatus(True).Result
    assert rings()  # alice
    assert api.voip("alice").SetAvailability("", False).Result
    assert not rings()


def test_busy_with_as_many_chats_as_one_may_have(api: Api) -> None:
    with writing(api.engine) as session:
        session.execute(update(GroupMember).where(GroupMember.user_id == ALICE).values(max_chats=1))
    assert contacts(api, "bob")[0].IsBusy is True
    assert items(api.voip("alice").GetVoipSettings().Accounts)[0].IsBusy is True
    with writing(api.engine) as session:
        session.execute(update(Chat).where(Chat.agent_id == ALICE).values(is_active=False))
    assert contacts(api, "bob")[0].IsBusy is False


def test_settings(api: Api) -> None:
    (account,) = items(api.voip("alice").GetVoipSettings().Accounts)
    assert (account.DisplayName, account.UserID, account.DepartmentID, account.GroupID) == ("Support line", ALICE, 1, 1)
    assert (account.PublicCountryCode, account.PublicPhoneNumber, account.PublicExtension) == ("1", "5550102", "101")
    assert (account.IsAvailable, account.IsBusy, len(account.VoipAccountGuid)) == (True, False, 36)
    assert items(account.NamedSettings) == [
        "Options.AllowRecordControl=False",
        "Options.AutoRecordCalls=False",
        "Options.DefaultDepartmentID=1",
        "Options.MaxLines=2",
        "SIP.AuthName=alice",
        "SIP.Domain=acme.example",
        "SIP.Port=5060",
        "SIP.Server=sip.acme.example",
        f"SmarterTrack.Url.EditCallLog={api.url}/CallLogs/",
        "SmarterTrack.Version=100.0",
        "STUN.Port=3478",
        "STUN.Server=",
        "User.DisplayName=Alice Agent",
        "User.Password=sip-pw",
        "User.Username=alice",
    ]
    assert items(api.voip("admin").GetVoipSettings().Accounts) == []
    assert api.voip("customer").GetVoipSettings().ResultCode == -3


def test_the_products_version_is_a_setting(seeded_engine: Engine, tmp_path: Path) -> None:
    server = RunningServer(seeded_engine, tmp_path, product_version="17.2.1")
    try:
        (account,) = items(Api(server).voip("alice").GetVoipSettings().Accounts)
    finally:
        server.stop()
    assert "SmarterTrack.Version=17.2.1" in items(account.NamedSettings)


@pytest.mark.parametrize("version", ["", "a b", "1\n2", "x" * 41])
def test_no_version(version: str) -> None:
    with pytest.raises(ValidationError, match="product_version"):
        Settings(product_version=version)


def test_handshake(api: Api) -> None:
    now = datetime(2024, 5, 1, 12, tzinfo=UTC)
    with clock.frozen(now):
        answers = [api.voip("alice").GetLoginHandshake() for _ in range(2)]
    assert answers[0].Result
    assert answers[0].DateExpiresUtc == now + timedelta(minutes=2)
    assert answers[0].HandshakeMethod == 1
    assert len({answer.HandshakeToken for answer in answers}) == 2
    with reading(api.engine) as session:
        stored = list(session.scalars(select(LoginHandshake.token_hash)))
    assert len(stored) == 2
    assert not {answer.HandshakeToken for answer in answers} & set(stored)
    with clock.frozen(now + timedelta(minutes=3)):
        api.voip("alice").GetLoginHandshake()
    with reading(api.engine) as session:
        assert len(list(session.scalars(select(LoginHandshake.id)))) == 1
    assert api.voip("customer").GetLoginHandshake().ResultCode == -3


def test_search(api: Api) -> None:
    give_bob_two_accounts(api)
    with writing(api.engine) as session:
        session.execute(update(User).where(User.id == CAROL).values(phone_number="(555) 777-888", phone_extension="42"))
    for term, expected in (
        ("ALICE", ["alice"]),
        ("agent", ["alice", "bob"]),
        ("  agent   bob ", ["bob"]),
        ("agent carol", []),
        ("@EXAMPLE.com", ["customer"]),
        ("casey", ["customer"]),
        ("+1 555 0100", ["customer"]),
        ("777888", ["carol"]),
        ("42", ["carol"]),
        ("201", ["bob"]),
        ("30123456", ["bob"]),
        ("%", []),
        ("_", []),
        ("queue", []),
        ("system", []),
    ):
        assert found(api, term) == expected, term
    assert len(found(api, "")) == 6
    assert found(api, "", 2) == found(api, "")[:2]


def test_what_a_search_shows(api: Api) -> None:
    give_bob_two_accounts(api)
    (customer,) = items(api.voip("alice").SearchUsers("casey", 1).Users)
    assert (customer.UserID, customer.UserName, customer.DisplayName) == (8, "customer", "Casey Customer")
    assert (customer.EmailAddress, customer.PhoneNumber) == ("customer@example.com", "+1 555 0100")
    (bob,) = items(api.voip("alice").SearchUsers("bob", 1).Users)
    assert (bob.CountryCode, bob.PhoneNumber, bob.Extension) == ("49", "30 1234-56", "200")  # of bob's first account


@pytest.mark.parametrize(
    ("term", "limit", "word"), [("a", 0, "maxResults"), ("a", -1, "maxResults"), ("a" * 201, 1, "s")]
)
def test_no_search(api: Api, term: str, limit: int, word: str) -> None:
    answer = api.voip("alice").SearchUsers(term, limit)
    assert (answer.Result, answer.ResultCode, word in answer.Message) == (False, -5, True)
    assert api.voip("customer").SearchUsers("a", 1).ResultCode == -3


def test_customers_have_no_contacts(api: Api) -> None:
    assert api.voip("customer").GetContacts().ResultCode == -3


def test_statements(api: Api) -> None:
    alice = api.voip("alice")
    reads = (alice.GetContacts, alice.GetVoipSettings, lambda: alice.SearchUsers("", 100))

    before = [api.statements(read) for read in reads]
    assert before == [3, 2, 2]  # one of them is the login
    give_bob_two_accounts(api)
    assert [api.statements(read) for read in reads] == before


def test_a_password_that_cannot_be_decrypted_is_said(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with writing(api.engine) as session:
        session.execute(text("UPDATE voip_accounts SET password = 'in clear'"))
    answer = api.voip("alice").GetVoipSettings("")
    assert (answer.Result, answer.ResultCode) == (False, -1)
    assert answer.Message == (
        "A stored password cannot be read: it was not encrypted with the key that this server has."
    )
    (record,) = caplog.records
    assert record.exc_info is None
    assert "in clear" not in caplog.text
    assert api.voip("bob").GetVoipSettings("").Result
