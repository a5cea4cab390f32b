"""Texts without letter case in SQL, alike on both databases, whatever locale PostgreSQL was made with.

One character at a time, by what this Python knows of them: what PostgreSQL's own `lower` makes of other letters than
ASCII's depends on the locale, and SQLite's leaves them alone.
"""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_FOLDED = {
    code: ord(chr(code).casefold())
    for code in range(0x80, sys.maxunicode + 1)
    if len(chr(code).casefold()) == 1 and chr(code).casefold() != chr(code)
}
_TABLE: dict[int, int | str] = {
    **{code: code + 32 for code in range(ord("A"), ord("Z") + 1)},
    **_FOLDED,
    ord("ß"): "ss",
    ord("ẞ"): "ss",
}
_UPPER = "".join(map(chr, _FOLDED))
_LOWER = "".join(map(chr, _FOLDED.values()))


def fold_letters(text: str) -> str:
    """Return a text as `folded` makes it in the database."""
    return text.lower() if text.isascii() else text.translate(_TABLE)


class folded(FunctionElement[str]):  # noqa: N801 - it reads as the SQL function it is
    """A text column without letter case; compared and ordered by code points."""

    type = Text()
    inherit_cache = True


@compiles(folded, "sqlite")
def _on_sqlite(element: folded, compiler: SQLCompiler, **options: Any) -> str:
    return f"folded({compiler.process(element.clauses, **options)})"


@compiles(folded, "postgresql")
def _on_postgresql(element: folded, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    lower = f'lower({text} COLLATE "C")'
    others = f"replace(replace({lower}, 'ß', 'ss'), 'ẞ', 'ss')"
    whole = f"translate({others}, '{_UPPER}', '{_LOWER}')"
    return f'(CASE WHEN octet_length({text}) = length({text}) THEN {lower} ELSE {whole} END COLLATE "C")'
