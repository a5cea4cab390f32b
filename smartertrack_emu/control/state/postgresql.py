"""The whole of a PostgreSQL database: copied out table by table, checked, and put in place in one transaction.

Every unit of work reads the installation in its first statement. Who locks that table alone waits until the calls under
way have finished, and keeps new ones waiting; then tables are emptied and filled again. Rows are written frozen: also a
transaction whose snapshot is older sees them, and so never an empty table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from smartertrack_emu.store import disk, migrate
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.encryption import key_of
from smartertrack_emu.store.unit_of_work import write

from . import rows
from .alone import nobody_writes
from .errors import NotASnapshotError

TABLES: Final = "tables"
"""The folder of a snapshot."""

_CONTENTS: Final = "tables.json"
_SCRATCH: Final = "emulator_scratch"
_PIECE: Final = 256 * 1024
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
_INSTALLATION: Final = "installation"


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a snapshot's folder holds: tables in the order in which they can be filled, with their columns in order.

    `sequences`: the next id of each table that numbers its rows.
    """

    tables: Mapping[str, list[str]]
    sequences: Mapping[str, int]

    def write(self, folder: Path) -> None:
        with disk.create(folder / TABLES / _CONTENTS) as file:
            written = json.dumps({"tables": self.tables, "sequences": self.sequences}, indent=1)
            disk.write_synced(file, [written.encode()])

    @classmethod
    def read(cls, folder: Path) -> _Contents:
        """Read what a folder holds; NotASnapshotError where it holds something else."""
        try:
            given = json.loads((folder / TABLES / _CONTENTS).read_bytes())
            found = cls(given["tables"], given["sequences"])
            columns = [column for listed in found.tables.values() for column in listed]
            is_sound = (
                all(_NAME.fullmatch(name) for name in (*found.tables, *found.sequences, *columns))
                and all(type(number) is int and number > 0 for number in found.sequences.values())
                and all((folder / TABLES / f"{name}.copy").is_file() for name in found.tables)
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise NotASnapshotError("its tables cannot be read") from error
        if not is_sound:
            raise NotASnapshotError("its tables cannot be read")
        return found


def take(engine: Engine, folder: Path, keep_parts: Callable[[set[str]], object]) -> set[str]:
    """Copy the database into a snapshot's folder, and return the digests of the contents that it names.

    `keep_parts` gets the tokens of unfinished files while nobody writes.
    """
    with engine.connect() as connection:
        raw = _driver(connection)
        raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        session = Session(connection, autoflush=False)
        try:
            with nobody_writes(engine):
                # The first statement settles what the transaction sees. Sequences are not part of that.
                digests, tokens = rows.files_named(session)
                sequences = _sequences(connection)
                keep_parts(tokens)
            _copy_out(connection, folder, sequences)
        finally:
            raw.rollback()
    return digests


def reset(engine: Engine, fill: Callable[[Session], object]) -> None:
    """Empty the database and fill it anew in one transaction; the numbers begin again. DBAPIError, what `fill` raises.

    Rows are not written frozen. A reader whose snapshot is older finds no installation, and looks again.
    """
    key = key_of(engine.dialect)

    def work(session: Session) -> None:
        session.execute(text("LOCK TABLE installation IN ACCESS EXCLUSIVE MODE"))
        live = rows.marks(session)
        _truncate(session.connection(), Base.metadata.tables)
        fill(session)
        session.flush()
        rows.set_marks(session, rows.following(live, rows.marks(session), key))

    write(engine, work)


def prepare(engine: Engine, folder: Path, revision: str, out: Path | None = None) -> None:
    """Bring a snapshot's tables to the newest revision, into the folder `out`; NotASnapshotError where that cannot be.

    They are loaded into a schema of their own, which nobody else ever sees. Without `out` this only tries.
    """
    contents = _Contents.read(folder)
    with engine.connect() as connection:
        raw = _driver(connection)
        transaction = connection.begin()  # which the migrations find, and leave to us
        try:
            raw.execute(f"CREATE SCHEMA {_SCRATCH}")
            raw.execute(f"SET LOCAL search_path TO {_SCRATCH}")
            migrate.upgrade_here(connection, revision)
            _copy_in(connection, folder, contents, is_frozen=False)
            if revision != migrate.HEAD:
                migrate.upgrade_here(connection)
            if raw.execute("SELECT id FROM installation").fetchall() != [(1,)]:
                raise NotASnapshotError("it holds no installation")
            if out is not None:
                _copy_out(connection, out, _sequences(connection))
        except (DBAPIError, engine.dialect.loaded_dbapi.Error, migrate.MigrationError) as error:
            if getattr(error, "sqlstate", "") == "42501":
                raise NotASnapshotError("the database's user may not make a schema to look at it in") from error
            raise NotASnapshotError("its tables cannot be read") from error
        finally:
            transaction.rollback()


def put_in_place(engine: Engine, folder: Path, under_lock: Callable[[], object] = lambda: None) -> None:
    """Put the tables of a prepared snapshot in the place of the live ones, all of it or nothing.

    `under_lock` is called when no call is under way any more, and nothing is changed yet. DBAPIError.
    """
    contents = _Contents.read(folder)
    key = key_of(engine.dialect)
    with nobody_writes(engine) as session:
        connection = session.connection()
        live = rows.marks(session)
        under_lock()
        saved, new = _mark(folder, contents, live, key.fingerprint)
        _truncate(connection, contents.tables)
        _copy_in(connection, folder, contents, is_frozen=True, instead={_INSTALLATION: new})
        rows.give_up_secrets_of_other_keys(session, saved, key)
        rows.set_marks(session, rows.following(live, saved, key))


def _mark(folder: Path, contents: _Contents, live: rows.Marks, fingerprint: str) -> tuple[rows.Marks, bytes]:
    """Return a snapshot's marks, and its installation's row with those that it gets."""
    columns = contents.tables[_INSTALLATION]
    (line,) = (folder / TABLES / f"{_INSTALLATION}.copy").read_text(encoding="utf-8").splitlines()
    values = dict(zip(columns, line.split("\t"), strict=True))
    stored = values["key_fingerprint"]
    saved = rows.Marks(int(values["epoch"]), int(values["rights_version"]), None if stored == r"\N" else stored)
    values["epoch"] = str(live.epoch + 1)
    values["rights_version"] = str(max(live.rights_version, saved.rights_version) + 1)
    values["key_fingerprint"] = live.key_fingerprint or fingerprint
    return saved, ("\t".join(values.values()) + "\n").encode()


def _truncate(connection: Connection, tables: Iterable[str]) -> None:
    _driver(connection).execute(f"TRUNCATE {_listed(sorted(tables))} RESTART IDENTITY")


def _copy_in(
    connection: Connection,
    folder: Path,
    contents: _Contents,
    *,
    is_frozen: bool,
    instead: Mapping[str, bytes] | None = None,
) -> None:
    """Fill empty tables, and set their sequences; `instead`: rows that take the place of a table's file."""
    if contents.tables.keys() != _tables(connection) or any(
        set(columns) != set(_columns(connection, table)) for table, columns in contents.tables.items()
    ):
        raise NotASnapshotError("its tables are others than its version's")
    raw = _driver(connection)
    options = " WITH (FREEZE)" if is_frozen else ""
    # What triggers of ours have written stands in the tables already.
    with_triggers = [name for name in contents.tables if _has_triggers(connection, name)]
    for table in with_triggers:
        raw.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    for table, columns in contents.tables.items():
        statement = f'COPY "{table}" ({_listed(columns)}) FROM STDIN{options}'
        given = (instead or {}).get(table)
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            if given is not None:
                copy.write(given)
                continue
            with (folder / TABLES / f"{table}.copy").open("rb") as file:
                while piece := file.read(_PIECE):
                    copy.write(piece)
    # Campaigns and their results refer to each other: looked at now, as no table is altered while that is to come.
    raw.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in with_triggers:
        raw.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    for table, following in contents.sequences.items():
        if table not in contents.tables:
            raise NotASnapshotError("its tables are others than its version's")
        # Not setval, which no rollback takes back.
        row = raw.execute("SELECT pg_get_serial_sequence(%s, 'id')", (table,)).fetchone()
        raw.execute(f"ALTER SEQUENCE {row[0]} RESTART WITH {following}")


def _copy_out(connection: Connection, folder: Path, sequences: Mapping[str, int]) -> None:
    raw = _driver(connection)
    ordered = [table.name for table in Base.metadata.sorted_tables]
    present = _tables(connection)
    tables = {name: _columns(connection, name) for name in [*ordered, *sorted(present.difference(ordered))]}
    tables = {name: columns for name, columns in tables.items() if name in present}
    disk.make_directory(folder / TABLES)
    for table, columns in tables.items():
        with (
            disk.create(folder / TABLES / f"{table}.copy") as file,
            raw.cursor() as cursor,
            cursor.copy(f'COPY "{table}" ({_listed(columns)}) TO STDOUT') as copy,
        ):
            disk.write_synced(file, copy)
    _Contents(tables, sequences).write(folder)
    disk.sync_directory(folder / TABLES)


def _tables(connection: Connection) -> set[str]:
    """The tables of the data in the schema that the connection sees first."""
    found = _driver(connection).execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
        "AND tablename <> 'alembic_version' AND NOT starts_with(tablename, 'emulator_')"
    )
    return {name for (name,) in found.fetchall()}


