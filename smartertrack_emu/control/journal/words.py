"""How explanations show what came: quoted where it is needed, never long."""

from __future__ import annotations

from lxml.etree import _Element as Element

MOST = 499
"""Characters of an explanation."""

_LONGEST = 90


def shown(text: str) -> str:
    """Return what came, in quotation marks, in one line and cut where it is long."""
    text = "".join(one if one.isprintable() else " " for one in text[: _LONGEST + 1])
    return f'"{text}"' if len(text) <= _LONGEST else f'"{text[:_LONGEST]}…"'


def named(element: Element) -> str:
    """Return an element's name as it was written, with its prefix."""
    local = str(element.tag).rpartition("}")[2]
    return shown(f"{element.prefix}:{local}" if element.prefix else local)


def together(*sentences: str) -> str:
    """Return sentences as one text: those that fit, the first in any case."""
    text = ""
    for sentence in sentences:
        if not sentence:
            continue
        longer = f"{text} {sentence}".strip()
        if len(longer) > MOST:
            if not text:
                return f"{sentence[: MOST - 1]}…"
            break
        text = longer
    return text
