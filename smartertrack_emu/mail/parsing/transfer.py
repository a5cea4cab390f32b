"""Transfer encodings: a body's bytes as they were before they were made fit for mail."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_PADDED = re.compile(rb"=[=\s]*")
_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)
_UU_NAMES = ("x-uuencode", "uuencode", "uue", "x-uue")


class Decoded(NamedTuple):
    """What could be read of a body, and the bytes that could not."""

    content: bytes
    rest: bytes = b""


def decode_body(body: bytes, encoding: str) -> Decoded:
    """Return a body decoded; an unknown encoding is taken for none."""
    name = encoding.strip().lower().partition(";")[0].strip()
    if name == "base64":
        return _base64(body)
    if name == "quoted-printable":
        return Decoded(binascii.a2b_qp(body))
    if name in _UU_NAMES:
        return _uuencoded(body)
    return Decoded(body)


def _base64(body: bytes) -> Decoded:
    """Decode up to the first sign that cannot be base64; what a mailing list has put below is left out."""
    broken = _NOT_BASE64.search(body)
    end = broken.start() if broken else len(body)
    rest = body[end:] if broken else b""
    # Each padding ends a piece: some senders join what they have encoded in pieces.
    decoded = []
    start = 0
    for padding in _PADDED.finditer(body, 0, end):
        decoded.append(_piece(body[start : padding.end()]))
        start = padding.end()
    decoded.append(_piece(body[start:end]))
    return Decoded(decoded[0] if len(decoded) == 1 else b"".join(decoded), rest)


def _piece(data: bytes) -> bytes:
    if not data.strip():
        return b""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        pass
    signs = b"".join(data.split()).rstrip(b"=")
    signs = signs[: -1 if len(signs) % 4 == 1 else None]  # one sign alone is no byte
    return binascii.a2b_base64(signs + b"=" * (-len(signs) % 4))


def _uuencoded(body: bytes) -> Decoded:
    begin = _BEGIN.search(body)
    if begin is None:
        return Decoded(b"", body)
    decoded: list[bytes] = []
    at = begin.end()
    while at < len(body):
        stop = body.find(b"\n", at)
        stop = len(body) if stop < 0 else stop + 1
        line = body[at:stop].rstrip(b"\r\n")
        if line == b"end":
            return Decoded(b"".join(decoded))
        try:
            decoded.append(binascii.a2b_uu(line) if line.strip() else b"")
        except binascii.Error:
            return Decoded(b"".join(decoded), body[at:])
        at = stop
    return Decoded(b"".join(decoded))
