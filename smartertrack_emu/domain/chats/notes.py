"""Notes: what agents tell each other about a chat, also after its end."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.events.chats import LiveChatCommentAdded, LiveChatCommentEdited
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.kinds import NoteKind
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal

from .models import Chat, ChatNote
from .visibility import open_to_change, require, visible_to

_KINDS = {
    "note": NoteKind.NOTE,
    "general": NoteKind.NOTE,
    "resolution": NoteKind.RESOLUTION,
    "transfernote": NoteKind.TRANSFER_NOTE,
    "followup": NoteKind.FOLLOW_UP,
}
"""The words are documented, but `general`, which is in real use (seen)."""


class Note(NamedTuple):
    """A note; `body` is HTML, `author` a user name."""

    id: int
    kind: NoteKind
    author: str
    body: str
    entered_at: datetime


def parse_kind(word: str) -> NoteKind | None:
    """Return the kind that a word names in any letter case, None for an empty one; BadValue for another word."""
    if not word.strip():
        return None
    kind = _KINDS.get(word.strip().lower())
    if kind is None:
        raise BadValue("kind", f": {shown(word)} is none of Note, Resolution, TransferNote and FollowUp.")
    return kind


def word(kind: NoteKind) -> str:
    """Return what the history of a chat calls a kind: `Transfer note`."""
    return kind.name.replace("_", " ").capitalize()


def add(session: Session, actor: Principal, chat_id: int, kind: NoteKind | None, text: str) -> int:
    """Add a note, given as plain text, and return its id; no kind is a plain note.

    NotFound; BadValue for an empty text; NotPossible for a deleted chat.
    """
    chat = open_to_change(session, actor, chat_id)
    return write(session, actor, chat, kind or NoteKind.NOTE, text)


def write(session: Session, actor: Principal, chat: Chat, kind: NoteKind, text: str) -> int:
    """Add a note to a chat opened to change; BadValue for an empty text."""
    note = ChatNote(chat_id=chat.id, kind=kind, author_id=actor.id, body=_body(text), entered_at=clock.now())
    session.add(note)
    session.flush()
    publish(session, actor, LiveChatCommentAdded(chat.id, note.id, word(kind)))
    return note.id


def edit(session: Session, actor: Principal, note_id: int, chat_id: int, kind: NoteKind | None, text: str) -> None:
    """Change a note's text, and its kind where one is given.

    NotFound for the chat, and for a note that is not the chat's; BadValue for an empty text; NotPossible.
    """
    chat = open_to_change(session, actor, chat_id)
    note = session.get(ChatNote, note_id, with_for_update=True)
    if note is None or note.chat_id != chat.id:
        raise NotFound(f"There is no note {note_id} of chat {chat_id}.")
    kind = kind or note.kind
    event = LiveChatCommentEdited(chat.id, note_id, word(note.kind), word(kind))
    note.body, note.kind = _body(text), kind
    note.edited_at = clock.now()
    note.edited_by_id = actor.id
    session.flush()
    publish(session, actor, event)


def get(session: Session, actor: Principal, note_id: int) -> Note:
    """Return a note of a chat that the actor sees; NotFound."""
    statement = _NOTES.join(Chat, Chat.id == ChatNote.chat_id).where(ChatNote.id == note_id, *visible_to(actor))
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(f"There is no note {note_id}.")
    return Note(*row)


def listing(session: Session, actor: Principal, chat_id: int) -> list[Note]:
    """Return a chat's notes, oldest first; NotFound."""
    require(session, actor, chat_id)
    rows = session.execute(_NOTES.where(ChatNote.chat_id == chat_id).order_by(ChatNote.entered_at, ChatNote.id))
    return [Note(*row) for row in rows]


_NOTES: Select[*tuple[Any, ...]] = select(
    ChatNote.id, ChatNote.kind, User.username, ChatNote.body, ChatNote.entered_at
).join(User, User.id == ChatNote.author_id)


def _body(text: str) -> str:
    if not text.strip():
        raise BadValue("text", "is required.")
    return encode(text)
