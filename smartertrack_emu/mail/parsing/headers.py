"""A header: its fields, and what stands in them.

Values are kept as bytes and decoded when they are asked for: encoded words (RFC 2047), parameters with charsets and in
pieces (RFC 2231), mailboxes (RFC 5322), and raw bytes that no RFC allows. All patterns are possessive: the time they
take grows with the length and with nothing else.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from smartertrack_emu.domain.inbox.letters import Mailbox

from .charsets import decode, storable

_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*+:")
_WORD = re.compile(r"=\?([^?\s]{1,100})\?([bBqQ])\?([^?]*+)\?=")
_SPACES = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]+")
_PARAMETER = re.compile(
    r"""[;\s]*+([^=;\s"]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"?|([^;]*+))""",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)', re.DOTALL)
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,4}))?(\*)?")
_TOKEN = re.compile(r"""("(?:[^"\\]|\\.)*+"?)|(<[^<>]*+>?)|([(),;:>])|([^"<>(),;:]++)""", re.DOTALL)
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,995})>")
_LONGEST_DATE = 200


class Field(NamedTuple):
    """A field as it was sent, unfolded."""

    name: str
    value: bytes


class Parameters(NamedTuple):
    """A value with its parameters, all names in lower case."""

    value: str
    parameters: Mapping[str, str]


class Headers:
    """The fields of a header, in order."""

    def __init__(self, fields: list[Field]) -> None:
        self.fields = fields

    def raw(self, name: str) -> list[bytes]:
        """Return the values of a field, by its name in lower case."""
        return [value for field, value in self.fields if field == name]

    def has(self, name: str) -> bool:
        """Say whether a field is there."""
        return any(field == name for field, _ in self.fields)

    def plain(self, name: str) -> str:
        """Return the first value of a field, not decoded but as text, "" where there is none."""
        values = self.raw(name)
        return text_of(values[0]).strip() if values else ""

    def text(self, name: str) -> str:
        """Return the first value of a field, decoded, on one line; "" where there is none."""
        return one_line(decode_words(self.plain(name)))

    def mailboxes(self, name: str) -> list[Mailbox]:
        """Return all mailboxes in all fields of a name."""
        return [mailbox for value in self.raw(name) for mailbox in mailboxes(text_of(value))]

    def message_ids(self, name: str) -> list[str]:
        """Return the ids in all fields of a name, without their brackets."""
        return [found for value in self.raw(name) for found in message_ids(text_of(value))]

    def parameters(self, name: str) -> Parameters:
        """Return the value and the parameters of a field."""
        return parameters(self.plain(name))

    def date(self, name: str) -> datetime | None:
        """Return the moment in a field, in UTC; None where there is none that can be read."""
        value = self.plain(name)
        if not value or len(value) > _LONGEST_DATE:
            return None
        try:
            found = parsedate_to_datetime(value)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
            return None


def read_header(block: bytes, *, most: int = 5_000) -> Headers:
    """Return the first fields of a header's bytes; lines that are no fields are left out."""
    fields: list[Field] = []
    for line in _FOLD.sub(b"", block).split(b"\n"):
        field = _FIELD.match(line)
        if field:
            fields.append(Field(field[1].decode("ascii").lower(), line[field.end() :].strip()))
            if len(fields) == most:
                break
    return Headers(fields)


def is_field(line: bytes) -> bool:
    """Say whether a line begins a field."""
    return _FIELD.match(line) is not None


def text_of(value: bytes) -> str:
    """Return a value as text: ASCII, or bytes that should not be there."""
    return storable(value.decode("ascii")) if value.isascii() else decode(value)


def one_line(text: str) -> str:
    """Return a text on one line, without control characters."""
    return _SPACES.sub(" ", _CONTROLS.sub(" ", text)).strip()


