"""A unit of work: one transaction on one session, at little more cost than its BEGIN and COMMIT.

Connections and their sessions are kept from one unit of work to the next (opening both takes longer than many a call).
BEGIN is the first word on a connection, so it also finds out whether the database is still there: a connection that
does not answer it is replaced before any work was done.

An error before COMMIT, or one that COMMIT answers, means that nothing was changed. Where COMMIT gets no answer nobody
knows, and `CommitOutcomeUnknown` says so. After COMMIT has succeeded nothing makes the unit of work fail any more.
"""

import logging
import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, NamedTuple, TypeVar, TypeVarTuple, cast
from weakref import WeakSet

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from smartertrack_emu.store.engine import WRITERS_TURN, WritersTurn
from smartertrack_emu.store.failures import CommitOutcomeUnknown, raise_explained, raise_explained_of_commit
from smartertrack_emu.store.tracing import waiting_for
from smartertrack_emu.store.waiting import waiting

__all__ = [
    "Wanted",
    "after_commit",
    "after_rollback",
    "afterwards",
    "beforehand",
    "connections",
    "read",
    "reading",
    "savepoint",
    "to_note",
    "turn",
    "write",
    "writing",
]

logger = logging.getLogger(__name__)

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_AFTER_COMMIT = "after_commit"
_AFTERWARDS = "afterwards"
_AFTER_ROLLBACK = "after_rollback"
_BEFOREHAND = "beforehand"

_READING: Final = "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_NORMAL: Final = 1
"""SQLite's `synchronous` of that name: commits do not wait, checkpoints do."""
_WRITING_ON_SQLITE: Final = "BEGIN IMMEDIATE"
_NAP_S: Final = 0.001
_ASKED_FOR: Final = 3
"""How many things `write` does beforehand at the most: what is wanted beyond that is done within the transaction."""


class _Desk:
    """A connection with its session, used by one unit of work at a time."""

    __slots__ = ("connection", "level", "raw", "session")

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.connect()
        self.raw: Any = self.connection.connection.dbapi_connection
        self.level: int | None = None
        self.session = Session(self.connection, autoflush=False, expire_on_commit=False)

    def commit(self) -> None:
        """Commit what the session did and what prepared statements did beside it.

        CommitOutcomeUnknown where the connection broke before COMMIT was answered.
        """
        self.session.flush()  # an error of these statements is no error of COMMIT
        dialect = self.connection.dialect
        try:
            self.session.commit()
            # A session that ran no statement of its own knows of no transaction: the BEGIN was ours.
            self.raw.commit()
        except DBAPIError as error:
            raise_explained_of_commit(error, connection_lost=error.connection_invalidated)
            raise
        except dialect.loaded_dbapi.Error as error:
            gone = dialect.is_disconnect(error, self.raw, None)
            raise_explained_of_commit(OperationalError("COMMIT", None, error), connection_lost=gone)
            raise OperationalError("COMMIT", None, error) from error

    def wait_less(self) -> None:
        """Let SQLite's commits not wait for the disk, which has to be said outside of transactions."""
        (level,) = self.raw.execute("PRAGMA synchronous").fetchone()
        if level > _NORMAL:
            self.level = level
            self.raw.execute(f"PRAGMA synchronous={_NORMAL}")

    def wait_again(self) -> None:
        """Let commits wait for the disk as before."""
        if self.level is not None:
            self.raw.execute(f"PRAGMA synchronous={self.level}")
            self.level = None

    def end(self) -> None:
        """Forget the session's objects and drop what was not committed."""
        if self.session.in_transaction() or self.session.identity_map:
            self.session.close()
        self.session.info.clear()
        # A session that ran no statement knows of no transaction: the BEGIN was ours.
        self.raw.rollback()
        self.wait_again()  # after an error

    def close(self) -> None:
        """Close the connection itself, which rolls back. The pool may be closed already.

        Given back to the pool it would first be reset, and the log would have the traceback of a broken one's error.
        """
        with suppress(DBAPIError):
            self.connection.invalidate()
        with suppress(DBAPIError):
            self.session.close()
        with suppress(DBAPIError):
            self.connection.close()


# The free desks stand in the engine itself: kept beside it they would keep it alive.
_FREE = "_units_of_work"
_engines: WeakSet[Engine] = WeakSet()
# Connections inherited by a forked process: never used there and never closed, which would disturb the parent's.
_inherited: list[object] = []


class _Work(NamedTuple):
    """A function and what it is called with."""

    function: Callable[..., object]
    arguments: tuple[object, ...]


Done = dict[_Work, object]
"""What was done beforehand, with its results."""


