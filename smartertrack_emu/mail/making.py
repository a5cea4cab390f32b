"""Making a mail's bytes: MIME by the standard library, headers nobody can add lines to. Documented (RFC), and ours.

Every line is shorter than 998 bytes and ends with CR LF. What is beyond ASCII stands in headers as RFC 2047 has it, in
names of files as RFC 2231; addresses beyond ASCII stand as they are, which is SMTPUTF8's way (RFC 6532).
"""

from __future__ import annotations

import base64
import mimetypes
import re
from binascii import b2a_qp
from collections.abc import Callable, Sequence
from email.charset import Charset
from email.header import Header
from email.message import Message
from email.policy import Compat32
from email.utils import format_datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from smartertrack_emu.domain.across.letters import Enclosed, Letter
from smartertrack_emu.domain.html import to_text

Content = Callable[[Enclosed], bytes]
"""What reads a file's bytes."""

_EOL: Final = "\r\n"
_LINE: Final = 76
_LONGEST_WORD: Final = 400
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_BREAKS = re.compile(r"\r\n?|\n")
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_QUOTED = re.compile(r'([\\"])')
_MESSAGE_ID = re.compile(r"<[^\s<>]{1,994}>", re.ASCII)
_PIECE: Final = 50
_QUOTES: Final = bytes([0x3D, *range(0x7F, 0x100)])
"""What takes three bytes in quoted-printable."""


class Bytes(NamedTuple):
    """A mail as it goes out. `needs_utf8`: of which only servers with SMTPUTF8 take the headers."""

    data: bytes
    needs_utf8: bool


class _AsGiven(Compat32):
    """Writes headers as they were given, which are folded already."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        return f"{name}: {value}{_EOL}".encode()


_POLICY: Final = _AsGiven(linesep=_EOL)


def make(letter: Letter, content: Content, *, encoding: str = "utf-8") -> Bytes:
    """Return a mail's bytes. `encoding`: the charset of texts; UTF-8 where they cannot be written in it."""
    boundary = f"=_{letter.message_id.split('.')[-1].partition('@')[0]}"
    whole = _body(letter, encoding, boundary)
    if letter.enclosed:
        parts = [whole, *(_file(one, content(one)) for one in letter.enclosed)]
        whole = _multipart("mixed", parts, f"{boundary}_1")
    mail = Message(_POLICY)
    for name, value in _headers(letter):
        mail[name] = value
    for name, value in whole.items():
        mail[name] = value
    mail.set_payload(whole.get_payload())
    addresses = [letter.from_address, *letter.to, *letter.cc]
    return Bytes(mail.as_bytes(policy=_POLICY), not all(map(str.isascii, addresses)))


def _headers(letter: Letter) -> list[tuple[str, str]]:
    found = [
        ("Date", format_datetime(letter.date)),
        ("From", _mailboxes("From", [(letter.from_name, letter.from_address)])),
    ]
    if letter.to:
        found.append(("To", _mailboxes("To", [("", address) for address in letter.to])))
    if letter.cc:
        found.append(("Cc", _mailboxes("Cc", [("", address) for address in letter.cc])))
    if not letter.to and not letter.cc:
        found.append(("To", "undisclosed-recipients:;"))
    found += [("Subject", _text("Subject", letter.subject)), ("Message-ID", letter.message_id)]
    if _MESSAGE_ID.fullmatch(letter.in_reply_to):
        found.append(("In-Reply-To", letter.in_reply_to))
    references = [one for one in letter.references if _MESSAGE_ID.fullmatch(one)]
    if references:
        found.append(("References", f"{_EOL} ".join(references)))
    found.append(("MIME-Version", "1.0"))
    if letter.auto_submitted:
        found += [("Auto-Submitted", letter.auto_submitted), ("X-Auto-Response-Suppress", "All")]
    found.append(("X-Emu-Installation", _text("X-Emu-Installation", letter.installation)))
    if letter.ticket_number:
        found.append(("X-Emu-Ticket", _text("X-Emu-Ticket", letter.ticket_number)))
    found.append(("X-Emu-Kind", letter.kind))
    return found


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _text(name: str, text: str) -> str:
    """Return a text as the header of this name has it: plain where it can be, else in encoded words."""
    text = _one_line(text)
    is_plain = text.isascii() and "=?" not in text and all(len(word) <= _LONGEST_WORD for word in text.split(" "))
    if is_plain and len(text) < _LINE - len(name):
        return text
    charset = "us-ascii" if is_plain else _encoded_words()
    return Header(text, charset, maxlinelen=_LINE, header_name=name).encode(linesep=_EOL)


