"""A kept call as one command for a POSIX shell that sends it again, with `${PASSWORD}` where a password was masked.

In calls of a dialect a token was: `${TOKEN}`. Nothing else in the command is expanded by the shell, or read by curl
as anything but what it is.
"""

from __future__ import annotations

import re

from .charsets import encoding_of
from .named_secrets import MASK
from .store import Entry

_VARIABLES = {"jtel": "TOKEN"}
"""What stands for the secrets of a dialect's calls; those of the services are passwords."""
_MASKED = MASK.decode()
_VARIABLE = '"${PASSWORD}"'
_LEFT_OUT = {
    "host", "content-length", "connection", "transfer-encoding", "expect", "keep-alive",
    "authorization", "proxy-authorization", "cookie", "x-csrf-token",
}  # fmt: skip
"""Headers that curl makes itself, and those whose values are no password but were masked all the same."""

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def curl_of(entry: Entry, base: str) -> str:
    """Return the command for the server at `base`, such as http://localhost:9996, in one line where the body is."""
    called = _VARIABLES.get(entry.protocol or "")
    command = _command(entry, base, keeps_login=called is not None)
    return command if called is None else command.replace(_VARIABLE, f'"${{{called}}}"')


def _command(entry: Entry, base: str, *, keeps_login: bool) -> str:
    words = ["curl -sS -g --path-as-is", *_method(entry), _quoted(f"{base.rstrip('/')}{entry.path}")]
    sent = dict(entry.headers[0])
    lower = {name.lower() for name in sent}
    for name, value in sent.items():
        is_left_out = name.lower() in _LEFT_OUT and not (keeps_login and name.lower() == "authorization")
        if is_left_out or not _NAME.fullmatch(name):
            continue
        words += ["-H", _quoted(f"{name}: {value}" if value else f"{name};")]
    if not entry.request_body:
        return " ".join(words)
    if "content-type" not in lower:
        words += ["-H", "'Content-Type:'"]
    encoding = encoding_of(entry.request_body, sent.get("Content-Type", ""))
    plain = _as_text(entry.request_body) if encoding == "utf-8" else None
    if plain is not None:
        return " ".join([*words, "--data-raw", _quoted(plain)])
    return f"{_printed(entry.request_body, encoding)} | {' '.join([*words, '--data-binary @-'])}"


def _method(entry: Entry) -> list[str]:
    if entry.method == "HEAD":
        return ["-I"]
    return [] if entry.method == ("POST" if entry.request_body else "GET") else ["-X", _quoted(entry.method)]


def _quoted(text: str) -> str:
    """Quote a text for the shell, masked passwords aside: in the shorter of its two ways."""
    return _VARIABLE.join(_quote(part) if part else "" for part in text.split(_MASKED)) or "''"


def _quote(text: str) -> str:
    single = "'" + text.replace("'", "'\\''") + "'"
    double = '"' + re.sub(r'([$`"\\])', r"\\\1", text) + '"'
    return single if len(single) <= len(double) else double


def _as_text(body: bytes) -> str | None:
    """Return a body that an argument can be, None for one that none can be."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _printed(body: bytes, encoding: str) -> str:
    """Return commands that write a body of any bytes."""
    if encoding != "utf-8":
        name = encoding.upper().replace("UTF-16-", "UTF-16").replace("UTF-32-", "UTF-32")
        return f"printf '%s' {_quoted(body.decode(encoding, 'replace'))} | iconv -f UTF-8 -t {name}"
    commands: list[str] = []
    for part in body.split(MASK):
        commands += [f"printf '%s' {_VARIABLE}", f"printf '%b' '{_octal(part)}'"]
    return f"{{ {'; '.join(commands[1:])}; }}"


def _octal(part: bytes) -> str:
    return "".join(chr(one) if one < 128 and chr(one).isalnum() else f"\\0{one:03o}" for one in part)
