"""A working day with one ticket, told three times; both raw forms are seen in real clients.

By zeep, by raw SOAP 1.1 without SOAPAction, and by SOAP 1.2 posted as text/xml to ?op=.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import pytest
import zeep.helpers
from lxml import etree

from tests.services.api import Api
from tests.services.tickets.steps import ALICE, BOB, CUSTOMER, LEVEL_1, LEVEL_2, QUEUE, mails

NAMESPACE = "http://www.smartertools.com/SmarterTrack/Services2/svcTickets.asmx"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
EVERY_BYTE = bytes(range(256))
DUE = datetime(2040, 1, 2, 8, 30, tzinfo=UTC)

LISTS = {
    "Tickets": "TicketInfo",
    "Parts": "TicketPartInfo",
    "Events": "TicketEventInfo",
    "Files": "TicketAttachmentInfo",
}
"""Members that are lists, and what their items are called."""
STRINGS = "RequestResults"

Speak = Callable[..., dict[str, Any]]
"""Call an operation as a user; the answer as nested dictionaries, lists, and texts as they are on the wire."""


def by_zeep(api: Api) -> Speak:
    def speak(user: str, operation: str, **given: Any) -> dict[str, Any]:
        answer = getattr(api.tickets(user), operation)(**given)
        return dict(_plain("", zeep.helpers.serialize_object(answer, dict)))

    return speak


def _plain(name: str, value: Any) -> Any:
    """Return what zeep gives in the form that the raw tellings have."""
    if name in LISTS or name == STRINGS:
        # zeep does not tell an empty list from a missing one.
        return [_plain("", item) for items in (value or {}).values() for item in items or []]
    if isinstance(value, dict):
        return {key: _plain(key, item) for key, item in value.items()}
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return "" if value is None else str(value)


def raw_11(api: Api) -> Speak:
    """SOAP 1.1 without a SOAPAction."""
    return _raw(api, SOAP_11, lambda operation: "/Services2/svcTickets.asmx")  # noqa: ARG005


def raw_12(api: Api) -> Speak:
    """SOAP 1.2 as text/xml to ?op=."""
    return _raw(api, SOAP_12, lambda operation: f"/Services2/svcTickets.asmx?op={operation}")


def _raw(api: Api, envelope: str, path: Callable[[str], str]) -> Speak:
    def speak(user: str, operation: str, **given: Any) -> dict[str, Any]:
        given = {"authUserName": user, "authPassword": f"{user}-pw", **given}
        if operation.startswith("EditTicketNote"):
            given = {"authUsername": given.pop("authUserName"), **given}
        body = "".join(f"<{name}>{_xml(value)}</{name}>" for name, value in given.items())
        response = api.http.post(
            api.url + path(operation),
            data=(
                f'<?xml version="1.0" encoding="utf-8"?><e:Envelope xmlns:e="{envelope}"><e:Body>'
                f'<{operation} xmlns="{NAMESPACE}">{body}</{operation}></e:Body></e:Envelope>'
            ).encode(),
            headers={"Content-Type": "text/xml; charset=utf-8"},
            timeout=30,
        )
        root = etree.fromstring(response.content)
        assert root.tag == f"{{{envelope}}}Envelope"
        (result,) = root.iter(f"{{{NAMESPACE}}}{operation}Result")
        return dict(_tree(result))

    return speak


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(item)}</{name}>" for name, item in value.items())
    if isinstance(value, list):
        return "".join(f"<string>{escape(item)}</string>" for item in value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, bool):
        return str(value).lower()
    return escape(value.isoformat() if isinstance(value, datetime) else str(value))


def _tree(element: Any) -> Any:
    name = etree.QName(element).localname
    if name in LISTS or name == STRINGS:
        assert {etree.QName(item).localname for item in element} <= {LISTS.get(name, "string")}
        return [_tree(item) for item in element]
    if len(element):
        return {etree.QName(item).localname: _tree(item) for item in element}
    return element.text or ""


@pytest.mark.parametrize("telling", [by_zeep, raw_11, raw_12])
def test_story(api: Api, telling: Callable[[Api], Speak]) -> None:
    speak = telling(api)

    def well(user: str, operation: str, **given: Any) -> dict[str, Any]:
        answer = speak(user, operation, **given)
        assert (answer["Result"], answer["ResultCode"], answer["Message"]) == ("true", "0", "")
        return answer

    def refusal(user: str, operation: str, **given: Any) -> int:
        answer = speak(user, operation, **given)
        assert answer["Result"] == "false"
        assert answer["Message"]
        return int(answer["ResultCode"])

    def now() -> dict[str, str]:
        return dict(well("mary", "GetTicketInfoByTicketNumber", ticketNumber=number)["Ticket"])

    # The customer writes in, and it is somebody's turn.
    created = well(
        "alice",
        "CreateIncomingTicket",
        data={
            "body": "Seit gestern: „Zugriff verweigert“ <403> & mehr",
            "departmentID": 1,
            "displayName": "Zoë Ünal",
            "groupID": LEVEL_1,
            "isHtml": False,
            "sendAutoResponder": True,
            "senderEmailAddress": "customer@example.com",
            "subject": "Zugriff “verweigert” €",
        },
    )["Ticket"]
    number, ticket_id = created["TicketNumber"], int(created["ID"])
    assert (created["IdCustomer"], created["IdAgent"], created["IsActive"]) == (str(CUSTOMER), str(ALICE), "true")
    assert created["Subject"] == "Zugriff “verweigert” €"

    # The agent answers, with a file of every byte.
    answered = well(
        "alice",
        "AddMessageToTicketWithDateFromUser",
        ticketNumber=number,
        fromAddress="",
        toAddress="",
        ccAddress="chef@example.com",
        subject="Re: Zugriff",
        body="<p>Bitte <b>noch einmal</b> versuchen.</p>",
        isHtml=True,
        toCustomer=True,
        sendEmail=True,
        dateMessageReceived="0001-01-01T00:00:00",
        userID=ALICE,
    )["Part"]
    assert answered["Recipient"] == "Zoë Ünal (customer@example.com)"
    file = well(
        "alice",
        "AddTicketAttachment",
        ticketNumber=number,
        ticketMessageId=int(answered["PartId"]),
        fileName="Anleitung ß.bin",
        data=EVERY_BYTE[:200],
        fileLength=256,
        dateCreatedUTC=DUE,
    )["File"]
    well("alice", "AppendToTicketAttachment", ticketAttachmentId=int(file["fileId"]), data=EVERY_BYTE[200:])
    (listed,) = well("bob", "GetTicketAttachments", ticketId=ticket_id)["Files"]
    assert (listed["fileNameOriginal"], listed["fileSizeInBytes"]) == ("Anleitung ß.bin", "256")
    assert api.http.get(f"{api.url}/{listed['downloadUrl']}", timeout=10).content == EVERY_BYTE
    text = well("alice", "GetTicketMessagePlainText", ticketMessageId=int(answered["PartId"]))["messageBody"]
    assert text.strip() == "Bitte noch einmal versuchen."

    # It waits for the customer, who replies: it is open again.
    well("alice", "SetTicketProperties", ticketNumber=number, ticketPropertyValues=["TicketStatusID=2"])
    assert well("alice", "GetTicketStatusInternal", ticketNumber=number)["RequestResult"] == "Waiting"
    well("alice", "GetTicketCount")
    well(
        "alice",
        "AddMessageToTicket",
        ticketNumber=number,
        fromAddress="customer@example.com",
        toAddress="",
        ccAddress="",
        subject="Re: Re: Zugriff",
        body="Geht immer noch nicht!",
        isHtml=False,
        toCustomer=False,
        sendEmail=False,
    )
    found = now()
    assert (found["IsActive"], found["ReplyCountIn"], found["ReplyCountOut"]) == ("true", "2", "1")

    # To be followed up, and followed up.
    well(
        "alice",
        "SetFollowUp",
        ticketId=ticket_id,
        followUpDateUtc=DUE,
        newGroupId=0,
        newAgentId=0,
        newStatus="Waiting",
        pinToAgent=True,
        comment="Nachfragen <bald>",
    )
    found = now()
    assert (found["ShowInFollowUpView"], found["FollowUpDateUtc"], found["IsPinnedToAgent"]) == (
        "true",
        "2040-01-02T08:30:00Z",
        "true",
    )
    well("alice", "RemoveFollowUp", ticketId=ticket_id)
    assert now()["ShowInFollowUpView"] == "false"

    # Handed on: to bob, then to the next group's queue, then back.
    for group, agent, status in ((LEVEL_1, BOB, "Open"), (LEVEL_2, 0, ""), (LEVEL_2, ALICE, "")):
        well(
            "alice",
            "TransferTicket",
            ticketNumber=number,
            targetGroupID=group,
            targetAgentID=agent,
            transferComment="Kannst du?",
            ticketStatus=status,
        )
        found = now()
        assert (found["IdGroup"], found["IdAgent"], found["IsActive"]) == (str(group), str(agent or QUEUE), "true")

    # Resolved and closed, once what closing needs is there.
    note = {"ticketNumber": number, "messageType": "Resolution", "notetext": "Rechte <neu> vergeben"}
    well("alice", "AddTicketNote", **note)
    assert refusal("alice", "CloseTicket", ticketNumber=number, closingComment="") == -7
    well("alice", "SetTicketCustomFields", ticketNumber=number, customFieldValues=["asset=Server [13]"])
    well("alice", "CloseTicket", ticketNumber=number, closingComment="Fertig")
    assert refusal("alice", "CloseTicket", ticketNumber=number, closingComment="") == -7
    assert well("customer", "GetTicketStatus", ticketNumber=number)["RequestResult"] == "Closed"
    page = api.http.get(well("customer", "GetTicketURL", ticketNumber=number)["RequestResult"], timeout=10).text
    assert "Seit gestern: „Zugriff verweigert“ &lt;403&gt; &amp; mehr" in page
    assert "Rechte" not in page

    # Found, and seen whole.
    criteria = ["groupid=2", "HasResolution=True", "isopen=false", "EmailAddress=Customer@Example.com", "2=server"]
    (hit,) = well("alice", "GetTicketsBySearch", searchCriteria=criteria)["Tickets"]
    assert hit["TicketNumber"] == number
    assert well("alice", "GetTicketsBySearch", searchCriteria=["GroupId=3"])["Tickets"] == []
    parts = well("alice", "GetTicketConversationPartList", ticketId=ticket_id)["Parts"]
    assert [(part["Type"], part["Direction"]) for part in parts if part["Type"] == "1"] == [
        ("1", "0"),
        ("1", "1"),
        ("1", "0"),
    ]
    assert [part["Type"] for part in parts if part["Type"] != "1"] == ["10", "11", "11", "11", "12", "12"]

    # Deleted: still read by those who could, found only when asked for, changed by nothing.
    assert refusal("alice", "DeleteTicket", ticketId=ticket_id) == -3
    well("mary", "DeleteTicket", ticketId=ticket_id)
    assert refusal("mary", "DeleteTicket", ticketId=ticket_id) == -7
    assert refusal("alice", "AddTicketNote", **note) == -7
    assert well("alice", "GetTicketInfo", ticketId=ticket_id)["Ticket"]["IsDeleted"] == "true"
    assert well("alice", "GetTicketsBySearch", searchCriteria=[f"TicketNumber={number}"])["Tickets"] == []
    assert api.http.get(f"{api.url}/{listed['downloadUrl']}", timeout=10).status_code == 404
    assert refusal("carol", "GetTicketInfo", ticketId=ticket_id) == -4
    assert refusal("customer", "GetTicketInfo", ticketId=ticket_id) == -3

    events = well("alice", "GetTicketEventHistory", ticketId=ticket_id)["Events"]
    assert [(event["Description"], event["UserTakingAction"]) for event in events if _is_told(event)] == [
        ("Ticket Created", "alice"),
        ("Ticket Message Sent", "alice"),
        ("Ticket Attachment Added", "alice"),
        ("Ticket Status Changed", "alice"),
        ("Ticket Message Received", "alice"),
        ("Ticket Status Changed", "alice"),
        ("Ticket Follow Up Scheduled", "alice"),
        ("Ticket Comment Added", "alice"),
        ("Ticket Status Changed", "alice"),
        ("Ticket Followed Up", "alice"),
        ("Ticket Transferred", "alice"),
        ("Ticket Comment Added", "alice"),
        ("Ticket Status Changed", "alice"),
        ("Ticket Transferred", "alice"),
        ("Ticket Comment Added", "alice"),
        ("Ticket Transferred", "alice"),
        ("Ticket Comment Added", "alice"),
        ("Ticket Comment Added", "alice"),
        ("Ticket Comment Added", "alice"),
        ("Ticket Status Changed", "alice"),
        ("Ticket Deleted", "mary"),
    ]
    told = [event["Details"] for event in events if event["Description"] == "Ticket Status Changed"]
    assert told == [
        f"Status: from {before} to {after}."
        for before, after in (
            ("Open", "Waiting"),
            ("Waiting", "Open"),
            ("Open", "Waiting"),
            ("Waiting", "Open"),
            ("Open", "Closed"),
        )
    ]
    assert [mail.kind for mail in mails(api)] == ["auto_responder", "message"]


def _is_told(event: dict[str, str]) -> bool:
    """Say whether an event is one of the story's steps, not a small change beside one."""
    return event["Description"] != "Ticket Changed"
