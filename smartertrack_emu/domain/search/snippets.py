"""The passage of a text that shows best what was looked for."""

from __future__ import annotations

from .expression import Expression
from .words import written

SNIPPET_LENGTH = 200
"""Characters, the dots that say something is left out not counted."""

READ = 20_000
"""Characters of a text that are looked through."""

_BEFORE = 40
"""Characters before the first word shown, so that it does not stand alone."""


def beginning(text: str) -> str:
    """Return a text's first words."""
    return _cut(" ".join(text[: SNIPPET_LENGTH * 4].split()), 0)


def passage(text: str, expression: Expression) -> str:
    """Return the part of a text with most of what was looked for in it; its beginning where nothing is."""
    plain = " ".join(text[:READ].split())
    exact = {word for c in expression.required for word in (c.words[:-1] if c.is_prefix else c.words)}
    prefixes = tuple(c.words[-1] for c in expression.required if c.is_prefix)
    places: list[tuple[int, str]] = []
    for start, _, found in written(plain):
        for word in found:
            if word in exact:
                places.append((start, word))
            elif prefixes and word.startswith(prefixes):
                places.append((start, next(prefix for prefix in prefixes if word.startswith(prefix))))
    if not places:
        return _cut(plain, 0)
    return _cut(plain, max(_best(places) - _BEFORE, 0))


def _best(places: list[tuple[int, str]]) -> int:
    """Return where the stretch begins that has most different words, the first of equals."""
    best, most, last = places[0][0], 0, 0
    in_window: dict[str, int] = {}
    for start, word in places:
        while last < len(places) and places[last][0] - start < SNIPPET_LENGTH - _BEFORE:
            in_window[places[last][1]] = in_window.get(places[last][1], 0) + 1
            last += 1
        if len(in_window) > most:
            best, most = start, len(in_window)
        in_window[word] -= 1
        if not in_window[word]:
            del in_window[word]
    return best


def _cut(plain: str, start: int) -> str:
    """Return whole words from about `start` on, with dots where something is left out."""
    if len(plain) - start < SNIPPET_LENGTH:
        start = max(len(plain) - SNIPPET_LENGTH, 0)
    end = start + SNIPPET_LENGTH
    if start and plain[start - 1] != " ":
        gap = plain.find(" ", start, start + _BEFORE)
        start = gap + 1 if gap >= 0 else start
    if end < len(plain) and plain[end] != " ":
        gap = plain.rfind(" ", start + SNIPPET_LENGTH // 2, end)
        end = gap if gap >= 0 else end
    shown = plain[start:end].strip()
    return f"{'… ' if start else ''}{shown}{' …' if end < len(plain) else ''}"
