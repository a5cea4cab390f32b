"""A snapshot as one file to carry elsewhere: NAME.tar.gz, plain files and nothing else.

Headers are written and read by the library's TarInfo, one block at a time: what a library would do on its own with
links, devices and headers of any length cannot happen here.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from smartertrack_emu.store import disk

from .errors import NotASnapshotError
from .files import FILES, files_of

ABOUT: Final = "snapshot.json"
"""The first file of an archive: what the snapshot is."""

FILES_MOST: Final = 100_000
"""How many files an archive of a bounded length may hold."""

_ABOUT_MOST: Final = 2**20
_BLOCK: Final = 512
_PIECE: Final = 256 * 1024
_LEVEL: Final = 1
"""Of compression: quick, and rows of text are a fifth of their length all the same."""

_KNOWN: Final = re.compile(
    r"snapshot\.json|database\.db|tables/(?:tables\.json|[a-z0-9_]{1,63}\.copy)|"
    r"files/([0-9a-f]{2})/\1[0-9a-f]{62}|parts/[A-Za-z0-9_-]{1,64}",
    re.ASCII,
)
_TOO_LARGE = "it holds more than {most} bytes, which is what may be sent here; serve --snapshot takes any"


def pack(file: BinaryIO, folder: Path, about: dict[str, Any], *, modified_at: float) -> None:
    """Write a snapshot's folder into a file; OSError. `modified_at`: seconds since 1970."""
    with gzip.GzipFile(fileobj=file, filename="", mode="wb", compresslevel=_LEVEL, mtime=modified_at) as packed:
        written = json.dumps(about, indent=1).encode()
        packed.write(_header(ABOUT, len(written), modified_at) + written + _padding(len(written)))
        for path in files_of(folder):
            with path.open("rb") as whole:
                length = path.stat().st_size
                packed.write(_header(path.relative_to(folder).as_posix(), length, modified_at))
                while piece := whole.read(_PIECE):
                    packed.write(piece)
                packed.write(_padding(length))
        packed.write(bytes(2 * _BLOCK))


def unpack(packed: BinaryIO, folder: Path, *, most: int | None) -> dict[str, Any]:
    """Write an archive's files into an empty folder, and return what the snapshot says it is.

    `packed` has `read`. `most`: bytes that the archive may have when it is unpacked; None: any number.
    NotASnapshotError, and what is in the folder by then is of no use; OSError.
    """
    about: dict[str, Any] | None = None
    seen: set[str] = set()
    try:
        with gzip.GzipFile(fileobj=packed, mode="rb") as plain:
            stream = _Stream(plain, most)
            for name, length in _members(stream):
                if name in seen or (most is not None and len(seen) >= FILES_MOST):
                    raise NotASnapshotError("it holds a file twice, or too many files")
                seen.add(name)
                if name == ABOUT:
                    about = _read_about(stream, length)
                else:
                    _write(stream, folder, name, length)
                stream.skip(-length % _BLOCK)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise NotASnapshotError("it is no whole .tar.gz file") from error
    if about is None:
        raise NotASnapshotError(f"it has no {ABOUT}")
    return about


class _Stream:
    """What is being unpacked, up to a bound."""

    def __init__(self, plain: gzip.GzipFile, most: int | None) -> None:
        self._plain = plain
        self._most = most
        self._left = most

    def pieces(self, length: int) -> Iterator[bytes]:
        """Give so many bytes, some at a time; EOFError where there are fewer."""
        if self._left is not None:
            self._left -= length
            if self._left < 0:
                raise NotASnapshotError(_TOO_LARGE.format(most=f"{self._most:,}"))
        while length:
            piece = self._plain.read(min(length, _PIECE))
            if not piece:
                raise EOFError
            length -= len(piece)
            yield piece

    def read(self, length: int) -> bytes:
        return b"".join(self.pieces(length))

    def skip(self, length: int) -> None:
        for _ in self.pieces(length):
            pass


def _members(stream: _Stream) -> Iterator[tuple[str, int]]:
    """Give names and lengths; who takes one reads its content, and what fills the last block."""
    while True:
        block = stream.read(_BLOCK)
        if not any(block):
            return
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.HeaderError, UnicodeError) as error:
            raise NotASnapshotError("it is no .tar.gz file") from error
        name = header.name.removeprefix("./")
        if header.isdir() and header.size == 0:
            continue
        if not header.isreg() or header.size < 0 or not _KNOWN.fullmatch(name):
            raise NotASnapshotError("it holds something that no snapshot holds")
        yield name, header.size


def _read_about(stream: _Stream, length: int) -> dict[str, Any]:
    if length > _ABOUT_MOST:
        raise NotASnapshotError(f"its {ABOUT} cannot be read")
    try:
        about = json.loads(stream.read(length))
    except (ValueError, RecursionError) as error:
        raise NotASnapshotError(f"its {ABOUT} cannot be read") from error
    if not isinstance(about, dict):
        raise NotASnapshotError(f"its {ABOUT} cannot be read")
    return about


def _write(stream: _Stream, folder: Path, name: str, length: int) -> None:
    path = folder / name
    disk.make_directory(path.parent)
    digest = hashlib.sha256()

    def digested() -> Iterator[bytes]:
        for piece in stream.pieces(length):
            digest.update(piece)
            yield piece

    with disk.create(path) as file:
        disk.write_synced(file, digested())
    if name.startswith(f"{FILES}/") and digest.hexdigest() != path.name:
        raise NotASnapshotError("a file in it is damaged")


def _header(name: str, length: int, modified_at: float) -> bytes:
    header = tarfile.TarInfo(name)
    header.size = length
    header.mtime = int(modified_at)
    header.mode = 0o600
    return header.tobuf(tarfile.GNU_FORMAT)  # which has room for any length in the one block


def _padding(length: int) -> bytes:
    return bytes(-length % _BLOCK)
