"""Databases that `create_initial` has filled, and seed files written in the tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import Engine

from smartertrack_emu import seed
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.store.unit_of_work import writing

Load = Callable[[str], None]

DATA = Path(__file__).parents[1] / "data" / "acme.yaml"
EXAMPLE = Path(__file__).parents[2] / "examples" / "acme.yaml"


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A database with what every installation has, on both kinds."""
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None, with_structure=False)
    return engine


@pytest.fixture
def load(filled: Engine, tmp_path: Path) -> Load:
    """Load the text of a seed file in a transaction of its own."""

    def load_text(text: str) -> None:
        document = seed.parse(dedent(text))
        with writing(filled) as session:
            seed.load(session, document, attachments=tmp_path / "attachments")

    return load_text


@pytest.fixture
def problems(load: Load) -> Callable[[str], list[str]]:
    """Load a seed file that is wrong, and return what is said of it."""

    def load_wrong(text: str) -> list[str]:
        with pytest.raises(seed.SeedError) as raised:
            load(text)
        return list(raised.value.problems)

    return load_wrong
