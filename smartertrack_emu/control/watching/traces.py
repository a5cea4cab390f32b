"""OpenTelemetry: a span for each call, where an address to send them to is set and the extra `otel` is installed.

A span says what was called and what became of it. It holds no password, no user's name and nothing that a user wrote.
It is made in the recorder's thread when the call is over; where the caller sent a `traceparent`, it belongs to their
trace.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from smartertrack_emu.control.journal.capture import Capture
from smartertrack_emu.control.journal.outcomes import outcome_of
from smartertrack_emu.control.watching.request_ids import REQUEST_ID

logger = logging.getLogger(__name__)

_ADDRESSES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_CARRIED = {"traceparent": "HTTP_TRACEPARENT", "tracestate": "HTTP_TRACESTATE"}
_NANOSECONDS = 1_000_000_000


class Traces:
    """Makes spans of calls. `exporter` is one of OpenTelemetry's; spans are sent from a thread of their own."""

    def __init__(self, version: str, exporter: Any) -> None:
        from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        resource = Resource.create().merge(Resource({SERVICE_VERSION: version}))
        if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):  # neither variable has named it
            resource = resource.merge(Resource({SERVICE_NAME: "smartertrack-emu"}))
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("smartertrack_emu", version)

    def add(self, captures: Sequence[Capture]) -> None:
        """Make spans of calls."""
        from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415 - an extra
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

        read = TraceContextTextMapPropagator().extract
        since = time.time() - time.perf_counter()
        for capture in captures:
            environ = capture.environ
            service, operation = environ.get("asmx.service", ""), environ.get("asmx.called", "")
            outcome = outcome_of(capture)
            sent = {name: environ[key] for name, key in _CARRIED.items() if key in environ}
            start = int((since + capture.started) * _NANOSECONDS)
            span = self._tracer.start_span(
                f"{service}.{operation}" if operation else service or "unknown",
                context=read(sent) if sent else None,
                kind=SpanKind.SERVER,
                start_time=start,
                attributes={
                    "rpc.service": service,
                    "rpc.method": operation,
                    "http.response.status_code": int(capture.status[:3] or 0),
                    "smartertrack_emu.outcome": outcome,
                    "smartertrack_emu.statements": capture.statements,
                    "smartertrack_emu.request_id": environ.get(REQUEST_ID, ""),
                },
            )
            if outcome in ("fault", "http"):
                span.set_status(Status(StatusCode.ERROR))
            span.end(start + int(capture.seconds * _NANOSECONDS))

    def close(self) -> None:
        """Send what is left, and end."""
        self._provider.shutdown()


def make_traces(version: str, environment: Mapping[str, str]) -> Traces | None:
    """Return what makes spans, None where no address is set or the extra is not installed."""
    if not any(environment.get(name) for name in _ADDRESSES) or environment.get("OTEL_SDK_DISABLED") == "true":
        return None
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
        logger.warning("no traces are sent: OpenTelemetry is not installed; pip install 'smartertrack-emu[otel]'")
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra

    return Traces(version, OTLPSpanExporter())
