"""Faults: which calls they strike, how often, and what they do to them. They stand beside the data.

Every process knows the faults that are set, and looks again with each new epoch: who changes them begins one. How many
calls matched and were struck is counted in the table, so that all processes count together.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    Row,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from smartertrack_emu.desk.around import Called, Effect, Strike
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.structure import emulation
from smartertrack_emu.domain.text import key
from smartertrack_emu.store.beside import beside, metadata
from smartertrack_emu.store.types import BIG_ID, UtcDateTime

faults = Table(
    "emulator_faults",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("match", JSON, nullable=False),
    Column("effect", JSON, nullable=False),
    Column("probability", Float, nullable=False),
    Column("times", Integer),
    Column("after", Integer, nullable=False),
    Column("seed", BigInteger),
    Column("expires_at", UtcDateTime),
    Column("when", Text, nullable=False),
    Column("seen", BigInteger, nullable=False, default=0),
    Column("hits", BigInteger, nullable=False, default=0),
    sqlite_autoincrement=True,
)
"""`seen`: how many calls matched; `hits`: how many of them were struck."""

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault as it was set: `match` and `effect` by their members' names in the control API; see `Effect`.

    The first `after` calls that match go unharmed, of the others as many as `times` are struck (None: all), each with
    a `probability` from 0 to 1, drawn by a generator with `seed` (None: at random). It ends at `expires_at`.
    """

    match: Mapping[str, Any]
    effect: Mapping[str, Any]
    probability: float = 1.0
    times: int | None = None
    after: int = 0
    seed: int | None = None
    expires_at: datetime | None = None
    when: str = "before"
    id: int = 0
    hits: int = 0

    def matches(self, called: Called, texts: Callable[[], Mapping[str, Sequence[str]]]) -> bool:
        """Say whether a call is one that it strikes. `texts` gives its arguments, by their names in lower case."""
        if self.expires_at is not None and self.expires_at <= clock.now():
            return False
        match = self.match
        user = match.get("user")
        if self.effect["kind"] == "soap-fault" and not called.is_soap:
            return False
        return (
            match.get("service") in (None, called.service)
            and match.get("operation") in (None, called.operation)
            and (user is None or (called.user is not None and key(called.user) == key(user)))
            and all(_found(wanted, texts().get(name.lower(), ())) for name, wanted in match.get("argument", {}).items())
        )

    def is_drawn(self, number: int) -> bool:
        """Say whether chance lets the matching call of that number (from 1) be struck."""
        if self.probability >= 1:
            return True
        drawn = random.random() if self.seed is None else random.Random(f"{self.seed}:{number}").random()  # noqa: S311 - a test's dice
        return drawn < self.probability

    def delay(self) -> float:
        """Return for how many seconds a call is held up this time."""
        jitter = self.effect["jitter"]
        milliseconds = self.effect["milliseconds"] + random.uniform(-jitter, jitter)  # noqa: S311 - a test's dice
        return max(float(milliseconds), 0.0) / 1000


def _found(wanted: str, texts: Sequence[str]) -> bool:
    """Say whether one of an argument's texts is the one that is wanted, or contains what follows a tilde."""
    if wanted.startswith("~"):
        return any(key(wanted[1:]) in key(text) for text in texts)
    return wanted in texts


def texts_of(value: object) -> list[str]:
    """Return an argument as the texts to be compared: those of a list are its items."""
    if isinstance(value, list | tuple):
        return [text for item in value for text in texts_of(item)]
    if isinstance(value, bytes):
        return []
    return [text_of(value)]


