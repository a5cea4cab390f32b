"""docs/seed.md describes the format as it is: every field of every section, in order, and no other (ours)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from smartertrack_emu import seed
from smartertrack_emu.seed.format_entry import Entry

DOCUMENTATION = (Path(__file__).parents[2] / "docs" / "seed.md").read_text()

_ELSEWHERE = {
    "chats[].notes": "tickets[].notes",
    "knowledge_base[].folders": "knowledge_base",
    **dict.fromkeys(
        ("tickets[].messages[].attachments", "chats[].attachments", "call_logs[].attachments"), "tickets[].attachments"
    ),
    **dict.fromkeys(("chats[].time_logs", "call_logs[].time_logs"), "tickets[].time_logs"),
}
"""Sections written as another one, which is described there."""


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _sections(model: type[BaseModel], place: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        for inner in _models(field.annotation):
            where = f"{place}.{name}" if place else name
            if where in _ELSEWHERE:
                continue
            yield where, inner
            is_list = "list" in str(field.annotation)
            yield from _sections(inner, where + "[]" * is_list)


SECTIONS = dict(_sections(seed.SeedDocument))


def _described(section: str) -> str:
    """The text under the heading that names the section."""
    for heading, text in re.findall(r"^##+ (.+)\n((?:(?!^##).*\n)*)", DOCUMENTATION, re.MULTILINE):
        if section in heading.partition(", also of ")[0].split(" and "):
            return str(text)
    pytest.fail(f"docs/seed.md has no section {section}")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_field_is_described(section: str) -> None:
    model, text = SECTIONS[section], _described(section)
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]*)\|", text, re.MULTILINE)
    fields = {field.alias or name: field for name, field in model.model_fields.items() if name != "id"}
    assert [name for name, _, _ in rows] == list(fields)
    assert ("*Has an id.*" in text) == issubclass(model, Entry)
    for name, _, default in rows:
        is_choice = section == "tickets[].related"
        assert (not default.strip()) == (fields[name].is_required() or is_choice), name


def test_the_example_can_be_loaded() -> None:
    for example in re.findall(r"^```yaml\n(.*?)^```", DOCUMENTATION, re.MULTILINE | re.DOTALL):
        seed.parse(example)
