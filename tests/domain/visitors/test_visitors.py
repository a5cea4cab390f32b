"""Visitors and invitations: what happens is documented, how it is done ours. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across.event_arguments import tell
from smartertrack_emu.domain.errors import BadValue, NotFound, NotPossible
from smartertrack_emu.domain.events import reading as events
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import Chat, FieldTemplateEntry, GroupMember, Invitation, User, Visitor
from smartertrack_emu.domain.people.users import SYSTEM, find
from smartertrack_emu.domain.visitors import invitations, reading, visits
from smartertrack_emu.domain.visitors.models import InvitationState
from smartertrack_emu.domain.visitors.pace import Pace
from smartertrack_emu.domain.visitors.visits import Hit
from smartertrack_emu.store.unit_of_work import writing
from tests.services.conftest import seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
ALICE, CAROL, CUSTOMER = 4, 6, 8
LEVEL_1, LEVEL_2, SALES = 1, 2, 3
MINUTE = timedelta(minutes=1)


@pytest.fixture
def session(seeded_engine: Engine) -> Iterator[Session]:
    """A transaction on the seed file's data, at a fixed moment."""
    with writing(seeded_engine) as session, clock.frozen(NOW):
        yield session


def visitor(session: Session, key: str = "abc", **more: Any) -> Visitor:
    found = visits.hit(session, Hit(key=key, ip="192.0.2.11", page="/prices", **more))
    assert found is not None
    return found


def titles(session: Session, visitor_id: int) -> list[str]:
    found, _ = events.page(session, tell, about=(ItemKind.VISITOR, visitor_id), limit=100)
    return [one.title for one in found]


def test_hits_lengthen_a_visit(session: Session) -> None:
    first = visitor(session, language="de", title="Prices", user_agent="Firefox")
    assert (first.hits, first.page, first.started_at, first.last_seen_at) == (1, "/prices", NOW, NOW)
    with clock.frozen(NOW + MINUTE):
        again = visits.hit(session, Hit(key="abc", page="/" + "x" * 5_000, ip="192.0.2.12"))
    assert again is first
    assert (first.hits, first.ip, len(first.page), first.last_seen_at) == (2, "192.0.2.12", 2_000, NOW + MINUTE)
    assert visitor(session, "other").id != first.id
    assert titles(session, first.id) == ["WhosOn Online Activity"] * 2


def test_a_removed_visitor_comes_back_as_another(session: Session) -> None:
    first = visitor(session)
    visits.remove(session, SYSTEM, first.id)
    assert first.removed_at == NOW
    assert titles(session, first.id)[-1] == "WhosOn Visitor Removed"
    with pytest.raises(NotPossible, match="is removed"):
        visits.remove(session, SYSTEM, first.id)
    assert visitor(session).id != first.id
    with pytest.raises(NotFound):
        visits.remove(session, SYSTEM, 99)


def test_no_more_are_kept_than_may_be(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "MOST_OF_ADDRESS", 2)
    monkeypatch.setattr(visits, "MOST_VISITORS", 3)
    visitor(session, "a")
    visitor(session, "b")
    assert visits.hit(session, Hit(key="c", ip="192.0.2.11")) is None
    assert visits.hit(session, Hit(key="a", ip="192.0.2.11")) is not None  # who is there goes on
    assert visits.hit(session, Hit(key="c", ip="192.0.2.12")) is not None
    assert visits.hit(session, Hit(key="d", ip="192.0.2.13")) is None
    assert reading.page(session, limit=1)[1] == 3


def test_a_pace() -> None:
    pace = Pace(most=5, of_address=2)
    assert [pace.allows("a") for _ in range(3)] == [True, True, False]
    assert [pace.allows(name) for name in "bcde"] == [True, True, True, False]


def test_what_is_told_of_a_visitor(session: Session) -> None:
    found = visitor(session)
    visits.change(session, found.id, {"country": "Germany", "host_name": "dsl-7.example.net"})
    invitations.invite(session, SYSTEM, found.id, agent_id=ALICE, message="May I?")
    with clock.frozen(NOW + 5 * MINUTE):
        (event,) = events.page(session, tell, types=(503002,), limit=10)[0]
    assert event.about == f"visitor:{found.id}"
    expected = {
        "visitorId": found.id,
        "customerName": f"Visitor {found.id}",
        "customerEmail": "",
        "ipAddress": "192.0.2.11",
        "hostName": "dsl-7.example.net",
        "hostDomain": "example.net",
        "country": "Germany",
        "hits": 1,
        "durationMinutes": 0,
        "sessionStart": "2024-05-01T12:00:00Z",
        "page": "/prices",
        "departmentName": "Support",
        "groupName": "Level 1",
        "message": "May I?",
    }
    assert {name: event.arguments.get(name) for name in expected} == expected


