"""Content on disk: what has an address never changes, and nothing is left behind or lost (ours)."""

from __future__ import annotations

import errno
import hashlib
import itertools
import logging
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.errors import BadValue, NotPossible, NotStored
from smartertrack_emu.store import disk
from smartertrack_emu.store.engine import WRITERS_TURN
from smartertrack_emu.store.failures import CommitOutcomeUnknown
from smartertrack_emu.store.unit_of_work import reading, write
from tests.outages import lost_commit, refusing_disk

TICKET = 1
"""The seed file's."""


class Refused(Exception):  # noqa: N818
    pass


class Uploads:
    """Files of a ticket as calls make them, each part in a transaction of its own."""

    def __init__(self, engine: Engine, root: Path) -> None:
        self.engine = engine
        self.root = root

    def begin(self, data: bytes, *, last: bool = False, fail: bool = False) -> int:
        def work(session: Session) -> int:
            file = files.new_attachment(
                name="a.bin", expected_length=None, sender_id=2, sender_name="", ticket_id=TICKET
            )
            files.write(session, self.root, file, 0, data, last=last)
            session.add(file)
            session.flush()
            if fail:
                raise Refused
            return file.id

        return write(self.engine, work)

    def put(self, file_id: int, position: int, data: bytes, *, last: bool = False, fail: bool = False) -> None:
        def work(session: Session) -> None:
            file = session.get_one(Attachment, file_id, with_for_update=True)
            files.write(session, self.root, file, position, data, last=last)
            session.flush()
            if fail:
                raise Refused

        write(self.engine, work)

    def content(self, file_id: int) -> bytes:
        with reading(self.engine) as session:
            file = session.get_one(Attachment, file_id)
            assert file.is_complete
            with files.open_content(self.root, file) as content:
                data = content.read()
            assert (len(data), hashlib.sha256(data).hexdigest()) == (file.received_length, file.sha256)
            return data

    def on_disk(self) -> list[str]:
        """The files below the folder: `parts/TOKEN`, `ab/DIGEST`."""
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file())


@pytest.fixture
def uploads(seeded_engine: Engine, tmp_path: Path) -> Uploads:
    return Uploads(seeded_engine, tmp_path / "attachments")


class TestContentNeverChanges:
    def test_after_a_rollback(self, uploads: Uploads) -> None:
        torn = uploads.begin(b"hello ")
        with pytest.raises(Refused):
            uploads.put(torn, 6, b"world", last=True, fail=True)
        other = uploads.begin(b"hello world", last=True)
        uploads.put(torn, 0, b"HOWDY there")
        assert uploads.content(other) == b"hello world"
        uploads.put(torn, 11, b"!", last=True)
        assert uploads.content(torn) == b"HOWDY there!"
        assert uploads.content(other) == b"hello world"

    def test_where_parts_are_still_linked_to_it(self, uploads: Uploads) -> None:
        """As version 0.1 left them."""
        torn, other = uploads.begin(b"hello world"), uploads.begin(b"hello world", last=True)
        with reading(uploads.engine) as session:
            part = files.part_path(uploads.root, session.get_one(Attachment, torn))
        part.unlink()
        os.link(files.content_path(uploads.root, hashlib.sha256(b"hello world").hexdigest()), part)
        uploads.put(torn, 0, b"HOWDY")
        assert uploads.content(other) == b"hello world"
        uploads.put(torn, 11, b"!", last=True)
        assert uploads.content(torn) == b"HOWDY world!"

    @pytest.mark.parametrize("damaged", [b"", b"hello", b"HELLO WORLD"])
    @pytest.mark.parametrize("in_parts", [False, True])
    def test_what_is_damaged_is_not_relied_on(self, uploads: Uploads, damaged: bytes, in_parts: bool) -> None:
        first = uploads.begin(b"hello world", last=True)
        files.content_path(uploads.root, hashlib.sha256(b"hello world").hexdigest()).write_bytes(damaged)
        if in_parts:
            second = uploads.begin(b"hello ")
            uploads.put(second, 6, b"world", last=True)
        else:
            second = uploads.begin(b"hello world", last=True)
        assert uploads.content(second) == uploads.content(first) == b"hello world"

    def test_by_one_who_writes_late(self, uploads: Uploads) -> None:
        """Their transaction is lost to a broken connection, and they do not know it yet."""
        file = uploads.begin(b"hello ")
        with reading(uploads.engine) as session:
            part = files.part_path(uploads.root, session.get_one(Attachment, file))
        with part.open("r+b", buffering=0) as late:
            uploads.put(file, 6, b"world", last=True)
            late.write(b"HOWDY")
        assert uploads.content(file) == b"hello world"


