"""Keys and secrets, and what is in the database of them: ours."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, inspect, select, text, update
from sqlalchemy.exc import StatementError

from smartertrack_emu.domain.across.encryption import SECRETS
from smartertrack_emu.domain.models import Base, TransferServer
from smartertrack_emu.store import encryption, migrate
from smartertrack_emu.store.encryption import KeyFile, SecretError
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.types import Secret
from smartertrack_emu.store.unit_of_work import reading, writing


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    key = KeyFile(tmp_path / "keys" / "secret.key")
    key.make()
    return key


def again(key: KeyFile) -> KeyFile:
    """The same file as another process finds it."""
    return KeyFile(key.path)


def another(tmp_path: Path) -> KeyFile:
    key = KeyFile(tmp_path / "another.key")
    key.make()
    return key


# The file


def test_a_key_is_made_once_and_for_its_owner_alone(key: KeyFile) -> None:
    made = key.path.read_bytes()
    assert len(made.splitlines()) == 1
    assert key.path.stat().st_mode & 0o777 == 0o600
    again(key).make()
    assert key.path.read_bytes() == made
    assert list(key.path.parent.iterdir()) == [key.path]


def test_several_may_be_first(tmp_path: Path) -> None:
    keys = [KeyFile(tmp_path / "secret.key") for _ in range(8)]

    def make(key: KeyFile) -> str:
        key.make()
        return key.fingerprint

    with ThreadPoolExecutor(len(keys)) as pool:
        assert len(set(pool.map(make, keys))) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "secret.key"]


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "link")
    key = another(tmp_path)
    assert key.decrypt(key.encrypt("a")) == "a"
    assert list(tmp_path.iterdir()) == [key.path]


def test_fingerprints_tell_keys_apart(key: KeyFile, tmp_path: Path) -> None:
    assert again(key).fingerprint == key.fingerprint != another(tmp_path).fingerprint
    assert key.path.read_text().strip() not in key.fingerprint


@pytest.mark.parametrize("content", [b"", b"secret", b"\xff" * 44, b"A" * 40, b"A" * 44 + b"="])
def test_what_is_no_key(tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    with pytest.raises(SecretError, match="does not hold a key"):
        _ = KeyFile(path).fingerprint
    for use in (KeyFile.encrypt, KeyFile.decrypt):
        with pytest.raises(SecretError, match="does not hold a key") as caught:
            use(KeyFile(path), "a")
        assert str(path) not in str(caught.value)
    assert str(path) in caplog.text


def test_a_key_that_is_missing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "secret.key"
    with pytest.raises(SecretError, match="key file is missing") as caught:
        KeyFile(path).encrypt("a")
    assert str(path) not in str(caught.value)
    assert str(path) in caplog.text
    with pytest.raises(FileNotFoundError):
        _ = KeyFile(path).fingerprint


# The texts


@given(st.text())
def test_what_is_encrypted_comes_back(said: str) -> None:
    assert KEY.decrypt(KEY.encrypt(said)) == said


@given(st.text())
def test_what_was_not_encrypted_is_refused(stored: str) -> None:
    with pytest.raises(SecretError):
        KEY.decrypt(stored)


class _Fixed(KeyFile):
    def __init__(self) -> None:
        super().__init__(Path("nowhere"))
        self._key = b"k" * 32


KEY = _Fixed()


def test_what_was_changed_or_is_of_another_key_is_refused(
    key: KeyFile, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stored = key.encrypt("sip-pw")
    changed = stored[:-2] + ("A" if stored[-2] != "A" else "B") + stored[-1]
    with caplog.at_level(logging.ERROR):
        for reader, text_ in ((key, changed), (another(tmp_path), stored)):
            with pytest.raises(SecretError, match="not encrypted with the key that this server has"):
                reader.decrypt(text_)
    assert "sip-pw" not in caplog.text
    assert len(caplog.records) == 2
    assert all(record.exc_info is None for record in caplog.records)


# The column


@pytest.fixture
def stored(engine: Engine) -> Iterator[str]:
    """What the database holds of a password `admin-pw`."""
    with writing(engine) as session:
        server = {"name": "Other", "url": "http://127.0.0.1:1", "username": "admin"}
        session.execute(insert(TransferServer).values(id=1, **server, password="admin-pw"))
        session.add(TransferServer(id=2, **{**server, "name": "None"}, password=""))
    with engine.connect() as connection:
        yield connection.scalar(text("SELECT password FROM transfer_servers WHERE id = 1"))


def passwords(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(TransferServer.password).order_by(TransferServer.id)))


def test_the_database_does_not_have_it_in_clear(engine: Engine, stored: str) -> None:
    assert "admin" not in stored
    assert passwords(engine) == ["admin-pw", ""]
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT password FROM transfer_servers WHERE id = 2")) == ""
    with writing(engine) as session:
        session.execute(update(TransferServer).where(TransferServer.id == 2).values(password="x" * 5000))
    assert passwords(engine) == ["admin-pw", "x" * 5000]


def test_without_the_key(engine: Engine, stored: str, database_url: str, tmp_path: Path) -> None:
    for key, why in ((None, "no key file is named"), (another(tmp_path), "not encrypted with the key")):
        keyless = create_engine(database_url, key=key)
        try:
            with pytest.raises(SecretError, match=why):
                passwords(keyless)
        finally:
            keyless.dispose()
    keyless = create_engine(database_url)
    try:
        with pytest.raises(StatementError, match="no key file is named") as caught, writing(keyless) as session:
            session.execute(update(TransferServer).values(password="new-pw"))
    finally:
        keyless.dispose()
    assert isinstance(caught.value.orig, SecretError)
    assert "new-pw" not in str(caught.value)
    assert passwords(engine) == ["admin-pw", ""]


def test_every_secret_is_known_by_name() -> None:
    declared = {
        column for table in Base.metadata.tables.values() for column in table.c if isinstance(column.type, Secret)
    }
    assert declared == set(SECRETS)


def test_the_library_is_not_imported_before_it_is_needed(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from smartertrack_emu import compose, setup
from smartertrack_emu.config import Settings
setup.prepare(Settings(data=Path({str(tmp_path)!r}))).dispose()
sys.exit(any(name.startswith(("cryptography", "zeep")) for name in sys.modules))
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# The migration

BEFORE = str(ScriptDirectory.from_config(migrate.configuration()).get_revision("0008").down_revision)


@pytest.fixture
def before(empty_database_url: str, key: KeyFile) -> Iterator[Engine]:
    """A database of the revision that had passwords in clear."""
    engine = create_engine(empty_database_url, synchronous="OFF", key=again(key))
    migrate.upgrade(engine)
    migrate.downgrade(engine, BEFORE)
    yield engine
    engine.dispose()


def fill(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO installation (id, server_name, time_zone, rights_version, created_at) "
                "VALUES (1, 'Acme', 'UTC', 1, '2024-01-02T03:04:05.000000+00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO transfer_servers (id, name, name_key, url, username, password) "
                "VALUES (1, 'a', 'a', 'b', 'b', 'clear-ä'), (2, 'c', 'c', 'd', 'd', '')"
            )
        )


def raw(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT password FROM transfer_servers ORDER BY id")))


def test_present_passwords_are_encrypted_and_decrypted(before: Engine, key: KeyFile) -> None:
    fill(before)
    migrate.upgrade(before)
    encrypted, empty = raw(before)
    assert (key.decrypt(encrypted), empty) == ("clear-ä", "")
    assert passwords(before) == ["clear-ä", ""]
    with before.connect() as connection:
        assert connection.scalar(text("SELECT key_fingerprint FROM installation")) == key.fingerprint

    migrate.downgrade(before, BEFORE)
    assert raw(before) == ["clear-ä", ""]
    assert "key_fingerprint" not in {column["name"] for column in inspect(before).get_columns("installation")}


def test_upgrading_makes_a_key_where_it_needs_one(before: Engine, key: KeyFile) -> None:
    key.path.unlink()
    migrate.upgrade(before)
    assert not key.path.exists()
    migrate.downgrade(before, BEFORE)
    fill(before)
    encryption.give_key(before, again(key))
    migrate.upgrade(before)
    assert passwords(before) == ["clear-ä", ""]
    assert key.path.exists()


def test_upgrading_without_a_key_changes_nothing(before: Engine) -> None:
    fill(before)
    encryption.give_key(before, None)
    with pytest.raises(migrate.MigrationError, match="no key file is named"):
        migrate.upgrade(before)
    assert raw(before) == ["clear-ä", ""]
    assert not migrate.is_current(before)


def test_downgrading_without_the_key_changes_nothing(before: Engine, tmp_path: Path) -> None:
    fill(before)
    migrate.upgrade(before)
    encrypted = raw(before)
    missing = KeyFile(tmp_path / "missing.key")
    for wrong, why in ((None, "no key file"), (another(tmp_path), "not encrypted with"), (missing, "is missing")):
        encryption.give_key(before, wrong)
        with pytest.raises(migrate.MigrationError, match=why):
            migrate.downgrade(before, BEFORE)
        assert raw(before) == encrypted
        assert migrate.is_current(before)
    assert not missing.path.exists()
