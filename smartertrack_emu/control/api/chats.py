"""Chats from the customer's side: started, spoken in, left, and marked as deleted."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import naming
from smartertrack_emu.domain.chats import lifecycle, state, visibility
from smartertrack_emu.domain.chats.models import Chat, SenderKind
from smartertrack_emu.domain.errors import BadValue, NotPossible
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure import departments, places
from smartertrack_emu.domain.structure.models import Department, Group

from .declaring import Call, Media, Routes
from .models import Model, Query
from .problems import Problem
from .references import Made, held_in, named_by

routes = Routes("The desk: chats")

_LONGEST_LINE = 100_000


class NewChat(Model):
    """A chat that a customer starts in a department's first group. `username`: who is logged in."""

    example: ClassVar[Mapping[str, Any]] = {
        "department": "Support",
        "name": "Casey",
        "email": "casey@example.com",
        "question": "Is it me?",
        "custom_fields": {},
    }

    department: str = Field(description="Its name, in any letter case.")
    name: str = Field(default="", description="Of the customer; left out: that of who is logged in.")
    email: str = ""
    username: str | None = None
    question: str = Field(default="", max_length=_LONGEST_LINE, description="The customer's first line.")
    custom_fields: dict[str, str] = Field(default_factory=dict)


class ShownChat(Model):
    """A chat. `agent`: the user name of who has it, null in the queue."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 5,
        "number": "3F0-3B00A1C2-0005",
        "state": "active",
        "agent": "alice",
        "department": "Support",
        "group": "Level 1",
    }

    id: int
    number: str
    state: Literal["queued", "active", "ended"]
    agent: str | None
    department: str
    group: str


class EndedChat(ShownChat):
    """A chat that its customer has ended. `survey`: where they are asked how it was, null where they are not."""

    example: ClassVar[Mapping[str, Any]] = {**ShownChat.example, "state": "ended", "survey": None}

    survey: str | None


class NewLine(Model):
    """Something that the customer says, or the agent who has the chat."""

    example: ClassVar[Mapping[str, Any]] = {"from": "customer", "text": "Hello?"}

    sender: Literal["customer", "agent"] = Field(alias="from")
    text: str = Field(min_length=1, max_length=_LONGEST_LINE)


class FileName(Query):
    """What a file is called."""

    name: str


def _find(call: Call, chat_id: int) -> None:
    call.read(lambda session, actor: visibility.require(session, actor, chat_id))


@routes.post("/chats", status=201, fields={"customer_email": "email"})
def start_chat(call: Call, body: NewChat) -> ShownChat:
    """Start a chat as a customer does in the portal."""

    def work(session: Session, actor: Principal) -> ShownChat:
        del actor
        customer_id, name, email = None, body.name, naming.email(body.email, "email")
        if body.username is not None:
            with named_by("username"):
                user = users.find_by_username(session, body.username)
            customer_id, name, email = user.id, name or user.display_name, email or user.email
        group_id = places.resolve(session, _department(session, body.department), 0).group_id
        name = naming.name(name, "name")
        with held_in("custom_fields"):
            chat = lifecycle.start(
                session,
                group_id=group_id,
                customer_name=name,
                customer_email=email,
                question=body.question,
                custom_fields=body.custom_fields,
                customer_id=customer_id,
            )
        return shown_chat(session, chat)

    return call.write(work)


@routes.post("/chats/{chat_id}/messages", status=201, errors={409: "The chat has ended."}, finds=_find)
def add_chat_message(call: Call, chat_id: int, body: NewLine) -> Made:
    """Say something in a chat, as the customer or as the agent who has it."""

    def work(session: Session, actor: Principal) -> Made:
        chat = visibility.open_to_change(session, actor, chat_id)
        sender = SenderKind.USER if body.sender == "customer" else SenderKind.AGENT
        if sender is SenderKind.AGENT and chat.agent_id == QUEUE_ID:
            raise NotPossible(f"Chat {chat.number} is in the queue: no agent has it.")
        if not body.text.strip():
            raise BadValue("text", "is required.")
        return Made(id=lifecycle.say(session, chat, sender, body.text).id)

    return call.write(work)


@routes.post("/chats/{chat_id}/leave", errors={409: "The chat has ended already."}, finds=_find)
def leave_chat(call: Call, chat_id: int) -> EndedChat:
    """Let the customer end a chat; return the address of the survey that they are asked to answer, if any."""

    def work(session: Session, actor: Principal) -> EndedChat:
        chat = visibility.open_to_change(session, actor, chat_id)
        offer = lifecycle.leave(session, chat)
        members = shown_chat(session, chat).model_dump()
        return EndedChat(**members, survey=None if offer is None else offer.url)

    return call.write(work)


@routes.post(
    "/chats/{chat_id}/attachments",
    status=201,
    errors={409: "The chat has ended.", 413: "The file is too long."},
    finds=_find,
)
def add_chat_attachment(
    call: Call,
    chat_id: int,
    query: FileName,
    body: Annotated[bytes, Media("application/octet-stream", "the file's bytes", any_type=True)],
) -> Made:
    """Send a file in a chat, as the customer."""
    most = call.desk.max_attachment
    if len(body) > most:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The file is longer than {most} bytes.")

    def work(session: Session, actor: Principal) -> Made:
        chat = visibility.open_to_change(session, actor, chat_id)
        return Made(id=lifecycle.send_file(session, call.desk.attachments, chat, query.name, body).id)

    return call.write(work)


@routes.delete("/chats/{chat_id}", errors={409: "The chat is deleted already."}, finds=_find)
def delete_chat(call: Call, chat_id: int) -> None:
    """Mark a chat as deleted."""
    call.write(lambda session, actor: state.delete(session, actor, chat_id))


def _department(session: Session, name: str) -> int:
    found = departments.departments_named(session, name)
    if not found:
        raise BadValue("department", f": there is no department {naming.shown(name)}.")
    if len(found) > 1:
        raise BadValue("department", f": several departments are called {naming.shown(name)}.")
    return found[0].id


def shown_chat(session: Session, chat: Chat) -> ShownChat:
    """Return a chat as the control API shows it."""
    department, group, agent = session.execute(
        select(Department.name, Group.name, User.username)
        .join_from(Group, Department, Department.id == Group.department_id)
        .join(User, User.id == chat.agent_id)
        .where(Group.id == chat.group_id)
    ).one()
    is_queued = chat.agent_id == QUEUE_ID
    return ShownChat(
        id=chat.id,
        number=chat.number,
        state="ended" if not chat.is_active else "queued" if is_queued else "active",
        agent=None if is_queued else agent,
        department=department,
        group=group,
    )
