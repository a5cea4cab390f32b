"""The OpenAPI 3.1 document, made of the calls as they are declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal

from pydantic.json_schema import models_json_schema

from smartertrack_emu import __version__

from . import problems
from .declaring import Media, Route
from .entrance import PREFIX
from .models import MOST_ID, Model, example_of
from .problems import Mistake, Problem
from .reading import MOST_JSON

_REFERENCE = "#/components/schemas/"
_BASIC = "basic"
_ABOUT = (
    "What a person or a test does to the emulator itself. Times are in UTC. Every call needs an administrator's login. "
    "A refused call changes nothing."
)
_MISTAKE = {
    "type": "object",
    "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
    "required": ["where", "what"],
    "additionalProperties": False,
}
_PROBLEM = {
    "type": "object",
    "description": "Why a call was refused (RFC 9457). `errors`: one for each value that is wrong.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": _MISTAKE, "minItems": 1},
    },
    "required": ["type", "title", "status", "detail"],
    "additionalProperties": False,
}

Mode = Literal["validation", "serialization"]
Schemas = Mapping[tuple[type[Model], Mode], Mapping[str, Any]]


def describe(routes: Sequence[Route]) -> dict[str, Any]:
    """Return the document that describes these calls."""
    schemas, components = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "smartertrack-emu: the control API", "version": __version__, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{_BASIC: []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in routes)],
        "paths": paths,
        "components": {
            "schemas": components | {"Problem": _PROBLEM},
            "securitySchemes": {_BASIC: {"type": "http", "scheme": "basic"}},
        },
    }


def _schemas(routes: Iterable[Route]) -> tuple[Schemas, dict[str, Any]]:
    wanted: dict[tuple[type[Model], Mode], None] = {}
    for route in routes:
        if route.takes_body and not isinstance(route.body, Media):
            wanted[route.body, "validation"] = None
        if route.answer is not None and not isinstance(route.answer, Media):
            wanted[route.answer, "serialization"] = None
    schemas, definitions = models_json_schema(list(wanted), ref_template=_REFERENCE + "{model}")
    return schemas, definitions.get("$defs", {})  # type: ignore[return-value]


def _operation(route: Route, schemas: Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [*_path_parameters(route), *_query_parameters(route)],
        "responses": _responses(route, schemas),
    }
    if route.description:
        described["description"] = route.description
    if route.takes_body and "body" in route.inputs:
        content = _content(route.body, "validation", schemas)
        described["requestBody"] = {"required": route.needs_body, "content": content}
    return described


def _path_parameters(route: Route) -> Iterable[dict[str, Any]]:
    for name, kind in route.parameters.items():
        schema = {"type": "integer", "minimum": 1, "maximum": MOST_ID} if kind is int else {"type": "string"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(route: Route) -> Iterable[dict[str, Any]]:
    described = route.query.model_json_schema(ref_template=_REFERENCE + "{model}")
    for name, schema in described.get("properties", {}).items():
        is_required = name in described.get("required", ())
        about = {"description": schema["description"]} if "description" in schema else {}
        yield {"name": name, "in": "query", "required": is_required, "schema": _bare(schema), **about}


def _bare(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a key of the address, where null cannot be said."""
    kept = {name: value for name, value in schema.items() if name not in ("title", "description")}
    if kept.get("default", ...) is None:
        del kept["default"]
    choices = [one for one in kept.pop("anyOf", []) if one != {"type": "null"}]
    return kept | choices[0] if len(choices) == 1 else kept


def _content(of: type[Model] | Media, mode: Mode, schemas: Schemas) -> dict[str, Any]:
    if isinstance(of, Media):
        example = {"example": of.example} if of.example else {}
        return {of.type: {"schema": {} if of.type == "application/json" else {"type": "string"}, **example}}
    return {"application/json": {"schema": schemas[of, mode], "example": example_of(of)}}


def _responses(route: Route, schemas: Schemas) -> dict[str, Any]:
    made: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.answer is not None:
        made["content"] = _content(route.answer, "serialization", schemas)
        for form in route.forms:
            made["content"] |= _content(form, "serialization", schemas)
    responses = {str(route.status): made}
    for status, why in route.also.items():
        responses[str(status)] = made | {"description": why}
    for status, why in sorted(_refusals(route).items()):
        responses[str(status)] = {
            "description": why,
            "content": {
                problems.MEDIA_TYPE: {
                    "schema": {"$ref": f"{_REFERENCE}Problem"},
                    "example": problems.as_json(Problem(status, why, _example_mistakes(route, status))),
                }
            },
        }
    return responses


def _refusals(route: Route) -> dict[int, str]:
    """Return why a call may be refused, by status."""
    found = {
        401: "The user name or the password is wrong.",
        403: "Only administrators may use the control API.",
        422: "A value is wrong, or a key of the address is not known.",
        503: "The database is not available at the moment.",
    }
    if route.parameters:
        found[404] = "There is no such item."
    if route.takes_body:
        found[415] = "The body has another Content-Type."
        if not isinstance(route.body, Media):
            found[400] = "The body is not JSON, or says something twice."
            found[413] = f"The body is longer than {MOST_JSON} bytes."
    return found | dict(route.errors)


def _example_mistakes(route: Route, status: int) -> list[Mistake]:
    if status != HTTPStatus.UNPROCESSABLE_ENTITY:
        return []
    where = next(iter(route.members.values()), "query.colour")
    return [Mistake(where, "is not known here." if where == "query.colour" else "is wrong.")]