def decode_words(text: str) -> str:
    """Return a text with its encoded words decoded; what cannot be decoded stays as it is."""
    pieces: list[str] = []
    held, charset, end = b"", "", 0  # words of one charset are joined first: some split a letter between two
    for word in _WORD.finditer(text):
        between = text[end : word.start()]
        data = _word(word[2], word[3])
        if data is None:
            continue
        if held and not between.strip():
            between = ""
        if held and (between or word[1].lower() != charset):
            pieces.append(decode(held, charset))
            held = b""
        pieces.append(between)
        held, charset, end = held + data, word[1].lower(), word.end()
    if held:
        pieces.append(decode(held, charset))
    return "".join([*pieces, text[end:]])


def _word(encoding: str, text: str) -> bytes | None:
    if not text.isascii():
        return None
    data = text.encode("ascii")
    if encoding in "bB":
        try:
            return binascii.a2b_base64(data + b"=" * (-len(data) % 4))
        except binascii.Error:
            return None
    return binascii.a2b_qp(data, header=True)


def parameters(value: str) -> Parameters:
    """Return a value such as `text/plain; charset=utf-8` as its word and its parameters."""
    word, _, rest = value.partition(";")
    whole: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for found in _PARAMETER.finditer(rest):
        given = found[3].strip() if found[2] is None else _ESCAPED.sub(r"\1", found[2])
        section = _SECTION.fullmatch(found[1].lower())
        if section is None or (section[2] is None and section[3] is None):
            whole.setdefault(found[1].lower(), decode_words(given))
        else:
            pieces.setdefault(section[1], {}).setdefault(int(section[2] or 0), (bool(section[3]), given))
    for name, found_pieces in pieces.items():
        whole[name] = _joined(found_pieces)
    return Parameters(word.strip().lower(), whole)


def _joined(pieces: Mapping[int, tuple[bool, str]]) -> str:
    """Join the pieces of a parameter (RFC 2231): those with a star are percent-encoded, the first names the charset."""
    charset, data = "", b""
    for number, (is_encoded, text) in sorted(pieces.items()):
        rest = text
        if is_encoded and number == min(pieces) and text.count("'") >= 2:
            charset, _, rest = text.split("'", 2)
        data += unquote_to_bytes(rest) if is_encoded else rest.encode("utf-8", "surrogatepass")
    return decode(data, charset)


def message_ids(text: str) -> Iterator[str]:
    """Give the ids in a text, without their brackets; a text without brackets is one id where it is one word."""
    found = _MESSAGE_ID.findall(text)
    word = text.strip().strip("<>")
    if not found and word and not re.search(r"\s", word) and len(word) <= 995:
        found = [word]
    yield from found


def mailboxes(text: str) -> Iterator[Mailbox]:
    """Give the mailboxes of a list, in whatever form: `a@b`, `Name <a@b>`, `a@b (Name)`, groups, `;` between them."""
    box = _Box()
    depth = 0
    for quoted, angle, sign, other in _TOKEN.findall(text):
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(depth - 1, 0)
        elif depth:
            box.comment.append(quoted or angle or sign or other)
        elif sign == ":":
            box = _Box()  # what stood before is a group's name
        elif sign in (",", ";") and sign:
            yield from box.made()
            box = _Box()
        elif angle:
            box.angle = box.angle or angle.strip("<>")
        else:
            box.words.append(quoted or other)
    yield from box.made()


class _Box:
    """A mailbox as it is read."""

    __slots__ = ("angle", "comment", "words")

    def __init__(self) -> None:
        self.angle = ""
        self.comment: list[str] = []
        self.words: list[str] = []

    def made(self) -> Iterator[Mailbox]:
        """Give the mailbox, where there is one."""
        name = _name(self.words)
        address = self.angle.rpartition(":")[2]  # after a route
        if not self.angle.strip():
            address, name = ("".join(self.words), _name(self.comment)) if "@" in name else ("", name)
        address = "".join(address.split())
        if address or name:
            yield Mailbox(name, address)


def _name(words: list[str]) -> str:
    return one_line(decode_words("".join(_unquoted(word) for word in words)))


def _unquoted(word: str) -> str:
    quoted = _QUOTED.match(word)
    return word if quoted is None else _ESCAPED.sub(r"\1", quoted[1])
