"""Bodies as pages show them (ours): indented, coloured, nothing lost, never run, whatever they hold."""

from __future__ import annotations

import re
import time
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.web.workbench.showing import shown


def plain(body: str, content_type: str) -> str:
    """What a reader sees."""
    return unescape(re.sub(r"</?(?:b|i|span)(?: class=\"[a-z-]+\")?>", "", str(shown(body, content_type))))


def test_xml() -> None:
    body = "<?xml version='1.0'?><a x=\"1\"><b>one  two</b><c/><d></d><!-- n --><e>t<f/></e></a>"
    assert plain(body, "text/xml").splitlines() == [
        "<?xml version='1.0'?>",
        '<a x="1">',
        "  <b>one  two</b>",
        "  <c/>",
        "  <d></d>",
        "  <!-- n -->",
        "  <e>",
        "    t",
        "    <f/>",
        "  </e>",
        "</a>",
    ]


@pytest.mark.parametrize(
    ("body", "content_type", "seen"),
    [
        ('{"a":[1]}', "application/json", '{\n  "a": [\n    1\n  ]\n}'),
        ('{"a":', "application/json", '{"a":'),
        ("a=1&b=x%3Cy+z&c=", "application/x-www-form-urlencoded", "a = 1\nb = x<y z\nc = "),
        ("<html><script>x</script>", "text/html", "<html><script>x</script>"),
        ("plain <text>", "text/plain", "plain <text>"),
        ("\ufeff<a/>", "", "\ufeff\n<a/>"),
    ],
)
def test_others(body: str, content_type: str, seen: str) -> None:
    assert plain(body, content_type) == seen


@given(st.text(alphabet="<>/!?-[]CDAT&\"'= ab\n", max_size=80))
def test_nothing_gets_lost_and_nothing_gets_in(body: str) -> None:
    for content_type in ("text/xml", "application/json", "text/plain", ""):
        made = str(shown(body, content_type))
        seen = plain(body, content_type)
        if not (content_type == "application/json" and seen != body):
            assert "".join(seen.split()) == "".join(body.split())
        rest = made
        for tag in (
            '<b class="x-tag">',
            '<b class="x-name">',
            '<i class="x-mute">',
            '<span class="x-name">',
            '<span class="x-mute">',
            "</b>",
            "</i>",
            "</span>",
        ):
            rest = rest.replace(tag, "")
        assert "<" not in rest


@pytest.mark.parametrize("part", ["<!--", "<![CDATA[", "<?", "<a ", "<a x='", "<a>", "a=", '<a x="1" ', "x", " x", " "])
def test_hostile_bodies_cost_little(part: str) -> None:
    """Each character is looked at once: ten times as much takes about ten times as long."""
    taken = []
    for length in (6_400, 64_000):
        body = "<a " + part * (length // len(part))
        started = time.process_time()
        shown(body, "text/xml")
        taken.append(time.process_time() - started)
    assert taken[1] < max(taken[0], 0.002) * 40


def test_what_would_grow_is_shown_as_it_is() -> None:
    body = "[" * 500 + "1," * 30_000 + "1" + "]" * 500
    assert plain(body, "application/json") == body
