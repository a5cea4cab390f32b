"""One run of a job: batches, rows that fail, the time it may take. All of it is ours."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.desk import run as run_module
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.structure.models import Brand
from smartertrack_emu.store.unit_of_work import after_commit, after_rollback


def _due(session: Session, left: Collection[int]) -> list[int]:
    names = select(Brand.id).where(Brand.name.like("due%"), Brand.id.not_in(left)).order_by(Brand.id).limit(2)
    return list(session.scalars(names))


@pytest.fixture
def ids(desk: Desk) -> list[int]:
    """Five brands that are due."""

    def work(session: Session) -> list[int]:
        brands = [Brand(name=f"due {number}") for number in range(5)]
        session.add_all(brands)
        session.flush()
        return [brand.id for brand in brands]

    return desk.write(work)


def test_rows(desk: Desk, ids: list[int]) -> None:
    run = Run(desk, "indexing")

    def finish(session: Session, brand_id: int) -> None:
        session.get_one(Brand, brand_id).name = f"done {brand_id}"
        session.flush()

    run.rows(_due, finish)
    assert (run.done, run.errors) == (5, [])
    assert desk.read(lambda session: _due(session, ())) == []


def test_a_row_that_fails_keeps_none_waiting(desk: Desk, ids: list[int]) -> None:
    run = Run(desk, "indexing")
    followed: list[str] = []

    def finish(session: Session, brand_id: int) -> None:
        session.get_one(Brand, brand_id).name = f"done {brand_id}"
        session.flush()
        after_commit(session, lambda: followed.append(f"committed {brand_id}"))
        after_rollback(session, lambda: followed.append(f"undone {brand_id}"))
        if brand_id == ids[1]:
            raise NotPossible("It is locked.")

    run.rows(_due, finish)
    assert run.done == 4
    assert run.errors == [f"indexing, {ids[1]}: It is locked."]
    assert desk.read(lambda session: _due(session, ())) == [ids[1]]
    assert sorted(followed) == sorted([f"undone {ids[1]}", *(f"committed {one}" for one in ids if one != ids[1])])


def test_a_row_in_which_nothing_is_to_be_done(desk: Desk, ids: list[int]) -> None:
    run = Run(desk, "indexing")
    run.rows(_due, lambda *_: False)
    assert (run.done, run.errors) == (0, [])


def test_the_time_of_a_run(desk: Desk, ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "MOST_SECONDS", 0.0)
    run = Run(desk, "indexing")
    run.rows(_due, lambda *_: pytest.fail("there was no time"))
    assert run.detail == "The time of a run is over; more waits for the next one."


def test_who_finds_nothing_waits_for_no_writer(desk: Desk) -> None:
    """Another one holds the write lock meanwhile."""
    run = Run(desk, "indexing")

    def hold(session: Session) -> None:
        session.add(Brand(name="being made"))
        session.flush()
        run.rows(_due, lambda *_: pytest.fail("nothing is due"))

    desk.write(hold)
    assert (run.done, run.errors, run.detail) == (0, [], "")
