"""What every operation is called with for the table of rights: aimed at the items that tests/data/rights.yaml marks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from smartertrack_emu.asmx.declare import Operation, Parameter
from smartertrack_emu.domain import clock
from smartertrack_emu.services.integrations import WhmcsEnsureUsersCreatedUserItem
from smartertrack_emu.services.tickets.types import TicketCreationData

HIDDEN: dict[int | str, int | str] = {
    # Marked ids and numbers, each with one of its kind that nothing has.
    "7A1-77100011-0001": "7A1-99100011-0001",
    "7A1-77100022-0002": "7A1-99100022-0002",
    "7B1-78100011-0001": "7B1-98100011-0001",
    "7B1-78100022-0002": "7B1-98100022-0002",
    "7C1-78600011-0001": "7C1-98600011-0001",
    "77777777-0000-4000-8000-000000007777": "99999999-0000-4000-8000-000000009999",
    **{
        number: number + 2_000_000
        for number in (
            *(7710001, 7710002, 7720001, 7720002, 7720003, 7730001, 7740001, 7740002, 7740003, 7750001, 7750002),
            *(7810001, 7810002, 7820001, 7830001, 7860001, 7870001, 7870002, 7870003, 7870004, 7880001),
            *(7910001, 7920001, 7920002),
        )
    },
}

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
NEW = {"Subject": "s", "GroupID": "1", "UserID": "11"}

BY_NAME: dict[str, Any] = {
    "ticketNumber": "7A1-77100011-0001",
    "relatedItemNumber": "7A1-77100022-0002",
    "ticketId": 7710001,
    "ticketID": 7710001,
    "ticketMessageId": 7720001,
    "ticketAttachmentId": 7740003,
    "commentId": 7730001,
    "timeLogId": 7750001,
    "chatId": 7810001,
    "chatID": 7810001,
    "chatNumber": "7B1-78100011-0001",
    "logID": 7860001,
    "callLogID": 7860001,
    "callLogId": 7860001,
    "callLogAttachmentId": None,
    "taskID": 7870001,
    "reminderID": "7880001",
    "articleID": 7920001,
    "folderID": 7910001,
    "parentFolderID": 0,
    "kbFolderID": 7910001,
    "categoryID": 41,
    "includePrivate": True,
    "messageType": "Note",
    "closingComment": "done",
    "newStatus": "Open",
    "ticketStatus": "Open",
    "agentUserName": "inside",
    "username": "customer",
    "dataUsername": "",
    "transferServerID": 61,
    "targetDepartmentID": 1,
    "voipAccountGuid": "77777777-0000-4000-8000-000000007777",
    "startPosition": 0,
    "fileName": "file.txt",
    "fileLength": 2,
    "data": b"ab",
    "fileData": b"ab",
    "snoozeSeconds": 60,
    "maxResults": 100,
    "receivingStatusArr": [],
    "customVariables": [],
    "searchCriteria": [],
    "searchTerms": "",
    "searchTerm": "",
    "fromAddress": "someone@customers.example",
    "toAddress": "someone@customers.example",
    "ccAddress": "copy@customers.example",
    "bccAddress": "blind@customers.example",
    "toCustomer": True,
    "userId": 11,
    "userID": 11,
    "UserID": 11,
    "employeeRole": False,
    "followUpDateUtc": datetime(2099, 1, 1, tzinfo=UTC),
    "dateStartUTC": BEGINNING,
    "dateEndUTC": BEGINNING + timedelta(hours=1),
    "dateCreatedStart": BEGINNING,
    "dateCreatedEnd": datetime(2099, 1, 1, tzinfo=UTC),
    "lastCheckDateUTC": "",
    "customFieldValues": ["Account=x"],
    "requestedCustomFields": ["Plan"],
    "organizationID": 31,
    "organizationMemberID": 32,
    "organizationName": "Organization",
    "values": ["Name=New"],
    "valuesToChange": ["Website=x"],
    "allowedPermissions": [],
    "roleName": "New",
    "type": 1,
    "timeLogCategoryID": 1,
}
"""By a parameter's name, whatever the operation."""

