"""The migrations, on both databases, against the models. Ours."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, insert, inspect, select, text
from sqlalchemy.exc import OperationalError

from smartertrack_emu.domain.models import Attachment, Base, Brand, Reminder, Task, Ticket, User
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.models import ADMIN_ID
from smartertrack_emu.store import full_text, migrate
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import reading, writing


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


def test_what_can_no_longer_be_so_is_set_right(engine: Engine) -> None:
    """0009: reminders know their things, files their names, tickets who is there; and back again."""
    moment = datetime(2024, 5, 1, 12, tzinfo=UTC)
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None)
        session.add(gone := User(username="gone", deleted_at=moment))
        session.add(Task(subject="x", agent_id=ADMIN_ID, due_at=moment, reminder_minutes=0))
        session.flush()
        place = {"brand_id": 1, "department_id": 1, "group_id": 1, "agent_id": gone.id, "follow_up_at": moment}
        for number in range(3):
            session.add(Ticket(number=str(number), portal_token="t", status=1 + number, is_pinned=True, **place))
        session.flush()
        session.add_all(Attachment(name="x", name_on_disk="x", token=str(number), ticket_id=1) for number in range(6))
    migrate.downgrade(engine, "0006")
    names = ["../../etc/passwd", "..", "a\\b", "a/", "50%.txt", "é/é"]
    late = {"now": "2024-05-01T13:00:00.000000+00:00", "then": f"{moment:%Y-%m-%dT%H:%M:%S.%f}+00:00"}
    with engine.begin() as connection:
        for number, name in enumerate(names, 1):
            connection.execute(text("UPDATE attachments SET name = :name WHERE id = :id"), {"name": name, "id": number})
        for source in ("task:1@2024-05-01T12:00:00+00:00", "followup:2@2024-05-01T12:00:00+00:00", None):
            connection.execute(
                text(
                    "INSERT INTO reminders (user_id, category, subject, body, source, occurred_at, raised_at)"
                    " VALUES (2, 'Task', 's', '', :source, :then, :now)"
                ),
                late | {"source": source},
            )
        if engine.dialect.name == "sqlite":
            connection.execute(text("UPDATE tickets SET reply_count_in = 2147483648"))
    migrate.upgrade(engine)
    with reading(engine) as session:
        assert list(session.scalars(select(Attachment.name).order_by(Attachment.id))) == [
            "passwd", "file", "b", "file", "50%.txt", "é",
        ]  # fmt: skip
        found = session.execute(select(Reminder.task_id, Reminder.ticket_id, Reminder.raised_at).order_by(Reminder.id))
        later = moment + timedelta(hours=1)
        assert [tuple(row) for row in found] == [(1, None, moment), (None, 2, moment), (None, None, later)]
        tickets = session.execute(select(Ticket.agent_id, Ticket.is_pinned).order_by(Ticket.id)).all()
        assert [tuple(row) for row in tickets] == [(1, False), (1, False), (gone.id, True)]
        assert set(session.scalars(select(Ticket.reply_count_in))) <= {0, 2**31 - 1}
    migrate.downgrade(engine, "0006")
    with engine.connect() as connection:
        sources = list(connection.scalars(text("SELECT source FROM reminders ORDER BY id")))
    assert sources == ["task:1@2024-05-01T12:00:00+00:00", "followup:2@2024-05-01T12:00:00+00:00", None]


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
