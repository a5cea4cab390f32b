"""What a request may hold at the most, so that none costs much more memory than it has bytes.

An element of four bytes costs the parser 130, an attribute 240; a text costs four times its length as soon as one of
its characters lies beyond the BMP. docs/limits.md has every limit with what the shapes of requests cost under it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import markup
from .markup import Kind, Mark, Run

MEBIBYTE = 1024 * 1024


class MalformedRequestError(Exception):
    """A body that is not well-formed, or is beyond a limit. The sentence is for the log."""


class RefusedRequestError(MalformedRequestError):
    """A body that may be well-formed, and is not to be looked at further: a doctype, a limit passed."""


class LimitExceededError(RefusedRequestError):
    """A body beyond a limit of ours, which no recording knows: its sender is told which."""


MOST_TEXT = 8 * MEBIBYTE
"""Bytes of a request beside what is base64 alone, and characters of one text: a file may be longer, a text not."""


@dataclass(frozen=True)
class XmlLimits:
    """What a request's XML may hold at the most.

    `nodes`: elements, texts, comments and instructions; `attributes`: in the whole request, namespace declarations
    among them; `attributes_each`: of one element; `depth`: levels; `text`: bytes beside texts that are base64 alone.
    """

    nodes: int = 200_000
    attributes: int = 30_000
    attributes_each: int = 256
    depth: int = 256
    text: int = MOST_TEXT


_FEW_MARKS = 10_000
"""Marks of a body that need not be looked at one by one: two nodes each is far from any limit."""

_LONG_RUN = 64 * 1024
"""Bytes from which a text may be base64 alone."""

_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]*+")


def check(body: bytes, limits: XmlLimits) -> None:
    """Raise LimitExceededError for XML in UTF-8 that is beyond a limit, before anything of it is parsed.

    Bodies that cannot be beyond one by their number of marks and equals signs are not looked at further; up to 256
    levels are the parser's own limit for those that are not long.
    """
    is_long = len(body) > limits.text
    marks = body.count(b"<")
    if (
        is_long
        or marks > min(_FEW_MARKS, limits.nodes // 2)
        or (marks > limits.depth and limits.depth < XmlLimits.depth)
        or body.count(b"=") > min(limits.attributes_each, limits.attributes)
    ):
        _Count(body, limits).check()
    if is_long and len(body) - _base64_in(body) > limits.text:
        raise LimitExceededError(f"The request has more than {limits.text} bytes beside base64.")


class _Count:
    """Counts what a body holds, until one of the limits is passed or its marks end."""

    def __init__(self, body: bytes, limits: XmlLimits) -> None:
        self._body = body
        self._limits = limits
        self._nodes = self._attributes = self._depth = 0

    def check(self) -> None:
        """Raise LimitExceededError for the first limit that is passed."""
        at = 0
        while at < len(self._body):
            run = markup.run_at(self._body, at)
            if run is not None:
                self._add_run(at, run)
                at = run.end
                continue
            start = self._body.find(b"<", at)
            mark = markup.mark_at(self._body, start) if start >= 0 else None
            if mark is None:
                return
            self._add_nodes((mark.kind is not Kind.END) + (start > at))
            self._add(mark)
            at = mark.end

    def _add_run(self, at: int, run: Run) -> None:
        # Where it cannot get too deep, how deep it gets is not counted.
        if self._depth + run.starts + bool(run.empties) > self._limits.depth:
            self._refuse_depth(self._depth + markup.rise_of(self._body, at, run.end))
        self._depth += run.starts - run.ends
        self._add_nodes(run.elements + run.others + run.texts)

    def _add_nodes(self, number: int) -> None:
        self._nodes += number
        if self._nodes > self._limits.nodes:
            raise LimitExceededError(f"The request has more than {self._limits.nodes} nodes.")

    def _add(self, mark: Mark) -> None:
        if mark.kind is Kind.END:
            self._depth -= 1
        elif mark.kind in (Kind.START, Kind.EMPTY):
            self._add_attributes(mark)
            self._refuse_depth(self._depth + 1)
            self._depth += mark.kind is Kind.START

    def _refuse_depth(self, depth: int) -> None:
        if depth > self._limits.depth:
            raise LimitExceededError(f"The request is nested deeper than {self._limits.depth} levels.")

    def _add_attributes(self, tag: Mark) -> None:
        most = self._limits.attributes_each
        number = markup.count_attributes(self._body, tag, most=most)
        if number > most:
            raise LimitExceededError(f"An element of the request has more than {most} attributes.")
        self._attributes += number
        if self._attributes > self._limits.attributes:
            raise LimitExceededError(f"The request has more than {self._limits.attributes} attributes.")


def _base64_in(body: bytes) -> int:
    """Return how many bytes of a body are long texts of base64 and nothing else, each the whole text of its element.

    No such text grows when it is read, whatever else the request holds: a character that takes four bytes is not in it.
    """
    found = 0
    second = first = Mark(Kind.OTHER, 0, 0)
    for mark in markup.marks_of(body):
        if mark.kind is Kind.END:
            start, end = _whole_text(second, first, mark)
            if end - start >= _LONG_RUN and _BASE64.fullmatch(body, start, end):
                found += end - start
        second, first = first, mark
    return found


def _whole_text(second: Mark, first: Mark, closing: Mark) -> tuple[int, int]:
    """Return where the text of an element without children is, by the two marks before its end tag; (0, 0) for none."""
    if first.kind is Kind.START:
        return first.end, closing.start
    adjoining = second.end == first.start and first.end == closing.start
    return (
        markup.cdata_content(first) if (second.kind, first.kind) == (Kind.START, Kind.CDATA) and adjoining else (0, 0)
    )
