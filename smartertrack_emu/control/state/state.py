"""The state of the whole: reset it, keep it under a name, bring it back, carry it elsewhere."""

from __future__ import annotations

import errno
import json
import logging
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, Protocol, TypeVar

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from smartertrack_emu import __version__
from smartertrack_emu.desk.outcomes import explained
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import AlreadyExists, BadValue, NotFound, NotPossible, NotStored
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.people.models import ADMIN_ID, User
from smartertrack_emu.domain.structure import emulation
from smartertrack_emu.store import beside, disk, migrate
from smartertrack_emu.store.unit_of_work import reading
from smartertrack_emu.store.waiting import waiting

from . import files, postgresql, rows, sqlite
from .alone import nobody_writes, one_at_a_time
from .errors import NotASnapshotError

logger = logging.getLogger(__name__)

T = TypeVar("T")
To = Literal["seed", "empty"]

_FORMAT: Final = 1
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_REVISION: Final = re.compile(r"[0-9]{4}", re.ASCII)
_ABOUT: Final = ".json"
_CONTENTS: Final = ".contents"
_NEW: Final = ".new-"

_NO_SPACE: Final = "There is no space left on the server's disk. Nothing was changed."
_NOT_STORED: Final = "The server's disk refused. Nothing was changed; the error has been logged."


