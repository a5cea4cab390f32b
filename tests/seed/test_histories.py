"""What the seed file's histories say: what the helpdesk says when the same is done in it (ours)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.calllogs import call_logs
from smartertrack_emu.domain.calllogs.call_logs import NewCallLog
from smartertrack_emu.domain.chats import lifecycle
from smartertrack_emu.domain.chats import notes as chat_notes
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.events.history import history
from smartertrack_emu.domain.kinds import ItemKind, NoteKind
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.people.models import QUEUE_ID
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.tasks import tasks
from smartertrack_emu.domain.tickets import attachments, conversation, creation, follow_up, notes, state
from smartertrack_emu.domain.tickets.conversation import NewMessage
from smartertrack_emu.domain.tickets.creation import NewTicket
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.domain.tickets.visibility import by_id
from smartertrack_emu.domain.timelogs import time_logs
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.happened import happened

from .conftest import Load

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
ALICE = Principal(
    id=4,
    username="alice",
    display_name="Alice",
    email="alice@acme.example",
    role_ids=frozenset(),
    group_ids=frozenset({1}),
    is_agent=True,
    is_manager=True,
    is_administrator=True,
    rights=frozenset(),
)
DESK = """
brands: [{name: Acme}]
departments: [{name: Support, email: support@acme.example, groups: [{name: Level 1}]}]
users:
  - {username: alice, email: alice@acme.example, display_name: Alice, roles: [Agent], groups: [{group: Level 1}]}
  - {username: casey, email: casey@example.com, display_name: Casey}
time_log_categories: [{name: Work}]
"""
ITEMS = """
tickets:
  - subject: Fire
    group: Level 1
    from: casey@example.com
    agent: alice
    opened: -3h
    status: closed
    closed: -1h
    follow_up: +1d
    deleted: -30m
    messages:
      - {from: customer, text: It burns., at: -3h}
      - {from: agent, text: "Water?", at: -150m}
      - {from: customer, text: No., at: -140m}
    notes: [{kind: resolution, text: Sand, at: -2h}]
    attachments: [{name: fire.txt, text: burn, at: -110m}]
    time_logs: [{category: Work, start: -105m, end: -100m}]
  - subject: Nobody's
    group: Level 1
    from: casey@example.com
    opened: -3h
    messages: [{from: agent, by: alice, text: Hi, at: -3h}]
chats:
  - group: Level 1
    agent: alice
    customer: {name: Zoe}
    started: -3h
    ended: -1h
    notes: [{kind: transfer note, text: Yours, at: -2h}]
    attachments: [{name: a.txt, text: a, at: -110m}]
    time_logs: [{category: Work, start: -105m, end: -100m}]
  - {group: Level 1, customer: {name: Ann}, started: -3h}
call_logs:
  - subject: A call
    group: Level 1
    agent: alice
    start: -3h
    created: -3h
    deleted: -1h
    time_logs: [{category: Work, start: -105m, end: -100m}]
tasks: [{subject: Call back, agent: alice, created: -3h, deleted: -1h}]
users: [{username: erin, email: erin@example.com, created: -3h}]
"""


def test_seeded_histories_say_what_the_helpdesk_does(filled: Engine, load: Load, tmp_path: Path) -> None:
    with clock.frozen(NOW):
        load(DESK)
    with writing(filled) as session:
        done = [
            (ItemKind.TICKET, [_a_whole_ticket(session, tmp_path), _an_outbound_ticket(session)]),
            (ItemKind.CHAT, [_a_chat(session, tmp_path), _a_queued_chat(session)]),
            (ItemKind.CALL_LOG, [_a_call(session)]),
            (ItemKind.TASK, [_a_task(session)]),
            (ItemKind.USER, [_a_user(session)]),
        ]
    with clock.frozen(NOW):
        load(ITEMS)
    with reading(filled) as session:
        for kind, ids in done:
            for item_id in ids:
                told = _told(session, kind, item_id)
                assert told
                assert _told(session, kind, item_id + len(ids)) == told


def _told(session: Session, kind: ItemKind, item_id: int) -> list[tuple[Any, datetime]]:
    """An item's events and when they were, without the ids of the item and of its parts, which differ."""
    told = zip(happened(session, kind, item_id), history(session, kind, item_id), strict=True)
    return [(_without_ids(event), line.happened_at) for event, line in told]


