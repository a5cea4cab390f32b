"""Channels, where agents talk among themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy.orm import Session

from smartertrack_emu.domain.channels import channels
from smartertrack_emu.domain.channels.models import Channel as ChannelRow
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.people.principal import Principal

from .declaring import Answer, Call, Routes
from .entrance import PREFIX
from .models import Listing, Model, Moment, Paging
from .references import Made, named_by

routes = Routes("The desk: channels")

_NOT_IN_IT = {409: "The agent is not in the channel."}
_FIELDS = {"agent_id": "agent"}


class NewChannel(Model):
    """A channel; one that is `short_lived` ends when the last agent leaves it."""

    example: ClassVar[Mapping[str, Any]] = {"name": "Night shift", "short_lived": False}

    name: str
    short_lived: bool = False


class Channel(Model):
    """A channel. `agents`: the user names of who is in it, in the order in which they joined."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 1,
        "name": "Night shift",
        "short_lived": False,
        "agents": ["alice"],
        "created_at": "2031-02-28T23:59:00Z",
    }

    id: int
    name: str
    short_lived: bool
    agents: list[str]
    created_at: Moment


class ByAgent(Model):
    """An agent, by their user name."""

    example: ClassVar[Mapping[str, Any]] = {"agent": "alice"}

    agent: str


class InviteAgent(Model):
    """An invitation of an agent by another one who is in the channel, by their user names."""

    example: ClassVar[Mapping[str, Any]] = {"from": "alice", "to": "bob", "message": "Have you a minute?"}

    inviting: str = Field(alias="from")
    to: str
    message: str = Field(default="", max_length=channels.LONGEST_MESSAGE)


class NewMessage(Model):
    """Something that an agent, by their user name, says in a channel."""

    example: ClassVar[Mapping[str, Any]] = {"agent": "alice", "text": "The printer burns again."}

    agent: str
    text: str = Field(min_length=1, max_length=channels.LONGEST_MESSAGE)


class Message(Model):
    """Something that was said in a channel, by somebody as they were shown then."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 5,
        "by": "Alice Agent",
        "text": "The printer burns again.",
        "at": "2031-02-28T23:59:00Z",
    }

    id: int
    by: str
    text: str
    at: Moment


def _find(call: Call, channel_id: int) -> None:
    call.read(lambda session, actor: channels.get(session, channel_id))  # noqa: ARG005 - all work gets one


@routes.get("/channels")
def list_channels(call: Call, query: Paging) -> Listing[Channel]:
    """List the channels, the oldest first."""

    def work(session: Session, actor: Principal) -> Listing[Channel]:
        del actor
        found, total = channels.page(session, limit=query.limit, offset=query.offset)
        return Listing[Channel](items=_shown(session, found), total=total)

    return call.read(work)


@routes.post("/channels", status=201, errors={409: "There is a channel of this name."})
def add_channel(call: Call, body: NewChannel) -> Answer[Channel]:
    """Make a channel, with nobody in it."""

    def work(session: Session, actor: Principal) -> Channel:
        made = channels.create(session, actor, name=body.name, short_lived=body.short_lived)
        return _shown(session, [made])[0]

    channel = call.write(work)
    return Answer(channel, headers={"Location": f"{PREFIX}/channels/{channel.id}"})


@routes.get("/channels/{channel_id}", finds=_find)
def get_channel(call: Call, channel_id: int) -> Channel:
    """Return a channel."""
    return call.read(lambda session, actor: _shown(session, [channels.get(session, channel_id)])[0])  # noqa: ARG005 - the same


@routes.delete("/channels/{channel_id}", finds=_find)
def delete_channel(call: Call, channel_id: int) -> None:
    """Delete a channel, with all that was said in it."""
    call.write(lambda session, actor: channels.delete(session, channel_id))  # noqa: ARG005 - the same


@routes.post("/channels/{channel_id}/join", fields=_FIELDS, finds=_find)
def join_channel(call: Call, channel_id: int, body: ByAgent) -> Channel:
    """Let an agent who may use channels join one; nothing happens to one who is in it."""
    return _done(call, channel_id, body.agent, lambda session, agent: channels.join(session, channel_id, agent))


@routes.post("/channels/{channel_id}/leave", errors=_NOT_IN_IT, fields=_FIELDS, finds=_find)
def leave_channel(call: Call, channel_id: int, body: ByAgent) -> Channel:
    """Let an agent leave a channel; a short-lived one ends with the last of them."""
    return _done(call, channel_id, body.agent, lambda session, agent: channels.leave(session, channel_id, agent))


@routes.post(
    "/channels/{channel_id}/invite",
    errors={409: "The one agent is not in the channel, or the other one is."},
    fields={"agent_id": "to"},
    finds=_find,
)
def invite_into_channel(call: Call, channel_id: int, body: InviteAgent) -> Channel:
    """Invite an agent into a channel."""

    def work(session: Session, inviting: int) -> None:
        with named_by("to"):
            to = users.find_by_username(session, body.to)
        channels.invite(session, channel_id, from_id=inviting, to_id=to.id, message=body.message)

    return _done(call, channel_id, body.inviting, work, member="inviting")


@routes.post(
    "/channels/{channel_id}/messages",
    status=201,
    errors=_NOT_IN_IT,
    fields={**_FIELDS, "message": "text"},
    finds=_find,
)
def add_channel_message(call: Call, channel_id: int, body: NewMessage) -> Made:
    """Say something in a channel, as an agent who is in it."""

    def work(session: Session, actor: Principal) -> Made:
        del actor
        channels.get(session, channel_id)
        with named_by("agent"):
            agent = users.find_by_username(session, body.agent)
        return Made(id=channels.say(session, channel_id, agent.id, body.text).id)

    return call.write(work)


@routes.get("/channels/{channel_id}/messages", finds=_find)
def list_channel_messages(call: Call, channel_id: int, query: Paging) -> Listing[Message]:
    """List what was said in a channel, the oldest first."""

    def work(session: Session, actor: Principal) -> Listing[Message]:
        del actor
        found, total = channels.messages(session, channel_id, limit=query.limit, offset=query.offset)
        items = [Message(id=row.id, by=row.author_name, text=row.body, at=row.sent_at) for row in found]
        return Listing[Message](items=items, total=total)

    return call.read(work)


def _done(
    call: Call, channel_id: int, username: str, work: Callable[[Session, int], None], *, member: str = "agent"
) -> Channel:
    """Do something as an agent, and return the channel as it is then; one that ended is empty."""

    def work_and_show(session: Session, actor: Principal) -> Channel:
        del actor
        channel = channels.get(session, channel_id)
        with named_by(member):
            agent = users.find_by_username(session, username)
        before = _shown(session, [channel])[0]
        work(session, agent.id)
        if channel in session:
            return _shown(session, [channel])[0]
        return before.model_copy(update={"agents": []})

    return call.write(work_and_show)


def _shown(session: Session, rows: list[ChannelRow]) -> list[Channel]:
    agents = channels.members(session, [row.id for row in rows])
    return [
        Channel(
            id=row.id,
            name=row.name,
            short_lived=row.short_lived,
            agents=agents[row.id],
            created_at=row.created_at,
        )
        for row in rows
    ]
