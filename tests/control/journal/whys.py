"""Requests that go wrong, each with words that its explanation must hold."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
BASE = "http://www.smartertools.com/SmarterTrack/Services2"
TICKETS = f"{BASE}/svcTickets.asmx"
PATH = "/Services2/svcTickets.asmx"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MEDIA_12 = {"Content-Type": "application/soap+xml; charset=utf-8"}


class Case(NamedTuple):
    """A request, and words of its explanation. `headers`: instead of or beside `Content-Type: text/xml`."""

    words: list[str]
    body: str | bytes = ""
    headers: Mapping[str, str] = MappingProxyType({})
    path: str = PATH
    method: str = "POST"


def envelope(inner: str, *, space: str = SOAP11, header: str = "") -> str:
    return f'<soap:Envelope xmlns:soap="{space}">{header}<soap:Body>{inner}</soap:Body></soap:Envelope>'


def call(
    operation: str = "GetTicketInfo",
    inner: str = "<ticketId>1</ticketId>",
    *,
    user: str = "alice",
    password: str = "alice-pw",
    namespace: str = TICKETS,
    credentials: str | None = None,
) -> str:
    if credentials is None:
        credentials = f"<authUserName>{user}</authUserName><authPassword>{password}</authPassword>"
    return f'<{operation} xmlns="{namespace}">{credentials}{inner}</{operation}>'


def action(name: str, base: str = TICKETS) -> dict[str, str]:
    return {"SOAPAction": f'"{base}/{name}"'}


NO_CREDENTIALS = call(credentials="")

CASES: dict[str, Case] = {
    # Which operation
    "unknown-action": Case(
        ["GetTicketInf", "nearest is GetTicketInfo", f"{TICKETS}/GetTicketInfo"],
        envelope(call()),
        action("GetTicketInf"),
    ),
    "action-of-another-namespace": Case(
        ["http://tempuri.org", f"{TICKETS}/GetTicketInfo"],
        envelope(call()),
        action("GetTicketInfo", "http://tempuri.org"),
    ),
    "action-of-another-service": Case(
        ["svcChats", "/Services2/svcChats.asmx", "svcTickets"],
        envelope(call()),
        action("GetChatInfo", f"{BASE}/svcChats.asmx"),
    ),
    "empty-action": Case(["SOAPAction is empty", f"{TICKETS}/GetTicketInfo"], envelope(call()), {"SOAPAction": '""'}),
    "action-like-nothing": Case(["xyzzy", "GetTicketInfo"], envelope(call()), action("xyzzy")),
    "element-of-another-namespace": Case(
        ["GetTicketInfo", "http://tempuri.org/", TICKETS], envelope(call(namespace="http://tempuri.org/"))
    ),
    "element-without-namespace": Case(
        ["GetTicketInfo", "no namespace", TICKETS], envelope("<GetTicketInfo><ticketId>1</ticketId></GetTicketInfo>")
    ),
    "operation-in-another-services-namespace": Case(
        ["GetTicketInfo", f"{BASE}/svcChats.asmx", TICKETS], envelope(call(namespace=f"{BASE}/svcChats.asmx"))
    ),
    "operation-of-another-service": Case(
        ["GetAllDepartments", "svcOrganization", "/Services2/svcOrganization.asmx"],
        envelope(call("GetAllDepartments", "", namespace=f"{BASE}/svcOrganization.asmx")),
    ),
    "unknown-element": Case(["GetTicketInf", "GetTicketInfo", TICKETS], envelope(call("GetTicketInf"))),
    "empty-body-element": Case(["Body is empty", TICKETS], envelope("")),
    "empty-body-element-with-action": Case(["Body is empty", "GetTicketInfo"], envelope(""), action("GetTicketInfo")),
    "action-and-body-differ": Case(
        ["SOAPAction names GetTicketInfo", "CloseTicket", "nothing of the Body was read"],
        envelope(call("CloseTicket")),
        action("GetTicketInfo"),
    ),
    "action-right-element-namespace-wrong": Case(
        ["GetTicketInfo", "http://tempuri.org/", TICKETS, "credentials"],
        envelope(call(namespace="http://tempuri.org/")),
        action("GetTicketInfo"),
    ),
    "action-of-soap-12": Case(
        ["GetTicketInf", "GetTicketInfo"],
        envelope(call("GetTicketInf"), space=SOAP12),
        {"Content-Type": f'application/soap+xml; action="{TICKETS}/GetTicketInf"'},
    ),
    # Elements
    "misspelt-element": Case(
        ["ticketID", "line 1, column", "nearest that is read is ticketId"],
        envelope(call(inner="<ticketID>1</ticketID>")),
    ),
    "element-of-another-operation": Case(
        ["GetTicketInfo reads ticketId, which did not come", 'not read: "ticketNumber"'],
        envelope(call(inner="<ticketNumber>1</ticketNumber>")),
    ),
    "no-element": Case(["GetTicketInfo reads ticketId; nothing came but the credentials"], envelope(call(inner=""))),
    "element-in-a-wrong-namespace": Case(
        ["ticketId", "urn:x", TICKETS], envelope(call(inner='<x:ticketId xmlns:x="urn:x">1</x:ticketId>'))
    ),
    # Credentials
    "no-credentials": Case(["authUserName", "authPassword", "missing"], envelope(NO_CREDENTIALS)),
    "empty-password": Case(["authPassword", "empty"], envelope(call(password=""))),
    "misspelt-credentials": Case(
        ["authUserName is missing", "authUsername"],
        envelope(call(credentials="<authUsername>alice</authUsername><authPassword>alice-pw</authPassword>")),
    ),
    "credentials-in-another-namespace": Case(
        ["authUserName", "urn:x", TICKETS],
        envelope(call(credentials='<x:authUserName xmlns:x="urn:x">a</x:authUserName><authPassword>b</authPassword>')),
    ),
    "credentials-in-basic": Case(
        ["authUserName", "Authorization", "Basic", "not read"],
        envelope(NO_CREDENTIALS),
        {"Authorization": "Basic YWxpY2U6YWxpY2UtcHc="},
    ),
    "credentials-in-ws-security": Case(
        ["authUserName", "WS-Security"],
        envelope(
            NO_CREDENTIALS,
            header='<soap:Header><w:Security xmlns:w="urn:w"><w:Password>x</w:Password></w:Security></soap:Header>',
        ),
    ),
    "unknown-user": Case(["no user 'nobody'"], envelope(call(user="nobody"))),
    "wrong-password": Case(["user 'alice' is there", "password is wrong"], envelope(call(password="wrong-one"))),
    "email-as-user": Case(
        ["alice@example.com", "e-mail address", "user names"], envelope(call(user="alice@example.com"))
    ),
    # Who may
    "no-agent": Case(
        ["an agent", "GetTicketInfo", "may be called by"], envelope(call(user="customer", password="customer-pw"))
    ),
    # Values
    "number": Case(
        ['"x1"', "ticketId", "whole number", "such as 17", "line 1, column"],
        envelope(call(inner="<ticketId>x1</ticketId>")),
    ),
    "number-too-large": Case(
        ['"99999999999"', "ticketId", "2147483647"], envelope(call(inner="<ticketId>99999999999</ticketId>"))
    ),
    "boolean": Case(
        ['"True"', "isHtml", "true, false, 1 or 0"], envelope(call("CreateTicket", "<isHtml>True</isHtml>"))
    ),
    "date": Case(
        ['"28.02.2031"', "dateStartUTC", "2031-02-28T23:59:00"],
        envelope(call("AddTicketTimeLog", "<dateStartUTC>28.02.2031</dateStartUTC>")),
    ),
    "base64": Case(["data", "Base64", '"@@@"'], envelope(call("AddTicketAttachment", "<data>@@@</data>"))),
    "child-in-value": Case(["ticketId", "other elements"], envelope(call(inner="<ticketId><a/></ticketId>"))),
    # Lists
    "unknown-key": Case(
        ["Subjekt", "nearest is Subject"],
        envelope(
            call(
                "SetTicketProperties",
                "<ticketNumber>1</ticketNumber><ticketPropertyValues><string>Subjekt=x</string></ticketPropertyValues>",
            )
        ),
    ),
    "no-key": Case(
        ["not in the form key=value"],
        envelope(call("GetTicketsBySearch", "<searchCriteria><string>open</string></searchCriteria>")),
    ),
    "item-of-a-list": Case(
        ["searchCriteria", '"item"', "string"],
        envelope(call("GetTicketsBySearch", "<searchCriteria><item>Subject=x</item></searchCriteria>")),
    ),
    "text-for-a-list": Case(
        ["searchCriteria", "string"], envelope(call("GetTicketsBySearch", "<searchCriteria>Subject=x</searchCriteria>"))
    ),
    # Envelope, HTTP
    "soap-12-as-text-xml": Case(
        ["SOAP 1.2", "text/xml", "application/soap+xml"], envelope(call("GetTicketInf"), space=SOAP12)
    ),
    "soap-11-as-soap-xml": Case(["SOAP 1.1", "application/soap+xml", "text/xml"], envelope(call()), MEDIA_12),
    "other-envelope": Case(["Envelope", "urn:soap", SOAP11, SOAP12], envelope(call(), space="urn:soap")),
    "must-understand": Case(
        ["Security", "mustUnderstand"],
        envelope(call(), header='<soap:Header><Security soap:mustUnderstand="1"/></soap:Header>'),
    ),
    "no-body": Case(["no Body"], f'<soap:Envelope xmlns:soap="{SOAP11}"><soap:Header/></soap:Envelope>'),
    "body-misspelt": Case(["no Body", '"body"'], f'<soap:Envelope xmlns:soap="{SOAP11}"><soap:body/></soap:Envelope>'),
    "no-envelope": Case(['"Envelop"', "Envelope", SOAP11], f'<Envelop xmlns="{SOAP11}"/>'),
    "bare-operation": Case(["GetTicketInfo", "must be Envelope", SOAP11], call()),
    "not-well-formed": Case(["not well-formed", "line 2, column"], "<a>\n<b></a>"),
    "plain-text": Case(["not well-formed", "line 1, column 1"], "hello"),
    "empty": Case(["body is empty", "Envelope"], ""),
    "doctype": Case(["DOCTYPE"], "<!DOCTYPE a><a/>"),
    "charset": Case(["charset", "utf-8"], envelope(call(inner="<ticketId>ü</ticketId>")).encode("latin-1"), {}),
    "unknown-charset": Case(
        ["klingon", "UTF-8"],
        '<?xml version="1.0" encoding="klingon"?>' + envelope(call()),
        {"Content-Type": "text/xml"},
    ),
    "content-type": Case(
        ["text/plain", "SOAP 1.1", "send it as text/xml"], envelope(call()), {"Content-Type": "text/plain"}
    ),
    "compressed": Case(["compressed", "gzip"], envelope(call()), {"Content-Encoding": "gzip"}),
    "json": Case(["JSON", "application/json"], '{"ticketId": 1}', {"Content-Type": "application/json"}),
    "unknown-service": Case(
        ["svcTicketz", "nearest is svcTickets", "/Services2/svcTickets.asmx"],
        envelope(call()),
        path="/Services2/svcTicketz.asmx",
    ),
    "service-without-asmx": Case(
        ["svcTickets", "/Services2/svcTickets.asmx"], envelope(call()), path="/Services2/svcTickets"
    ),
    "method": Case(["PUT", "POST"], envelope(call()), method="PUT"),
    # Forms
    "get-unknown-operation": Case(
        ["GetTicketInf", "GetTicketInfo"], path=f"{PATH}/GetTicketInf?authUserName=a", method="GET"
    ),
    "post-unknown-operation": Case(
        ["getticketinfo", "GetTicketInfo", "case"], "a=b", FORM, path=f"{PATH}/getticketinfo"
    ),
    "get-missing-parameter": Case(
        ["ticketId is missing", '"ticket"'],
        path=f"{PATH}/GetTicketInfo?authUserName=a&authPassword=b&ticket=1",
        method="GET",
    ),
    "post-number": Case(
        ["ticketId", '"x1"', "whole number"],
        "authUserName=a&authPassword=b&ticketId=x1",
        FORM,
        path=f"{PATH}/GetTicketInfo",
    ),
    "post-content-type": Case(["text/xml", "application/x-www-form-urlencoded"], "a=b", path=f"{PATH}/GetTicketInfo"),
    "post-json": Case(["JSON"], "{}", {"Content-Type": "application/json"}, path=f"{PATH}/GetTicketInfo"),
    "get-wrong-password": Case(
        ["user 'alice' is there"],
        path=f"{PATH}/GetTicketInfo?authUserName=alice&authPassword=falsch&ticketId=1",
        method="GET",
    ),
    "right": Case(
        ["alice lacks the right", "Agents"],
        envelope(call("DeleteCallLog", "<callLogId>1</callLogId>", namespace=f"{BASE}/svcCallLogs.asmx")),
        path="/Services2/svcCallLogs.asmx",
    ),
    "misspelt-header": Case(["Soap-Action", "SOAPAction"], envelope(call("GetTicketInf")), {"SOAP-Action": '"x"'}),
    "attributes": Case(["more than 256 attributes"], "<a " + " ".join(f"a{n}=''" for n in range(300)) + "/>"),
    # Refused by the operation itself
    "not-there": Case(["999999", "may not see"], envelope(call(inner="<ticketId>999999</ticketId>"))),
}
