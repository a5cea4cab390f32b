"""Forms as they are sent (application/x-www-form-urlencoded), to the texts and bytes of the parameters wanted.

A form is read piece by piece: what it becomes is never held as as many objects as it has fields or escapes. Fields that
nobody wants are passed over; every limit is checked before the work it limits.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO

from .limits import MEBIBYTE, MOST_TEXT, LimitExceededError

LONGEST = 16 * MEBIBYTE
"""Bytes of a form: one that gives a file of a megabyte byte by byte has nine."""

_MOST_FIELDS = 100_000
"""Fields that are no byte of a byte[]."""

_MOST_BYTES = 1_200_000
"""Fields where a parameter is a byte[]."""

_MOST_ODD = 100_000
"""Bytes that are no plain decimals (`+65`, `065`); each takes as long as ten that are."""

_MOST_STRAY = 1_000_000
"""Percent signs that encode nothing; each takes as long as hundreds of those that do."""

_PIECE = 64 * 1024
_LONGEST_NAME = 1000
_NAMES_REMEMBERED = 1000

_STRAY = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_BYTES = {str(number).encode(): number for number in range(256)}


class Texts:
    """The values of a parameter that is a text, a number, a date, or an array of such: as they were sent."""

    def __init__(self) -> None:
        self.values: list[str] = []


class Bytes:
    """The values of a byte[]: one decimal a byte. `bad` is the first that is none, with what is wrong with it."""

    def __init__(self, convert: Callable[[str], int]) -> None:
        self.values = bytearray()
        self.bad: tuple[str, str] | None = None
        self.is_given = False
        self._convert = convert
        self._odd = 0

    def add(self, value: bytes) -> None:
        """Add a value as it was sent; LimitExceededError for too many in another spelling than plain decimals."""
        self.is_given = True
        number = _BYTES.get(value)
        if number is not None:
            self.values.append(number)
        elif self.bad is None:
            self._add_odd(decode(value).decode("utf-8", "replace"))

    def _add_odd(self, text: str) -> None:
        self._odd += 1
        if self._odd > _MOST_ODD:
            raise LimitExceededError(f"The form has more than {_MOST_ODD} bytes that are no plain decimals.")
        try:
            self.values.append(self._convert(text))
        except ValueError as error:
            self.bad = text, str(error)


def collect(form: bytes, wanted: Mapping[str, Texts | Bytes]) -> None:
    """Give each wanted parameter, by its name in lower case, the values of its fields.

    LimitExceededError for too many fields, too much text, or too many percent signs that encode nothing.
    """
    most = _MOST_BYTES if any(isinstance(one, Bytes) for one in wanted.values()) else _MOST_FIELDS
    if form.count(b"&") >= most:
        raise LimitExceededError(f"The form has more than {most} fields.")
    known: dict[bytes, Texts | Bytes | None] = {}
    left, text_left = _MOST_FIELDS, MOST_TEXT
    for field in _fields(form):
        name, _, value = field.partition(b"=")
        if name in known:
            place = known[name]
        else:
            place = _place(name, wanted)
            if len(known) < _NAMES_REMEMBERED:
                known[name] = place
        if isinstance(place, Bytes):
            place.add(value)
            continue
        left -= 1
        if left < 0:
            raise LimitExceededError(f"The form has more than {_MOST_FIELDS} fields.")
        if place is not None:
            value = decode(value)
            text_left -= len(value)
            if text_left < 0:
                raise LimitExceededError(f"The form has more than {MOST_TEXT} bytes of text.")
            place.values.append(value.decode("utf-8", "replace"))


def _place(name: bytes, wanted: Mapping[str, Texts | Bytes]) -> Texts | Bytes | None:
    if len(name) > _LONGEST_NAME:
        return None
    return wanted.get(decode(name).decode("utf-8", "replace").lower())


def _fields(form: bytes) -> Iterator[bytes]:
    """Give the fields that are not empty."""
    at = 0
    while at < len(form):
        end = form.find(b"&", at + _PIECE)
        end = len(form) if end < 0 else end
        for field in form[at:end].split(b"&"):
            if field:
                yield field
        at = end + 1


def decode(text: bytes) -> bytes:
    """Replace + by a blank and %XX by its byte; a percent sign that encodes nothing stays."""
    if b"%" not in text:
        return text.replace(b"+", b" ")
    decoded = BytesIO()
    at = stray = 0
    while at < len(text):
        end = at + _PIECE
        if end < len(text):
            escape = text.rfind(b"%", end - 2, end)  # it may reach over the end of the piece
            end = end if escape < 0 else escape
        piece, found = _STRAY.subn(b"%25", text[at:end].replace(b"+", b" "))
        stray += found
        if stray > _MOST_STRAY:
            raise LimitExceededError(f"The form has more than {_MOST_STRAY} percent signs that encode nothing.")
        # Quoted-printable has = where URLs have %, and a decoder in C that makes no object of each escape.
        decoded.write(binascii.a2b_qp(piece.replace(b"=", b"%3D").replace(b"%", b"=")))
        at = end
    return decoded.getvalue()
