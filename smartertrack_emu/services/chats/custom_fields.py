"""Custom fields of chats."""

from __future__ import annotations

from smartertrack_emu.domain.chats import custom_fields
from smartertrack_emu.domain.customfields import templates
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import Keys, answer, unknown_keys
from smartertrack_emu.services.packing import template_field
from smartertrack_emu.services.results import CustomFieldInfoArrayResult, GenericResult, SettingsRequestResult

from .service import chats

_ANY_NAME = Keys()


@chats.operation()
def GetCustomFieldControls(call: Call, departmentId: int) -> CustomFieldInfoArrayResult:
    """Return the custom fields that a department's chats carry."""
    fields = templates.template(call.session, ItemKind.CHAT, departmentId)
    return CustomFieldInfoArrayResult(CustomFields=[template_field(field) for field in fields])


@chats.operation()
def GetChatCustomFields(call: Call, chatId: int, requestedValues: list[str]) -> SettingsRequestResult:
    """Return the values of the chosen custom fields of a chat."""
    found, unknown = custom_fields.asked(call.session, call.actor, chatId, requestedValues)
    return SettingsRequestResult(RequestResults=answer(found), Message=unknown_keys(unknown))


@chats.operation()
def GetChatCustomFieldsList(call: Call, chatId: int) -> SettingsRequestResult:
    """Return every custom field of a chat with its value."""
    return SettingsRequestResult(RequestResults=answer(custom_fields.listed(call.session, call.actor, chatId)))


@chats.operation(writes=True)
def SetChatCustomFields(call: Call, chatId: int, customFieldValues: list[str]) -> GenericResult:
    """Fill in custom fields of a chat."""
    custom_fields.set_values(call.session, call.actor, chatId, _ANY_NAME.parse(customFieldValues, other=str))
    return GenericResult()
