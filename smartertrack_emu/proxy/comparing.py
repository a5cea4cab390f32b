"""Where two answers to the same call differ: in structure, in types, in codes; in values only where told.

Two installations hold different data, so most values differ and lists have other lengths. What must be alike is what
clients are written against: the status, the elements with their namespaces and order, what kind of value each holds,
and the codes of results and faults.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from lxml import etree

from .calls import Message

Kind = Literal["status", "header", "element", "order", "namespace", "attribute", "type", "code", "value", "xml"]

ALL_VALUES = "*"
MOST_DIFFERENCES = 50
"""Differences of one call that are named; the others would say the same."""

_LONGEST_VALUE = 100
_DEEPEST = 60
_MASK = "****"
_CODES = frozenset(
    ("Result", "ResultCode", "IsAvailable", "faultcode", "{http://www.w3.org/2003/05/soap-envelope}Value")
)
_SCHEMA = "http://www.w3.org/2001/XMLSchema"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"

_TYPES = (
    ("no date", re.compile("0001-01-01T00:00:00")),
    ("boolean", re.compile(r"true|false")),
    ("whole number", re.compile(r"[+-]?\d{1,19}")),
    ("number with a fraction", re.compile(r"[+-]?\d+\.\d+(?:[eE][+-]?\d+)?")),
    ("GUID", re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
    ("date and time without a zone", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?")),
    ("date and time with Z", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")),
    ("date and time with an offset", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:\d\d")),
)
_NUMBERS = frozenset(("whole number", "number with a fraction"))
_FREE = frozenset(("text", "nothing"))
_DATES = frozenset(name for name, _ in _TYPES if "date" in name)


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: what kind, where in the answer, what was expected there and what was found."""

    kind: Kind
    where: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class Shapes:
    """What the WSDLs say of elements, by their names: which are texts wherever they stand, and which are lists."""

    texts: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()


class Comparison:
    """How answers are compared. `values`: names of elements whose values are to be alike, `*` for all.

    The value of a text may look like anything, and a list may be empty.
    """

    def __init__(self, shapes: Shapes, values: Collection[str] = ()) -> None:
        self._shapes = shapes
        self._values = frozenset(values)

    def differences(self, expected: Message, found: Message) -> list[Difference]:
        """Return where the answer that was found differs from the one expected; both are masked already.

        Where a status or a code differs, one call went well and the other did not: nothing else is said of them.
        """
        result: list[Difference] = []
        for difference in self._compare(expected, found):
            result.append(difference)
            if len(result) == MOST_DIFFERENCES:
                break
        failures = [one for one in result if one.kind in ("status", "code")]
        return failures or result

    def _compare(self, expected: Message, found: Message) -> Iterator[Difference]:
        if expected.status != found.status:
            yield Difference("status", "status", str(expected.status), str(found.status))
        types = _content_type(expected), _content_type(found)
        if types[0] != types[1]:
            yield Difference("header", "Content-Type", types[0] or "none", types[1] or "none")
        trees = _tree(expected), _tree(found)
        if trees[0] is not None and trees[1] is not None:
            yield from self._elements(trees[0], trees[1], "", 0)
        elif (trees[0] is None) != (trees[1] is None):
            said = ("no XML" if tree is None else "XML" for tree in trees)
            yield Difference("xml", "body", *said)
        elif ALL_VALUES in self._values and expected.body != found.body:
            yield Difference("value", "body", _shown(_text(expected.body)), _shown(_text(found.body)))

    def _elements(
        self, expected: etree._Element, found: etree._Element, above: str, depth: int
    ) -> Iterator[Difference]:
        names = etree.QName(expected), etree.QName(found)
        where = f"{above}/{names[0].localname}"
        if names[0].localname != names[1].localname:
            yield Difference("element", where, names[0].localname, names[1].localname)
            return
        if names[0].namespace != names[1].namespace:
            yield Difference("namespace", where, names[0].namespace or "none", names[1].namespace or "none")
        yield from _attributes(expected, found, where)
        if depth == _DEEPEST:
            return
        children = _children(expected), _children(found)
        if not children[0] and not children[1]:
            yield from self._leaf(names[0], expected.text or "", found.text or "", where)
        elif all(children) or names[0].localname not in self._shapes.lists:
            yield from self._runs(*children, where, depth)

    def _runs(
        self, expected: list[etree._Element], found: list[etree._Element], where: str, depth: int
    ) -> Iterator[Difference]:
        """Compare the children of an element: what is named alike and stands together is a list of any length."""
        runs = _runs(expected), _runs(found)
        orders = [list(run) for run in runs]
        for name in orders[0]:
            if name not in runs[1]:
                yield Difference("element", f"{where}/{name}", "the element", "none")
        for name in orders[1]:
            if name not in runs[0]:
                yield Difference("element", f"{where}/{name}", "none", "the element")
        common = [[name for name in order if name in runs[0] and name in runs[1]] for order in orders]
        if common[0] != common[1]:
            yield Difference("order", where, ", ".join(common[0]), ", ".join(common[1]))
        for name in common[0]:
            pair = runs[0][name], runs[1][name]
            if ALL_VALUES in self._values and len(pair[0]) != len(pair[1]):
                yield Difference("value", f"{where}/{name}", f"{len(pair[0])} of them", f"{len(pair[1])} of them")
            for number, (one, other) in enumerate(zip(*pair, strict=False), 1):
                place = f"{where}" if max(map(len, pair)) == 1 else f"{where}/{name}[{number}]"
                differences = self._elements(one, other, where, depth + 1)
                if place != where:
                    differences = _at(differences, f"{where}/{name}", place)
                yield from differences

    def _leaf(self, full: etree.QName, expected: str, found: str, where: str) -> Iterator[Difference]:
        name = full.localname
        if _MASK in (expected, found):
            return
        if full.text in _CODES or name in _CODES:
            expected, found = _code(name, expected), _code(name, found)
            if expected != found:
                yield Difference("code", where, _shown(expected), _shown(found))
            return
        types = type_of(expected), type_of(found)
        if types[0] != types[1] and name not in self._shapes.texts and not _may_be_alike(*types):
            yield Difference("type", where, f"{types[0]}", f"{types[1]}")
        elif expected != found and (name in self._values or ALL_VALUES in self._values):
            yield Difference("value", where, _shown(expected), _shown(found))


