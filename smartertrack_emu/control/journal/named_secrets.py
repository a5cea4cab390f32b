"""Passwords that are known by their names: elements, attributes, parameters, JSON's members, `key=value` items.

A name with `pas` or `pw` in it is a password's, however it is misspelt. Bodies are looked through as bytes in UTF-8 and
need not be well-formed: whoever wants to be told what is wrong with theirs has it in the journal too.
"""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import unquote_to_bytes

MASK = b"****"

_LONGEST_KEY = 64
"""Characters of a key of a `key=value` item; what stands before an equals sign in a longer text is no key."""

_NAME = rb"\w.\x80-\xff-"
_LEAF = re.compile(rb"<([" + _NAME + rb":]++)(?:\s[^<>]*)?>([^<]*)</\1\s*+>")
_TOKEN = re.compile(rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|<[^<>]*>?|[^<]+", re.DOTALL)
_TAG = re.compile(rb"<(/?)\s*+(?:[^\s<>/:]*:)?([^\s<>/]*)")
# Each looks at a word once: whether it is a secret's name first, then all of it.
_ATTRIBUTE = re.compile(
    rb"(?<![" + _NAME + rb":])(?=[" + _NAME + rb":]*?(?:pas|pw))([" + _NAME + rb":]++\s*+=\s*+)"
    rb"""("[^"]*"?|'[^']*'?|[^\s>]+)""",
    re.IGNORECASE,
)
_ADJOINING = re.compile(
    rb"(?<![" + _NAME + rb"])(?=[" + _NAME + rb"]*?(?:pas|pw))([" + _NAME + rb"]++"
    rb"""(?:\s*+=\s*+|(?:\\?["']|&quot;|&\#34;)\s*+:\s*+))(\\?"(?:[^"\\<]|\\.)*+"?|[^\s&<,;}\]"]+)""",
    re.IGNORECASE,
)
_PART = re.compile(
    rb"""(\bname="?(?=[^"\r\n;]{0,200}?(?:pas|pw))[^\r\n]{0,400}+\r?\n(?:[^\r\n]++\r?\n)*+\r?\n)"""
    rb"""(.*?)(?=\r?\n--|\Z)""",
    re.IGNORECASE | re.DOTALL,
)
"""A part of a multipart body, by its name."""

_QUOTED = re.compile(rb""""[^"]*"?|'[^']*'?""")
_FOLDING = re.compile(rb"[pP][aA](?:\xc5\xbf|\xc3\x9f|\xe1\xba\x9e|\xef\xac[\x85\x86])")
"""A `pas` with a letter that becomes an `s` where letter case is taken away, such as the German sharp s."""

_ENDS_OF_FOLDING = (b"\xbf", b"\x9f", b"\x9e", b"\x85", b"\x86")

_JSON_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[{}\[\]:,]|[^\s{}\[\]:,"]++|\s++', re.DOTALL)
_EQUALS = re.compile(rb"=|%3d", re.IGNORECASE)
_WRAPPERS = (b"response", b"result")


def is_secret(name: str) -> bool:
    """Say whether something of this name is a password."""
    folded = name.casefold()
    return "pas" in folded or "pw" in folded


def mask_named(body: bytes) -> tuple[bytes, list[str]]:
    """Return a body in UTF-8 with **** in place of every password that has a name, and the passwords."""
    first = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if first == b"<":
        return mask_xml(body)
    if not body:
        return body, []
    if first in (b"{", b"["):
        return _mask_json(body)
    masked, found = mask_form(body)
    masked, others = _thorough(masked)
    masked = _PART.sub(rb"\g<1>" + MASK, masked)
    return masked, found + others


# XML


def mask_xml(body: bytes) -> tuple[bytes, list[str]]:
    """Mask XML, well-formed or not. What most bodies hold is found quickly, all else is looked at mark by mark."""
    # One byte is looked for ten times as fast as two.
    if (
        (b"!" in body and b"<!" in body)
        or (b"#" in body and b"&#" in body)
        or _has_instruction(body)
        or (not body.isascii() and any(end in body for end in _ENDS_OF_FOLDING) and _FOLDING.search(body) is not None)
    ):
        return _thorough(body)
    lower = body.lower()
    # What is not there is found out twice as fast from the end, and most answers hold neither.
    last_pas, last_pw = lower.rfind(b"pas"), lower.rfind(b"pw")
    if last_pas < 0 and last_pw < 0:
        return body, []
    return _quick(body, lower, last_pas, last_pw) or _thorough(body)


def _has_instruction(body: bytes) -> bool:
    """Say whether there is a processing instruction beside XML's declaration, which has two question marks."""
    mark = body.find(b"?", 2)
    return mark >= 0 and (body[:2] != b"<?" or body.find(b"?", mark + 1) >= 0) and body.find(b"<?", 4) >= 0


def _quick(body: bytes, lower: bytes, last_pas: int, last_pw: int) -> tuple[bytes, list[str]] | None:
    """Mask elements that hold nothing but a text; None where something else may be a password.

    `last_pas`, `last_pw`: where these words stand last in `lower`, -1 for nowhere.
    """
    pas = lower.find(b"pas") if last_pas >= 0 else -1
    pw = lower.find(b"pw") if last_pw >= 0 else -1
    pieces: list[bytes] = []
    found: list[str] = []
    at = 0
    while pas >= 0 or pw >= 0:
        hit = pw if pas < 0 or 0 <= pw < pas else pas
        start = lower.rfind(b"<", at, hit)
        leaf = _LEAF.match(body, start) if start >= 0 else None
        if leaf is not None and hit < leaf.end(1):
            if leaf[2]:
                pieces += body[at : leaf.start(2)], MASK
                found.append(_decoded(leaf[2]))
                at = leaf.end(2)
            end = leaf.end()
            pieces.append(body[at:end])
            at = end
        else:
            # The word in a text is none of ours where nothing there can be a name with a value.
            end = lower.find(b"<", hit)
            end = len(body) if end < 0 else end
            if lower.find(b">", max(start, at), hit) < 0 or b"=" in body[max(start, at) : end] or b'"' in body[hit:end]:
                return None
            pieces.append(body[at:end])
            at = end
        if 0 <= pas < at:
            pas = lower.find(b"pas", at) if at <= last_pas else -1
        if 0 <= pw < at:
            pw = lower.find(b"pw", at) if at <= last_pw else -1
    pieces.append(body[at:])
    return b"".join(pieces), found


def _decoded(text: bytes) -> str:
    return unescape(text.decode("utf-8", "replace"))


class _Masked:
    """What has been masked of a body so far, mark by mark."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.found: list[str] = []
        self._texts: list[bytes] = []
        self._inside: list[bytes] = []
        self._opened = b""

    def add(self, token: bytes) -> None:
        """Take the next text or mark."""
        if token[:1] != b"<" or token[:2] in (b"<!", b"<?"):
            self._texts.append(token)
            return
        self.end_text()
        match = _TAG.match(token)
        assert match is not None  # noqa: S101 - every token that begins so matches
        name = match[2].lower()
        if match[1]:
            if self._inside and self._inside[-1] == name:
                self._inside.pop()
            self._opened = b""
        elif not token.endswith(b"/>"):
            wraps = self._opened == b"body" or name.endswith(_WRAPPERS)
            if not wraps and is_secret(match[2].decode("utf-8", "replace")):
                self._inside.append(name)
            self._opened = name
        self.pieces.append(_ATTRIBUTE.sub(_mask_quoted, token))

    def end_text(self) -> None:
        """Mask the text that has come since the last tag, which may stand in several pieces."""
        if not self._texts:
            return
        raw, text = b"".join(self._texts), "".join(map(_text_of, self._texts))
        if self._inside or is_secret(self._opened.decode("utf-8", "replace")):
            if raw.strip():
                self.found.append(text)
                raw = MASK
        else:
            raw = _mask_text(raw, text, is_whole=len(self._texts) == 1)
        self.pieces.append(raw)
        self._texts.clear()


def _thorough(body: bytes) -> tuple[bytes, list[str]]:
    masked = _Masked()
    for token in _TOKEN.findall(body):
        masked.add(token)
    masked.end_text()
    return b"".join(masked.pieces), masked.found


def _text_of(token: bytes) -> str:
    """Return what a piece of a text gives to the text."""
    if token.startswith(b"<![CDATA["):
        return token[9:].removesuffix(b"]]>").decode("utf-8", "replace")
    return "" if token[:1] == b"<" else _decoded(token)


def _mask_text(raw: bytes, text: str, *, is_whole: bool) -> bytes:
    if raw[:2] == b"<!" and raw[:3] not in (b"<!-", b"<!["):
        return _QUOTED.sub(b'"' + MASK + b'"', raw)  # a document type: what it names is nobody's business
    key, equals, value = text.partition("=")
    if equals and len(key.strip()) <= _LONGEST_KEY and is_secret(key):
        if not value:
            return raw
        if is_whole and b"=" in raw and b"&#" not in raw:
            end = b"]]>" if raw.startswith(b"<![CDATA[") else b""
            return raw[: raw.index(b"=") + 1] + MASK + end
        return key.replace("&", "&amp;").replace("<", "&lt;").encode() + b"=" + MASK
    return _ADJOINING.sub(_mask_quoted, raw)


def _mask_quoted(match: re.Match[bytes]) -> bytes:
    quote = match[2][:1] if match[2][:1] in (b'"', b"'") and len(match[2]) > 1 else b""
    if match[2][:2] == b'\\"':
        return match[1] + b'\\"' + MASK + b'\\"'
    if quote and match[2] == quote * 2:
        return match[0]
    return match[1] + quote + MASK + quote


# Forms


def mask_form(form: bytes) -> tuple[bytes, list[str]]:
    """Mask the fields of a form or a query."""
    lower = form.lower()
    if b"pas" not in lower and b"pw" not in lower and b"%" not in form and form.isascii():
        return form, []
    found: list[str] = []
    return b"&".join([_mask_field(field, found) for field in form.split(b"&")]), found


def _mask_field(field: bytes, found: list[str]) -> bytes:
    name, equals, value = field.partition(b"=")
    if not value:
        return field
    text = _form_text(value)
    if is_secret(_form_text(name)):
        found.append(text)
        return name + equals + MASK
    key, has_value, secret = text.partition("=")
    if has_value and secret and len(key.strip()) <= _LONGEST_KEY and is_secret(key):
        sign = _EQUALS.search(value)
        assert sign is not None  # noqa: S101 - decoded it has one
        return name + equals + value[: sign.end()] + MASK
    return name + equals + _ADJOINING.sub(_mask_quoted, value)


def _form_text(value: bytes) -> str:
    return unquote_to_bytes(value.replace(b"+", b" ")).decode("utf-8", "replace")


# JSON


def _mask_json(body: bytes) -> tuple[bytes, list[str]]:
    masked = _MaskedJson(_JSON_TOKEN.findall(body))
    for at in range(len(masked.tokens)):
        masked.look_at(at)
    return b"".join(masked.tokens), masked.found


class _MaskedJson:
    """JSON's marks, masked up to where they have been looked at."""

    def __init__(self, tokens: list[bytes]) -> None:
        self.tokens = tokens
        self.found: list[str] = []
        self._depth = 0
        self._secret_from: int | None = None
        self._is_next = False

    def look_at(self, at: int) -> None:
        """Look at the next mark."""
        token = self.tokens[at]
        if token in (b"{", b"["):
            self._depth += 1
            if self._is_next and self._secret_from is None:
                self._secret_from = self._depth
            self._is_next = False
        elif token in (b"}", b"]"):
            if self._depth == self._secret_from:
                self._secret_from = None
            self._depth -= 1
        elif token == b",":
            self._is_next = False
        elif token != b":" and not token.isspace():
            self._look_at_value(at, token)

    def _look_at_value(self, at: int, token: bytes) -> None:
        if token[:1] == b'"' and _is_key(self.tokens, at):
            self._is_next = is_secret(_json_text(token))
        elif self._is_next or self._secret_from is not None:
            if token != b'""':
                self.found.append(_json_text(token))
                self.tokens[at] = b'"' + MASK + b'"'
            self._is_next = False
        elif token[:1] == b'"':
            self.tokens[at] = _mask_json_item(token)


def _is_key(tokens: list[bytes], at: int) -> bool:
    following = at + 1
    if following < len(tokens) and tokens[following].isspace():
        following += 1
    return following < len(tokens) and tokens[following] == b":"


def _json_text(token: bytes) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token.strip(b'"').decode("utf-8", "replace")


def _mask_json_item(token: bytes) -> bytes:
    key, equals, value = _json_text(token).partition("=")
    if equals and value and len(key.strip()) <= _LONGEST_KEY and is_secret(key):
        return json.dumps(f"{key}={MASK.decode()}").encode()
    return token
