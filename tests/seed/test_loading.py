"""What is in the database after loading: rows as the helpdesk itself would have written them (ours)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from smartertrack_emu import seed
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.customfields.values import Item, listed
from smartertrack_emu.domain.events.history import history
from smartertrack_emu.domain.kinds import ItemKind, TicketStatus
from smartertrack_emu.domain.models import (
    Attachment,
    Base,
    CallLog,
    Chat,
    ChatMessage,
    Department,
    Group,
    GroupMember,
    Installation,
    KbArticle,
    KbFolder,
    KbFolderRights,
    OrganizationMember,
    Reminder,
    Role,
    RoleReport,
    RoleRight,
    Task,
    Ticket,
    TicketMessage,
    TicketNote,
    TicketRelation,
    TimeLog,
    User,
    UserRole,
    VoipAccount,
)
from smartertrack_emu.domain.people.accounts import Accounts
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.store.unit_of_work import reading, writing

from .conftest import DATA, EXAMPLE, Load

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)

DESK = """
brands: [{name: Acme}]
departments:
  - name: Support
    email: support@acme.example
    auto_responder: {subject: Thanks, body: <p>We have it.</p>}
    groups: [{name: Level 1, signature: <p>L1</p>, extension: "500"}]
users:
  - username: alice
    email: alice@acme.example
    display_name: Alice
    display_name_for_chat: Al
    roles: [Agent]
    groups: [{group: Level 1, max_chats: 3}]
  - {username: casey, email: casey@example.com, display_name: Casey}
time_log_categories: [{name: Work}]
"""


def _load_file(engine: Engine, path: Path, attachments: Path) -> None:
    with writing(engine) as session, clock.frozen(NOW):
        seed.load(session, seed.read(path), attachments=attachments)


def test_the_tests_own_data(filled: Engine, tmp_path: Path) -> None:
    _load_file(filled, DATA, tmp_path)
    with reading(filled) as session:
        users = session.execute(select(User.id, User.username).order_by(User.id)).all()
        assert users[3:] == [(4, "alice"), (5, "bob"), (6, "carol"), (7, "mary"), (8, "customer")]
        assert session.scalars(select(Group.name).order_by(Group.id)).all() == ["Level 1", "Level 2", "Sales"]
        assert session.scalars(select(Department.name).order_by(Department.id)).all() == ["Support", "Sales"]
        assert session.scalars(select(KbFolder.name).order_by(KbFolder.id)).all() == [
            "Getting Started",
            "Internal",
            "Servers",
        ]
        installation = session.get_one(Installation, 1)
        assert (installation.server_name, installation.rights_version) == ("Acme Helpdesk", 2)
        assert listed(session, Item(ItemKind.TICKET, 1, 1)) == [("Account", "Example Inc [299]"), ("Asset", "Pick one")]
        assert listed(session, Item(ItemKind.USER, 4)) == [("Plan", "Pro")]
        alice = Accounts().log_in(session, "Alice", "alice-pw").principal
        assert (alice.id, alice.is_agent, alice.group_ids) == (4, True, frozenset({1, 2}))
        assert Accounts().log_in(session, "mary", "mary-pw").principal.is_manager
        assert not Accounts().log_in(session, "customer", "customer-pw").principal.is_agent
        _agrees_with_itself(session)


def test_the_example_data(filled: Engine, tmp_path: Path) -> None:
    _load_file(filled, EXAMPLE, tmp_path)
    with reading(filled) as session:
        logins = [Accounts().log_in(session, name, f"{name}-pw").principal for name in ("alice", "bob", "customer")]
        assert [login.id for login in logins] == [4, 5, 8]
        _agrees_with_itself(session)
        for section in seed.SeedDocument.model_fields:
            assert getattr(seed.read(EXAMPLE), section), section
        # What comes of using the helpdesk.
        empty = {
            "channel_members",
            "channel_messages",
            "channels",
            "dialler_attempts",
            "email_verifications",
            "engine_settings",
            "event_actions",
            "event_outbox",
            "fetched_mails",
            "greatest_ids",
            "incoming_mails",
            "item_counts",
            "job_settings",
            "login_handshakes",
            "outgoing_attachments",
            "outgoing_mails",
            "survey_offers",
            "task_notes",
            "visitor_invitations",
            "visitors",
        }
        for table in Base.metadata.sorted_tables:
            if table.name in empty:
                continue
            assert session.scalar(select(func.count()).select_from(table)), table.name


def _agrees_with_itself(session: Session) -> None:
    """Counts, flags, dates and history say the same of every ticket and chat."""
    for ticket in session.scalars(select(Ticket)):
        messages = session.scalars(
            select(TicketMessage).where(TicketMessage.ticket_id == ticket.id, ~TicketMessage.is_draft)
        ).all()
        notes = session.scalars(select(TicketNote).where(TicketNote.ticket_id == ticket.id)).all()
        incoming = [message for message in messages if message.direction is Direction.FROM_CUSTOMER]
        assert ticket.reply_count_in == len(incoming)
        assert ticket.reply_count_out == len(messages) - len(incoming)
        assert ticket.last_reply_at == max((message.sent_at for message in messages), default=None)
        assert ticket.last_activity_at >= max([ticket.opened_at, *(message.sent_at for message in messages)])
        assert ticket.has_resolution == any(note.kind.name == "RESOLUTION" for note in notes)
        assert (ticket.closed_at is None) == ticket.is_open
        assert (ticket.deleted_at is not None) == ticket.is_deleted
        lines = [line.description for line in history(session, ItemKind.TICKET, ticket.id)]
        assert lines[0] == "Ticket Created"
        assert lines.count("Ticket Comment Added") == len(notes)
    for chat in session.scalars(select(Chat)):
        said = session.scalars(select(ChatMessage).where(ChatMessage.chat_id == chat.id)).all()
        assert chat.reply_count_in == sum(message.sender_kind == "user" for message in said)
        assert chat.reply_count_out == sum(message.sender_kind == "agent" for message in said)
        assert chat.is_active == (chat.ended_at is None)
        assert history(session, ItemKind.CHAT, chat.id)[0].description == "Live Chat Started"


def test_a_ticket_with_everything(filled: Engine, load: Load, tmp_path: Path) -> None:
    with clock.frozen(NOW):
        load(
            DESK
            + """
