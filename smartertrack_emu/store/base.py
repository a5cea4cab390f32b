"""The declarative base that every model of the helpdesk stands on."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import MetaData, Table, Text
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