def test_accepted(session: Session) -> None:
    session.execute(update(FieldTemplateEntry).values(is_required_by_users=True))
    found = visitor(session, language="de")
    invitation = invitations.invite(session, find(session, ALICE), found.id, agent_id=ALICE, message="May I?")
    assert invitations.waiting_for(session, "abc") == (invitation.id, "Alice Agent", "May I?")
    with pytest.raises(NotPossible, match="invited already"):
        invitations.invite(session, SYSTEM, found.id)
    chat = invitations.accept(session, found.id)
    assert (chat.agent_id, chat.group_id, chat.customer_name) == (ALICE, LEVEL_1, f"Visitor {found.id}")
    assert (chat.customer_ip, chat.customer_language) == ("192.0.2.11", "de")
    assert (invitation.state, invitation.chat_id, invitation.answered_at) == (InvitationState.ACCEPTED, chat.id, NOW)
    assert invitations.waiting_for(session, "abc") is None
    started = events.page(session, tell, about=(ItemKind.CHAT, chat.id), limit=10)[0]
    assert [one.type for one in started] == [511000]
    assert titles(session, found.id)[-2:] == ["WhosOn Chat Invited", "WhosOn Chat Accepted"]
    assert [one.by for one in events.page(session, tell, types=(503001, 503002), limit=9)[0]] == ["alice", "system"]
    with pytest.raises(NotPossible, match="no open invitation"):
        invitations.accept(session, found.id)
    assert reading.last_invitations(session, [found.id]) == {found.id: InvitationState.ACCEPTED}


def test_rejected_and_invited_again(session: Session) -> None:
    found = visitor(session)
    invitations.invite(session, SYSTEM, found.id)
    invitations.reject(session, found.id)
    assert titles(session, found.id)[-1] == "WhosOn Chat Invite Rejected"
    with pytest.raises(NotPossible):
        invitations.reject(session, found.id)
    assert invitations.invite(session, SYSTEM, found.id).state is InvitationState.OPEN


def test_an_agent_who_is_gone(session: Session) -> None:
    found = visitor(session)
    invitations.invite(session, SYSTEM, found.id, agent_id=ALICE)
    session.execute(update(User).where(User.id == ALICE).values(deleted_at=NOW))
    assert invitations.accept(session, found.id).agent_id != ALICE


def test_who_is_gone_cannot_be_invited(session: Session) -> None:
    found = visitor(session)
    invitations.invite(session, SYSTEM, found.id)
    visits.remove(session, SYSTEM, found.id)
    assert titles(session, found.id)[-2:] == ["WhosOn Chat Invite Ignored", "WhosOn Visitor Removed"]
    with pytest.raises(NotPossible, match="is removed"):
        invitations.invite(session, SYSTEM, found.id)
    with pytest.raises(NotFound):
        invitations.invite(session, SYSTEM, 99)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"agent_id": CUSTOMER}, BadValue),
        ({"agent_id": 99}, NotFound),
        ({"group_id": 99}, NotFound),
        ({"agent_id": CAROL, "group_id": LEVEL_1}, BadValue),
        ({"message": "x" * 2_001}, BadValue),
        ({"message": "a\0b"}, BadValue),
    ],
)
def test_invitations_that_are_refused(session: Session, options: dict[str, object], error: type[Exception]) -> None:
    found = visitor(session)
    with pytest.raises(error):
        invitations.invite(session, SYSTEM, found.id, **options)  # type: ignore[arg-type]
    assert session.scalars(select(Invitation)).all() == []


def test_into_a_group_where_somebody_receives_chats(session: Session) -> None:
    session.execute(update(GroupMember).values(receives_chats=False))
    session.execute(
        update(GroupMember)
        .where(GroupMember.group_id == SALES, GroupMember.user_id == CAROL)
        .values(receives_chats=True)
    )
    found = visitor(session)
    assert invitations.invite(session, SYSTEM, found.id).group_id == SALES
    chat = invitations.accept(session, found.id)
    assert (session.get_one(Chat, chat.id).agent_id, chat.group_id) == (CAROL, SALES)


def test_when_visits_and_invitations_end(session: Session) -> None:
    found = visitor(session)
    with clock.frozen(NOW + 14 * MINUTE):
        invitations.invite(session, SYSTEM, found.id)
    with clock.frozen(NOW + 16 * MINUTE - timedelta(seconds=1)):
        assert invitations.unanswered(session, (), seconds=120) == []
        assert not invitations.ignore(session, found.id, seconds=120)
    with clock.frozen(NOW + 16 * MINUTE):
        assert invitations.unanswered(session, (found.id,), seconds=120) == []
        assert invitations.unanswered(session, (), seconds=120) == [found.id]
        assert invitations.ignore(session, found.id, seconds=120)
        assert visits.idle(session, (found.id,), minutes=15) == []
        assert visits.idle(session, (), minutes=17) == []
        assert not visits.remove_idle(session, found.id, minutes=17)
        assert visits.idle(session, (), minutes=15) == [found.id]
        assert visits.remove_idle(session, found.id, minutes=15)
        assert not visits.remove_idle(session, found.id, minutes=15)
        assert visits.idle(session, (), minutes=15) == []
    with clock.frozen(NOW + 76 * MINUTE):
        assert visits.forgettable(session, (), minutes=61) == []
        assert visits.forgettable(session, (), minutes=60) == [found.id]
        number = found.id
        visits.purge(session, number)
    assert session.get(Visitor, number) is None
    assert session.scalars(select(Invitation)).all() == []
    assert titles(session, number)[-3:] == [
        "WhosOn Chat Invite Ignored",
        "WhosOn Visitor Removed",
        "WhosOn Visitor Purged",
    ]


def test_brands(session: Session) -> None:
    assert visits.brand_named(session, " ") is None
    assert visits.brand_named(session, "ACME") == visits.brand_named(session, "1") == 1
    for unknown in ("Nobody", "99", "9" * 20, "a\0"):
        with pytest.raises(NotFound):
            visits.brand_named(session, unknown)
