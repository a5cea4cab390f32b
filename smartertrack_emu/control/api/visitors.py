"""Visitors of web pages: who is on, where they are, inviting them to chats, and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.visitors import invitations, reading, visits
from smartertrack_emu.domain.visitors.models import Visitor as VisitorRow

from .chats import ShownChat, shown_chat
from .declaring import Call, Routes
from .models import Changes, Listing, Model, Moment, Paging
from .references import group_named, named_by

routes = Routes("The desk: visitors")

_NOT_OPEN = {409: "The visitor is removed, or has no open invitation."}


class Visitor(Model):
    """A visit. `hits`: how many pages were opened; `page`: the last one. `invitation`: what became of the last one."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 7,
        "state": "active",
        "hits": 3,
        "page": "https://www.example.com/prices",
        "ip": "192.0.2.11",
        "country": "",
        "host_name": "",
        "started_at": "2031-02-28T23:50:00Z",
        "last_seen_at": "2031-02-28T23:59:00Z",
        "invitation": None,
    }

    id: int
    state: Literal["active", "removed"]
    hits: int
    page: str
    ip: str
    country: str
    host_name: str
    started_at: Moment
    last_seen_at: Moment
    invitation: Literal["open", "accepted", "rejected", "ignored"] | None


class VisitorChanges(Changes):
    """What is known of a visitor besides; what is left out stays."""

    example: ClassVar[Mapping[str, Any]] = {"country": "Germany", "host_name": "host.example.net"}

    country: str = ""
    host_name: str = ""


class Invite(Model):
    """An invitation to a chat with an agent, by their user name, in a group: left out, the agent's first."""

    example: ClassVar[Mapping[str, Any]] = {"agent": "alice", "group": "Level 1", "message": "May I help you?"}

    agent: str
    group: str | int | None = Field(
        default=None, description="Its name, in any letter case; its id where several groups are called so."
    )
    message: str = Field(default="", max_length=invitations.LONGEST_MESSAGE)


def _find(call: Call, visitor_id: int) -> None:
    call.read(lambda session, actor: reading.get(session, visitor_id))  # noqa: ARG005 - all work gets one


@routes.get("/visitors")
def list_visitors(call: Call, query: Paging) -> Listing[Visitor]:
    """List the visitors, the oldest first, with those who were removed and are not forgotten yet."""

    def work(session: Session, actor: Principal) -> Listing[Visitor]:
        del actor
        found, total = reading.page(session, limit=query.limit, offset=query.offset)
        return Listing[Visitor](items=_shown(session, found), total=total)

    return call.read(work)


@routes.get("/visitors/{visitor_id}", finds=_find)
def get_visitor(call: Call, visitor_id: int) -> Visitor:
    """Return a visitor."""
    return call.read(lambda session, actor: _one(session, visitor_id))  # noqa: ARG005 - the same


@routes.patch("/visitors/{visitor_id}", finds=_find)
def change_visitor(call: Call, visitor_id: int, body: VisitorChanges) -> Visitor:
    """Say what country a visitor is in, and what their host is called."""

    def work(session: Session, actor: Principal) -> Visitor:
        del actor
        visits.change(session, visitor_id, body.model_dump(exclude_unset=True))
        return _one(session, visitor_id)

    return call.write(work)


@routes.delete("/visitors/{visitor_id}", errors={409: "The visitor is removed already."}, finds=_find)
def remove_visitor(call: Call, visitor_id: int) -> None:
    """Remove a visitor, as an agent does."""
    call.write(lambda session, actor: visits.remove(session, actor, visitor_id))


@routes.post(
    "/visitors/{visitor_id}/invite",
    errors={409: "The visitor is removed, or is invited already."},
    fields={"agent_id": "agent", "group_id": "group"},
    finds=_find,
)
def invite_visitor(call: Call, visitor_id: int, body: Invite) -> Visitor:
    """Invite a visitor to a chat with an agent."""

    def work(session: Session, actor: Principal) -> Visitor:
        del actor
        reading.get(session, visitor_id)
        with named_by("agent"):
            agent = users.find_by_username(session, body.agent)
        with named_by("group"):
            group_id = None if body.group is None else group_named(session, body.group, "group")
            invitations.invite(session, agent, visitor_id, agent_id=agent.id, group_id=group_id, message=body.message)
        return _one(session, visitor_id)

    return call.write(work)


@routes.post("/visitors/{visitor_id}/accept", status=201, errors=_NOT_OPEN, finds=_find)
def accept_invitation(call: Call, visitor_id: int) -> ShownChat:
    """Let a visitor accept the invitation; return the chat that starts."""
    return call.write(
        lambda session, actor: shown_chat(session, invitations.accept(session, visitor_id))  # noqa: ARG005 - the same
    )


@routes.post("/visitors/{visitor_id}/reject", errors=_NOT_OPEN, finds=_find)
def reject_invitation(call: Call, visitor_id: int) -> Visitor:
    """Let a visitor reject the invitation."""

    def work(session: Session, actor: Principal) -> Visitor:
        del actor
        invitations.reject(session, visitor_id)
        return _one(session, visitor_id)

    return call.write(work)


def _one(session: Session, visitor_id: int) -> Visitor:
    return _shown(session, [reading.get(session, visitor_id)])[0]


def _shown(session: Session, rows: list[VisitorRow]) -> list[Visitor]:
    invited = reading.last_invitations(session, [row.id for row in rows])
    return [
        Visitor(
            id=row.id,
            state="active" if row.removed_at is None else "removed",
            hits=row.hits,
            page=row.page,
            ip=row.ip,
            country=row.country,
            host_name=row.host_name,
            started_at=row.started_at,
            last_seen_at=row.last_seen_at,
            invitation=invited[row.id].value if row.id in invited else None,
        )
        for row in rows
    ]
