"""A unit of work: one transaction on one session, at little more cost than its BEGIN and COMMIT.

Connections and their sessions are kept from one unit of work to the next (opening both takes longer than many a call).
BEGIN is the first word on a connection, so it also finds out whether the database is still there: a connection that
does not answer it is replaced before any work was done.
"""

import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakSet

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from smartertrack_emu.store.engine import WRITERS_TURN, WritersTurn

__all__ = ["after_commit", "reading", "writing"]

_AFTER_COMMIT = "after_commit"


class _Desk:
    """A connection with its session, used by one unit of work at a time."""

    __slots__ = ("connection", "raw", "session")

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.connect()
        self.raw: Any = self.connection.connection.dbapi_connection
        self.session = Session(self.connection, autoflush=False, expire_on_commit=False)

    def commit(self) -> None:
        """Commit what the session did and what prepared statements did beside it."""
        self.session.commit()
        dialect = self.connection.dialect
        try:
            # A session that ran no statement of its own knows of no transaction: the BEGIN was ours.
            self.raw.commit()
        except dialect.loaded_dbapi.Error as error:
            gone = dialect.is_disconnect(error, self.raw, None)
            raise OperationalError("COMMIT", None, error, connection_invalidated=gone) from error

    def end(self) -> None:
        """Forget the session's objects and drop what was not committed."""
        if self.session.in_transaction() or self.session.identity_map:
            self.session.close()
        self.session.info.clear()
        # A session that ran no statement knows of no transaction: the BEGIN was ours.
        self.raw.rollback()

    def close(self) -> None:
        """Close the connection itself: the pool is not to keep it, and may be closed already."""
        with suppress(DBAPIError):
            self.session.close()
        with suppress(DBAPIError):
            if not self.connection.invalidated:
                self.connection.detach()
            self.connection.close()


# The free desks stand in the engine itself: kept beside it they would keep it alive.
_FREE = "_units_of_work"
_engines: WeakSet[Engine] = WeakSet()
# Connections inherited by a forked process: never used there and never closed, which would disturb the parent's.
_inherited: list[object] = []


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees the database as it is at one moment; whatever it changes is dropped.

    Raises `sqlalchemy.exc.OperationalError` when the database is locked or away; the next call starts afresh.
    """
    desk = _begin(engine, "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield desk.session
        desk.end()
    except BaseException as error:
        _leave(engine, desk, error)
        raise
    _give_back(engine, desk)


@contextmanager
def writing(engine: Engine, *, patient: bool = True) -> Iterator[Session]:
    """A session whose changes are committed at the end of the block, or dropped when the block raises.

    On SQLite it holds the one write lock from its first moment, so it can never fail half-way because another wrote;
    `patient=False` gives up at once where another holds it.
    Raises `sqlalchemy.exc.OperationalError` when the database is locked or away; the next call starts afresh.
    """
    with _turn(engine, patient=patient):
        desk = _begin(engine, "BEGIN IMMEDIATE", "BEGIN", patient=patient)
        try:
            yield desk.session
            desk.commit()
            actions = desk.session.info.pop(_AFTER_COMMIT, ())
            desk.end()
        except BaseException as error:
            _leave(engine, desk, error)
            raise
        _give_back(engine, desk)
    for action in actions:
        action()


@contextmanager
def _turn(engine: Engine, *, patient: bool) -> Iterator[None]:
    """Wait for this process's other writers, where the database has one writer at a time."""
    turn: WritersTurn | None = vars(engine).get(WRITERS_TURN)
    if turn is None:
        yield
        return
    if not turn.take(patient=patient):
        raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
    try:
        yield
    finally:
        turn.pass_on()


def after_commit(session: Session, action: Callable[[], object]) -> None:
    """Have `action` called when the unit of work has been committed, and never when it is rolled back."""
    session.info.setdefault(_AFTER_COMMIT, []).append(action)


def _begin(engine: Engine, on_sqlite: str, on_postgresql: str, *, patient: bool = True) -> _Desk:
    is_sqlite = engine.dialect.name == "sqlite"
    begin = on_sqlite if is_sqlite else on_postgresql
    while True:
        desk, is_fresh = _take(engine)
        try:
            if is_sqlite and not patient:
                _begin_at_once(desk.raw, begin)
            else:
                desk.raw.execute(begin)
        except engine.dialect.loaded_dbapi.Error as error:
            gone = engine.dialect.is_disconnect(error, desk.raw, None)
            if gone:
                desk.connection.invalidate(error)
            desk.close()
            if gone and not is_fresh:
                continue  # it died while it was kept; those kept beside it go the same way, one by one
            raise OperationalError(begin, None, error, connection_invalidated=gone) from error
        except BaseException:
            desk.close()
            raise
        return desk


def _begin_at_once(raw: Any, begin: str) -> None:
    (patience,) = raw.execute("PRAGMA busy_timeout").fetchone()
    raw.execute("PRAGMA busy_timeout=0")
    try:
        raw.execute(begin)
    finally:
        raw.execute(f"PRAGMA busy_timeout={patience}")


def _take(engine: Engine) -> tuple[_Desk, bool]:
    try:
        return _free_of(engine).pop(), False
    except IndexError:
        return _Desk(engine), True


def _give_back(engine: Engine, desk: _Desk) -> None:
    _free_of(engine).append(desk)


def _free_of(engine: Engine) -> deque[_Desk]:
    free: deque[_Desk] | None = vars(engine).get(_FREE)
    if free is None:
        free = vars(engine).setdefault(_FREE, deque())
        if engine not in _engines:
            _engines.add(engine)
            event.listen(engine, "engine_disposed", _close_free)
    return free


def _leave(engine: Engine, desk: _Desk, error: BaseException) -> None:
    """Drop what was done. After an error of the database's own the connection is not trusted again."""
    if isinstance(error, DBAPIError) or not isinstance(error, Exception):
        desk.close()
        return
    try:
        desk.end()
    except (DBAPIError, engine.dialect.loaded_dbapi.Error):
        desk.close()
    else:
        _give_back(engine, desk)


def _close_free(engine: Engine) -> None:
    free = _free_of(engine)
    while free:
        free.pop().close()


def _forget_inherited() -> None:
    for engine in list(_engines):
        free = _free_of(engine)
        _inherited.extend((list(free), engine.pool))
        free.clear()
        engine.dispose(close=False)
        turn: WritersTurn | None = vars(engine).get(WRITERS_TURN)
        if turn is not None:  # a thread that stayed behind may have had it
            vars(engine)[WRITERS_TURN] = WritersTurn(turn.patience_s)


os.register_at_fork(after_in_child=_forget_inherited)