BY_OPERATION: dict[str, dict[str, Any]] = {
    "svcTickets.CreateIncomingTicket": {
        "data": TicketCreationData(
            subject="s", body="b", departmentID=1, groupID=1, senderEmailAddress="someone@customers.example"
        )
    },
    "svcTickets.GetTicketCustomFields": {"requestedValues": ["Account"]},
    "svcTickets.GetTicketProperties": {"requestedValues": ["Subject", "TicketID"]},
    "svcTickets.SetTicketProperties": {"ticketPropertyValues": ["Subject=x"]},
    "svcChats.EditChatNote": {"commentId": 7830001},
    "svcChats.GetChatNote": {"commentId": 7830001},
    "svcChats.GetChatTimeLog": {"timeLogId": 7750002},
    "svcChats.GetChatCustomFields": {"requestedValues": ["Account"]},
    "svcChats.GetChatProperties": {"requestedValues": ["CustomerName", "ChatID"]},
    "svcCallLogs.CreateCallLog": {"parameters": [f"{key}={value}" for key, value in NEW.items()]},
    "svcCallLogs.CreateCallLog2": {"parameters": [f"{key}={value}" for key, value in NEW.items()]},
    "svcCallLogs.ModifyCallLog": {"parameters": ["Subject=x"]},
    "svcTasks.CreateTask": {"parameters": ["Subject=s", "RelatedItem=7A1-77100011-0001"]},
    "svcTasks.UpdateTask": {"parameters": ["Subject=s"]},
    "svcOrganization.GetUsersProperties": {"requestedValues": ["Email"]},
    "svcOrganization.GetUsersPropertiesbyUsername": {"requestedValues": ["Email"]},
    "svcOrganization.SetUsersProperties": {"userId": 16, "userPropertyValues": ["DisplayName=x"]},
    "svcOrganization.SetUserCustomFields": {"userId": 16, "customFieldValues": ["Plan=Pro"]},
    "svcOrganization.SendUserVerificationEmail": {"userId": 16},
    "svcOrganization.DeleteUser": {"userId": 16},
    "svcOrganization.AddRoleToUser": {"userID": 16, "roleID": 3},
    "svcOrganization.RemoveRoleFromUser": {"userID": 16, "roleID": 2},
    "svcOrganization.RemoveRole": {"roleID": 7},
    "svcIntegrations.WhmcsEnsureUsersCreated": {
        "users": [WhmcsEnsureUsersCreatedUserItem(Username="customer", RolesToAdd=[2], WhmcsUserId=1)]
    },
    "svcOrganization.CreateUser": {"username": "new", "email": "new@customers.example"},
    "svcOrganization.CreateUser2": {"username": "new", "email": "new@customers.example"},
}
"""Where an operation means something else by a name."""


def arguments(service: str, operation: Operation) -> list[Any]:
    """Return the values of an operation's parameters after the credentials."""
    special = BY_OPERATION.get(f"{service}.{operation.name}", {})
    return [special.get(p.name, BY_NAME.get(p.name, _by_kind(p))) for p in operation.parameters[2:]]


def _by_kind(parameter: Parameter) -> Any:
    """Return the number of what a parameter is named for, or some value of its kind."""
    name = parameter.name.lower()
    if parameter.annotation is datetime:
        return clock.now() - timedelta(minutes=1)
    if parameter.annotation is str:
        return "" if any(word in name for word in ("group", "department", "user")) else "text"
    if parameter.annotation is bool or not isinstance(parameter.default, int | None):
        return parameter.default
    for word, number in (("group", 1), ("department", 1), ("brand", 1), ("role", 4), ("agent", 11)):
        if word in name:
            return number
    return parameter.default


def elsewhere(values: list[Any]) -> list[Any]:
    """Return the same arguments, of items that do not exist."""
    return [_moved(value) for value in values]


def _moved(value: Any) -> Any:
    if isinstance(value, list):
        return [_moved(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        for there, missing in HIDDEN.items():
            value = value.replace(str(there), str(missing))
        return value
    if isinstance(value, int):
        return HIDDEN.get(value, value)
    return value
