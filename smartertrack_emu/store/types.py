"""Column types that mean the same on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, Integer, Row, SmallInteger, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from smartertrack_emu.store.encryption import key_of

KEY_LENGTH = 200
"""The longest comparison key in characters: within what a B-tree entry of PostgreSQL holds (2,704 bytes)."""

KEY: TypeEngine[str] = String(KEY_LENGTH).with_variant(String(KEY_LENGTH, collation="C"), "postgresql")
"""A normalised key: compared byte by byte on both databases, whatever locale PostgreSQL was made with."""

BIG_ID: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit primary key; SQLite numbers only columns declared INTEGER, which hold 64 bits there."""

AnyRow = Row[*tuple[Any, ...]]
"""A row of columns whose types do not matter to who handles it."""

Processor = Callable[[Any], Any]


def _to_text(value: datetime | None) -> str | None:
    return None if value is None else _in_utc(value).isoformat(timespec="microseconds")


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError("a date without a time zone cannot be stored: give it one")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a date outside the years 1 to 9999 in UTC cannot be stored") from error


def _to_utc(value: datetime | None) -> datetime | None:
    return None if value is None else _in_utc(value)


def _from_text(value: str | None) -> datetime | None:
    # fromisoformat is written in C and gives datetime.UTC itself for +00:00.
    return None if value is None else datetime.fromisoformat(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware UTC in and out, to the microsecond; a naive one is refused (`ValueError` in `StatementError`).

    PostgreSQL: timestamp with time zone. SQLite: text of fixed width (`2024-01-02T03:04:05.000006+00:00`), so that the
    order of the text is the order of time.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQLite has no type for a moment."""
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else DateTime(timezone=True))

    # The two processors are given whole rather than through process_bind_param and process_result_value: those are
    # wrapped once more for every value of every row.
    def bind_processor(self, dialect: Dialect) -> Processor:
        """What turns a Python value into the database's."""
        return _to_text if dialect.name == "sqlite" else _to_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        """What turns a value read into Python's; psycopg gives aware UTC already, as the session's time zone is UTC."""
        del coltype
        return _from_text if dialect.name == "sqlite" else None


class IntEnumeration(TypeDecorator[Any]):
    """A member of an `IntEnum`, stored as its number; a number that is no member is refused (`ValueError`)."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, members: type[IntEnum]) -> None:
        super().__init__()
        self.members = members

    def bind_processor(self, dialect: Dialect) -> Processor:
        """The member's number."""
        del dialect
        return _looking_up(self.members, int)

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        """The member: a look-up, several times faster than calling the enumeration."""
        del dialect, coltype
        read: dict[int | None, IntEnum | None] = {int(member): member for member in self.members}
        read[None] = None
        return read.__getitem__


class StrEnumeration(TypeDecorator[Any]):
    """A member of a `StrEnum`, stored as its word; a word that is no member is refused (`ValueError`)."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__(length=32)
        self.members = members

    def bind_processor(self, dialect: Dialect) -> Processor:
        """The member's word."""
        del dialect
        return _looking_up(self.members, str)

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        """The member."""
        del dialect, coltype
        read: dict[str | None, StrEnum | None] = {str(member): member for member in self.members}
        read[None] = None
        return read.__getitem__


class Secret(TypeDecorator[str]):
    """A text that is encrypted in the database with the key that the engine was given; an empty one stays empty.

    Reading or writing one raises `SecretError` where the key is missing or another one (inside `StatementError` when
    writing). A secret is never compared in SQL: each time it is encrypted otherwise.
    """

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Processor:
        """Encrypt."""
        return lambda value: key_of(dialect).encrypt(value) if value else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        """Decrypt."""
        del coltype
        return lambda value: key_of(dialect).decrypt(value) if value else value


def _looking_up(members: type[IntEnum | StrEnum], plain: Callable[[Any], int | str]) -> Processor:
    """Return what makes a member plain: a look-up, several times faster than calling the enumeration."""
    known: dict[Any, int | str | None] = {None: None, **{member: plain(member) for member in members}}

    def make_plain(value: Any) -> int | str | None:
        try:
            return known[value]
        except (KeyError, TypeError):
            return plain(members(value))  # which says what is wrong with it

    return make_plain


def one_of(column: str, members: type[IntEnum | StrEnum]) -> CheckConstraint:
    """A check that `column` holds a member of the enumeration."""
    values = ", ".join(str(int(m)) if isinstance(m, IntEnum) else f"'{m}'" for m in members)
    return CheckConstraint(f"{column} IN ({values})", name=column)


def exactly_one_of(*columns: str, name: str) -> CheckConstraint:
    """A check that one and only one of the nullable columns has a value."""
    return CheckConstraint(f"{_how_many(columns)} = 1", name=name)


def at_most_one_of(*columns: str, name: str) -> CheckConstraint:
    """A check that no more than one of the nullable columns has a value."""
    return CheckConstraint(f"{_how_many(columns)} <= 1", name=name)


def _how_many(columns: tuple[str, ...]) -> str:
    return " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in columns)
