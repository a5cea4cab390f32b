"""Plain text and HTML, each as the other. Libraries do the hard parts: nh3 sanitises, inscriptis reads.

What they get is bounded first (`markup`), so that the time they take grows with its length and with nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from itertools import chain

import nh3
from inscriptis import get_text
from inscriptis.model import css
from inscriptis.model.config import ParserConfig

from .markup import BLOCKS, TOKEN, cut, well_formed
from .remembered import Remembered

MOST_SHOWN = 20_000
"""Signs (`<` and `&`) of HTML that are shown; who shows HTML that has more says so."""

MOST_READ = 250_000
"""Signs of HTML that are read as text."""

MOST_KEPT = 100_000
"""Signs of HTML that are kept of a mail."""

_LAID_OUT_SIGNS, _LAID_OUT_CHARACTERS = 5_000, 300_000
_LARGEST_TABLE = 2**27
"""Characters times signs: about what a table takes, each of whose lines is as wide as all that it holds."""

_PLAIN = ParserConfig(display_links=False)
css.MAX_EM_LEN = 100  # A style asks for so many spaces or empty lines at most; the library's own limit is 100,000.

_INLINE_IMAGE = re.compile(r"""\bsrc\s*+=\s*+(["'])data:[^"'<>]*+\1""", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_PIECE = 65_536

_DATA = re.compile(r"[\x00-\x20]*d[\t\r\n]*a[\t\r\n]*t[\t\r\n]*a[\t\r\n]*:", re.IGNORECASE)
_DATA_IMAGE = re.compile(r"data:image/[a-z0-9.+-]+[;,]", re.IGNORECASE)


def encode(plain: str) -> str:
    """Encode text as HTML that shows just this text, line breaks left as they are."""
    return escape(plain, quote=True)


def from_plain(plain: str) -> str:
    """Return HTML that shows a plain text with its line breaks."""
    return encode(plain).replace("\r\n", "\n").replace("\n", "<br />\n")


def to_text(html: str) -> str:
    """Return the readable text of HTML: blocks on lines of their own, no markup, no links' addresses.

    Large HTML is read without empty lines, bullets and the columns of its tables, and of more than `MOST_READ` signs
    the first ones.
    """
    if not html.strip():
        return ""
    if len(html) > _LAID_OUT_CHARACTERS:
        html = _INLINE_IMAGE.sub('src=""', html)
    signs = html.count("<") + html.count("&")
    if signs <= _LAID_OUT_SIGNS and len(html) <= _LAID_OUT_CHARACTERS:
        is_small = len(html) * signs <= _LARGEST_TABLE
        if is_small or "<table" not in html.lower():
            laid_out: str = get_text(well_formed(html), _PLAIN)
            return laid_out.strip("\n")
    return "".join(_read(cut(html, signs=MOST_READ))).strip("\n")


def _read(html: str) -> Iterator[str]:
    """Give the text of HTML in pieces, so that others get their turn."""
    at, preformatted, is_fresh = 0, 0, True
    for token in chain(TOKEN.finditer(html), [None]):
        text = unescape(html[at : len(html) if token is None else token.start()])
        for start in range(0, len(text), _PIECE):
            piece = text[start : start + _PIECE]
            if not preformatted:
                piece = _SPACES.sub(" ", piece)
                piece = piece.lstrip(" ") if is_fresh else piece
            if piece:
                yield piece
                is_fresh = piece.endswith("\n")
        if token is None:
            return
        at = token.end()
        name = (token["name"] or token["end"] or "").lower()
        if name == "pre":
            preformatted = max(preformatted + (1 if token["name"] else -1), 0)
        if name == "br" or (name in BLOCKS and not is_fresh):
            yield "\n"
            is_fresh = True
        elif name in {"td", "th"} and token["name"] and not is_fresh:
            yield " "


_sanitised = Remembered(16_000_000)


def sanitise(html: str, *, images: bool = False) -> str:
    """Return HTML without scripts, styles, forms and remote content of others' making.

    `images`: those given in the HTML itself stay, too; those of other hosts are for the page's policy to allow. Of
    more than `MOST_SHOWN` signs the first ones are shown. The result is remembered for a while.
    """
    return _sanitised.get(html, lambda: _clean(html, images=images), variant="images" if images else "")


def _clean(html: str, *, images: bool) -> str:
    bounded = well_formed(cut(html, signs=MOST_SHOWN))
    return (_WITH_IMAGES if images else _WITHOUT).clean(bounded)


def _keep_data_of_images(tag: str, attribute: str, value: str) -> str | None:
    if not _DATA.match(value) or (tag == "img" and attribute == "src" and _DATA_IMAGE.match(value)):
        return value
    return None


_SCHEMES = {"http", "https", "mailto"}
_WITHOUT = nh3.Cleaner(url_schemes=_SCHEMES)
_WITH_IMAGES = nh3.Cleaner(url_schemes=_SCHEMES | {"data"}, attribute_filter=_keep_data_of_images)


def keep_letter(html: str, image_of: Callable[[str], str | None]) -> str:
    """Return the HTML of a mail as it is kept: sanitised, links with rel=noopener, of `MOST_KEPT` signs the first ones.

    `image_of` gives the URL of an image that the mail itself holds, by its content id; one it does not hold stays as it
    is written.
    """

    def filter_attribute(tag: str, attribute: str, value: str) -> str | None:
        inner = _CONTENT_ID.fullmatch(value)
        if inner is None:
            return _keep_data_of_images(tag, attribute, value)
        return image_of(inner[1]) or value

    cleaner = nh3.Cleaner(url_schemes=_SCHEMES | {"data", "cid"}, attribute_filter=filter_attribute)
    return cleaner.clean(well_formed(cut(html, signs=MOST_KEPT)))


_CONTENT_ID = re.compile(r"\s*cid:(.{1,1000})", re.IGNORECASE)
