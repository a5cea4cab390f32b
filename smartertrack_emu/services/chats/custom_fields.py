"""Custom fields of chats."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import CustomFieldInfoArrayResult, GenericResult, SettingsRequestResult

from .service import chats


@chats.operation()
def GetCustomFieldControls(call: Call, departmentId: int) -> CustomFieldInfoArrayResult:
    """Return the custom fields that a department's chats carry."""
    raise NotBuilt


@chats.operation()
def GetChatCustomFields(call: Call, chatId: int, requestedValues: list[str]) -> SettingsRequestResult:
    """Return the values of the chosen custom fields of a chat."""
    raise NotBuilt


@chats.operation()
def GetChatCustomFieldsList(call: Call, chatId: int) -> SettingsRequestResult:
    """Return every custom field of a chat with its value."""
    raise NotBuilt


@chats.operation(writes=True)
def SetChatCustomFields(call: Call, chatId: int, customFieldValues: list[str]) -> GenericResult:
    """Fill in custom fields of a chat."""
    raise NotBuilt
