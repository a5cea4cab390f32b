"""What all mappings of a seed file have in common."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from smartertrack_emu.store.base import Base

from .values import FieldText, Id

T = TypeVar("T")

Many = Annotated[list[T], Field(default_factory=list)]
"""A list, empty where it is left out."""

Texts = Annotated[dict[str, FieldText], Field(default_factory=dict)]
"""Values of custom fields by their names."""


class Part(BaseModel):
    """A mapping of the file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Entry(Part):
    """A mapping that becomes a row with an id: the next free one, or the one given."""

    row: ClassVar[type[Base]]
    id: Id | None = None
