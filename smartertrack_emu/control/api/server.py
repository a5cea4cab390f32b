"""The server: its version, its database, since when it runs, and how much is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from smartertrack_emu import __version__
from smartertrack_emu.domain.across import figures

from .clock import Clock, clock_of
from .declaring import Call, Routes
from .models import Model, Moment

routes = Routes("Server")


class Counts(Model):
    """How many items there are that are not deleted."""

    tickets: int
    chats: int
    call_logs: int
    tasks: int
    articles: int
    users: int


class ControlSettings(Model):
    """How many calls the journal keeps, and whether the server has a seed file to be reset to."""

    journal_calls: int
    seed: bool


class Server(Model):
    """A server, all its processes together. `started_at` and `uptime_seconds`: by the machine's clock."""

    example: ClassVar[Mapping[str, Any]] = {
        "version": "0.1.0",
        "database": "sqlite",
        "uptime_seconds": 12.5,
        "started_at": "2025-06-01T08:00:00Z",
        "workers": 1,
        "counts": {"tickets": 12, "chats": 4, "call_logs": 3, "tasks": 2, "articles": 5, "users": 9},
        "clock": {"now": "2025-06-01T08:00:12.500000Z", "offset_seconds": 0.0, "frozen": False},
        "control": {"journal_calls": 1000, "seed": True},
    }

    version: str
    database: Literal["sqlite", "postgresql"]
    uptime_seconds: float
    started_at: Moment
    workers: int
    counts: Counts
    clock: Clock
    control: ControlSettings


@routes.get("/server")
def get_server(call: Call) -> Server:
    """Say what server this is, since when it runs and how much is in it."""
    emulator = call.emulator
    settings = emulator.settings
    counts = call.read(lambda session, actor: figures.whole(session))  # noqa: ARG005 - all work gets one
    return Server(
        version=__version__,
        database="sqlite" if emulator.desk.engine.dialect.name == "sqlite" else "postgresql",
        uptime_seconds=round(emulator.started.seconds_ago, 3),
        started_at=emulator.started.at,
        workers=settings.workers,
        counts=Counts(**counts._asdict()),
        clock=clock_of(call),
        control=ControlSettings(journal_calls=settings.journal_calls, seed=settings.seed is not None),
    )
