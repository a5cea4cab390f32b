"""zeep, the client most Python users have, reading the WSDL from the server: both SOAP versions, both databases.

Seen: a real client.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

import pytest
import requests
import zeep
from zeep.helpers import serialize_object

from tests.clients.story import check, told
from tests.services.api import Api


class _Service:
    """One service's operations for one user; answers are plain dicts, lists and values."""

    def __init__(self, name: str, tell: dict[str, Any], session: requests.Session) -> None:
        namespace = f"http://www.smartertools.com/SmarterTrack/Services2/{name}.asmx"
        wsdl = f"{tell['url']}/Services2/{name}.asmx?WSDL"
        client = zeep.Client(wsdl, transport=zeep.Transport(session=session))
        port = f"{name}Soap12" if tell["version"] == "1.2" else f"{name}Soap"
        self._service = client.bind(name, port)
        self._credentials = (tell["username"], tell["password"])
        self.texts = client.get_type(f"{{{namespace}}}ArrayOfString")

    def call(self, operation: str, *arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = _plain(self._service[operation](*self._credentials, *arguments))
        return answer


def _plain(value: Any) -> Any:
    value = serialize_object(value, dict)
    if isinstance(value, dict):
        if len(value) == 1:  # an array: {"TicketInfo": [...]}
            (items,) = value.values()
            return [_plain(item) for item in items]
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()[:19]
    return value


def tell_story(tell: dict[str, Any]) -> dict[str, Any]:
    with requests.Session() as session:
        return _tell(tell, session)


def _tell(tell: dict[str, Any], session: requests.Session) -> dict[str, Any]:
    names = ("svcOrganization", "svcTickets", "svcTasks")
    organization, tickets, tasks = (_Service(name, tell, session) for name in names)
    seen: dict[str, Any] = {
        "departments": organization.call("GetAllDepartments"),
        "groups": organization.call("GetAllGroups"),
    }
    seen["created"] = tickets.call(
        "CreateTicket",
        *(tell[name] for name in ("departmentID", "groupId", "agentId", "toAddress", "subject", "body")),
        False,
        False,
        False,
    )
    number = seen["created"]["RequestResult"]
    seen["read"] = tickets.call("GetTicketInfoByTicketNumber", number)
    ticket_id = seen["read"]["Ticket"]["ID"]
    seen["parts"] = tickets.call("GetTicketConversationPartList", ticket_id)
    seen["text"] = tickets.call("GetTicketMessagePlainText", seen["parts"]["Parts"][0]["PartId"])
    seen["found"] = tickets.call("GetTicketsBySearch", tickets.texts([f"TicketNumber={number}", "isopen=true"]))
    seen["notFound"] = tickets.call("GetTicketsBySearch", tickets.texts([f"TicketNumber={number}", "isopen=false"]))
    data = base64.b64decode(tell["fileData"])
    moment = datetime.fromisoformat(tell["fileMoment"])
    seen["attached"] = tickets.call("AddTicketAttachment", number, 0, tell["fileName"], data, len(data), moment)
    seen["files"] = tickets.call("GetTicketAttachments", ticket_id)
    link = f"{tell['url']}/{seen['files']['Files'][0]['downloadUrl']}"
    seen["downloaded"] = base64.b64encode(session.get(link, timeout=30).content).decode()
    wanted = tasks.texts([f"Subject={tell['taskSubject']}", f"RelatedItem={number}"])
    seen["taskCreated"] = tasks.call("CreateTask", wanted)
    seen["tasks"] = tasks.call("GetTasksByTicketID", ticket_id)
    seen["nullsOfTask"] = [name for name, value in seen["tasks"]["Tasks"][0].items() if value is None]
    seen["missing"] = tickets.call("GetTicketInfo", tell["noTicket"])
    return seen


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_zeep(api: Api, version: str) -> None:
    check(tell_story(told(api.url, version)))
