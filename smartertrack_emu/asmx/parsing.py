"""Request bodies to XML trees: encodings, limits, and the place of an error.

Every limit is checked before the work it limits, at the speed of counting bytes.
"""

from __future__ import annotations

import codecs
import re
import threading
from functools import lru_cache
from io import BytesIO

from lxml import etree
from lxml.etree import _Element as Element

from . import limits, markup
from .limits import MalformedRequestError, RefusedRequestError, XmlLimits

_ORDINARY_SIZE = 9_000_000
"""Bytes up to which libxml2's own limits (10 MB a text, depth 256) may stand; a larger file needs them lifted."""

_BRIEF = 32 * 1024
"""Bytes up to which a body is read in the thread that answers it, which remembers its names (see `server`)."""

_PIECE = 1024 * 1024
"""Bytes of a body that are converted at a time."""

_MOST_CHARSET = 40
_ENCODINGS = re.compile(
    r"utf-8|utf-16(-[lb]e)?|utf-32(-[lb]e)?|ascii|iso8859-\d+|cp125\d|koi8-[ru]|gb2312|gbk|gb18030|big5|shift_jis|cp932"
    r"|euc_(jp|kr)|iso2022_jp|macroman|mac-roman"
)
"""The encodings read here, by Python's names. Others of Python's are no charsets, and some take quadratic time."""

