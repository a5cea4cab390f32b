"""A desk with the data of tests/data/acme.yaml, web pages that a test plays, and what is done there again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import update
from sqlalchemy.orm import Session

from smartertrack_emu.compose import make_desk
from smartertrack_emu.config import Settings
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across import event_arguments, event_rules
from smartertrack_emu.domain.errors import ProviderRefused
from smartertrack_emu.domain.events import outbox, reading
from smartertrack_emu.domain.events.outbox import ActionDetails
from smartertrack_emu.domain.events.publishing import Actor, publish
from smartertrack_emu.domain.events.reading import Happened
from smartertrack_emu.domain.kinds import ItemKind, TicketStatus
from smartertrack_emu.domain.models import KbArticle
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.ports import PageCall
from smartertrack_emu.domain.tickets import creation, visibility
from smartertrack_emu.domain.tickets.models import Direction, Ticket
from smartertrack_emu.domain.tickets.status import change_status
from smartertrack_emu.jobs import event_processing
from smartertrack_emu.store.unit_of_work import writing
from tests.services.conftest import seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]

NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)
CREATED, STATUS, PRIORITY, COMMENT = 502000, 502002, 502003, 502005
TICKET = 1
"""The seed file's, alice's in Level 1."""


@dataclass
class FakePages:
    """Web pages that answer as a test says: by their address a reason to fail, "" for none."""

    answers: dict[str, str] = field(default_factory=dict)
    calls: list[PageCall] = field(default_factory=list)
    during: Callable[[], object] = lambda: None

    def check(self, url: str, /) -> None:
        """Allow every address."""

    def call(self, call: PageCall, /) -> None:
        """Note the call."""
        self.calls.append(call)
        self.during()
        if self.answers.get(call.url):
            raise ProviderRefused(self.answers[call.url])


@dataclass
class Helpdesk:
    """The desk and its pages, with what tests do there."""

    desk: Desk
    pages: FakePages

    def rule(self, number: int, *actions: dict[str, Any], **conditions: Any) -> int:
        """Make a rule and return its id."""
        values = {"name": f"of {number}", "type": number, "conditions": conditions, "actions": list(actions)}
        return self.desk.write(lambda session: event_rules.create(session, values)).id

    def opened(self, subject: str = "Printer on fire") -> int:
        """Open a ticket for alice as the customer, and return its id."""
        new = creation.NewTicket(
            Direction.FROM_CUSTOMER, "customer@example.com", subject, "It burns.", False, group_id=1, agent_id=4
        )
        return self.desk.write(lambda session: creation.create(session, SYSTEM, new)).id

    def set_status(self, status: TicketStatus, ticket_id: int = TICKET) -> None:
        """Give a ticket a status."""

        def work(session: Session) -> None:
            ticket = visibility.open_to_change(session, SYSTEM, visibility.by_id(ticket_id), even_locked=True)
            change_status(session, SYSTEM, ticket, status)

        self.desk.write(work)

    def publish(self, event: Any, by: Actor = SYSTEM) -> None:
        """Let an event happen."""
        self.desk.write(lambda session: publish(session, by, event))

    def run(self) -> Run:
        """Run the job, as a person asks for it; nothing of it fails."""
        run = Run(self.desk, "event-processing", is_requested=True)
        event_processing.run(run)
        assert run.errors == []
        return run

    def actions(self, **which: Any) -> list[ActionDetails]:
        """Return what actions came to."""
        return self.desk.read(lambda session: outbox.page(session, limit=1000, **which))[0]

    def states(self, **which: Any) -> list[tuple[str, str]]:
        """Return the states of actions with their reasons."""
        return [(action.state.value, action.reason) for action in self.actions(**which)]

    def events(self, *types: int, item: tuple[ItemKind, int] | None = None) -> list[Happened]:
        """Return what happened."""
        find = partial(reading.page, tell=event_arguments.tell, types=types, about=item, limit=1000)
        return self.desk.read(find)[0]

    def ticket(self, ticket_id: int = TICKET) -> Ticket:
        """Return a ticket."""
        return self.desk.read(lambda session: session.get_one(Ticket, ticket_id))


@pytest.fixture
def helpdesk(seeded_engine: sqlalchemy.Engine, tmp_path: Path) -> Iterator[Helpdesk]:
    """A helpdesk at noon, in which no article is old; the clock stands still until a test moves it."""
    with clock.frozen(NOON):
        with writing(seeded_engine) as session:
            session.execute(update(KbArticle).values(modified_at=NOON))
        desk = make_desk(Settings(data=tmp_path), seeded_engine)
        pages = FakePages()
        yield Helpdesk(replace(desk, ports=replace(desk.ports, pages=pages)), pages)
    clock.follow(clock.Setting())
