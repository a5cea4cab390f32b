"""docs/operations.md: what each operation calls, and which tests call it.

What an operation's function calls is found in its source, which tests call it in theirs: nothing is kept by hand.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.services.service import HelpdeskOperation, HelpdeskService

from .markdown import ROOT, document, table

_SERVICES = "smartertrack_emu.services."
_DOMAIN = "smartertrack_emu.domain."
_DECLARING_TESTS = "tests/services/test_declarations.py"


def operations() -> str:
    """Return docs/operations.md."""
    total = sum(len(service.operations) for service in SERVICES)
    untested = {
        service.name: sum(not tests_of(service, one) for one in service.operations.values()) for service in SERVICES
    }
    summary = table(
        ("Service", "Operations", "Write", "Named by no test"),
        (
            (
                f"[{service.name}](#{service.name.lower()})",
                str(len(service.operations)),
                str(_count(service, lambda one: one.options.writes)),
                str(untested[service.name]),
            )
            for service in SERVICES
        ),
    )
    numbers = f"All {total} operations of the nine services. Named by no test: {sum(untested.values())}."
    reading = (
        "Every operation needs credentials; *Caller* says whose, and under which right. The domain functions are those "
        "below `smartertrack_emu/domain/` that get the session, or an errand that is run outside; the tests are "
        "modules below `tests/` that name the operation in what they run."
    )
    parts: list[Iterable[str] | str] = [numbers, summary, reading]
    for service in SERVICES:
        head = ("Operation", "Caller", "Access", "Domain functions", "Tests")
        rows = [_operation_row(service, operation) for operation in service.operations.values()]
        parts += [f"## {service.name}", table(head, rows)]
    return document("Operations", *parts)


def _count(service: HelpdeskService, wanted: Callable[[HelpdeskOperation], bool]) -> int:
    return sum(map(wanted, service.operations.values()))


def _operation_row(service: HelpdeskService, operation: HelpdeskOperation) -> list[str]:
    path, _ = _source_of(operation)
    return [
        f"[{operation.name}](../{path.relative_to(ROOT).as_posix()})"
        + " (obsolete)" * (operation.options.obsolete is not None),
        operation.options.caller,
        operation.options.effect,
        ", ".join(f"`{name}`" for name in domain_functions(operation)) or "none",
        ", ".join(f"`{name}`" for name in tests_of(service, operation)) or "**none**",
    ]


class _Module:
    """A module's functions, and what the names it imports mean."""

    def __init__(self, path: Path) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self.imports: dict[str, str] = {}
        package = path.relative_to(ROOT).with_suffix("").parts[:-1]
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                base = ".".join(package[: len(package) - node.level + 1]) + "." if node.level else ""
                for name in node.names:
                    origin = f"{base}{node.module}.{name.name}" if node.module else f"{base}{name.name}"
                    self.imports[name.asname or name.name] = origin


@cache
def _module(path: Path) -> _Module:
    return _Module(path)


def _module_named(dotted: str) -> _Module | None:
    path = ROOT.joinpath(*dotted.split(".")).with_suffix(".py")
    return _module(path) if path.exists() else None


def _source_of(operation: HelpdeskOperation) -> tuple[Path, ast.FunctionDef]:
    path = Path(inspect.getsourcefile(operation.function) or "").resolve()
    return path, _module(path).functions[operation.name]


def domain_functions(operation: HelpdeskOperation) -> list[str]:
    """Return the domain's functions that an operation calls with its session, by itself or through services/.

    An errand that it runs outside counts as one of them.
    """
    path, function = _source_of(operation)
    return list(dict.fromkeys(_domain_calls(_module(path), function, set())))


def _domain_calls(module: _Module, function: ast.FunctionDef, seen: set[ast.FunctionDef]) -> Iterator[str]:
    if function in seen:
        return
    seen.add(function)
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    errands = [call.args[0] for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "run"]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        origin = _origin(module, call.func)
        if origin.startswith(_DOMAIN):
            if call in errands or (call.args and _is_session(call.args[0])):
                yield origin.removeprefix(_DOMAIN)
        elif not origin and isinstance(call.func, ast.Name) and call.func.id in module.functions:
            yield from _domain_calls(module, module.functions[call.func.id], seen)
        elif origin.startswith(_SERVICES):
            home, _, name = origin.rpartition(".")
            other = _module_named(home)
            if other is not None and name in other.functions:
                yield from _domain_calls(other, other.functions[name], seen)


def _origin(module: _Module, called: ast.expr) -> str:
    if isinstance(called, ast.Name):
        return module.imports.get(called.id, "")
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id in module.imports:
        return f"{module.imports[called.value.id]}.{called.attr}"
    return ""


def _is_session(argument: ast.expr) -> bool:
    name = argument.attr if isinstance(argument, ast.Attribute) else getattr(argument, "id", "")
    return name == "session"


def tests_of(service: HelpdeskService, operation: HelpdeskOperation) -> list[str]:
    """Return the test modules that name an operation in what they run: as an attribute or inside a text."""
    shared = sum(operation.name in other.operations for other in SERVICES) > 1
    rooms = {other: other.name.removeprefix("svc").lower() for other in SERVICES}
    found = []
    for path, words in _words_of_tests().items():
        home = set(Path(path).parts) & set(rooms.values())
        is_meant = not shared or (rooms[service] in home if home else words & {service.name, rooms[service]})
        if operation.name in words and is_meant:
            found.append(path)
    return found


@cache
def _words_of_tests() -> dict[str, frozenset[str]]:
    """Test module -> the attributes it uses and the words of its texts, its docstrings aside."""
    # The wire is tested by a service of its own, and what we call elsewhere is not what we offer.
    others = {ROOT / "tests" / "asmx", ROOT / "tests" / "providers"}
    modules = sorted(path for path in (ROOT / "tests").rglob("test_*.py") if others.isdisjoint(path.parents))
    named = {path.relative_to(ROOT).as_posix(): path for path in modules}
    named.pop(_DECLARING_TESTS, None)
    return {
        name.removeprefix("tests/").removesuffix(".py"): frozenset(_words(ast.parse(path.read_text(encoding="utf-8"))))
        for name, path in named.items()
    }


def _words(tree: ast.Module) -> Iterator[str]:
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from "".join(letter if letter.isalnum() or letter == "_" else " " for letter in node.value).split()
