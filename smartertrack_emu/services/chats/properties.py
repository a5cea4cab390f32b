"""Properties of a chat as `key=value` texts."""

from __future__ import annotations

from smartertrack_emu.domain.chats import properties
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import Keys, answer, unknown_keys
from smartertrack_emu.services.results import SettingsRequestResult

from .service import chats

_MEMBERS = {
    "BrandName": "brand_name",
    "CustomerEmailAddress": "customer_email",
    "CustomerName": "customer_name",
    "CustomerLanguage": "customer_language",
    "CustomerIP": "customer_ip",
    "CustomerUsername": "customer_username",
    "DateDeletedUTC": "deleted_at",
    "DateOpenedUTC": "opened_at",
    "DepartmentID": "department_id",
    "GroupID": "group_id",
    "IsDeleted": "is_deleted",
    "IsIndexed": "is_indexed",
    "ReplyCountIn": "reply_count_in",
    "ReplyCountOut": "reply_count_out",
    "ChatID": "id",
    "ChatNumber": "number",
    "IsActive": "is_active",
    "UserID": "agent_id",
    "TimeLoggedMinutes": "minutes_logged",
}
KEYS = Keys(*_MEMBERS)
"""What can be asked for (documented)."""


@chats.operation()
def GetChatProperties(call: Call, chatId: int, requestedValues: list[str]) -> SettingsRequestResult:
    """Return the chosen properties of a chat."""
    keys, unknown = KEYS.asked(requestedValues)
    found = properties.properties(call.session, call.actor, chatId)
    return SettingsRequestResult(
        RequestResults=answer((key, getattr(found, _MEMBERS[key])) for key in keys), Message=unknown_keys(unknown)
    )
