"""Custom fields of chats."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.chats import custom_fields
from smartertrack_emu.domain.customfields import templates
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import ChatId, CustomFieldNames, CustomFieldValues
from smartertrack_emu.services.keyvalues import answer, parse_any, unknown_keys
from smartertrack_emu.services.packing import template_field
from smartertrack_emu.services.results import CustomFieldInfoArrayResult, GenericResult, SettingsRequestResult

from .service import chats


@chats.operation()
def GetCustomFieldControls(
    call: Call, departmentId: Annotated[int, Doc("Id of the department.")]
) -> CustomFieldInfoArrayResult:
    """Return the custom fields that a department's chats carry."""
    fields = templates.template(call.session, ItemKind.CHAT, departmentId)
    return CustomFieldInfoArrayResult(CustomFields=[template_field(field) for field in fields])


@chats.operation()
def GetChatCustomFields(call: Call, chatId: ChatId, requestedValues: CustomFieldNames) -> SettingsRequestResult:
    """Return the values of the chosen custom fields of a chat."""
    found, unknown = custom_fields.asked(call.session, call.actor, chatId, requestedValues)
    return SettingsRequestResult(RequestResults=answer(found), Message=unknown_keys(unknown))


@chats.operation()
def GetChatCustomFieldsList(call: Call, chatId: ChatId) -> SettingsRequestResult:
    """Return every custom field of a chat with its value."""
    return SettingsRequestResult(RequestResults=answer(custom_fields.listed(call.session, call.actor, chatId)))


@chats.operation(writes=True)
def SetChatCustomFields(call: Call, chatId: ChatId, customFieldValues: CustomFieldValues) -> GenericResult:
    """Fill in custom fields of a chat."""
    custom_fields.set_values(call.session, call.actor, chatId, parse_any(customFieldValues))
    return GenericResult()
