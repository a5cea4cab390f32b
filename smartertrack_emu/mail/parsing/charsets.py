"""Bytes to text: by the charset that is declared, else by what they look like."""

from __future__ import annotations

import codecs
import re
from typing import Final

_ALIASES: Final = {
    "gb2312": "gb18030",
    "gb-2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "euc-cn": "gb18030",
    "big5": "cp950",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-6-e": "iso-8859-6",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "utf8": "utf-8",
    "utf_8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
}
"""What senders call charsets -> what Python calls them; some are widened to what is really sent under the name."""

_NO_CHARSETS: Final = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "palmos"}
)
"""Codecs of Python that no mail may name: they are no charsets, and some take a time that grows with the square."""

_SAMPLE: Final = 32_768
"""Bytes by which an unknown charset is guessed: guessing takes long."""

_CP = re.compile(r"(?:cp|ibm|windows)[-_ ]?(\d{3,5})")
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


def decode(data: bytes, declared: str = "") -> str:
    """Return the text that bytes are, without NUL and halves of surrogate pairs, which no database can store.

    The declared charset counts where it is known and fits; else UTF-8, then what the bytes look like, then
    Windows-1252, where what it lacks becomes U+FFFD.
    """
    return storable(_decoded(data, declared))


def storable(text: str) -> str:
    """Return a text without NUL and halves of surrogate pairs."""
    return _NOT_STORABLE.sub("", text)


def codec(declared: str) -> str:
    """Return Python's name of a declared charset, "" for one that is unknown."""
    name = declared.strip().strip("\"'").partition("*")[0].strip().lower()
    name = _ALIASES.get(name, name)
    page = _CP.fullmatch(name)
    try:
        found = codecs.lookup(f"cp{page[1]}" if page else name)
    except (LookupError, ValueError):
        return ""
    is_text: bool = getattr(found, "_is_text_encoding", True)
    return found.name if is_text and found.name.replace("-", "_") not in _NO_CHARSETS else ""


def _decoded(data: bytes, declared: str) -> str:
    known = codec(declared) if declared else ""
    if known:
        try:
            return data.decode(known)
        except (UnicodeError, ValueError):
            pass
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(_guess(data))
    except (UnicodeError, LookupError, ValueError):
        return data.decode("cp1252", "replace")


def _guess(data: bytes) -> str:
    """Return what charset bytes look like; cp1252 where nothing fits."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - few mails need it

    # What is ASCII tells nothing: the sample begins where something else does.
    first = re.search(rb"[\x80-\xff]", data)
    start = max(first.start() - _SAMPLE // 4, 0) if first else 0
    best = from_bytes(data[start : start + _SAMPLE]).best()
    return "cp1252" if best is None else best.encoding
