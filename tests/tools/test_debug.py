"""Ours: `make debug` shows errors to browsers on this machine, and `make shell` knows what it says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from smartertrack_emu.domain.models import User
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import writing
from tests.asmx.wire import environ_of, run
from tools import debug, shell

PAGE = "/Services2/svcTickets.asmx"
BROWSER = {"Accept": "text/html,*/*"}


class BrokenError(Exception):
    pass


@pytest.fixture
def application(sqlite_url: str, tmp_path: Path) -> Iterator[Application]:
    engine = create_engine(sqlite_url)
    yield Application(Settings(data=tmp_path), engine)
    engine.dispose()


def broken(*given: Any) -> NoReturn:
    raise BrokenError


def test_errors_of_a_page_are_raised_for_a_browser(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smartertrack_emu.asmx.wsgi.write_wsdl", broken)
    shown = debug.show_errors(application)
    with pytest.raises(BrokenError):
        run(environ_of("GET", PAGE, query="wsdl", headers=BROWSER), shown)
    assert run(environ_of("GET", PAGE, query="wsdl"), shown).status == 500


def test_errors_are_of_one_request(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = debug.show_errors(application)
    with monkeypatch.context() as patched:
        patched.setattr("smartertrack_emu.asmx.wsgi.write_wsdl", broken)
        run(environ_of("GET", PAGE, query="wsdl"), shown)
    assert run(environ_of("GET", PAGE, query="wsdl", headers=BROWSER), shown).status == 200


def test_refusals_are_no_errors(application: Application) -> None:
    assert run(environ_of("GET", "/nowhere", headers=BROWSER), debug.show_errors(application)).status == 404


def test_statements_are_written_without_their_values(engine: Engine) -> None:
    written: list[str] = []
    with debug.echoing(engine, written.append), Session(engine) as session:
        session.scalars(select(User).where(User.username == "s3cret")).all()
    assert any(line.startswith("SQL SELECT users.") and line.endswith("\n") for line in written)
    assert "s3cret" not in "".join(written)
    before = len(written)
    with Session(engine) as session:
        session.scalars(select(User)).all()
    assert len(written) == before


@pytest.mark.parametrize("is_child", [False, True])
def test_only_this_machine_is_served(is_child: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setattr(debug, "run_simple", lambda *given, **options: served.append((given, options)))
    monkeypatch.setattr("smartertrack_emu.logs.configure", lambda _: None)
    monkeypatch.setattr(debug, "is_running_from_reloader", lambda: is_child)
    monkeypatch.setattr(sys, "argv", ["debug", "--port", "1", "--data", str(tmp_path / "data")])
    monkeypatch.setenv("SMARTERTRACK_EMU_HOST", "0.0.0.0")  # noqa: S104 - that is not heeded
    debug.main()
    ((host, port, _), options) = served[0]
    assert (host, port, options["use_evalex"]) == ("127.0.0.1", 1, False)
    assert (tmp_path / "data" / "smartertrack.db").exists() == is_child


def test_the_shell_knows_what_it_says(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        create_initial(session, admin_password_hash="unused", with_structure=False)
    with Session(engine) as session:
        known = shell.names(Settings(data=tmp_path), engine, session)
        said = [line.split()[0] for line in shell.BANNER.splitlines()[:-1]]
        assert said == ["engine", "session", "writing", "desk", "clock"]
        assert {*said, "Ticket", "User", "select", "func"} <= known.keys()
        asked = "session.scalars(select(User.username).order_by(User.id)).all()"
        assert eval(asked, known) == ["queue", "admin", "system"]  # noqa: S307 - as typed into the shell
        with known["writing"]() as changed:
            changed.get(known["User"], 2).display_name = "Changed"
        session.rollback()
        assert eval("session.get(User, 2).display_name", known) == "Changed"  # noqa: S307 - the same
