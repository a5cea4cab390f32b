"""Every service and every operation has a page that says all its declaration says; forms call. Ours."""

from __future__ import annotations

from typing import Any, cast

import pytest

from smartertrack_emu.asmx.forms import can_be_called
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.services.service import HelpdeskOperation, HelpdeskService
from smartertrack_emu.services.words import Words
from smartertrack_emu.web.entrance import Entrance
from tests.services.api import Api
from tests.services.test_declarations import every_operation
from tests.web.services.test_pages import check, page_of
from tests.web.wsgi import ask

SITE = Entrance(cast("Desk", None), SERVICES)
EMPTY = 3


def text_of(part: Any) -> str:
    return " ".join(part.text_content().split())


def page(service: HelpdeskService, **environ: str) -> Any:
    answer = ask(SITE, f"/Services2/{service.name}.asmx", **environ)
    assert answer.status == 200
    check(answer.body.decode())
    return page_of(answer.body.decode())


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_service(service: HelpdeskService) -> None:
    shown = page(service)
    assert service.documentation.replace("`", "") in text_of(shown)
    names = shown.xpath("//dl[@id='operations']//dt/a/text()")
    assert names == sorted(service.operations, key=str.lower)
    for operation in service.operations.values():
        assert operation.documentation.replace("`", "") in text_of(shown)
    marked = shown.xpath("//dt[span[@class='obsolete']]/a/text()")
    assert set(marked) == {one.name for one in service.operations.values() if one.options.obsolete is not None}


@every_operation
def test_operation(service: HelpdeskService, operation: HelpdeskOperation) -> None:
    shown = page(service, QUERY_STRING=f"op={operation.name}")
    text = text_of(shown)
    assert operation.documentation.replace("`", "") in text
    assert operation.options.caller.replace("`", "") in text
    assert "`" not in text
    codes = [code.text for code in shown.iter("code")]
    for parameter in operation.parameters:
        assert parameter.name in codes
        keys = [key for note in parameter.notes if isinstance(note, Words) for key in note.keys]
        sentences = parameter.documentation.partition(" Known are ")[0] if keys else parameter.documentation
        assert sentences.replace("`", "") in text
        for key in keys:
            assert {key.name, key.also or key.name} <= set(codes)
            assert key.value in text
            assert key.meaning.replace("`", "") in text
    assert bool(shown.forms) == can_be_called(operation)
    if shown.forms:
        (form,) = shown.forms
        assert form.action.endswith(f"/{service.name}.asmx/{operation.name}")
        assert list(dict.fromkeys(form.inputs.keys())) == [parameter.name for parameter in operation.parameters]


def test_keys_say_what_their_values_are() -> None:
    (tasks,) = (service for service in SERVICES if service.name == "svcTasks")
    rows = [
        [text_of(cell) for cell in row.iter("td")]
        for row in page(tasks, QUERY_STRING="op=CreateTask").xpath("//details[@class='keys']//tbody/tr")
    ]
    assert ["Subject", "text", ""] in rows
    assert ["DateStart", "date and time, in the installation's zone if it says none", ""] in rows
    assert rows[1][0] == "TaskPriority or TaskPriorityID"
    assert rows[1][1].startswith("one of 1 Low, 2 ")


def submit(api: Api, operation: str, by: str = "alice", **filled: str | list[str]) -> str:
    """Send an operation's form as a browser does that runs no script, and return the answer."""
    name, _, operation = operation.partition(".")
    page = page_of(api.http.get(f"{api.url}/Services2/{name}.asmx?op={operation}", timeout=30).text)
    (form,) = page.forms
    for control in form.xpath(".//input"):
        control.value = ""  # lxml would leave out what a browser sends empty
    password = "admin" if by == "admin" else f"{by}-pw"
    for field, given in {"authUserName": by, "authPassword": password, **filled}.items():
        fields = form.xpath(".//*[@name=$name]", name=field)
        values = [given] if isinstance(given, str) else given
        assert len(fields) >= len(values)
        for control, value in zip(fields, values, strict=False):
            control.value = value
    answer = api.http.post(form.action, data=form.form_values(), timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.text


def succeeded(answer: str) -> bool:
    return "<Result>true</Result>" in answer


def test_a_form_sends_several_keys(api: Api) -> None:
    assert succeeded(
        submit(api, "svcTasks.CreateTask", parameters=["Subject=Call back", "Description=a=b", "UserID=4"])
    )
    found = submit(api, "svcTasks.GetTasksByUser", by="admin", userID="4")
    assert "<Subject>Call back</Subject>" in found
    assert "<Body>a=b</Body>" in found or "a=b" in found


def test_a_form_sends_several_of_what_is_asked_for(api: Api) -> None:
    number = api.tickets("alice").GetTicketInfo(1).Ticket.TicketNumber
    answer = submit(
        api, "svcTickets.GetTicketProperties", ticketNumber=number, requestedValues=["Subject", "", "TicketID"]
    )
    assert "<string>TicketID=1</string>" in answer
    assert answer.count("<string>") == 2
    assert succeeded(
        submit(api, "svcTickets.SetTicketProperties", ticketNumber=number, ticketPropertyValues=["Subject=Neu"])
    )
    assert api.tickets("alice").GetTicketInfo(1).Ticket.Subject == "Neu"


def test_empty_rows_of_other_lists_count_for_nothing_either(api: Api) -> None:
    number = api.tickets("alice").GetTicketInfo(1).Ticket.TicketNumber
    for operation, values in (
        ("svcTickets.GetTicketCustomFields", {"ticketNumber": number}),
        ("svcTickets.SetTicketCustomFields", {"ticketNumber": number}),
        ("svcOrganization.SetTicketPermissions", {"allowedPermissions": ["", "ViewQueue"], "roleID": "1"}),
        ("svcOrganization.SetReportPermissions", {"roleID": "1"}),
    ):
        given = cast("dict[str, str | list[str]]", values)
        assert succeeded(submit(api, operation, by="admin", **given)), operation


def test_the_page_of_an_operation_over_http(api: Api) -> None:
    for path in ("/Services2/svcKB.asmx", "/services/SVCKB.ASMX/?op=GetKBArticle", "/Services2/svcKB.asmx?op=Nope"):
        answer = api.http.get(f"{api.url}{path}", timeout=30)
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        check(answer.text)
        for source in page_of(answer.text).xpath("//script/@src | //link[@rel='stylesheet']/@href"):
            assert api.http.get(f"{api.url}{source}", timeout=30).status_code == 200
