"""How many statements a thread has run: the journal says of each call how many it took."""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import Engine, event


class _Here(threading.local):
    count = 0


here = _Here()
"""`count` rises by one with each statement of the present thread, BEGIN and COMMIT aside."""


def count_statements(engine: Engine) -> None:
    """Count what SQLAlchemy runs on an engine; prepared statements count themselves."""
    if not event.contains(engine, "before_cursor_execute", _count):
        event.listen(engine, "before_cursor_execute", _count)


def _count(*about: Any) -> None:
    del about
    here.count += 1
