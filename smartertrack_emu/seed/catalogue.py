"""What a name or an id in a seed file stands for: something in the same file, or already in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Table, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from smartertrack_emu.domain.text import key
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.batches import batches
from smartertrack_emu.store.identity import greatest_gone

from .errors import Problems, quoted, suggestion
from .format import SeedDocument
from .format_entry import Entry

Row = TypeVar("Row", bound=Base)
Part = TypeVar("Part", bound=BaseModel)

_SUGGESTED_FROM = 2000
"""So many names in the database are looked at for the one that was meant."""


def entries(part: BaseModel, place: str = "") -> Iterator[tuple[str, Entry]]:
    """Give every entry of a document with its place, in file order, an entry before those in it."""
    if isinstance(part, Entry):
        yield place, part
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        under = f"{place}.{field.alias or name}" if place else name
        for inner, where in _parts(value, under):
            yield from entries(inner, where)


def _parts(value: Any, place: str) -> Iterator[tuple[BaseModel, str]]:
    if isinstance(value, BaseModel):
        yield value, place
    elif isinstance(value, list):
        yield from ((part, where) for part, where in placed(value, place) if isinstance(part, BaseModel))


def placed(parts: Iterable[Part], place: str) -> Iterator[tuple[Part, str]]:
    """Give each of a list with its place."""
    return ((part, f"{place}[{index}]") for index, part in enumerate(parts))


class Ids:
    """The id of every entry: its own, or the next free one of its table in file order."""

    def __init__(self, session: Session, document: SeedDocument, problems: Problems) -> None:
        by_table: dict[type[Base], list[tuple[str, Entry]]] = {}
        for place, entry in entries(document):
            by_table.setdefault(entry.row, []).append((place, entry))
        self._ids: dict[int, int] = {}
        self.tables = tuple(by_table)
        for row, found in by_table.items():
            chosen = _chosen(found, problems)
            for taken in _in_use(session, row, list(chosen)):
                problems.add(f"{chosen[taken]}.id", f"{taken} is in use already")
            free = next_free(session, row)
            for _, entry in found:
                if entry.id is None:
                    while free in chosen:
                        free += 1
                    self._ids[id(entry)] = free
                    free += 1
                else:
                    self._ids[id(entry)] = entry.id

    def of(self, entry: Entry) -> int:
        """Return the id that an entry's row has."""
        return self._ids[id(entry)]


def _chosen(found: list[tuple[str, Entry]], problems: Problems) -> dict[int, str]:
    chosen: dict[int, str] = {}
    for place, entry in found:
        if entry.id is None:
            continue
        if entry.id in chosen:
            problems.add(f"{place}.id", f"{entry.id} is the id of {chosen[entry.id]} already")
        else:
            chosen[entry.id] = place
    return chosen


def _in_use(session: Session, row: type[Base], ids: list[int]) -> Iterator[int]:
    column = table_of(row).c.id
    for some in batches(ids):
        yield from session.scalars(select(column).where(column.in_(some)))


def next_free(session: Session, row: type[Base]) -> int:
    """The id after the greatest that was ever given out, as far as the database knows."""
    table = table_of(row)
    greatest = session.scalar(select(func.max(table.c.id))) or 0
    if session.get_bind().dialect.name != "sqlite":
        sequence = func.pg_sequence_last_value(text(f"pg_get_serial_sequence('{table.name}', 'id')::regclass"))
        given = session.scalar(select(sequence))
    elif table.dialect_options["sqlite"]["autoincrement"]:
        given = session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
    else:
        given = greatest_gone(session, table)
    return int(max(greatest, given or 0)) + 1


def table_of(row: type[Base]) -> Table:
    """The table of a model."""
    table = row.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{row.__name__} is not mapped to a table")
    return table


@dataclass(frozen=True)
class Kind(Generic[Row]):
    """How rows of a kind are found: by what names they have, and how the database compares with one."""

    word: str
    model: type[Row]
    match: Callable[[str], ColumnElement[bool]]
    names: Callable[[Row], tuple[str, ...]]


class Directory(Generic[Row]):
    """All rows of a kind, those of the file first."""

    def __init__(self, session: Session, problems: Problems, kind: Kind[Row]) -> None:
        self._session = session
        self._problems = problems
        self._kind = kind
        self._by_id: dict[int, Row] = {}
        self._by_key: dict[str, list[Row]] = {}
        self._places: dict[int, str] = {}
        self._read: dict[str, list[Row]] = {}

    def add(self, row: Row, row_id: int, place: str) -> None:
        """Let a row of the file be found."""
        self._by_id[row_id] = row
        self._places[row_id] = place
        for name in self._kind.names(row):
            self._by_key.setdefault(key(name), []).append(row)

    def add_unique(
        self, row: Row, row_id: int, place: str, name: str, *, among: Callable[[Row], bool] | None = None
    ) -> None:
        """Let a row of the file be found; a problem at `place` where its name is another's (of those `among`)."""
        same = [other for other in self._named(name) if among is None or among(other)]
        if same:
            first = self._places.get(same[0].id)  # type: ignore[attr-defined]
            where = f"{first} has it" if first else "it is in the database"
            self._problems.add(place, f"there is a {self._kind.word} {quoted(name)} already: {where}")
        self.add(row, row_id, place.rpartition(".")[0])

    def find(
        self, reference: int | str, place: str, *, among: Callable[[Row], bool] | None = None, of: str = ""
    ) -> Row | None:
        """Return what a reference stands for; None, and a problem at `place`, where it is not one thing.

        `among`: only such rows count; `of` says so in the problem (` in department "Support"`).
        """
        if isinstance(reference, int):
            row = self._by_id.get(reference) or self._session.get(self._kind.model, reference)
            if row is None or (among is not None and not among(row)):
                self._problems.add(place, f"no {self._kind.word} with the id {reference}{of}")
                return None
            return row
        found = [row for row in self._named(reference) if among is None or among(row)]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(str(row.id) for row in found[:5])  # type: ignore[attr-defined]
            several = f"there are several {self._kind.word}s {quoted(reference)}{of}; give the id: {ids}"
            self._problems.add(place, several)
        else:
            near = suggestion(reference, self._all_names(among))
            self._problems.add(place, f"no {self._kind.word} {quoted(reference)}{of}{near}")
        return None

    def first(self, among: Callable[[Row], bool]) -> Row | None:
        """Return the first row of the file that is `among` those."""
        return next((row for row in self._by_id.values() if among(row)), None)

    def _named(self, name: str) -> list[Row]:
        name_key = key(name)
        if name_key not in self._read:
            query = select(self._kind.model).where(self._kind.match(name))
            self._read[name_key] = list(self._session.scalars(query.limit(20)))
        return self._by_key.get(name_key, []) + self._read[name_key]

    def _all_names(self, among: Callable[[Row], bool] | None) -> Iterator[str]:
        for row in self._by_id.values():
            if among is None or among(row):
                yield from self._kind.names(row)
        query = select(self._kind.model).limit(_SUGGESTED_FROM)
        for row in islice(self._session.scalars(query), _SUGGESTED_FROM):
            if among is None or among(row):
                yield self._kind.names(row)[0]


def by_key(column: InstrumentedAttribute[Any]) -> Callable[[str], ColumnElement[bool]]:
    """Compare names without letter case, by their key column."""
    return lambda name: column == key(name)


def by_text(*columns: InstrumentedAttribute[Any]) -> Callable[[str], ColumnElement[bool]]:
    """Compare texts as they stand, with one of the columns."""
    return lambda name: or_(*(column == name for column in columns))
