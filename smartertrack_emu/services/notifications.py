"""svcNotifications: reminders, as notification programs on an agent's desk read, snooze and dismiss them."""

from enum import StrEnum
from typing import Annotated

from smartertrack_emu.asmx.declare import Doc, class_
from smartertrack_emu.domain.notifications import reminders
from smartertrack_emu.domain.notifications.reminders import ReminderDetails
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.delegation import whose
from smartertrack_emu.services.keyvalues import integer, missing, moment, written
from smartertrack_emu.services.names import Field
from smartertrack_emu.services.results import (
    Code,
    GenericResult,
    IntRequestResult,
    IsAvailableResult,
    Succeeded,
    WhatWentWrong,
)
from smartertrack_emu.services.service import NOTIFICATION_CREDENTIALS, HelpdeskService

DataUsername = Annotated[
    str, Doc("User name of the user it is about. Only an administrator may name anyone but themselves.")
]
ReminderId = Annotated[str, Doc("Id of the reminder.")]

notifications = HelpdeskService(
    "svcNotifications",
    documentation="Reminders, as notification programs on an agent's desk read, snooze and dismiss them.",
    credentials=NOTIFICATION_CREDENTIALS,
)


@class_
class InputValuePair:
    """A variable and its value."""

    Key: Annotated[str | None, Doc("Name of the variable.")] = None
    Val: Annotated[str | None, Doc("Its value.")] = None


@class_
class InputValue:
    """Variables a client may send; none is in use."""

    InputAttributes: Annotated[list[InputValuePair] | None, Doc("The variables.")] = None


CustomVariables = Annotated[list[InputValue], Doc("Not used.")]


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

    Key: Annotated[ReminderAttributes, Doc("What the attribute is about.")] = ReminderAttributes.ReminderID
    OtherKey: Annotated[str | None, Doc("Name of the attribute where Key is Other.")] = None
    Val: Annotated[str | None, Doc("Its value.")] = None


@class_
class ReminderValue:
    """A reminder, as a list of attributes."""

    ReminderAttributes: Annotated[
        list[ReminderValuePair] | None, Doc("What the reminder says, one attribute after the other.")
    ] = None


@class_
class RemindersResult:
    """Reminders."""

    Message: WhatWentWrong = ""
    Reminders: Annotated[list[ReminderValue] | None, Doc("The reminders.")] = None
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class ReminderResult:
    """One reminder."""

    Message: WhatWentWrong = ""
    Reminder: Annotated[ReminderValue | None, Doc("The reminder.")] = None
    Result: Succeeded = True
    ResultCode: Code = 0


@notifications.operation(access=Access.ANYBODY, writes=True)
def DismissAllReminders(call: Call, dataUsername: DataUsername, customVariables: CustomVariables) -> GenericResult:
    """Dismiss all of a user's active reminders."""
    reminders.dismiss_all(call.session, whose(call, dataUsername))
    return GenericResult()


@notifications.operation(access=Access.ANYBODY, writes=True)
def DismissReminder(
    call: Call, dataUsername: DataUsername, reminderID: ReminderId, customVariables: CustomVariables
) -> GenericResult:
    """Dismiss one of a user's active reminders."""
    reminders.dismiss(call.session, whose(call, dataUsername), _number(reminderID))
    return GenericResult()


@notifications.operation(access=Access.ANYBODY, writes=True)
def GetAllReminders(call: Call, dataUsername: DataUsername, customVariables: CustomVariables) -> RemindersResult:
    """List a user's active reminders."""
    found = reminders.active(call.session, whose(call, dataUsername))
    return RemindersResult(Reminders=[_value(one) for one in found])


@notifications.operation(access=Access.ANYBODY, writes=True)
def GetNewReminderCount(
    call: Call,
    dataUsername: DataUsername,
    lastCheckDateUTC: Annotated[
        str, Doc("When the caller last looked, in UTC: reminders raised since then count. Empty counts all.")
    ],
    customVariables: CustomVariables,
) -> IntRequestResult:
    """Count a user's active reminders raised since a date."""
    since = moment("lastCheckDateUTC", lastCheckDateUTC, call.session)
    user_id = whose(call, dataUsername)
    return IntRequestResult(RequestResult=reminders.count(call.session, user_id, since=since))


@notifications.operation(access=Access.ANYBODY, writes=True)
def GetReminder(
    call: Call, dataUsername: DataUsername, reminderID: ReminderId, customVariables: CustomVariables
) -> ReminderResult:
    """Return one of a user's active reminders."""
    found = reminders.get(call.session, whose(call, dataUsername), _number(reminderID))
    return ReminderResult(Reminder=_value(found))


@notifications.operation(access=Access.ANYBODY, writes=True)
def GetReminderCount(call: Call, dataUsername: DataUsername, customVariables: CustomVariables) -> IntRequestResult:
    """Count a user's active reminders."""
    return IntRequestResult(RequestResult=reminders.count(call.session, whose(call, dataUsername)))


@notifications.operation(access=Access.ANYBODY)
def PingService(call: Call, dataUsername: DataUsername) -> IsAvailableResult:
    """Say that the service can be reached and that the credentials are good."""
    whose(call, dataUsername)
    return IsAvailableResult(IsAvailable=True)


@notifications.operation(access=Access.ANYBODY, writes=True)
def SnoozeNotification(
    call: Call,
    dataUsername: DataUsername,
    reminderID: ReminderId,
    snoozeSeconds: Annotated[int, Doc("For how long, in seconds."), Field("seconds")],
    customVariables: CustomVariables,
) -> GenericResult:
    """Put a reminder off for a while."""
    reminders.snooze(call.session, whose(call, dataUsername), _number(reminderID), snoozeSeconds)
    return GenericResult()


def _number(reminderID: str) -> int:
    number = integer("reminderID", reminderID)
    if number is None:
        raise missing("reminderID")
    return number


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
