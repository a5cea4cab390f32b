"""Evidence: ours. The names and labels are those of the control API; Prometheus' own library reads what is sent."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import sqlalchemy
from prometheus_client.parser import text_string_to_metric_families

from smartertrack_emu.compose import CATALOGUE
from smartertrack_emu.control.journal.capture import Capture
from smartertrack_emu.control.watching.counters import BOUNDS, Counters
from smartertrack_emu.domain import clock
from tests.processes import serving, until
from tests.services.api import Api, RunningServer

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
CALLS, SECONDS = "smartertrack_emu_calls_total", "smartertrack_emu_call_seconds_count"


def samples_of(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def counted(server: RunningServer) -> Samples:
    """What a server has counted, that of the last moment too."""
    server.application._recorder.flush()
    return scrape(server.url)


def scrape(url: str) -> Samples:
    answer = requests.get(f"{url}/metrics", timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return samples_of(answer.text)


def calls(samples: Samples) -> dict[tuple[str, str, str], float]:
    return {
        (dict(labels)["service"], dict(labels)["operation"], dict(labels)["outcome"]): value
        for (name, labels), value in samples.items()
        if name == CALLS
    }


def capture(service: str, operation: str, seconds: float = 0.002, status: str = "200 OK") -> Capture:
    environ = {"asmx.service": service, "asmx.called": operation}
    return Capture(clock.now(), seconds, 3, environ, b"", status, [], b"", (0, 0), None)


def test_calls_by_service_operation_and_outcome(api: Api) -> None:
    api.tickets("alice").GetTicketInfo(1)
    api.tickets("alice").GetTicketInfo(999)
    api.tickets("alice").GetTicketInfo(999)
    api.post("svcTickets", "<Envelope", SOAPAction='"http://tempuri.org/GetTicketInfo"')
    api.post("svcTickets", "<x/>", SOAPAction='"http://tempuri.org/InventedByMe"')
    samples = counted(api.server)
    found = calls(samples)
    assert sum(found.values()) == 5
    assert found["svcTickets", "GetTicketInfo", "refused"] >= 2
    about = (("operation", "GetTicketInfo"), ("service", "svcTickets"))
    assert samples[SECONDS, about] == sum(value for key, value in found.items() if key[1] == "GetTicketInfo")
    assert samples["smartertrack_emu_call_seconds_bucket", (("le", "+Inf"), *about)] == samples[SECONDS, about]
    assert samples["smartertrack_emu_call_seconds_sum", about] > 0
    assert samples["smartertrack_emu_statements_total", ()] >= 3
    assert samples["smartertrack_emu_pool_connections", (("state", "idle"),)] >= 1
    assert ("smartertrack_emu_pool_connections", (("state", "in_use"),)) in samples


def test_what_a_caller_invents_makes_no_series(api: Api) -> None:
    for number in range(5):
        api.post(f"svcInvented{number}", "<x/>")
        api.post("svcTickets", "<x/>", SOAPAction=f'"http://tempuri.org/Invented{number}"')
        api.http.get(f"{api.url}/Services2/svcTickets.asmx/Invented{number}?authUserName=Invented", timeout=10)
    counted(api.server)
    text = api.http.get(f"{api.url}/metrics", timeout=10).text
    assert "nvented" not in text
    found = calls(samples_of(text))
    assert {key[:2] for key in found} == {("", ""), ("svcTickets", "")}
    assert sum(found.values()) == 15


def test_no_user_is_named(api: Api) -> None:
    api.tickets("alice").GetTicketInfo(1)
    assert sum(calls(counted(api.server)).values()) == 1
    assert "alice" not in api.http.get(f"{api.url}/metrics", timeout=10).text


def test_pages_health_and_wsdls_are_no_calls(api: Api) -> None:
    for path in ("/healthz", "/Services2", "/Services2/svcTickets.asmx?WSDL", "/nowhere", "/metrics"):
        api.http.get(f"{api.url}{path}", timeout=10)
    assert calls(counted(api.server)) == {}


def test_calls_are_counted_without_a_journal(seeded_engine: sqlalchemy.Engine, tmp_path: Path) -> None:
    server = RunningServer(seeded_engine, tmp_path, journal_calls=0)
    try:
        api = Api(server)
        api.tickets("alice").GetTicketInfo(999)
        api.post("svcTickets", "<x/>", SOAPAction='"http://tempuri.org/GetTicketInfo"')
        api.http.close()
        found = calls(counted(server))
        assert server.application.journal.count() == 0
    finally:
        server.stop()
    assert found["svcTickets", "GetTicketInfo", "refused"] == 1
    assert [key[2] for key in found if key[2] != "refused"] == ["fault"]


def test_other_methods_are_refused(api: Api) -> None:
    refused = api.http.post(f"{api.url}/metrics", timeout=10)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")
    head = api.http.head(f"{api.url}/metrics", timeout=10)
    assert (head.status_code, head.content) == (200, b"")


def test_openmetrics_where_it_is_asked_for(api: Api) -> None:
    headers = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = api.http.get(f"{api.url}/metrics", headers=headers, timeout=10)
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_all_workers_together(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2", SMARTERTRACK_EMU_LOG_REQUESTS="false") as server:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda _: server.log_in("admin", "admin"), range(40)))

        def answered() -> float:
            return calls(scrape(server.url)).get(("svcOrganization", "GetServerName", "ok"), 0)

        until(lambda: answered() == 40, "all calls to be counted")
        assert [answered() for _ in range(6)] == [40] * 6


def test_a_server_starts_without_what_only_watchers_need() -> None:
    program = """
