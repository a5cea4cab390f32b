"""TransferTicketToInstance to an installation that is slow, broken or hostile: ours."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import text

from smartertrack_emu.domain.models import TransferServer
from smartertrack_emu.store.unit_of_work import writing
from tests.providers.hostile import Behaviour, Visitor, describe, listening, result, sending
from tests.services.api import Api, RunningServer
from tests.services.tickets.steps import SALES, change, create, info, refused


def describing(behave: Behaviour) -> Behaviour:
    """Give a description to those who ask for one."""

    def described(visitor: Visitor) -> None:
        if visitor.head.startswith("GET"):
            visitor.answer(describe("svcTickets"))
        else:
            behave(visitor)

    return described


def transfer_to(api: Api, url: str, number: str) -> object:
    """Transfer a ticket there by a server that waits half a second for an answer."""
    change(api, TransferServer, 1, url=url)
    impatient = Api(RunningServer(api.engine, api.server.settings.data, transfer_timeout_seconds=0.5))
    try:
        return impatient.tickets("alice").TransferTicketToInstance(number, 1, SALES, "", 0, "", 0, "", "", "")
    finally:
        impatient.http.close()
        impatient.server.stop()


def chained(visitor: Visitor) -> None:
    """Describe a service by a schema that imports another one, and so on."""
    here = visitor.path.rpartition("=")[2]
    following = f"?xsd={int(here) + 1 if here.isdigit() else 0}"
    schema = (
        f'<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:{visitor.path.partition("?")[2]}">'
        f'<s:import namespace="urn:{following[1:]}" schemaLocation="{following}"/></s:schema>'
    )
    if "WSDL" in visitor.path:
        schema = f'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><types>{schema}</types></definitions>'
    visitor.answer(schema)


def silence(visitor: Visitor) -> None:
    visitor.stopping.wait()


SLOWLY: dict[str, Behaviour] = {
    "headers": sending(b"HTTP/1.1 200 OK\r\n", slowly=b"A: b\r\n"),
    "body": sending(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", slowly=b"<"),
}


@pytest.mark.parametrize("behave", SLOWLY.values(), ids=SLOWLY)
def test_the_limit_is_for_the_whole_answer(api: Api, behave: Behaviour) -> None:
    number = create(api)
    with listening(describing(behave)) as server:
        refused(transfer_to(api, server.url, number), -8, "Other installation did not answer within 0.5 seconds")
    assert info(api, number).IsOpen


def test_success_without_a_ticket(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    number = create(api)
    said = result("CreateIncomingTicket", "<Message/><Result>true</Result><ResultCode>0</ResultCode>")
    with listening(describing(lambda visitor: visitor.answer(said))) as server, caplog.at_level(logging.WARNING):
        answer = transfer_to(api, server.url, number)
    refused(answer, -8, "says that CreateIncomingTicket succeeded, but gave no Ticket. The ticket stays here.")
    assert caplog.text == ""
    assert info(api, number).IsOpen


def test_a_password_that_cannot_be_decrypted(api: Api) -> None:
    number = create(api)
    with listening(silence) as server:
        with writing(api.engine) as session:
            session.execute(text("UPDATE transfer_servers SET password = 'in clear'"))
        answer = transfer_to(api, server.url, number)
        refused(answer, -1, "A stored password cannot be read")
    assert server.asked == []


def test_nothing_is_fetched_that_the_other_side_names(api: Api) -> None:
    number = create(api)
    with listening(lambda visitor: visitor.answer("<a/>")) as elsewhere:
        imports = f'<import namespace="urn:b" location="{elsewhere.url}/b"/>'
        said = f'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/">{imports}</definitions>'
        with listening(lambda visitor: visitor.answer(said)) as server:
            refused(transfer_to(api, server.url, number), -8, "answered something that is not understood")
    assert elsewhere.asked == []


def test_imports_are_not_followed(api: Api) -> None:
    number = create(api)
    with listening(chained) as server:
        refused(transfer_to(api, server.url, number), -8, "Other installation")
    assert len(server.asked) == 1
