"""Naming items: numbers are seen, `kind:ID` is ours. No text crashes: each names an item or is refused."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from smartertrack_emu.domain import items
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.store import migrate
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import reading


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session on a database with nothing in it."""
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('items') / 'smartertrack.db'}", synchronous="OFF")
    migrate.upgrade(engine)
    with reading(engine) as session:
        yield session
    engine.dispose()


@given(
    st.text()
    | st.from_regex(r"(ticket|Chat|CALLLOG|task) ?: ?[0-9]{1,12}")
    | st.from_regex(r"[0-9a-fA-F]{3}-[0-9a-fA-F]{8}-[0-9a-fA-F]{4}")
)
@example("\x00")
@example("ticket:\ud800")
@example("ticket:999999999")
@example("168-24f24a57-000e\n")
def test_no_text_crashes(session: Session, text: str) -> None:
    with pytest.raises((BadValue, NotFound)) as raised:
        items.find(session, SYSTEM, text)
    assert str(raised.value).encode()
    assert isinstance(raised.value, NotFound) or str(raised.value).startswith("item: ")
