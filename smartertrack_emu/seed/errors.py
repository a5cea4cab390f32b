"""What is wrong with a seed file: every mistake by its place, all of them in one error."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MOST_TOLD = 50
"""So many mistakes are told one by one (ours); the rest are counted."""


class SeedError(ValueError):
    """A seed file that cannot be read or loaded; nothing of it is in the database.

    `problems` are its mistakes, each a line that begins with its place: `users[2].roles[0]: no role "Agnet"`.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        told = [*self.problems[:MOST_TOLD]]
        if len(self.problems) > MOST_TOLD:
            told.append(f"and {len(self.problems) - MOST_TOLD} more")
        super().__init__("\n".join(told))


class Problems:
    """The mistakes found so far."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def add(self, place: str, sentence: str) -> None:
        """Note a mistake, once."""
        problem = f"{place}: {sentence}" if place else sentence
        if problem not in self._found:
            self._found.append(problem)

    def raise_any(self) -> None:
        """Raise SeedError with all of them, if there are any."""
        if self._found:
            raise SeedError(self._found)


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean "Agent"?` where one of the known words is near, else nothing."""
    by_folded = {name.casefold(): name for name in known}
    near = get_close_matches(word[:200].casefold(), by_folded, n=1, cutoff=0.6)
    return f'; did you mean "{by_folded[near[0]]}"?' if near else ""


def quoted(value: object) -> str:
    """The value in quotes, on one line and cut short where it is long."""
    text = str(value)
    shown = text if len(text) <= 60 else text[:57] + "..."
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown) + '"'
