"""HTML of others' making, within bounds: before a library reads it, it is cut to a size and made well-formed.

The parsers that we use take a time that grows with the square of the depth of elements, of the attributes of one, or of
formatting that stays open from paragraph to paragraph; one of them drops what stands deeper than 256 elements. What
`well_formed` returns has none of these: every element is closed in its place, none stands deeper than `DEEPEST`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

DEEPEST = 100
"""Elements within each other. Deeper ones are left out, what they hold stays: it shows flat."""

MOST_FORMATTING = 12
"""Elements like `<b>` and `<font>` within each other: a parser opens each of them anew in every paragraph."""

MOST_ATTRIBUTES = 30
"""Attributes of one element; further ones are left out."""

_FEW_SIGNS, _FEW_CHARACTERS = 250, 32_768
"""HTML that has no more needs no bounds, and is read as it stands: nobody closes elements as well as a parser does."""

_FARTHEST = 2 * DEEPEST
"""How many open elements are looked through for the one that an end tag means."""

_ATTRIBUTE = (
    r"(=[^\s/>=]*+|[^\s/>=]++)"
    r"""(?:\s*+=\s*+(?:"([^"]*+)(?:"|\Z)|'([^']*+)(?:'|\Z)|([^\s>"'][^\s>]*+))?+)?+"""
)
_ATTRIBUTES = rf"(?:[\s/]++|{_ATTRIBUTE.replace('(=', '(?:=').replace('([', '(?:[')})*+"
TOKEN = re.compile(
    r"<(?:"
    r"!--(?:-?>|.*?(?:--!?>|\Z))"  # a comment
    r"|[!?][^>]*+(?:>|\Z)"  # a declaration
    rf"|(script|style)(?=[\s/>]){_ATTRIBUTES}(?:>.*?(?:</\1(?=[\s/>])[^>]*+(?:>|\Z)|\Z)|\Z)"
    rf"|/(?P<end>[a-z][^\s/>]*+){_ATTRIBUTES}(?:>|\Z)"
    r"|/(?![a-z])[^>]*+(?:>|\Z)"  # an end tag of nothing
    rf"|(?P<name>[a-z][^\s/>]*+)(?P<attributes>{_ATTRIBUTES})(?:>|(?P<unfinished>\Z))"
    r")",
    re.IGNORECASE | re.DOTALL,
)
"""Every `<` with which a parser begins something, to its end. It never goes back, so its time grows with the length."""

_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_NAME = re.compile(r"[a-z][a-z0-9:-]*")
_ATTRIBUTE_NAME = re.compile(r"[\w:.-]+")
_SIGN = re.compile("[<&]")

_VOID_NAMES = "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr"
_FORMATTING_NAMES = "a b big code em font i nobr s small strike strong tt u"
_BLOCK_NAMES = """
address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3
h4 h5 h6 header hgroup hr li listing main menu nav ol p pre search section summary table ul xmp
"""
_VOID, _FORMATTING = frozenset(_VOID_NAMES.split()), frozenset(_FORMATTING_NAMES.split())
BLOCKS = frozenset(_BLOCK_NAMES.split())
"""Elements that begin a line of their own, and end a paragraph."""

_CELLS, _ROWS = frozenset({"td", "th"}), frozenset({"tr"})
_SECTIONS = frozenset({"tbody", "thead", "tfoot", "colgroup", "caption"})
_OF_TABLES = _CELLS | _ROWS | _SECTIONS | {"table"}
_IN_CELLS = _CELLS | {"table", "caption"}

# A start tag -> the open elements that it closes, and those beyond which it closes none.
_CLOSES = {
    **dict.fromkeys(BLOCKS, (frozenset({"p"}), _IN_CELLS)),
    "li": (frozenset({"li", "p"}), _IN_CELLS | {"ul", "ol", "menu", "dir"}),
    **dict.fromkeys(("dd", "dt"), (frozenset({"dd", "dt", "p"}), _IN_CELLS | {"dl"})),
    **dict.fromkeys(_CELLS, (_CELLS, frozenset({"table"}))),
    "tr": (_CELLS | _ROWS | {"caption", "colgroup"}, frozenset({"table"})),
    **dict.fromkeys(_SECTIONS, (_CELLS | _ROWS | _SECTIONS, frozenset({"table"}))),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "a": (frozenset({"a"}), _IN_CELLS),
}


