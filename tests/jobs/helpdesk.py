"""A small helpdesk for tests of the desk's jobs: a department, its people, and a clock that a test moves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from importlib import import_module
from typing import Any

from sqlalchemy import select, update

from smartertrack_emu import seed
from smartertrack_emu.compose import JOB_MODULES
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.chats import lifecycle
from smartertrack_emu.domain.chats.models import Chat, SenderKind
from smartertrack_emu.domain.kinds import ItemKind, TicketStatus
from smartertrack_emu.domain.models import Department, Event, GroupMember, Ticket
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure import engine_settings, group_settings, jobs
from smartertrack_emu.domain.tickets import conversation, creation
from smartertrack_emu.domain.tickets.assignment import transfer
from smartertrack_emu.domain.tickets.conversation import NewMessage
from smartertrack_emu.domain.tickets.creation import NewTicket
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.domain.tickets.status import change_status
from smartertrack_emu.domain.tickets.visibility import by_id, open_to_change

QUEUE, ALICE, BOB, CAROL = 1, 4, 5, 6
DESK, LEVEL_1, LEVEL_2 = 2, 2, 3

_SEED = """
departments:
  - name: Desk
    groups: [{name: Level 1}, {name: Level 2}]
users:
  - {username: alice, roles: [Agent], groups: [{group: Level 1, tickets: true, chats: true}]}
  - {username: bob, roles: [Agent], groups: [{group: Level 1, tickets: true, chats: true}]}
  - {username: carol, roles: [Agent], groups: [{group: Level 1}, {group: Level 2}]}
"""


class Helpdesk:
    """What tests do to it. Level 1 has Alice and Bob, who receive, and Carol, who does not; Level 2 has Carol."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.write(lambda session: seed.load(session, seed.parse(_SEED), attachments=desk.attachments))

    # The clock, the jobs and what they are set to

    def later(self, **by: float) -> None:
        """Let time pass: `hours=2`."""
        assert clock._State.held is not None
        clock._State.held += timedelta(**by)
        clock._State.settle()

    def run(self, job: str) -> Run:
        """Run a job now, and return its run, in which nothing has failed."""
        run = Run(self.desk, job)
        import_module(f"smartertrack_emu.{JOB_MODULES[job]}").run(run)
        assert run.errors == []
        return run

    def stop(self, job: str) -> None:
        """Stop a job."""
        self.desk.write(lambda session: jobs.set_stopped(session, job, is_stopped=True))

    def start(self, job: str) -> None:
        """Start a job."""
        self.desk.write(lambda session: jobs.set_stopped(session, job, is_stopped=False))

    def set_engine(self, **numbers: object) -> None:
        """Set the engine's numbers."""
        self.desk.write(lambda session: engine_settings.change(session, numbers))

    def set_department(self, **columns: object) -> None:
        """Set the department's rules."""
        self.desk.write(
            lambda session: session.execute(update(Department).where(Department.id == DESK).values(columns))
        )

    def set_member(self, user_id: int, **columns: Any) -> None:
        """Set how somebody takes part in Level 1."""
        self.desk.write(lambda session: group_settings.change_member(session, LEVEL_1, user_id, columns))

    def member(self, user_id: int) -> GroupMember:
        """Return how somebody takes part in Level 1."""
        return self.desk.read(lambda session: session.get_one(GroupMember, (LEVEL_1, user_id)))

    # Tickets

    def ticket(self, agent_id: int = 0, **given: Any) -> int:
        """Open a ticket in Level 1, and return its id; without an agent it is assigned by itself."""
        values: dict[str, Any] = {
            "direction": Direction.FROM_CUSTOMER,
            "customer": "casey@example.com",
            "subject": "Fire",
        }
        values |= {"body": "It burns.", "is_html": False, "group_id": LEVEL_1, "agent_id": agent_id}
        new = NewTicket(**values | given)
        return self.desk.write(lambda session: creation.create(session, SYSTEM, new).id)

    def find(self, ticket_id: int) -> Ticket:
        """Return a ticket as it is."""
        return self.desk.read(lambda session: session.get_one(Ticket, ticket_id))

    def agent_of(self, ticket_id: int) -> int:
        """Return who has a ticket."""
        return self.find(ticket_id).agent_id

    def set_ticket(self, ticket_id: int, **columns: object) -> None:
        """Set columns of a ticket as they are."""
        self.desk.write(lambda session: session.execute(update(Ticket).where(Ticket.id == ticket_id).values(columns)))

    def change_status(self, ticket_id: int, wanted: TicketStatus) -> None:
        """Give a ticket another status."""

        def work(session: Any) -> None:
            change_status(session, SYSTEM, open_to_change(session, SYSTEM, by_id(ticket_id)), wanted)

        self.desk.write(work)

    def transfer(self, ticket_id: int, agent_id: int) -> None:
        """Hand a ticket to an agent, or with 0 to the queue, as a person does."""

        def work(session: Any) -> None:
            transfer(session, SYSTEM, by_id(ticket_id), group_id=0, agent_id=agent_id, comment="", status=None)

        self.desk.write(work)

    def write_in(self, ticket_id: int, *, to_customer: bool) -> None:
        """Add a message to a ticket."""
        new = NewMessage(to_customer=to_customer, body="Hm.", is_html=False)
        self.desk.write(lambda session: conversation.add(session, SYSTEM, by_id(ticket_id), new))

    # Chats

    def chat(self, agent_id: int | None = None, question: str = "") -> int:
        """Start a chat in Level 1, and return its id."""

        def work(session: Any) -> int:
            chat = lifecycle.start(session, group_id=LEVEL_1, customer_name="Casey", agent_id=agent_id)
            if question:
                lifecycle.say(session, chat, SenderKind.USER, question)
            return chat.id

        return self.desk.write(work)

    def say(self, chat_id: int, sender: SenderKind) -> None:
        """Say something in a chat."""
        self.desk.write(lambda session: lifecycle.say(session, session.get_one(Chat, chat_id), sender, "Hello?"))

    def find_chat(self, chat_id: int) -> Chat:
        """Return a chat as it is."""
        return self.desk.read(lambda session: session.get_one(Chat, chat_id))

    # What happened

    def events(self, kind: ItemKind, item_id: int, *, but: Collection[int] = ()) -> list[int]:
        """Return the numbers of what happened to an item, oldest first."""
        return [event_id for event_id, _ in self.events_by(kind, item_id) if event_id not in but]

    def events_by(self, kind: ItemKind, item_id: int) -> list[tuple[int, str]]:
        """Return what happened to an item with who did it."""
        found = select(Event.event_id, Event.actor_name).where(Event.item_kind == kind, Event.item_id == item_id)
        rows = self.desk.read(lambda session: session.execute(found.order_by(Event.id)).all())
        return [(row[0], row[1]) for row in rows]
