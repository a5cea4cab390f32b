"""HTML of others' making, shown and read within bounds: the bounds are ours.

Time is measured as the ratio of what 4n costs to what n costs: about 4 where it grows with the length, 16 where it
grows with its square. Those tests run without the measuring of coverage, which makes Python cost ten times what C does.
"""

from __future__ import annotations

import threading
import time
import unicodedata
from collections.abc import Callable
from html.parser import HTMLParser
from unittest.mock import Mock

import nh3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smartertrack_emu.domain import html, markup
from smartertrack_emu.domain.html import MOST_READ, MOST_SHOWN, sanitise, to_text
from smartertrack_emu.domain.markup import DEEPEST, cut, well_formed
from smartertrack_emu.domain.remembered import Remembered
from smartertrack_emu.domain.search.expression import parse
from smartertrack_emu.domain.search.snippets import beginning, passage
from smartertrack_emu.domain.search.words import words
from smartertrack_emu.domain.text import fold


def filled(piece: str) -> Callable[[int], str]:
    return lambda length: piece * (length // len(piece))


SHAPES: dict[str, Callable[[int], str]] = {
    "elements in elements": filled("<div>"),
    "and closed": lambda n: "<div>" * (n // 11) + "</div>" * (n // 11),
    "lists in lists": filled("<ul><li>"),
    "quotations": filled("<blockquote>x"),
    "tables in tables": filled("<table><tr><td>x"),
    "text between tables": filled("<table>x"),
    "end tags in cells": filled("<div><table><td></div>"),
    "formatting": filled("<b>"),
    "links": filled("<a href=x>"),
    "formatting in each paragraph": lambda n: "<p>" + "".join(f"<b a={i}>" for i in range(n // 20)) + "<p>x" * (n // 8),
    "formatting in cells": filled("<b><td>x"),
    "paragraphs": filled("<p>x"),
    "attributes": lambda n: "<p " + " ".join(f"a{i}=1" for i in range(n // 9)) + ">",
    "a long value": lambda n: '<p title="' + "x" * n + '">',
    "quotes never closed": filled('<a b="'),
    "quotes and names": filled('<a "'),
    "signs of equality": lambda n: "<a " + "= " * (n // 2),
    "comments never closed": filled("<!--"),
    "scripts never closed": filled("<script>"),
    "ends of scripts": lambda n: "<script>" + "</script" * (n // 8),
    "spaces in a tag": lambda n: "<a" + " " * n,
    "many names": lambda n: "".join(f"<x{i}>" for i in range(n // 9)),
    "end tags": filled("</p>"),
    "entities": filled("&amp;"),
    "signs": filled("<"),
    "images never closed": filled('<img src="data:'),
    "sources": filled("src = "),
    "text": filled("word "),
    "one word": filled("x"),
    "rows beside a wide cell": lambda n: "<table><tr><td>" + "x" * (n // 2) + "<tr><td>y" * (n // 18),
    "indented lines": lambda n: '<div style="padding-left:9999em">' * 50 + "x<br>" * (n // 5),
    "large margins": filled('<p style="margin-top:9999em">x'),
}
LENGTH = 10_000


def cost(work: Callable[[str], object], text: str) -> float:
    """The processor's seconds for it, the lesser of two tries."""
    times = []
    for _ in range(2):
        started = time.thread_time()
        work(text)
        times.append(time.thread_time() - started)
    return min(times)


def grows_with_its_length(work: Callable[[str], object], make: Callable[[int], str]) -> bool:
    """Whether 4n costs at most 10 times what n costs, once in three tries; what costs next to nothing does."""
    short, long = make(LENGTH), make(4 * LENGTH)
    return any(cost(work, long) <= 10 * max(cost(work, short), 0.002) for _ in range(3))


@pytest.mark.no_cover
@pytest.mark.parametrize("shape", SHAPES)
def test_time_grows_with_the_length(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_sanitised", Remembered(0))
    for work in (sanitise, to_text):
        assert grows_with_its_length(work, SHAPES[shape]), work.__name__


@pytest.mark.parametrize("shape", SHAPES)
def test_what_comes_out_is_not_much_longer(shape: str) -> None:
    long = SHAPES[shape](4 * LENGTH)
    for work in (sanitise, to_text):
        assert len(work(long)) <= 100 * len(long), work.__name__


MARKS = "a" + "\u0301\u0323" * 100


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "work",
    [fold, words, parse, lambda text: passage(text, parse("e* x")), beginning],
    ids=["fold", "words", "parse", "passage", "beginning"],
)
@pytest.mark.parametrize("piece", ["\u0301\u0323", "\uff9e\u0334", "\u0f73\u0301", "\u00e9", '"', "-x ", "x* ", " "])
def test_searching_for_anything(work: Callable[[str], object], piece: str) -> None:
    assert grows_with_its_length(work, lambda length: "a" + piece * (length // len(piece)))


class Depth(HTMLParser):
    """How deep elements stand that are closed in their places."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.deepest = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag not in markup._VOID:
            self.open.append(tag)
            self.deepest = max(self.deepest, len(self.open))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short HTML is written anew as well."""
    monkeypatch.setattr(markup, "_FEW_SIGNS", -1)


PLAIN_TEXT = st.text("ab \n<&\"'>é", max_size=8)
ATTRIBUTE = st.sampled_from(
    ["", ' title="a b"', " title='\"'", ' href="http://x/?a=1&amp;b"', " class=x", ' title="<b>"']
)


def element(names: list[str], inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, attribute, held: f"<{name}{attribute}>{held}</{name}>",
        st.sampled_from(names),
        ATTRIBUTE,
        st.lists(inside, max_size=3).map("".join),
    )


ESCAPED = PLAIN_TEXT.map(html.encode)
INLINE = st.recursive(
    ESCAPED | st.just("<br>"), lambda inside: element(["b", "i", "span", "code", "em"], inside), max_leaves=6
)
CELL = element(["td"], INLINE)
TABLE = element(["table"], element(["tbody"], element(["tr"], CELL)))
LIST = element(["ul", "ol"], element(["li"], INLINE))
DOCUMENT = st.lists(
    element(["p", "h1", "blockquote", "div"], INLINE) | TABLE | LIST | st.just("<hr>") | ESCAPED, max_size=6
).map("".join)


@pytest.mark.usefixtures("always")
@settings(max_examples=60)
@given(DOCUMENT)
def test_what_is_well_formed_shows_the_same(document: str) -> None:
    assert nh3.clean(well_formed(document)) == nh3.clean(document)


_NAMES = "p b i a div li ul ol td tr table tbody dl dt dd br img span script style font h1"
NAMES = _NAMES.split()
SOUP = st.lists(
    st.one_of(
        st.sampled_from(NAMES).flatmap(
            lambda name: st.sampled_from(
                [f"<{name}>", f"</{name}>", f"<{name} x='", f'<{name} a="b>c" d>', f"<{name}/>"]
            )
        ),
        st.sampled_from(
            ["<!--", "-->", "<!x>", "</", "<", ">", '"', "'", "=", "&", "&lt;", "x", " ", "<p\n", "</p x='>'>"]
        ),
    ),
    max_size=40,
).map("".join)


@pytest.mark.usefixtures("always")
@given(SOUP)
@example("<div><table><td></div></table>")
@example("<p><b a=1><b a=2><p>x")
def test_everything_is_closed_in_its_place(soup: str) -> None:
    written = well_formed(soup)
    parser = Depth()
    parser.feed(written)
    parser.close()
    assert not parser.open
    assert well_formed(written) == written


@pytest.mark.usefixtures("always")
@given(st.text("<>/!-'\"= abp\x00é"))
def test_no_text_is_an_error(text: str) -> None:
    well_formed(text)
    sanitise(text)
    to_text(text)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize(
    ("soup", "expected"),
    [
        ("<p>a<p>b<div>c", "<p>a</p><p>b</p><div>c</div>"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        (
            "<table><tr><td>a<td>b<tr><td></div>c</table>d",
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>d",
        ),
        ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
        ("a < b <!-- <p> --><script>if (a<b) '</p>'</script >c", "a &lt; b c"),
        ("<P TITLE='a>\"b' data-x = 1 checked>x<br/>", '<p TITLE="a>&quot;b" data-x="1" checked="">x<br></p>'),
        ('x</ p>y</>z<p title="never closed>', "xyz"),
    ],
)
def test_what_is_not_closed_is(soup: str, expected: str) -> None:
    assert well_formed(soup) == expected


def test_what_stands_too_deep_shows_flat() -> None:
    deep = "<div>" * 1_000 + "<i>here</i>" + "</div>" * 1_000 + "<p>after <b>all</b></p>"
    parser = Depth()
    parser.feed(well_formed(deep))
    assert parser.deepest == DEEPEST
    assert to_text(deep).split() == ["here", "after", "all"]
    assert sanitise(deep).endswith("<p>after <b>all</b></p>")
    assert "here" in sanitise(deep)


def test_large_html_is_read_plainly() -> None:
    large = "<style>p{}</style><p>One <b>two</b>\n three</p><ul><li>a<li>b</ul><pre> x\n  y</pre>1 &lt; 2<br>" * 2_000
    assert to_text(large).startswith("One two three\na\nb\n x\n  y\n1 < 2\nOne two three\n")
    assert "p{}" not in to_text(large)
    assert to_text("<table><tr><td>a<td>b</table>" * 2_000).startswith("a b\na b\n")
    assert len(to_text("<b>x" * (MOST_READ + 10))) == MOST_READ


def test_images_in_the_html_do_not_make_it_large() -> None:
    image = f"<img alt='x' SRC = 'data:image/png;base64,{'A' * 500_000}'>"
    listed = "<ul><li>One</li><li>Two</li></ul>"
    assert to_text(image + listed) == to_text(listed)
    assert "* One" in to_text(listed)


def test_the_beginning() -> None:
    assert cut("<p>a&amp;b<p>c", signs=3) == "<p>a&amp;b<p>c"
    assert cut("<p>a&amp;b<p>c", signs=2) == "<p>a&amp;b"
    assert cut("<p>a&amp;b<p>c", signs=9, characters=4) == "<p>a"
    assert cut("", signs=0) == ""
    assert sanitise("<b>x</b>" * MOST_SHOWN) == "<b>x</b>" * (MOST_SHOWN // 2)


def test_the_same_is_sanitised_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clean = Mock(side_effect=str.upper)
    monkeypatch.setattr(html, "_WITHOUT", Mock(clean=clean))
    monkeypatch.setattr(html, "_sanitised", Remembered(1_000))
    for text in ("one", "one", "two", "one", "two"):
        assert sanitise(text) == text.upper()
    assert clean.call_count == 2
    assert sanitise("one", images=True) == "one"  # another way to sanitise is another result


def test_what_is_remembered_is_bounded() -> None:
    remembered = Remembered(100)
    made = []

    def get(source: str, length: int) -> str:
        def make() -> str:
            made.append(source)
            return "x" * length

        return remembered.get(source, make)

    assert get("long", 26) == get("long", 26)
    assert made == ["long", "long"]  # more than a quarter: not kept
    for number in range(4):
        get(str(number), 25)
    get("0", 25)  # used again
    get("4", 25)
    made.clear()
    for source in "0234":
        get(source, 25)
    assert not made
    get("1", 25)
    assert made == ["1"]


def test_many_at_once() -> None:
    results: list[set[str]] = []

    def ask() -> None:
        results.append({sanitise(f"<p>{number}<script>x</script>", images=bool(number % 2)) for number in range(200)})

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [{f"<p>{number}</p>" for number in range(200)}] * 8


@pytest.mark.parametrize(
    ("image", "kept"),
    [
        ('<img src="https://example.com/a.png" alt="a">', True),
        ('<img src="data:image/png;base64,iVBORw0KGgo=">', True),
        ('<img src="data:image/svg+xml,%3Csvg/%3E">', True),
        ('<img src="data:text/html,x">', False),
        ('<img src="javascript:x()">', False),
        ('<a href="data:text/html,x">x</a>', False),
        ('<a href="data:image/png;base64,x">x</a>', False),
        ('<a href=" &#1;da&#9;ta:text/html,x">x</a>', False),
        ('<q cite="DATA:text/html,x">x</q>', False),
    ],
)
def test_images_of_the_html_itself(image: str, *, kept: bool) -> None:
    address = image.partition('="')[2].partition('"')[0]
    assert (address in sanitise(image, images=True)) == kept


@given(st.text(st.sampled_from("ae\u0301\u0323\u0345é\u1100\u1161ﾞ ")))
def test_normal_forms_are_unicodes(text: str) -> None:
    """Up to thirty marks in a row, which is more than any language writes."""
    from smartertrack_emu.domain.text import normalized  # noqa: PLC0415

    if len(text) < 30:
        for form in ("NFC", "NFD", "NFKD"):
            assert normalized(form, text) == unicodedata.normalize(form, text)
            assert normalized(form, f"{text} {MARKS}").startswith(unicodedata.normalize(form, text))
