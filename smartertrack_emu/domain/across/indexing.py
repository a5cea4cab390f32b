"""Full text that is missing, or older than what it is of: found by comparing, and written anew.

The database keeps the full text in each transaction, so only what was written past the models can be found here: by
another program, or by a statement that forgot the words. To compare costs time, so one look is at a few rows: the
newest ones, and a window that moves through the table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain.chats.models import Chat, ChatMessage, ChatText
from smartertrack_emu.domain.html import to_text
from smartertrack_emu.domain.kb.models import KbArticle, html_words
from smartertrack_emu.domain.search.words import BOUNDARY, LONGEST_BODY, body_words, title_words

WINDOW: Final = 100
"""How many ids one look is at."""

Table = type[KbArticle | Chat | ChatMessage]
_Look = tuple[int, Mapping[str, Any], Mapping[str, Any]]


class Window(NamedTuple):
    """Rows of a table by their ids, both ends included."""

    table: Table
    first: int
    last: int


TABLES: Final[tuple[Table, ...]] = (KbArticle, ChatMessage, Chat)
"""In the order in which their texts are written: a chat's is made of its messages' words."""


def windows(session: Session, table: Table, *, turn: int, everything: bool = False) -> list[Window]:
    """Return what to look at: the newest rows, and the window whose turn it is; or all there is."""
    last: int = session.scalar(select(func.max(table.id))) or 0
    every = [Window(table, first, first + WINDOW - 1) for first in range(1, last + 1, WINDOW)]
    if everything or not every:
        return every
    newest = Window(table, max(last - WINDOW + 1, 1), last)
    return [every[turn % len(every)], newest]


def stale(session: Session, but: Collection[int], *, window: Window) -> Sequence[int]:
    """Return the ids of a window's rows whose full text is not what it is to be, but for those given."""
    ids = (window.table.id >= window.first, window.table.id <= window.last)
    found = [number for number, present, due in _looked_at(session, window.table, ids) if present != due]
    return [number for number in found if number not in but]


def write(session: Session, row_id: int, *, table: Table) -> None:
    """Write the full text of a row anew."""
    for number, _, due in _looked_at(session, table, (table.id == row_id,)):
        values = {name: value for name, value in due.items() if name != "heading"}
        session.execute(update(table.__table__).where(table.id == number).values(values))
        if table is Chat:
            _write_text(session, number)
        elif table is ChatMessage:
            chat_id = session.scalar(select(ChatMessage.chat_id).where(ChatMessage.id == number))
            _write_text(session, int(chat_id or 0))


def _looked_at(session: Session, table: Table, which: Sequence[Any]) -> Iterator[_Look]:
    """Give the ids of rows, the words that they have, and those that they are to have."""
    return _LOOKS[table](session, which)


def _articles(session: Session, which: Sequence[Any]) -> Iterator[_Look]:
    names = ("body_text", "subject_words", "keyword_words", "body_words")
    columns = (KbArticle.subject, KbArticle.keywords, KbArticle.body)
    for number, subject, keywords, body, *present in _rows(session, KbArticle, columns, names, which):
        words = (to_text(body), title_words(subject), title_words(keywords), html_words(body))
        yield number, dict(zip(names, present, strict=True)), dict(zip(names, words, strict=True))


def _messages(session: Session, which: Sequence[Any]) -> Iterator[_Look]:
    for number, body, present in _rows(session, ChatMessage, (ChatMessage.body,), ("body_words",), which):
        yield number, {"body_words": present}, {"body_words": body_words(body)}


def _chats(session: Session, which: Sequence[Any]) -> Iterator[_Look]:
    heading = select(ChatText.heading).where(ChatText.chat_id == Chat.id).scalar_subquery()
    columns = (Chat.number, Chat.customer_name, Chat.customer_email, heading)
    names = ("customer_name_words", "customer_email_words")
    for number, shown, name, email, text, *present in _rows(session, Chat, columns, names, which):
        due = (title_words(name), title_words(email))
        is_now = {**dict(zip(names, present, strict=True)), "heading": text}
        yield number, is_now, {**dict(zip(names, due, strict=True)), "heading": _heading(shown, *due)}


_LOOKS: Final[Mapping[Table, Callable[[Session, Sequence[Any]], Iterator[_Look]]]] = {
    KbArticle: _articles,
    ChatMessage: _messages,
    Chat: _chats,
}


def _rows(session: Session, table: Table, columns: Sequence[Any], names: Sequence[str], which: Sequence[Any]) -> Any:
    words = [getattr(table, name) for name in names]
    return session.execute(select(table.id, *columns, *words).where(*which).order_by(table.id)).all()


def _heading(number: str, name_words: str, email_words: str) -> str:
    """Return what the database's triggers write for a chat."""
    return f" {BOUNDARY} ".join((number.lower().replace("-", " "), name_words, email_words))


def _write_text(session: Session, chat_id: int) -> None:
    """Write a chat's text of its own words and those of its messages."""
    columns = (Chat.number, Chat.customer_name_words, Chat.customer_email_words)
    row = session.execute(select(*columns).where(Chat.id == chat_id)).one_or_none()
    if row is None:
        return
    said = session.scalars(
        select(ChatMessage.body_words).where(ChatMessage.chat_id == chat_id).order_by(ChatMessage.id)
    )
    whole = "".join(f" {BOUNDARY} {words}" for words in said)[:LONGEST_BODY]
    text = session.get(ChatText, chat_id)
    if text is None:
        session.add(text := ChatText(chat_id=chat_id))
    text.heading, text.said = _heading(*row), whole
    session.flush()
