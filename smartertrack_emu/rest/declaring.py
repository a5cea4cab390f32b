"""Declaring a dialect's operations and records: what is read, checked, answered and described is made of this.

Operation("GetAcdGroup", "GET", "acd/groups/group/{AcdGroupsID}", "Return a group.", ...)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

Type: TypeAlias = Literal["Integer", "Number", "Boolean", "String", "DateTime", "String[]", "Integer[]"]
Place: TypeAlias = Literal["path", "query", "body"]

NO_CONSTANT = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a caller gives. `is_id`: of an item, which need not be there. `longest`: characters.

    `field`: what the domain calls it, where its refusals speak of it.
    """

    name: str
    place: Place
    type: Type = "String"
    required: bool = False
    default: Any = None
    longest: int | None = None
    about: str = ""
    field: str = ""
    is_id: bool = False
    range: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a record. `column`: what the domain calls it; a constant has none.

    `of`: the record that a member is whose type is one, or a list of such (`is_list`). `optional`: it may be absent.
    """

    name: str
    type: str
    nullable: bool = False
    column: str = ""
    constant: Any = NO_CONSTANT
    optional: bool = False
    is_list: bool = False

    @property
    def is_constant(self) -> bool:
        """Whether it is the same in all records."""
        return self.constant is not NO_CONSTANT


@dataclass(frozen=True)
class Record:
    """What an answer is made of: members in their order."""

    name: str
    about: str
    members: Sequence[Member]

    @cached_property
    def by_name(self) -> dict[str, Member]:
        """The members by their names."""
        return {member.name: member for member in self.members}


Envelope: TypeAlias = Literal["list", "records", "status"]


@dataclass(frozen=True)
class Operation:
    """An operation as it was declared. `aliases`: further methods and paths that do the same.

    `function` gets the call and the values by their names, and returns what the dialect answers. `errors`: why it is
    refused, by status, beside what all operations have.
    """

    name: str
    method: str
    path: str
    about: str
    function: Callable[..., Any]
    envelope: Envelope
    record: Record | None = None
    parameters: Sequence[Parameter] = ()
    aliases: Sequence[tuple[str, str]] = ()
    errors: Sequence[tuple[int, str]] = ()
    writes: bool = False
    fields: dict[str, str] = field(default_factory=dict)

    @cached_property
    def query(self) -> Sequence[Parameter]:
        """What may stand in the address."""
        return [one for one in self.parameters if one.place == "query"]

    @cached_property
    def body(self) -> Sequence[Parameter]:
        """What may stand in the body."""
        return [one for one in self.parameters if one.place == "body"]

    @cached_property
    def ids(self) -> Sequence[str]:
        """The names of what stands in the path."""
        return re.findall(r"\{(\w+)\}", self.path)

    @cached_property
    def called(self) -> dict[str, str]:
        """What the domain's fields are called here."""
        return {one.field: one.name for one in self.parameters if one.field} | self.fields

    @property
    def takes_body(self) -> bool:
        """Whether a body is looked at."""
        return self.method not in ("GET", "DELETE")
