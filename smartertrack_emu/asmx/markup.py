"""The marks of an XML document, found in its bytes: where each begins and ends, and nothing more.

Of a well-formed document (without a document type) the marks are exact; of another one they are exact up to its first
error, behind which no parser builds anything. Finding them makes no objects that stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    """What a mark is; OTHER: a comment or a processing instruction."""

    START = auto()
    EMPTY = auto()
    END = auto()
    CDATA = auto()
    OTHER = auto()


class Mark(NamedTuple):
    """A mark from its `<` to the byte behind its `>`."""

    kind: Kind
    start: int
    end: int


class Run(NamedTuple):
    """Up to 200 marks and texts, without attributes, counted together: most of most documents.

    `end`: the byte behind it; `others`: CDATA sections, comments and instructions.
    """

    end: int
    starts: int
    empties: int
    ends: int
    others: int
    texts: int

    @property
    def elements(self) -> int:
        """The elements that begin in the run."""
        return self.starts + self.empties


_SLASH, _MARK, _QUESTION = b"/!?"
_CDATA_OPENS, _CDATA_CLOSES = b"<![CDATA[", b"]]>"
_LOOKED_AT = 1024
"""Attributes of a tag that are looked at: one with more is given as if it ended behind them."""

_TAG = re.compile(rb"""<[^<>"']++(?:"[^"<]*+"[^<>"']*+|'[^'<]*+'[^<>"']*+){0,%d}+(?P<end>>)?""" % _LOOKED_AT)
_ATTRIBUTE = re.compile(rb"""=[ \t\r\n]*+(?:"[^"]*+"|'[^']*+')""")
_RUN = re.compile(
    rb"""(?:<[^<>"'!?/][^<>"']*+>|</[^<>]++>|[^<>]{1,1000}+(?=<)|<!--[^<>-]*+-->|<!\[CDATA\[[^]<>]*+\]\]>|<\?[^<>?]++\?>)"""
    rb"""{1,200}+"""
)
_STEP = re.compile(rb"<(?![!?])/?|/>")


def mark_at(document: bytes, start: int) -> Mark | None:
    """Return the mark that begins at a `<`; None where it does not begin or end as a mark does."""
    second = document[start + 1] if start + 1 < len(document) else 0
    if second == _SLASH:
        kind, last = Kind.END, document.find(b">", start)
    elif second == _QUESTION:
        kind, last = Kind.OTHER, document.find(b"?>", start + 2) + 1
    elif second != _MARK:
        kind, last = _tag_at(document, start)
    elif document.startswith(_CDATA_OPENS, start):
        kind, last = Kind.CDATA, document.find(_CDATA_CLOSES, start + len(_CDATA_OPENS)) + 2
    elif document.startswith(b"<!--", start):
        kind, last = Kind.OTHER, document.find(b"-->", start + 4) + 2
    else:
        return None
    return Mark(kind, start, last + 1) if last > start else None


def _tag_at(document: bytes, start: int) -> tuple[Kind, int]:
    """Return what kind of tag begins at a `<`, and its last byte: before its first one where it does not end well."""
    tag = _TAG.match(document, start)
    if tag is None:
        return Kind.START, start - 1
    last = tag.end() - 1
    if tag["end"] is None and document.count(b"'", start, last) + document.count(b'"', start, last) < _LOOKED_AT:
        return Kind.START, start - 1
    return Kind.EMPTY if document[last - 1] == _SLASH else Kind.START, last


def marks_of(document: bytes, start: int = 0) -> Iterator[Mark]:
    """Give each mark from a place on, up to the first that is none."""
    while (start := document.find(b"<", start)) >= 0:
        mark = mark_at(document, start)
        if mark is None:
            return
        yield mark
        start = mark.end


def run_at(document: bytes, start: int) -> Run | None:
    """Return the run that begins at a place; None where none does."""
    match = _RUN.match(document, start)
    if match is None:
        return None
    end = match.end()
    marks = document.count(b"<", start, end)
    ends, empties = document.count(b"</", start, end), document.count(b"/>", start, end)
    others = document.count(b"<!", start, end) + document.count(b"<?", start, end)
    texts = marks - 1 - document.count(b"><", start, end) if marks else -1
    texts += (not document.startswith(b"<", start)) + (not document.endswith(b">", start, end))
    return Run(end, marks - ends - empties - others, empties, ends, others, texts)


def rise_of(document: bytes, start: int, end: int) -> int:
    """Return how many levels a run rises above where it begins; an empty element is a level too."""
    depth = highest = 0
    for step in _STEP.findall(document, start, end):
        if step == b"<":
            depth += 1
            highest = max(highest, depth)
        else:
            depth -= 1
    return highest


def count_attributes(document: bytes, tag: Mark, *, most: int) -> int:
    """Return how many attributes and namespace declarations a tag has, counting no further than one beyond `most`."""
    count = 0
    for _ in _ATTRIBUTE.finditer(document, tag.start, tag.end):
        count += 1
        if count > most:
            break
    return count


def cdata_content(section: Mark) -> tuple[int, int]:
    """Return where the content of a CDATA section begins and ends."""
    return section.start + len(_CDATA_OPENS), section.end - len(_CDATA_CLOSES)


def place_of_element(document: bytes, ordinal: int, *, at_start: bool) -> int:
    """Return the byte behind an element, or its first one; elements are counted from 0 as their tags stand.

    The document is well-formed and has that many.
    """
    at = passed = 0
    while True:
        run = run_at(document, at)
        if run is not None and passed + run.elements <= ordinal:
            passed += run.elements
            at = run.end
            continue
        mark = mark_at(document, document.index(b"<", at))
        if mark is None:
            message = "the document is not well-formed"
            raise ValueError(message)
        if mark.kind in (Kind.START, Kind.EMPTY):
            if passed == ordinal:
                return mark.start if at_start else _end_of(document, mark)
            passed += 1
        at = mark.end


def _end_of(document: bytes, tag: Mark) -> int:
    """Return the byte behind the element that a tag opens."""
    depth = int(tag.kind is Kind.START)
    marks = marks_of(document, tag.end)
    end = tag.end
    while depth:
        mark = next(marks)
        depth += (mark.kind is Kind.START) - (mark.kind is Kind.END)
        end = mark.end
    return end
