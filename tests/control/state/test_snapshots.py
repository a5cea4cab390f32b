"""Evidence: ours. Snapshots: kept, brought back, carried elsewhere, on both kinds of database."""

from __future__ import annotations

import gzip
import io
import json
import os
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from sqlalchemy import func, select, text

from smartertrack_emu.compose import Application
from smartertrack_emu.control.state.state import State
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.errors import AlreadyExists, BadValue, NotFound, NotPossible
from smartertrack_emu.domain.kb.search import search
from smartertrack_emu.domain.models import Attachment, Brand, Ticket, TransferServer
from smartertrack_emu.domain.structure import emulation
from smartertrack_emu.store import migrate
from smartertrack_emu.store.unit_of_work import reading, write, writing

from .conftest import Start
from .test_reset import everything

MOST = 50_000_000


def add_brand(state: State, name: str) -> int:
    with writing(state.engine) as session:
        brand = Brand(name=name)
        session.add(brand)
        session.flush()
        return brand.id


def brands(state: State) -> list[str]:
    with reading(state.engine) as session:
        return list(session.scalars(select(Brand.name).order_by(Brand.id)))


def upload(state: State, *parts: bytes, last: bool) -> int:
    """A file of ticket 1, in parts; returns its id."""

    def work(session: Any) -> int:
        attachment = files.new_attachment(
            name="notes.txt", expected_length=None, sender_id=None, sender_name="dora", ticket_id=1
        )
        for number, part in enumerate(parts, start=1):
            files.append(session, state.attachments, attachment, part, last=last and number == len(parts))
            session.add(attachment)
            session.flush()
        return attachment.id

    return write(state.engine, work)


def go_on(state: State, file: int, part: bytes, *, last: bool = False) -> None:
    def work(session: Any) -> None:
        files.append(session, state.attachments, session.get_one(Attachment, file), part, last=last)

    write(state.engine, work)


def opened(state: State, file: int) -> BinaryIO:
    with reading(state.engine) as session:
        return files.open_content(state.attachments, session.get_one(Attachment, file))


def content(state: State, file: int) -> bytes:
    with opened(state, file) as read:
        return read.read()


def exported(state: State, name: str) -> bytes:
    file, length = state.export(name)
    with file:
        whole = file.read()
    assert len(whole) == length
    return whole


def test_what_was_kept_is_brought_back(application: Application) -> None:
    state = application.state
    first = add_brand(state, "Kept")
    before = everything(state.engine)
    taken, is_new = state.take("one")
    assert is_new
    assert (taken.name, taken.database) == ("one", state.engine.dialect.name)
    assert taken.bytes > 1000
    assert add_brand(state, "Later") == first + 1
    assert state.restore("one") == taken
    assert everything(state.engine) == before
    assert add_brand(state, "Later") == first + 1, "numbers go on from where they were"


def test_a_search_finds_what_was_brought_back(application: Application) -> None:
    state = application.state

    def found() -> list[int]:
        with reading(state.engine) as session:
            return [one.id for one in search(session, None, "sachet", max_results=5, include_private=False)]

    before = found()
    assert before
    state.take("one")
    state.reset("empty")
    assert not found()
    state.restore("one")
    assert found() == before


def test_the_list(application: Application) -> None:
    state = application.state
    assert state.snapshots() == []
    state.take("b")
    state.take("a.1_x-Y")
    assert [one.name for one in state.snapshots()] == ["a.1_x-Y", "b"]
    state.delete("b")
    assert [one.name for one in state.snapshots()] == ["a.1_x-Y"]
    with pytest.raises(NotFound):
        state.delete("b")
    with pytest.raises(NotFound):
        state.restore("b")
    left = [path.name for path in state.folder.iterdir() if not path.name.startswith(".lock")]
    assert len(left) == 2, "nothing of the deleted one stays"


@pytest.mark.parametrize("name", ["", ".", "..", "-a", "a b", "a/b", "a" * 65, "ä", "a\n", "../a", "a\x00"])
def test_names(application: Application, name: str) -> None:
    call: Callable[[str], object]
    for call in (application.state.take, application.state.restore, application.state.delete, application.state.export):
        with pytest.raises(BadValue):
            call(name)


