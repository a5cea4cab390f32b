"""Evidence: ours. What a test does to a server: the clock, faults, state, the journal, clients."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from zeep.exceptions import TransportError

from smartertrack_emu.domain.structure.jobs import JOBS
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.testing import Emulator, EmulatorError
from smartertrack_emu.testing.emulator import SERVICES as NAMES
from smartertrack_emu.testing.time import moment_of

CREDENTIALS = ("admin", "admin")
BRIEFLY = timedelta(minutes=1)


def create_ticket(emulator: Emulator) -> Any:
    tickets = emulator.client("svcTickets").service
    return tickets.CreateTicket(*CREDENTIALS, 1, 1, 0, "ann@example.com", "Printer", "On fire", False, False, False)


def server_name(emulator: Emulator) -> Any:
    return emulator.client("svcOrganization").service.GetServerName(*CREDENTIALS)


# Clients


def test_a_client_calls_the_server(emulator: Emulator) -> None:
    assert create_ticket(emulator).Result
    assert emulator.client("svcTickets") is emulator.client("svcTickets")


def test_all_services_have_clients(emulator: Emulator) -> None:
    assert set(NAMES) == {service.name for service in SERVICES}
    with pytest.raises(ValueError, match=r"There is no service 'svcTicket'; there are svcCallLogs, .*svcTickets"):
        emulator.client("svcTicket")


# Time


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2031-01-01", datetime(2031, 1, 1, tzinfo=UTC)),
        ("2031-01-01T09:30", datetime(2031, 1, 1, 9, 30, tzinfo=UTC)),
        ("2031-01-01T09:30:00+02:00", datetime(2031, 1, 1, 7, 30, tzinfo=UTC)),
        ("2031-01-01T09:30:00.5Z", datetime(2031, 1, 1, 9, 30, 0, 500_000, tzinfo=UTC)),
        (date(2031, 1, 1), datetime(2031, 1, 1, tzinfo=UTC)),
        (datetime(2031, 1, 1, 9), datetime(2031, 1, 1, 9, tzinfo=UTC)),  # noqa: DTZ001 - without a zone by intent
        (datetime(2031, 1, 1, 9, tzinfo=timezone(timedelta(hours=9))), datetime(2031, 1, 1, tzinfo=UTC)),
    ],
)
def test_moments(given: str | date, meant: datetime) -> None:
    assert moment_of(given) == meant


def test_the_clock_for_a_block(emulator: Emulator) -> None:
    with emulator.at("2031-01-01"):
        assert timedelta() <= emulator.now - datetime(2031, 1, 1, tzinfo=UTC) < BRIEFLY
    assert abs(emulator.now - datetime.now(UTC)) < BRIEFLY
    assert emulator.control.get("clock")["offset_seconds"] == 0


def test_the_clock_is_put_back_to_what_it_was(emulator: Emulator) -> None:
    with emulator.at("2031-01-01"):
        with emulator.at("2040-01-01", frozen=True):
            with emulator.at("1999-12-31T23:59:59-12:00"):
                assert emulator.now.year == 2000
            assert emulator.now == datetime(2040, 1, 1, tzinfo=UTC)
        assert timedelta() <= emulator.now - datetime(2031, 1, 1, tzinfo=UTC) < BRIEFLY
        assert not emulator.control.get("clock")["frozen"]


def test_the_clock_stays_without_a_block(emulator: Emulator) -> None:
    change = emulator.at("2031-01-01", frozen=True)
    try:
        assert emulator.now == datetime(2031, 1, 1, tzinfo=UTC)
        assert emulator.advance(3600) == list(JOBS)  # all of them fell due by that, in their order
        assert emulator.advance(timedelta(milliseconds=1)) == []
        assert emulator.advance(timedelta(days=1)) == list(JOBS)
        assert emulator.now == datetime(2031, 1, 2, 1, 0, 0, 1000, tzinfo=UTC)
    finally:
        change.put_back()
    assert abs(emulator.now - datetime.now(UTC)) < BRIEFLY
    change.put_back()


@pytest.mark.parametrize("given", ["soon", "", "2031-13-01", "31.1.2031"])
def test_no_moment(emulator: Emulator, given: str) -> None:
    with pytest.raises(ValueError, match="is no moment; 2031-01-01 and"):
        emulator.at(given)


def test_a_moment_out_of_range(emulator: Emulator) -> None:
    with pytest.raises(EmulatorError, match=r"now must be from the year 2000 to 2999\.") as raised:
        emulator.at("1999-12-31")
    assert raised.value.status == 422
    assert abs(emulator.now - datetime.now(UTC)) < BRIEFLY


# Faults


def test_a_fault_for_a_block(emulator: Emulator) -> None:
    with emulator.fault("http", service="svcOrganization", operation="GetServerName", status=418, times=2) as fault:
        for _ in range(2):
            with pytest.raises(TransportError, match="418"):
                server_name(emulator)
            assert fault.hits > 0
        assert server_name(emulator).Result
    assert fault.hits == 2
    assert emulator.control.get("faults")["total"] == 0
    assert server_name(emulator).Result


def test_what_is_given_is_what_is_set(emulator: Emulator) -> None:
    with emulator.fault(
        "latency",
        operation="CreateTicket",
        user="alice",
        argument={"subject": "~fire", "departmentID": 1},
        milliseconds=5,
        jitter=1,
        probability=0.5,
        after=3,
        seed=7,
        expires_at="2031-01-01",
        when="after",
    ):
        (made,) = emulator.control.get("faults")["items"]
    assert made["match"] == {
        "service": None,
        "operation": "CreateTicket",
        "user": "alice",
        "argument": {"subject": "~fire", "departmentID": "1"},
    }
    assert (made["effect"]["kind"], made["effect"]["milliseconds"], made["effect"]["jitter"]) == ("latency", 5, 1)
    assert (made["probability"], made["after"], made["seed"], made["when"]) == (0.5, 3, 7, "after")
    assert (made["times"], made["expires_at"]) == (None, "2031-01-01T00:00:00Z")


def test_an_answer_is_lost_and_the_call_has_happened(emulator: Emulator) -> None:
    before = emulator.control.get("server")["counts"]["tickets"]
    with (
        emulator.fault("drop", operation="CreateTicket", when="after"),
        pytest.raises(Exception, match=r"[Cc]onnection"),
    ):
        create_ticket(emulator)
    assert emulator.control.get("server")["counts"]["tickets"] == before + 1


def test_a_fault_of_nothing(emulator: Emulator) -> None:
    with pytest.raises(EmulatorError, match=r"operation is no operation of svcTickets\."):
        emulator.fault("drop", service="svcTickets", operation="CreateTickets")


def test_a_fault_that_somebody_took_away(emulator: Emulator) -> None:
    with emulator.fault("drop", operation="GetServerName") as fault:
        emulator.control.delete("faults")
    assert fault.hits == 0
    fault.remove()


# State


def test_reset(emulator: Emulator) -> None:
    create_ticket(emulator)
    change = emulator.at("2031-01-01")
    fault = emulator.fault("drop", operation="GetServerName")
    emulator.reset()
    change.put_back()
    fault.remove()
    server = emulator.control.get("server")
    assert (server["counts"]["tickets"], server["clock"]["offset_seconds"]) == (0, 0)
    assert server_name(emulator).Result


def test_reset_to_a_seed_that_is_not_there(emulator: Emulator) -> None:
    with pytest.raises(EmulatorError, match="seed") as raised:
        emulator.reset("seed")
    assert raised.value.status == 409


def test_snapshots(emulator: Emulator) -> None:
    emulator.reset()
    create_ticket(emulator)
    with emulator.at("2031-01-01"):
        emulator.snapshot("one")
        create_ticket(emulator)
    with emulator.at("2040-01-01"):
        emulator.restore("one")
        assert emulator.now.year == 2031
    assert emulator.now.year == 2031  # what the snapshot says holds
    assert emulator.control.get("server")["counts"]["tickets"] == 1
    with pytest.raises(EmulatorError) as raised:
        emulator.restore("two")
    assert raised.value.status == 404
    emulator.reset()


# The journal


def test_the_journal(emulator: Emulator) -> None:
    emulator.journal.clear()
    assert len(emulator.journal) == 0
    server_name(emulator)
    emulator.client("svcTickets").service.GetTicketInfo(*CREDENTIALS, 99_999)
    first, last = emulator.journal
    assert (first.service, first.operation, first.outcome, first.code) == ("svcOrganization", "GetServerName", "ok", 0)
    assert (last.operation, last.user, last.outcome, last.code) == ("GetTicketInfo", "admin", "refused", -4)
    assert "99999" in last.why
    assert emulator.journal[-1] == last
    assert emulator.journal[0:1] == [first]
    assert emulator.journal.calls(outcome="refused") == [last]
    assert emulator.journal.calls(after=first.id) == [last]
    assert emulator.journal.last(operation="GetServerName") == first
    assert "GetTicketInfo" in last.request["body"]
    assert last.response["status"] == 200
    assert "${PASSWORD}" in last.curl
    assert "GetTicketInfo by admin: refused -4" in repr(emulator.journal)
    assert emulator.journal.clear() == 2


def test_no_such_call(emulator: Emulator) -> None:
    emulator.journal.clear()
    server_name(emulator)
    with pytest.raises(
        LookupError, match=r"No such call is in the journal.*\n.*svcOrganization.GetServerName by admin: ok"
    ):
        emulator.journal.last(service="svcChats")


# Another server


def test_a_server_that_runs(emulator: Emulator) -> None:
    with Emulator(url=f"{emulator.url}/") as other:
        assert other.url == emulator.url
        other.at("2031-01-01")
        other.fault("drop", operation="GetServerName")
        assert emulator.now.year == 2031
    # What it set is put back when it ends, and the server serves on.
    assert abs(emulator.now - datetime.now(UTC)) < BRIEFLY
    assert server_name(emulator).Result


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://admin:hush@SERVER", "does not let 'admin' in: The user name or the password is wrong. Give the name"),
        ("http://nobody:hush@SERVER", "does not let 'nobody' in"),
        ("http://SERVER/elsewhere", "its control API does not: either .*CONTROL=off, or it is no smartertrack-emu"),
        ("http://127.0.0.1:1", r"No server answers at http://127\.0\.0\.1:1 \(.*refused.*\)"),
        ("http://admin:hush@nowhere.invalid", r"No server answers at http://nowhere\.invalid \("),
        ("ftp://hush@127.0.0.1", "is no address of a server; http://127.0.0.1:9996 is one"),
        ("127.0.0.1:9996", "is no address"),
        ("http://", "is no address"),
        ("http://h:port", "is no address"),
        ("http://h/?hush", "is no address"),
        ("", "is no address"),
    ],
)
def test_a_server_that_cannot_be_used(emulator: Emulator, url: str, sentence: str) -> None:
    other = Emulator(url=url.replace("SERVER", emulator.url.removeprefix("http://")))
    with pytest.raises(EmulatorError, match=sentence) as raised:
        other.start()
    assert "hush@" not in str(raised.value)
    assert "hush:" not in str(raised.value)
    with pytest.raises(EmulatorError, match="has not been started"):
        _ = other.url


def test_the_password_of_the_environment(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTERTRACK_EMU_ADMIN_PASSWORD", "another")
    with pytest.raises(EmulatorError, match="does not let 'admin' in"):
        Emulator(url=emulator.url).start()
    with Emulator(url=emulator.url, password="admin") as other:
        assert other.url == emulator.url


def test_what_a_server_that_runs_has_already() -> None:
    for given in ({"seed": "x"}, {"data": "x"}, {"threads": 2}):
        with pytest.raises(ValueError, match="give url alone"):
            Emulator(url="http://127.0.0.1:1", **given)


# A server of one's own


def test_one_at_a_time(emulator: Emulator) -> None:
    with pytest.raises(EmulatorError, match="runs already, and two would share one clock"):
        Emulator().start()
    with pytest.raises(EmulatorError, match="has been started already"):
        emulator.start()
    assert server_name(emulator).Result


class TestAlone:
    """Each of these starts its own server, so the module's has to be gone: they stand in a process of their own."""

    def test_servers_that_cannot_start(self, in_a_process: Callable[..., str], tmp_path: Path) -> None:
        (tmp_path / "bad.yaml").write_text("users: 5")
        (tmp_path / "file").write_text("")
        said = in_a_process(f"""
            for given in (
                {{"seed": "{tmp_path}/missing.yaml"}},
                {{"seed": "{tmp_path}/bad.yaml"}},
                {{"threads": 0}},
                {{"port": 9996, "host": "0.0.0.0"}},
                {{"nonsense": 1}},
                {{"data": "{tmp_path}/file/below"}},
                {{"control": False}},
            ):
                try:
                    Emulator(**given).start()
                except EmulatorError as error:
                    print(error)
            with Emulator() as emulator:
                print(emulator.now.year > 2000)
        """)
        missing, bad, threads, ours, nonsense, data, control, good = said.splitlines()
        assert missing == f"{tmp_path}/missing.yaml: cannot be read: No such file or directory"
        assert bad.startswith(f"{tmp_path}/bad.yaml: ")
        assert threads == "The server's settings are wrong: threads: Input should be greater than or equal to 1."
        assert ours == "The server of a test run chooses host and port itself."
        assert "nonsense" in nonsense
        assert data.endswith("Not a directory: '" + f"{tmp_path}/file/below'")
        assert "its control API does not" in control
        assert good == "True"

    def test_the_environment_does_not_count_and_nothing_is_left(
        self, in_a_process: Callable[..., str], tmp_path: Path
    ) -> None:
        said = in_a_process(
            """
            import tempfile, threading
            for _ in range(2):
                with Emulator(seed=SEED) as emulator:
                    answer = emulator.client("svcOrganization").service.GetServerName("admin", "admin")
                    print(answer.RequestResult, emulator.control.get("server")["database"])
                    emulator.at("2031-01-01")
            from smartertrack_emu.domain import clock
            import datetime
            print(clock.now().year < 2031)
            print([thread.name for thread in threading.enumerate()])
            """,
            SMARTERTRACK_EMU_DATABASE_URL="postgresql://nobody@127.0.0.1:1/real",
            SMARTERTRACK_EMU_ADMIN_PASSWORD="real",
            SMARTERTRACK_EMU_CONTROL="off",
            TMPDIR=str(tmp_path),
        )
        first, second, is_back, threads = said.splitlines()
        assert first == second == "Acme Coffee Helpdesk sqlite"
        assert is_back == "True"
        assert threads == "['MainThread']"
        assert list(tmp_path.iterdir()) == []

    def test_data_that_are_kept(self, in_a_process: Callable[..., str], tmp_path: Path) -> None:
        said = in_a_process(f"""
            for _ in range(2):
                with Emulator(data="{tmp_path}/kept", admin_password="another") as emulator:
                    tickets = emulator.client("svcTickets").service
                    tickets.CreateTicket("admin", "another", 1, 1, 0, "a@b.example", "S", "B", False, False, False)
                    print(emulator.control.get("server")["counts"]["tickets"])
        """)
        assert said.split() == ["1", "2"]
        assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700

    def test_a_server_that_keeps_no_journal(self, in_a_process: Callable[..., str]) -> None:
        said = in_a_process("""
            with Emulator(journal_calls=0) as emulator:
                journal = emulator.journal
                for read in (journal.calls, journal.last, journal.clear, journal.tail, lambda: len(journal)):
                    try:
                        read()
                    except EmulatorError as error:
                        print(error)
                print(journal.is_kept, repr(journal).count("keeps no journal"))
        """)
        *sentences, last = said.splitlines()
        assert len(sentences) == 5
        assert all("keeps no journal: SMARTERTRACK_EMU_JOURNAL_CALLS is 0 there." in line for line in sentences)
        assert last == "False 1"
