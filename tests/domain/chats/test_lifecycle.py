"""A chat's life from the customer's side: assignment as the product's, counts documented, the rest ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.chats import lifecycle
from smartertrack_emu.domain.chats.models import Chat, ChatMessage, SenderKind
from smartertrack_emu.domain.errors import BadValue, NotFound, NotPossible
from smartertrack_emu.domain.events.history import history
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import FieldTemplateEntry, GroupMember, User
from smartertrack_emu.domain.people.models import QUEUE_ID
from smartertrack_emu.store.unit_of_work import writing
from tests.services.conftest import seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
ALICE, BOB, CUSTOMER = 4, 5, 8
LEVEL_1, LEVEL_2 = 1, 2


@pytest.fixture
def session(seeded_engine: Engine) -> Iterator[Session]:
    """A transaction on the seed file's data, at a fixed moment."""
    with writing(seeded_engine) as session, clock.frozen(NOW):
        yield session


def start(session: Session, group: int = LEVEL_1, **more: str) -> Chat:
    return lifecycle.start(session, group_id=group, customer_name="Zoë", **more)  # type: ignore[arg-type]


def test_a_whole_life(session: Session, tmp_path: Path) -> None:
    chat = start(session, customer_email="CUSTOMER@example.com", customer_ip="192.0.2.1", customer_language="de")
    assert (chat.department_id, chat.group_id, chat.brand_id) == (1, LEVEL_1, 1)
    assert (chat.customer_id, chat.is_active, chat.started_at, chat.queued_at) == (CUSTOMER, True, NOW, NOW)
    assert chat.number[4:12] == f"{int((NOW - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds()):08X}"
    lifecycle.say(session, chat, SenderKind.SYSTEM, "Welcome.")
    assert chat.last_reply_at is None
    lifecycle.say(session, chat, SenderKind.USER, "Hello?", at=NOW + timedelta(minutes=1))
    lifecycle.say(session, chat, SenderKind.AGENT, "Hi.", at=NOW + timedelta(minutes=2))
    file = lifecycle.send_file(session, tmp_path, chat, "a.txt", b"abc")
    assert (file.sender_name, file.sender_id, file.is_complete) == ("Zoë", CUSTOMER, True)
    lifecycle.leave(session, chat, at=NOW + timedelta(minutes=3))
    assert (chat.reply_count_in, chat.reply_count_out) == (1, 1)
    assert chat.last_reply_at == NOW + timedelta(minutes=2)
    assert (chat.is_active, chat.ended_at) == (False, NOW + timedelta(minutes=3))
    said = session.execute(
        select(ChatMessage.author_name, ChatMessage.author_id)
        .where(ChatMessage.chat_id == chat.id)
        .order_by(ChatMessage.id)
    ).all()
    assert [tuple(row) for row in said[:2]] == [("System", 3), ("Zoë", CUSTOMER)]
    assert said[2].author_id == chat.agent_id
    assert [entry.details for entry in history(session, ItemKind.CHAT, chat.id)][-1] == "Left by Zoë."


def test_assigned_in_turn(session: Session) -> None:
    agents = [start(session).agent_id for _ in range(4)]
    assert set(agents) == {ALICE, BOB}
    assert agents[:2] == agents[2:]


def test_weights_and_maximums_and_who_is_away(session: Session) -> None:
    session.execute(update(GroupMember).where(GroupMember.user_id == ALICE).values(chat_weight=0))
    assert {start(session).agent_id for _ in range(3)} == {BOB}
    session.execute(update(GroupMember).where(GroupMember.user_id == BOB).values(max_chats=4))
    assert [start(session).agent_id for _ in range(2)] == [BOB, QUEUE_ID]
    session.execute(update(GroupMember).where(GroupMember.user_id == ALICE).values(chat_weight=1))
    assert start(session).agent_id == ALICE
    session.execute(update(User).where(User.id == ALICE).values(is_away=True))
    assert start(session).agent_id == QUEUE_ID


def test_nobody_receives(session: Session) -> None:
    chat = start(session, LEVEL_2)
    assert chat.agent_id == QUEUE_ID
    assert "queue" in history(session, ItemKind.CHAT, chat.id)[0].details


def test_starts_that_cannot_be(session: Session) -> None:
    with pytest.raises(NotFound, match="999"):
        start(session, 999)
    with pytest.raises(BadValue, match="Nope"):
        lifecycle.start(session, group_id=LEVEL_1, customer_name="Zoë", custom_fields={"Nope": "1"})
    session.execute(update(FieldTemplateEntry).values(is_required_by_users=True))
    with pytest.raises(BadValue, match="Account"):
        start(session)
    chat = lifecycle.start(
        session, group_id=LEVEL_1, customer_name="Zoë", custom_fields={"account": "Inc", "Asset": "Server [13]"}
    )
    assert chat.customer_id is None


def test_the_name_for_chats(session: Session) -> None:
    session.execute(update(User).where(User.id.in_([ALICE, BOB])).values(display_name_for_chat="Al"))
    assert lifecycle.say(session, start(session), SenderKind.AGENT, "Hi.").author_name == "Al"


def test_what_has_ended_stays_so(session: Session, tmp_path: Path) -> None:
    chat = start(session)
    lifecycle.leave(session, chat, at=NOW - timedelta(days=1))
    assert chat.ended_at == NOW
    for attempt in (
        lambda: lifecycle.say(session, chat, SenderKind.USER, "x"),
        lambda: lifecycle.send_file(session, tmp_path, chat, "a", b""),
        lambda: lifecycle.leave(session, chat),
    ):
        with pytest.raises(NotPossible, match="ended"):
            attempt()
    other = start(session)
    other.is_deleted = True
    with pytest.raises(NotPossible, match="deleted"):
        lifecycle.say(session, other, SenderKind.USER, "x")
