"""Annotations mean the same on every Python. Evidence: ours.

Up to Python 3.13 an annotation is evaluated where it stands; from 3.14 on when somebody asks for it. Then a name that
the class binds (`list: list[int] = ...`, a method `list`) hides the type of that name. Declarations, rows, settings and
commands are made of annotations that are asked for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _bound(cls: ast.ClassDef) -> set[str]:
    """The names that a class gives a value to."""
    names = set()
    for one in cls.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(one.name)
        elif isinstance(one, ast.Assign):
            names.update(target.id for target in one.targets if isinstance(target, ast.Name))
        elif isinstance(one, ast.AnnAssign) and one.value is not None and isinstance(one.target, ast.Name):
            names.add(one.target.id)
    return names


def hidden(source: str) -> Iterator[str]:
    """The annotations in classes that a name of the same class changes when they are evaluated later."""
    for cls in ast.walk(ast.parse(source)):
        if not isinstance(cls, ast.ClassDef):
            continue
        bound = _bound(cls)
        for one in cls.body:
            annotations: list[ast.expr | None] = []
            if isinstance(one, ast.AnnAssign):
                annotations = [one.annotation]
            elif isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                arguments = one.args
                annotated = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
                annotations = [one.returns, *(argument.annotation for argument in annotated)]
            for annotation in filter(None, annotations):
                used = {name.id for name in ast.walk(annotation) if isinstance(name, ast.Name)}
                yield from (f"{cls.name}: {name} in line {annotation.lineno}" for name in sorted(used & bound))


@pytest.mark.parametrize("room", ["smartertrack_emu", "migrations"])
def test_no_class_hides_a_type_that_it_names(room: str) -> None:
    sources = sorted((ROOT / room).rglob("*.py"))
    assert len(sources) > 5
    found = {str(path.relative_to(ROOT)): list(hidden(path.read_text(encoding="utf-8"))) for path in sources}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("class A:\n    list: list[int] = []", ["A: list in line 2"]),
        ("class A:\n    id: int\n    bool: bool", []),
        ("class A:\n    def list(self) -> None: ...\n    def all(self) -> list[int]: ...", ["A: list in line 3"]),
        ("class A:\n    int = 1\n    def f(self, *, a: int | None) -> None: ...", ["A: int in line 3"]),
    ],
)
def test_is_found(source: str, names: list[str]) -> None:
    assert list(hidden(source)) == names
