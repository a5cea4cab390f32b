"""Evidence: the numbers are the contract's; that everything is documented is ours to want."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest

from smartertrack_emu.asmx.declare import members_documented
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.services.service import HelpdeskOperation, HelpdeskService, Options
from smartertrack_emu.services.words import Words

NUMBERS = {
    "svcTickets": 72,
    "svcChats": 28,
    "svcCallLogs": 7,
    "svcOrganization": 57,
    "svcKB": 5,
    "svcTasks": 8,
    "svcNotifications": 8,
    "svcVoip": 7,
    "svcIntegrations": 1,
}
OBSOLETE = {
    "svcTickets.CreateTicketFromCustomer": "CreateIncomingTicket",
    "svcTickets.CreateTicketFromCustomerWithCC": "CreateIncomingTicket",
    "svcTickets.CreateTicketFromCustomerWithDate": "CreateIncomingTicket",
    "svcTickets.CreateTicketFromCustomerWithDateAndCC": "CreateIncomingTicket",
    "svcTickets.CreateTicketFromCustomerWithGroup": "CreateIncomingTicket",
    "svcTickets.CreateTicketFromCustomerWithGroupWithCC": "CreateIncomingTicket",
    "svcCallLogs.CreateCallLog": "CreateCallLog2",
    "svcOrganization.SetManageAreaPermissions": "",
}
OPERATIONS = [(service, operation) for service in SERVICES for operation in service.operations.values()]
every_operation = pytest.mark.parametrize(
    ("service", "operation"), OPERATIONS, ids=[f"{service.name}.{operation.name}" for service, operation in OPERATIONS]
)


def types_in(annotation: Any) -> Iterator[type]:
    """All declared classes that an annotation leads to."""
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        yield annotation
        for hint in get_type_hints(annotation).values():
            yield from types_in(hint)
    for part in get_args(annotation):
        yield from types_in(part)


TYPES = {
    cls
    for _, operation in OPERATIONS
    for annotation in (operation.returns, *(parameter.annotation for parameter in operation.parameters))
    for cls in types_in(annotation)
}


def test_every_service_has_all_its_operations() -> None:
    assert {service.name: len(service.operations) for service in SERVICES} == NUMBERS
    assert [service.name for service in SERVICES] == list(NUMBERS)
    assert len(OPERATIONS) == 193


def test_every_service_is_documented() -> None:
    assert all(service.documentation.endswith(".") for service in SERVICES)


@every_operation
def test_operation_is_documented(service: HelpdeskService, operation: HelpdeskOperation) -> None:
    assert operation.documentation.endswith(".")
    for parameter in operation.parameters:
        assert parameter.documentation.endswith("."), parameter.name


@every_operation
def test_operation_says_who_may_call_it(service: HelpdeskService, operation: HelpdeskOperation) -> None:
    assert isinstance(operation.options.access, Access)
    assert isinstance(operation.options.right, Right | None)
    if operation.name.endswith("AsAdmin"):
        assert operation.options.access is Access.ADMINISTRATOR


def test_an_option_that_there_is_not_is_refused() -> None:
    """Here and, as the remark says, by mypy: it complains of a remark that is not needed."""
    service = HelpdeskService("svcOdd", documentation="Odd.")
    with pytest.raises(TypeError, match="write"):
        service.operation(write=True)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="write"):
        Options(write=True)  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        OPERATIONS[0][1].options.write  # type: ignore[attr-defined]  # noqa: B018 - read to see it fail


@every_operation
def test_operation_that_changes_something_is_declared_so(
    service: HelpdeskService, operation: HelpdeskOperation
) -> None:
    reads = operation.name.startswith(("Get", "Search", "Ping", "Validate"))
    exceptions = {
        "svcNotifications.GetAllReminders",  # what is due becomes a reminder when it is asked for
        "svcNotifications.GetNewReminderCount",
        "svcNotifications.GetReminder",
        "svcNotifications.GetReminderCount",
        "svcIntegrations.WhmcsEnsureUsersCreated",  # each item has a transaction of its own
        "svcOrganization.SetManageAreaPermissions",  # has no effect
        "svcTickets.TransferTicketToInstance",  # talks to another server before its own short transaction
        "svcVoip.GetLoginHandshake",  # the token is stored
    }
    is_exception = f"{service.name}.{operation.name}" in exceptions
    assert operation.options.writes is (reads == is_exception)


def test_every_member_of_a_type_is_documented() -> None:
    assert len(TYPES) == 102
    for cls in TYPES:
        meanings = members_documented(cls)
        assert list(meanings) == [field.name for field in dataclasses.fields(cls)]
        assert [name for name, meaning in meanings.items() if not meaning.endswith(".")] == [], cls


def test_inputs_that_take_certain_keys_name_them() -> None:
    words = {
        f"{operation.name}.{parameter.name}": note
        for _, operation in OPERATIONS
        for parameter in operation.parameters
        for note in parameter.notes
        if isinstance(note, Words)
    }
    assert len(words) == 34
    assert words["UpdateTask.parameters"].names[:3] == ("Subject", "TaskPriorityID", "TaskStatusID")
    assert "userid" not in words["GetUsersProperties.requestedValues"].names
    assert "TicketID" not in words["SetTicketProperties.ticketPropertyValues"].names
    assert words["AddChatNote.messageType"].text() == "Known are Note, Resolution, TransferNote, FollowUp."


def test_inputs_that_take_keys_with_values_say_what_the_values_are() -> None:
    lists = [
        (operation.name, [key for note in parameter.notes if isinstance(note, Words) for key in note.keys])
        for _, operation in OPERATIONS
        for parameter in operation.parameters
        if "`key=value`" in parameter.documentation
    ]
    assert len(lists) == 11
    for name, keys in lists:
        assert keys, name
        assert all(key.value for key in keys), name


def test_results_are_successes_unless_said_otherwise() -> None:
    for _, operation in OPERATIONS:
        members = {field.name for field in dataclasses.fields(operation.returns)}
        if "ResultCode" in members:
            result = operation.returns()
            assert (result.Message, result.Result, result.ResultCode) == ("", True, 0)


def test_obsolete_operations_name_what_replaces_them() -> None:
    obsolete = {
        f"{service.name}.{operation.name}": operation.options.obsolete
        for service, operation in OPERATIONS
        if operation.options.obsolete is not None
    }
    assert obsolete == OBSOLETE
