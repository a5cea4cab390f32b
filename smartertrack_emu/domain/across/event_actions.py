"""Doing what rules say, at the desk: each kind of action but those that ask another system.

    act(session, action)            in one transaction with its mark; HelpdeskError where the item's state forbids it
    check(session, type, action)    whether what an action names is there, when a rule is made

What they do is documented, how it is done is ours: by the functions that people's calls come to as well, as System.
What would change nothing changes nothing and lets nothing happen.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.chats import assignment as chat_assignment
from smartertrack_emu.domain.chats import notes as chat_notes
from smartertrack_emu.domain.errors import BadValue, NotFound, NotPossible
from smartertrack_emu.domain.events.declaring import TYPES, EventType
from smartertrack_emu.domain.events.outbox import DueAction
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.kinds import ItemKind, NoteKind, Priority, TicketStatus
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.notifications.models import Reminder
from smartertrack_emu.domain.people import agents, users
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.spool.mails import Mail, spool
from smartertrack_emu.domain.spool.models import MailKind
from smartertrack_emu.domain.spool.templates import Text, one_line, text_of
from smartertrack_emu.domain.structure.models import Department, Group
from smartertrack_emu.domain.tasks import notes as task_notes
from smartertrack_emu.domain.tasks import tasks
from smartertrack_emu.domain.tasks.models import TaskStatus
from smartertrack_emu.domain.text import fold, key
from smartertrack_emu.domain.tickets import assignment as ticket_assignment
from smartertrack_emu.domain.tickets import notes as ticket_notes
from smartertrack_emu.domain.tickets import properties, status, visibility
from smartertrack_emu.domain.visitors import invitations
from smartertrack_emu.domain.visitors.invitations import LONGEST_MESSAGE
from smartertrack_emu.store.unit_of_work import after_commit

from .event_arguments import task_word

log = logging.getLogger("smartertrack_emu.log.events")
"""What the action `log` writes into: the events log."""

NOT_YET: Final[Mapping[str, str]] = {
    "notify-provider": "External providers are not asked yet.",
}
"""Kinds that can be chosen and end as skipped, and why."""

_BY_SYSTEM = users.Found(SYSTEM.id, SYSTEM.username, SYSTEM.display_name, SYSTEM.email)
_PRIORITIES = {fold(one.word): one for one in Priority}
_TICKET_STATUSES = {fold(word): one for one, word in status.WORDS.items()}
_TASK_STATUSES = {fold(task_word(one)): one for one in TaskStatus}
_TEMPLATE: Final = "event-notification"
_OF_TEMPLATE: Final[Mapping[str, str]] = {
    "Subject": "subject",
    "TicketNumber": "ticketNumber",
    "CustomerName": "customerName",
    "CustomerEmail": "customerEmail",
    "Department": "departmentName",
    "Group": "groupName",
    "Agent": "agentUsername",
}
"""What the template may ask for, and the argument that it is."""

_VARIABLE = re.compile("#([A-Za-z][A-Za-z0-9_ .-]{0,99})#")
_WORD_ENDS = re.compile("(?<=[a-z0-9])(?=[A-Z])")
_LONGEST_LINE: Final = 10_000


def act(session: Session, action: DueAction) -> None:
    """Do an action; HelpdeskError where the state of the item forbids it, or somebody it names is gone."""
    KINDS[action.kind](session, action)


def check(session: Session, declared: EventType, action: Mapping[str, Any]) -> None:
    """Raise BadValue or NotFound where a user, group or status that an action names is not there."""
    kind = action["kind"]
    if kind == "reminder" and action["user"] != "agent":
        users.find_by_username(session, action["user"])
    elif kind == "transfer":
        _places(session, action)
    elif kind == "status":
        check_status(declared, action)


def check_status(declared: EventType, action: Mapping[str, Any]) -> None:
    """Raise BadValue where the status that an action names is none of the items that events of a type are about."""
    _word(_TICKET_STATUSES if declared.item_kind is ItemKind.TICKET else _TASK_STATUSES, action["status"])


# Desk


def _transfer(session: Session, action: DueAction) -> None:
    item_id = _item(action)
    group_id, agent_id = _places(session, action.action)
    if action.item_kind is ItemKind.TICKET:
        ticket = visibility.open_to_change(session, SYSTEM, visibility.by_id(item_id))
        # Without an agent the group's queue takes it, as by a person's transfer.
        ticket_assignment.move(session, SYSTEM, ticket, group_id=group_id, agent_id=agent_id or QUEUE_ID)
    elif action.item_kind is ItemKind.CHAT:
        chat_assignment.transfer(session, SYSTEM, item_id, group_id=group_id, agent_id=agent_id)
    else:
        tasks.update(session, SYSTEM, item_id, {"agent_id": None if agent_id == QUEUE_ID else agent_id})


def _set_priority(session: Session, action: DueAction) -> None:
    priority = _word(_PRIORITIES, action.action["priority"])
    if action.item_kind is ItemKind.TICKET:
        properties.set_properties(session, SYSTEM, visibility.by_id(_item(action)), {"priority": priority})
    else:
        tasks.update(session, SYSTEM, _item(action), {"priority": priority})


def _set_status(session: Session, action: DueAction) -> None:
    if action.item_kind is ItemKind.TICKET:
        wanted: TicketStatus = _word(_TICKET_STATUSES, action.action["status"])
        ticket = visibility.open_to_change(session, SYSTEM, visibility.by_id(_item(action)), even_locked=True)
        if ticket.status is TicketStatus.LOCKED and wanted is not TicketStatus.LOCKED:
            raise NotPossible(f"Ticket {ticket.number} is closed and locked.")
        status.change_status(session, SYSTEM, ticket, wanted)
    else:
        tasks.update(session, SYSTEM, _item(action), {"status": _word(_TASK_STATUSES, action.action["status"])})


def _add_note(session: Session, action: DueAction) -> None:
    text, item_id = _filled(action, "text"), _item(action)
    if action.item_kind is ItemKind.TICKET:
        ticket_notes.add(session, SYSTEM, visibility.by_id(item_id), NoteKind.NOTE, encode(text))
    elif action.item_kind is ItemKind.CHAT:
        chat_notes.add(session, SYSTEM, item_id, NoteKind.NOTE, text)
    else:
        task_notes.add(session, SYSTEM, item_id, _BY_SYSTEM, text)


def _remind(session: Session, action: DueAction) -> None:
    wanted = action.action["user"]
    username = action.told.get("agentUsername", "") if wanted == "agent" else wanted
    user = users.find_by_username(session, username) if username else None
    if user is None or user.id == QUEUE_ID:
        raise NotPossible("Nobody has the item, so nobody can be reminded.")
    reminder = Reminder(user_id=user.id, subject=_filled(action, "subject"), body=_filled(action, "body"))
    session.add(reminder)
    session.flush()


# Mail and log


def _mail(session: Session, action: DueAction) -> None:
    wanted = action.action
    addresses: dict[str, str] = {}
    for to in wanted["to"]:
        for address in _addresses(session, action, to):
            addresses.setdefault(fold(address), address)
    if not addresses:
        raise NotPossible("There is nobody with an address to write to.")
    department = _department(session, action)
    text = _text_of_mail(session, action)
    is_of_ticket = action.item_kind is ItemKind.TICKET
    mail = Mail(
        to_address=", ".join(addresses.values()),
        subject=text.subject,
        body=text.body,
        is_html=text.is_html,
        from_address="" if department is None else department.email,
        from_name="" if department is None else department.name,
    )
    spool(
        session,
        mail,
        kind=MailKind.NOTIFICATION,
        template=_TEMPLATE,
        ticket_id=action.item_id if is_of_ticket else None,
        ticket_number=action.told.get("ticketNumber", "") if is_of_ticket else "",
        department_id=None if department is None else department.id,
    )


def _text_of_mail(session: Session, action: DueAction) -> Text:
    """Return what a mail says: the action's own words, or where it has none those of the template."""
    told, own = action.told, action.action
    values = {name: _shown(told.get(argument)) for name, argument in _OF_TEMPLATE.items()}
    values["EventTitle"] = TYPES[told["eventType"]].title
    text = text_of(session, _TEMPLATE, values)
    if own["subject"].strip():
        text = text._replace(subject=one_line(_filled(action, "subject")))
    if own["body"].strip():
        text = text._replace(body=_filled(action, "body", is_html=own["html"]), is_html=own["html"])
    return text


