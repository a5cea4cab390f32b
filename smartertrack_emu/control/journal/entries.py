"""From a call as it passed to what the journal keeps of it: what it was, what became of it, and no password."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from .capture import MOST_BODY, Capture
from .charsets import as_utf_8, encoding_of, from_utf_8
from .masking import in_base_64, is_secret_header, mask_secret, masked_header, secret_of
from .named_secrets import is_secret, mask_form, mask_named
from .outcomes import CallOutcome, outcome_of
from .store import Entry

LONGEST_MESSAGE = 2_000
_LONGEST_NAME = 256
_LONGEST_LINE = 8_192
"""Characters of a path that are kept."""

_PATH = re.compile(r"/services2?/\w+\.asmx/[^/]", re.IGNORECASE)
_FAULT_STRING = re.compile(rb"<faultstring>(.*?)</faultstring>|<soap:Text[^>]*>(.*?)</soap:Text>", re.DOTALL)
_USER_NAME = re.compile(rb"<(?:[\w.-]+:)?\w*(?:auth|admin)user\w*(?:\s[^<>]*)?>([^<]{1,256})<", re.IGNORECASE)
_FORM_USER_NAME = re.compile(rb"(?:^|&)\w*(?:auth|admin)user\w*=([^&]{1,256})", re.IGNORECASE)
_NAMES = {"SOAPACTION": "SOAPAction", "DNT": "DNT", "TE": "TE", "WWW_AUTHENTICATE": "WWW-Authenticate"}
_BETWEEN = "\n\0"


def entry_of(capture: Capture) -> Entry:
    """Return what is kept of a call."""
    environ = capture.environ
    known = capture.outcome
    request_type = environ.get("CONTENT_TYPE", "")
    encoding = encoding_of(capture.request, request_type)
    request, found = mask_named(as_utf_8(capture.request, encoding))
    answer = mask_named(capture.answer)[0]
    query = environ.get("QUERY_STRING", "")
    path = _path_of(environ, query, found)
    if known is not None:
        user: str | None = known.user
        passwords = [known.secret]
    else:
        user, passwords = _user_of(request, query), found
    sent, given = _sent_headers(environ), _given_headers(capture.headers)
    status = int(capture.status[:3] or 0)
    outcome, code, message = _became(capture, status, answer)
    hint = known.hint if known is not None else environ.get("asmx.reason", "")[:LONGEST_MESSAGE]
    name = user or ""
    for password in passwords:
        secret = secret_of(password, name)
        if secret:
            also = in_base_64(secret, name) if "HTTP_AUTHORIZATION" in environ else ()
            request = mask_secret(request, secret, also, is_cut=capture.lengths[0] > MOST_BODY)
            answer = mask_secret(answer, secret, also, is_cut=capture.lengths[1] > MOST_BODY)
            about = _BETWEEN.join([path, sent, given, message, hint]).encode("utf-8", "replace")
            masked = mask_secret(about, secret, also)
            if masked != about:
                path, sent, given, message, hint = masked.decode("utf-8", "replace").split(_BETWEEN)
    return Entry(
        at_us=int(capture.at.timestamp() * 1_000_000),
        milliseconds=round(capture.seconds * 1000, 3),
        statements=capture.statements,
        client=environ.get("REMOTE_ADDR", ""),
        protocol=environ.get("asmx.protocol") or _protocol_of(environ, request_type),
        service=environ.get("asmx.service"),
        operation=environ.get("asmx.called"),
        user=None if user is None else _storable(user[:_LONGEST_NAME]),
        outcome=outcome,
        code=code,
        message=_storable(message),
        hint=_storable(hint),
        request_bytes=capture.lengths[0] or _length_of(environ),
        response_bytes=capture.lengths[1],
        method=environ.get("REQUEST_METHOD", "")[:40],
        path=_storable(path),
        request_headers=_storable(sent),
        request_body=from_utf_8(request, encoding),
        status=status,
        response_headers=_storable(given),
        response_body=answer,
    )


# What was called


def _path_of(environ: dict[str, Any], query: str, found: list[str]) -> str:
    path = environ.get("REQUEST_URI", "").partition("?")[0] or quote(
        environ.get("PATH_INFO", "").encode("latin-1", "replace")
    )
    if is_secret(path):
        path = mask_named(b"_" + path.encode("latin-1", "replace"))[0][1:].decode("latin-1")
    if query:
        masked, passwords = mask_form(query.encode("latin-1", "replace"))
        found += passwords
        path = f"{path}?{masked.decode('latin-1')}"
    return path[:_LONGEST_LINE]


def _protocol_of(environ: dict[str, Any], content_type: str) -> str:
    if environ.get("REQUEST_METHOD") in ("GET", "HEAD"):
        return "get"
    if _PATH.match(environ.get("PATH_INFO", "")):
        return "post"
    return "soap12" if "application/soap+xml" in content_type.lower() else "soap11"


def _user_of(request: bytes, query: str) -> str | None:
    """Return the user name of a call that did not get as far as logging in."""
    element = _USER_NAME.search(request)
    if element is not None:
        return element[1].decode("utf-8", "replace")
    field = _FORM_USER_NAME.search(query.encode("latin-1", "replace")) or _FORM_USER_NAME.search(request)
    return field[1].decode("utf-8", "replace") if field is not None else None


def _length_of(environ: dict[str, Any]) -> int:
    length = environ.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdigit() and len(length) < 19 else 0


# What went over the wire beside the bodies


@lru_cache(maxsize=512)
def _header(key: str) -> tuple[str, bool]:
    """Return the name of a header by WSGI's name for it, and whether its value is a secret."""
    name = key.removeprefix("HTTP_")
    name = _NAMES.get(name) or name.replace("_", "-").title()
    return name, is_secret_header(name)


