"""Traces of statements, locks and caches, for the diagnostics: hooks that cost nothing while nobody has set them.

They are the process's, as its log files are.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Engine, event


class Statement(NamedTuple):
    """A statement that was run: how long it took, how many rows it gave or changed (-1: not known), what it was.

    `about`: what the present call is. `parameters` by their names, where they have such. `caller`: file and line.
    """

    seconds: float
    rows: int
    sql: str
    parameters: Mapping[str, Any]
    about: str
    caller: str


class _Hooks:
    """What is called; None while nobody wants to know."""

    statement: Callable[[Statement], object] | None = None
    waited: Callable[[str, float], object] | None = None
    cache: Callable[[str, str], object] | None = None


hooks = _Hooks
"""`statement`: with each statement. `waited`: with a lock and the seconds that somebody waited for it. `cache`: with a
cache and what happened to it, a hit, a miss, or that it was emptied."""


class _About(threading.local):
    said: Callable[[], object] | str = ""


about = _About()
"""`said`: what the present thread's call is, where somebody traces statements."""


@contextmanager
def waiting_for(lock: str) -> Iterator[None]:
    """Tell how long the block took, which waits for a lock, where somebody wants to know."""
    if hooks.waited is None:
        yield
        return
    begun = time.perf_counter()
    try:
        yield
    finally:
        if hooks.waited is not None:
            hooks.waited(lock, time.perf_counter() - begun)


def note_statement(begun: float, rows: int, sql: str, parameters: Mapping[str, Any]) -> None:
    """Tell of a statement that began at `begun` (perf_counter), where somebody wants to know."""
    tell = hooks.statement
    if tell is not None:
        said = about.said
        name = said if isinstance(said, str) else str(said())
        tell(Statement(time.perf_counter() - begun, rows, sql, parameters, name, _caller()))


def trace_statements(engine: Engine, *, on: bool) -> None:
    """Have the statements that SQLAlchemy runs on an engine told of, or no more; prepared ones tell by themselves."""
    for name, listener in (("before_cursor_execute", _before), ("after_cursor_execute", _after)):
        if on != event.contains(engine, name, listener):
            (event.listen if on else event.remove)(engine, name, listener)


_BEGUN = "_begun"


def _before(
    connection: Any,
    cursor: Any,
    statement: str,
    parameters: Any,
    context: Any,
    executemany: bool,  # noqa: FBT001 - SQLAlchemy's signature
) -> None:
    del cursor, statement, parameters, context, executemany
    connection.info[_BEGUN] = time.perf_counter()


def _after(
    connection: Any,
    cursor: Any,
    statement: str,
    parameters: Any,
    context: Any,
    executemany: bool,  # noqa: FBT001 - SQLAlchemy's signature
) -> None:
    del parameters, executemany
    known = getattr(context, "compiled_parameters", None) or [{}]
    note_statement(connection.info.get(_BEGUN, time.perf_counter()), cursor.rowcount, statement, known[0])


def _caller() -> str:
    """Return the file and the line of ours that ran the statement."""
    frame = sys._getframe(1)  # noqa: SLF001 - what logging does
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.startswith("smartertrack_emu.") and not name.startswith("smartertrack_emu.store."):
            return f"{name.removeprefix('smartertrack_emu.')}:{frame.f_lineno}"
        if frame.f_back is None:
            break
        frame = frame.f_back
    return ""
