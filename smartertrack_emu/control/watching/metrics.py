"""/metrics: what Prometheus reads, without a login and without any user's name.

The library that writes it is imported when somebody first asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from smartertrack_emu import gateway

from .counters import BOUNDS, Counters, Figures

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from prometheus_client.metrics_core import Metric

PATH = "/metrics"
_PREFIX = "smartertrack_emu_"


class MetricsEntrance:
    """The WSGI callable that answers /metrics; all else goes to `otherwise`.

    It asks neither the database nor the recorder, which may wait for it: what is being watched may be broken.
    """

    def __init__(self, counters: Counters, otherwise: WSGIApplication) -> None:
        self._counters = counters
        self._otherwise = otherwise

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO") != PATH:
            return self._otherwise(environ, start_response)
        if not gateway.only_reads(environ):
            return gateway.refuse_method(environ, start_response)
        content_type, body = write_metrics(self._counters.figures(), environ.get("HTTP_ACCEPT", ""))
        return gateway.answer(environ, start_response, "200 OK", body, content_type=content_type)


class _Collector:
    """Figures as the library wants them."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Return the metrics."""
        from prometheus_client.core import (  # noqa: PLC0415 - see the module's first lines
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        names = ["service", "operation"]
        calls = CounterMetricFamily(
            f"{_PREFIX}calls", "Calls of the services that were answered.", labels=[*names, "outcome"]
        )
        seconds = HistogramMetricFamily(f"{_PREFIX}call_seconds", "How long calls took.", labels=names)
        for one in self._figures.series:
            about = [one.service, one.operation]
            for outcome, number in one.outcomes.items():
                if number:
                    calls.add_metric([*about, outcome], number)
            buckets, below = [], 0
            for bound, number in zip([*map(str, BOUNDS), "+Inf"], one.buckets, strict=True):
                below += number
                buckets.append((bound, below))
            seconds.add_metric(about, buckets, one.seconds)
        yield calls
        yield seconds
        yield CounterMetricFamily(
            f"{_PREFIX}statements", "SQL statements that calls of the services ran.", value=self._figures.statements
        )
        pool = GaugeMetricFamily(
            f"{_PREFIX}pool_connections", "Connections to the database that are kept open.", labels=["state"]
        )
        pool.add_metric(["idle"], self._figures.idle_connections)
        pool.add_metric(["in_use"], self._figures.used_connections)
        yield pool
        runs = CounterMetricFamily(
            f"{_PREFIX}job_runs", "Runs of background jobs that ended.", labels=["job", "result"]
        )
        for about_run, number in self._figures.job_runs.items():
            runs.add_metric(about_run, number)
        yield runs
        mails = GaugeMetricFamily(
            f"{_PREFIX}mails", "Mails in the spools, as a job counted them last.", labels=["direction", "state"]
        )
        for about_mails, number in self._figures.mails.items():
            mails.add_metric(about_mails, number)
        yield mails


def write_metrics(figures: Figures, accept: str) -> tuple[str, bytes]:
    """Return the Content-Type and the text of figures, in the format that a request's Accept header asks for."""
    from prometheus_client import CollectorRegistry  # noqa: PLC0415 - see the module's first lines
    from prometheus_client.exposition import choose_encoder  # noqa: PLC0415

    registry = CollectorRegistry()
    registry.register(_Collector(figures))
    encode, content_type = choose_encoder(accept)
    return content_type, encode(registry)
