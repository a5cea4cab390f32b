"""Units of work: what they keep, what they drop, and how they get over a database that is locked or away. Ours."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError

from smartertrack_emu.domain.models import Brand, Department, Installation
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import reading, writing


class Refused(Exception):  # noqa: N818
    pass


def names(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(Brand.name).order_by(Brand.name)))


def test_writing_commits(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(Brand(name="Acme"))
    assert names(engine) == ["Acme"]


def test_writing_drops_everything_on_an_error(engine: Engine) -> None:
    with pytest.raises(Refused), writing(engine) as session:  # noqa: PT012 - what it does before it fails is the point
        session.add(Brand(name="Acme"))
        session.flush()
        session.execute(text("INSERT INTO brands (id, name, name_key) VALUES (77, 'B', 'b')"))
        raise Refused
    assert names(engine) == []
    with writing(engine) as session:
        session.add(Brand(name="Next"))
    assert names(engine) == ["Next"]


def test_an_error_of_the_database_is_got_over(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as session:  # noqa: PT012 - as above
        session.add(Brand(name="Acme"))
        session.flush()
        session.add(Department(name="Nowhere", brand_id=999))
    assert names(engine) == []


def test_an_error_at_the_commit_raises(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(Brand(name="Acme"))
    with pytest.raises(IntegrityError), writing(engine) as session:
        session.add(Brand(name="ACME"))
    assert names(engine) == ["Acme"]


def test_reading_changes_nothing(engine: Engine) -> None:
    try:
        with reading(engine) as session:
            session.add(Brand(name="Acme"))
            session.flush()
    except InternalError:
        assert engine.dialect.name == "postgresql"
    assert names(engine) == []


def test_reading_sees_one_moment(engine: Engine) -> None:
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Brand)) == 0
        with writing(engine) as other:
            other.add(Brand(name="Acme"))
        assert session.scalar(select(func.count()).select_from(Brand)) == 0
    assert names(engine) == ["Acme"]


def test_what_was_read_can_be_used_afterwards(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(brand := Brand(name="Acme"))
    assert (brand.id, brand.name, brand.name_key) == (1, "Acme", "acme")


def test_nothing_is_carried_into_the_next(engine: Engine) -> None:
    with writing(engine) as session:
        session.info["mine"] = 1
        session.add(Brand(name="Acme"))
    with writing(engine) as session:
        assert not session.info
        assert not session.identity_map.keys()
        assert not session.in_transaction()


def test_an_empty_one_costs_no_lock(engine: Engine) -> None:
    for unit in (reading, writing, reading, writing):
        with unit(engine):
            pass
    assert names(engine) == []


def test_a_locked_sqlite_is_said_and_got_over(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, synchronous="OFF", busy_timeout_ms=50)
    other = create_engine(sqlite_url, synchronous="OFF")
    try:
        with writing(engine) as session:
            session.add(Brand(name="Before"))
        with writing(other) as holder:
            holder.add(Brand(name="Other"))
            holder.flush()
            with pytest.raises(OperationalError, match="locked"), writing(engine):
                raise AssertionError("never got here")
            assert names(engine) == ["Before"]
        with writing(engine) as session:
            session.add(Brand(name="Third"))
        assert names(engine) == ["Before", "Other", "Third"]
    finally:
        engine.dispose()
        other.dispose()


def test_an_impatient_writer_gives_up_at_once_and_the_next_one_waits(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, busy_timeout_ms=20_000)
    with writing(engine, patient=False) as session:
        session.add(Brand(name="Acme"))
    with writing(engine), pytest.raises(OperationalError, match="locked"), writing(engine, patient=False):
        pass
    with reading(engine) as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == 20_000
    assert names(engine) == ["Acme"]
    engine.dispose()


def test_connections_that_were_cut_are_replaced(postgresql_url: str, postgresql_server: URL) -> None:
    engine = create_engine(postgresql_url)
    admin = create_engine(postgresql_server)
    cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    try:
        with reading(engine) as one, reading(engine) as two:
            one.execute(text("SELECT 1"))
            two.execute(text("SELECT 1"))
        with admin.connect() as connection:
            connection.execute(cut, {"name": engine.url.database}).all()
        assert names(engine) == []  # both that were kept are dead: replaced unnoticed

        with pytest.raises(OperationalError), writing(engine) as session:  # noqa: PT012 - as above
            session.add(Brand(name="Lost"))
            session.flush()
            with admin.connect() as connection:
                connection.execute(cut, {"name": engine.url.database}).all()
            session.execute(text("SELECT 1"))
        with writing(engine) as session:
            session.add(Brand(name="Kept"))
        assert names(engine) == ["Kept"]
    finally:
        engine.dispose()
        admin.dispose()


def test_a_server_that_is_away_is_said() -> None:
    engine = create_engine("postgresql://nobody:hidden@127.0.0.1:1/nothing", connect_timeout_s=2)
    for unit in (reading, writing):
        with pytest.raises(OperationalError) as caught, unit(engine):
            raise AssertionError("never got here")
        assert "hidden" not in str(caught.value)


def test_many_threads_lose_no_update(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(Installation(server_name="x", rights_version=0, created_at=datetime(2024, 1, 1, tzinfo=UTC)))
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for _ in range(10):
            with writing(engine) as session:
                row = session.get_one(Installation, 1, with_for_update=True)
                row.rights_version += 1
            with reading(engine) as session:
                assert session.get_one(Installation, 1).rights_version > 0

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work) for _ in range(8)]:
            done.result()
    with reading(engine) as session:
        assert session.get_one(Installation, 1).rights_version == 80


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_opens_connections_of_its_own(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(Brand(name="Parent"))
    child = os.fork()
    if not child:
        status = 1
        try:
            with writing(engine) as session:
                session.add(Brand(name="Child"))
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    with writing(engine) as session:
        session.add(Brand(name="Parent again"))
    assert names(engine) == ["Child", "Parent", "Parent again"]