tickets:
  - id: 70
    number: 0AB-12345678-0070
    subject: Printer on fire
    department: Support
    from: casey@example.com
    agent: alice
    opened: -3d
    status: closed
    closed: -1h
    priority: urgent
    pinned: true
    follow_up: +1d
    custom_fields: {Floor: 3, Burning: true}
    messages:
      - {from: customer, text: It burns., cc: "a@b.example; c@d.example", attachments: [{name: fire.txt, text: "🔥"}]}
      - {from: agent, text: "<p>Water?</p>", html: true, at: -2d}
      - {from: agent, text: Not yet, draft: true, at: -1d}
    notes:
      - {kind: resolution, text: "Water & sand", at: -2h}
      - {by: admin, kind: transfer note, text: <b>ours</b>, html: true, at: -3h}
    attachments: [{name: ../../log, base64: AAEC}]
    time_logs: [{category: work, start: -2h, end: -90m, billable: true}]
    related: [{ticket: Second one}, {chat: 1}, {call_log: A call}]
  - {id: 71, subject: Second one, group: Level 1, spam: true, opened: -1h, deleted: -1m}
chats: [{group: Level 1}]
call_logs: [{subject: A call, group: Level 1, agent: alice}]
custom_fields: [{name: Floor, type: Number}, {name: Burning, type: Boolean}]
"""
        )
    with reading(filled) as session:
        ticket = session.get_one(Ticket, 70)
        assert (ticket.number, ticket.status, ticket.priority.name) == (
            "0AB-12345678-0070",
            TicketStatus.CLOSED,
            "URGENT",
        )
        assert (ticket.brand_id, ticket.department_id, ticket.group_id, ticket.agent_id) == (1, 1, 1, 4)
        assert (ticket.customer_id, ticket.customer_name, ticket.created_by_id) == (5, "Casey", 5)
        assert (ticket.reply_count_in, ticket.reply_count_out, ticket.has_resolution) == (1, 1, True)
        assert ticket.opened_at == NOW - timedelta(days=3)
        assert ticket.last_reply_at == ticket.first_response_at == ticket.idle_since == NOW - timedelta(days=2)
        assert ticket.last_activity_at == ticket.closed_at == NOW - timedelta(hours=1)
        assert ticket.follow_up_at == NOW + timedelta(days=1)
        assert len(ticket.portal_token) == 43
        first, answer, draft = session.scalars(select(TicketMessage).order_by(TicketMessage.id))
        assert (first.from_address, first.from_name, first.author_id) == ("casey@example.com", "Casey", 5)
        assert (first.to_address, first.to_name) == ("support@acme.example", "Support")
        assert first.cc_address == "a@b.example, c@d.example"
        assert (answer.from_address, answer.from_name, answer.author_id) == ("support@acme.example", "Alice", 4)
        assert (answer.to_address, answer.is_html, draft.is_draft) == ("casey@example.com", True, True)
        assert session.scalars(select(TicketNote.body).order_by(TicketNote.id)).all() == [
            "Water &amp; sand",
            "<b>ours</b>",
        ]
        fire, log = session.scalars(select(Attachment).order_by(Attachment.id))
        assert (fire.message_id, fire.name, fire.received_length, fire.sender_id) == (first.id, "fire.txt", 4, 5)
        assert (log.message_id, log.name, log.is_complete) == (None, "log", True)
        assert log.sha256 == hashlib.sha256(b"\0\1\2").hexdigest()
        assert (tmp_path / "attachments" / log.sha256[:2] / log.sha256).read_bytes() == b"\0\1\2"
        spent = session.scalars(select(TimeLog)).one()
        assert (spent.ticket_id, spent.agent_id, spent.is_billable) == (70, 4, True)
        related = select(TicketRelation.related_ticket_id, TicketRelation.chat_id, TicketRelation.call_log_id)
        assert session.execute(related.order_by(TicketRelation.id)).all() == [
            (71, None, None),
            (None, 1, None),
            (None, None, 1),
        ]
        assert listed(session, Item(ItemKind.TICKET, 70, 1)) == [("Floor", "3"), ("Burning", "True")]
        second = session.get_one(Ticket, 71)
        assert (second.is_spam, second.is_deleted, second.deleted_at) == (True, True, NOW - timedelta(minutes=1))
        assert (second.agent_id, second.reply_count_in, second.last_reply_at) == (1, 0, None)
        assert [line.description for line in history(session, ItemKind.TICKET, 71)] == [
            "Ticket Created",
            "Ticket Deleted",
        ]
        told = [(line.description, line.actor_name) for line in history(session, ItemKind.TICKET, 70)]
        assert told[0] == ("Ticket Created", "casey")
        assert ("Ticket Message Sent", "alice") in told
        assert ("Ticket Comment Added", "admin") in told
        assert told[-1][0] == "Ticket Follow Up Scheduled"
        _agrees_with_itself(session)


def test_a_ticket_opened_by_an_agent(filled: Engine, load: Load) -> None:
    load(
        DESK
        + """