def _encoded_words() -> Charset:
    """Return UTF-8 in whichever of RFC 2047's encodings is the shorter one; never as it is."""
    return Charset("utf-8")


def _mailboxes(name: str, people: Sequence[tuple[str, str]]) -> str:
    """Return a list of addresses, each on a line of its own."""
    return f",{_EOL} ".join(_mailbox(name, display, address) for display, address in people)


def _mailbox(header: str, name: str, address: str) -> str:
    address = _CONTROL.sub("", address).strip().replace("<", "").replace(">", "")
    name = _one_line(name)
    if not name:
        return address
    if name.isascii() and "=?" not in name and len(name) < _LONGEST_WORD:
        shown = '"' + _QUOTED.sub(r"\\\1", name) + '"'
    else:
        shown = Header(name, _encoded_words(), maxlinelen=_LINE, header_name=header).encode(linesep=_EOL)
    return f"{shown}{_EOL} <{address}>" if len(shown) + len(address) > _LINE else f"{shown} <{address}>"


def _body(letter: Letter, encoding: str, boundary: str) -> Message:
    text = _NO_TEXT.sub("\ufffd", letter.body)
    if not letter.is_html:
        return _text_part(text, "plain", encoding)
    parts = [_text_part(to_text(text), "plain", encoding), _text_part(text, "html", encoding)]
    return _multipart("alternative", parts, f"{boundary}_2")


def _text_part(text: str, subtype: str, encoding: str) -> Message:
    lines = _BREAKS.sub("\n", text)
    if not lines.endswith("\n"):
        lines += "\n"
    charset = encoding.lower() if _can_write(lines, encoding) else "utf-8"
    data = lines.encode(charset)
    part = Message(_POLICY)
    part["Content-Type"] = f"text/{subtype}; charset={charset}"
    if 3 * (len(data) - len(data.translate(None, _QUOTES))) > len(data):
        part["Content-Transfer-Encoding"] = "base64"
        part.set_payload(_in_base64(lines.replace("\n", _EOL).encode(charset)))
    else:
        part["Content-Transfer-Encoding"] = "quoted-printable"
        part.set_payload(b2a_qp(data).decode("ascii").replace("\n", _EOL))
    return part


def _can_write(text: str, encoding: str) -> bool:
    """Say whether a text can be written in an encoding that mails may have: one in which a line ends with one byte."""
    try:
        text.encode(encoding)
        return "\n".encode(encoding) == b"\n"
    except (UnicodeEncodeError, LookupError):
        return False


def _multipart(subtype: str, parts: Sequence[Message], boundary: str) -> Message:
    whole = Message(_POLICY)
    whole["Content-Type"] = f'multipart/{subtype}; boundary="{boundary}"'
    whole.set_payload(list(parts))
    return whole


def _file(file: Enclosed, data: bytes) -> Message:
    """Return a file as a part: in base64 whatever it holds, since no server may change it."""
    type_ = file.content_type or mimetypes.guess_type(file.name)[0] or ""
    if not re.fullmatch(r"[\w.+-]{1,100}/[\w.+-]{1,100}", type_, re.ASCII) or type_.startswith(
        ("message/", "multipart/")
    ):
        type_ = "application/octet-stream"
    part = Message(_POLICY)
    part["Content-Type"] = type_
    part["Content-Disposition"] = _EOL.join(["attachment;", _file_name(file.name)])
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(_in_base64(data))
    return part


def _file_name(name: str) -> str:
    """Return the parameter of a file's name, on lines of its own (RFC 2231)."""
    name = _one_line(name) or "file"
    if name.isascii() and len(name) <= _PIECE:
        return ' filename="' + _QUOTED.sub(r"\\\1", name) + '"'
    encoded = quote(name.encode("utf-8", "replace"), safe="!#$&+-.^_`|~")
    pieces = re.findall(rf"(?:%..|[^%]){{1,{_PIECE // 3}}}", encoded)
    if len(pieces) == 1:
        return f" filename*=utf-8''{encoded}"
    first, *others = pieces
    lines = [f" filename*0*=utf-8''{first}", *(f" filename*{n}*={piece}" for n, piece in enumerate(others, 1))]
    return f";{_EOL}".join(lines)


def _in_base64(data: bytes) -> str:
    return base64.encodebytes(data).decode("ascii").replace("\n", _EOL)