def type_of(text: str) -> str:
    """Return what kind of value a text looks like."""
    text = text.strip()
    if not text:
        return "nothing"
    return next((name for name, pattern in _TYPES if pattern.fullmatch(text)), "text")


def _may_be_alike(expected: str, found: str) -> bool:
    """Say whether values that look like these may be of one type: a text may be empty, a number have no fraction.

    A date that is not there is written without a zone, whatever others of its element have.
    """
    both = {expected, found}
    return both <= _NUMBERS or both <= _FREE or ("no date" in both and both <= _DATES)


def read_shapes(wsdls: Mapping[str, str]) -> Shapes:
    """Return what WSDLs say of elements."""
    kinds: dict[str, set[str]] = {}
    for document in wsdls.values():
        for element in etree.fromstring(document.encode()).iter(f"{{{_SCHEMA}}}element"):
            name, kind = element.get("name"), element.get("type")
            if name and kind:
                kinds.setdefault(name, set()).add(kind.rpartition(":")[2])
    return Shapes(
        texts=frozenset(name for name, found in kinds.items() if found == {"string"}),
        lists=frozenset(name for name, found in kinds.items() if all(kind.startswith("ArrayOf") for kind in found)),
    )


def _content_type(message: Message) -> str:
    return re.sub(r"\s+", "", message.header("Content-Type")).lower().replace('"', "")


def _tree(message: Message) -> etree._Element | None:
    if "xml" not in message.header("Content-Type").lower():
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(message.body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _children(element: etree._Element) -> list[etree._Element]:
    return list(element.iterchildren("*"))


def _runs(elements: list[etree._Element]) -> dict[str, list[etree._Element]]:
    """Return children by their names, in the order in which each name first stands."""
    runs: dict[str, list[etree._Element]] = {}
    for name, items in groupby(elements, key=lambda one: etree.QName(one).localname):
        runs.setdefault(name, []).extend(items)
    return runs


def _attributes(expected: etree._Element, found: etree._Element, where: str) -> Iterator[Difference]:
    for name in sorted({str(name) for one in (expected, found) for name in one.attrib}):
        values = expected.get(name), found.get(name)
        if (values[0] is None) != (values[1] is None) or (
            name.startswith(f"{{{_INSTANCE}}}") and values[0] != values[1]
        ):
            local = etree.QName(name).localname
            yield Difference("attribute", f"{where}/@{local}", _shown(values[0] or "none"), _shown(values[1] or "none"))


def _at(differences: Iterator[Difference], above: str, place: str) -> Iterator[Difference]:
    """Say of differences in a list in which of its items they are."""
    for one in differences:
        yield Difference(one.kind, place + one.where.removeprefix(above), one.expected, one.found)


def _code(name: str, text: str) -> str:
    """Return a code without the prefix of its namespace, which each server names as it likes."""
    text = text.strip()
    return text.rpartition(":")[2] if name in ("faultcode", "Value") else text


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}...")


def _text(body: bytes) -> str:
    return body[: _LONGEST_VALUE * 8].decode("utf-8", "replace")