def _without_ids(event: Any) -> Any:
    own = (event._fields[0], "note_id", "message_id", "time_log_id")
    return event._replace(**dict.fromkeys((name for name in own if name in event._fields), 0))


def _at(session: Session, minutes: int, do: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """Do something that many minutes before now."""
    with clock.frozen(NOW - timedelta(minutes=minutes)):
        return do(session, *arguments, **more)


def _log(session: Session, kind: ItemKind, item_id: int) -> None:
    started, ended = (NOW - timedelta(minutes=minutes) for minutes in (105, 100))
    _at(session, 100, time_logs.add, ALICE, kind, item_id, category_id=1, started_at=started, ended_at=ended)


def _a_whole_ticket(session: Session, root: Path) -> int:
    new = NewTicket(
        Direction.FROM_CUSTOMER,
        "casey@example.com",
        "Fire",
        "It burns.",
        is_html=False,
        group_id=1,
        agent_id=4,
    )
    ticket: int = _at(session, 180, creation.create, ALICE, new).id
    which = by_id(ticket)
    _at(session, 150, conversation.add, ALICE, which, NewMessage(to_customer=True, body="Water?", is_html=False))
    _at(session, 140, conversation.add, ALICE, which, NewMessage(to_customer=False, body="No.", is_html=False))
    _at(session, 120, notes.add, ALICE, which, NoteKind.RESOLUTION, "Sand")
    file = {"message_id": 0, "name": "fire.txt", "data": b"burn", "length": 4, "file_at": None}
    _at(session, 110, attachments.add, ALICE, which, root=root, max_length=9, **file)
    _log(session, ItemKind.TICKET, ticket)
    _at(session, 60, state.close, ALICE, which)
    _at(session, 60, follow_up.set_follow_up, ALICE, which, NOW + timedelta(days=1))
    _at(session, 30, state.delete, ALICE, which)
    return ticket


def _an_outbound_ticket(session: Session) -> int:
    new = NewTicket(
        Direction.TO_CUSTOMER, "casey@example.com", "Offer", "Hi", is_html=False, group_id=1, agent_id=QUEUE_ID
    )
    ticket: int = _at(session, 180, creation.create, ALICE, new).id
    return ticket


def _a_chat(session: Session, root: Path) -> int:
    chat: Chat = _at(session, 180, lifecycle.start, group_id=1, customer_name="Zoe", agent_id=4)
    _at(session, 120, chat_notes.add, ALICE, chat.id, NoteKind.TRANSFER_NOTE, "Yours")
    _at(session, 110, lifecycle.send_file, root, chat, "a.txt", b"a")
    _log(session, ItemKind.CHAT, chat.id)
    _at(session, 60, lifecycle.end, ALICE, chat)
    return chat.id


def _a_queued_chat(session: Session) -> int:
    chat: Chat = _at(session, 180, lifecycle.start, group_id=1, customer_name="Ann", agent_id=QUEUE_ID)
    return chat.id


def _a_call(session: Session) -> int:
    call: int = _at(session, 180, call_logs.create, ALICE, NewCallLog("A call", group_id=1, agent_id=4)).id
    _log(session, ItemKind.CALL_LOG, call)
    _at(session, 60, call_logs.delete, ALICE, call)
    return call


def _a_task(session: Session) -> int:
    task: int = _at(session, 180, tasks.create, ALICE, {"subject": "Call back"})
    _at(session, 60, tasks.delete, ALICE, task)
    return task


def _a_user(session: Session) -> int:
    user: int = _at(session, 180, users.create, ALICE, username="dora", password=None)
    return user
