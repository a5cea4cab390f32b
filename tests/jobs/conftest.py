"""A desk on a fresh database, and boards of jobs that do what a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy

from smartertrack_emu.compose import make_desk
from smartertrack_emu.config import Settings
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.structure.jobs import JOBS
from smartertrack_emu.jobs.board import Board
from smartertrack_emu.store.unit_of_work import writing
from tests.jobs.helpdesk import Helpdesk

NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)

MakeBoard = Callable[..., Board]


@pytest.fixture
def desk(engine: sqlalchemy.Engine, tmp_path: Path) -> Iterator[Desk]:
    """A desk on a fresh database with what is always there; it is noon, and stays so until a test moves the clock."""
    with clock.frozen(NOON):
        with writing(engine) as session:
            create_initial(session, admin_password_hash=None)
        yield make_desk(Settings(data=tmp_path), engine)
    clock.follow(clock.Setting())


def _nothing(run: Run) -> None:
    """Do nothing."""


def _chosen(given: dict[str, Callable[[Run], object]], name: str) -> Callable[[Run], object]:
    return given.get(name, _nothing)


@pytest.fixture
def make_board(desk: Desk) -> Iterator[MakeBoard]:
    """Makes boards on the desk, each as another process would have it, of functions by the jobs' names."""
    made: list[Board] = []

    def make(**functions: Callable[[Run], object]) -> Board:
        given = {name.replace("_", "-"): function for name, function in functions.items()}
        board = Board(desk, {name: partial(_chosen, given, name) for name in JOBS})
        made.append(board)
        return board

    yield make
    for board in made:
        board.close()


@pytest.fixture
def helpdesk(desk: Desk) -> Helpdesk:
    """A small helpdesk at noon."""
    return Helpdesk(desk)
