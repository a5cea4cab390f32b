"""Canned replies and items of news."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from smartertrack_emu.domain.structure import texts
from smartertrack_emu.domain.structure.texts import CannedReply as CannedReplyRow
from smartertrack_emu.domain.structure.texts import NewsItem as NewsItemRow

from .declaring import Answer, Call, Routes
from .entrance import PREFIX
from .models import Changes, Listing, Model, Paging

routes = Routes("The desk: canned replies and news")

_DELETED = {409: "It is deleted."}
Title = Annotated[str, Field(max_length=4_000)]
Body = Annotated[str, Field(max_length=1_000_000, description="HTML.")]


class NewCannedReply(Model):
    """A canned reply to be written; `body` is HTML."""

    example: ClassVar[Mapping[str, Any]] = {"name": "Greeting", "body": "<p>Thank you for your message.</p>"}

    name: Title
    body: Body = ""


class CannedReplyChanges(Changes):
    """What is to change of a canned reply; what is left out stays."""

    example: ClassVar[Mapping[str, Any]] = {"name": "Welcome"}

    name: Title = ""
    body: Body = ""


class CannedReply(Model):
    """An answer that is written once and given often."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 1,
        "name": "Greeting",
        "body": "<p>Thank you for your message.</p>",
        "deleted": False,
    }

    id: int
    name: str
    body: str
    deleted: bool


class NewNewsItem(Model):
    """An item of news to be written; `body` is HTML."""

    example: ClassVar[Mapping[str, Any]] = {"subject": "Closed on Friday", "body": "<p>Back on Monday.</p>"}

    subject: Title
    body: Body = ""
    enabled: bool = True


class NewsItemChanges(Changes):
    """What is to change of an item of news; what is left out stays."""

    example: ClassVar[Mapping[str, Any]] = {"enabled": False}

    subject: Title = ""
    body: Body = ""
    enabled: bool = True


class NewsItem(Model):
    """An announcement; the portal shows it while it is enabled."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 1,
        "subject": "Closed on Friday",
        "body": "<p>Back on Monday.</p>",
        "enabled": True,
        "deleted": False,
    }

    id: int
    subject: str
    body: str
    enabled: bool
    deleted: bool


def _find_reply(call: Call, reply_id: int) -> None:
    call.read(lambda session, actor: texts.get(session, CannedReplyRow, reply_id))  # noqa: ARG005 - all work gets one


def _find_news(call: Call, news_id: int) -> None:
    call.read(lambda session, actor: texts.get(session, NewsItemRow, news_id))  # noqa: ARG005 - the same


@routes.get("/canned-replies")
def list_canned_replies(call: Call, query: Paging) -> Listing[CannedReply]:
    """List the canned replies that are not deleted, the oldest first."""
    found, total = call.read(
        lambda session, actor: texts.page(session, CannedReplyRow, limit=query.limit, offset=query.offset)  # noqa: ARG005 - the same
    )
    return Listing[CannedReply](items=[_reply(row) for row in found], total=total)


@routes.post("/canned-replies", status=201)
def add_canned_reply(call: Call, body: NewCannedReply) -> Answer[CannedReply]:
    """Write a canned reply."""
    values = body.model_dump()
    made = call.write(lambda session, actor: _reply(texts.create(session, CannedReplyRow, values)))  # noqa: ARG005 - the same
    return Answer(made, headers={"Location": f"{PREFIX}/canned-replies/{made.id}"})


@routes.get("/canned-replies/{reply_id}", finds=_find_reply)
def get_canned_reply(call: Call, reply_id: int) -> CannedReply:
    """Return a canned reply, a deleted one too."""
    return call.read(lambda session, actor: _reply(texts.get(session, CannedReplyRow, reply_id)))  # noqa: ARG005 - the same


@routes.patch("/canned-replies/{reply_id}", errors=_DELETED, finds=_find_reply)
def change_canned_reply(call: Call, reply_id: int, body: CannedReplyChanges) -> CannedReply:
    """Change a canned reply."""
    changes = body.model_dump(exclude_unset=True)
    return call.write(lambda session, actor: _reply(texts.change(session, CannedReplyRow, reply_id, changes)))  # noqa: ARG005 - the same


@routes.delete("/canned-replies/{reply_id}", errors=_DELETED, finds=_find_reply)
def delete_canned_reply(call: Call, reply_id: int) -> None:
    """Mark a canned reply as deleted."""
    call.write(lambda session, actor: texts.delete(session, CannedReplyRow, reply_id))  # noqa: ARG005 - the same


@routes.get("/news")
def list_news(call: Call, query: Paging) -> Listing[NewsItem]:
    """List the items of news that are not deleted, the oldest first."""
    found, total = call.read(
        lambda session, actor: texts.page(session, NewsItemRow, limit=query.limit, offset=query.offset)  # noqa: ARG005 - the same
    )
    return Listing[NewsItem](items=[_news(row) for row in found], total=total)


@routes.post("/news", status=201)
def add_news_item(call: Call, body: NewNewsItem) -> Answer[NewsItem]:
    """Write an item of news."""
    values = _columns(body)
    made = call.write(lambda session, actor: _news(texts.create(session, NewsItemRow, values)))  # noqa: ARG005 - the same
    return Answer(made, headers={"Location": f"{PREFIX}/news/{made.id}"})


@routes.get("/news/{news_id}", finds=_find_news)
def get_news_item(call: Call, news_id: int) -> NewsItem:
    """Return an item of news, a deleted one too."""
    return call.read(lambda session, actor: _news(texts.get(session, NewsItemRow, news_id)))  # noqa: ARG005 - the same


@routes.patch("/news/{news_id}", errors=_DELETED, finds=_find_news)
def change_news_item(call: Call, news_id: int, body: NewsItemChanges) -> NewsItem:
    """Change an item of news."""
    changes = _columns(body)
    return call.write(lambda session, actor: _news(texts.change(session, NewsItemRow, news_id, changes)))  # noqa: ARG005 - the same


@routes.delete("/news/{news_id}", errors=_DELETED, finds=_find_news)
def delete_news_item(call: Call, news_id: int) -> None:
    """Mark an item of news as deleted."""
    call.write(lambda session, actor: texts.delete(session, NewsItemRow, news_id))  # noqa: ARG005 - the same


def _columns(body: Model) -> dict[str, Any]:
    given = body.model_dump(exclude_unset=True)
    return {"is_enabled" if name == "enabled" else name: value for name, value in given.items()}


def _reply(row: CannedReplyRow) -> CannedReply:
    return CannedReply(id=row.id, name=row.name, body=row.body, deleted=row.deleted_at is not None)


def _news(row: NewsItemRow) -> NewsItem:
    return NewsItem(
        id=row.id, subject=row.subject, body=row.body, enabled=row.is_enabled, deleted=row.deleted_at is not None
    )
