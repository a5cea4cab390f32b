"""Ids given out by hand: known before the row is inserted, or chosen by a seed file."""

from functools import cache

from sqlalchemy import ScalarSelect, String, Table, func, literal_column, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from smartertrack_emu.store.base import Base
from smartertrack_emu.store.prepared import Prepared


class GreatestId(Base):
    """The greatest id of a table's rows that are gone, where SQLite would give it out again."""

    __tablename__ = "greatest_ids"

    table: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[int] = mapped_column("greatest_id")


def next_id(session: Session, model: type[Base]) -> int:
    """The id that a new row of `model` shall have, taken for good; for rows whose number is made from their id.

    Call it in `writing`: SQLite's one writer sees the greatest id (so whoever deletes rows says so by `gone`),
    PostgreSQL takes the next of the table's sequence, where nobody waits for anybody and a rollback leaves a gap.
    """
    row = _next(_table(model), session.get_bind().dialect.name).one_or_none(session, {})
    return 1 if row is None else int(row.next_id)


@cache
def _next(table: Table, dialect: str) -> Prepared:
    if dialect == "sqlite":
        there = select(func.max(table.c.id)).scalar_subquery()
        return Prepared(
            select((func.max(func.coalesce(there, 0), func.coalesce(_gone(table), 0)) + 1).label("next_id"))
        )
    return Prepared(select(func.nextval(func.pg_get_serial_sequence(table.name, "id")).label("next_id")))


def gone(session: Session, table: Table, row_id: int) -> None:
    """Note that a row is deleted whose id nobody is to get again; PostgreSQL's sequences never go back."""
    if session.get_bind().dialect.name != "sqlite":
        return
    insert = sqlite.insert(GreatestId).values(table=table.name, id=row_id)
    greater = func.max(GreatestId.id, insert.excluded.greatest_id)
    session.execute(insert.on_conflict_do_update(index_elements=[GreatestId.table], set_={"greatest_id": greater}))


def greatest_gone(session: Session, table: Table) -> int:
    """Return the greatest id of a table's rows that are noted as gone, 0 for none."""
    return session.scalar(select(_gone(table))) or 0


def _gone(table: Table) -> ScalarSelect[int]:
    return select(GreatestId.id).where(GreatestId.table == literal_column(f"'{table.name}'")).scalar_subquery()


def ids_were_chosen(session: Session, *models: type[Base]) -> None:
    """Let the ids given out from now on follow the greatest one there: to be called after rows with ids of one's own.

    Of all tables with an `id`, or of those of `models`. SQLite always goes on from the greatest id.
    """
    session.flush()
    if session.get_bind().dialect.name == "sqlite":
        return
    tables = [_table(model) for model in models] or list(Base.metadata.sorted_tables)
    for table in tables:
        if "id" in table.c:
            # Never backwards: the highest id may have been given out and deleted since.
            greatest = "greatest(max(id), coalesce(pg_sequence_last_value(sequence), 0))"
            sequence = f"CAST(pg_get_serial_sequence('{table.name}', 'id') AS regclass) AS sequence"
            session.execute(
                text(
                    f"SELECT setval(sequence, {greatest}) FROM {table.name}, {sequence} "  # noqa: S608 - our own tables' names
                    "GROUP BY sequence HAVING max(id) IS NOT NULL"
                )
            )


def _table(model: type[Base]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to a table")
    return table