import sys, smartertrack_emu.compose
sys.exit(any(name.startswith(("prometheus_client", "opentelemetry")) for name in sys.modules))
"""
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=120).returncode == 0


class TestCounters:
    def test_unknown_names_are_counted_without_them(self) -> None:
        counters = Counters(CATALOGUE)
        counters.add([capture("svcNone", "GetTicketInfo"), capture("svcTickets", "GetTicketInfo")])
        found = {(one.service, one.operation): one.outcomes["ok"] for one in counters.figures().series}
        assert found == {("", ""): 1, ("svcTickets", "GetTicketInfo"): 1}

    @pytest.mark.parametrize(
        ("seconds", "bucket"), [(0.0, 0), (BOUNDS[0], 0), (0.0006, 1), (BOUNDS[-1], 13), (11.0, 14)]
    )
    def test_a_bound_belongs_to_its_bucket(self, seconds: float, bucket: int) -> None:
        counters = Counters(CATALOGUE)
        counters.add([capture("svcTickets", "GetTicketInfo", seconds)])
        (series,) = counters.figures().series
        assert [number for number, calls in enumerate(series.buckets) if calls] == [bucket]
        assert series.seconds == seconds

    def test_no_call_is_lost_between_processes_and_threads(self) -> None:
        counters = Counters(CATALOGUE)
        batch = [capture("svcTickets", "GetTicketInfo")] * 10

        def count() -> None:
            for _ in range(200):
                counters.add(batch)

        children = [_forked(count) for _ in range(2)]
        threads = [threading.Thread(target=count) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
        (series,) = counters.figures().series
        assert series.outcomes["ok"] == 8000
        assert counters.figures().statements == 24_000

    def test_connections_of_a_process_that_is_gone(self, engine: sqlalchemy.Engine) -> None:
        counters = Counters(CATALOGUE)
        with engine.connect():
            counters.note_connections(engine)
            assert counters.figures().used_connections == 1
            assert os.waitpid(_forked(lambda: counters.note_connections(engine)), 0)[1] == 0
            assert counters.figures().used_connections == 1


def _forked(work: Callable[[], object]) -> int:
    process = os.fork()
    if process:
        return process
    try:
        work()
    except BaseException:  # noqa: BLE001 - the status says it; nothing of the test run may go on here
        os._exit(1)
    os._exit(0)


def test_runs_of_jobs_and_mails(api: Api) -> None:
    """The page asks no database: mails are there once a job has counted them."""
    application = api.server.application
    before = counted(api.server)
    assert not [name for name, _ in before if name in ("smartertrack_emu_job_runs_total", "smartertrack_emu_mails")]
    application.jobs.run("smtp-delivery")
    application.jobs.run("smtp-delivery")
    application.jobs.run("email-import")
    found = counted(api.server)
    runs = {labels: value for (name, labels), value in found.items() if name == "smartertrack_emu_job_runs_total"}
    assert runs == {
        (("job", "smtp-delivery"), ("result", "ok")): 2,
        (("job", "email-import"), ("result", "ok")): 1,
    }
    mails = {labels: value for (name, labels), value in found.items() if name == "smartertrack_emu_mails"}
    states = [
        (("direction", "outgoing"), ("state", state)) for state in ("waiting", "sending", "sent", "failed", "held")
    ]
    states += [(("direction", "incoming"), ("state", state)) for state in ("waiting", "imported", "ignored", "failed")]
    assert sorted(mails) == sorted(states)


def test_runs_and_mails_are_of_all_processes() -> None:
    counters = Counters({})

    def note() -> None:
        counters.note_run("cleaner", failed=True)
        counters.note_mails("incoming", {"failed": 3})

    assert os.waitpid(_forked(note), 0)[1] == 0
    figures = counters.figures()
    assert figures.job_runs == {("cleaner", "failed"): 1}
    assert figures.mails["incoming", "failed"] == 3
    assert not any(direction == "outgoing" for direction, _ in figures.mails)
