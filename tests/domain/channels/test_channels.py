"""Channels: rights documented, that short-lived ones end seen, the rest ours. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across.event_arguments import tell
from smartertrack_emu.domain.channels import channels
from smartertrack_emu.domain.channels.models import ChannelMember, ChannelMessage
from smartertrack_emu.domain.errors import AlreadyExists, BadValue, NotFound, NotPossible, PermissionDenied
from smartertrack_emu.domain.events import reading as events
from smartertrack_emu.domain.models import RoleRight
from smartertrack_emu.domain.people.models import BuiltInRole
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.store.unit_of_work import writing
from tests.services.conftest import seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
ADMIN, ALICE, BOB, CUSTOMER = 2, 4, 5, 8


@pytest.fixture
def session(seeded_engine: Engine) -> Iterator[Session]:
    """A transaction on the seed file's data, in which agents may use channels and not make them."""
    with writing(seeded_engine) as session, clock.frozen(NOW):
        rights = (Right.LIVE_CHAT_CHAT_ROOMS, Right.LIVE_CHAT_CREATE_CHAT_ROOMS)
        session.execute(delete(RoleRight).where(RoleRight.right.in_(rights)))
        session.execute(insert(RoleRight).values(role_id=int(BuiltInRole.AGENT), right=rights[0]))
        yield session


def told(session: Session) -> list[tuple[str, dict[str, object]]]:
    found, _ = events.page(session, tell, types=(505000, 505001, 505002), limit=100)
    return [(one.by, one.arguments) for one in found]


def kinds(session: Session) -> list[int]:
    return [one.type for one in events.page(session, tell, types=(505000, 505001, 505002), limit=100)[0]]


def test_a_whole_life(session: Session) -> None:
    channel = channels.create(session, SYSTEM, name="Night", short_lived=True)
    channels.join(session, channel.id, ALICE)
    channels.join(session, channel.id, ALICE)  # nothing happens
    channels.invite(session, channel.id, from_id=ALICE, to_id=BOB, message="Come in.")
    channels.join(session, channel.id, BOB)
    said = channels.say(session, channel.id, BOB, "Hello.")
    assert (said.author_id, said.body, said.sent_at) == (BOB, "Hello.", NOW)
    assert channels.members(session, [channel.id]) == {channel.id: ["alice", "bob"]}
    assert [one.body for one in channels.messages(session, channel.id, limit=10)[0]] == ["Hello."]
    channels.leave(session, channel.id, ALICE)
    assert channels.page(session, limit=10)[1] == 1
    channels.leave(session, channel.id, BOB)
    assert channels.page(session, limit=10) == ([], 0)  # with the last of them it ends
    for left in (ChannelMember, ChannelMessage):
        assert session.scalars(select(left)).all() == []
    assert kinds(session) == [505000, 505002, 505000, 505001, 505001]
    by, arguments = told(session)[1]
    assert by == "alice"
    wanted = {"agentUsername": "bob", "channel": "Night", "message": "Come in.", "fromAgentUsername": "alice"}
    assert {name: arguments[name] for name in wanted} == wanted


def test_one_that_stays(session: Session) -> None:
    channel = channels.create(session, SYSTEM, name="Day")
    channels.join(session, channel.id, ALICE)
    channels.leave(session, channel.id, ALICE)
    assert channels.members(session, [channel.id]) == {channel.id: []}
    channels.delete(session, channel.id)
    with pytest.raises(NotFound):
        channels.get(session, channel.id)


def test_rights(session: Session) -> None:
    agent = Principal(ALICE, "alice", "Alice", "", frozenset({4}), frozenset(), True, False, False, frozenset())
    with pytest.raises(PermissionDenied):
        channels.create(session, agent, name="Mine")
    channel = channels.create(session, SYSTEM, name="Ours")
    channels.join(session, channel.id, ALICE)
    session.execute(delete(RoleRight).where(RoleRight.right == Right.LIVE_CHAT_CHAT_ROOMS))
    for wrong in (
        lambda: channels.join(session, channel.id, BOB),
        lambda: channels.say(session, channel.id, ALICE, "Hm."),
        lambda: channels.invite(session, channel.id, from_id=ALICE, to_id=BOB),
    ):
        with pytest.raises(PermissionDenied):
            wrong()
    channels.join(session, channel.id, ADMIN)  # administrators have every right
    channels.leave(session, channel.id, ALICE)  # leaving needs none


def test_refusals(session: Session) -> None:
    channel = channels.create(session, SYSTEM, name="Night")
    with pytest.raises(AlreadyExists):
        channels.create(session, SYSTEM, name="NIGHT")
    with pytest.raises(BadValue):
        channels.create(session, SYSTEM, name=" ")
    with pytest.raises(NotFound):
        channels.join(session, 99, ALICE)
    with pytest.raises(BadValue):
        channels.join(session, channel.id, CUSTOMER)
    with pytest.raises(NotFound):
        channels.join(session, channel.id, 99)
    with pytest.raises(NotPossible):
        channels.leave(session, channel.id, ALICE)
    with pytest.raises(NotPossible):
        channels.say(session, channel.id, ALICE, "Hm.")
    with pytest.raises(NotPossible):
        channels.invite(session, channel.id, from_id=ALICE, to_id=BOB)
    channels.join(session, channel.id, ALICE)
    channels.join(session, channel.id, BOB)
    with pytest.raises(NotPossible, match="already"):
        channels.invite(session, channel.id, from_id=ALICE, to_id=BOB)
    for text in (" ", "x" * 10_001, "a\0"):
        with pytest.raises(BadValue):
            channels.say(session, channel.id, ALICE, text)
