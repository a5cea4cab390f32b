"""What all models of the control API have in common: strict JSON, moments, ids, lists, questions in the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator

T = TypeVar("T")

MOST_ID = 2**31 - 1
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)  # what RFC 3339 says, and no seconds
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def read_moment(value: object) -> object:
    """Return the moment that a text in ISO 8601 says, in UTC; ValueError where it has no time zone."""
    if isinstance(value, datetime):  # made by ourselves
        return value
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("must be a time in ISO 8601 with its zone, as 2031-02-28T23:59:00Z")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is no time that there is") from None


def write_moment(value: datetime) -> str:
    """Write a moment in ISO 8601, in UTC with Z."""
    return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


Moment = Annotated[
    datetime,
    BeforeValidator(read_moment),
    PlainSerializer(write_moment, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment: read with any zone, written in UTC."""

Day = Annotated[date, Field(strict=False)]
"""A day, as 2031-02-28: JSON has no dates, so its text is read as one."""

Id = Annotated[int, Field(ge=1, le=MOST_ID)]


class Model(BaseModel):
    """A JSON object: nothing is converted into another type, and no member is there that is not declared.

    `example`: what a body or an answer may look like, for those who read the documentation.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    example: ClassVar[Mapping[str, Any]] = {}


class Changes(Model):
    """What is to change of an item: what is left out stays, whatever the members' defaults are."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Describe the members without those defaults."""
        described: dict[str, Any] = handler.resolve_ref_schema(handler(core_schema))
        for member in described.get("properties", {}).values():
            member.pop("default", None)
        return described


class Nothing(Model):
    """The body of a call that takes none."""


class Query(Model):
    """The keys of an address: texts, which become what the members are."""

    @model_validator(mode="before")
    @classmethod
    def _convert(cls, given: Any) -> Any:
        kinds = {field.alias or name: field.annotation for name, field in cls.model_fields.items()}
        return {name: _converted(kinds.get(name), value) for name, value in given.items()}


def _converted(kind: Any, value: Any) -> Any:
    """Return a text as a value of a type where it looks like one; pydantic refuses what does not."""
    if not isinstance(value, str):
        return value
    kinds = {kind, *get_args(kind)}
    if int in kinds and _INTEGER.fullmatch(value):
        return int(value)
    if bool in kinds and value in ("true", "false"):
        return value == "true"
    return value


class Paging(Query):
    """Which part of a list."""

    limit: int = Field(default=50, ge=1, le=1000, description="How many items at the most.")
    offset: int = Field(default=0, ge=0, le=MOST_ID, description="How many to leave out at the beginning.")


class Listing(Model, Generic[T]):
    """A part of a list, and how many items the whole has."""

    items: list[T]
    total: int

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name a list after its items."""
        return f"{params[0].__name__}List"


class Deleted(Model):
    """How many were deleted."""

    example: ClassVar[Mapping[str, Any]] = {"deleted": 3}

    deleted: int


def example_of(model: type[Model]) -> Mapping[str, Any]:
    """Return a model's example; that of a list is made of its items'."""
    if issubclass(model, Listing):
        (item,) = model.__pydantic_generic_metadata__["args"]
        return {"items": [item.example], "total": 1}
    return model.example
