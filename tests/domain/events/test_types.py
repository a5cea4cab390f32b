"""The types of events: numbers, titles and arguments are documented (the product's list), what is carried is ours."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_type_hints

import pytest

from smartertrack_emu.domain import events
from smartertrack_emu.domain.events.arguments import ARGUMENTS, COMMON, spelt
from smartertrack_emu.domain.events.catalogue import event_types
from smartertrack_emu.domain.events.declaring import EventType, event, number_of
from smartertrack_emu.domain.events.tickets import TicketCreated
from tools.outcomes import fired_events

FACTS = Path(__file__).parents[2] / "data" / "event_types.txt"
BY_TYPE = {str: "text", int: "number", bool: "true or false", datetime: "date"}
all_types = pytest.mark.parametrize("declared", event_types(), ids=lambda one: one.event.__name__)


def documented() -> Iterator[tuple[int, str, tuple[str, ...]]]:
    for line in FACTS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            what, _, arguments = line.partition(":")
            number, _, title = what.partition(" ")
            yield int(number), title, tuple(arguments.split())


def test_the_products_types_have_its_numbers_titles_and_arguments() -> None:
    ours = [(one.number, one.title, one.arguments) for one in event_types() if one.is_documented]
    assert ours == list(documented())
    assert len(ours) == 67 + 1


def test_what_is_ours_is_neither_for_rules_nor_for_providers() -> None:
    assert [one.title for one in event_types() if not one.is_documented and one.arguments] == []


@all_types
def test_each_argument_is_carried_or_held_by_a_row_that_the_event_names(declared: EventType) -> None:
    fields = get_type_hints(declared.event)
    held = {name for rows in declared.held for name in rows.arguments}
    assert {rows.by for rows in declared.held} <= set(fields)
    carried = {spelt(field): kind for field, kind in fields.items()}
    for name in declared.arguments:
        assert name in held or name in carried
        assert name in ARGUMENTS
        if name in carried:
            assert {BY_TYPE[kind] for kind in _kinds(carried[name])} == {ARGUMENTS[name].type}, name


def _kinds(hint: Any) -> set[Any]:
    return ({*get_args(hint)} if isinstance(hint, UnionType) else {hint}) - {NoneType}


@all_types
def test_what_was_before_stands_beside_what_is_now(declared: EventType) -> None:
    held = {name for rows in declared.held for name in rows.arguments}
    present = held | {spelt(field) for field in declared.fields}
    for field in declared.fields:
        if field.startswith("old_"):
            assert spelt(field.removeprefix("old_").removesuffix("_")) in present, field


@all_types
def test_each_type_says_what_it_is(declared: EventType) -> None:
    assert (inspect.getdoc(declared.event) or "").endswith(".")
    assert declared.event.__name__.lower() == declared.title.lower().replace(" ", "")


def test_every_argument_is_some_types() -> None:
    used = {name for one in event_types() for name in one.arguments}
    assert used | set(COMMON) == set(ARGUMENTS)


def test_a_number_is_given_once() -> None:
    with pytest.raises(ValueError, match="TicketCreated"):
        event(number_of(TicketCreated), "Another")(_Another)


class _Another(NamedTuple):
    ticket_id: int


def test_the_catalogue_knows_every_module() -> None:
    folder = Path(events.__file__).parent
    declaring = {
        path.stem
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.decorator_list
    }
    assert declaring == {one.event.__module__.rpartition(".")[2] for one in event_types()}


def test_the_catalogue_says_what_is_fired() -> None:
    fired = fired_events()
    assert (fired["TicketCreated"], fired["KBArticleCreated"], fired["TicketIdle"]) == ("yes", "yes", "yes")
    assert {one.event.__name__ for one in event_types() if one.is_documented} <= set(fired)
