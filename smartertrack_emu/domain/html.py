"""Plain text and HTML, each as the other. Libraries do the hard parts: nh3 sanitises, inscriptis reads."""

from __future__ import annotations

from html import escape

import nh3
from inscriptis import get_text
from inscriptis.model.config import ParserConfig

_PLAIN = ParserConfig(display_links=False)


def encode(plain: str) -> str:
    """Encode text as HTML that shows just this text, line breaks left as they are."""
    return escape(plain, quote=True)


def from_plain(plain: str) -> str:
    """Return HTML that shows a plain text with its line breaks."""
    return encode(plain).replace("\r\n", "\n").replace("\n", "<br />\n")


def to_text(html: str) -> str:
    """Return the readable text of HTML: blocks on lines of their own, no markup, no links' addresses."""
    return get_text(html, _PLAIN).strip("\n") if html.strip() else ""


def sanitise(html: str) -> str:
    """Return HTML without scripts, styles, forms and remote content of others' making."""
    return nh3.clean(html, url_schemes={"http", "https", "mailto"})