def _addresses(session: Session, action: DueAction, to: str) -> list[str]:
    if to == "customer":
        found = [action.told.get("customerEmail")]
    elif to == "agent":
        username = action.told.get("agentUsername")
        found = list(session.scalars(select(User.email).where(User.username_key == key(username)))) if username else []
    elif to == "group":
        group = _group_of(session, action)
        members = [] if group is None else [one.id for one in agents.members(session, group.id)]
        found = list(session.scalars(select(User.email).where(User.id.in_(members)).order_by(User.id)))
    else:
        found = [to]
    return [address for address in found if address]


def _department(session: Session, action: DueAction) -> Department | None:
    group = _group_of(session, action)
    if group is not None:
        return session.get(Department, group.department_id)
    name = action.told.get("departmentName")
    found = select(Department).where(Department.name_key == key(name or "")).order_by(Department.id)
    return session.scalars(found.limit(1)).one_or_none() if name else None


def _group_of(session: Session, action: DueAction) -> Group | None:
    """Return the group that the event tells of."""
    name, department = action.told.get("groupName"), action.told.get("departmentName")
    if not name:
        return None
    found = select(Group).where(Group.name_key == key(name)).order_by(Group.id)
    if department:
        found = found.join(Department, Department.id == Group.department_id).where(
            Department.name_key == key(department)
        )
    return session.scalars(found.limit(1)).one_or_none()


