"""The arguments of events: what rules ask of an event and providers are told of it.

Names and meanings are documented with the product's events where its text names them, else ours. An event carries what
only it knows, such as what was before. What a row holds that it refers to is read there when a rule wants it, in the
same transaction: recording an event takes no further statement.
"""

from typing import NamedTuple


class Held(NamedTuple):
    """Arguments that a row holds; `by` is the event's field with its id."""

    by: str
    arguments: tuple[str, ...]

    def but(self, *names: str) -> "Held":
        """Return the same without some."""
        return self._replace(arguments=tuple(name for name in self.arguments if name not in names))


COMMON = ("eventType", "timeOfDay", "dayOfWeek", "actingAgent")
"""What every type has."""

CUSTOM_FIELDS = "cf_*"
"""Stands for one argument for each custom field: `cf_Account`."""

_PLACE = ("departmentName", "groupName", "agentUsername")
_CUSTOMER = ("customerName", "customerEmail")

TICKET = Held(
    "ticket_id",
    ("ticketId", "ticketNumber", "subject", *_PLACE, *_CUSTOMER, "priority", "status", "body", CUSTOM_FIELDS),
)
CHAT = Held("chat_id", ("chatId", "chatNumber", *_PLACE, *_CUSTOMER, "ipAddress", "language", "question"))
CALL_LOG = Held("call_log_id", ("callLogId", "callNumber", "subject", *_PLACE, *_CUSTOMER, "phoneNumber"))
TASK = Held(
    "task_id",
    (
        "taskId",
        "subject",
        "description",
        "agentUsername",
        "priority",
        "status",
        "startDate",
        "dueDate",
        "relatedItem",
    ),
)
ARTICLE = Held("article_id", ("articleId", "title", "folderName", "private", "keywords", "language"))
NOTE = Held("note_id", ("comment", "commentType"))
COMMENT = NOTE.but("commentType")
MESSAGE = Held("message_id", ("message", "messageSubject", "to", "cc"))
LINE = MESSAGE.but("messageSubject", "to", "cc")
TIME_LOG = Held("time_log_id", ("minutes", "category", "billable", "timeLogSubject"))
VISITOR = Held(
    "visitor_id",
    (
        "visitorId",
        *_CUSTOMER,
        "ipAddress",
        "hostName",
        "hostDomain",
        "country",
        "hits",
        "durationMinutes",
        "idleMinutes",
        "sessionStart",
        "page",
        "departmentName",
        "groupName",
    ),
)
POP_ACCOUNT = Held("account_id", ("serverName", "serverPort", "loginUsername", "ssl", "departmentName"))
SMTP_ACCOUNT = Held("account_id", ("smtpServer", "serverPort", "emailAddress", "ssl", "requiresAuthentication"))
OLD_PLACE = ("oldDepartmentName", "oldGroupName", "oldAgentUsername")


class Argument(NamedTuple):
    """What an argument is: str, int, bool, or a date as ISO 8601 in UTC ("date"); and its meaning."""

    type: str
    meaning: str


def _text(meaning: str) -> Argument:
    return Argument("text", meaning)


def _number(meaning: str) -> Argument:
    return Argument("number", meaning)


def _truth(meaning: str) -> Argument:
    return Argument("true or false", meaning)


def _date(meaning: str) -> Argument:
    return Argument("date", meaning)


ARGUMENTS = {
    "eventType": _number("The type's number"),
    "timeOfDay": _text("When it happened, `HH:MM` in the installation's time zone"),
    "dayOfWeek": _text("The English name of that day"),
    "actingAgent": _text("User name of who did it; `system` for the helpdesk itself"),
    "agentUsername": _text("User name of the agent; `queue` where nobody has the item"),
    "articleId": _number("The article's id"),
    "billable": _truth("Whether the time is billed"),
    "body": _text("What the ticket's first message says"),
    "callLogId": _number("The call log's id"),
    "callNumber": _text("The call log's number"),
    "category": _text("The time log's category"),
    "cc": _text("Who got a copy"),
    "cf_*": _text("The value of the custom field of that name, one argument for each"),
    "channel": _text("The channel's name"),
    "chatId": _number("The chat's id"),
    "chatNumber": _text("The chat's number"),
    "comment": _text("What the note says, or the comment given with the change"),
    "commentType": _text("Note, Resolution, TransferNote or FollowUp"),
    "count": _number("How many there are"),
    "country": _text("The visitor's country"),
    "customerEmail": _text("The customer's address"),
    "customerName": _text("The customer's name"),
    "days": _number("How many days the article was not touched"),
    "departmentName": _text("The department's name"),
    "description": _text("The task's description"),
    "dueDate": _date("When the task is due"),
    "durationMinutes": _number("How long the visitor has been there"),
    "emailAddress": _text("The account's address"),
    "error": _text("What went wrong"),
    "final": _truth("Whether it is not tried again"),
    "folderName": _text("The folder of the article"),
    "followUpDate": _date("When the ticket is to be followed up"),
    "fromAgentUsername": _text("User name of who invited"),
    "groupName": _text("The group's name"),
    "hits": _number("How many pages the visitor opened"),
    "hostDomain": _text("The domain of the visitor's host"),
    "hostName": _text("The visitor's host"),
    "idleMinutes": _number("For how long nothing happened"),
    "ipAddress": _text("The customer's or visitor's address on the network"),
    "item": _text("What the survey is about"),
    "keywords": _text("The article's keywords"),
    "language": _text("The article's language, or the customer's"),
    "loginUsername": _text("Who the account logs in as"),
    "message": _text("What the message says"),
    "messageSubject": _text("The message's subject"),
    "minutes": _number("The time logged"),
    "oldAgentUsername": _text("User name of the agent before; `queue` where nobody had the item"),
    "oldCount": _number("How many there were"),
    "oldDepartmentName": _text("The department's name before"),
    "oldGroupName": _text("The group's name before"),
    "oldPriority": _text("The priority before"),
    "oldStatus": _text("The status before"),
    "page": _text("The page the visitor is on"),
    "phoneNumber": _text("The number called, or called from"),
    "priority": _text("Low, Normal, High or Urgent"),
    "private": _truth("Whether the article is private"),
    "question": _text("What the customer asked when the chat started"),
    "rating": _number("The survey's rating in percent"),
    "receiving": _truth("Whether the agent receives items of the group"),
    "relatedItem": _text("What the task is about, such as `ticket:17`"),
    "requiresAuthentication": _truth("Whether the account logs in"),
    "serverName": _text("The mail server"),
    "serverPort": _number("Its port"),
    "sessionStart": _date("When the visitor came"),
    "smtpServer": _text("The mail server"),
    "ssl": _truth("Whether the connection is encrypted"),
    "startDate": _date("When the task starts"),
    "status": _text("Of tickets Open, Waiting, Closed, or Closed and Locked; of tasks their words"),
    "subject": _text("The item's subject"),
    "survey": _text("The survey's name"),
    "taskId": _number("The task's id"),
    "ticketId": _number("The ticket's id"),
    "ticketNumber": _text("The ticket's number"),
    "timeLogSubject": _text("The time log's subject"),
    "title": _text("The article's title"),
    "to": _text("Who the message is to"),
    "visitorId": _number("The visitor's id"),
}
"""Every argument by its name; those that every type has come first."""


def spelt(field: str) -> str:
    """Return the argument that a field of an event is: `old_status` is `oldStatus`, `count_` is `count`."""
    first, *others = field.split("_")
    return first + "".join(map(str.capitalize, others))