def _columns(connection: Connection, table: str) -> list[str]:
    """The columns of a table that are not computed of others."""
    found = _driver(connection).execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped "
        "AND attgenerated = '' ORDER BY attnum",
        (table,),
    )
    return [name for (name,) in found.fetchall()]


def _has_triggers(connection: Connection, table: str) -> bool:
    found = _driver(connection).execute(
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal", (table,)
    )
    return bool(found.fetchone()[0])


def _sequences(connection: Connection) -> dict[str, int]:
    """The next id of each table that numbers its rows."""
    raw = _driver(connection)
    found = raw.execute(
        "SELECT tablename, pg_get_serial_sequence(tablename, 'id') FROM pg_tables JOIN pg_attribute "
        "ON attrelid = to_regclass(tablename) AND attname = 'id' WHERE schemaname = current_schema() "
        "AND NOT starts_with(tablename, 'emulator_')"
    ).fetchall()
    following = {}
    for table, sequence in found:
        if sequence is not None:
            last, is_called = raw.execute(f"SELECT last_value, is_called FROM {sequence}").fetchone()  # noqa: S608 - its own name
            following[table] = last + is_called
    return following


def _listed(names: Iterable[str]) -> str:
    """Names as a statement has them; none of them holds a quotation mark."""
    return ", ".join(f'"{name}"' for name in names)


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
