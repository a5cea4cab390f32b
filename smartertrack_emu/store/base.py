"""The declarative base that every model of the helpdesk stands on."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import Index, MetaData, Table, Text, text
from sqlalchemy.orm import DeclarativeBase

from smartertrack_emu.store.types import UtcDateTime

# Every constraint has a name that a migration can drop it by, the same on both databases.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of all models: `str` is text of any length, `datetime` is aware UTC."""

    if TYPE_CHECKING:
        __table__: ClassVar[Table]  # every model here is of one table, which SQLAlchemy's type leaves open

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {str: Text(), datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy's own declaration


_FLAG = re.compile(r"(NOT )?\b(is_\w+)")


def due_index(table: str, name: str, *columns: str, where: str = "") -> Index:
    """Return an index of the rows for which something is to happen by itself, in the order of the last of `columns`.

    Only rows stand in it where that column holds something, and of those the ones that meet `where`, whose flags begin
    with `is_`: most rows pay nothing for it, and a job that finds nothing due has read one page.
    """
    condition = " AND ".join(filter(None, (f"{columns[-1]} IS NOT NULL", where)))
    # SQLite compares the words with those of the query, in which SQLAlchemy writes flags as numbers.
    on_sqlite = _FLAG.sub(lambda found: f"{found[2]} = {0 if found[1] else 1}", condition)
    return Index(f"ix_{table}_{name}", *columns, sqlite_where=text(on_sqlite), postgresql_where=text(condition))