class FirstStart(Protocol):
    """What fills a new database."""

    @property
    def has_seed(self) -> bool:
        """Whether the server has a seed file."""

    def filling(self, *, seeded: bool, present_password: str | None) -> Callable[[Session], object]:
        """Return what fills an empty database as at a first start, with or without the seed file.

        `present_password`: the hash of the administrator's password as it is now. NotPossible where the seed file
        cannot be read; what is returned raises it where the file cannot be loaded.
        """


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot as lists show it: `created_at` by the emulated clock, `bytes` of everything in it, unpacked.

    `version` is this program's, `database` sqlite or postgresql, `revision` the shape of the tables.
    """

    name: str
    created_at: datetime
    bytes: int
    version: str
    database: str
    revision: str


@dataclass(frozen=True, slots=True)
class State:
    """The data and files of a server, and its snapshots.

    `attachments`: the directory of files' contents; `folder`: that of snapshots. A name of a snapshot is a file there
    that says which folder holds it, so that one rename puts another in its place. `before_clearing` is called before
    what stands beside the data is emptied: what waits to be written there must not come afterwards.
    """

    engine: Engine
    attachments: Path
    folder: Path
    first_start: FirstStart
    before_clearing: Callable[[], object] = lambda: None

    def reset(self, to: To = "seed") -> int:
        """Put data, files, journal, clock and faults back to a first start, and return the milliseconds it took.

        NotPossible for `seed` without a seed file, or with one that cannot be loaded; HelpdeskError.
        """
        begin = time.perf_counter()
        if to == "seed" and not self.first_start.has_seed:
            raise NotPossible("The server has no seed file. It can be reset to empty.")

        def run() -> None:
            with reading(self.engine) as session:
                password = session.scalar(select(User.password_hash).where(User.id == ADMIN_ID))
            fill = self.first_start.filling(seeded=to == "seed", present_password=password)
            with clock.unset():
                if self._is_sqlite:
                    with self._new_folder() as scratch:
                        path = scratch / sqlite.DATABASE
                        sqlite.make_empty(self.engine, path)
                        sqlite.fill(self.engine, path, fill)
                        sqlite.put_in_place(self.engine, path)
                else:
                    postgresql.reset(self.engine, fill)
            self._tidy_up(self._clear_beside)

        self._change(run, "a reset")
        return round((time.perf_counter() - begin) * 1000)

    def snapshots(self) -> list[Snapshot]:
        """Return all snapshots in the order of their names."""
        found = [self._read(path) for path in self.folder.glob(f"*{_ABOUT}")]
        return sorted((known[0] for known in found if known is not None), key=lambda snapshot: snapshot.name)

    def snapshot(self, name: str) -> Snapshot:
        """Return a snapshot; BadValue for what is no name, NotFound."""
        return self._find(name)[0]

    def take(self, name: str) -> tuple[Snapshot, bool]:
        """Keep the present state under a name, and say whether it is a new one; HelpdeskError."""
        _check(name)

        def run() -> tuple[Snapshot, bool]:
            with self._new_folder() as contents:
                taken = self._take(name, contents)
                return taken, self._put(taken, contents)

        return self._change(run, "a snapshot")

    def restore(self, name: str) -> Snapshot:
        """Put a snapshot's data, files and clock in the place of the present ones.

        BadValue, NotFound; NotPossible for one of a newer version or of the other kind of database. HelpdeskError.
        """
        self._find(name)

        def run() -> Snapshot:
            found, contents = self._find(name)
            try:
                self._put_in_place(found, contents)
            except NotASnapshotError as error:
                message = f"The snapshot {name} cannot be restored: {error}."
                raise NotPossible(message) from error
            return found

        return self._change(run, "a restore")

    def delete(self, name: str) -> None:
        """Forget a snapshot; BadValue, NotFound, HelpdeskError."""
        self._find(name)

        def run() -> None:
            _, contents = self._find(name)
            self._about(name).unlink()
            disk.sync_directory(self.folder)
            shutil.rmtree(contents, ignore_errors=True)

        self._change(run, "deleting a snapshot")

    def export(self, name: str) -> tuple[BinaryIO, int]:
        """Return a snapshot as a gzipped tar: an open file, gone when it is closed, and its bytes.

        It is written before the first byte is given out: whoever fetches it slowly keeps nobody waiting.
        """
        self._find(name)

        def run() -> tuple[BinaryIO, int]:
            found, contents = self._find(name)
            from . import archive  # noqa: PLC0415 - few servers ever need it

            file: Any = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - the caller closes it
            try:
                archive.pack(file, contents, _written(found), modified_at=found.created_at.timestamp())
                length = file.tell()
                file.seek(0)
            except BaseException:
                file.close()
                raise
            return file, length

        return self._change(run, "exporting a snapshot")

    def import_(self, name: str, packed: BinaryIO, *, most: int | None) -> Snapshot:
        """Keep what `export` gave under a name. `most`: bytes that it may have when it is unpacked; None: any number.

        BadValue for what is no snapshot, is of a newer version or of the other kind of database; AlreadyExists.
        """
        _check(name)
        self._require_free(name)

        def run() -> Snapshot:
            self._require_free(name)
            with self._new_folder() as contents:
                try:
                    found = self._unpack(name, packed, contents, most)
                except NotASnapshotError as error:
                    message = f"This is no snapshot that can be used here: {error}."
                    raise BadValue(message) from error
                self._put(found, contents)
            return found

        return self._change(run, "importing a snapshot")

    def fill_from(self, packed: BinaryIO) -> None:
        """Fill a new database from what `export` gave; NotASnapshotError, DBAPIError, OSError."""
        with self._alone(), self._new_folder() as contents:
            with reading(self.engine) as session:
                if rows.marks(session).epoch:
                    return  # another process was first
            self._put_in_place(self._unpack("new", packed, contents, None), contents)

    def write_to(self, path: Path) -> None:
        """Write the present state into a file as `export` gives it; all of it or nothing. DBAPIError, OSError."""
        from . import archive  # noqa: PLC0415 - few servers ever need it

        with self._alone(), self._new_folder() as contents:
            found = self._take("exit", contents)
            fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
            try:
                with disk.create(fresh) as file:
                    archive.pack(file, contents, _written(found), modified_at=found.created_at.timestamp())
                    disk.write_synced(file, [])
                fresh.replace(path)
            finally:
                fresh.unlink(missing_ok=True)
            disk.sync_directory(path.absolute().parent)

    @property
    def _is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def _change(self, run: Callable[[], T], about: str) -> T:
        try:
            with waiting(), self._alone():
                return run()
        except OSError as error:
            # Without its path and its traceback: what is said of it is the disk's.
            logger.warning("%s: %s", about, error.strerror or type(error).__name__)
            reason = error.errno
        except Exception as error:  # noqa: BLE001 - whatever it is
            raise explained(error, about) from None
        raise NotStored(_NO_SPACE if reason in {errno.ENOSPC, errno.EDQUOT} else _NOT_STORED)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let nobody else change the whole, and remove what a process that was killed meanwhile has left."""
        with one_at_a_time(self.engine, self.folder):
            kept = {known[1] for path in self.folder.glob(f"*{_ABOUT}") if (known := self._read(path)) is not None}
            for path in {*self.folder.glob(f"*{_CONTENTS}"), *self.folder.glob(f"{_NEW}*")} - kept:
                _remove(path)
            yield

    # What is kept

    def _take(self, name: str, contents: Path) -> Snapshot:
        kind = sqlite if self._is_sqlite else postgresql
        digests = kind.take(self.engine, contents, lambda tokens: files.keep_parts(self.attachments, contents, tokens))
        files.keep_contents(self.attachments, contents, digests)
        return Snapshot(
            name, clock.now(), files.bytes_of(contents), __version__, self.engine.dialect.name, migrate.HEAD
        )

    def _put(self, snapshot: Snapshot, contents: Path) -> bool:
        """Give a folder the name of a snapshot, and say whether it is a new one."""
        about = self._about(snapshot.name)
        known = self._read(about)
        kept = contents.rename(self.folder / f"{secrets.token_hex(16)}{_CONTENTS}")
        fresh = self.folder / f"{_NEW}{secrets.token_hex(8)}"
        written = json.dumps(_written(snapshot) | {"contents": kept.name}, indent=1)
        with disk.create(fresh) as file:
            disk.write_synced(file, [written.encode()])
        fresh.replace(about)
        disk.sync_directory(self.folder)
        if known is not None:
            shutil.rmtree(known[1], ignore_errors=True)
        return known is None

    def _unpack(self, name: str, packed: BinaryIO, contents: Path, most: int | None) -> Snapshot:
        """Unpack an archive into a folder, and look at all of it; NotASnapshotError."""
        from . import archive  # noqa: PLC0415 - few servers ever need it

        about = _known(archive.unpack(packed, contents, most=most))
        if about is None:
            raise NotASnapshotError(f"its {archive.ABOUT} cannot be read")
        self._require_usable(about.database, about.revision)
        if self._is_sqlite:
            if not (contents / sqlite.DATABASE).is_file():
                raise NotASnapshotError("it holds no database")
            sqlite.check_sound(contents / sqlite.DATABASE)
            with self._new_folder() as scratch:
                files.copy_file(contents / sqlite.DATABASE, scratch / sqlite.DATABASE)
                sqlite.prepare(self.engine, scratch / sqlite.DATABASE)
        else:
            postgresql.prepare(self.engine, contents, about.revision)
        return Snapshot(name, about.created_at, files.bytes_of(contents), about.version, about.database, about.revision)

    # What is put in place

    def _put_in_place(self, snapshot: Snapshot, contents: Path) -> None:
        self._require_usable(snapshot.database, snapshot.revision)
        later: list[str] = []
        with self._new_folder() as scratch:
            if self._is_sqlite:
                files.copy_file(contents / sqlite.DATABASE, scratch / sqlite.DATABASE)
                sqlite.prepare(self.engine, scratch / sqlite.DATABASE)
            elif snapshot.revision != migrate.HEAD:
                postgresql.prepare(self.engine, contents, snapshot.revision, scratch)
            files.bring_contents(self.attachments, contents)

            def bring_parts() -> None:
                later[:] = files.bring_parts(self.attachments, contents)

            if self._is_sqlite:
                sqlite.put_in_place(self.engine, scratch / sqlite.DATABASE, bring_parts)
            else:
                is_current = snapshot.revision == migrate.HEAD
                postgresql.put_in_place(self.engine, contents if is_current else scratch, bring_parts)
        self._tidy_up(lambda session: files.replace_parts(self.attachments, contents, later))  # noqa: ARG005 - one for all

    def _require_usable(self, database: str, revision: str) -> None:
        own = self.engine.dialect.name
        if database != own:
            message = f"it is of a {database} database, and this one is {own}"
            raise NotASnapshotError(message)
        if revision > migrate.HEAD:
            raise NotASnapshotError("a newer version made it")

    def _tidy_up(self, first: Callable[[Session], object]) -> None:
        """Do what follows when other data are in place, and remove the files that they do not name.

        What fails here is logged: the data are in place.
        """

        def run() -> None:
            with nobody_writes(self.engine) as session:
                first(session)
                files.throw_away(self.attachments, *rows.files_named(session))

        try:
            run()
        except Exception:
            logger.exception("what follows a reset or a restore failed")

    def _clear_beside(self, session: Session) -> None:
        """Forget what stands beside the data, in all processes; the journal's ids go on, as when it is emptied."""
        self.before_clearing()
        with beside.beside(self.engine).begin() as connection:
            for table in reversed(beside.metadata.sorted_tables):
                connection.execute(delete(table))
        emulation.begin_epoch(session)

    # Names and folders

    def _about(self, name: str) -> Path:
        return self.folder / f"{name}{_ABOUT}"

    def _find(self, name: str) -> tuple[Snapshot, Path]:
        _check(name)
        found = self._read(self._about(name))
        if found is None:
            message = f"There is no snapshot {name}."
            raise NotFound(message)
        return found

    def _require_free(self, name: str) -> None:
        if self._about(name).exists():
            message = f"There is a snapshot {name} already."
            raise AlreadyExists(message)

    def _read(self, path: Path) -> tuple[Snapshot, Path] | None:
        try:
            written = json.loads(path.read_bytes())
            contents = self.folder / Path(written["contents"]).name
        except (OSError, ValueError, KeyError, TypeError):
            return None
        known = _known(written)
        if known is None or not contents.is_dir():
            return None
        return known, contents

    @contextmanager
    def _new_folder(self) -> Iterator[Path]:
        """Give an empty folder, which is gone at the end unless it has got another name."""
        made = Path(tempfile.mkdtemp(prefix=_NEW, dir=self.folder))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        message = (
            "begins with a letter or a digit and has up to 64 characters of A-Z, a-z, 0-9, dot, underline and hyphen: "
            f"{shown(name)} does not."
        )
        raise BadValue("name", message)


def _written(snapshot: Snapshot) -> dict[str, Any]:
    return asdict(snapshot) | {"format": _FORMAT, "created_at": snapshot.created_at.isoformat()}


def _known(written: dict[str, Any]) -> Snapshot | None:
    """Return the snapshot that a file describes; None where it describes none."""
    try:
        created_at = datetime.fromisoformat(written["created_at"]).astimezone(UTC)
        found = Snapshot(
            name=written["name"],
            created_at=created_at,
            bytes=written["bytes"],
            version=written["version"],
            database=written["database"],
            revision=written["revision"],
        )
        is_sound = (
            written["format"] == _FORMAT
            and type(found.bytes) is int
            and all(type(value) is str and len(value) < 100 for value in (found.name, found.version))
            and found.database in {"sqlite", "postgresql"}
            and _REVISION.fullmatch(found.revision) is not None
        )
    except (ValueError, KeyError, TypeError, OverflowError, AttributeError):
        return None
    return found if is_sound else None