tickets:
  - subject: Your order
    group: Level 1
    from: new@example.com
    from_name: Newcomer
    status: waiting
    messages: [{from: agent, by: alice, text: It is on its way., at: -1h}]
"""
    )
    with reading(filled) as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.customer_id, ticket.customer_name, ticket.agent_id) == (None, "Newcomer", 1)
        assert (ticket.created_by_id, ticket.first_response_at, ticket.reply_count_out) == (4, None, 1)
        assert (ticket.is_open, ticket.is_active) == (True, False)
        assert history(session, ItemKind.TICKET, 1)[0].details.startswith("Outbound; department 1, group 1")


def test_chats_and_calls(filled: Engine, load: Load) -> None:
    with clock.frozen(NOW):
        load(
            DESK
            + """
chats:
  - department: Support
    agent: alice
    customer: {email: casey@example.com, ip: 192.0.2.1, language: de}
    queued: -11m
    started: -10m
    ended: -5m
    messages:
      - {from: system, text: Welcome}
      - {from: user, text: "Hello?", at: -9m}
      - {from: agent, text: Hi, at: -8m}
    notes: [{text: a < b}]
    time_logs: [{category: Work, start: -10m, end: -5m}]
    attachments: [{name: a.txt, text: a}]
call_logs:
  - subject: Quote
    group: Level 1
    agent: alice
    start: -1h
    end: -50m
    incoming: false
    deleted: true
    time_logs: [{category: 1, start: -1h, end: -50m}]
  - {subject: Now, group: Level 1, agent: alice}
