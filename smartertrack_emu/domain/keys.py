"""Columns that follow another column of their row, so that no writer can forget them.

They are set with the attribute they follow, on every assignment and in the constructor, and by a Core `insert()`.
A bulk `update()` that sets the text must set the key as well.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Text, event
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, Mapper, mapped_column
from sqlalchemy.types import TypeEngine

from smartertrack_emu.domain.text import fold, key, key_or_none
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import KEY

_FOLLOWS = "follows"
_BY = "by"


def key_column(source: str) -> MappedColumn[Any]:
    """The comparison key of `source`."""
    return following(source, key, KEY)


def optional_key_column(source: str) -> MappedColumn[Any]:
    """The comparison key of `source`, None where that is empty."""
    return following(source, key_or_none, KEY)


def folded_column(source: str) -> MappedColumn[Any]:
    """All of `source`, folded: to be searched for a part of it."""
    return following(source, fold, Text())


def parameters(context: DefaultExecutionContext) -> dict[str, Any]:
    """The values of the row being inserted, for a default that depends on them."""
    row: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return row


def following(source: str, by: Callable[[Any], Any], type_: TypeEngine[Any]) -> MappedColumn[Any]:
    """A column that holds `by(source)`."""

    def default(context: DefaultExecutionContext) -> Any:
        value = parameters(context).get(source)
        return None if value is None else by(value)

    return mapped_column(type_, default=default, info={_FOLLOWS: source, _BY: by})


@event.listens_for(Base, "mapper_configured", propagate=True)
def _follow(mapper: Mapper[Any], class_: type[Any]) -> None:
    for column in mapper.columns:
        if _FOLLOWS in column.info:
            target = mapper.get_property_by_column(column).key
            _listen(getattr(class_, column.info[_FOLLOWS]), target, column.info[_BY])


def _listen(source: InstrumentedAttribute[Any], target: str, by: Callable[[Any], Any]) -> None:
    def set_target(row: Base, value: Any, old: Any, initiator: Any) -> None:
        del old, initiator
        setattr(row, target, None if value is None else by(value))

    event.listen(source, "set", set_target)
