"""Evidence: documented (the types of events) and ours. Counts of active items, and articles that became stale."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across import item_counts
from smartertrack_emu.domain.chats import lifecycle
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.kb import stale, writing
from smartertrack_emu.domain.kinds import ItemKind, TicketStatus
from smartertrack_emu.domain.models import KbArticle
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure import engine_settings

from .conftest import Helpdesk

TICKETS, CHATS = (502009, 502010, 502011), (511009, 511010, 511011)
STALE = 501003


def counts(helpdesk: Helpdesk, *types: int) -> list[tuple[Any, ...]]:
    """What was told: the names and numbers, oldest first."""
    events = helpdesk.events(*types)
    names = ("departmentName", "groupName", "agentUsername", "count", "oldCount")
    return [tuple(one.arguments[name] for name in names if name in one.arguments) for one in events]


def test_active_tickets(helpdesk: Helpdesk) -> None:
    helpdesk.run()
    assert counts(helpdesk, *TICKETS) == []
    ticket = helpdesk.opened()
    helpdesk.run()
    helpdesk.run()
    told = counts(helpdesk, *TICKETS)
    assert told == [("Support", 2, 1), ("Level 1", 2, 1), ("alice", 2, 1)]
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.set_status(TicketStatus.WAITING, ticket)
    helpdesk.run()
    assert counts(helpdesk, *TICKETS)[3:] == [("Support", 0, 2), ("Level 1", 0, 2), ("alice", 0, 2)]
    assert [one.about for one in helpdesk.events(*TICKETS)] == [None] * 6
    helpdesk.set_status(TicketStatus.OPEN)
    helpdesk.run()
    assert counts(helpdesk, 502011)[-1] == ("alice", 1, 0)


def test_active_chats_and_the_queue(helpdesk: Helpdesk) -> None:
    helpdesk.run()
    helpdesk.desk.write(lambda session: lifecycle.leave(session, session.get_one(Chat, 2)))
    helpdesk.run()
    assert counts(helpdesk, *CHATS) == [("Support", 1, 2), ("Level 1", 1, 2), ("queue", 0, 1)]


def test_nothing_is_counted_where_nothing_happened(helpdesk: Helpdesk) -> None:
    helpdesk.run()
    assert helpdesk.desk.read(lambda session: item_counts.count(session, ItemKind.TICKET)) is None
    helpdesk.opened()
    counted = helpdesk.desk.read(lambda session: item_counts.count(session, ItemKind.TICKET))
    assert counted is not None
    assert counted.numbers["agent", 4] == 2


def test_a_rule_for_counts(helpdesk: Helpdesk) -> None:
    helpdesk.rule(502011, {"kind": "log", "text": "x"}, agent="alice", count={"greater_than": 1})
    helpdesk.run()
    helpdesk.opened()
    helpdesk.run()
    assert helpdesk.states() == [("done", "")]


def test_stale_articles(helpdesk: Helpdesk) -> None:
    helpdesk.desk.write(lambda session: engine_settings.change(session, {"kb_stale_days": 10}))
    helpdesk.desk.write(
        lambda session: session.execute(update(KbArticle).where(KbArticle.id == 2).values(is_draft=True))
    )
    helpdesk.desk.write(
        lambda session: session.execute(update(KbArticle).where(KbArticle.id == 3).values(is_deleted=True))
    )
    with clock.shifted(timedelta(days=10)):
        helpdesk.run()
        assert helpdesk.events(STALE) == []
    with clock.shifted(timedelta(days=10, seconds=1)):
        helpdesk.run()
        helpdesk.run()
        events = helpdesk.events(STALE)
        assert sorted(str(one.about) for one in events) == ["article:1", "article:4"]
        assert {one.arguments["days"] for one in events} == {10}
        helpdesk.desk.write(lambda session: writing.review(session, SYSTEM, 1))
        helpdesk.desk.write(lambda session: writing.change(session, SYSTEM, 4, {"subject": "Newer"}))
        helpdesk.run()
    with clock.shifted(timedelta(days=20, seconds=2)):
        helpdesk.run()
    assert len(helpdesk.events(STALE)) == 4
    assert helpdesk.desk.read(stale.due) == []
