"""In which encoding a body stands: what was sent in UTF-16 is masked and shown as well as what was sent in UTF-8."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_ODD_BEGINNINGS = (b"\xff", b"\xfe", b"\0")
_DECLARATION = re.compile(rb"""\s*<\?xml[^>]{1,200}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']""", re.ASCII)
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE | re.ASCII)
_READ = re.compile(
    r"utf-7|utf-8|utf-16(-[lb]e)?|utf-32(-[lb]e)?|ascii|iso8859-\d+|cp\d+|koi8-[ru]|gb2312|gbk|gb18030|big5|shift_jis"
    r"|euc_(jp|kr)|iso2022_jp|macroman|mac-roman"
)
"""The encodings looked into, by Python's names: others of Python's are no charsets, and some take quadratic time."""

_WIDE_SHARE = 4


def encoding_of(body: bytes, content_type: str) -> str:
    """Return the encoding of a body by Python's name: by its mark, by its look, as declared, else UTF-8."""
    if (body[:1] in _ODD_BEGINNINGS or body[1:2] == b"\0") and (known := _by_its_beginning(body)):
        return known
    if b"\0" in body and body.count(0) * _WIDE_SHARE > len(body):
        return "utf-16-le" if body[1::2].count(0) > body[::2].count(0) else "utf-16-be"
    declared = _charset(content_type)
    if declared is None and body[:5] == b"<?xml":
        declaration = _DECLARATION.match(body)
        declared = _python_name(declaration[1].decode("ascii")) if declaration else None
    return declared or "utf-8"


def _by_its_beginning(body: bytes) -> str | None:
    return next((name for start, name in (*_MARKS, *_UNMARKED) if body.startswith(start)), None)


@lru_cache(maxsize=256)
def _charset(content_type: str) -> str | None:
    found = _CHARSET.search(content_type[:1000])
    return _python_name(found[1]) if found else None


@lru_cache(maxsize=256)
def _python_name(charset: str) -> str | None:
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
    return name if _READ.fullmatch(name) else None


def as_utf_8(body: bytes, encoding: str) -> bytes:
    """Return a body in UTF-8; what cannot be decoded becomes U+FFFD. One that is in UTF-8 already stays as it is."""
    return body if encoding == "utf-8" else body.decode(encoding, "replace").encode()


def from_utf_8(body: bytes, encoding: str) -> bytes:
    """Return a body that is in UTF-8 in another encoding."""
    return body if encoding == "utf-8" else body.decode("utf-8", "replace").encode(encoding, "replace")


def text_of(body: bytes, content_type: str) -> str:
    """Return a body as text, decoded as declared, without its byte order mark."""
    return body.decode(encoding_of(body, content_type), "replace").removeprefix("\ufeff")