@contextmanager
def reading(engine: Engine, *, done: Done | None = None) -> Iterator[Session]:
    """A session that sees the database as it is at one moment; whatever it changes is dropped.

    `done` is what `read` has done beforehand. Raises `sqlalchemy.exc.OperationalError` when the database is locked or
    away; the next call starts afresh.
    """
    desk = _begin(engine, *_READING)
    if done is not None:
        desk.session.info[_BEFOREHAND] = done
    try:
        yield desk.session
    except BaseException as error:
        _leave(engine, desk, error)
        raise
    _end(engine, desk)


@contextmanager
def writing(
    engine: Engine, *, patient: bool = True, done: Done | None = None, is_relaxed: bool = False
) -> Iterator[Session]:
    """A session whose changes are committed at the end of the block, or dropped when the block raises.

    On SQLite it holds the one write lock from its first moment, so it can never fail half-way because another wrote;
    `patient=False` gives up at once where another holds it. `done` is what `write` has done beforehand. `is_relaxed`:
    the commit does not wait for the disk. It outlasts the death of the process; a loss of power may take it back, with
    all such commits since the last that did wait, and with nothing before it.
    Raises `sqlalchemy.exc.OperationalError` when the database is locked or away, of those in `store.failures` where one
    says more; the next call starts afresh.
    """
    with turn(engine, patient=patient):
        desk = _begin(engine, _WRITING_ON_SQLITE, "BEGIN", patient=patient, is_relaxed=is_relaxed)
        info = desk.session.info
        if done is not None:
            info[_BEFOREHAND] = done
        try:
            yield desk.session
            desk.commit()
        except BaseException as error:
            is_undone = isinstance(error, Exception) and not isinstance(error, CommitOutcomeUnknown)
            actions = info.get(_AFTER_ROLLBACK, ()) if is_undone else ()
            _leave(engine, desk, error)
            _carry_out(actions)
            raise_explained(error)
            raise
        actions = info.get(_AFTER_COMMIT, ())
        _end(engine, desk)
    _carry_out(actions)


class Wanted(Exception):  # noqa: N818 - no error: a wish
    """Work that is to be done before the transaction, which is then run again; whoever catches errors lets it pass."""

    def __init__(self, work: _Work) -> None:
        super().__init__(work.function)
        self.work = work


def read(engine: Engine, work: Callable[[Session], T]) -> T:
    """Run `work` in a unit of work that is `reading`, and return what it returns; else as `write`."""
    done: Done = {}
    while True:
        # As `reading` does, but without a context manager: most calls read, and it would cost them a hundredth.
        desk = _begin(engine, *_READING)
        desk.session.info[_BEFOREHAND] = done
        try:
            result = work(desk.session)
        except Wanted as wanted:
            _end(engine, desk)
            asked = wanted.work
        except BaseException as error:
            _leave(engine, desk, error)
            raise
        else:
            _end(engine, desk)
            return result
        _do(asked, done)


def write(engine: Engine, work: Callable[[Session], T], *, is_relaxed: bool = False) -> T:
    """Run `work` in a unit of work that is `writing`, and return what it returns.

    What `work` wants done `beforehand` is done without any transaction; then `work` runs again from the start, in a
    transaction that sees what has changed meanwhile. Raises as `writing` does, and what `work` raises; `CrowdedError`
    where too many wait already.
    """
    done: Done = {}
    while True:
        try:
            with writing(engine, done=done, is_relaxed=is_relaxed) as session:
                return work(session)
        except Wanted as wanted:
            asked = wanted.work
        _do(asked, done)


def _do(asked: _Work, done: Done) -> None:
    """Do what is wanted beforehand."""
    with waiting():
        done[asked] = asked.function(*asked.arguments)


def beforehand(session: Session, function: Callable[[*Ts], T], *arguments: *Ts) -> T:
    """Return what `function` returns for these arguments; for work that takes long, so nobody is to wait for it.

    In `read` and `write` it is called before the transaction in which this returns. It has to give the same whenever it
    is called, and nothing is yet to be changed that cannot be rolled back. Elsewhere it is called at once.
    """
    done: Done | None = session.info.get(_BEFOREHAND)
    if done is None:
        return function(*arguments)
    work = _Work(function, arguments)
    if work not in done:
        if len(done) < _ASKED_FOR:
            raise Wanted(work)
        done[work] = function(*arguments)
    return cast("T", done[work])


@contextmanager
def turn(engine: Engine, *, patient: bool = True) -> Iterator[None]:
    """Keep this process's other writers waiting in the block, where the database has one writer at a time.

    OperationalError where the turn does not come in time.
    """
    writers: WritersTurn | None = vars(engine).get(WRITERS_TURN)
    if writers is None:
        yield
        return
    if not writers.take(patient=patient):
        raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
    try:
        yield
    finally:
        writers.pass_on()