"""
        )
    with reading(filled) as session:
        chat = session.scalars(select(Chat)).one()
        assert (chat.customer_id, chat.customer_name, chat.customer_language) == (5, "Casey", "de")
        assert (chat.reply_count_in, chat.reply_count_out, chat.is_active) == (1, 1, False)
        assert chat.last_reply_at == NOW - timedelta(minutes=8)
        said = session.execute(select(ChatMessage.author_id, ChatMessage.author_name).order_by(ChatMessage.id))
        assert said.all() == [(3, "System"), (5, "Casey"), (4, "Al")]
        gone, now = session.scalars(select(CallLog).order_by(CallLog.id))
        assert (gone.started_at, gone.deleted_at, gone.is_incoming) == (NOW - timedelta(hours=1), NOW, False)
        assert (now.started_at, now.ended_at, now.created_at, now.deleted_at) == (NOW, NOW, NOW, None)
        assert [line.description for line in history(session, ItemKind.CHAT, 1)] == [
            "Live Chat Started",
            "Live Chat Comment Added",
            "Live Chat Attachment Added",
            "Live Chat Time Log Created",
            "Live Chat Ended",
        ]


def test_people_and_their_things(filled: Engine, load: Load) -> None:
    with clock.frozen(NOW):
        load(
            DESK
            + """
roles:
  - {name: Editor, rights: [kb.create, KB.View], reports: [Ticket Overview]}
organizations:
  - {name: Example Inc, members: [{type: email, value: a@b.example}, {type: phone, value: "123"}]}
knowledge_base:
  - folder: Public
    rights: [{role: Editor, view: true, create: true}]
    articles: [{subject: One, body: <p>x</p>, created_by: alice, created: -2d, modified: -1d, deleted: true}]
tasks:
  - subject: Call
    agent: alice
    due: +1h
    reminder_minutes: 15
    original_estimate: {amount: 2, unit: hours}
    priority: low
    status: on hold
reminders:
  - {user: casey, subject: Look, category: follow up, at: -1h, dismissed: true}
voip_accounts:
  - {user: admin, department: Support, login: admin, password: pw}
transfer_servers:
  - {name: Other, url: "http://127.0.0.1:1", username: a, password: b}
"""
        )
        load("users: [{username: gone, password: x, email: gone@example.com, deleted: -1d}, {username: gone}]")
    with reading(filled) as session:
        assert session.scalars(select(RoleRight.right).where(RoleRight.role_id == 7)).all() == ["kb.create", "kb.view"]
        assert len(session.scalars(select(RoleReport).where(RoleReport.role_id == 7)).all()) == 1
        assert session.scalars(select(OrganizationMember.value)).all() == ["a@b.example", "123"]
        assert session.scalars(select(KbFolderRights.role_id).where(KbFolderRights.may_create)).all() == [7]
        article = session.scalars(select(KbArticle)).one()
        assert (article.created_at, article.modified_at) == (NOW - timedelta(days=2), NOW - timedelta(days=1))
        assert (article.is_deleted, article.created_by_id) == (True, 4)
        task = session.scalars(select(Task)).one()
        assert task.remind_at == NOW + timedelta(minutes=45)
        assert (task.original_estimate, task.status.name) == (2, "ON_HOLD")
        reminder = session.scalars(select(Reminder)).one()
        assert (reminder.dismissed_at, reminder.occurred_at) == (NOW, NOW - timedelta(hours=1))
        account = session.scalars(select(VoipAccount)).one()
        assert (account.user_id, account.department_id, account.group_id) == (2, 1, None)
        assert session.scalars(select(GroupMember.max_chats)).all() == [3]
        roles = select(UserRole.role_id).where(UserRole.user_id == 4).order_by(UserRole.role_id)
        assert session.scalars(roles).all() == [1, 2, 4]
        gone, again = session.scalars(select(User).where(User.username == "gone").order_by(User.id))
        assert (gone.username_key, gone.email_key, gone.password_hash) == (None, None, None)
        assert again.username_key == "gone"
        support = session.get_one(Department, 1)
        assert (support.auto_responder_subject, support.email) == ("Thanks", "support@acme.example")
        assert session.get_one(Group, 1).extension == "500"
        assert not session.get_one(Role, 7).is_employee


def test_a_database_that_was_never_filled(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session, pytest.raises(LookupError, match="has not been filled"):
        seed.load(session, seed.parse(""), attachments=tmp_path)
