"""Full-text indexes as migrations make them: FTS5 with triggers on SQLite, a generated tsvector, GIN on PostgreSQL.

The columns indexed hold words that were cut before they were stored, separated by spaces; neither database cuts, stems
or folds anything itself. FTS5's tokeniser `ascii` takes whatever is not ASCII for part of a word, and PostgreSQL's
parser is not asked. A title's words are in the vector once more with `=` before them, so that the index alone tells
where they stand.

FTS5 knows which words stand side by side. The vector does not (its positions end at 16,383), so PostgreSQL has an array
beside it: a number for each two neighbours, 64 bits of them, which two pairs do not share in practice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

VECTOR = "search_vector"
PAIRS = "search_pairs"

PAIRS_OF = "word_pairs"
"""PostgreSQL's function that gives the numbers of each two neighbours in texts of words."""


def fts_name(table: str) -> str:
    """The name of a table's FTS5 table."""
    return f"{table}_fts"


def is_declared(name: str | None, kind: str, parents: Any) -> bool:
    """Whether the models declare what a database has: Alembic's `include_name`, which leaves our indexes out."""
    del parents
    if name is None:
        return True
    if kind == "column":
        return name not in {VECTOR, PAIRS}
    if kind == "index":
        return not name.endswith((f"_{VECTOR}", f"_{PAIRS}"))
    return kind != "table" or not (name.endswith("_fts") or "_fts_" in name)


def create(execute: Callable[[str], object], dialect: str, table: str, key: str, columns: Sequence[str]) -> None:
    """Make the index of `columns` of a table with the integer primary key `key`; the first column is the title."""
    statements = _fts5(table, key, columns) if dialect == "sqlite" else _vector(table, columns)
    for statement in statements:
        execute(statement)


def drop(execute: Callable[[str], object], dialect: str, table: str) -> None:
    """Remove what `create` made."""
    if dialect == "sqlite":
        for event in ("insert", "update", "delete"):
            execute(f"DROP TRIGGER {fts_name(table)}_{event}")
        execute(f"DROP TABLE {fts_name(table)}")
    else:
        execute(f"ALTER TABLE {table} DROP COLUMN {VECTOR}")
        execute(f"ALTER TABLE {table} RESET (toast_tuple_target)")


def create_pairs(execute: Callable[[str], object], dialect: str, tables: Mapping[str, Sequence[str]]) -> None:
    """Index each two neighbours in tables that `create` made an index of, given with the same columns."""
    if dialect == "sqlite":
        return
    execute(
        f"CREATE FUNCTION {PAIRS_OF}(VARIADIC texts text[])"  # noqa: S608 - our own name
        " RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$"
        " SELECT coalesce(array_agg(DISTINCT hashtextextended(word || ' ' || neighbour, 0)), '{}')"
        " FROM unnest(texts) AS text(words),"
        " unnest(string_to_array(words, ' '), (string_to_array(words, ' '))[2:]) AS pair(word, neighbour)"
        " WHERE neighbour IS NOT NULL $$"
    )
    for table, columns in tables.items():
        texts = ", ".join([*columns, _marked(columns[0])])
        execute(f"ALTER TABLE {table} ADD COLUMN {PAIRS} bigint[] GENERATED ALWAYS AS ({PAIRS_OF}({texts})) STORED")
        execute(f"CREATE INDEX ix_{table}_{PAIRS} ON {table} USING gin ({PAIRS}) WITH (fastupdate = off)")


def drop_pairs(execute: Callable[[str], object], dialect: str, tables: Iterable[str]) -> None:
    """Remove what `create_pairs` made."""
    if dialect == "sqlite":
        return
    for table in tables:
        execute(f"ALTER TABLE {table} DROP COLUMN {PAIRS}")
    execute(f"DROP FUNCTION {PAIRS_OF}(text[])")


def _fts5(table: str, key: str, columns: Sequence[str]) -> list[str]:
    fts = fts_name(table)
    names = ", ".join(columns)
    new = ", ".join(f"new.{name}" for name in columns)
    old = ", ".join(f"old.{name}" for name in columns)
    add = f"INSERT INTO {fts}(rowid, {names}) VALUES (new.{key}, {new});"  # noqa: S608 - our own names
    options = f"content='{table}', content_rowid='{key}', tokenize='ascii', prefix='1 2 3'"
    # FTS5 is told what it had been told, and forgets it.
    forget = f"INSERT INTO {fts}({fts}, rowid, {names}) VALUES ('delete', old.{key}, {old});"  # noqa: S608
    return [
        f"CREATE VIRTUAL TABLE {fts} USING fts5({names}, {options})",
        f"INSERT INTO {fts}({fts}) VALUES ('rebuild')",  # noqa: S608
        f"CREATE TRIGGER {fts}_insert AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER {fts}_update AFTER UPDATE OF {key}, {names} ON {table} BEGIN {forget} {add} END",
        f"CREATE TRIGGER {fts}_delete AFTER DELETE ON {table} BEGIN {forget} END",
    ]


def _vector(table: str, columns: Sequence[str]) -> list[str]:
    everything = " || ' ' || ".join(columns)
    words = f"array_remove(string_to_array({everything} || ' ' || {_marked(columns[0])}, ' '), '')"
    return [
        # Texts that are long stand beside the table, not in it: to look at many rows few pages are read.
        f"ALTER TABLE {table} SET (toast_tuple_target = 128)",
        f"ALTER TABLE {table} ADD COLUMN {VECTOR} tsvector GENERATED ALWAYS AS (array_to_tsvector({words})) STORED",
        f"CREATE INDEX ix_{table}_{VECTOR} ON {table} USING gin ({VECTOR}) WITH (fastupdate = off)",
    ]


def _marked(title: str) -> str:
    return f"CASE WHEN {title} = '' THEN '' ELSE '=' || replace({title}, ' ', ' =') END"