def cut(html: str, *, signs: int, characters: int | None = None) -> str:
    """Return the beginning of HTML that has at most so many signs (`<` and `&`), and at most so many characters."""
    beginning = html if characters is None else html[:characters]
    if beginning.count("<") + beginning.count("&") <= signs:
        return beginning
    return beginning[: next(islice(_SIGN.finditer(beginning), signs, None)).start()]


def well_formed(html: str) -> str:
    """Return HTML that shows the same, within bounds: comments, scripts and styles are gone, everything is closed."""
    if len(html) <= _FEW_CHARACTERS and html.count("<") <= _FEW_SIGNS:
        return html
    written = _Written()
    at = 0
    for token in TOKEN.finditer(html):
        if token.start() > at:
            written.text(html[at : token.start()])
        at = token.end()
        if token["name"]:
            if token["unfinished"] is None:
                written.start(token["name"].lower(), token["attributes"])
        elif token["end"]:
            written.end(token["end"].lower())
    written.text(html[at:])
    return written.all()


class _Written:
    """HTML that is being written, and the elements that are open in it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        # An element left out is open as well, for its end tag must not close another one: (name, is written).
        self._open: list[tuple[str, bool]] = []
        self._count: Counter[str] = Counter()
        self._depth = 0
        self._formatting = 0

    def text(self, text: str) -> None:
        self._pieces.append(text.replace("<", "&lt;"))

    def start(self, name: str, attributes: str) -> None:
        if not _NAME.fullmatch(name):
            return
        if name in _CLOSES:
            self._close_for(name)
        if name in _VOID:
            self._write_tag(name, attributes)
            return
        is_formatting = name in _FORMATTING
        fits = self._depth < DEEPEST and not (is_formatting and self._formatting >= MOST_FORMATTING)
        self._open.append((name, fits))
        self._count[name] += 1
        if fits:
            self._depth += 1
            self._formatting += is_formatting
            self._write_tag(name, attributes)

    def end(self, name: str) -> None:
        if not self._count[name]:
            return
        walls = frozenset() if name == "table" else {"table"} if name in _OF_TABLES else _IN_CELLS
        for place, opened in self._backwards():
            if opened == name:
                self._close(place)
                return
            if opened in walls:
                return

    def all(self) -> str:
        self._close(0)
        return "".join(self._pieces)

    def _close_for(self, name: str) -> None:
        closed, walls = _CLOSES[name]
        if not any(self._count[one] for one in closed):
            return
        farthest = None
        for place, opened in self._backwards():
            if opened in walls:
                break
            if opened in closed:
                farthest = place
        if farthest is not None:
            self._close(farthest)

    def _backwards(self) -> Iterator[tuple[int, str]]:
        """Give the innermost open elements, the last opened first, with their places."""
        end = len(self._open)
        for place in range(end - 1, max(end - _FARTHEST, 0) - 1, -1):
            yield place, self._open[place][0]

    def _close(self, place: int) -> None:
        for name, is_written in reversed(self._open[place:]):
            self._count[name] -= 1
            if is_written:
                self._pieces.append(f"</{name}>")
                self._depth -= 1
                self._formatting -= name in _FORMATTING
        del self._open[place:]

    def _write_tag(self, name: str, attributes: str) -> None:
        if not attributes or attributes.isspace():
            self._pieces.append(f"<{name}>")
            return
        pieces = [f"<{name}"]
        for match in islice(_ONE_ATTRIBUTE.finditer(attributes), MOST_ATTRIBUTES):
            key, value = match[1], match[2] or match[3] or match[4] or ""
            if _ATTRIBUTE_NAME.fullmatch(key):
                pieces.append(' {}="{}"'.format(key, value.replace('"', "&quot;")))
        self._pieces.append("".join(pieces) + ">")
