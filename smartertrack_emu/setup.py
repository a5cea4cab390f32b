"""From settings to a prepared database, and from there to a running server."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from smartertrack_emu import addresses
from smartertrack_emu import seed as seed_file
from smartertrack_emu.config import Settings
from smartertrack_emu.control.state.errors import NotASnapshotError
from smartertrack_emu.control.state.state import State
from smartertrack_emu.domain.across import encryption
from smartertrack_emu.domain.clients import clients
from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.people.initial import claim
from smartertrack_emu.domain.people.models import ADMIN_ID, User
from smartertrack_emu.domain.people.passwords import verify
from smartertrack_emu.domain.people.roles import role_named
from smartertrack_emu.domain.structure.models import Installation
from smartertrack_emu.first_start import FirstStart
from smartertrack_emu.store import disk, migrate
from smartertrack_emu.store.encryption import KeyFile, SecretError, key_of
from smartertrack_emu.store.engine import UnsupportedDatabaseError, create_engine
from smartertrack_emu.store.unit_of_work import reading, write

logger = logging.getLogger(__name__)

DEFAULT_PASSWORD = "admin"  # noqa: S105 - the documented default, refused beyond loopback


class SetupError(Exception):
    """Why the server cannot be set up so; the sentence says what to change."""


def make_engine(settings: Settings) -> Engine:
    """Return the engine of the settings' database, whose directory is made where it is a file."""
    disk.make_directory(settings.data)
    try:
        return create_engine(
            settings.url,
            synchronous=settings.sqlite_synchronous,
            busy_timeout_ms=settings.busy_timeout_ms,
            key=KeyFile(settings.key),
        )
    except UnsupportedDatabaseError as error:
        raise SetupError(str(error)) from None


def prepare(settings: Settings, first: FirstStart | None = None) -> Engine:
    """Migrate the database and fill a new one: from the snapshot where there is one, or else from the seed file.

    `first`: what fills it; it remembers what it has read and computed. SetupError says what is wrong with the settings,
    the snapshot or the seed file, of which nothing stays when it cannot be loaded.
    """
    first = first or FirstStart(settings)
    engine = make_engine(settings)
    _migrate(engine)
    _fill_from_snapshot(engine, settings, first)
    try:
        filled = _is_new(engine) and _fill(engine, first)
    except seed_file.SeedError as error:
        message = f"{settings.seed}: {error}"
        raise SetupError(message) from None
    if not filled:
        _settle_key(engine)
    if settings.seed is not None:
        told = "loaded" if filled else "skipped: the database is not new"
        logger.info("seed file %s %s", settings.seed, told)
    return engine


def _migrate(engine: Engine) -> None:
    if not migrate.is_current(engine):
        logger.info("migrating the database to revision %s", migrate.HEAD)
        migrate.upgrade(engine)


def _is_new(engine: Engine) -> bool:
    with reading(engine) as session:
        return session.get(Installation, 1) is None


def _fill(engine: Engine, first: FirstStart) -> bool:
    """Fill a new database; False where another process was first."""
    first.prepare(seeded=first.has_seed)

    def work(session: Session) -> bool:
        if not claim(session):
            return False
        key = key_of(engine.dialect)
        key.make()
        fingerprint = _fingerprint(key)  # a file that holds no key is refused before it is used
        first.fill(session, seeded=first.has_seed)
        encryption.settle_key(session, fingerprint)
        return True

    return write(engine, work)


def _fill_from_snapshot(engine: Engine, settings: Settings, first: FirstStart) -> None:
    path = settings.snapshot
    if path is None:
        return
    if not _is_new(engine):
        logger.info("snapshot %s skipped: the database is not new", path)
        return
    key = key_of(engine.dialect)
    key.make()
    _fingerprint(key)
    try:
        with path.open("rb") as packed:
            state_of(settings, engine, first).fill_from(packed)
    except NotASnapshotError as error:
        message = f"{path} is no snapshot that can be used here: {error}."
        raise SetupError(message) from None
    except NotPossible as error:
        raise SetupError(str(error)) from None
    logger.info("snapshot %s restored", path)


def _settle_key(engine: Engine) -> None:
    """See to it that the key is the one that the database's secrets are encrypted with, or shall be from now on."""
    key = key_of(engine.dialect)
    with reading(engine) as session:
        settled = encryption.settled_key(session)
    if settled is None:
        key.make()
        settled = write(engine, lambda session: encryption.settle_key(session, _fingerprint(key)))
    if not key.path.exists():
        wrong = "is missing"
    elif _fingerprint(key) != settled:
        wrong = "holds another key"
    else:
        return
    message = (
        f"The key file {key.path} {wrong}: the passwords of telephone accounts and other installations in this "
        "database are encrypted with its key. Put it back from a backup, or copy it from another server of the same "
        "database; SMARTERTRACK_EMU_KEY_FILE says where it lies. Where the key is lost, `smartertrack-emu key forget` "
        "gives up these passwords and nothing else."
    )
    raise SetupError(message)


def _fingerprint(key: KeyFile) -> str:
    try:
        return key.fingerprint
    except SecretError:
        message = f"The key file {key.path} does not hold a key. Put it back from a backup."
        raise SetupError(message) from None


def forget_key(settings: Settings) -> int:
    """Empty the stored passwords that the key at hand cannot decrypt, use it from now on, and say how many they were.

    A key is made where there is none.
    """
    engine = make_engine(settings)
    try:
        _migrate(engine)
        key = key_of(engine.dialect)
        key.make()
        _fingerprint(key)
        return write(engine, lambda session: encryption.replace_key(session, key))
    finally:
        engine.dispose()