class TestWhereOpenFilesAreNotReplaced:
    """As on Windows, while somebody reads the content that another call has stored at the same time."""

    CONTENT = b"hello world"

    def refuse(self, monkeypatch: pytest.MonkeyPatch, found: bytes) -> None:
        def replace(path: Path, other: Path) -> None:
            other.write_bytes(found)
            raise PermissionError(errno.EACCES, "The process cannot access the file")

        monkeypatch.setattr(Path, "replace", replace)

    def test_the_others_content_serves_both(self, uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refuse(monkeypatch, self.CONTENT)
        assert uploads.content(uploads.begin(self.CONTENT, last=True)) == self.CONTENT

    def test_what_is_damaged_serves_nobody(self, uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refuse(monkeypatch, b"hello w")
        with pytest.raises(NotStored):
            uploads.begin(self.CONTENT, last=True)


@pytest.mark.parametrize("name", ["CON", "con.txt", "Aux", "nul.tar.gz", "COM1", "lpt9.x", "COM¹", "LPT³.txt"])
def test_names_of_devices_are_none_of_files(name: str) -> None:
    assert files.safe_name(name) == f"_{name}"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a:b", "a_b"),
        ("C:\\CON", "_CON"),
        ("dot.", "dot"),
        ("con .txt", "con_.txt"),
        ("a\r\nb", "a_b"),
        ("...", "file"),
    ],
)
def test_names_that_some_system_reads_otherwise(name: str, safe: str) -> None:
    assert files.safe_name(name) == safe


class TestParts:
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(seed=st.integers(0, 2**32), long=st.booleans())
    @example(seed=1, long=False)  # parts that are empty
    def test_any_order_gives_the_file(self, uploads: Uploads, seed: int, long: bool) -> None:
        """Parts anywhere within what is there, some of them rolled back, as a list of bytes would have them."""
        chance = random.Random(seed)  # noqa: S311 - the same each time
        model = bytearray(chance.randbytes(chance.randrange(20)))
        with patch.object(files, "_LONG", 0 if long else 2**20), patch.object(files, "_PIECE", 3):
            file = uploads.begin(bytes(model))
            for _ in range(chance.randrange(6)):
                position, data = chance.randrange(len(model) + 1), chance.randbytes(chance.randrange(10))
                if chance.random() < 0.3:
                    with pytest.raises(Refused):
                        uploads.put(file, position, data, fail=True)
                uploads.put(file, position, data)
                model[position : position + len(data)] = data
            position, data = chance.randrange(len(model) + 1), chance.randbytes(chance.randrange(10))
            if chance.random() < 0.5:
                with pytest.raises(Refused):
                    uploads.put(file, position, data, last=True, fail=True)
            uploads.put(file, position, data, last=True)
            model[position : position + len(data)] = data
        assert uploads.content(file) == bytes(model)
        assert not [path for path in uploads.on_disk() if path.startswith(("parts", "new"))]

    def test_that_are_gone_are_not_made_up(self, uploads: Uploads) -> None:
        file = uploads.begin(b"hello ")
        (part,) = (uploads.root / "parts").iterdir()
        for left in (b"hell", None):
            part.unlink()
            if left is not None:
                part.write_bytes(left)
            for last in (False, True):
                with pytest.raises(NotPossible, match="is lost: send it again"):
                    uploads.put(file, 6, b"world", last=last)
        with pytest.raises(BadValue):
            uploads.put(file, 7, b"world")

    def test_of_a_file_that_never_came_to_be_go(self, uploads: Uploads) -> None:
        with pytest.raises(Refused):
            uploads.begin(b"hello ", fail=True)
        assert uploads.on_disk() == []

    @pytest.mark.parametrize("made", [False, True])
    def test_stay_where_nobody_knows(self, uploads: Uploads, made: bool) -> None:
        file = uploads.begin(b"hello ")
        with lost_commit(made=made), pytest.raises(CommitOutcomeUnknown):
            uploads.put(file, 6, b"world", last=True)
        assert [path for path in uploads.on_disk() if path.startswith("parts")]
        if made:
            assert uploads.content(file) == b"hello world"
        else:
            uploads.put(file, 6, b"there", last=True)
            assert uploads.content(file) == b"hello there"


