"""Writing the traces of statements, locks and caches to their daily files, as the diagnostics' options say."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Engine

from smartertrack_emu.domain.known import known_of
from smartertrack_emu.store.tracing import Statement, hooks, trace_statements

from .daily import PREFIX

_query, _lock, _cache = (logging.getLogger(PREFIX + kind) for kind in ("query", "lock", "cache"))
_SECRET: Final = re.compile(r"pass|pwd|hash|token|secret|digest|handshake|auth", re.IGNORECASE)
_LONGEST: Final = 200
_BLANKS: Final = re.compile(r"\s+")


def follow_options(engine: Engine) -> Callable[[], object]:
    """Return what sets the traces as the options are that this process knows now."""

    def follow() -> None:
        options = known_of(engine).options
        full = bool(options.get("full_query_log"))
        wanted = full or bool(options.get("short_query_log"))
        hooks.statement = (_write_fully if full else _write_shortly) if wanted else None
        trace_statements(engine, on=wanted)
        hooks.waited = _write_wait if options.get("lock_trace") else None
        hooks.cache = _write_cache if options.get("cache_trace") else None

    return follow


def _write_shortly(statement: Statement) -> None:
    _query.info("%s", _line(statement))


def _write_fully(statement: Statement) -> None:
    _query.info("%s\nfrom %s\nwith %s", _line(statement), statement.caller, _values(statement.parameters))


def _line(statement: Statement) -> str:
    rows = "? rows" if statement.rows < 0 else f"{statement.rows} row{'' if statement.rows == 1 else 's'}"
    sql = _BLANKS.sub(" ", statement.sql)
    return f"{statement.seconds * 1000:.3f} ms, {rows}, {statement.about or 'no call'}: {sql}"


def _values(parameters: Mapping[str, Any]) -> str:
    """Return parameters by their names; nothing of one that may be a secret."""
    return ", ".join(f"{name}={'***' if _SECRET.search(name) else _shown(value)}" for name, value in parameters.items())


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _write_wait(lock: str, seconds: float) -> None:
    _lock.info("waited %.3f ms for %s", seconds * 1000, lock)


def _write_cache(cache: str, happened: str) -> None:
    _cache.info("%s: %s", cache, happened)
