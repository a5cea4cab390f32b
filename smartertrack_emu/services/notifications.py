"""svcNotifications: reminders, as notification programs on an agent's desk read, snooze and dismiss them."""

from __future__ import annotations

from enum import StrEnum

from smartertrack_emu.asmx.declare import class_
from smartertrack_emu.domain.notifications import reminders
from smartertrack_emu.domain.notifications.reminders import ReminderDetails
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.delegation import whose
from smartertrack_emu.services.keyvalues import Values, written
from smartertrack_emu.services.results import GenericResult, IntRequestResult, IsAvailableResult
from smartertrack_emu.services.service import NOTIFICATION_CREDENTIALS, HelpdeskService

notifications = HelpdeskService(
    "svcNotifications",
    documentation="Reminders, as notification programs on an agent's desk read, snooze and dismiss them.",
    credentials=NOTIFICATION_CREDENTIALS,
)


@class_
class InputValuePair:
    """A variable and its value."""

    Key: str | None = None
    Val: str | None = None


@class_
class InputValue:
    """Variables a client may send; none is in use."""

    InputAttributes: list[InputValuePair] | None = None


class ReminderAttributes(StrEnum):
    """What a reminder's attribute is about."""

    ReminderID = "ReminderID"
    UserID = "UserID"
    Subject = "Subject"
    PhonicSubject = "PhonicSubject"
    CategoryType = "CategoryType"
    BodyText = "BodyText"
    SnoozeTimeUTC = "SnoozeTimeUTC"
    TimeOccurredUTC = "TimeOccurredUTC"
    Other = "Other"


@class_
class ReminderValuePair:
    """An attribute of a reminder."""

    Key: ReminderAttributes = ReminderAttributes.ReminderID
    OtherKey: str | None = None
    Val: str | None = None


@class_
class ReminderValue:
    """A reminder, as a list of attributes."""

    ReminderAttributes: list[ReminderValuePair] | None = None


@class_
class RemindersResult:
    """Reminders."""

    Message: str | None = ""
    Reminders: list[ReminderValue] | None = None
    Result: bool = True
    ResultCode: int = 0


@class_
class ReminderResult:
    """One reminder."""

    Message: str | None = ""
    Reminder: ReminderValue | None = None
    Result: bool = True
    ResultCode: int = 0


@notifications.operation(access=Access.ANYBODY, writes=True)
def DismissAllReminders(call: Call, dataUsername: str, customVariables: list[InputValue]) -> GenericResult:
    """Dismiss all of a user's active reminders."""
    reminders.dismiss_all(call.session, whose(call, dataUsername))
    return GenericResult()


@notifications.operation(access=Access.ANYBODY, writes=True)
def DismissReminder(call: Call, dataUsername: str, reminderID: str, customVariables: list[InputValue]) -> GenericResult:
    """Dismiss one of a user's active reminders."""
    reminders.dismiss(call.session, whose(call, dataUsername), _number(reminderID))
    return GenericResult()


@notifications.operation(access=Access.ANYBODY, writes=True)
def GetAllReminders(call: Call, dataUsername: str, customVariables: list[InputValue]) -> RemindersResult:
    """List a user's active reminders."""
    found = reminders.active(call.session, whose(call, dataUsername))
    return RemindersResult(Reminders=[_value(one) for one in found])


@notifications.operation(access=Access.ANYBODY, writes=True)
def GetNewReminderCount(
    call: Call, dataUsername: str, lastCheckDateUTC: str, customVariables: list[InputValue]
) -> IntRequestResult:
    """Count a user's active reminders raised since a date."""
    since = Values(lastCheckDateUTC=lastCheckDateUTC).moment("lastCheckDateUTC", call.session)
    user_id = whose(call, dataUsername)
    return IntRequestResult(RequestResult=reminders.count(call.session, user_id, since=since))


@notifications.operation(access=Access.ANYBODY, writes=True)
def GetReminder(call: Call, dataUsername: str, reminderID: str, customVariables: list[InputValue]) -> ReminderResult:
    """Return one of a user's active reminders."""
    found = reminders.get(call.session, whose(call, dataUsername), _number(reminderID))
    return ReminderResult(Reminder=_value(found))


@notifications.operation(access=Access.ANYBODY, writes=True)
def GetReminderCount(call: Call, dataUsername: str, customVariables: list[InputValue]) -> IntRequestResult:
    """Count a user's active reminders."""
    return IntRequestResult(RequestResult=reminders.count(call.session, whose(call, dataUsername)))


@notifications.operation(access=Access.ANYBODY)
def PingService(call: Call, dataUsername: str) -> IsAvailableResult:
    """Say that the service can be reached and that the credentials are good."""
    whose(call, dataUsername)
    return IsAvailableResult(IsAvailable=True)


@notifications.operation(access=Access.ANYBODY, writes=True)
def SnoozeNotification(
    call: Call, dataUsername: str, reminderID: str, snoozeSeconds: int, customVariables: list[InputValue]
) -> GenericResult:
    """Put a reminder off for a while."""
    reminders.snooze(call.session, whose(call, dataUsername), _number(reminderID), snoozeSeconds)
    return GenericResult()


def _number(reminderID: str) -> int:
    return Values(reminderID=reminderID).required_integer("reminderID")


def _value(found: ReminderDetails) -> ReminderValue:
    attributes: dict[ReminderAttributes, object] = {
        ReminderAttributes.ReminderID: found.id,
        ReminderAttributes.UserID: found.user_id,
        ReminderAttributes.Subject: found.subject,
        ReminderAttributes.PhonicSubject: reminders.spoken(found.subject),
        ReminderAttributes.CategoryType: found.category,
        ReminderAttributes.BodyText: found.body,
        ReminderAttributes.SnoozeTimeUTC: found.snoozed_until,
        ReminderAttributes.TimeOccurredUTC: found.occurred_at,
    }
    pairs = [ReminderValuePair(Key=name, OtherKey="", Val=written(value)) for name, value in attributes.items()]
    return ReminderValue(ReminderAttributes=pairs)
