"""Bytes to a letter: the one function that who imports mails calls."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import unquote

from smartertrack_emu.domain.html import keep_letter
from smartertrack_emu.domain.inbox.letters import File, Letter, Mailbox

from .bounces import find_bounce
from .content import Content
from .headers import Headers, read_header
from .structure import Mail

_REPLY_FIELDS: Final = ("x-autoreply", "x-autorespond", "x-auto-reply")
_BULK: Final = frozenset({"bulk", "list", "junk"})
_MOST_IDS: Final = 100
_BEGINNING: Final = 65_536
_WORD = re.compile(r"[a-z_-]+")


class Peeked(NamedTuple):
    """Who a mail comes from, and its subject, as far as its header says."""

    sender: str
    subject: str


def peek(raw: bytes) -> Peeked:
    """Return what the beginning of a mail says of it; nothing where that cannot be read."""
    headers = read_header(raw[:_BEGINNING])
    senders = headers.mailboxes("from")
    return Peeked(senders[0].address[:320] if senders else "", headers.text("subject")[:500])


def read_letter(raw: bytes, address_of: Callable[[File], str]) -> Letter:
    """Return what a mail says; NotImportableError, whose sentence begins with what is wrong.

    `address_of` gives the URL at which a file will be: images in the text are shown from there.
    """
    mail = Mail(raw)
    headers = mail.root.headers
    content = Content(mail)
    body = content.body
    if content.is_html:
        body = keep_letter(body, _images(content.files, address_of))
    is_reply, is_automatic = _is_automatic(headers)
    ids = headers.message_ids("message-id")
    return Letter(
        subject=headers.text("subject"),
        senders=tuple(headers.mailboxes("from")),
        reply_to=tuple(headers.mailboxes("reply-to")),
        to=tuple(headers.mailboxes("to")),
        cc=tuple(headers.mailboxes("cc")),
        delivered_to=_delivered_to(headers),
        message_id=ids[0] if ids else "",
        in_reply_to=tuple(headers.message_ids("in-reply-to")[:_MOST_IDS]),
        references=tuple(headers.message_ids("references")[-_MOST_IDS:]),
        date=headers.date("date"),
        is_high=_word(headers, "x-priority")[:1] in ("1", "2") or _word(headers, "importance") == "high",
        is_auto_reply=is_reply,
        is_automatic=is_automatic,
        is_bulk=headers.has("list-id") or headers.has("list-unsubscribe") or _word(headers, "precedence") in _BULK,
        is_spam=_word(headers, "x-spam-flag").startswith("yes") or _word(headers, "x-spam-status").startswith("yes"),
        received=len(headers.raw("received")),
        installation=headers.plain("x-emu-installation"),
        bounce=find_bounce(mail),
        body=body,
        is_html=content.is_html,
        files=tuple(content.files),
    )


def _word(headers: Headers, name: str) -> str:
    return headers.plain(name).lower()


def _is_automatic(headers: Headers) -> tuple[bool, bool]:
    """Say whether a mail is an answer that nobody wrote, and whether nobody wrote it (RFC 3834, and before that)."""
    submitted = _WORD.match(_word(headers, "auto-submitted"))
    said = submitted[0] if submitted else ""
    is_reply = (
        said == "auto-replied"
        or any(headers.has(name) for name in _REPLY_FIELDS)
        or _word(headers, "precedence") == "auto_reply"
    )
    path = headers.raw("return-path")
    is_nobodys = bool(path) and path[0].strip() in (b"<>", b"")
    return is_reply, is_reply or said not in ("", "no") or headers.has("x-fc-machinegenerated") or is_nobodys


def _delivered_to(headers: Headers) -> tuple[str, ...]:
    boxes: list[Mailbox] = headers.mailboxes("delivered-to") + headers.mailboxes("x-original-to")
    return tuple(box.address for box in boxes if box.address)


def _images(files: list[File], address_of: Callable[[File], str]) -> Callable[[str], str | None]:
    by_id = {file.content_id: file for file in files if file.content_id}

    def find(content_id: str) -> str | None:
        file = by_id.get(content_id) or by_id.get(unquote(content_id))
        return None if file is None else address_of(file)

    return find
