"""What it means for a caller that the database failed: each kind with the sentence to tell them.

Units of work raise these in place of the driver's errors. They are `OperationalError`s, so who only wants to know that
the database failed need not tell them apart.
"""

from __future__ import annotations

import sqlite3
from typing import ClassVar

from sqlalchemy.exc import DBAPIError, OperationalError

DriverError = DBAPIError
"""Any error of the database or its driver, for rooms that know no SQL."""

UNAVAILABLE = "The database is not available at the moment. Nothing was changed; please try again."
"""What to tell a caller about any other failure: locked, away, cut off before COMMIT."""


class DatabaseFailure(OperationalError):  # noqa: N818 - named for what happened, as SQLAlchemy's bases are not
    """A failure with a sentence of its own."""

    sentence: ClassVar[str]


class DatabaseFull(DatabaseFailure):
    """The database has no space left: its disk is full, or it is as large as it may be."""

    sentence = "The database has no space left. Nothing was changed."


class DatabaseReadOnly(DatabaseFailure):
    """The database takes no changes: its file or disk is read-only, or the PostgreSQL server is a standby."""

    sentence = "The database is read-only at the moment. Nothing was changed."


class CommitOutcomeUnknown(DatabaseFailure):
    """The connection broke, or the disk failed, after COMMIT was said and before it was answered."""

    sentence = (
        "The database failed while the change was being saved. It is not known whether the change was made; "
        "please look before you repeat it."
    )


_SQLITE = {sqlite3.SQLITE_FULL: DatabaseFull, sqlite3.SQLITE_READONLY: DatabaseReadOnly}
_POSTGRESQL = {"53100": DatabaseFull, "25006": DatabaseReadOnly}  # disk_full, read_only_sql_transaction
_COMMIT_MAY_HAVE_COME = ("08", "57P", "40003")
"""Beginnings of SQLSTATEs that leave it open whether a COMMIT was carried out: connection lost, server stopping."""


def raise_explained(error: BaseException) -> None:
    """Raise the failure that an error within a transaction that writes stands for, where it stands for one."""
    if isinstance(error, DBAPIError) and not isinstance(error, DatabaseFailure):
        kind = _SQLITE.get(_sqlite_code(error.orig)) or _POSTGRESQL.get(_sqlstate(error.orig))
        if kind is not None:
            raise _as(kind, error) from error


def raise_explained_of_commit(error: DBAPIError, *, connection_lost: bool) -> None:
    """Raise the failure that an error of COMMIT stands for, where it stands for one.

    An error that the database answers in so many words says that the transaction was rolled back. A lost connection
    says nothing, and neither does SQLite's I/O error: what it wrote may be found when the file is opened again.
    """
    unsaid = _sqlstate(error.orig).startswith(_COMMIT_MAY_HAVE_COME) or _sqlite_code(error.orig) == sqlite3.SQLITE_IOERR
    if connection_lost or unsaid:
        raise _as(CommitOutcomeUnknown, error) from error
    raise_explained(error)


def sentence_of(error: DBAPIError) -> str:
    """Return what to tell a caller whose change failed with this error."""
    return error.sentence if isinstance(error, DatabaseFailure) else UNAVAILABLE


def reason_of(error: DBAPIError) -> str:
    """Return the driver's own words in one line, for the log."""
    return " ".join(str(error.orig).split())


def _as(kind: type[DatabaseFailure], error: DBAPIError) -> DatabaseFailure:
    return kind(error.statement, None, error.orig or error, True, error.connection_invalidated)  # noqa: FBT003 - SQLAlchemy's


def _sqlite_code(orig: BaseException | None) -> int:
    """Return SQLite's primary result code, 0 for another database's error."""
    return getattr(orig, "sqlite_errorcode", 0) & 0xFF


def _sqlstate(orig: BaseException | None) -> str:
    """Return PostgreSQL's error code, "" where the server gave none."""
    return getattr(orig, "sqlstate", None) or ""
