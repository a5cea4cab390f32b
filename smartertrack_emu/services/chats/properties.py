"""Properties of a chat as `key=value` texts."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.chats import properties
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import ChatId
from smartertrack_emu.services.keyvalues import Asked, Keys, answer, unknown_keys
from smartertrack_emu.services.results import SettingsRequestResult

from .service import chats


class ChatProperties(Keys):
    """What can be asked for (documented)."""

    BrandName = Asked("brand_name")
    CustomerEmailAddress = Asked("customer_email")
    CustomerName = Asked("customer_name")
    CustomerLanguage = Asked("customer_language")
    CustomerIP = Asked("customer_ip")
    CustomerUsername = Asked("customer_username")
    DateDeletedUTC = Asked("deleted_at")
    DateOpenedUTC = Asked("opened_at")
    DepartmentID = Asked("department_id")
    GroupID = Asked("group_id")
    IsDeleted = Asked("is_deleted")
    IsIndexed = Asked("is_indexed")
    ReplyCountIn = Asked("reply_count_in")
    ReplyCountOut = Asked("reply_count_out")
    ChatID = Asked("id")
    ChatNumber = Asked("number")
    IsActive = Asked("is_active")
    UserID = Asked("agent_id")
    TimeLoggedMinutes = Asked("minutes_logged")


@chats.operation()
def GetChatProperties(
    call: Call,
    chatId: ChatId,
    requestedValues: Annotated[list[str], Doc("Names of the properties wanted."), ChatProperties.to_ask()],
) -> SettingsRequestResult:
    """Return the chosen properties of a chat."""
    keys, unknown = ChatProperties.asked(requestedValues)
    found = properties.properties(call.session, call.actor, chatId)
    return SettingsRequestResult(
        RequestResults=answer((key.name, getattr(found, key.field)) for key in keys), Message=unknown_keys(unknown)
    )
