"""How Alembic runs the scripts: on the connection it is given, else on the database named on the command line.

`alembic -x database=URL -x key=FILE upgrade head`, or SMARTERTRACK_EMU_DATABASE_URL and SMARTERTRACK_EMU_KEY_FILE in
the environment. The key is needed where passwords are stored.
"""

import os
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from smartertrack_emu.domain.models import Base
from smartertrack_emu.store import full_text, types
from smartertrack_emu.store.encryption import KeyFile
from smartertrack_emu.store.engine import create_engine


def render(kind: str, item: Any, autogenerating: AutogenContext) -> str | Literal[False]:
    """How a new script writes our types: enumerations as what they are stored as, which later members do not change."""
    if kind != "type":
        return False
    ours: str | None = None
    if isinstance(item, types.IntEnumeration):
        return "sa.SmallInteger()"
    if isinstance(item, types.StrEnumeration):
        return "sa.String(length=32)"
    if isinstance(item, types.Secret):
        return "sa.Text()"
    if isinstance(item, types.UtcDateTime):
        ours = "UtcDateTime"
    elif item is types.KEY:
        ours = "KEY"
    elif item is types.BIG_ID:
        ours = "BIG_ID"
    if ours is None:
        return False
    autogenerating.imports.add(f"from smartertrack_emu.store.types import {ours}")
    return ours + ("()" if ours == "UtcDateTime" else "")


def run(connection: Connection) -> None:
    """Run the scripts; the transaction is the caller's where he began one, and it holds all of them on SQLite too."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transactional_ddl=True,
        render_item=render,
        include_name=full_text.is_declared,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Find the database and run."""
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    named = context.get_x_argument(as_dictionary=True)
    url = named.get("database") or os.environ.get("SMARTERTRACK_EMU_DATABASE_URL")
    if not url:
        raise SystemExit("name the database: alembic -x database=URL ..., or set SMARTERTRACK_EMU_DATABASE_URL")
    key = named.get("key") or os.environ.get("SMARTERTRACK_EMU_KEY_FILE")
    engine = create_engine(url, key=KeyFile(Path(key)) if key else None)
    try:
        with engine.connect() as connection:
            run(connection)
    finally:
        engine.dispose()


main()