def test_taking_again_replaces(application: Application) -> None:
    state = application.state
    state.take("one")
    add_brand(state, "Second")
    _, is_new = state.take("one")
    assert not is_new
    state.reset("empty")
    state.restore("one")
    assert "Second" in brands(state)
    assert len(list(state.folder.glob("*.contents"))) == 1


def test_files_come_back(application: Application) -> None:
    state = application.state
    small, large = upload(state, b"small", last=True), upload(state, b"x" * 3_000_000, last=True)
    state.take("one")
    state.reset("empty")
    assert not list(state.attachments.glob("??/*"))
    state.restore("one")
    assert content(state, small) == b"small"
    assert content(state, large) == b"x" * 3_000_000


def test_a_content_is_stored_once(application: Application) -> None:
    state = application.state
    upload(state, b"shared" * 1000, last=True)
    state.take("one")
    kept = max(state.attachments.glob("??/*"), key=lambda path: path.stat().st_nlink)
    assert kept.stat().st_nlink == 2


def test_a_disk_without_links_gets_copies(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    state = application.state
    file = upload(state, b"copied", last=True)

    def refuse(*names: object) -> None:
        raise OSError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    state.take("one")
    state.reset()
    state.restore("one")
    assert content(state, file) == b"copied"


@pytest.mark.parametrize("meanwhile", ["nothing", "went on", "finished", "reset"])
def test_an_unfinished_file_goes_on_where_it_was(application: Application, meanwhile: str) -> None:
    state = application.state
    file = upload(state, b"one ", last=False)
    state.take("one")
    if meanwhile == "went on":
        go_on(state, file, b"other")
    elif meanwhile == "finished":
        go_on(state, file, b"other", last=True)
    elif meanwhile == "reset":
        state.reset()
    state.restore("one")
    go_on(state, file, b"two ")
    go_on(state, file, b"three", last=True)
    assert content(state, file) == b"one two three"


def test_a_file_overwritten_meanwhile_has_its_beginning_again(application: Application) -> None:
    state = application.state
    file = upload(state, b"one ", last=False)
    state.take("one")
    with writing(state.engine) as session:
        files.write(session, state.attachments, session.get_one(Attachment, file), 0, b"XXX YYY")
    state.restore("one")
    go_on(state, file, b"two", last=True)
    assert content(state, file) == b"one two"


def test_who_is_reading_a_file_reads_all_of_it(application: Application) -> None:
    state = application.state
    file = upload(state, b"long " * 1000, last=True)
    with opened(state, file) as reader:
        assert reader.read(5) == b"long "
        state.reset("empty")
        assert len(reader.read()) == 4995


def test_the_clock_comes_back(application: Application) -> None:
    desk = application.desk
    then = datetime(2031, 1, 1, tzinfo=UTC)
    desk.write(lambda session: emulation.set_clock(session, clock.Setting(timedelta(days=1), then)))
    desk.read(emulation.epoch)
    try:
        taken, _ = application.state.take("one")
        assert taken.created_at == then
        application.state.reset()
        desk.read(emulation.epoch)
        assert clock.now() < then
        application.state.restore("one")
        desk.read(emulation.epoch)
        assert clock.now() == then
    finally:
        clock.follow(clock.Setting())


def test_carried_to_another_server(application: Application, start: Start, tmp_path: Path) -> None:
    state = application.state
    add_brand(state, "Carried")
    file = upload(state, b"carried too", last=True)
    state.take("one")
    before = everything(state.engine)
    packed = exported(state, "one")
    state.delete("one")
    state.reset("empty")
    found = state.import_("two", io.BytesIO(packed), most=MOST)
    assert found.name == "two"
    state.restore("two")
    assert everything(state.engine) == before
    assert content(state, file) == b"carried too"
    with pytest.raises(AlreadyExists):
        state.import_("two", io.BytesIO(packed), most=MOST)


def repacked(packed: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    """An archive made by another program, of changed files."""
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        members = {one.name: archive.extractfile(one).read() for one in archive}  # type: ignore[union-attr]
    change(members)
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        for name, whole in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(whole)
            archive.addfile(member, io.BytesIO(whole))
    return written.getvalue()


def about(**members: object) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        files["snapshot.json"] = json.dumps(json.loads(files["snapshot.json"]) | members).encode()

    return change


def damage(files: dict[str, bytes]) -> None:
    name = next(name for name in files if name.startswith("files/"))
    files[name] = b"x" + files[name][1:]


def lose_tables(files: dict[str, bytes]) -> None:
    for name in [name for name in files if name.startswith(("tables/tickets.", "database.db"))]:
        files.pop(name)


def break_tables(files: dict[str, bytes]) -> None:
    for name in [name for name in files if name.startswith(("tables/tickets.", "database.db"))]:
        files[name] = b"nonsense\tof a\trow\n"


REFUSED: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "outside": (lambda files: files.update({"../outside": b""}), "no snapshot holds"),
    "absolute": (lambda files: files.update({"/etc/passwd": b""}), "no snapshot holds"),
    "unknown": (lambda files: files.update({"other.txt": b""}), "no snapshot holds"),
    "a long name": (lambda files: files.update({"parts/" + "a" * 200: b""}), "no snapshot holds"),
    "nothing about it": (lambda files: files.pop("snapshot.json"), "has no snapshot.json"),
    "no JSON": (lambda files: files.update({"snapshot.json": b"{"}), "cannot be read"),
    "no object": (lambda files: files.update({"snapshot.json": b"[]"}), "cannot be read"),
    "deep": (lambda files: files.update({"snapshot.json": b"[" * 100_000}), "cannot be read"),
    "newer": (about(revision="9999"), "newer version"),
    "strange revision": (about(revision="../1"), "cannot be read"),
    "strange moment": (about(created_at="soon"), "cannot be read"),
    "another kind": (about(database="oracle"), "cannot be read"),
    "damaged file": (damage, "damaged"),
    "no tables": (lose_tables, "can be used here"),
    "broken tables": (break_tables, "cannot be read"),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_is_no_snapshot_is_refused(application: Application, wrong: str, tmp_path: Path) -> None:
    state = application.state
    upload(state, b"of a ticket", last=True)
    state.take("one")
    change, why = REFUSED[wrong]
    with pytest.raises(BadValue, match=why):
        state.import_("two", io.BytesIO(repacked(exported(state, "one"), change)), most=MOST)
    assert [one.name for one in state.snapshots()] == ["one"]
    assert not list(state.folder.glob(".new-*"))


def test_what_another_program_packed_is_taken(application: Application) -> None:
    state = application.state
    state.take("one")
    state.import_("two", io.BytesIO(repacked(exported(state, "one"), lambda _: None)), most=MOST)
    state.restore("two")


def member(kind: bytes, name: str = "database.db") -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        one = tarfile.TarInfo(name)
        one.type, one.linkname = kind, "/etc/passwd"
        archive.addfile(one)
    return written.getvalue()


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"no gzip at all",
        gzip.compress(b""),
        gzip.compress(b"no tar at all" * 100),
        member(tarfile.SYMTYPE),
        member(tarfile.LNKTYPE),
        member(tarfile.CHRTYPE),
        member(tarfile.FIFOTYPE),
        member(tarfile.XHDTYPE),
    ],
    ids=["nothing", "no gzip", "empty", "no tar", "symlink", "link", "device", "pipe", "extended"],
)
def test_what_is_no_archive_is_refused(application: Application, packed: bytes) -> None:
    with pytest.raises(BadValue):
        application.state.import_("two", io.BytesIO(packed), most=MOST)


