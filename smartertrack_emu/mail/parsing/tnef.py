"""winmail.dat: what Outlook packs a mail's text and files into."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from .charsets import decode, storable

logger = logging.getLogger(__name__)

_SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_MOST_COPIED: Final = 2**32
"""Bytes: the library copies for each object of the file what comes after it."""

_MOST_ITEMS: Final = 50_000
"""Properties and their values in one file. The file says itself how many there are, and the library believes it."""


class Unpacked(NamedTuple):
    """What a winmail.dat holds: files by their names, and a body, "" where there is none that can be read."""

    files: Sequence[tuple[str, bytes]]
    body: str
    is_html: bool


def unpack(content: bytes) -> Unpacked | None:
    """Return what a winmail.dat holds, None where it cannot be read."""
    if not content.startswith(_SIGNATURE) or _objects(content) * len(content) > _MOST_COPIED:
        return None
    # Its files are found by lengths that the bytes themselves name; whatever goes wrong, the file is kept as it is.
    try:
        read = _library()(content)
        files = [(_text(file.long_filename() or file.name), bytes(file.data or b"")) for file in read.attachments]
        html, plain = _text(read.htmlbody), _text(read.body)
    except Exception as error:  # noqa: BLE001 - the library raises whatever the bytes make it
        logger.info("a winmail.dat could not be read: %s", type(error).__name__)
        return None
    return Unpacked(files, html or plain, bool(html)) if files or html or plain else None


def _objects(content: bytes) -> int:
    """Count the objects of a file: each has a head of nine bytes, which ends with its length, and a sum of two."""
    at, count = 6, 0
    while at + 12 < len(content):
        at += int.from_bytes(content[at + 5 : at + 9], "little") + 11
        count += 1
    return count


class _Left(threading.local):
    items = 0


_left = _Left()


def _few(count: int) -> range:
    """Return `range(count)`, as long as a file has not counted to more than `_MOST_ITEMS` in all."""
    _left.items -= count
    if _left.items < 0:
        message = "too many properties"
        raise ValueError(message)
    return range(count)


@cache
def _bounded() -> Any:
    """Import the library, and bound what it counts to: it would count to four thousand millions."""
    from tnefparse import TNEF, mapi, tnef  # noqa: PLC0415 - few mails need it

    logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # what is wrong with a file is no news
    mapi.range = tnef.range = _few
    return TNEF


def _library() -> Any:
    library = _bounded()
    _left.items = _MOST_ITEMS
    return library


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return decode(value.rstrip(b"\x00"))
    return storable(value) if isinstance(value, str) else ""