def _sent_headers(environ: dict[str, Any]) -> str:
    lines = [_line(key, value) for key, value in environ.items() if key[:5] == "HTTP_"]
    if environ.get("CONTENT_TYPE"):
        lines.append(f"Content-Type: {environ['CONTENT_TYPE']}")
    if environ.get("CONTENT_LENGTH"):
        lines.append(f"Content-Length: {environ['CONTENT_LENGTH']}")
    whole = "\n".join(lines)
    return "\n".join(map(_masked_line, lines)) if is_secret(whole) else whole


def _given_headers(headers: Iterable[tuple[str, str]]) -> str:
    lines = [f"{name}: {masked_header(value) if name == 'Set-Cookie' else value}" for name, value in headers]
    whole = "\n".join(lines)
    return "\n".join(map(_masked_line, lines)) if is_secret(whole) else whole


def _line(key: str, value: str) -> str:
    name, secret = _header(key)
    return f"{name}: {masked_header(value)}" if secret and value else f"{name}: {value}"


def _masked_line(line: str) -> str:
    """Mask what a header's value repeats of an address with its query."""
    name, _, value = line.partition(": ")
    if not is_secret(value):
        return line
    address, mark, query = value.partition("?")
    address = mask_named(b"_" + address.encode("utf-8", "replace"))[0][1:].decode()
    query = mask_form(query.encode("utf-8", "replace"))[0].decode()
    return f"{name}: {address}{mark}{query}"


# What became of it


def _became(capture: Capture, status: int, answer: bytes) -> tuple[CallOutcome, int | None, str]:
    """Return outcome, code and message."""
    known = capture.outcome
    outcome = outcome_of(capture)
    if not status:
        return outcome, None, known.message if known is not None else ""
    if known is not None and known.dialect:
        return outcome, status, known.message[:LONGEST_MESSAGE]
    if outcome == "ok":
        return outcome, 0, ""
    if outcome == "refused" and known is not None:
        return outcome, known.code if b"<ResultCode>" in answer else None, known.message[:LONGEST_MESSAGE]
    if outcome == "fault":
        fault = _FAULT_STRING.search(answer)
        return outcome, None, _plain(fault[1] or fault[2] or b"") if fault else ""
    is_text = any(name == "Content-Type" and value.startswith("text/plain") for name, value in capture.headers)
    return outcome, status, _plain(answer).strip() if is_text else ""


def _plain(text: bytes) -> str:
    plain = text[: LONGEST_MESSAGE * 4].decode("utf-8", "replace")
    if "&" in plain:
        plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&#x27;", "'")
        plain = plain.replace("&amp;", "&")
    return plain[:LONGEST_MESSAGE]


# What the database takes


def _storable(text: str) -> str:
    """Return a text that both databases take."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
