"""Evidence: ours. Reset: data, files, clock and journal as at a first start, told over HTTP and by the functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text

from smartertrack_emu.compose import Application
from smartertrack_emu.control import faults
from smartertrack_emu.desk.callers import Credentials
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import LoginFailed, NotPossible
from smartertrack_emu.domain.models import Attachment, Brand, Event, Installation, Ticket, User
from smartertrack_emu.domain.structure import emulation
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.services.api import Api

from .conftest import Start


def everything(engine: Engine, shape: Mapping[str, Collection[str]] | None = None) -> dict[str, list[Any]]:
    """All rows of all tables, but what a first start makes anew each time: moments, tokens, hashes, marks.

    `shape`: of these tables and columns alone.
    """
    found: dict[str, list[Any]] = {}
    with reading(engine) as session:
        for table in Base.metadata.sorted_tables:
            if shape is not None and table.name not in shape:
                continue
            columns = [
                column
                for column in table.c
                if (shape is None or column.name in shape[table.name])
                and not column.name.endswith(("_at", "_since", "_hash", "epoch", "rights_version", "_on_disk"))
                and column.name
                not in {
                    "token",
                    "password",
                    "arguments",
                    "number",
                    "guid",
                    "clock_frozen_us",
                    "heading",
                    "portal_token",
                    "idle_since",
                    "activity_span",
                }
            ]
            found[table.name] = sorted(map(tuple, session.execute(select(*columns))), key=repr)
    return found


def story(api: Api) -> tuple[int, int]:
    """What somebody does, and the ids that they are given."""
    made = {"senderEmailAddress": "dora@example.com", "subject": "Fire", "body": "It burns.", "groupID": 1}
    ticket = api.tickets("alice").CreateIncomingTicket(made)
    assert ticket.Result, ticket.Message
    chosen = select(func.max(Ticket.id), select(func.max(Event.id)).scalar_subquery())
    with reading(api.engine) as session:
        ticket_id, event_id = session.execute(chosen).one()
    return ticket_id, event_id


def count(engine: Engine, model: type[Any]) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_to_seed_is_a_first_start(application: Application) -> None:
    engine = application.desk.engine
    before = everything(engine)
    with writing(engine) as session:
        session.execute(text("UPDATE tickets SET subject = 'changed'"))
        session.add(Brand(name="Another"))
    assert everything(engine) != before
    application.state.reset("seed")
    assert everything(engine) == before


def test_to_empty_is_a_first_start_without_a_seed_file(application: Application, start: Start) -> None:
    application.state.reset("empty")
    assert count(application.desk.engine, Ticket) == 0
    assert count(application.desk.engine, Brand) == 1
    restarted = start()
    assert count(restarted.desk.engine, Ticket) == 0, "a restart does not seed it"


def test_ids_begin_again(application: Application) -> None:
    engine = application.desk.engine

    def add() -> int:
        with writing(engine) as session:
            brand = Brand(name="Another")
            session.add(brand)
            session.flush()
            return brand.id

    first = add()
    for _ in range(2):
        application.state.reset()
        assert add() == first


def test_seed_without_a_seed_file_is_refused(start: Start) -> None:
    application = start(seed=None)
    with pytest.raises(NotPossible, match="no seed file"):
        application.state.reset("seed")
    application.state.reset("empty")


def test_a_seed_file_that_cannot_be_loaded_changes_nothing(
    application: Application, start: Start, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("tickets:\n  - subject: x\n    department: Nowhere\n    customer: a@example.com\n")
    again = start(seed=broken)
    before = everything(again.desk.engine)
    with pytest.raises(NotPossible, match="seed file cannot be loaded"):
        again.state.reset()
    assert everything(again.desk.engine) == before


def test_what_was_remembered_is_forgotten(application: Application) -> None:
    desk = application.desk

    def log_in(name: str, password: str) -> str:
        return desk.call(Credentials(name, password, ""), lambda _, actor: actor.username)

    def rename(session: Any) -> None:
        session.execute(text("UPDATE users SET username = 'root', username_key = 'root' WHERE username = 'admin'"))

    assert log_in("admin", "admin") == "admin"
    desk.write(rename)
    with pytest.raises(LoginFailed):
        log_in("admin", "admin")
    application.state.reset()
    assert log_in("admin", "admin") == "admin"


def test_the_clock_is_the_machines_again_and_the_seeds_moments_are_relative_to_it(application: Application) -> None:
    desk = application.desk
    ahead = clock.Setting(timedelta(days=4000))
    desk.write(lambda session: emulation.set_clock(session, ahead))
    application.state.reset()
    opened = desk.read(lambda session: session.scalar(select(func.max(Ticket.opened_at))))
    created = desk.read(lambda session: session.scalar(select(Installation.created_at)))
    now = datetime.now(UTC)
    assert opened is not None
    assert created is not None
    assert opened < now + timedelta(days=2)
    assert now - timedelta(minutes=5) < created <= now
    assert abs(clock.now() - now) < timedelta(minutes=5)


def test_other_processes_notice(application: Application, start: Start) -> None:
    other = start()
    assert other.desk.read(lambda session: session.scalar(select(func.count()).select_from(Ticket)))
    application.desk.write(lambda session: emulation.set_clock(session, clock.Setting(timedelta(days=4000))))
    other.desk.read(lambda session: session.scalar(select(1)))
    application.state.reset("empty")
    assert other.desk.read(lambda session: session.scalar(select(func.count()).select_from(Ticket))) == 0
    assert other.desk.shared._epoch == application.desk.read(emulation.epoch)


def test_files_that_nobody_needs_are_thrown_away(application: Application) -> None:
    root = application.settings.attachments
    with reading(application.desk.engine) as session:
        kept = {digest for digest in session.scalars(select(Attachment.sha256)) if digest}
    (root / "ab").mkdir(exist_ok=True)
    (root / "ab" / ("ab" + "0" * 62)).write_bytes(b"not named")
    (root / "parts").mkdir(exist_ok=True)
    (root / "parts" / "token").write_bytes(b"unfinished")
    application.state.reset()
    assert {path.name for path in root.rglob("*") if path.is_file()} == kept


def test_faults_are_forgotten_in_all_processes(application: Application, start: Start) -> None:
    desk, other = application.desk, start().desk
    fault = faults.Fault(match={}, effect={"kind": "http", "status": 503})
    desk.write(lambda session: faults.add(session, desk.engine, fault))
    for one in (desk, other):
        one.read(emulation.epoch)
        assert one.faults is not None
        assert one.faults.any_set
    application.state.reset()
    for one in (desk, other):
        one.read(emulation.epoch)
        assert one.faults is not None
        assert not one.faults.any_set
    assert faults.count(desk.engine) == 0


def test_the_password_of_who_is_reached_by_others_stays(start: Start) -> None:
    """Beyond loopback nobody gets an administrator whose password everybody knows."""
    first = start(admin_password="of my own")
    again = start(host="0.0.0.0")  # noqa: S104 - nobody listens

    def stored() -> str | None:
        with reading(again.desk.engine) as session:
            return session.scalar(select(User.password_hash).where(User.username == "admin"))

    before = stored()
    again.state.reset()
    assert stored() == before
    first.state.reset()
    again.desk.call(Credentials("admin", "of my own", ""), lambda *_: None)


def test_over_http_the_same_story_gets_the_same_numbers(served: Api, application: Application) -> None:
    told = []
    for _ in range(3):
        told.append(story(served))
        application.state.reset()
    assert told[0] == told[1] == told[2]
