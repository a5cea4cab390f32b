"""Sessions of people who logged in by a form: one table beside the data, which all processes share.

A browser holds a random token; the table holds its digest, so that whoever reads the table can enter nowhere. Sessions
follow the machine's clock and not the emulated one. They are bounded in number: the oldest make room.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, Engine, Table, Text, delete, insert, select, update

from smartertrack_emu.domain import clock
from smartertrack_emu.store.beside import beside, metadata
from smartertrack_emu.store.types import BIG_ID, UtcDateTime

MOST = 10_000
"""Sessions of all users together."""

MOST_OF_USER = 50

_TOKEN_BYTES = 32
_LONGEST_TOKEN = 100
_NOTED_EVERY = timedelta(minutes=1)
"""A session's use is written down at most so often, so that opening a page stays reading."""

table = Table(
    "emulator_sessions",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("user_id", BIG_ID, nullable=False),
    Column("password_mark", Text, nullable=False),
    Column("csrf_token", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""`digest`: of the token. `password_mark`: of the password that was given at the login (`passwords.mark_of`)."""


class Kept(NamedTuple):
    """A session: whose it is, by which password, and what its forms must carry."""

    user_id: int
    password_mark: str
    csrf_token: str


class Sessions:
    """The sessions of a server, all its processes together."""

    def __init__(self, engine: Engine, *, idle: timedelta) -> None:
        """Keep them beside the data of `engine`; one that was not used for `idle` is over."""
        self._engine = engine
        self._idle = idle

    def begin(self, user_id: int, password_mark: str) -> str:
        """Begin a session, and return its token: 43 letters, digits, `_` and `-`."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = clock.machine()
        row = {
            "digest": _digest(token),
            "user_id": user_id,
            "password_mark": password_mark,
            "csrf_token": secrets.token_urlsafe(_TOKEN_BYTES),
            "created_at": now,
            "seen_at": now,
        }
        with beside(self._engine).begin() as connection:
            connection.execute(insert(table), row)
            connection.execute(delete(table).where(table.c.seen_at <= now - self._idle))
            connection.execute(delete(table).where(table.c.user_id == user_id, _beyond(MOST_OF_USER, user_id)))
            connection.execute(delete(table).where(_beyond(MOST)))
        return token

    def find(self, token: str) -> Kept | None:
        """Return the session of a token, None where there is none or it is over; it has been used now."""
        if not token or len(token) > _LONGEST_TOKEN:
            return None
        now = clock.machine()
        columns = (table.c.id, table.c.seen_at, table.c.user_id, table.c.password_mark, table.c.csrf_token)
        mine = select(*columns).where(table.c.digest == _digest(token), table.c.seen_at > now - self._idle)
        with beside(self._engine).begin() as connection:
            row = connection.execute(mine).one_or_none()
        if row is None:
            return None
        number, seen_at, *kept = row
        if now - seen_at >= min(_NOTED_EVERY, self._idle / 20):
            with beside(self._engine).begin() as connection:
                connection.execute(update(table).where(table.c.id == number).values(seen_at=now))
        return Kept(*kept)

    def end(self, token: str) -> None:
        """End a session, where there is one."""
        with beside(self._engine).begin() as connection:
            connection.execute(delete(table).where(table.c.digest == _digest(token)))


def _beyond(most: int, user_id: int | None = None) -> ColumnElement[bool]:
    """Return the condition of those that are older than the newest `most`, of all or of a user."""
    ids = select(table.c.id).order_by(table.c.id.desc()).offset(most).limit(1)
    if user_id is not None:
        ids = ids.where(table.c.user_id == user_id)
    return table.c.id <= ids.scalar_subquery()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
