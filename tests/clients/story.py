"""The one story that every foreign client tells, and what it must have seen.

A client is told `told(url, version)` and answers what it saw as JSON: the members under their wire names, whatever the
client gives for nil as null, moments cut to `yyyy-MM-ddTHH:mm:ss`, bytes as base64.
"""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

USERNAME, PASSWORD = "alice", "alice-pw"
ALICE = 4
EVERY_BYTE = bytes(range(256))
# Not in it: an entity like "&amp;" as text, which suds takes for an escape of its own and sends as it is.
TEXT = "Größe: äöü ÄÖÜ ß, 漢字かな, \N{GRINNING FACE}\N{MUSICAL SYMBOL G CLEF}, <b>& \"quoted\" 'too'</b>"
SUBJECT = f"{TEXT}\n  on two lines"
BODY = f"{TEXT}\n\nthird line\twith a tab\nlast = line"
FILE_NAME = "Zähler & 漢字 <256>.bin"
FILE_MOMENT = "2024-02-29T23:59:58"
TASK_SUBJECT = f"Call back: {TEXT}"
NO_TICKET = 987_654
OK = {"Result": True, "ResultCode": 0}
NOBODY: dict[str, Any] = {
    **dict.fromkeys(("ID", "IdAgent", "IdCustomer", "IdDepartment", "IdGroup"), 0),
    **dict.fromkeys(("IsActive", "IsDeleted", "IsOpen", "IsPinnedToAgent", "IsSpam"), False),
    **dict.fromkeys(("Priority", "ReplyCountIn", "ReplyCountOut"), 0),
    **dict.fromkeys(("RequiresFollowUp", "ShowInFollowUpView"), False),
    "LastReplyDateUtc": "0001-01-01T00:00:00",
}
"""The ticket that is not: the struct is there with its numbers at 0, its texts left out."""
NULLS = {
    "CallLogID",
    "ChatID",
    "DateDue",
    "DateStart",
    "OriginalEstimate",
    "OriginalEstimateType",
    "RemainingEstimate",
    "RemainingEstimateType",
    "ReminderMinutes",
}
"""The members of the task that are there as nil."""

TICKET_NUMBER = re.compile(r"[0-9A-F]{3}-[0-9A-F]{8}-[0-9A-F]{4}")
DEPARTMENTS = [{"ID": 1, "Name": "Support"}, {"ID": 2, "Name": "Sales"}]
GROUPS = [{"ID": 1, "Name": "Level 1"}, {"ID": 2, "Name": "Level 2"}, {"ID": 3, "Name": "Sales"}]


def told(url: str, version: str) -> dict[str, Any]:
    """What a client needs for the story; `version` is SOAP's, 1.1 or 1.2."""
    return {
        "url": url,
        "version": version,
        "username": USERNAME,
        "password": PASSWORD,
        "departmentID": 1,
        "groupId": 1,
        "agentId": ALICE,
        "toAddress": "customer@example.com",
        "subject": SUBJECT,
        "body": BODY,
        "fileName": FILE_NAME,
        "fileData": base64.b64encode(EVERY_BYTE).decode(),
        "fileMoment": f"{FILE_MOMENT}Z",
        "taskSubject": TASK_SUBJECT,
        "noTicket": NO_TICKET,
    }


def check(seen: dict[str, Any]) -> None:
    """Assert that a client saw what it must have, member by member."""
    nulls = set(seen.pop("nullsOfTask"))
    seen = _something(seen)
    number, ticket_id = seen["created"]["RequestResult"], seen["read"]["Ticket"]["ID"]
    assert TICKET_NUMBER.fullmatch(number)
    (part,) = seen["parts"]["Parts"]
    (file,) = seen["files"]["Files"]
    (task,) = seen["tasks"]["Tasks"]
    for moment in (seen["read"]["Ticket"]["LastReplyDateUtc"], part["CreationDateUtc"]):
        assert abs(datetime.fromisoformat(moment).replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=5)
    assert re.fullmatch(rf"Download/[\w-]+/{re.escape(quote(FILE_NAME, safe=''))}", file["downloadUrl"])
    ticket = _ticket(number, ticket_id, seen["read"]["Ticket"]["LastReplyDateUtc"])
    expected = {
        "departments": {**OK, "Departments": DEPARTMENTS},
        "groups": {**OK, "Groups": GROUPS},
        "created": {**OK, "RequestResult": number},
        "read": {**OK, "Ticket": ticket},
        "parts": {**OK, "Parts": [_part(part)]},
        "text": {**OK, "messageBody": BODY},
        "found": {**OK, "Tickets": [ticket]},
        "notFound": OK,
        "attached": {**OK, "File": _file(file)},
        "files": {**OK, "Files": [_file(file)]},
        "downloaded": base64.b64encode(EVERY_BYTE).decode(),
        "taskCreated": OK,
        "tasks": {**OK, "Tasks": [_task(task["TaskID"], ticket_id)]},
        "missing": {"Result": False, "ResultCode": -4, "Message": f"There is no ticket {NO_TICKET}.", "Ticket": NOBODY},
    }
    for name, value in expected.items():
        assert seen[name] == value, name
    assert set(seen) == set(expected)
    assert nulls - {"Description"} == NULLS


def _something(seen: Any) -> Any:
    """What was seen without nulls, empty texts and empty arrays: most clients take one for another, or leave it out."""
    if isinstance(seen, dict):
        return {name: _something(value) for name, value in seen.items() if value not in (None, "", [])}
    return [_something(one) for one in seen] if isinstance(seen, list) else seen


def _ticket(number: str, ticket_id: int, replied: str) -> dict[str, Any]:
    return {
        **NOBODY,
        "CustomerEmailAddress": "customer@example.com",
        "ID": ticket_id,
        "IdAgent": ALICE,
        "IdCustomer": 8,
        "IdDepartment": 1,
        "IdGroup": 1,
        "IsActive": True,
        "IsOpen": True,
        "LastReplyDateUtc": replied,
        "Priority": 2,
        "ReplyCountOut": 1,
        "Subject": SUBJECT,
        "TicketNumber": number,
    }


def _part(seen: dict[str, Any]) -> dict[str, Any]:
    return {
        "CreationDateUtc": seen["CreationDateUtc"],
        "Description": SUBJECT,
        "Direction": 1,
        "PartId": seen["PartId"],
        "Recipient": "Casey Customer (customer@example.com)",
        "Sender": "Alice Agent (alice@acme.example)",
        "Type": 1,
        "IsDraft": False,
    }


def _file(seen: dict[str, Any]) -> dict[str, Any]:
    return {
        "downloadUrl": seen["downloadUrl"],
        "fileDateUtc": FILE_MOMENT,
        "fileId": seen["fileId"],
        "fileNameOnDisk": seen["fileNameOnDisk"],
        "fileNameOriginal": FILE_NAME,
        "fileSizeInBytes": 256,
        "sender": "Alice Agent",
        "senderUserId": ALICE,
        "ticketMessageId": 0,
    }


def _task(task_id: int, ticket_id: int) -> dict[str, Any]:
    return {
        "Subject": TASK_SUBJECT,
        "TaskID": task_id,
        "TaskPriorityID": 2,
        "TaskStatusID": 4,
        "TicketID": ticket_id,
        "UserID": ALICE,
    }
