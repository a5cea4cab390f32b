"""Answers of SOAP services elsewhere, read by the names of their members and within limits.

By their names alone: another version of the product may answer members that we do not know, anywhere among the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree

_DEEPEST = 64
_MOST_PARTS = 100_000
"""Elements and attributes together: what a few thousand agents are listed with."""

_LONGEST_TAG = 256 * 1024
_AT_ONCE = 64 * 1024


class NotUnderstoodError(Exception):
    """What was answered is not what the operation answers; the message names what is missing or wrong."""


class FaultError(Exception):
    """The service answered with a fault; the message is its sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A result, or an item in one."""

    element: etree._Element

    def member(self, name: str) -> Answer | None:
        """Return a member; None where there is none."""
        found = next((child for child in self.element if _name(child) == name), None)
        return None if found is None else Answer(found)

    @property
    def value(self) -> str:
        """The text of what has no members."""
        return self.element.text or ""

    def text(self, name: str) -> str:
        """Return a member's text, "" where there is none."""
        found = self.member(name)
        return "" if found is None else found.value

    def required(self, name: str) -> str:
        """Return a member's text; NotUnderstoodError where there is none."""
        text = self.text(name)
        if not text:
            raise NotUnderstoodError(name)
        return text

    def number(self, name: str) -> int:
        """Return a member that is a number; NotUnderstoodError where it is not there, or no number."""
        text = self.text(name).strip()
        if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= len(str(-(1 << 63)))):
            raise NotUnderstoodError(name)
        return int(text)

    def is_true(self, name: str) -> bool:
        """Say whether a member is true."""
        return self.text(name).strip() in {"true", "1"}

    def items(self, name: str) -> list[Answer]:
        """Return the items of a list; none where it is not there."""
        found = self.member(name)
        return [] if found is None else [Answer(child) for child in found.element]


def read(content: bytes, operation: str) -> Answer:
    """Return the result of an operation. FaultError; NotUnderstoodError where it is neither, or beyond the limits."""
    try:
        _check(content)
        # A parser of its own: they are not shared by threads.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        answer = Answer(etree.fromstring(content, parser)).member("Body")
    except (expat.ExpatError, etree.XMLSyntaxError, LookupError, ValueError) as error:  # the last two: encodings
        raise NotUnderstoodError(str(error)) from error
    fault = answer and answer.member("Fault")
    if fault is not None:
        raise FaultError(fault.text("faultstring"))
    for name in (f"{operation}Response", f"{operation}Result"):
        answer = answer and answer.member(name)
    if answer is None:
        raise NotUnderstoodError(operation)
    return answer


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _check(content: bytes) -> None:
    """Refuse a document type, deep nesting, and more elements and attributes than an answer can need.

    A tree may take a hundred times the bytes that it is made of, so this is found out before there is one.
    """
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    depth = parts = 0

    def begin(name: str, attributes: list[str]) -> None:
        nonlocal depth, parts
        del name
        depth += 1
        parts += 1 + len(attributes) // 2
        if depth > _DEEPEST or parts > _MOST_PARTS:
            raise NotUnderstoodError("the answer is too deep, or has too many parts")

    def end(name: str) -> None:
        nonlocal depth
        del name
        depth -= 1

    def refuse(*declared: object) -> None:
        del declared
        raise NotUnderstoodError("the answer has a document type")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    for start in range(0, len(content), _AT_ONCE):
        parser.Parse(content[start : start + _AT_ONCE])
        if start - parser.CurrentByteIndex > _LONGEST_TAG:  # it comes whole, with all its attributes at once
            raise NotUnderstoodError("the answer has a long tag")
    parser.Parse(b"", True)  # noqa: FBT003 - expat's own: that was all
