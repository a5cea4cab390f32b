"""From a file to a document: YAML, read safely, and checked against the format."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .errors import Problems, SeedError, quoted, suggestion
from .format import SeedDocument

_SENTENCES = {
    "missing": "is missing",
    "string_type": "must be text; put numbers, dates, yes and no in quotes",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "has not the right form",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list: each entry begins with a dash",
    "dict_type": "must be a mapping: `key: value`",
    "model_type": "must be a mapping: `key: value`",
    "model_attributes_type": "must be a mapping: `key: value`",
    "invalid_key": "must be text, as every key",
}


DEEPEST = 64
"""Lists and mappings that stand in each other, at the most (ours): far from where Python's stack ends."""

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read(path: Path) -> SeedDocument:
    """Read a seed file. SeedError says, place by place, what is wrong with it; names are looked up by `load`."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SeedError([f"cannot be read: {error.strerror or error}"]) from None
    except UnicodeDecodeError as error:
        raise SeedError([f"is not UTF-8: byte {error.start + 1} is wrong"]) from None
    return parse(text)


def parse(text: str) -> SeedDocument:
    """Return the document of a seed file's text. SeedError as in `read`."""
    data = _from_yaml(text)
    problems = Problems()
    for place, unfit in _unstorable(data, ""):
        problems.add(place, unfit)
    problems.raise_any()
    try:
        return SeedDocument.model_validate({} if data is None else data)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            problems.add(*_told(details))
        problems.raise_any()
        raise AssertionError from error  # not reached: a ValidationError has errors


class _Loader(yaml.SafeLoader):
    """YAML's safe subset; dates stay text, a key stands once, and nothing refers to another part of the file."""

    _depth = 0
    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own declaration
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        # An alias of an alias of an alias multiplies without end; none is needed here.
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(None, None, "aliases (*name) are not known here", mark)
        self._depth += 1
        if self._depth > DEEPEST:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(None, None, "this is nested too deeply", mark)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    message = f"the key {quoted(key.value)} stands twice"
                    raise yaml.constructor.ConstructorError(None, None, message, key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def _from_yaml(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise SeedError([f"{where}{error.problem or error.context or 'is no YAML'}"]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        raise SeedError([f"line {line}: the character U+{int(error.character):04X} is not allowed"]) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise SeedError([f"is no YAML: {error}"]) from None


def _unstorable(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Find texts that XML, or a database, cannot hold."""
    if isinstance(value, str):
        if bad := _NOT_IN_XML.search(value):
            yield place, f"contains U+{ord(bad.group()):04X}, which no answer of the services could hold"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unstorable(item, f"{place}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _unstorable(key, f"{place} (a key)" if place else "(a key)")
            yield from _unstorable(item, _under(place, key))


def _under(place: str, key: object) -> str:
    shown = quoted(key)[1:-1]
    return f"{place}.{shown}" if place else shown


def _told(details: ErrorDetails) -> tuple[str, str]:
    location = details["loc"]
    kind = details["type"]
    if kind == "extra_forbidden":
        word = str(location[-1])
        return _place(location[:-1]), f"no key {quoted(word)} here{suggestion(word, _keys_at(location[:-1]))}"
    place = _place(location)
    if kind == "value_error":
        return place, str(details["ctx"]["error"])
    if kind in {"greater_than_equal", "less_than_equal"}:
        bound = "at least" if kind == "greater_than_equal" else "at most"
        return place, f"must be {bound} {next(iter(details['ctx'].values()))}"
    if kind == "literal_error":
        return place, f"must be {details['ctx']['expected']}".replace("'", "")
    return place, _SENTENCES.get(kind, details["msg"])


def _place(location: tuple[int | str, ...]) -> str:
    place = ""
    for step in location:
        if isinstance(step, int):
            place += f"[{step}]"
        elif step != "[key]":
            place = _under(place, step)
    return place


def _keys_at(location: tuple[int | str, ...]) -> list[str]:
    """The keys that the mapping at a place may have."""
    model: type[BaseModel] = SeedDocument
    for step in location:
        if isinstance(step, str):
            field = next((f for n, f in model.model_fields.items() if (f.alias or n) == step), None)
            model = next(_models_in(field.annotation), model) if field else model
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
