"""Putting passwords back into a recorded request, where they stand as ****."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from itertools import pairwise
from urllib.parse import quote
from xml.sax.saxutils import escape

from smartertrack_emu.control.journal.charsets import as_utf_8, encoding_of, from_utf_8
from smartertrack_emu.control.journal.named_secrets import MASK

from .calls import Headers, Kept, Message

VARIABLE = "SMARTERTRACK_EMU_REPLAY_PASSWORDS"
_NAME_BEFORE = re.compile(rb"([\w.-]+)(?:\s[^<>]*>|>|=|\"?\s*:?\s*=?\"?)\Z")


class MissingPasswordError(Exception):
    """A recorded request needs a password that nobody gave; the sentence says whose."""


def read_passwords(given: list[str], variable: str) -> dict[str, str]:
    """Return passwords by user, from `user=password` options over such lines of a variable; ValueError."""
    passwords: dict[str, str] = {}
    for one in [*variable.splitlines(), *given]:
        if not one.strip():
            continue
        name, equals, password = one.partition("=")
        if not equals or not name.strip():
            message = "a password is given as user=password"
            raise ValueError(message)
        passwords[name.strip().lower()] = password
    return passwords


def needs_password(kept: Kept) -> bool:
    """Say whether a recorded request has a place for a password."""
    mask = MASK.decode()
    return (
        mask in kept.request.target
        or MASK in as_utf_8(kept.request.body, _encoding(kept.request))
        or any(mask in value for _, value in kept.request.headers)
    )


def with_passwords(kept: Kept, passwords: Mapping[str, str]) -> Message:
    """Return a recorded request with its passwords; MissingPasswordError.

    A place gets the password that is given for its own name (`newPassword`), else the caller's.
    """
    request = kept.request
    if not needs_password(kept):
        return request
    own = passwords.get(kept.user.lower())
    if own is None:
        whose = kept.user or "its caller"
        raise MissingPasswordError(
            f"{kept.name} needs the password of {whose}: --password '{whose}=...', or {VARIABLE}."
        )
    encoding = _encoding(request)
    body = as_utf_8(request.body, encoding)
    is_xml = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
    write = _as_xml if is_xml else _as_json if body[:1] in (b"{", b"[") else _as_form
    first, _, rest = request.start.partition(" ")
    target, _, version = rest.rpartition(" ")
    target = _filled(target.encode("latin-1"), own, passwords, _as_form).decode("latin-1")
    return Message(
        f"{first} {target} {version}",
        _headers(request.headers, kept.user, own),
        from_utf_8(_filled(body, own, passwords, write), encoding),
    )


def _encoding(request: Message) -> str:
    return encoding_of(request.body, request.header("Content-Type"))


def _filled(data: bytes, own: str, passwords: Mapping[str, str], write: Callable[[str], str]) -> bytes:
    pieces = data.split(MASK)
    filled = [pieces[0]]
    for before, after in pairwise(pieces):
        named = _NAME_BEFORE.search(before[-300:])
        name = named[1].decode("utf-8", "replace").lower() if named else ""
        filled += [write(passwords.get(name, own)).encode(), after]
    return b"".join(filled)


def _as_xml(text: str) -> str:
    return escape(text)


def _as_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _as_form(text: str) -> str:
    return quote(text, safe="")


def _headers(headers: Headers, user: str, password: str) -> Headers:
    mask = MASK.decode()
    basic = b64encode(f"{user}:{password}".encode()).decode()
    return [
        (name, value.replace(mask, basic if value.lower().startswith("basic ") else password))
        for name, value in headers
        if name.lower() != "cookie"  # a session of then, which nobody can give again
    ]
