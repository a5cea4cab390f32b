"""Reading the bytes of mails: whatever they are, a letter or a reason. Formats are documented, the bounds ours."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.domain.inbox.letters import Letter, Mailbox
from smartertrack_emu.mail.parsing.charsets import codec, decode
from smartertrack_emu.mail.parsing.content import checked_name
from smartertrack_emu.mail.parsing.errors import NotImportableError
from smartertrack_emu.mail.parsing.headers import decode_words, mailboxes, message_ids, parameters
from smartertrack_emu.mail.parsing.reading import peek, read_letter
from smartertrack_emu.mail.parsing.transfer import decode_body
from tests.mail.incoming.conftest import mail

MAILS = [path.read_bytes() for path in sorted((Path(__file__).parent.parent.parent / "data" / "mails").glob("*.eml"))]
REASONS = {"not a message", "too many levels", "too many parts", "too many attachments", "too large"}
FORBIDDEN = frozenset(map(chr, [0, *range(0xD800, 0xE000)]))


def read(raw: bytes) -> Letter | None:
    """Return the letter, None where it cannot be imported for one of the reasons there are."""
    try:
        return read_letter(raw, lambda file: f"/{file.name}")
    except NotImportableError as error:
        reason = str(error)
    assert reason.partition(":")[0] in REASONS
    return None


def sound(letter: Letter) -> None:
    """What is read can be stored and stays within its bounds."""
    texts = [letter.subject, letter.body, letter.message_id, *(file.name for file in letter.files)]
    texts += [word for box in (*letter.senders, *letter.to, *letter.cc) for word in box]
    for text in texts:
        assert not FORBIDDEN & set(text)
    for file in letter.files:
        assert 0 < len(file.name) <= 200
        assert "/" not in file.name
        assert "\\" not in file.name


@given(st.binary(max_size=2_000))
def test_any_bytes(raw: bytes) -> None:
    letter = read(raw)
    assert letter is None or isinstance(letter, Letter)
    peek(raw)
    if letter is not None:
        sound(letter)


@st.composite
def _broken(draw: st.DrawFn) -> bytes:
    """A mail of the corpus with some bytes changed, cut out or doubled."""
    raw = bytearray(draw(st.sampled_from([raw for raw in MAILS if len(raw) < 4_000])))
    for _ in range(draw(st.integers(1, 8))):
        if not raw:
            break
        at = draw(st.integers(0, len(raw) - 1))
        match draw(st.sampled_from(["change", "cut", "double", "put"])):
            case "change":
                raw[at] = draw(st.integers(0, 255))
            case "cut":
                del raw[at : at + draw(st.integers(1, 200))]
            case "double":
                raw[at:at] = raw[at : at + draw(st.integers(1, 200))]
            case _:
                raw[at:at] = draw(
                    st.sampled_from([b"\n", b"\r\n\r\n", b"--b\n", b"=?utf-8?b?", b'"', b";", b"\0", b"=\n"])
                )
    return bytes(raw)


@given(_broken())
def test_broken_mails(raw: bytes) -> None:
    letter = read(raw)
    if letter is not None:
        sound(letter)


@given(st.text(max_size=300))
def test_any_header_value(text: str) -> None:
    decode_words(text)
    parameters(text)
    list(mailboxes(text))
    list(message_ids(text))
    assert len(checked_name(text)) <= 200


@given(st.binary(max_size=500), st.sampled_from(["base64", "quoted-printable", "x-uuencode", "8bit", ""]))
def test_any_body(body: bytes, encoding: str) -> None:
    decoded = decode_body(body, encoding)
    assert len(decoded.content) <= len(body) + 64


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_charset(data: bytes, declared: str) -> None:
    assert not FORBIDDEN & set(decode(data, declared))


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("GB2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("iso-8859-8-i", "iso8859-8"),
        ("cp-850", "cp850"),
        ("utf8", "utf-8"),
        ("ISO-8859-1", "cp1252"),
        ("windows-1250", "cp1250"),
        ("utf-8*en", "utf-8"),
        ("rot13", ""),
        ("base64", ""),
        ("punycode", ""),
        ("unicode_escape", ""),
        ("no such", ""),
        ("\0", ""),
    ],
)
def test_charsets(declared: str, name: str) -> None:
    assert codec(declared) == name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@b.c", [("", "a@b.c")]),
        ("A B <a@b.c>, <d@e.f>", [("A B", "a@b.c"), ("", "d@e.f")]),
        ('"B, A" <a@b.c>; x@y.z', [("B, A", "a@b.c"), ("", "x@y.z")]),
        ("a@b.c (The Name)", [("The Name", "a@b.c")]),
        ("Us: a@b.c, d@e.f;", [("", "a@b.c"), ("", "d@e.f")]),
        ("undisclosed-recipients:;", []),
        ("<@relay,@other:a@b.c>", [("", "a@b.c")]),
        ("=?utf-8?q?J=C3=BC?= <j@x.y>", [("Jü", "j@x.y")]),
        ('"=?utf-8?q?a=2C_b?=" <j@x.y>', [("a, b", "j@x.y")]),
        ("nobody", [("nobody", "")]),
        ("a@b.c, , ,", [("", "a@b.c")]),
        ('"never closed <a@b.c>', [("never closed <a@b.c>", "")]),
    ],
)
def test_mailboxes(text: str, found: list[tuple[str, str]]) -> None:
    boxes = [tuple(box) for box in mailboxes(text)]
    if text.startswith('"never'):
        assert all(isinstance(box, tuple) for box in boxes)
    else:
        assert boxes == [tuple(Mailbox(*one)) for one in found]


def test_two_thousand_recipients() -> None:
    to = ",\r\n ".join(f'"Number {n}" <user{n}@example.com>' for n in range(2_000))
    letter = read(mail(To=to))
    assert letter is not None
    assert len(letter.to) == 2_000
    assert letter.to[-1] == Mailbox("Number 1999", "user1999@example.com")


MEBIBYTE = 2**20
_HEAD = b"From: a@example.com\r\nSubject: Large\r\nMIME-Version: 1.0\r\n"
_LARGE = {
    "short lines": _HEAD + b"\r\n" + b"a\r\n" * (3 * MEBIBYTE),
    "one line": _HEAD + b"\r\n" + b"a" * (8 * MEBIBYTE),
    "base64": _HEAD
    + b"Content-Type: application/octet-stream; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + b"YWFh" * 19
    + b"\r\n" * 1
    + (b"YWFh" * 19 + b"\r\n") * (8 * MEBIBYTE // 78),
    "quoted-printable": _HEAD
    + b"Content-Type: application/octet-stream; name=a\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    + b"=41=42=43\r\n" * (8 * MEBIBYTE // 11),
    "HTML": _HEAD
    + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    + b"<p>\xf0\x9f\x98\x80</p>\r\n" * (16 * MEBIBYTE // 13),
    "boundaries that are none": _HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--ba\r\n" * MEBIBYTE,
    "header": b"From: a@example.com\r\n" + b"a:\r\n" * (2 * MEBIBYTE),
    "parts": _HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * MEBIBYTE,
}


@pytest.mark.parametrize("kind", _LARGE)
@pytest.mark.no_cover
def test_a_large_mail_takes_four_times_its_size(kind: str) -> None:
    """Beside the bytes themselves, three times as many at the most, whatever they look like."""
    raw = _LARGE[kind]
    read(raw[:100_000])  # libraries are loaded once
    tracemalloc.start()
    try:
        read(raw)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= 3 * len(raw), f"{peak / len(raw):.2f}"
