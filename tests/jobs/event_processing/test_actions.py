"""Evidence: documented (the kinds of actions) and ours (how they are done). Each kind does what it says."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from sqlalchemy import select

from smartertrack_emu.domain.across import event_actions
from smartertrack_emu.domain.chats import lifecycle
from smartertrack_emu.domain.chats.models import Chat, ChatNote, SenderKind
from smartertrack_emu.domain.events.calllogs import CallLogModified
from smartertrack_emu.domain.events.tickets import TicketCountDepartment
from smartertrack_emu.domain.kinds import ItemKind, Priority, TicketStatus
from smartertrack_emu.domain.models import OutgoingMail, Reminder, Task, TaskNote, TicketNote
from smartertrack_emu.domain.people.models import QUEUE_ID
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.spool.models import MailKind
from smartertrack_emu.domain.tasks import tasks
from smartertrack_emu.domain.tasks.models import TaskStatus

from .conftest import CREATED, STATUS, TICKET, Helpdesk

SAID, TASK_CHANGED, CALL_CHANGED, COUNTED = 511006, 507001, 508001, 502009
ALICE, BOB, CAROL = 4, 5, 6


def on_ticket(helpdesk: Helpdesk, **action: Any) -> None:
    """Let a rule do something with the seeded ticket."""
    helpdesk.rule(STATUS, action)
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.run()


def on_chat(helpdesk: Helpdesk, **action: Any) -> None:
    """Let a rule do something with the seeded chat, in which the customer asks <b>."""
    helpdesk.rule(SAID, action)
    helpdesk.desk.write(lambda session: lifecycle.say(session, session.get_one(Chat, 1), SenderKind.USER, "Is it <b>?"))
    helpdesk.run()


def on_task(helpdesk: Helpdesk, **action: Any) -> None:
    """Let a rule do something with the seeded task."""
    helpdesk.rule(TASK_CHANGED, action | {"once_per_item": True})
    subject = f"After {len(helpdesk.actions())} actions"
    helpdesk.desk.write(lambda session: tasks.update(session, SYSTEM, 1, {"subject": subject}))
    helpdesk.run()


def row(helpdesk: Helpdesk, model: type[Any], item_id: int = 1) -> Any:
    """Return a row."""
    return helpdesk.desk.read(lambda session: session.get_one(model, item_id))


def last(helpdesk: Helpdesk, model: type[Any]) -> Any:
    """Return the newest row."""
    return helpdesk.desk.read(lambda session: session.scalars(select(model).order_by(model.id.desc())).first())


def test_the_status_and_priority_of_a_ticket(helpdesk: Helpdesk) -> None:
    helpdesk.rule(CREATED, {"kind": "status", "status": "waiting"}, {"kind": "priority", "priority": "HIGH"})
    ticket_id = helpdesk.opened()
    helpdesk.run()
    ticket = helpdesk.ticket(ticket_id)
    assert (ticket.status, ticket.priority) == (TicketStatus.WAITING, Priority.HIGH)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"group": "level 2"}, (2, QUEUE_ID)),
        ({"agent": "Bob"}, (1, BOB)),
        ({"agent": "queue"}, (1, QUEUE_ID)),
        ({"group": "Sales", "agent": "carol"}, (3, CAROL)),
    ],
)
def test_a_ticket_is_transferred(helpdesk: Helpdesk, given: dict[str, str], place: tuple[int, int]) -> None:
    on_ticket(helpdesk, kind="transfer", **given)
    ticket = helpdesk.ticket()
    assert (ticket.group_id, ticket.agent_id) == place
    assert helpdesk.events(502001)[-1].by == "system"


def test_an_agent_who_is_not_in_the_group(helpdesk: Helpdesk) -> None:
    on_ticket(helpdesk, kind="transfer", group="Level 1", agent="carol")
    ((state, reason),) = helpdesk.states()
    assert state == "failed"
    assert "not in group" in reason


def test_a_chat_is_transferred_and_gets_a_note(helpdesk: Helpdesk) -> None:
    on_chat(helpdesk, kind="transfer", group="Sales", agent="carol")
    chat = row(helpdesk, Chat)
    assert (chat.group_id, chat.agent_id) == (3, CAROL)
    on_chat(helpdesk, kind="note", text="#CUSTOMER_NAME# said: #MESSAGE#")
    assert last(helpdesk, ChatNote).body.endswith("said: Is it &lt;b&gt;?")


def test_a_task(helpdesk: Helpdesk) -> None:
    on_task(helpdesk, kind="status", status="in review")
    on_task(helpdesk, kind="priority", priority="Urgent")
    task = row(helpdesk, Task)
    assert (task.status, task.priority) == (TaskStatus.IN_REVIEW, Priority.URGENT)


def test_a_task_is_given_and_noted(helpdesk: Helpdesk) -> None:
    on_task(helpdesk, kind="transfer", agent="bob")
    on_task(helpdesk, kind="note", text="From #OLD_PRIORITY# <now>")
    assert row(helpdesk, Task).agent_id == BOB
    assert (last(helpdesk, TaskNote).body, last(helpdesk, TaskNote).author_id) == ("From #OLD_PRIORITY# &lt;now&gt;", 3)


def test_a_note(helpdesk: Helpdesk) -> None:
    on_ticket(helpdesk, kind="note", text="Now #status#")
    assert last(helpdesk, TicketNote).body == "Now Waiting"


@pytest.mark.parametrize(("user", "who"), [("agent", ALICE), ("Mary", 7)])
def test_a_reminder(helpdesk: Helpdesk, user: str, who: int) -> None:
    on_ticket(helpdesk, kind="reminder", user=user, subject="#TICKET_NUMBER# waits", body="<b>")
    reminder = last(helpdesk, Reminder)
    assert (reminder.user_id, reminder.subject, reminder.body, reminder.category) == (
        who,
        f"{helpdesk.ticket().number} waits",
        "<b>",
        "Event",
    )


def test_nobody_to_remind(helpdesk: Helpdesk) -> None:
    helpdesk.rule(COUNTED, {"kind": "reminder", "user": "agent", "subject": "x"})
    helpdesk.publish(TicketCountDepartment("Support", 3, 2))
    helpdesk.run()
    assert helpdesk.states() == [("failed", "Nobody has the item, so nobody can be reminded.")]


def test_a_mail(helpdesk: Helpdesk) -> None:
    on_ticket(
        helpdesk,
        kind="email",
        to=["customer", "agent", "group", "Boss@acme.example", "boss@acme.example"],
        subject="#SUBJECT#\r\nBcc: x",
        body="<p>#SUBJECT#</p>",
        html=True,
    )
    mail = last(helpdesk, OutgoingMail)
    assert mail.to_address == (
        "customer@example.com, alice@acme.example, bob@acme.example, mary@acme.example, Boss@acme.example"
    )
    assert (mail.kind, mail.subject, mail.body) == (
        MailKind.NOTIFICATION,
        "Cannot log in Bcc: x",
        "<p>Cannot log in</p>",
    )
    assert (mail.is_html, mail.ticket_id, mail.from_name) == (True, TICKET, "Support")


def test_values_are_encoded_in_html_mails_alone(helpdesk: Helpdesk) -> None:
    for html in (True, False):
        helpdesk.rule(CREATED, {"kind": "email", "to": ["x@y.example"], "body": "#SUBJECT#", "html": html})
    helpdesk.opened("<Fire> & smoke")
    helpdesk.run()
    bodies = helpdesk.desk.read(lambda session: list(session.scalars(select(OutgoingMail.body).order_by("id"))))
    assert bodies[-2:] == ["&lt;Fire&gt; &amp; smoke", "<Fire> & smoke"]


def test_a_mail_without_text_is_the_templates(helpdesk: Helpdesk) -> None:
    on_ticket(helpdesk, kind="email", to=["x@y.example"])
    mail, number = last(helpdesk, OutgoingMail), helpdesk.ticket().number
    assert mail.subject == f"Ticket Status Changed {number} Cannot log in"
    assert f"Ticket: {number} Cannot log in\n" in mail.body
    assert "agent: alice" in mail.body
    assert (mail.template, mail.ticket_number, mail.department_id) == ("event-notification", number, 1)
    helpdesk.rule(COUNTED, {"kind": "email", "to": ["x@y.example"]})
    helpdesk.publish(TicketCountDepartment("Support", 3, 2))
    helpdesk.run()
    assert last(helpdesk, OutgoingMail).subject.strip() == "Ticket Count Department"


def test_nobody_to_write_to(helpdesk: Helpdesk) -> None:
    helpdesk.rule(COUNTED, {"kind": "email", "to": ["customer", "agent"]}, {"kind": "email", "to": ["group"]})
    helpdesk.publish(TicketCountDepartment("Support", 3, 2))
    helpdesk.run()
    assert helpdesk.states() == [("failed", "There is nobody with an address to write to.")] * 2


def test_a_line_in_the_log(helpdesk: Helpdesk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger=event_actions.log.name):
        on_ticket(helpdesk, kind="log", text="#SUBJECT#\nis #STATUS#")
    assert [one.getMessage() for one in caplog.records if one.name == event_actions.log.name] == [
        "Cannot log in is Waiting"
    ]


def test_what_cannot_be_done_yet_is_skipped(helpdesk: Helpdesk) -> None:
    on_ticket(helpdesk, kind="notify-provider")
    assert helpdesk.states() == [("skipped", "External providers are not asked yet.")]


def test_every_kind_is_done_somewhere() -> None:
    from smartertrack_emu.domain.events.actions import KINDS  # noqa: PLC0415 - beside what it is compared with

    assert set(event_actions.KINDS) | set(event_actions.NOT_YET) | {"webhook"} == set(KINDS)


def test_an_event_about_another_item(helpdesk: Helpdesk) -> None:
    helpdesk.rule(CALL_CHANGED, {"kind": "email", "to": ["agent"], "subject": "#CALL_NUMBER#"})
    helpdesk.publish(CallLogModified(1, {}, {"subject": "x"}))
    helpdesk.run()
    assert last(helpdesk, OutgoingMail).to_address == "carol@acme.example"
    assert [(one.item_kind, one.item_id) for one in helpdesk.actions()] == [(ItemKind.CALL_LOG, 1)]
