"""The parts of a mail: where each one's header and body stand in the bytes.

The bytes are never copied: a part is a place in them. The standard library makes a text of every line instead, which
takes up to thirty times the mail's size in memory (see the decision on reading mails).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from .errors import NotImportableError
from .headers import Headers, Parameters, is_field, read_header

MOST_PARTS: Final = 500
MOST_LEVELS: Final = 100
MOST_HEADER: Final = 2**20
"""Bytes of the longest header."""

_MOST_FIELDS: Final = 5_000
"""Fields of a mail's own header that are looked at; of a part's a twentieth."""

_MOST_CANDIDATES: Final = 100_000
"""Lines that begin like a boundary and are none."""

_LONGEST_BOUNDARY: Final = 1_000
_END_OF_LINE = re.compile(rb"[ \t]*\r?(?:\n|\Z)")
_GUESSED = re.compile(rb"\n--([^\s]{1,200})[ \t]*\r?\n[A-Za-z-]{3,60}:")


@dataclass(slots=True)
class Part:
    """A part: its header, the place of its body in the mail, the parts within it.

    `is_broken`: it should hold parts, and none can be told apart.
    """

    headers: Headers
    type: str
    parameters: dict[str, str]
    start: int
    end: int
    level: int
    children: list[Part] = field(default_factory=list)
    is_broken: bool = False

    @property
    def disposition(self) -> Parameters:
        """How it is to be shown, with the parameters of that."""
        return self.headers.parameters("content-disposition")


class Mail:
    """A mail's bytes and its parts; NotImportableError where they cannot be read."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw if b"\n" in raw else raw.replace(b"\r", b"\n")
        self._parts = 0
        self._candidates = 0
        start = self._after_separator(0, len(self.raw))
        self.root = self._part(start, len(self.raw), level=0, default="text/plain")
        if not self.root.headers.fields:
            raise NotImportableError("not a message: it has no header line.")

    def content(self, part: Part) -> bytes:
        """Return the bytes of a part's body, still encoded."""
        return self.raw[part.start : part.end]

    def _after_separator(self, start: int, end: int) -> int:
        """Return where the first field stands: empty lines and a mailbox's `From ` line come before it."""
        while self.raw.startswith((b"\r\n", b"\n", b"From ", b">From "), start):
            at = self.raw.find(b"\n", start, end)
            if at < 0:
                return end
            start = at + 1
        return start

    def _part(self, start: int, end: int, *, level: int, default: str) -> Part:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise NotImportableError(f"too many parts: more than {MOST_PARTS}.")
        if level > MOST_LEVELS:
            raise NotImportableError(f"too many levels: more than {MOST_LEVELS} parts within each other.")
        header_end, body = self._find_body(start, end)
        headers = read_header(self.raw[start:header_end], most=_MOST_FIELDS if level == 0 else _MOST_FIELDS // 20)
        type_, parameters = headers.parameters("content-type")
        part = Part(headers, type_ if type_.count("/") == 1 else default, dict(parameters), body, end, level)
        if part.type.startswith("multipart/"):
            self._split(part)
        return part

    def _find_body(self, start: int, end: int) -> tuple[int, int]:
        """Return where a header ends and where the body begins; a line that is no field begins the body, too."""
        at = start
        while at < end:
            if at - start > MOST_HEADER:
                raise NotImportableError(f"too large: a header of more than {MOST_HEADER} bytes.")
            stop = self.raw.find(b"\n", at, end)
            stop = end if stop < 0 else stop + 1
            line = self.raw[at : min(stop, at + 300)]
            if line in (b"\n", b"\r\n"):
                return at, stop
            if line[:1] not in b" \t" and not is_field(line):
                return at, at
            if line[:1] in b" \t" and at == start:
                return at, at
            at = stop
        return end, end

    def _split(self, part: Part) -> None:
        """Find the parts within one."""
        boundary = part.parameters.get("boundary", "").rstrip()[:_LONGEST_BOUNDARY]
        places = self._places(part, boundary.encode("utf-8", "surrogatepass")) if boundary else []
        if not places:
            guessed = _GUESSED.search(self.raw, max(part.start - 1, 0), part.end)
            places = self._places(part, guessed[1]) if guessed else []
        part.is_broken = not places
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        part.children = [self._part(start, end, level=part.level + 1, default=default) for start, end in places]

    def _places(self, part: Part, boundary: bytes) -> list[tuple[int, int]]:
        """Return from where to where each part within one stands."""
        mark = b"\n--" + boundary
        places: list[tuple[int, int]] = []
        begun = -1
        at = self.raw.find(mark, max(part.start - 1, 0), part.end)
        while at >= 0:
            after = at + len(mark)
            is_last = self.raw.startswith(b"--", after)
            line_end = _END_OF_LINE.match(self.raw, after + 2 * is_last, part.end)
            if line_end is None:
                self._candidates += 1
                if self._candidates > _MOST_CANDIDATES:
                    raise NotImportableError(f"too many parts: more than {MOST_PARTS}.")
            else:
                if begun >= 0:
                    # The line break before a boundary belongs to the boundary.
                    places.append((begun, max(at - (self.raw[at - 1 : at] == b"\r"), begun)))
                if self._parts + len(places) > MOST_PARTS:
                    raise NotImportableError(f"too many parts: more than {MOST_PARTS}.")
                begun = -1 if is_last else line_end.end()
                if is_last:
                    return places
                after = line_end.end() - 1
            at = self.raw.find(mark, after, part.end)
        if begun >= 0:
            places.append((begun, part.end))
        return places
