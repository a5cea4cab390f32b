"""`make shell`: a Python shell with the engine, a session, the models and the desk at hand."""

from __future__ import annotations

import argparse
import code
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from smartertrack_emu import compose, setup
from smartertrack_emu.config import Settings
from smartertrack_emu.domain import clock, models
from smartertrack_emu.private_files import keep_private
from smartertrack_emu.store.unit_of_work import writing

BANNER = """\
engine    the database, {url}
session   a session on it that sees this moment; session.rollback() looks anew, and drops what you changed
writing   with writing() as changed: a session whose changes are kept when the block ends
desk      the desk that serves it, as calls get it
clock     the domain's clock
and the models (Ticket, User, ...), select and func"""


def names(settings: Settings, engine: Engine, session: Session) -> dict[str, Any]:
    """Return what the shell knows, by its names."""
    return {
        **{name: getattr(models, name) for name in models.__all__},
        "select": sqlalchemy.select,
        "func": sqlalchemy.func,
        "clock": clock,
        "desk": compose.make_desk(settings, engine),
        "engine": engine,
        "session": session,
        "writing": partial(writing, engine),
    }


def main() -> None:
    """Prepare the database and be a shell until its end."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--seed", type=Path)
    given = parser.parse_args()
    settings = Settings(data=given.data, seed=given.seed)
    keep_private(settings)
    engine = setup.prepare(settings)
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415 - importing it is what gives the shell its history; not every system has it
    url = engine.url.render_as_string(hide_password=True)
    with Session(engine) as session:
        code.interact(BANNER.format(url=url), local=names(settings, engine, session), exitmsg="")
    engine.dispose()


if __name__ == "__main__":
    main()
