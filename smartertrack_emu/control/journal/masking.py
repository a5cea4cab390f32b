"""Masking what is kept of a call: no password that was sent stands in the journal, wherever and however it was written.

First go the passwords that are known by their names (`named_secrets`), then every other place where the caller's own
password stands: in the answer that repeats it, in a header, in the path.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from html import unescape
from urllib.parse import unquote_plus

from .named_secrets import MASK

SHORTEST = 4
"""Characters of a password that is looked for beyond its name: a shorter one would be found in every other word."""

_LONGEST = 256
"""Characters of a password that is looked for in every mixture of spellings."""

_NAMED = {'"': ("quot",), "'": ("apos",), "&": ("amp",), "<": ("lt",), ">": ("gt",)}
_JSON_ESCAPES = {'"': r"\\\"", "\\": r"\\\\", "\n": r"\\n", "\r": r"\\r", "\t": r"\\t", "/": r"\\/"}

_SECRET_HEADERS = ("authorization", "cookie", "x-csrf", "x-auth", "apikey", "api-key", "pas", "pw")
_SCHEME = re.compile(r"\s*(basic|bearer|digest|negotiate|ntlm)\s+\S", re.IGNORECASE)


def secret_of(password: str, username: str) -> str:
    """Return a caller's password where it is to be masked wherever it stands, else ""."""
    return password if len(password) >= SHORTEST and password != username else ""


def in_base_64(secret: str, username: str) -> tuple[bytes, ...]:
    """Return how HTTP Basic spells a secret."""
    credentials = f"{username}:{secret}".encode("utf-8", "replace")
    return b64encode(secret.encode("utf-8", "replace")).rstrip(b"="), b64encode(credentials).rstrip(b"=")


@lru_cache(maxsize=128)
def _however(secret: str) -> re.Pattern[bytes]:
    """Return what finds a secret with any of its characters escaped as XML, HTML, URLs or JSON escape them."""
    return re.compile(b"".join(_character(one) for one in secret))


def _character(one: str) -> bytes:
    raw = one.encode("utf-8", "replace")
    code = ord(one)
    ways = [
        re.escape(raw),
        rb"&#0*%d;?" % code,
        rb"&#[xX]0*(?i:%x);?" % code,
        b"".join(rb"%%(?i:%02x)" % byte for byte in raw),
        *(rb"&%s;" % name.encode() for name in _NAMED.get(one, ())),
    ]
    if one == " ":
        ways.append(rb"\+")
    if one in _JSON_ESCAPES:
        ways.append(_JSON_ESCAPES[one].encode())
    units = one.encode("utf-16-be", "surrogatepass")
    ways.append(b"".join(rb"\\u(?i:%02x%02x)" % (units[at], units[at + 1]) for at in range(0, len(units), 2)))
    return b"(?:" + b"|".join(ways) + b")"


def mask_secret(data: bytes, secret: str, also: tuple[bytes, ...] = (), *, is_cut: bool = False) -> bytes:
    """Return data with **** wherever a secret stands.

    `also`: other spellings of it. `is_cut`: more of the data followed and was not kept.
    """
    raw = secret.encode("utf-8", "replace")
    if data.rfind(raw) >= 0:  # which is faster than `in` where it is not there
        data = data.replace(raw, MASK)
    for spelling in also:
        data = data.replace(spelling, MASK)
    if (b"%" in data or b"&" in data or b"\\" in data or " " in secret) and _stands_in(data, secret):
        data = _however(secret[:_LONGEST]).sub(MASK, data)
    return _without_beginning_of(raw, data) if is_cut else data


def _stands_in(data: bytes, secret: str) -> bool:
    text = data.decode("utf-8", "replace")
    secret = secret[:_LONGEST]
    return any(
        secret in decoded
        for decoded in (
            _unescaped(text),
            unquote_plus(text),
            _unescaped(unquote_plus(text)),
            _without_backslashes(text),
        )
    )


_NUMBERED = re.compile(r"&#(?:0*([0-9]{1,7})|[xX]0*([0-9a-fA-F]{1,6}));?")
_MOST_CODE = 0x10FFFF


def _unescaped(text: str) -> str:
    # HTML's rules take some numbers for other characters than they are in XML.
    return unescape(_NUMBERED.sub(_numbered, text)) if "&" in text else text


def _numbered(match: re.Match[str]) -> str:
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if code <= _MOST_CODE else match[0]


_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/nrt]))')
_MEANT = {"n": "\n", "r": "\r", "t": "\t"}


def _without_backslashes(text: str) -> str:
    def meant(match: re.Match[str]) -> str:
        return chr(int(match[1], 16)) if match[1] else _MEANT.get(match[2], match[2])

    decoded = _ESCAPE.sub(meant, text) if "\\" in text else text
    return decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_beginning_of(secret: bytes, data: bytes) -> bytes:
    """Return data that was cut, without the beginning of a secret at its end."""
    for length in range(min(len(secret) - 1, len(data)), 1, -1):
        if data.endswith(secret[:length]):
            return data[:-length] + MASK
    return data


def is_secret_header(name: str) -> bool:
    """Say whether a header's value is a secret."""
    lower = name.lower()
    return any(word in lower for word in _SECRET_HEADERS)


def masked_header(value: str) -> str:
    """Return what is kept of a secret header's value: the scheme of a login, which is none."""
    scheme = _SCHEME.match(value)
    return f"{scheme[1]} {MASK.decode()}" if scheme else MASK.decode()