def state_of(settings: Settings, engine: Engine, first: FirstStart) -> State:
    """Return what resets and keeps the state of a server."""
    return State(engine, settings.attachments, settings.snapshots, first)


def load_seed(settings: Settings, path: Path) -> None:
    """Load a seed file into a database, new or not, in one transaction."""
    engine = prepare(settings)
    try:
        document = seed_file.read(path)
        write(engine, lambda session: seed_file.load(session, document, attachments=settings.attachments))
    except seed_file.SeedError as error:
        message = f"{path}: {error}"
        raise SetupError(message) from None
    finally:
        engine.dispose()


def refuse_default_password(engine: Engine, host: str) -> None:
    """Raise SetupError where others could reach an administrator whose password everybody knows."""
    if addresses.is_loopback(host):
        return
    with reading(engine) as session:
        stored = session.scalar(select(User.password_hash).where(User.id == ADMIN_ID))
    if verify(stored, DEFAULT_PASSWORD):
        message = (
            f"The administrator's password is '{DEFAULT_PASSWORD}': not listening on {host}, beyond this machine. "
            "Change it with `smartertrack-emu user password admin`, or set SMARTERTRACK_EMU_ADMIN_PASSWORD before the "
            "first start."
        )
        raise SetupError(message)


def serve(settings: Settings) -> None:
    """Prepare the database and serve until a signal to stop."""
    from smartertrack_emu import compose, logs, serving  # noqa: PLC0415 - Spyne and Waitress are for the server alone
    from smartertrack_emu.control.api.emulator import Started  # noqa: PLC0415 - the same
    from smartertrack_emu.control.watching.counters import Counters  # noqa: PLC0415 - the same

    if settings.workers > 1 and not serving.CAN_FORK:
        message = (
            f"{settings.workers} workers cannot serve on this system, which has no fork: leave --workers (or "
            "SMARTERTRACK_EMU_WORKERS) at 1. --threads says how many calls are carried out at once."
        )
        raise SetupError(message)
    log = logs.configure(settings)
    first = FirstStart(settings)
    engine = prepare(settings, first)
    refuse_default_password(engine, settings.host)
    try:
        listener = serving.listen(settings.host, settings.port)
    except OSError as error:
        message = f"Cannot listen on {settings.host}, port {settings.port}: {error.strerror or error}."
        raise SetupError(message) from None
    own_url = addresses.listening_url(*listener.getsockname()[:2])
    if not settings.base_url and not addresses.is_loopback(settings.host):
        logger.info("links in mails lead to %s; SMARTERTRACK_EMU_BASE_URL sets another address", own_url)

    started, counters = Started(), Counters(compose.CATALOGUE)

    def make() -> compose.Application:
        return compose.Application(
            settings,
            engine,
            log if settings.log_requests else None,
            own_url=own_url,
            started=started,
            first_start=first,
            counters=counters,
        )

    serving.serve(
        make,
        listener,
        workers=settings.workers,
        begin_jobs=partial(compose.begin_jobs, settings, engine, own_url=own_url, counters=counters)
        if settings.jobs
        else None,
        **compose.server_options(settings, engine),
    )
    if settings.snapshot_at_exit is not None:
        state_of(settings, engine, first).write_to(settings.snapshot_at_exit)
        logger.info("the state is kept in %s", settings.snapshot_at_exit)
    engine.dispose()


def run_jobs(settings: Settings) -> None:
    """Prepare the database and run the background jobs until a signal to stop."""
    from smartertrack_emu import compose, logs, serving  # noqa: PLC0415 - see `serve`

    logs.configure(settings)
    engine = prepare(settings)
    own_url = addresses.listening_url(settings.host, settings.port)
    serving.run_jobs(partial(compose.begin_jobs, settings, engine, own_url=own_url))
    engine.dispose()


def add_user(
    settings: Settings, *, username: str, password: str, email: str, display_name: str, roles: Sequence[str]
) -> int:
    """Create a user with the roles Everyone, Registered User and those named, and return their id.

    HelpdeskError says what is wrong with a value.
    """
    engine = prepare(settings)

    def work(session: Session) -> int:
        role_ids = [role_named(session, name) for name in roles]
        return users.create(
            session,
            users.SYSTEM,
            username=username,
            password=password,
            email=email,
            display_name=display_name,
            role_ids=(*users.REGISTERED, *role_ids),
        )

    try:
        return write(engine, work)
    finally:
        engine.dispose()


def set_password(settings: Settings, *, username: str, password: str) -> None:
    """Give a user a new password; HelpdeskError where there is no such user, or they have none."""
    engine = prepare(settings)

    def work(session: Session) -> None:
        user = users.find_by_username(session, username)
        users.set_password(session, users.SYSTEM, user.id, password)

    try:
        write(engine, work)
    finally:
        engine.dispose()


def add_token(settings: Settings, client_id: int) -> str:
    """Give a client of the jtel dialect a new token, and return it; HelpdeskError where there is no such client."""
    engine = prepare(settings)
    try:
        return write(engine, lambda session: clients.add_token(session, client_id))
    finally:
        engine.dispose()


def remove_token(settings: Settings, client_id: int, hint: str) -> None:
    """Remove the one token of a client that begins with these characters; HelpdeskError."""
    engine = prepare(settings)
    try:
        write(engine, lambda session: clients.remove_token(session, client_id, hint))
    finally:
        engine.dispose()