def text_of(value: object) -> str:
    """Return a single value as a text to be compared; null is as good as empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


class FaultRules:
    """The faults as this process knows them; the protocol `Faults` of the desk."""

    def __init__(self, engine: Engine) -> None:
        """Know those that stand beside the data of `engine`, once it has been told to look (`renew`)."""
        self._engine = engine
        self._known: Sequence[Fault] = ()
        self.any_set = False

    def renew(self) -> None:
        """Look again which there are."""
        self._known = listed(self._engine)
        self.any_set = bool(self._known)

    def strike(self, called: Called) -> Strike:
        """Return what strikes a call, and count it: latencies add up, of the other effects the oldest strikes."""
        arguments: dict[str, list[str]] = {}

        def texts() -> Mapping[str, Sequence[str]]:
            if not arguments:
                arguments.update((name.lower(), texts_of(value)) for name, value in called.arguments.items())
            return arguments

        matching = [fault for fault in self._known if fault.matches(called, texts)]
        if not matching:
            return Strike()
        before = after = 0.0
        effect: Effect | None = None
        with beside(self._engine).begin() as connection:
            for fault in matching:  # oldest first, in every process: so no two of them wait for each other
                is_latency = fault.effect["kind"] == "latency"
                if not _count(connection, fault, may_strike=is_latency or effect is None):
                    continue
                if not is_latency:
                    effect = _effect_of(fault)
                elif fault.when == "before":
                    before += fault.delay()
                else:
                    after += fault.delay()
        return Strike(before, after, effect)


def _effect_of(fault: Fault) -> Effect:
    effect = fault.effect
    return Effect(
        fault.id,
        effect["kind"],
        code=effect["code"],
        message=effect["message"],
        status=effect["status"],
        length=effect["bytes"],
        after=fault.when == "after",
    )


def _count(connection: Connection, fault: Fault, *, may_strike: bool) -> bool:
    """Count a call that matches, and say whether it is struck."""
    columns = faults.c
    seen = connection.scalar(
        update(faults).where(columns.id == fault.id).values(seen=columns.seen + 1).returning(columns.seen)
    )
    if seen is None or not may_strike or seen <= fault.after or not fault.is_drawn(seen - fault.after):
        return False
    struck = update(faults).where(columns.id == fault.id).values(hits=columns.hits + 1).returning(columns.hits)
    if fault.times is not None:
        struck = struck.where(columns.hits < fault.times)
    return connection.scalar(struck) is not None


def add(session: Session, engine: Engine, fault: Fault) -> int:
    """Set a fault, which every process knows when this transaction has ended, and return its id."""
    emulation.begin_epoch(session)
    values = {name: getattr(fault, name) for name in _SET}
    with beside(engine).begin() as connection:
        return int(connection.scalar(insert(faults).values(values).returning(faults.c.id)) or 0)


def remove(session: Session, engine: Engine, fault_id: int) -> None:
    """Remove a fault; NotFound."""
    emulation.begin_epoch(session)
    with beside(engine).begin() as connection:
        if connection.scalar(delete(faults).where(faults.c.id == fault_id).returning(faults.c.id)) is None:
            raise _missing(fault_id)


def remove_all(session: Session, engine: Engine) -> int:
    """Remove all faults, and say how many there were."""
    emulation.begin_epoch(session)
    with beside(engine).begin() as connection:
        return int(connection.execute(delete(faults)).rowcount)


def listed(engine: Engine, *, limit: int | None = None, offset: int = 0) -> list[Fault]:
    """Return the faults that are set, oldest first."""
    statement = select(*_COLUMNS).order_by(faults.c.id).limit(limit).offset(offset)
    with beside(engine).begin() as connection:
        return [_fault(row) for row in connection.execute(statement)]


def count(engine: Engine) -> int:
    """Return how many faults are set."""
    with beside(engine).begin() as connection:
        return connection.scalar(select(func.count()).select_from(faults)) or 0


def fault(engine: Engine, fault_id: int) -> Fault:
    """Return a fault; NotFound."""
    with beside(engine).begin() as connection:
        row = connection.execute(select(*_COLUMNS).where(faults.c.id == fault_id)).one_or_none()
    if row is None:
        raise _missing(fault_id)
    return _fault(row)


_COLUMNS = [column for column in faults.c if column.name != "seen"]
_SET = [column.name for column in faults.c if column.name not in ("id", "seen", "hits")]


def _fault(row: AnyRow) -> Fault:
    return Fault(**row._mapping)  # noqa: SLF001 - a public name of SQLAlchemy's


def _missing(fault_id: int) -> NotFound:
    return NotFound(f"There is no fault {fault_id}.")
