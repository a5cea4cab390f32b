"""Read, ask outside, write and check again: ours."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NoReturn

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from smartertrack_emu.desk import outside as module
from smartertrack_emu.desk.outside import Outside
from smartertrack_emu.domain.errors import LoginFailed, NotPossible, ProviderRefused
from smartertrack_emu.domain.models import Brand
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.store.failures import CommitOutcomeUnknown
from smartertrack_emu.store.unit_of_work import reading, writing
from smartertrack_emu.store.waiting import CrowdedError
from tests.outages import lost_commit

ALICE = Principal(
    id=4,
    username="alice",
    display_name="Alice",
    email="",
    role_ids=frozenset(),
    group_ids=frozenset(),
    is_agent=True,
    is_manager=False,
    is_administrator=False,
    rights=frozenset(),
)


@dataclass
class Renaming:
    """Asks outside for a brand's new name, and gives it to the brand that was called `Acme`."""

    told: list[str]
    answer: Callable[[], str] = lambda: "Apex"
    before_end: Callable[[], None] = lambda: None
    taken_back: list[str] = field(default_factory=list)

    def read(self, session: Session, actor: Principal) -> str:
        self.told.append(f"read by {actor.username}")
        return session.scalars(select(Brand.name)).one()

    def ask(self, asked: str) -> str:
        self.told.append(f"asked about {asked}")
        return self.answer()

    def write(self, session: Session, actor: Principal, asked: str, answered: str) -> str:
        self.told.append(f"written by {actor.username}")
        if not self.is_unchanged(session, actor, asked):
            raise NotPossible("It was renamed meanwhile.")
        session.execute(update(Brand).values(name=answered))
        self.before_end()
        return f"{asked} is {answered}"

    def is_unchanged(self, session: Session, actor: Principal, asked: str) -> bool:
        del actor
        return session.scalars(select(Brand.name)).one() == asked

    def lock(self, session: Session, actor: Principal, asked: str) -> None:
        del actor, asked
        session.execute(update(Brand).values(name=Brand.name))
        self.told.append("locked")

    def take_back(self, asked: str, answered: str) -> str:
        del asked
        self.taken_back.append(answered)
        return "The name was given back."

    def what_stays(self, asked: str, answered: str) -> str:
        return f"{asked} is also {answered}"


@pytest.fixture
def told(engine: Engine) -> list[str]:
    """What happens, in its order: transactions that begin and end, and what `Renaming` does."""
    with writing(engine) as session:
        session.add(Brand(name="Acme"))
        session.flush()
    return []


@pytest.fixture
def outside(engine: Engine, told: list[str]) -> Outside:
    def enter(session: Session) -> Principal:
        told.append("entered")
        session.scalars(select(Brand.id)).all()  # a session that ran a statement knows of its transaction
        event.listen(session, "after_transaction_end", lambda *_: told.append("over"), once=True)
        return ALICE

    return Outside(engine, enter)


def name_in(engine: Engine) -> str:
    with reading(engine) as session:
        return session.scalars(select(Brand.name)).one()


def rename(engine: Engine, name: str) -> None:
    with writing(engine) as session:
        session.execute(update(Brand).values(name=name))


def test_nothing_is_open_while_outside_is_asked(engine: Engine, outside: Outside, told: list[str]) -> None:
    assert outside.run(Renaming(told)) == "Acme is Apex"
    assert name_in(engine) == "Apex"
    assert told == [
        *("entered", "read by alice", "over"),
        "asked about Acme",
        *("entered", "written by alice", "over"),
    ]


def test_others_write_while_outside_is_asked(engine: Engine, outside: Outside, told: list[str]) -> None:
    def ask() -> str:
        with writing(engine, patient=False) as session:
            session.add(Brand(name="Another"))
        with writing(engine, patient=False) as session:
            session.execute(update(Brand).where(Brand.name == "Another").values(name="Gone"))
            session.delete(session.scalars(select(Brand).where(Brand.name == "Gone")).one())
        return "Apex"

    assert outside.run(Renaming(told, ask)) == "Acme is Apex"


def test_asking_is_waiting(outside: Outside, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gives out threads is told of it."""

    @contextmanager
    def wait() -> Iterator[None]:
        told.append("begins to wait")
        yield
        told.append("has waited")

    monkeypatch.setattr(module, "waiting", wait)
    outside.run(Renaming(told))
    at = told.index("asked about Acme")
    assert told[at - 1 : at + 2] == ["begins to wait", "asked about Acme", "has waited"]


def test_nothing_is_asked_where_too_many_wait(
    outside: Outside, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> NoReturn:
        raise CrowdedError

    monkeypatch.setattr(module, "waiting", refuse)
    with pytest.raises(CrowdedError):
        outside.run(Renaming(told))
    assert told == ["entered", "read by alice", "over"]


def test_what_outside_refuses_changes_nothing(engine: Engine, outside: Outside, told: list[str]) -> None:
    def refuse() -> str:
        raise ProviderRefused("No.")

    errand = Renaming(told, refuse)
    with pytest.raises(ProviderRefused, match=r"^No\.$"):
        outside.run(errand)
    assert (name_in(engine), errand.taken_back) == ("Acme", [])


def test_what_changed_meanwhile_is_refused_and_taken_back(engine: Engine, outside: Outside, told: list[str]) -> None:
    def ask() -> str:
        rename(engine, "Other")
        return "Apex"

    errand = Renaming(told, ask)
    with pytest.raises(NotPossible, match=r"^It was renamed meanwhile\. The name was given back\.$"):
        outside.run(errand)
    assert (name_in(engine), errand.taken_back) == ("Other", ["Apex"])


def test_whoever_may_no_longer_is_refused_and_it_is_taken_back(engine: Engine, told: list[str]) -> None:
    entered: list[None] = []

    def enter(session: Session) -> Principal:
        entered.append(None)
        if len(entered) > 1:
            raise LoginFailed("Who are you?")
        return ALICE

    errand = Renaming(told)
    with pytest.raises(LoginFailed, match=r"^Who are you\? The name was given back\.$"):
        Outside(engine, enter).run(errand)
    assert (name_in(engine), errand.taken_back) == ("Acme", ["Apex"])


def test_a_write_that_fails_is_taken_back(engine: Engine, outside: Outside, told: list[str]) -> None:
    def fail() -> None:
        raise OperationalError("UPDATE", None, Exception("the disk is full"))

    errand = Renaming(told, before_end=fail)
    with pytest.raises(OperationalError):
        outside.run(errand)
    assert (name_in(engine), errand.taken_back) == ("Acme", ["Apex"])


@pytest.mark.parametrize("made", [True, False])
def test_a_commit_whose_answer_is_lost(
    engine: Engine, outside: Outside, told: list[str], caplog: pytest.LogCaptureFixture, made: bool
) -> None:
    """What stands there now says what became of it: it stays outside unless certainly nothing was written."""
    errand = Renaming(told)
    with (
        lost_commit(made=made, of=engine),
        caplog.at_level(logging.ERROR),
        pytest.raises(CommitOutcomeUnknown),
    ):
        outside.run(errand)
    assert told[-1] == "locked"  # the COMMIT may still have been under way
    assert name_in(engine) == ("Apex" if made else "Acme")
    assert errand.taken_back == ([] if made else ["Apex"])
    assert ("Acme is also Apex" in caplog.text) is made