def _invite(session: Session, action: DueAction) -> None:
    invitations.invite(session, SYSTEM, _item(action), message=_filled(action, "message")[:LONGEST_MESSAGE])


def _write_log(session: Session, action: DueAction) -> None:
    line = " ".join(_filled(action, "text").split())[:_LONGEST_LINE]
    after_commit(session, lambda: log.info("%s", line))


# What they share


def _item(action: DueAction) -> int:
    if action.item_id is None:
        raise NotPossible("The event is about no item.")
    return action.item_id


def _filled(action: DueAction, member: str, *, is_html: bool = False) -> str:
    """Return a text with its variables filled in: `#TICKET_NUMBER#` is `ticketNumber`; others stay as they are."""
    values = {_variable(name): value for name, value in action.told.items()}

    def fill(found: re.Match[str]) -> str:
        name = fold(found[1])
        if name not in values:
            return found[0]
        text = _shown(values[name])
        return escape(text) if is_html else text

    return _VARIABLE.sub(fill, action.action[member])


def _variable(argument: str) -> str:
    """Return what an argument is called in texts, without letter case: `ticket_number`, `cf_account`."""
    return fold(argument if argument.startswith("cf_") else _WORD_ENDS.sub("_", argument))


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _word(words: Mapping[str, Any], given: str) -> Any:
    found = words.get(fold(given.strip()))
    if found is None:
        raise BadValue(f"{shown(given)} is none of {', '.join(word.title() for word in words)}.")
    return found


def _places(session: Session, wanted: Mapping[str, Any]) -> tuple[int, int]:
    """Return the group and the agent that a transfer names, 0 for one that is not named; NotFound, BadValue."""
    group, agent = wanted["group"].strip(), wanted["agent"].strip()
    return _group_named(session, group) if group else 0, _agent_named(session, agent) if agent else 0


def _group_named(session: Session, name: str) -> int:
    found = list(session.scalars(select(Group.id).where(Group.name_key == key(name)).order_by(Group.id).limit(2)))
    if not found:
        raise NotFound(f"There is no group {shown(name)}.")
    if len(found) > 1:
        raise BadValue(f"There is more than one group {shown(name)}.")
    return found[0]


def _agent_named(session: Session, username: str) -> int:
    found = users.find_by_username(session, username)
    if found.id != QUEUE_ID:
        agents.check_agent(session, found.id)
    return found.id


KINDS: dict[str, Callable[[Session, DueAction], None]] = {
    "email": _mail,
    "reminder": _remind,
    "transfer": _transfer,
    "priority": _set_priority,
    "status": _set_status,
    "note": _add_note,
    "log": _write_log,
    "invite": _invite,
}
"""What does each kind of action."""
