"""Custom fields of chats over HTTP: members are documented, matching without letter case is seen."""

from __future__ import annotations

from tests.services.api import Api, items

from .steps import ACTIVE, ENDED, NOBODYS, delete_chat, events, good, refused


def test_template(api: Api) -> None:
    (field,) = items(good(api.chats("alice").GetCustomFieldControls(1)).CustomFields)
    assert (field.DisplayName, field.CustomFieldId) == ("Account", 1)
    assert field.CustomTemplateId
    assert (field.IsVisibleToAgents, field.IsRequiredByAgents) == (True, False)
    assert items(good(api.chats("alice").GetCustomFieldControls(2)).CustomFields) == []
    refused(api.chats("alice").GetCustomFieldControls(NOBODYS), -4, str(NOBODYS))
    refused(api.chats("customer").GetCustomFieldControls(1), -3)


def test_set_and_get(api: Api) -> None:
    alice = api.chats("alice")
    assert items(good(alice.GetChatCustomFieldsList(ACTIVE)).RequestResults) == ["Account="]
    good(alice.SetChatCustomFields(ACTIVE, ["ACCOUNT=Example = Inc", "Asset=Laptop [12]"]))
    values = ["Account=Example = Inc", "Asset=Laptop [12]"]
    assert items(good(alice.GetChatCustomFieldsList(ACTIVE)).RequestResults) == values
    answer = good(alice.GetChatCustomFields(ACTIVE, ["asset", "Nope", " account "]))
    assert items(answer.RequestResults) == values[::-1]
    assert "Nope" in answer.Message
    assert events(api, ACTIVE)[-1] == "Live Chat Changed"


def test_nothing_changed_leaves_no_history(api: Api) -> None:
    good(api.chats("alice").SetChatCustomFields(ACTIVE, ["Account=x"]))
    before = events(api, ACTIVE)
    good(api.chats("alice").SetChatCustomFields(ACTIVE, ["Account=x"]))
    good(api.chats("alice").SetChatCustomFields(ACTIVE, []))
    assert events(api, ACTIVE) == before


def test_what_cannot_be_set(api: Api) -> None:
    alice = api.chats("alice")
    refused(alice.SetChatCustomFields(ACTIVE, ["Account=x", "Nope=1"]), -5, "Nope")
    refused(alice.SetChatCustomFields(ACTIVE, ["Account"]), -5, "Account")
    refused(alice.SetChatCustomFields(ACTIVE, ["Asset=Bicycle"]), -5, "Asset")
    assert items(good(alice.GetChatCustomFieldsList(ACTIVE)).RequestResults) == ["Account="]
    for chat in (NOBODYS, ENDED):
        refused(alice.SetChatCustomFields(chat, ["Account=x"]), -4, f"chat {chat}")
        refused(alice.GetChatCustomFieldsList(chat), -4, f"chat {chat}")
        refused(alice.GetChatCustomFields(chat, ["Account"]), -4, f"chat {chat}")
    delete_chat(api.engine, ACTIVE)
    refused(alice.SetChatCustomFields(ACTIVE, ["Account=x"]), -7, "deleted")
    good(alice.GetChatCustomFieldsList(ACTIVE))
