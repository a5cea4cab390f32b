"""A ticket's life by chance: at every step its counts, flags, dates and history agree; a refusal changes nothing.

The rules tested are behaviour that is documented, seen or ours, as the modules of the domain say.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.customfields import values
from smartertrack_emu.domain.customfields.values import Item
from smartertrack_emu.domain.errors import HelpdeskError, NotFound, NotPossible, PermissionDenied
from smartertrack_emu.domain.events.declaring import HelpdeskEvent, type_of
from smartertrack_emu.domain.events.history import history
from smartertrack_emu.domain.events.tickets import (
    TicketCommentAdded,
    TicketCommentEdited,
    TicketCreated,
    TicketDeleted,
    TicketFollowedUp,
    TicketFollowUpScheduled,
    TicketMessageReceived,
    TicketMessageSent,
    TicketPriorityChanged,
    TicketRestored,
    TicketStatusChanged,
    TicketTransferred,
)
from smartertrack_emu.domain.kinds import ItemKind, NoteKind, Priority, TicketStatus
from smartertrack_emu.domain.models import Department, Event, OutgoingMail, Ticket, TicketMessage, TicketNote
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import AGENTS_RIGHTS, ALL_RIGHTS
from smartertrack_emu.domain.tickets import conversation, creation, follow_up, notes, properties, search, state
from smartertrack_emu.domain.tickets.assignment import move
from smartertrack_emu.domain.tickets.conversation import NewMessage
from smartertrack_emu.domain.tickets.creation import NewTicket
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.domain.tickets.search import TicketSearch
from smartertrack_emu.domain.tickets.status import WORDS
from smartertrack_emu.domain.tickets.visibility import by_id, open_to_change
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.happened import happened, words

START = datetime(2024, 5, 1, 12, tzinfo=UTC)
OPEN, WAITING, CLOSED, LOCKED = TicketStatus
QUEUE, ALICE, BOB, CAROL = 1, 4, 5, 6
SUPPORT, SALES = 1, 2
MEMBERS = {1: {QUEUE, ALICE, BOB}, 2: {QUEUE, ALICE}, 3: {QUEUE, CAROL}}


def _person(user_id: int, username: str, groups: set[int], *, is_manager: bool = False) -> Principal:
    return Principal(
        id=user_id,
        username=username,
        display_name=username.title(),
        email=f"{username}@acme.example",
        role_ids=frozenset({1, 5 if is_manager else 4}),
        group_ids=frozenset(groups),
        is_agent=True,
        is_manager=is_manager,
        is_administrator=False,
        rights=ALL_RIGHTS if is_manager else AGENTS_RIGHTS,
    )


AGENT = _person(ALICE, "alice", {1, 2})
MANAGER = _person(7, "mary", {1}, is_manager=True)

people = st.sampled_from([AGENT, MANAGER])
moments = st.integers(-3000, 3000).map(lambda minutes: timedelta(minutes=minutes))


class Life(RuleBasedStateMachine):
    """One ticket, and beside it what should have become of it."""

    engine: Engine

    @initialize(outbound=st.booleans(), status=st.sampled_from([OPEN, WAITING, CLOSED]), needs_resolution=st.booleans())
    def open(self, *, outbound: bool, status: TicketStatus, needs_resolution: bool) -> None:
        self.now = START
        self.department_needs_resolution = needs_resolution
        direction = Direction.TO_CUSTOMER if outbound else Direction.FROM_CUSTOMER
        new = NewTicket(
            direction, "casey@example.com", "Fire", "It burns", is_html=False, group_id=1, agent_id=ALICE, status=status
        )
        with clock.frozen(self.now), writing(self.engine) as session:
            session.get_one(Department, SUPPORT).requires_resolution = needs_resolution
            self.id = creation.create(session, MANAGER, new).id
        self.status, self.is_deleted = status, False
        self.due: datetime | None = None
        self.group, self.agent, self.priority, self.is_filled = 1, ALICE, Priority.NORMAL, False
        self.sent: list[tuple[Direction, datetime]] = [(direction, self.now)]
        self.notes: dict[int, NoteKind] = {}
        self.mails = 0
        self.events: list[type[HelpdeskEvent]] = [TicketCreated]

    # What happens to it

    @rule(actor=people, to_customer=st.booleans(), back=moments, send=st.booleans())
    def message(self, actor: Principal, back: timedelta, *, to_customer: bool, send: bool) -> None:
        self._tick()
        at = self.now + back
        new = NewMessage(to_customer, "Text", is_html=False, sent_at=at, send=send, to_address="somebody@example.com")
        reopens = not to_customer and self.status in (WAITING, CLOSED)
        sent = TicketMessageSent if to_customer else TicketMessageReceived
        if self._do(
            lambda session: conversation.add(session, actor, by_id(self.id), new),
            self._unchangeable(actor),
            [sent, *([TicketStatusChanged] if reopens else [])],
        ):
            self.sent.append((Direction(to_customer), at))
            self.mails += send
            self.status = OPEN if reopens else self.status

    @rule(actor=people, kind=st.sampled_from(NoteKind), back=moments)
    def note(self, actor: Principal, kind: NoteKind, back: timedelta) -> None:
        self._tick()
        if self._do(
            lambda session: notes.add(session, actor, by_id(self.id), kind, "<p>x</p>", at=self.now + back),
            self._unchangeable(actor),
            [TicketCommentAdded],
        ):
            self.notes[self._newest_note()] = kind

    @precondition(lambda self: self.notes)
    @rule(actor=people, kind=st.sampled_from(NoteKind), which=st.integers(0, 9))
    def edit_note(self, actor: Principal, kind: NoteKind, which: int) -> None:
        self._tick()
        note_id = sorted(self.notes)[which % len(self.notes)]
        if self._do(
            lambda session: notes.edit(session, actor, note_id, f"<p>{self.now}</p>", kind=kind, which=None),
            self._unchangeable(actor),
            [TicketCommentEdited],
        ):
            self.notes[note_id] = kind

    @rule(actor=people)
    def fill_in(self, actor: Principal) -> None:
        """Fill in the field that closing needs in the department Support."""
        with writing(self.engine) as session:
            values.set_values(session, Item(ItemKind.TICKET, self.id, SUPPORT), {"Asset": "Server [13]"})
        del actor
        self.is_filled = True

    @rule(actor=people, comment=st.sampled_from(["", "Solved"]))
    def close(self, actor: Principal, comment: str) -> None:
        self._tick()
        refusal = self._unchangeable(actor)
        if refusal is None and (
            self.status is CLOSED or not self._can_close(has_resolution=bool(comment) or self._has_resolution)
        ):
            refusal = NotPossible
        events = [TicketCommentAdded] if comment else []
        if self._do(
            lambda session: state.close(session, actor, by_id(self.id), comment),
            refusal,
            [*events, TicketStatusChanged],
        ):
            self.status = CLOSED
            if comment:
                self.notes[self._newest_note()] = NoteKind.RESOLUTION

    @rule(actor=people, status=st.sampled_from(TicketStatus))
    def set_status(self, actor: Principal, status: TicketStatus) -> None:
        self._tick()
        refusal = self._unchangeable(actor, even_locked=True)
        if refusal is None and status is not self.status:
            if LOCKED in (status, self.status) and actor is AGENT:
                refusal = PermissionDenied
            elif self.status.is_open and not status.is_open and not self._can_close(self._has_resolution):
                refusal = NotPossible
        if self._do(
            lambda session: properties.set_properties(session, actor, by_id(self.id), {"status": status}),
            refusal,
            [] if status is self.status else [TicketStatusChanged],
        ):
            self.status = status

    @rule(actor=people, priority=st.sampled_from(Priority))
    def set_priority(self, actor: Principal, priority: Priority) -> None:
        self._tick()
        if self._do(
            lambda session: properties.set_properties(session, actor, by_id(self.id), {"priority": priority}),
            self._unchangeable(actor),
            [] if priority is self.priority else [TicketPriorityChanged],
        ):
            self.priority = priority

    @rule(actor=people, group=st.sampled_from([1, 2, 3]), agent=st.sampled_from([0, QUEUE, ALICE, BOB, CAROL]))
    def move(self, actor: Principal, group: int, agent: int) -> None:
        self._tick()
        refusal: type[HelpdeskError] | None = self._unchangeable(actor)
        if refusal is None and agent and agent not in MEMBERS[group]:
            refusal = HelpdeskError
        after = agent or (self.agent if self.agent in MEMBERS[group] else QUEUE)
        if self._do(
            lambda session: move(
                session, actor, open_to_change(session, actor, by_id(self.id)), group_id=group, agent_id=agent or None
            ),
            refusal,
            [] if (group, after) == (self.group, self.agent) else [TicketTransferred],
        ):
            self.group, self.agent = group, after

    @rule(actor=people, ahead=moments, comment=st.sampled_from(["", "Call him"]))
    def set_follow_up(self, actor: Principal, ahead: timedelta, comment: str) -> None:
        self._tick()
        at = self.now + ahead
        events = [TicketFollowUpScheduled] if at != self.due else []
        if self._do(
            lambda session: follow_up.set_follow_up(session, actor, by_id(self.id), at, comment=comment),
            self._unchangeable(actor),
            [*events, *([TicketCommentAdded] if comment else [])],
        ):
            self.due = at
            if comment:
                self.notes[self._newest_note()] = NoteKind.FOLLOW_UP

    @rule(actor=people)
    def remove_follow_up(self, actor: Principal) -> None:
        self._tick()
        if self._do(
            lambda session: follow_up.remove_follow_up(session, actor, by_id(self.id)),
            self._unchangeable(actor),
            [] if self.due is None else [TicketFollowedUp],
        ):
            self.due = None

    @rule(actor=people)
    def delete(self, actor: Principal) -> None:
        """Not only through DeleteTicket, which asks for the right before it comes here."""
        self._tick()
        refusal = self._unchangeable(actor, even_locked=True)
        if refusal is None and actor is AGENT:
            refusal = PermissionDenied
        if self._do(
            lambda session: properties.set_properties(session, actor, by_id(self.id), {"is_deleted": True}),
            refusal,
            [TicketDeleted],
        ):
            self.is_deleted = True

    @precondition(lambda self: self.is_deleted)
    @rule(actor=people)
    def restore(self, actor: Principal) -> None:
        self._tick()
        refusal = self._hidden(actor) or (PermissionDenied if actor is AGENT else None)
        if self._do(
            lambda session: properties.set_properties(session, actor, by_id(self.id), {"is_deleted": False}),
            refusal,
            [TicketRestored],
        ):
            self.is_deleted = False

    # How it is done

    def _tick(self) -> None:
        self.now += timedelta(minutes=7)

    def _do(
        self, change: Callable[[Any], object], refusal: type[HelpdeskError] | None, events: list[type[HelpdeskEvent]]
    ) -> bool:
        """Make a change that must succeed, or be refused for a reason like this and leave everything as it was."""
        before, refused = self._rows(), None
        try:
            with clock.frozen(self.now), writing(self.engine) as session:
                change(session)
        except HelpdeskError as error:
            refused = error
        if refused is None:
            assert refusal is None
            self.events += events
            return True
        assert refusal is not None, refused
        assert isinstance(refused, refusal), refused
        assert self._rows() == before
        return False

    def _hidden(self, actor: Principal) -> type[HelpdeskError] | None:
        return NotFound if actor is AGENT and self.group not in actor.group_ids else None

    def _unchangeable(self, actor: Principal, *, even_locked: bool = False) -> type[HelpdeskError] | None:
        if hidden := self._hidden(actor):
            return hidden
        return NotPossible if self.is_deleted or (self.status is LOCKED and not even_locked) else None

    @property
    def _has_resolution(self) -> bool:
        return NoteKind.RESOLUTION in self.notes.values()

    def _can_close(self, has_resolution: bool) -> bool:
        if self.group == 3:
            return True
        return self.is_filled and (has_resolution or not self.department_needs_resolution)

    def _newest_note(self) -> int:
        with reading(self.engine) as session:
            found = session.scalars(select(TicketNote.id).where(TicketNote.ticket_id == self.id)).all()
        (fresh,) = set(found) - set(self.notes)
        return fresh

    def _rows(self) -> dict[str, list[Any]]:
        tables = {
            Ticket.__table__: (Ticket.id == self.id,),
            TicketMessage.__table__: (TicketMessage.ticket_id == self.id,),
            TicketNote.__table__: (TicketNote.ticket_id == self.id,),
            OutgoingMail.__table__: (OutgoingMail.ticket_id == self.id,),
            Event.__table__: (Event.item_id == self.id, Event.item_kind == ItemKind.TICKET),
        }
        with reading(self.engine) as session:
            return {
                table.name: list(session.execute(select(table).where(*owner).order_by(table.c.id)))
                for table, owner in tables.items()
            }

    # What must hold

    @invariant()
    def everything_agrees(self) -> None:
        rows = self._rows()
        self._check_ticket(rows)
        self._check_history()
        self._check_readers()

    def _check_ticket(self, rows: dict[str, list[Any]]) -> None:
        (ticket,) = rows["tickets"]
        inbound, outbound = ([at for way, at in self.sent if way is direction] for direction in Direction)
        assert (ticket.status, ticket.is_open, ticket.is_active) == (
            self.status,
            self.status in (OPEN, WAITING),
            self.status is OPEN,
        )
        assert (ticket.closed_at is None) == ticket.is_open
        assert (ticket.is_deleted, ticket.deleted_at is not None) == (self.is_deleted, self.is_deleted)
        assert (ticket.reply_count_in, ticket.reply_count_out) == (len(inbound), len(outbound))
        assert ticket.last_reply_at == max(at for _, at in self.sent)
        answers = [at for at in outbound if inbound and at >= min(inbound)]
        assert ticket.first_response_at == min(answers, default=None)
        assert ticket.last_activity_at >= max(ticket.opened_at, ticket.last_reply_at)
        assert ticket.has_resolution == self._has_resolution
        assert (ticket.follow_up_at, ticket.priority) == (self.due, self.priority)
        assert (ticket.group_id, ticket.agent_id) == (self.group, self.agent)
        assert ticket.department_id == (SALES if self.group == 3 else SUPPORT)
        assert {note.id: note.kind for note in rows["ticket_notes"]} == self.notes
        assert len(rows["outgoing_mails"]) == self.mails

    def _check_history(self) -> None:
        with reading(self.engine) as session:
            events = happened(session, ItemKind.TICKET, self.id)
            titles = [line.description for line in history(session, ItemKind.TICKET, self.id)]
        assert [type(event) for event in events] == self.events
        assert titles == [type_of(event).title for event in events]
        told = [words(event) for event in events if isinstance(event, TicketStatusChanged)]
        assert not told or told[-1].endswith(f" to {WORDS[self.status]}.")
        assert all(
            before.split(" to ")[1] == f"{after.removeprefix('Status: from ').split(' to ')[0]}."
            for before, after in pairwise(told)
        )

    def _check_readers(self) -> None:
        is_open = self.status in (OPEN, WAITING)
        with reading(self.engine) as session:
            found = {
                (deleted, open_): self.id
                in {row.id for row in search.search(session, MANAGER, TicketSearch(is_deleted=deleted, is_open=open_))}
                for deleted in (False, True)
                for open_ in (False, True)
            }
            parts = conversation.parts(session, MANAGER, by_id(self.id))
        assert [where for where, is_there in found.items() if is_there] == [(self.is_deleted, is_open)]
        assert len(parts) == len(self.sent) + len(self.notes)
        assert [part.at for part in parts] == sorted(part.at for part in parts)


def test_life(seeded_engine: Engine) -> None:
    class OnThisDatabase(Life):
        engine = seeded_engine

    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
