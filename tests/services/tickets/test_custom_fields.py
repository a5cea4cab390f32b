"""Custom fields of tickets over HTTP: the form is documented, matching without letter case seen, refusals ours."""

from __future__ import annotations

import pytest

from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.models import Ticket
from tests.services.api import Api, items
from tests.services.tickets.steps import SALES, SUPPORT, change, create, history, ok, refused, row, seeded_number


def listed(api: Api, number: str, by: str = "alice") -> list[str]:
    return items(ok(api.tickets(by).GetTicketCustomFieldsList(number)).RequestResults)


def test_a_departments_template(api: Api) -> None:
    account, asset = items(ok(api.tickets("alice").GetCustomFieldControls(SUPPORT)).CustomFields)
    assert (account.CustomFieldId, account.DisplayName, account.IsVisibleToUsers) == (1, "Account", True)
    assert (asset.CustomFieldId, asset.DisplayName, asset.IsVisibleToUsers) == (2, "Asset", False)
    assert asset.IsRequiredByAgentsToClose
    assert not any((asset.IsRequiredByAgents, asset.IsRequiredByUsers, account.IsRequiredByAgentsToClose))
    assert asset.IsVisibleToAgents
    assert account.SortOrder < asset.SortOrder
    assert account.CustomTemplateId == asset.CustomTemplateId > 0
    assert items(ok(api.tickets("alice").GetCustomFieldControls(SALES)).CustomFields) == []
    refused(api.tickets("alice").GetCustomFieldControls(99), -4, "department 99")
    refused(api.tickets("customer").GetCustomFieldControls(SUPPORT), -3)


def test_all_fields_of_a_ticket_defaults_among_them(api: Api) -> None:
    assert listed(api, seeded_number(api)) == ["Account=Example Inc [299]", "Asset=Pick one"]
    refused(api.tickets("carol").GetTicketCustomFieldsList(seeded_number(api)), -4)
    refused(api.tickets("alice").GetTicketCustomFieldsList("nope"), -4, "nope")


def test_some_fields_of_a_ticket(api: Api) -> None:
    number = seeded_number(api)
    answer = api.tickets("alice").GetTicketCustomFields(number, ["asset", "Nope", "ACCOUNT"])
    assert answer.Result
    assert items(answer.RequestResults) == ["Asset=Pick one", "Account=Example Inc [299]"]
    assert "Nope" in answer.Message
    assert items(ok(api.tickets("alice").GetTicketCustomFields(number, [])).RequestResults) == []
    refused(api.tickets("carol").GetTicketCustomFields(number, ["Asset"]), -4)


def test_values_are_set_and_told_in_the_history(api: Api) -> None:
    number = create(api)
    ok(api.tickets("alice").SetTicketCustomFields(number, [" asset = laptop [12]".replace("= ", "="), "Account=a=b;ü"]))
    assert listed(api, number) == ["Account=a=b;ü", "Asset=Laptop [12]"]
    what, details, who = history(api, number)[-1]
    assert (what, who) == ("Ticket Changed", "alice")
    for word in ("Account", "a=b;ü", "Asset", "Pick one", "Laptop [12]"):
        assert word in details
    before = history(api, number)
    ok(api.tickets("alice").SetTicketCustomFields(number, ["Asset=Laptop [12]"]))
    ok(api.tickets("alice").SetTicketCustomFields(number, []))
    assert history(api, number) == before
    ok(api.tickets("alice").SetTicketCustomFields(number, ["Account="]))
    assert listed(api, number)[0] == "Account="


@pytest.mark.parametrize(
    ("pairs", "word"),
    [
        (["Account=x", "Nope=1"], "Nope"),
        (["Account=x", "Plan=Pro"], "Plan"),  # a global field is of users
        (["Account=x", "Asset=Car"], "Asset"),
        (["Account=x", "Asset"], "key=value"),
        (["Account=x", "=1"], "''"),
    ],
)
def test_a_bad_value_sets_nothing(api: Api, pairs: list[str], word: str) -> None:
    number = create(api)
    refused(api.tickets("alice").SetTicketCustomFields(number, pairs), -5, word)
    assert listed(api, number) == ["Account=", "Asset=Pick one"]


def test_tickets_that_take_no_values(api: Api) -> None:
    number = create(api)
    refused(api.tickets("carol").SetTicketCustomFields(number, ["Account=x"]), -4)
    refused(api.tickets("customer").SetTicketCustomFields(number, ["Account=x"]), -3)
    change(api, Ticket, row(api, number).id, status=TicketStatus.LOCKED, is_open=False, is_active=False)
    ok(api.tickets("alice").SetTicketCustomFields(number, ["Account=x"]))
    change(api, Ticket, row(api, number).id, is_deleted=True)
    refused(api.tickets("alice").SetTicketCustomFields(number, ["Account=y"]), -7, "deleted")
    assert listed(api, number)[0] == "Account=x"


def test_reading_takes_as_many_statements_however_many_values(api: Api) -> None:
    number, alice = create(api), api.tickets("alice")
    listed(api, number)
    for pairs in ([], ["Account=x", "Asset=Laptop [12]"]):
        ok(alice.SetTicketCustomFields(number, pairs))
        with api.counting() as statements:
            listed(api, number)
        assert len(statements) == 3, statements
        with api.counting() as statements:
            ok(alice.GetTicketCustomFields(number, ["Asset", "Account"]))
        assert len(statements) == 3, statements
    with api.counting() as statements:
        ok(alice.GetCustomFieldControls(SUPPORT))
    assert len(statements) == 3, statements