def test_half_an_archive_is_refused(application: Application) -> None:
    application.state.take("one")
    packed = exported(application.state, "one")
    with pytest.raises(BadValue):
        application.state.import_("two", io.BytesIO(packed[: len(packed) // 2]), most=MOST)


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_written(application: Application) -> None:
    state = application.state
    one = tarfile.TarInfo("parts/a")
    one.size = 10**12
    bomb = gzip.compress(one.tobuf(tarfile.GNU_FORMAT) + bytes(10_000_000))
    with pytest.raises(BadValue, match="more than"):
        state.import_("two", io.BytesIO(bomb), most=1_000_000)
    assert not list(state.folder.glob(".new-*"))


def test_one_of_the_other_kind_of_database_is_refused(application: Application) -> None:
    state = application.state
    state.take("one")
    other = "postgresql" if state.engine.dialect.name == "sqlite" else "sqlite"
    with pytest.raises(BadValue, match=other):
        state.import_("two", io.BytesIO(repacked(exported(state, "one"), about(database=other))), most=MOST)


def test_a_newer_one_is_not_restored(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    application.state.take("one")
    before = brands(application.state)
    monkeypatch.setattr(migrate, "HEAD", "0001")
    with pytest.raises(NotPossible, match="newer version"):
        application.state.restore("one")
    monkeypatch.undo()
    assert brands(application.state) == before


def shape_of(revision: str, path: Path) -> dict[str, set[str]]:
    """Return the tables with their columns as a version had them."""
    migrate.upgrade(f"sqlite:///{path}")
    migrate.downgrade(f"sqlite:///{path}", revision)
    with closing(sqlite3.connect(path)) as opened:
        names = [name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: {row[1] for row in opened.execute(f"PRAGMA table_info({name})")} for name in names}


def test_an_older_one_is_migrated(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """As version 0010 would have kept it: without the clock, groups' alerts, tasks' notes and all that came later."""
    state = application.state
    add_brand(state, "Old")
    shape = shape_of("0010", state.folder.with_name("shape.db"))
    before = everything(state.engine, shape)
    state.take("one")
    packed = exported(state, "one")

    def older(files: dict[str, bytes]) -> None:
        about(revision="0010")(files)
        if "database.db" in files:
            path = state.folder / "older.db"
            path.write_bytes(files["database.db"])
            migrate.downgrade(f"sqlite:///{path}", "0010")
            with closing(sqlite3.connect(path)) as opened:
                opened.execute("PRAGMA journal_mode=DELETE")
            files["database.db"] = path.read_bytes()
            return
        tables = json.loads(files["tables/tables.json"])
        for table, columns in list(tables["tables"].items()):
            if table not in shape:
                del tables["tables"][table], files[f"tables/{table}.copy"]
                tables["sequences"].pop(table, None)
                continue
            kept = [number for number, name in enumerate(columns) if name in shape[table]]
            tables["tables"][table] = [columns[number] for number in kept]
            rows = [line.split("\t") for line in files[f"tables/{table}.copy"].decode().splitlines()]
            lines = ["\t".join(row[number] for number in kept) + "\n" for row in rows]
            files[f"tables/{table}.copy"] = "".join(lines).encode()
        files["tables/tables.json"] = json.dumps(tables).encode()

    state.import_("old", io.BytesIO(repacked(packed, older)), most=MOST)
    state.reset("empty")
    state.restore("old")
    assert everything(state.engine, shape) == before


def test_passwords_under_another_key_are_given_up(application: Application, start: Start, tmp_path: Path) -> None:
    state = application.state

    def password() -> str:
        with reading(application.desk.engine) as session:
            return session.scalar(select(TransferServer.password).where(TransferServer.name == "Berlin")) or ""

    with writing(state.engine) as session:
        server = TransferServer(name="Berlin", url="https://berlin.example", username="u", password="hers")
        session.add(server)
    state.take("one")
    state.restore("one")
    assert password() == "hers"
    packed = exported(state, "one")
    assert b"hers" not in gzip.decompress(packed)

    def encrypt_otherwise(files: dict[str, bytes]) -> None:
        stored = application.settings.key.read_bytes()
        del stored
        for name, whole in files.items():
            with reading(state.engine) as session:
                fingerprint = session.scalar(text("SELECT key_fingerprint FROM installation"))
                encrypted = session.scalar(text("SELECT password FROM transfer_servers WHERE name = 'Berlin'"))
            files[name] = whole.replace(fingerprint.encode(), b"0" * 64).replace(
                encrypted.encode(), encrypted[:-8].encode() + b"AAAAAAA="
            )

    state.import_("foreign", io.BytesIO(repacked(packed, encrypt_otherwise)), most=MOST)
    state.restore("foreign")
    assert password() == ""
    state.restore("one")
    assert password() == "hers"


def test_other_processes_see_what_was_restored(application: Application, start: Start) -> None:
    other = start()
    application.state.take("one")
    other.state.reset("empty")
    count = select(func.count()).select_from(Ticket)
    assert application.desk.read(lambda session: session.scalar(count)) == 0
    application.state.restore("one")
    assert other.desk.read(lambda session: session.scalar(count))
    other.state.take("one")
    assert [one.name for one in application.state.snapshots()] == ["one"]


def test_all_that_is_written_is_private(application: Application) -> None:
    application.state.take("one")
    for path in application.state.folder.rglob("*"):
        if path.is_file() and path.name != ".lock":  # that one is empty, and the folders' parent is private
            assert path.stat().st_mode & 0o077 == 0, path
