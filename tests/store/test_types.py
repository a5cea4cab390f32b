"""Column types: what goes in comes out, the same on both databases. Ours."""

from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Dialect, Engine, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from smartertrack_emu.domain.models import Installation, Reminder
from smartertrack_emu.store.types import IntEnumeration, StrEnumeration, UtcDateTime
from smartertrack_emu.store.unit_of_work import writing

offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=offsets)  # noqa: DTZ001 - hypothesis wants naive bounds

postgresql: Dialect = PGDialect()  # type: ignore[no-untyped-call]
into_sqlite = UtcDateTime().bind_processor(sqlite.dialect())
from_sqlite = UtcDateTime().result_processor(sqlite.dialect(), None)


def store(session: Session, moment: datetime) -> datetime:
    session.execute(insert(Installation).values(id=1, server_name="x", created_at=moment))
    read = session.scalars(select(Installation.created_at).where(Installation.created_at == moment)).one()
    session.rollback()
    return read


@given(moments)
def test_a_moment_comes_back_in_utc(moment: datetime) -> None:
    assert from_sqlite is not None
    read = from_sqlite(into_sqlite(moment))
    assert read == moment
    assert read.tzinfo is UTC


@given(moments, moments)
def test_the_order_of_the_text_is_the_order_of_time(one: datetime, two: datetime) -> None:
    assert (into_sqlite(one) < into_sqlite(two)) == (one < two)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moment=moments)
def test_a_moment_comes_back_from_the_database(engine: Engine, moment: datetime) -> None:
    with writing(engine) as session:
        read = store(session, moment)
    assert read == moment
    assert read.tzinfo is UTC


def test_nothing_stays_nothing() -> None:
    assert from_sqlite is not None
    assert into_sqlite(None) is None
    assert from_sqlite(None) is None
    assert UtcDateTime().bind_processor(postgresql)(None) is None


@pytest.mark.parametrize("moment", [datetime(2024, 1, 1), datetime.max, datetime.min])  # noqa: DTZ001, DTZ901
def test_a_naive_moment_is_refused(engine: Engine, moment: datetime) -> None:
    with pytest.raises(StatementError, match="without a time zone"), writing(engine) as session:
        store(session, moment)


def test_a_moment_that_utc_cannot_hold_is_refused(engine: Engine) -> None:
    early = datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))
    with pytest.raises(StatementError, match="outside"), writing(engine) as session:
        store(session, early)


class Size(IntEnum):
    SMALL = 1
    LARGE = 2


class Colour(StrEnum):
    RED = "red"


def test_enumerations() -> None:
    dialect = sqlite.dialect()
    size, colour = IntEnumeration(Size), StrEnumeration(Colour)
    assert size.bind_processor(dialect)(Size.LARGE) == 2
    assert type(size.bind_processor(dialect)(Size.LARGE)) is int
    assert size.bind_processor(dialect)(None) is None
    assert size.result_processor(dialect, None)(2) is Size.LARGE
    assert size.result_processor(dialect, None)(None) is None
    assert type(colour.bind_processor(dialect)(Colour.RED)) is str
    assert colour.result_processor(dialect, None)("red") is Colour.RED
    with pytest.raises(ValueError, match="3"):
        size.bind_processor(dialect)(3)
    with pytest.raises(ValueError, match="blue"):
        colour.bind_processor(dialect)("blue")


def test_an_unknown_member_is_refused_by_the_session(engine: Engine) -> None:
    with pytest.raises(StatementError), writing(engine) as session:
        session.execute(insert(Reminder).values(user_id=1, subject="x", category="Nothing"))
