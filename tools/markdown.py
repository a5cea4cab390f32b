"""Markdown as the generated files have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The checkout."""

_NOTE = "<!-- Written by `make documents`; a test keeps it true. -->"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield a table's lines."""
    names = list(head)
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def document(title: str, *content: Iterable[str] | str) -> str:
    """Return a generated file: paragraphs, and tables as their lines."""
    lines = [f"# {title}", "", _NOTE]
    for part in content:
        lines += ["", part] if isinstance(part, str) else ["", *part]
    return "\n".join(lines) + "\n"
