"""svcNotifications: reminders, as notification programs on an agent's desk read, snooze and dismiss them."""

from __future__ import annotations

from enum import StrEnum

from smartertrack_emu.asmx.declare import class_
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call, NotBuilt
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
    raise NotBuilt


@notifications.operation(access=Access.ANYBODY, writes=True)
def DismissReminder(call: Call, dataUsername: str, reminderID: str, customVariables: list[InputValue]) -> GenericResult:
    """Dismiss one of a user's active reminders."""
    raise NotBuilt


@notifications.operation(access=Access.ANYBODY, writes=True)
def GetAllReminders(call: Call, dataUsername: str, customVariables: list[InputValue]) -> RemindersResult:
    """List a user's active reminders."""
    raise NotBuilt


@notifications.operation(access=Access.ANYBODY, writes=True)
def GetNewReminderCount(
    call: Call, dataUsername: str, lastCheckDateUTC: str, customVariables: list[InputValue]
) -> IntRequestResult:
    """Count a user's active reminders raised since a date."""
    raise NotBuilt


@notifications.operation(access=Access.ANYBODY)
def GetReminder(call: Call, dataUsername: str, reminderID: str, customVariables: list[InputValue]) -> ReminderResult:
    """Return one of a user's active reminders."""
    raise NotBuilt


@notifications.operation(access=Access.ANYBODY, writes=True)
def GetReminderCount(call: Call, dataUsername: str, customVariables: list[InputValue]) -> IntRequestResult:
    """Count a user's active reminders."""
    raise NotBuilt


@notifications.operation(access=Access.ANYBODY)
def PingService(call: Call, dataUsername: str) -> IsAvailableResult:
    """Say that the service can be reached and that the credentials are good."""
    raise NotBuilt


@notifications.operation(access=Access.ANYBODY, writes=True)
def SnoozeNotification(
    call: Call, dataUsername: str, reminderID: str, snoozeSeconds: int, customVariables: list[InputValue]
) -> GenericResult:
    """Put a reminder off for a while."""
    raise NotBuilt
