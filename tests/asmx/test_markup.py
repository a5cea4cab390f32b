"""Marks and limits, held against lxml and expat, which read the same documents (ours)."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from smartertrack_emu.asmx import limits, markup
from smartertrack_emu.asmx.limits import LimitExceededError, XmlLimits
from smartertrack_emu.asmx.markup import Kind

TEXTS = st.text("a<>&'\"=/!-[]? \n\u20ac\U0001f600", max_size=6)
NAMES = st.sampled_from(["a", "b", "p:c", "long-name.1"])
COMMENTS = st.text("a<>='\"/!&", max_size=6).map("<!--{}-->".format)
SECTIONS = st.text("a<>='\"/!-&", max_size=6).map("<![CDATA[{}]]>".format)
INSTRUCTIONS = st.text("a<='\"/!-&", max_size=6).map("<?p {}?>".format)
CHARACTERS = TEXTS.map(lambda text: escape(text, {"]]>": "]]&gt;"}).replace("&gt;", ">").replace("]]>", "]]&gt;"))
ATTRIBUTES = st.lists(TEXTS, max_size=4).map(
    lambda values: "".join(f" x{n} = {quoteattr(value)}" for n, value in enumerate(values))
)


def element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """An element with attributes, its name, and several of what may stand in it."""

    def write(name: str, attributes: str, content: list[str]) -> str:
        inside = "".join(content)
        return f"<{name}{attributes}>{inside}</{name} >" if inside else f"<{name}{attributes}/>"

    return st.builds(write, NAMES, ATTRIBUTES, st.lists(children, max_size=5))


LEAVES = CHARACTERS | COMMENTS | SECTIONS | INSTRUCTIONS
DOCUMENTS = st.builds(
    lambda before, content, after: f"{before}<r xmlns:p='urn:p'>{''.join(content)}</r>{after}".encode(),
    st.sampled_from(["", '<?xml version="1.0"?>\n', "<!-- <a> -->"]),
    st.lists(st.recursive(LEAVES, element, max_leaves=30), max_size=12),
    st.sampled_from(["", "\n", "<!-- </r> -->"]),
)


@settings(max_examples=40)
@given(DOCUMENTS)
def test_every_element_is_found(document: bytes) -> None:
    kinds = [mark.kind for mark in markup.marks_of(document)]
    tags = [found.tag for found in etree.fromstring(document).iter(etree.Element)]
    assert kinds.count(Kind.START) + kinds.count(Kind.EMPTY) == len(tags)
    assert kinds.count(Kind.START) == kinds.count(Kind.END)
    for mark in markup.marks_of(document):
        assert document[mark.start : mark.start + 1] == b"<"
        assert document[mark.end - 1 : mark.end] == b">"


@settings(max_examples=40)
@given(DOCUMENTS, st.sampled_from([markup._RUN.pattern, markup._RUN.pattern.replace(b"1,200", b"1,2")]))
def test_runs_count_what_their_marks_are(document: bytes, pattern: bytes) -> None:
    before, markup._RUN = markup._RUN, re.compile(pattern)
    try:
        at = 0
        while at < len(document):
            run = markup.run_at(document, at)
            if run is None:
                mark = markup.mark_at(document, start) if (start := document.find(b"<", at)) >= 0 else None
                at = len(document) if mark is None else mark.end
                continue
            marks = [mark for mark in markup.marks_of(document[: run.end], at) if mark.end <= run.end]
            kinds = [mark.kind for mark in marks]
            assert (run.starts, run.empties, run.ends) == tuple(
                kinds.count(kind) for kind in (Kind.START, Kind.EMPTY, Kind.END)
            )
            assert run.others == kinds.count(Kind.CDATA) + kinds.count(Kind.OTHER)
            gaps = zip([at, *(mark.end for mark in marks)], [*(mark.start for mark in marks), run.end], strict=True)
            assert run.texts == sum(start < end for start, end in gaps)
            depth = highest = 0
            for kind in kinds:
                highest = max(highest, depth + (kind in (Kind.START, Kind.EMPTY)))
                depth += (kind is Kind.START) - (kind is Kind.END)
            assert markup.rise_of(document, at, run.end) == highest
            at = run.end
    finally:
        markup._RUN = before


def nodes_of(root: etree._Element) -> int:
    """Count what lxml keeps, but for the sections that it joins to the texts beside them."""
    return sum(1 + bool(each.text and isinstance(each.tag, str)) + bool(each.tail) for each in root.iter())


@settings(max_examples=40)
@given(DOCUMENTS)
def test_limits_are_where_they_say(document: bytes) -> None:
    root = etree.fromstring(document)
    attributes = [len(each.attrib) for each in root.iter(etree.Element)]
    attributes[0] += 1  # the namespace's declaration
    depth = max(len(list(each.iterancestors())) + 1 for each in root.iter(etree.Element))
    exact = XmlLimits(attributes=sum(attributes), attributes_each=max(attributes), depth=depth)
    limits._Count(document, exact).check()
    with pytest.raises(LimitExceededError, match=r"nested deeper than \d+ levels"):
        limits._Count(document, replace(exact, depth=depth - 1)).check()
    with pytest.raises(LimitExceededError, match=r"^The request has more than \d+ attributes"):
        limits._Count(document, replace(exact, attributes=sum(attributes) - 1)).check()
    with pytest.raises(LimitExceededError, match=r"^An element of the request has more than \d+ attributes"):
        limits._Count(document, replace(exact, attributes_each=max(attributes) - 1)).check()
    with pytest.raises(LimitExceededError, match=r"has more than \d+ nodes"):
        limits._Count(document, replace(exact, nodes=nodes_of(root) - 1)).check()


@settings(max_examples=40)
@given(DOCUMENTS)
def test_the_place_of_an_element_is_where_another_parser_finds_it(document: bytes) -> None:
    starts: list[int] = []
    behind: dict[int, int] = {}
    open_elements: list[int] = []
    waiting: list[int] = []
    parser = expat.ParserCreate()

    def here(*_: object) -> None:
        while waiting:
            behind[waiting.pop()] = parser.CurrentByteIndex

    def start(*_: object) -> None:
        here()
        open_elements.append(len(starts))
        starts.append(parser.CurrentByteIndex)

    def end(*_: object) -> None:
        if waiting or document.startswith(b"</", parser.CurrentByteIndex):
            here()
        waiting.append(open_elements.pop())

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = parser.CommentHandler = parser.StartCdataSectionHandler = here
    parser.ProcessingInstructionHandler = here
    parser.Parse(document, True)
    for ordinal, place in enumerate(starts):
        assert markup.place_of_element(document, ordinal, at_start=True) == place
    for ordinal, place in behind.items():
        assert markup.place_of_element(document, ordinal, at_start=False) == place


@given(st.binary(max_size=60) | st.text("<>!?/a-[]CDAT'\"= ", max_size=40).map(str.encode))
def test_what_is_no_document_ends_somewhere(document: bytes) -> None:
    ends = [mark.end for mark in markup.marks_of(document)]
    assert ends == sorted(set(ends))
    limits._Count(document, XmlLimits()).check()
    limits._base64_in(document)
