"""Indexing: completes the full text search."""

from __future__ import annotations

from functools import partial

from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across import indexing


def run(run: Run) -> None:
    """Write the full text that is missing or old, of the rows whose turn it is; of all where somebody asks for it."""
    turn = int(clock.now().timestamp()) // 60
    for table in indexing.TABLES:
        look = partial(indexing.windows, table=table, turn=turn, everything=run.is_requested)
        for window in run.desk.read(look):
            if not run.has_time:
                return
            run.rows(partial(indexing.stale, window=window), partial(indexing.write, table=table))
