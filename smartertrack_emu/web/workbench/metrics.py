"""/_emu/metrics: the calls of late in figures: how many, how they ended, how long they took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import Response

from . import room
from .asking import ask, send

pages = room.blueprint("metrics")

_CALLS = 300
"""Of late, whose figures are shown."""

_WIDTH, _HEIGHT = 120, 28


class Figures(NamedTuple):
    """Figures of some calls. Times are in milliseconds, in the order of the calls."""

    name: str
    calls: int
    outcomes: Mapping[str, int]
    times: Sequence[float]

    @property
    def median(self) -> float:
        """Half of the calls took no longer."""
        return self._at(0.5)

    @property
    def slow(self) -> float:
        """19 of 20 calls took no longer."""
        return self._at(0.95)

    @property
    def points(self) -> str:
        """The times as an SVG polyline has them, the highest at the top."""
        most = max(self.times, default=0) or 1
        step = _WIDTH / max(1, len(self.times) - 1)
        shown = [*self.times, *self.times] if len(self.times) == 1 else self.times
        if len(self.times) == 1:
            step = _WIDTH
        return " ".join(f"{n * step:.1f},{_HEIGHT - 2 - t / most * (_HEIGHT - 4):.1f}" for n, t in enumerate(shown))

    def _at(self, share: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


@pages.get("/_emu/metrics")
def metrics() -> Response:
    """Show the figures."""
    found = ask("GET", "/journal", query={"limit": _CALLS})
    listed: Any = found.content if found.is_ok else {"items": [], "total": 0}
    calls = listed["items"][::-1]
    by_operation: dict[str, list[Any]] = {}
    for one in calls:
        name = f"{one['service'] or 'no service'}.{one['operation']}" if one["operation"] else one["service"] or "other"
        by_operation.setdefault(name, []).append(one)
    operations = sorted((_figures(name, some) for name, some in by_operation.items()), key=lambda one: -one.calls)
    server = ask("GET", "/server").content or {}
    return room.page(
        "metrics",
        refused=None if found.is_ok else found,
        whole=_figures("All", calls),
        operations=operations,
        total=listed["total"],
        server=server,
        has_metrics=send("GET", "/metrics", (), b"").is_ok,
        width=_WIDTH,
        height=_HEIGHT,
    )


def _figures(name: str, calls: Sequence[Mapping[str, Any]]) -> Figures:
    outcomes: dict[str, int] = {}
    for one in calls:
        outcomes[one["outcome"]] = outcomes.get(one["outcome"], 0) + 1
    return Figures(name, len(calls), outcomes, [float(one["milliseconds"]) for one in calls])