_UNMARKED = {b"<\0\0\0": "utf-32-le", b"\0\0\0<": "utf-32-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_DECLARATION = re.compile(rb"""\s*<\?xml[^>]{1,200}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']""", re.ASCII)
_VERSION = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml\s+version\s*=\s*["'](?!1\.0["'])""", re.ASCII)
_DOCTYPE = re.compile(rb"<!DOCTYPE")
_ROOT = re.compile(rb"<[A-Za-z_:]")


class BodyParser:
    """Parses request bodies within limits; one lxml parser a thread and encoding."""

    def __init__(self, limits: XmlLimits) -> None:
        self._limits = limits
        self._parsers = threading.local()

    def parse(self, body: bytes, charset: str | None) -> Element:
        """Return the root element; MalformedRequestError says what is wrong.

        A charset in the Content-Type overrides the XML declaration, a byte order mark overrides both, as in .NET.
        """
        body = _as_utf8(body, charset)
        _refuse_version(body)
        _refuse_doctype(body)
        limits.check(body, self._limits)
        return self._read_apart(body) if len(body) > _BRIEF else self._read(body)

    def _read_apart(self, body: bytes) -> Element:
        """Read in a thread of its own: lxml keeps every name it has met for as long as its thread lives."""
        done: list[Element | Exception] = []

        def read() -> None:
            try:
                done.append(self._read(body))
            except Exception as error:  # noqa: BLE001 - raised again below
                done.append(error.with_traceback(None))

        thread = threading.Thread(target=read, name="asmx-parsing")
        thread.start()
        thread.join()
        result = done.pop()
        try:
            if isinstance(result, Exception):
                raise result
            return result
        finally:
            # An error holds the frame it was raised in: were the frame to hold the error, both would stay.
            del result

    def _read(self, body: bytes) -> Element:
        try:
            root = etree.fromstring(body, self._parser(huge=len(body) > _ORDINARY_SIZE))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise MalformedRequestError(str(error)) from None
        if root.getroottree().docinfo.internalDTD is not None:
            raise RefusedRequestError(_HAS_DOCTYPE)
        return root

    def _parser(self, *, huge: bool) -> etree.XMLParser:
        key = "huge" if huge else "ordinary"
        parser = self._parsers.__dict__.get(key)
        if parser is None:
            parser = etree.XMLParser(
                encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=huge
            )
            self._parsers.__dict__[key] = parser
        return parser


def _as_utf8(body: bytes, charset: str | None) -> bytes:
    """Return the body in UTF-8, unchecked where it is said to be UTF-8 already; MalformedRequestError."""
    if body.startswith(codecs.BOM_UTF8):
        return body[3:]
    encoding = _marked(body) or (_python_name(charset) if charset else None) or _declared(body)
    if encoding == "utf-8":
        return body
    converted = BytesIO()
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(body), _PIECE):
            converted.write(decoder.decode(body[at : at + _PIECE]).encode())
        converted.write(decoder.decode(b"", final=True).encode())
    except UnicodeError as error:
        message = f"The body is not {encoding}: {error.reason if isinstance(error, UnicodeDecodeError) else error}"
        raise MalformedRequestError(message) from None
    return converted.getvalue()


def _marked(body: bytes) -> str | None:
    """Return the encoding that a byte order mark names."""
    if body.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    return "utf-16" if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def _declared(body: bytes) -> str:
    """Return the encoding a body has by itself: wide characters, its XML declaration, or UTF-8."""
    for start, wide in _UNMARKED.items():
        if body.startswith(start):
            return wide
    declaration = _DECLARATION.match(body)
    if declaration is None:
        return "utf-8"
    name = declaration[1].decode("ascii")
    encoding = _python_name(name)
    if encoding is None:
        message = f"The encoding {name} is not known here."
        raise MalformedRequestError(message)
    return encoding


@lru_cache(maxsize=256)
def _python_name(charset: str) -> str | None:
    """Return Python's name of an encoding, None for one that is not read here."""
    try:
        name = codecs.lookup(charset).name if len(charset) <= _MOST_CHARSET else ""
    except (LookupError, ValueError):
        return None
    return name if _ENCODINGS.fullmatch(name) else None


def _refuse_version(body: bytes) -> None:
    """Refuse a version of XML other than 1.0, as .NET does; libxml2 would read 1.1."""
    if _VERSION.match(body):
        raise RefusedRequestError("The request declares another version of XML than 1.0.")


_HAS_DOCTYPE = "The request has a document type declaration."


def _refuse_doctype(body: bytes) -> None:
    """Refuse a doctype before anything of it is parsed; one inside a CDATA section is just text."""
    doctype = _DOCTYPE.search(body)
    if doctype is None:
        return
    root = _ROOT.search(body)
    if root is None or doctype.start() < root.start():
        raise RefusedRequestError(_HAS_DOCTYPE)


def root_namespace(body: bytes, charset: str | None) -> str | None:
    """Return the namespace of a document's root though the rest may not be well-formed; None when there is no root."""
    try:
        body = _as_utf8(body, charset)
        parser = etree.XMLPullParser(events=("start",), encoding="utf-8", resolve_entities=False, no_network=True)
        parser.feed(body[:65536])
    except (MalformedRequestError, etree.XMLSyntaxError, ValueError):
        return None
    for _, root in parser.read_events():
        tag = str(getattr(root, "tag", ""))
        if tag.startswith("{"):
            return tag[1:].partition("}")[0]
        return None if ":" in tag else ""  # a prefix that nobody declared is not well-formed
    return None


def place_after(body: bytes, charset: str | None, element: Element, *, at_start: bool) -> tuple[int, int]:
    """Return (line, column) as .NET's reader stands after an element: at the next node, past its opening mark.

    lxml keeps no columns, so the element is looked for in the body, on the error path only. With `at_start` the place
    is the element's own.
    """
    body = _as_utf8(body, charset)
    ordinal = next(n for n, e in enumerate(element.getroottree().getroot().iter(etree.Element)) if e is element)
    return _line_and_column(body, markup.place_of_element(body, ordinal, at_start=at_start))


_CONTINUING = bytes(range(0x80, 0xC0))
_BEYOND_BMP = bytes(range(0xF0))


def _line_and_column(body: bytes, offset: int) -> tuple[int, int]:
    """Count as .NET does: in UTF-16 units, standing behind the mark that opens a node."""
    lines = sum(_line_ends(body, at, min(at + _PIECE, offset)) for at in range(0, offset, _PIECE))
    start = max(body.rfind(b"\n", 0, offset), body.rfind(b"\r", 0, offset)) + 1
    units = sum(_utf_16_units(body[at : min(at + _PIECE, offset)]) for at in range(start, offset, _PIECE))
    mark = next((m for m in (b"<![CDATA[", b"<!--", b"</", b"<?", b"<") if body.startswith(m, offset)), b"")
    return lines + 1, units + len(mark) + 1


def _line_ends(text: bytes, start: int, end: int) -> int:
    """Return how many lines end in a piece; a carriage return and its line feed are one end, in two pieces too."""
    pairs = text.count(b"\r\n", max(start - 1, 0), end)
    return text.count(b"\n", start, end) + text.count(b"\r", start, end) - pairs


def _utf_16_units(text: bytes) -> int:
    """Return how many units a piece of UTF-8 has in UTF-16: one a character, two beyond the BMP."""
    return len(text.translate(None, _CONTINUING)) + len(text.translate(None, _BEYOND_BMP))
