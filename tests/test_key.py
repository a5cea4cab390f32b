"""Starting with the key, without it and with another one: ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text

from smartertrack_emu import setup
from smartertrack_emu.config import Settings
from smartertrack_emu.domain.models import TransferServer
from smartertrack_emu.setup import SetupError
from smartertrack_emu.store.unit_of_work import reading
from tests.processes import run

SEED = Path(__file__).parent / "data" / "acme.yaml"


@pytest.fixture
def settings(tmp_path: Path, empty_database_url: str) -> Settings:
    return Settings(data=tmp_path / "first", database_url=empty_database_url, seed=SEED, sqlite_synchronous="OFF")


def elsewhere(settings: Settings, **changed: object) -> Settings:
    """Another server of the same database, with a directory of its own."""
    return settings.model_copy(update={"data": settings.data.parent / "second", **changed})


def prepare(settings: Settings) -> list[str]:
    """Start, and read what is secret."""
    engine = setup.prepare(settings)
    try:
        with reading(engine) as session:
            return list(session.scalars(select(TransferServer.password)))
    finally:
        engine.dispose()


def test_the_first_start_makes_a_key_and_the_next_ones_use_it(settings: Settings) -> None:
    assert prepare(settings) == ["admin"]
    assert settings.key == settings.data / "secret.key"
    made = settings.key.read_bytes()
    assert prepare(settings) == ["admin"]
    assert settings.key.read_bytes() == made


def test_the_key_may_lie_elsewhere(settings: Settings, tmp_path: Path) -> None:
    settings = settings.model_copy(update={"key_file": tmp_path / "keys" / "mine"})
    assert prepare(settings) == ["admin"]
    assert (tmp_path / "keys" / "mine").exists()
    assert not (settings.data / "secret.key").exists()


def test_another_server_of_the_database_needs_the_same_key(settings: Settings) -> None:
    prepare(settings)
    second = elsewhere(settings)
    with pytest.raises(SetupError, match=f"The key file {second.key} is missing"):
        prepare(second)
    assert not second.key.exists()
    assert prepare(elsewhere(settings, key_file=settings.key)) == ["admin"]
    second.data.mkdir(exist_ok=True)
    second.key.write_bytes(settings.key.read_bytes())
    assert prepare(second) == ["admin"]


@pytest.mark.parametrize(
    ("content", "wrong"), [(b"A" * 43 + b"=\n", "holds another key"), (b"", "does not hold a key")]
)
def test_a_wrong_key(settings: Settings, content: bytes, wrong: str) -> None:
    prepare(settings)
    good = settings.key.read_bytes()
    settings.key.write_bytes(content)
    for start in (prepare, lambda it: setup.load_seed(it, SEED)):
        with pytest.raises(SetupError, match=f"^The key file {settings.key} {wrong}"):
            start(settings)
    settings.key.write_bytes(good)
    assert prepare(settings) == ["admin"]


def test_a_key_that_is_none_leaves_a_new_database_new(settings: Settings) -> None:
    settings.data.mkdir()
    settings.key.write_bytes(b"not a key")
    with pytest.raises(SetupError, match="does not hold a key"):
        prepare(settings)
    settings.key.unlink()
    assert prepare(settings) == ["admin"]


def test_a_database_without_a_settled_key_takes_the_first_one(settings: Settings) -> None:
    """As an upgrade leaves one that had no passwords."""
    prepare(settings)
    engine = setup.make_engine(settings)
    with engine.begin() as connection:
        connection.execute(text("UPDATE installation SET key_fingerprint = NULL"))
        connection.execute(text("UPDATE transfer_servers SET password = ''"))
    engine.dispose()
    second = elsewhere(settings)
    assert prepare(second) == [""]
    assert second.key.exists()
    with pytest.raises(SetupError, match="holds another key"):
        prepare(settings)


def test_going_on_without_a_lost_key(settings: Settings) -> None:
    prepare(settings)
    settings.key.unlink()
    with pytest.raises(SetupError, match="smartertrack-emu key forget"):
        prepare(settings)
    assert setup.forget_key(settings) == 2  # an account's and an installation's
    assert prepare(settings) == [""]
    assert setup.forget_key(settings) == 0


def test_nothing_is_forgotten_that_the_key_decrypts(settings: Settings) -> None:
    prepare(settings)
    assert setup.forget_key(settings) == 0
    assert prepare(settings) == ["admin"]


def test_the_command_line(tmp_path: Path) -> None:
    assert run(tmp_path, "init").returncode == 0
    key = tmp_path / "data" / "secret.key"
    key.unlink()
    done = run(tmp_path, "user", "password", "admin", "--password", "new-pw")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The key file data/secret.key is missing")
    assert len(done.stderr.splitlines()) == 1
    refused = run(tmp_path, "key", "forget", input="n\n")
    assert (refused.returncode, key.exists()) == (1, False)
    done = run(tmp_path, "key", "forget", "--yes")
    assert done.stdout == f"emptied: 0 passwords; the key is in {Path('data') / 'secret.key'}\n"
    assert run(tmp_path, "init").returncode == 0
