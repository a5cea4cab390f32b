"""The tables of jobs' turns, leases and runs. They stand beside the data, so that waiting for a turn costs it nothing.

`next_run_at`, `last_run_at` and a run's `at` follow the helpdesk's clock; a lease goes by the machine's.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from smartertrack_emu.store.beside import metadata
from smartertrack_emu.store.types import BIG_ID, UtcDateTime

turns = Table(
    "emulator_jobs",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_run_at", UtcDateTime, nullable=False),
    Column("last_run_at", UtcDateTime),
    Column("last_result", Text, nullable=False, default=""),
    Column("last_error", Text, nullable=False, default=""),
    Column("runs", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("holder", Text),
    Column("held_until", UtcDateTime),
)
"""A row a job: when it is due next, what its last run did, and which process runs it now."""

runs = Table(
    "emulator_job_runs",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("job", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("detail", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("process", Text, nullable=False),
    Index("ix_emulator_job_runs_job_id", "job", "id"),
    sqlite_autoincrement=True,
)
"""What each run did."""
