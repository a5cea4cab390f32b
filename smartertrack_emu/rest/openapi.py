"""The OpenAPI 3.1 document of a dialect, made of its operations and records as they are declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smartertrack_emu import __version__

from .declaring import Member, Operation, Parameter, Record

_REFERENCE = "#/components/schemas/"
_TYPES: Mapping[str, Mapping[str, Any]] = {
    "Integer": {"type": "integer"},
    "Number": {"type": "number"},
    "Boolean": {"type": "boolean"},
    "String": {"type": "string"},
    "DateTime": {"type": "string"},
    "String[]": {"type": "array", "items": {"type": "string"}},
    "Integer[]": {"type": "array", "items": {"type": "integer"}},
}


@dataclass(frozen=True)
class Described:
    """What a document says of a dialect beside its operations.

    `base`: what all paths begin with, with `parameters` in it. `envelope` makes the schema of an answer, `headers` its
    headers. `errors`: why each operation may be refused, by status.
    """

    title: str
    about: str
    base: str
    parameters: Sequence[Mapping[str, Any]]
    security: Mapping[str, Any]
    media_type: str
    envelope: Callable[[Operation], Mapping[str, Any]]
    headers: Callable[[Operation], Mapping[str, Any]]
    errors: Callable[[Operation], Mapping[int, str]]
    error: Record


def describe(dialect: Described, operations: Iterable[Operation], records: Iterable[Record]) -> dict[str, Any]:
    """Return the document. An alias is an operation of its own, whose name ends in a number."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        routes = ((operation.method, operation.path), *operation.aliases)
        for number, (method, path) in enumerate(routes):
            name = operation.name if not number else f"{operation.name}{number + 1}"
            described = {"operationId": name, **_operation(dialect, operation)}
            paths.setdefault(dialect.base + path, {})[method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": dialect.title, "version": __version__, "description": dialect.about},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {one.name: schema_of(one) for one in (*records, dialect.error)},
            "securitySchemes": {"token": dict(dialect.security)},
        },
    }


def schema_of(record: Record) -> dict[str, Any]:
    """Return the schema of a record."""
    return {
        "type": "object",
        "description": record.about,
        "properties": {member.name: _member(member) for member in record.members},
        "required": [member.name for member in record.members if not member.optional],
    }


def reference(record: Record) -> dict[str, str]:
    """Return what stands for a record's schema elsewhere."""
    return {"$ref": _REFERENCE + record.name}


def _member(member: Member) -> dict[str, Any]:
    if member.is_list:
        return {"type": "array", "items": {"$ref": _REFERENCE + member.type}}
    if member.type not in _TYPES:
        of = {"$ref": _REFERENCE + member.type}
        return {"anyOf": [of, {"type": "null"}]} if member.nullable else of
    if member.is_constant and member.constant is None:
        return {"type": "null"}
    schema = dict(_TYPES[member.type])
    if member.is_constant:
        schema["const"] = member.constant
    if member.nullable:
        schema["type"] = [schema["type"], "null"]
    return schema


def _operation(dialect: Described, operation: Operation) -> dict[str, Any]:
    ids = [one for one in operation.parameters if one.place == "path"]
    described: dict[str, Any] = {
        "summary": operation.about.rstrip("."),
        "parameters": [
            *dialect.parameters,
            *({"name": one.name, "in": "path", "required": True, "schema": {"type": "integer"}} for one in ids),
            *(_query(one) for one in operation.query),
        ],
        "responses": _responses(dialect, operation),
    }
    if operation.body:
        described["requestBody"] = {
            "required": any(one.required for one in operation.body),
            "content": {"application/json": {"schema": _body(operation)}},
        }
    return described


def _query(parameter: Parameter) -> dict[str, Any]:
    about = {"description": parameter.about} if parameter.about else {}
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "schema": _schema(parameter),
        **about,
    }


def _schema(parameter: Parameter) -> dict[str, Any]:
    schema = dict(_TYPES[parameter.type])
    if parameter.longest is not None:
        schema["maxLength"] = parameter.longest
    if parameter.required and parameter.type == "String":
        schema["minLength"] = 1
    if parameter.default is not None:
        schema["default"] = parameter.default
    if parameter.range is not None and not parameter.is_id:
        schema["minimum"], schema["maximum"] = parameter.range
    return schema


def _body(operation: Operation) -> dict[str, Any]:
    properties = {}
    for one in operation.body:
        schema = _schema(one)
        if not one.required:
            schema["type"] = [schema["type"], "null"]
        if one.about:
            schema["description"] = one.about
        properties[one.name] = schema
    return {
        "type": "object",
        "properties": properties,
        "required": [one.name for one in operation.body if one.required],
    }


def _responses(dialect: Described, operation: Operation) -> dict[str, Any]:
    content = {dialect.media_type: {"schema": dict(dialect.envelope(operation))}}
    responses: dict[str, Any] = {"200": {"description": "Done.", "content": content}}
    headers = dialect.headers(operation)
    if headers:
        responses["200"]["headers"] = dict(headers)
    for status, why in sorted(dialect.errors(operation).items()):
        responses[str(status)] = {
            "description": why,
            "content": {dialect.media_type: {"schema": reference(dialect.error)}},
        }
    return responses
