"""suds-community, reading the WSDL from the server. It speaks SOAP 1.1 only. Seen: a real client."""

from __future__ import annotations

import base64
import urllib.request
from datetime import datetime
from typing import Any

import pytest
from suds.client import Client
from suds.sudsobject import Object, asdict

from tests.clients.story import check, told
from tests.services.api import Api


class _Service:
    """One service's operations for one user; answers are plain dicts, lists and values."""

    def __init__(self, name: str, tell: dict[str, Any]) -> None:
        self._client = Client(f"{tell['url']}/Services2/{name}.asmx?WSDL", cache=None)
        # Of the two ports suds would take either.
        self._service = self._client.service[f"{name}Soap"]
        self._credentials = (tell["username"], tell["password"])

    def call(self, operation: str, *arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = _plain(getattr(self._service, operation)(*self._credentials, *arguments))
        return answer

    def texts(self, *texts: str) -> Any:
        array = self._client.factory.create("ArrayOfString")
        array.string = list(texts)
        return array


def _plain(value: Any) -> Any:
    if isinstance(value, Object):
        members = asdict(value)
        if value.__class__.__name__.startswith("ArrayOf"):
            return [_plain(item) for items in members.values() for item in items]
        return {name: _plain(member) for name, member in members.items()}
    if isinstance(value, datetime):
        return value.isoformat()[:19]
    return None if value is None else value if isinstance(value, bool | int) else str(value)


def tell_story(tell: dict[str, Any]) -> dict[str, Any]:
    organization, tickets, tasks = (_Service(name, tell) for name in ("svcOrganization", "svcTickets", "svcTasks"))
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
    seen["found"] = tickets.call("GetTicketsBySearch", tickets.texts(f"TicketNumber={number}", "isopen=true"))
    seen["notFound"] = tickets.call("GetTicketsBySearch", tickets.texts(f"TicketNumber={number}", "isopen=false"))
    # suds has no type for bytes: its users give it base64.
    moment = datetime.fromisoformat(tell["fileMoment"])
    size = len(base64.b64decode(tell["fileData"]))
    seen["attached"] = tickets.call("AddTicketAttachment", number, 0, tell["fileName"], tell["fileData"], size, moment)
    seen["files"] = tickets.call("GetTicketAttachments", ticket_id)
    with urllib.request.urlopen(f"{tell['url']}/{seen['files']['Files'][0]['downloadUrl']}", timeout=30) as file:
        seen["downloaded"] = base64.b64encode(file.read()).decode()
    wanted = tasks.texts(f"Subject={tell['taskSubject']}", f"RelatedItem={number}")
    seen["taskCreated"] = tasks.call("CreateTask", wanted)
    seen["tasks"] = tasks.call("GetTasksByTicketID", ticket_id)
    seen["nullsOfTask"] = [name for name, value in seen["tasks"]["Tasks"][0].items() if value is None]
    seen["missing"] = tickets.call("GetTicketInfo", tell["noTicket"])
    return seen


@pytest.mark.parametrize("seeded_url", ["sqlite"], indirect=True)
def test_suds(api: Api) -> None:
    check(tell_story(told(api.url, "1.1")))
