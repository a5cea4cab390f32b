"""Ours: what the tests promise about themselves."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.conftest import EVIDENCE, evidence_of

TESTS = Path(__file__).parent


def evidence(docstring: str | None) -> list[str]:
    return evidence_of(cast("Any", SimpleNamespace(obj=SimpleNamespace(__doc__=docstring))))


def test_every_module_says_its_evidence() -> None:
    modules = sorted(TESTS.rglob("test_*.py"))
    assert len(modules) > 100
    silent = [
        path.relative_to(TESTS).as_posix()
        for path in modules
        if not evidence(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))))
    ]
    assert silent == [], f"their docstrings say none of {', '.join(EVIDENCE)}"


@pytest.mark.parametrize(
    ("docstring", "words"),
    [
        (None, []),
        ("What is kept.", []),
        ("Documents unseen, of hours.", []),
        ("Recorded where the probes have it; the rest is ours.", ["ours", "recorded"]),
        ("Documented.", ["documented"]),
        ("Seen: a real client.", ["seen"]),
    ],
)
def test_words_of_evidence(docstring: str | None, words: list[str]) -> None:
    assert evidence(docstring) == words