class TestLongFiles:
    @pytest.fixture(autouse=True)
    def _everything_is_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "_LONG", 0)

    def test_are_copied_while_nobody_waits(self, uploads: Uploads) -> None:
        turn = vars(uploads.engine).get(WRITERS_TURN)
        held: list[bool] = []
        sync = os.fsync

        def watched(descriptor: int) -> None:
            held.append(turn is not None and turn._lock.locked())
            sync(descriptor)

        file = uploads.begin(b"hello ")
        with patch.object(os, "fsync", watched):
            uploads.put(file, 6, b"world", last=True)
            uploads.begin(b"hello there", last=True)
        assert len(held) > 2
        assert not any(held)
        assert uploads.content(file) == b"hello world"

    def test_a_part_that_comes_meanwhile_counts(self, uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
        file = uploads.begin(b"hello ")
        store = files._store_parts
        others: list[Callable[[], None]] = [lambda: uploads.put(file, 0, b"HELLO")]

        def interrupted(*given: Any) -> Any:
            digest = store(*given)
            if others:
                others.pop()()
            return digest

        monkeypatch.setattr(files, "_store_parts", interrupted)
        uploads.put(file, 6, b"world", last=True)
        assert uploads.content(file) == b"HELLO world"

    def test_two_that_finish_it_at_once(self, uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
        file = uploads.begin(b"hello ")
        store = files._store_parts
        others: list[Callable[[], None]] = [lambda: uploads.put(file, 6, b"there", last=True)]

        def overtaken(*given: Any) -> Any:
            if others:
                others.pop()()
            return store(*given)

        monkeypatch.setattr(files, "_store_parts", overtaken)
        with pytest.raises(NotPossible, match="is complete"):
            uploads.put(file, 6, b"world", last=True)
        assert uploads.content(file) == b"hello there"


ERRORS = {
    errno.ENOSPC: "There is no space left for files. Nothing was changed.",
    errno.EDQUOT: "There is no space left for files. Nothing was changed.",
    errno.EFBIG: "There is no space left for files. Nothing was changed.",
    errno.EROFS: "The disk for files is read-only at the moment. Nothing was changed.",
    errno.EIO: "The file could not be stored. Nothing was changed; the error has been logged.",
}


@pytest.mark.parametrize("long", [False, True])
def test_a_disk_that_refuses_is_got_over(uploads: Uploads, long: bool, caplog: pytest.LogCaptureFixture) -> None:
    file = uploads.begin(b"hello ")
    before = {path: (uploads.root / path).read_bytes() for path in uploads.on_disk()}
    tries: list[Callable[[], object]] = [
        lambda: uploads.begin(b"whole file", last=True),
        lambda: uploads.begin(b"first part"),
        lambda: uploads.put(file, 6, b"next part"),
        lambda: uploads.put(file, 6, b"last part", last=True),
    ]
    for number, one in itertools.product(ERRORS, tries):
        caplog.clear()
        with (
            patch.object(files, "_LONG", 0 if long else 2**20),
            refusing_disk(number),
            pytest.raises(NotStored) as raised,
        ):
            one()
        assert str(raised.value) == ERRORS[number]
        (line,) = caplog.records
        assert (line.levelno, line.exc_info) == (logging.WARNING, None)
        assert "secret" not in line.getMessage()
        assert raised.value.__context__ is None  # whose frames would hold the file
        assert {path: (uploads.root / path).read_bytes() for path in uploads.on_disk()} == before
    uploads.put(file, 6, b"world", last=True)
    assert uploads.content(file) == b"hello world"
    assert uploads.content(uploads.begin(b"whole file", last=True)) == b"whole file"


def test_every_directory_and_name_is_synced(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(disk, "sync_directory", synced.append)
    file = uploads.begin(b"hello ")
    root = uploads.root
    assert synced == [root.parent, root, root / "parts"]
    synced.clear()
    uploads.put(file, 6, b"my ")
    assert synced == []
    uploads.put(file, 9, b"world", last=True)
    target = files.content_path(root, hashlib.sha256(b"hello my world").hexdigest()).parent
    assert synced == [root, root, target]  # "new", the first two digits, the content
    synced.clear()
    uploads.begin(b"hello my world", last=True)  # it may be another's, who has not come to that yet
    assert synced == [target]
