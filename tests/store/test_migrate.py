"""The migrations, on both databases, against the models."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, insert, inspect, text
from sqlalchemy.exc import OperationalError

from smartertrack_emu.domain.models import Base, Brand
from smartertrack_emu.store import full_text, migrate
from smartertrack_emu.store.engine import create_engine


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": full_text.is_declared}
        )
        return list(compare_metadata(context, Base.metadata))


def test_head_is_the_newest_script() -> None:
    script = ScriptDirectory.from_config(migrate.configuration())
    assert script.get_current_head() == migrate.HEAD


def test_up_down_and_up_again(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url, synchronous="OFF")
    try:
        assert not migrate.is_current(engine)
        migrate.upgrade(engine)
        assert migrate.is_current(engine)
        assert differences(engine) == []

        migrate.downgrade(engine, "base")
        assert not migrate.is_current(engine)
        assert set(inspect(engine).get_table_names()) <= {"alembic_version"}

        migrate.upgrade(engine)
        assert migrate.is_current(engine)
        assert differences(engine) == []
    finally:
        engine.dispose()


def test_each_step_down_and_up(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url, synchronous="OFF")
    try:
        migrate.upgrade(engine)
        for script in ScriptDirectory.from_config(migrate.configuration()).walk_revisions():
            if script.down_revision is not None:
                migrate.downgrade(engine, str(script.down_revision))
                assert not migrate.is_current(engine)
                migrate.upgrade(engine)
        assert differences(engine) == []
    finally:
        engine.dispose()


def test_upgrading_keeps_the_data(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(Brand).values(name="Acme"))
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name_key FROM brands")) == "acme"


def test_several_at_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(migrate.upgrade, empty_database_url) for _ in range(4)]:
            done.result()
    engine = create_engine(empty_database_url)
    try:
        assert migrate.is_current(engine)
        assert differences(engine) == []
    finally:
        engine.dispose()


def test_a_newer_database_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not migrate.is_current(engine)
    with pytest.raises(migrate.MigrationError, match="9999"):
        migrate.upgrade(engine)


def test_foreign_keys_are_enforced_after_a_migration(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, synchronous="OFF", pool_size=1)
    try:
        migrate.downgrade(engine, "0001")
        migrate.upgrade(engine)
        with engine.connect() as connection:
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    finally:
        engine.dispose()


def test_a_database_that_is_away_is_not_called_new() -> None:
    engine = create_engine("postgresql://nobody:hidden@127.0.0.1:1/nothing", connect_timeout_s=2)
    with pytest.raises(OperationalError) as caught:
        migrate.is_current(engine)
    assert "hidden" not in str(caught.value)


def test_alembic_is_not_imported_for_a_current_database(sqlite_url: str) -> None:
    program = f"""
import sys
from smartertrack_emu.store import migrate
migrate.upgrade({sqlite_url!r})
sys.exit(any(name.startswith("alembic") for name in sys.modules))
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
