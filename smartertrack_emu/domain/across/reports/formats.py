"""A report's table as others read it: CSV for spreadsheets, HTML for mails and browsers."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from html import escape
from typing import Final

from .making import Table
from .measures import Cell

_FORMULA: Final = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula."""


def as_csv(table: Table) -> bytes:
    """Return a table as CSV (RFC 4180), UTF-8 with a byte order mark; no text of it is read as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)  # whose lines end with CR and LF
    writer.writerow([_harmless(name) for name in table.columns])
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def as_html(table: Table, *, before: str = "") -> str:
    """Return a table as a page; `before`: HTML that stands between its title and the table."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    rows = "\n".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in table.rows)
    first, last = (escape(written(moment)) for moment in (table.span.start, table.span.end))
    title = escape(table.title)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n</head>\n<body>\n'
        f"<h1>{title}</h1>\n{before}<p>From {first}, before {last}.</p>\n"
        f"<table>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</body>\n</html>\n"
    )


def written(cell: Cell) -> str:
    """Return a value as text: moments in ISO 8601, UTC; empty for none."""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return "" if cell is None else str(cell)


def _harmless(cell: Cell) -> str:
    text = written(cell)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _cell(cell: Cell) -> str:
    opening = '<td align="right">' if isinstance(cell, int | float) else "<td>"
    return f"{opening}{escape(written(cell))}</td>"
