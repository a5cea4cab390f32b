"""Turns, leases and runs of jobs. Names, order and what a stopped one does are documented; the rest is ours."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import NotFound, NotPossible
from smartertrack_emu.domain.structure import emulation, jobs
from smartertrack_emu.domain.structure.jobs import JOBS
from smartertrack_emu.jobs import board as board_module
from smartertrack_emu.jobs.leases import LEASE_SECONDS, process_name
from smartertrack_emu.jobs.table import turns
from smartertrack_emu.store.beside import beside
from tests.jobs.conftest import NOON, MakeBoard

PAST = timedelta(seconds=3601)


def test_the_fourteen(make_board: MakeBoard) -> None:
    found = make_board().all()
    assert [job.name for job in found] == list(JOBS)
    assert len(found) == 14
    for job in found:
        assert not job.is_stopped
        assert job.next_run_at == NOON + timedelta(seconds=JOBS[job.name].every_seconds)
        assert (job.runs, job.failures, job.last_run_at) == (0, 0, None)


def test_a_run_is_written_down(make_board: MakeBoard) -> None:
    def work(run: Run) -> None:
        run.done, run.detail = 3, "Three of them."
        assert run.is_requested

    board = make_board(indexing=work)
    made = board.run("indexing")
    assert (made.done, made.detail, made.error, made.by, made.at) == (3, "Three of them.", "", "request", NOON)
    assert made.process == process_name()
    job = board.get("indexing")
    assert (job.runs, job.failures, job.last_result, job.last_error) == (1, 0, "3 done. Three of them.", "")
    assert (job.last_run_at, job.next_run_at) == (NOON, NOON + timedelta(seconds=60))
    assert board.runs("indexing") == [made]
    with pytest.raises(NotFound, match="There is no job 'nothing'"):
        board.run("nothing")


def test_one_that_fails(make_board: MakeBoard, caplog: pytest.LogCaptureFixture) -> None:
    def fail(run: Run) -> None:
        raise ValueError("secret")

    board = make_board(indexing=fail)
    made = board.run("indexing")
    assert "unexpected error" in made.error
    assert "secret" not in made.error
    assert "the job indexing failed" in caplog.text
    assert (board.get("indexing").runs, board.get("indexing").failures) == (1, 1)
    board.run("indexing")  # its lease is free again


def test_runs_that_are_kept(make_board: MakeBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_module, "KEPT_RUNS", 3)
    board = make_board()
    for _ in range(11):
        board.run("indexing")
    assert len(board.runs("indexing")) <= 3
    assert board.get("indexing").runs == 11


def test_in_order_once_and_not_when_stopped(make_board: MakeBoard, desk: Desk) -> None:
    ran: list[str] = []
    board = make_board(**{name.replace("-", "_"): lambda run: ran.append(run.job) for name in JOBS})
    board.run_due(JOBS)
    assert ran == []  # nothing is due yet
    desk.write(lambda session: jobs.set_stopped(session, "cleaner", is_stopped=True))
    with clock.shifted(PAST):
        board.run_due(JOBS)
        assert ran == [name for name in JOBS if name != "cleaner"]
        board.run_due(JOBS)
        assert len(ran) == 13
    board.run("cleaner")  # also where it is stopped
    assert ran[-1] == "cleaner"


def test_two_processes_and_one_turn(make_board: MakeBoard) -> None:
    ran: list[str] = []
    boards = [make_board(indexing=lambda run: ran.append(run.job)) for _ in range(2)]
    boards[0].all()
    with clock.shifted(PAST):
        threads = [threading.Thread(target=board.run_due, args=(["indexing"],)) for board in boards * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert ran == ["indexing"]


def test_one_that_is_running(make_board: MakeBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_module, "PATIENCE_S", 0.0)
    other = make_board()

    def work(run: Run) -> None:
        with pytest.raises(NotPossible, match="The job indexing is running"):
            other.run("indexing")
        with pytest.raises(NotPossible), clock.shifted(timedelta(0)):
            other.advance(PAST, lambda: pytest.fail("the clock was moved"))

    make_board(indexing=work).run("indexing")
    assert other.run("indexing").error == ""


def test_a_dead_holder_of_this_machine_is_nobody(make_board: MakeBoard, desk: Desk) -> None:
    board = make_board()
    board.all()
    dead = process_name().rpartition(":")[0] + ":4194304:00"  # no system gives such a number
    _hold(desk, "indexing", dead, clock.machine() + timedelta(seconds=LEASE_SECONDS))
    assert board.run("indexing").error == ""


@pytest.mark.parametrize(("seconds", "is_free"), [(-1, True), (10, False)])
def test_a_holder_elsewhere(
    make_board: MakeBoard, desk: Desk, monkeypatch: pytest.MonkeyPatch, seconds: int, *, is_free: bool
) -> None:
    monkeypatch.setattr(board_module, "PATIENCE_S", 0.0)
    board = make_board()
    board.all()
    _hold(desk, "indexing", "elsewhere:17:00", clock.machine() + timedelta(seconds=seconds))
    if is_free:
        assert board.run("indexing").error == ""
    else:
        with pytest.raises(NotPossible):
            board.run("indexing")


def _hold(desk: Desk, name: str, holder: str, until: datetime) -> None:
    with beside(desk.engine).begin() as connection:
        connection.execute(update(turns).where(turns.c.name == name).values(holder=holder, held_until=until))


def test_a_lease_that_is_lost_ends_the_run(make_board: MakeBoard, desk: Desk) -> None:
    seen: list[bool] = []

    def work(run: Run) -> None:
        seen.append(run.has_time)
        _hold(desk, "indexing", "elsewhere:17:00", clock.machine() + timedelta(seconds=30))
        board._leases._renew()
        seen.append(run.has_time)

    board = make_board(indexing=work)
    assert board.run("indexing").detail == "Another process has taken the job over."
    assert seen == [True, False]


def test_advance(make_board: MakeBoard, desk: Desk) -> None:
    at: list[tuple[str, datetime]] = []
    board = make_board(**{name.replace("-", "_"): lambda run: at.append((run.job, clock.now())) for name in JOBS})
    desk.write(lambda session: jobs.set_stopped(session, "cleaner", is_stopped=True))
    by = timedelta(days=90)
    with clock.shifted(timedelta(0)):

        def move() -> None:
            clock._State.held = NOON + by
            clock._State.settle()

        ran = board.advance(by, move)
    expected = [name for name in JOBS if name != "cleaner"]
    assert ran == expected
    assert at == [(name, NOON + by) for name in expected]
    assert {run.by for run in board.runs("indexing")} == {"clock"}


def test_advance_that_is_refused_lets_go(make_board: MakeBoard) -> None:
    board = make_board()

    def refuse() -> None:
        raise NotPossible("No.")

    with pytest.raises(NotPossible, match="No"):
        board.advance(PAST, refuse)
    assert board.runs("indexing") == []
    assert board.run("indexing").error == ""


def test_a_clock_that_goes_back(make_board: MakeBoard) -> None:
    board = make_board()
    board.all()
    with clock.shifted(timedelta(days=-400)):
        assert board.get("cleaner").next_run_at == clock.now() + timedelta(hours=1)


def test_another_interval(make_board: MakeBoard, desk: Desk) -> None:
    board = make_board()
    desk.write(lambda session: jobs.set_interval(session, "cleaner", 7))
    board.put_off("cleaner")
    job = board.get("cleaner")
    assert (job.every_seconds, job.next_run_at) == (7, NOON + timedelta(seconds=7))
    desk.write(lambda session: jobs.set_stopped(session, "cleaner", is_stopped=True))
    assert board.get("cleaner")[3:5] == (True, 7)


def test_what_a_process_knows(desk: Desk) -> None:
    """A call asks for no job's setting, and sees it all the same."""
    assert not desk.read(lambda session: jobs.is_stopped(session, "cleaner"))
    desk.write(lambda session: jobs.set_stopped(session, "cleaner", is_stopped=True))
    assert desk.read(lambda session: jobs.is_stopped(session, "cleaner"))
    desk.write(emulation.begin_epoch)
    assert desk.read(lambda session: jobs.is_stopped(session, "cleaner"))


def test_many_processes_that_begin_together(make_board: MakeBoard) -> None:
    """Each finds no rows, and all make them: SQLite refuses who has read before another has written."""
    boards = [make_board() for _ in range(8)]
    found: list[int] = []
    threads = [threading.Thread(target=lambda board=board: found.append(len(board.all()))) for board in boards]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [14] * 8
