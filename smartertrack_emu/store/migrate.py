"""Bringing a database to the shape the models have, with Alembic; which is imported only when there is work to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from smartertrack_emu.store.encryption import SecretError
from smartertrack_emu.store.engine import create_engine

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0020"
"""The newest revision; a test holds it against the scripts."""

_PACKAGE = Path(__file__).resolve().parents[1]
_LOCK = 0x73746D75  # any number of ours: who holds it migrates


class MigrationError(RuntimeError):
    """The database cannot be brought to the revision wanted; the sentence says why."""


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest revision; raises `OperationalError` when it does not answer."""
    with engine.connect() as connection:
        return _revision(connection) == HEAD


def upgrade(database: Engine | str) -> None:
    """Bring the database, given as an engine or a URL, to the newest revision: all of it or nothing.

    Safe when several processes do so at once: one migrates and the others wait for it. Raises `MigrationError`, and
    `OperationalError` when the database is locked or away.
    """
    with _engine(database) as engine:
        if is_current(engine):
            return
        with _alone(engine) as connection:
            if _revision(connection) == HEAD:
                return
            _run(connection, "upgrade", HEAD)


def downgrade(database: Engine | str, revision: str) -> None:
    """Take the database back to `revision`, or to nothing with `base`: all the way or not at all."""
    with _engine(database) as engine, _alone(engine) as connection:
        _run(connection, "downgrade", revision)


def upgrade_here(connection: Connection, revision: str = HEAD) -> None:
    """Bring what a connection sees to a revision, within its transaction; MigrationError."""
    _run(connection, "upgrade", revision)


def scripts() -> Path:
    """Where the migration scripts are: inside the installed package, or beside it in a checkout."""
    packaged = _PACKAGE / "migrations"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "migrations"


def configuration() -> "Config":
    """Alembic's configuration for `scripts()`."""
    from alembic.config import Config  # noqa: PLC0415 - a tenth of a second that a migrated database need not pay

    config = Config()
    config.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    return config


@contextmanager
def _engine(database: Engine | str) -> Iterator[Engine]:
    if isinstance(database, Engine):
        yield database
        return
    engine = create_engine(database)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that only one process has at a time."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                connection.execute(text("SET LOCAL lock_timeout = 0"))  # another's migration may take its time
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                yield connection
            return
        # Enforced, foreign keys would empty the tables that refer to one which a migration makes anew; and they can be
        # switched only outside a transaction.
        raw = connection.connection.dbapi_connection
        assert raw is not None  # noqa: S101 - for mypy: the connection is open
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                connection.exec_driver_sql("COMMIT")  # of the reader's BEGIN that every transaction starts with
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise MigrationError(f"the migration would leave rows of {broken[0]} without what they refer to")
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def _revision(connection: Connection) -> str | None:
    """The revision the database has, None for none."""
    if connection.dialect.name == "sqlite":
        there = connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"))
    else:
        there = connection.scalar(text("SELECT to_regclass('alembic_version')"))
    if not there:
        return None
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if revision is None else str(revision)


def _run(connection: Connection, direction: str, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - see configuration
    from alembic.util import CommandError  # noqa: PLC0415

    config = configuration()
    config.attributes["connection"] = connection
    try:
        (command.upgrade if direction == "upgrade" else command.downgrade)(config, revision)
    except CommandError as error:
        raise MigrationError(f"{error}: was the database made by a newer version?") from error
    except SecretError as error:
        raise MigrationError(f"{error} Nothing was changed.") from error
