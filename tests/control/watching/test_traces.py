"""Evidence: ours. What OpenTelemetry's own in-memory exporter is given."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import sqlalchemy
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from smartertrack_emu.control.watching import traces
from tests.services.api import Api, RunningServer

ADDRESS = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    monkeypatch.setenv(ADDRESS, "http://127.0.0.1:9")
    with patch("opentelemetry.exporter.otlp.proto.http.trace_exporter.OTLPSpanExporter", return_value=exporter):
        yield exporter


@pytest.fixture(params=[0, 1000])
def traced(
    exporter: InMemorySpanExporter, seeded_engine: sqlalchemy.Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Api]:
    server = RunningServer(seeded_engine, tmp_path, journal_calls=request.param)
    api = Api(server)
    yield api
    api.http.close()
    server.stop()


def spans(api: Api, exporter: InMemorySpanExporter) -> list[Any]:
    api.server.application._recorder.flush()
    made = api.server.application._traces
    assert made is not None
    made._provider.force_flush()
    return list(exporter.get_finished_spans())


def test_a_span_a_call(traced: Api, exporter: InMemorySpanExporter) -> None:
    traced.tickets("alice").GetTicketInfoByTicketNumber("customer's own words")
    answer = traced.post("svcTickets", "<x/>", SOAPAction='"http://tempuri.org/NoOperation"')
    refused, failed = spans(traced, exporter)
    assert (refused.name, refused.kind) == ("svcTickets.GetTicketInfoByTicketNumber", SpanKind.SERVER)
    assert refused.attributes["rpc.service"] == "svcTickets"
    assert refused.attributes["rpc.method"] == "GetTicketInfoByTicketNumber"
    assert refused.attributes["smartertrack_emu.outcome"] == "refused"
    assert refused.attributes["smartertrack_emu.statements"] >= 1
    assert 0 < refused.end_time - refused.start_time < 30 * 10**9
    assert refused.status.status_code == StatusCode.UNSET
    assert refused.resource.attributes["service.name"] == "smartertrack-emu"
    assert failed.name == "svcTickets"
    assert failed.status.status_code == StatusCode.ERROR
    assert failed.attributes["smartertrack_emu.request_id"] == answer.headers["X-Request-Id"]
    everything = refused.to_json() + failed.to_json()
    for word in ("alice", "customer", "NoOperation"):
        assert word not in everything


def test_it_belongs_to_the_callers_trace(traced: Api, exporter: InMemorySpanExporter) -> None:
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    traced.post("svcTickets", "<x/>", traceparent=f"00-{trace}-{parent}-01")
    traced.post("svcTickets", "<x/>", traceparent="none of these")
    with_parent, without = spans(traced, exporter)
    assert f"{with_parent.context.trace_id:032x}" == trace
    assert f"{with_parent.parent.span_id:016x}" == parent
    assert without.parent is None


def test_nothing_without_an_address() -> None:
    assert traces.make_traces("1", {}) is None
    assert traces.make_traces("1", {ADDRESS: ""}) is None
    assert traces.make_traces("1", {ADDRESS: "http://x", "OTEL_SDK_DISABLED": "true"}) is None


def test_a_warning_without_the_extra(caplog: pytest.LogCaptureFixture) -> None:
    with patch.object(traces, "find_spec", return_value=None), caplog.at_level(logging.WARNING):
        assert traces.make_traces("1", {ADDRESS: "http://x"}) is None
    assert "smartertrack-emu[otel]" in caplog.text
