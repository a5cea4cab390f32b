"""Recordings: a file a call, which a person can read and change.

    smartertrack-emu recording 1 -----3f9a0c52
    {"at": "...", "service": "svcTickets", ...}
    -----3f9a0c52
    POST /Services2/svcTickets.asmx HTTP/1.1
    Content-Type: text/xml; charset=utf-8

    <soap:Envelope ...
    -----3f9a0c52
    200 OK
    Content-Type: text/xml; charset=utf-8

    <soap:Envelope ...

The first line names what stands between the parts. Passwords stand as ****.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from smartertrack_emu.store import disk

from .calls import Kept, Message

_MAGIC = "smartertrack-emu recording 1 "
_BETWEEN = re.compile(r"-{5}[0-9a-f]{8,64}")
_NUMBER = re.compile(r"(\d{6,})-.*\.txt\Z", re.ASCII)
_LONGEST_FILE = 32 * 1024 * 1024


class RecordingError(Exception):
    """A file is no recording; the sentence says which and why."""


class Recordings:
    """A directory of recordings: written by one process, read in the order in which the calls were made."""

    def __init__(self, directory: Path) -> None:
        """Take a directory; OSError where it cannot be made."""
        disk.make_directory(directory)
        self._directory = directory
        self._lock = threading.Lock()
        numbers = [int(match[1]) for path in directory.iterdir() if (match := _NUMBER.match(path.name))]
        self._next = max(numbers, default=0) + 1

    def add(self, kept: Kept) -> Path:
        """Write a recording, whole or not at all, and return its file; OSError."""
        with self._lock:
            number, self._next = self._next, self._next + 1
        path = self._directory / f"{number:06}-{kept.name or 'request'}.txt"
        beside = path.with_suffix(".part")
        beside.unlink(missing_ok=True)  # left by a run that was cut short
        rest = memoryview(written(kept))
        with disk.create(beside) as file:
            while rest:
                rest = rest[file.write(rest) :]
        beside.replace(path)
        return path


def written(kept: Kept) -> bytes:
    """Return a recording as it stands in its file."""
    about = {
        "at": kept.at,
        "milliseconds": kept.milliseconds,
        "service": kept.service,
        "operation": kept.operation,
        "user": kept.user,
    }
    between = f"-----{os.urandom(8).hex()}"
    parts = [f"{_MAGIC}{between}\n{json.dumps(about, ensure_ascii=False)}".encode("utf-8", "replace")]
    parts += (_message(one) for one in (kept.request, kept.answer))
    return f"\n{between}\n".encode().join(parts) + b"\n"


def _message(message: Message) -> bytes:
    lines = [message.start, *(f"{name}: {value}" for name, value in message.headers)]
    return "\n".join(lines).encode("latin-1", "replace") + b"\n\n" + message.body


def read_all(directory: Path) -> Iterator[tuple[Path, Kept]]:
    """Read the recordings of a directory in order; RecordingError, OSError."""
    for path in sorted(directory.iterdir(), key=lambda path: (len(path.name.partition("-")[0]), path.name)):
        if _NUMBER.match(path.name):
            yield path, read(path)


def read(path: Path) -> Kept:
    """Read a recording; RecordingError, OSError."""
    if path.stat().st_size > _LONGEST_FILE:
        raise RecordingError(f"{path}: longer than {_LONGEST_FILE} bytes, which no recording is.")
    data = path.read_bytes()
    first, _, rest = data.partition(b"\n")
    line = first.decode("ascii", "replace").rstrip("\r")
    between = line.removeprefix(_MAGIC)
    if not line.startswith(_MAGIC) or not _BETWEEN.fullmatch(between):
        raise RecordingError(f"{path}: the first line is not that of a recording.")
    parts = rest.split(f"\n{between}\n".encode())
    if len(parts) != 3:
        raise RecordingError(f"{path}: it has {len(parts)} parts; a recording has 3, with lines of {between} between.")
    try:
        about = json.loads(parts[0])
        return Kept(
            at=str(about["at"]),
            milliseconds=float(about["milliseconds"]),
            service=str(about["service"]),
            operation=str(about["operation"]),
            user=str(about["user"]),
            request=_read_message(parts[1], r"[A-Z]+ /\S* HTTP/1\.[01]"),
            answer=_read_message(parts[2].removesuffix(b"\n"), r"[1-5]\d\d(?: .*)?"),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RecordingError(f"{path}: it cannot be read: {error}.") from None


def _read_message(part: bytes, start: str) -> Message:
    head, _, body = part.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    if not re.fullmatch(start, first):
        message = f"{first[:80]!r} is no beginning of a request or an answer"
        raise ValueError(message)
    headers = []
    for line in lines:
        name, colon, value = line.partition(": ")
        if not colon:
            message = f"{line[:80]!r} is no header"
            raise ValueError(message)
        headers.append((name, value))
    return Message(first, headers, body)
