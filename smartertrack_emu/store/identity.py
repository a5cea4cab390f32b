"""Ids given out by hand: known before the row is inserted, or chosen by a seed file."""

from functools import cache

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from smartertrack_emu.store.base import Base
from smartertrack_emu.store.prepared import Prepared


def next_id(session: Session, model: type[Base]) -> int:
    """The id that a new row of `model` shall have, taken for good; for rows whose number is made from their id.

    Call it in `writing`: SQLite's one writer sees the greatest id (so it suits tables nothing is ever deleted from),
    PostgreSQL takes the next of the table's sequence, where nobody waits for anybody and a rollback leaves a gap.
    """
    row = _next(_table(model), session.get_bind().dialect.name).one_or_none(session, {})
    return 1 if row is None else int(row.next_id)


@cache
def _next(table: Table, dialect: str) -> Prepared:
    if dialect == "sqlite":
        return Prepared(select((func.coalesce(func.max(table.c.id), 0) + 1).label("next_id")))
    return Prepared(select(func.nextval(func.pg_get_serial_sequence(table.name, "id")).label("next_id")))


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
