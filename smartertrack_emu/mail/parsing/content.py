"""What a mail says and what it holds: its body as text or HTML, and its files."""

from __future__ import annotations

import mimetypes
import re
from typing import Final

from smartertrack_emu.domain.html import MOST_KEPT, from_plain
from smartertrack_emu.domain.inbox.letters import File

from . import tnef
from .charsets import decode
from .errors import NotImportableError
from .headers import read_header
from .structure import Mail, Part
from .transfer import Decoded, decode_body

MOST_FILES: Final = 100

MOST_BODY: Final = 2**20
"""Bytes of text that become the message's body; a longer text is a file as well, and the body its beginning."""

_LONGEST_NAME: Final = 200
_UNREADABLE: Final = "unreadable.bin"
_SUFFIXES: Final = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/x-vcard": ".vcf",
    "text/vcard": ".vcf",
    "image/jpeg": ".jpg",
    "message/rfc822": ".eml",
    "application/octet-stream": ".bin",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "application/ms-tnef": ".dat",
}
_TNEF: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_NO_NAME = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+")
_QUOTED = re.compile(r">*+")


class Content:
    """A mail's body and files, collected part by part.

    `body` is HTML where the mail has some, not yet cleaned.
    """

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._pieces: list[tuple[str, bool]] = []
        self._room = MOST_BODY
        self.files: list[File] = []
        self._collect(mail.root)

    @property
    def is_html(self) -> bool:
        """Whether the body is HTML."""
        return any(is_html for _, is_html in self._pieces)

    @property
    def body(self) -> str:
        """The body."""
        if self.is_html:
            return "\n".join(text if is_html else f"<div>{from_plain(text)}</div>" for text, is_html in self._pieces)
        return "\n".join(text for text, _ in self._pieces)

    def _collect(self, part: Part) -> None:
        if part.type == "multipart/alternative" and part.children:
            self._choose(part)
        elif part.children:
            for child in part.children:
                self._collect(child)
        elif part.type.startswith("multipart/"):
            self._keep_broken(part)
        else:
            self._add(part)

    def _choose(self, part: Part) -> None:
        """Take of several forms of one text the HTML, else the first text; their files all stay."""
        before, forms = self._pieces, []
        for child in part.children:
            self._pieces = []
            self._collect(child)
            forms.append(self._pieces)
        self._pieces = before
        html = [form for form in forms if any(is_html and text.strip() for text, is_html in form)]
        texts = html or [form for form in forms if form]
        if texts:
            self._pieces += texts[0]

    def _add(self, part: Part) -> None:
        disposition, given = part.disposition
        decoded = decode_body(self._mail.content(part), part.headers.plain("content-transfer-encoding"))
        name = given.get("filename") or part.parameters.get("name") or ""
        is_text = part.type in ("text/plain", "text/html", "text", "")
        if is_text and not name and disposition != "attachment":
            self._add_text(part, decoded.content)
        elif part.type in _TNEF or name.lower() == "winmail.dat":
            self._add_tnef(part, name, decoded.content)
        else:
            self._add_file(self._name(part, name, decoded.content), decoded.content, part)
        self._keep_rest(decoded)

    def _add_text(self, part: Part, content: bytes) -> None:
        is_html = part.type == "text/html"
        declared = part.parameters.get("charset", "")
        if len(content) > self._room or (is_html and content.count(b"<") + content.count(b"&") > MOST_KEPT):
            self._add_file("message.html" if is_html else "message.txt", content, part)
            content = content[: self._room]
        self._room -= len(content)
        text = decode(content, declared).replace("\r\n", "\n")
        if not is_html and part.parameters.get("format", "").lower() == "flowed":
            text = unwrap(text, deletes_space=part.parameters.get("delsp", "").lower() == "yes")
        if text.strip():
            self._pieces.append((text, is_html))

    def _add_tnef(self, part: Part, name: str, content: bytes) -> None:
        unpacked = tnef.unpack(content)
        if unpacked is None:
            self._add_file(self._name(part, name or "winmail.dat", content), content, part)
            return
        for file_name, data in unpacked.files:
            self._keep(File(checked_name(file_name) or self._unnamed(""), data))
        body = unpacked.body[: self._room]
        self._room -= len(body)
        if body.strip():
            self._pieces.append((body, unpacked.is_html))

    def _keep_broken(self, part: Part) -> None:
        content = self._mail.content(part)
        if content.strip():
            self._keep(File(_UNREADABLE, content))

    def _keep_rest(self, decoded: Decoded) -> None:
        if decoded.rest.strip():
            self._keep(File(_UNREADABLE, decoded.rest))

    def _add_file(self, name: str, content: bytes, part: Part) -> None:
        self._keep(File(name, content, content_id=part.headers.plain("content-id").strip("<> \t")))

    def _keep(self, file: File) -> None:
        self.files.append(file)
        if len(self.files) > MOST_FILES:
            raise NotImportableError(f"too many attachments: more than {MOST_FILES}.")

    def _name(self, part: Part, name: str, content: bytes) -> str:
        checked = checked_name(name)
        if checked:
            return checked
        if part.type == "message/rfc822":
            subject = checked_name(read_header(content[:65_536]).text("subject").replace("/", "-").replace("\\", "-"))
            if subject:
                return f"{subject[: _LONGEST_NAME - 4]}.eml"
        return self._unnamed(part.type)

    def _unnamed(self, type_: str) -> str:
        suffix = _SUFFIXES.get(type_) or mimetypes.guess_extension(type_) or ".bin"
        return f"unnamed-{len(self.files) + 1}{suffix}"


def checked_name(name: str) -> str:
    """Return the name of a file without folders, control characters and leading dots, at most 200 characters long."""
    base = re.split(r"[/\\]", _NO_NAME.sub("", name))[-1].strip().lstrip(". ").strip()
    if len(base) <= _LONGEST_NAME:
        return base
    stem, dot, suffix = base.rpartition(".")
    if not dot or len(suffix) > 20:
        return base[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - 1 - len(suffix)]}.{suffix}"


def unwrap(text: str, *, deletes_space: bool = False) -> str:
    """Return a text with `format=flowed` (RFC 3676) as it was before its lines were broken."""
    lines: list[str] = []
    is_open, depth = False, 0
    for line in text.split("\n"):
        quoted = _QUOTED.match(line)
        marks = quoted.end() if quoted else 0
        said = line[marks:].removeprefix(" ")
        flows = said.endswith(" ") and said != "-- "
        shown = said[:-1] if flows and deletes_space else said
        if is_open and marks == depth and said != "-- ":
            lines.append(shown)
        else:
            lines.append(
                ("\n" if lines else "") + ("> " if marks else "").rjust(marks + 1 if marks else 0, ">") + shown
            )
        is_open, depth = flows, marks
    return "".join(lines)
