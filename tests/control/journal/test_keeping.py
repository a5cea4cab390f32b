"""Evidence: ours. Many calls wait in memory until it is calm or somebody reads; a reader finds them all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartertrack_emu.control.journal import keeping
from smartertrack_emu.control.journal.capture import Capture
from smartertrack_emu.control.journal.keeping import Keeper
from smartertrack_emu.control.journal.store import Journal
from smartertrack_emu.domain import clock
from smartertrack_emu.store import beside
from smartertrack_emu.store.engine import create_engine


@pytest.fixture
def books(tmp_path: Path) -> Iterator[list[Journal]]:
    """The journal as two processes have it."""
    engines = [create_engine(f"sqlite:///{tmp_path / 'data.db'}") for _ in range(2)]
    yield [Journal(engine, 200) for engine in engines]
    for engine in engines:
        beside.close(engine)
        engine.dispose()


def passed(number: int, size: int = 10) -> list[Capture]:
    """Return calls as they have passed."""
    return [
        Capture(
            at=clock.now(), seconds=0.001, statements=1, environ={"REQUEST_METHOD": "POST"}, request=b"a" * size,
            status="200 OK", headers=[], answer=b"b", lengths=(size, 1), outcome=None,
        )
        for _ in range(number)
    ]  # fmt: skip


def written(book: Journal) -> int:
    """Return how many calls are in the table, as nobody who reads would see it."""
    before, book.before_reading = book.before_reading, lambda: None
    number = book.count()
    book.before_reading = before
    return number


def test_few_are_written_at_once_and_many_are_not(books: list[Journal]) -> None:
    book = books[0]
    keeper = Keeper(book)
    keeper.take(passed(3))
    assert written(book) == 3
    keeper.take(passed(100))
    keeper.take(passed(150))
    assert written(book) == 3
    assert book.count() == 200  # whoever reads has them written: the last two hundred
    keeper.take(passed(100))
    assert written(book) == 200
    assert book.newest() == 303  # while somebody reads they are written at once


def test_large_bodies_do_not_wait(books: list[Journal]) -> None:
    keeper = Keeper(books[0])
    keeper.take(passed(150, 60_000))
    assert written(books[0]) == 150


def test_they_are_written_when_it_is_calm(books: list[Journal], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(keeping, "_CALM_SECONDS", 0.0)
    keeper = Keeper(books[0])
    keeper._watched = True  # the test watches in its own thread
    keeper.take(passed(100))
    assert written(books[0]) == 0
    keeper._watch()
    assert written(books[0]) == 100


def test_a_reader_in_another_process_gets_them_too(books: list[Journal], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_LOOK_SECONDS", 0.001)
    writer, reader = Keeper(books[0], alone=False), Keeper(books[1], alone=False)
    writer._watched = True
    writer.take(passed(100))
    assert written(books[1]) == 0
    monkeypatch.setattr(
        "smartertrack_emu.control.journal.keeping.time.sleep",
        lambda seconds: writer._watch() if seconds > 0.5 else None,
    )
    reader.prepare()
    assert written(books[1]) == 100