def after_commit(session: Session, action: Callable[[], object]) -> None:
    """Have `action` called when the unit of work has been committed, and never when that is not certain.

    An error that it raises is logged: the change was made all the same.
    """
    session.info.setdefault(_AFTER_COMMIT, []).append(action)


def afterwards(session: Session, note: Callable[[Session], object]) -> None:
    """Have something noted after the unit of work, in one of its own: a courtesy, left out where the database is busy.

    It is done where the desk is asked for the work (`desk.call`), and nowhere else.
    """
    session.info.setdefault(_AFTERWARDS, []).append(note)


def to_note(session: Session) -> Sequence[Callable[[Session], object]]:
    """Return what is to be noted after the unit of work."""
    found: Sequence[Callable[[Session], object]] = session.info.get(_AFTERWARDS, ())
    return found


def after_rollback(session: Session, action: Callable[[], object]) -> None:
    """Have `action` called when the unit of work has been rolled back, and never when that is not certain."""
    session.info.setdefault(_AFTER_ROLLBACK, []).append(action)


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """Do something in the block that is undone alone where it raises; the unit of work may go on then.

    What it wanted to follow the commit is forgotten, and what it wanted to follow a rollback is done at once.
    """
    marks = {name: len(session.info.get(name, ())) for name in (_AFTER_COMMIT, _AFTER_ROLLBACK)}
    try:
        with session.begin_nested():
            yield
    except Exception:
        wanted = {name: session.info.get(name, [])[mark:] for name, mark in marks.items()}
        for name, mark in marks.items():
            del session.info.get(name, [])[mark:]
        _carry_out(wanted[_AFTER_ROLLBACK])
        raise


def _carry_out(actions: Iterable[Callable[[], object]]) -> None:
    for action in actions:
        try:
            action()
        except OSError as error:
            logger.warning("what follows a transaction could not be done: %s", error.strerror)  # no path: a secret
        except Exception:
            logger.exception("what follows a transaction failed")


def _begin(
    engine: Engine, on_sqlite: str, on_postgresql: str, *, patient: bool = True, is_relaxed: bool = False
) -> _Desk:
    is_sqlite = engine.dialect.name == "sqlite"
    begin = on_sqlite if is_sqlite else on_postgresql
    while True:
        desk, is_fresh = _take(engine)
        try:
            if is_relaxed and is_sqlite:
                desk.wait_less()
            turn: WritersTurn | None = vars(engine).get(WRITERS_TURN)
            if turn is not None and begin == _WRITING_ON_SQLITE:
                _begin_in_turn(desk.raw, turn.patience_s if patient else 0.0, turn.patience_s)
            else:
                desk.raw.execute(begin)
            if is_relaxed and not is_sqlite:
                desk.raw.execute("SET LOCAL synchronous_commit TO off")
        except engine.dialect.loaded_dbapi.Error as error:
            gone = engine.dialect.is_disconnect(error, desk.raw, None)
            desk.close()
            if gone and not is_fresh:
                continue  # it died while it was kept; those kept beside it go the same way, one by one
            raise_explained(OperationalError(begin, None, error, connection_invalidated=gone))
            raise OperationalError(begin, None, error, connection_invalidated=gone) from error
        except BaseException:
            desk.close()
            raise
        return desk


def _begin_in_turn(raw: Any, patience_s: float, usual_s: float) -> None:
    """Take SQLite's write lock, waiting for other processes as long as one is patient; sqlite3.OperationalError.

    SQLite itself would ask again after ever longer naps, of a tenth of a second at last: a call beside a process that
    writes a lot would wait for that, however soon the lock was free.
    """
    raw.execute("PRAGMA busy_timeout=0")
    try:
        if _is_begun(raw, is_last=patience_s <= 0):
            return
        ends = time.monotonic() + patience_s
        with waiting_for("SQLite's write lock, of another process"):
            while not _is_begun(raw, is_last=time.monotonic() > ends):
                time.sleep(_NAP_S)
    finally:
        raw.execute(f"PRAGMA busy_timeout={round(usual_s * 1000)}")


def _is_begun(raw: Any, *, is_last: bool) -> bool:
    try:
        raw.execute(_WRITING_ON_SQLITE)
    except sqlite3.OperationalError as error:
        if is_last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


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
    _end(engine, desk)


def _end(engine: Engine, desk: _Desk) -> None:
    """Keep a desk for the next one, or close it where its connection has broken, which changes nothing of its work."""
    try:
        desk.end()
    except (DBAPIError, engine.dialect.loaded_dbapi.Error):
        desk.close()
    else:
        _give_back(engine, desk)


def connections(engine: Engine) -> tuple[int, int]:
    """Return how many connections this process keeps open for later, and how many are in use."""
    free = len(_free_of(engine))
    pool: Any = engine.pool
    return pool.checkedin() + free, max(pool.checkedout() - free, 0)


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


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_forget_inherited)
