"""Evidence: documented, seen and ours, as the contract says of each. Code and contract name the same, in one order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from smartertrack_emu.control.api.entrance import PREFIX
from smartertrack_emu.control.api.sections import SECTIONS
from smartertrack_emu.rest import catalogue
from smartertrack_emu.rest.declaring import Operation
from smartertrack_emu.rest.jtel.acd import STATUSES, TYPES
from smartertrack_emu.rest.jtel.application import OPERATIONS
from smartertrack_emu.rest.jtel.document import DOCUMENT, errors_of
from smartertrack_emu.rest.jtel.records import ERROR, RECORDS

CONTRACT = json.loads((Path(__file__).parents[2] / "data" / "jtel.json").read_text(encoding="utf-8"))
BY_NAME = {one.name: one for one in OPERATIONS}


@pytest.mark.parametrize("told", CONTRACT["operations"], ids=[one["id"] for one in CONTRACT["operations"]])
def test_operations(told: dict[str, Any]) -> None:
    operation = BY_NAME[told["id"]]
    assert (operation.method, operation.path, operation.writes) == (told["method"], told["path"], told["writes"])
    aliases = [(one.get("method", told["method"]), one["path"]) for one in told["aliases"]]
    assert list(operation.aliases) == aliases
    assert operation.envelope == told["answer"]["envelope"]
    assert (operation.record.name if operation.record else None) == told["answer"]["record"]
    wanted = [one for one in told["parameters"] if one["name"] != "ClientsID"]
    for given, one in zip(operation.parameters, wanted, strict=True):
        said = (given.name, given.place, given.type, given.required)
        assert said == (one["name"], one["in"], one["type"], one["required"])
        assert given.default == one["default"], given.name
        if "maxLength" in one:
            assert given.longest == one["maxLength"], given.name
    assert {one["status"] for one in told["errors"]} <= errors_of(operation).keys()
    sentences = {why for _, why in operation.errors}
    assert {one["error"] for one in told["errors"] if one["error"] and one["status"] != 401} <= sentences


def test_all_operations_are_there() -> None:
    assert [one["id"] for one in CONTRACT["operations"]] == list(BY_NAME)
    assert len(BY_NAME) == 24


def fields_of(name: str) -> list[dict[str, Any]]:
    told = CONTRACT["types"][name]
    inherited = fields_of(told["extends"]) if "extends" in told else []
    return [*inherited, *told["fields"]]


@pytest.mark.parametrize("record", [*RECORDS, ERROR], ids=lambda record: record.name)
def test_records(record: Any) -> None:
    for member, told in zip(record.members, fields_of(record.name), strict=True):
        assert member.name == told["name"]
        assert member.type + "[]" * member.is_list == told["type"], member.name
        assert member.nullable == told["nullable"], member.name
        assert member.optional == told.get("optional", False), member.name
        assert member.is_constant == ("constant" in told) or record is ERROR, member.name
        if "constant" in told:
            assert member.constant == told["constant"]


def test_all_records_are_there() -> None:
    assert {record.name for record in [*RECORDS, ERROR]} == CONTRACT["types"].keys()


def test_types_and_statuses() -> None:
    for name, rows in (("AcdEventType", TYPES), ("AcdEventStatus", STATUSES)):
        assert [(row["id"], row["short_text"]) for row in rows] == [
            (one["ID"], one["ShortText"]) for one in CONTRACT["types"][name]["values"]
        ]


def test_what_the_server_knows_from_its_start() -> None:
    """Names for faults and metrics, which must not need the dialect."""
    wanted = {one.name: [p.name for p in (*one.query, *one.body)] for one in OPERATIONS}
    assert {name: list(names) for name, names in catalogue.JTEL.items()} == wanted


def test_control_calls() -> None:
    routes = {(route.method, PREFIX + route.path): route for section in SECTIONS for route in section.all}
    for told in CONTRACT["control"]:
        route = routes[told["method"], told["path"].replace("{id}", "{contact_id}")]
        answer: Any = route.answer
        assert list(answer.model_fields) == told["answer"]["fields"]
        body: Any = route.body
        assert list(body.model_fields) == list(told.get("body", ()))


def test_the_document_is_valid() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def _routes(operation: Operation) -> list[tuple[str, str]]:
    return [(operation.method, operation.path), *operation.aliases]


def test_the_document_is_whole() -> None:
    described = {
        (method.upper(), path.removeprefix("/rest/v1.0/{ClientsID}/"))
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
    }
    assert described == {route for operation in OPERATIONS for route in _routes(operation)}
