"""Custom fields of users."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.people import user_fields
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import CustomFieldValues, UserId
from smartertrack_emu.services.keyvalues import answer, parse_any, unknown_keys
from smartertrack_emu.services.results import GenericResult, SettingsRequestResult

from .service import organization


@organization.operation(access=Access.SELF, writes=True)
def SetUserCustomFields(call: Call, userId: UserId, customFieldValues: CustomFieldValues) -> GenericResult:
    """Fill in custom fields of a user."""
    user_fields.change(call.session, call.actor, userId, parse_any(customFieldValues))
    return GenericResult()


@organization.operation()
def GetUserCustomFields(
    call: Call,
    userId: UserId,
    requestedCustomFields: Annotated[
        list[str], Doc("Display names of the custom fields wanted, as GetAllCustomFields gives them.")
    ],
) -> SettingsRequestResult:
    """Return the values of the chosen custom fields of a user."""
    found, unknown = user_fields.asked(call.session, userId, requestedCustomFields)
    return SettingsRequestResult(Message=unknown_keys(unknown), RequestResults=answer(found))


@organization.operation()
def GetUserCustomFieldsList(call: Call, userId: UserId) -> SettingsRequestResult:
    """Return every custom field of a user with its value."""
    return SettingsRequestResult(RequestResults=answer(user_fields.listed(call.session, userId)))
