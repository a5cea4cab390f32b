"""The files that are written from the code, in a checkout: `python -m smartertrack_emu.documents --write | --check`.

What an operation's function calls is found in its source, which tests call it in theirs: nothing is kept by hand.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from pydantic import SecretStr

from smartertrack_emu import cli, compose
from smartertrack_emu.config import Settings
from smartertrack_emu.desk import outcomes
from smartertrack_emu.domain import errors
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.events.arguments import ARGUMENTS, COMMON
from smartertrack_emu.domain.events.catalogue import event_types
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.services.service import HelpdeskOperation, HelpdeskService
from smartertrack_emu.store import failures

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = "http://localhost:9996"
"""Where the checked-in WSDLs say that the services are."""

_NOTE = "<!-- Written by `make documents`; a test keeps it true. -->"
_SERVICES = "smartertrack_emu.services."
_DOMAIN = "smartertrack_emu.domain."
_DECLARING_TESTS = "tests/services/test_declarations.py"
_SETTINGS_START, _SETTINGS_END = "<!-- settings", "<!-- /settings -->"
_DECISIONS, _DECISIONS_START = "docs/decisions/README.md", "|"
_OPTIONS = {"database": "database_url"}
"""Command line parameter -> the setting it is called after, where the names differ."""


def documents() -> dict[str, str]:
    """Return what every generated file must hold, by its path in the checkout."""
    made = {path: write() for path, write in _WRITERS.items()}
    return made | {f"wsdl/{name}.wsdl": text for name, text in compose.wsdl_documents(ADDRESS).items()}


def stale() -> list[str]:
    """Return the paths of generated files that are missing or say something else."""
    found = []
    for path, text in documents().items():
        file = ROOT / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            found.append(path)
    return found


def main() -> int:
    """Write the files that are out of date, or say which they are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write them")
    action.add_argument("--check", action="store_true", help="fail where one is out of date")
    write: bool = parser.parse_args().write
    paths = stale()
    if write:
        texts = documents()
        for path in paths:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(texts[path], encoding="utf-8")
    for path in paths:
        sys.stdout.write(f"{'written' if write else 'out of date'}: {path}\n")
    return 1 if paths and not write else 0


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    names = list(head)
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _document(title: str, *content: Iterable[str] | str) -> str:
    lines = [f"# {title}", "", _NOTE]
    for part in content:
        lines += ["", part] if isinstance(part, str) else ["", *part]
    return "\n".join(lines) + "\n"


# Operations


def _operations() -> str:
    total = sum(len(service.operations) for service in SERVICES)
    untested = {
        service.name: sum(not tests_of(service, one) for one in service.operations.values()) for service in SERVICES
    }
    summary = _table(
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
        parts += [f"## {service.name}", _table(head, rows)]
    return _document("Operations", *parts)


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


# Settings, result codes, events, decisions


def _readme() -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, start, rest = text.partition(_SETTINGS_START)
    remark, close, rest = rest.partition("-->\n")
    _, end, after = rest.partition(_SETTINGS_END)
    return "\n".join([before + start + remark + close.rstrip("\n"), *_settings(), end + after])


def _settings() -> Iterator[str]:
    options = {
        _OPTIONS.get(name, name): f"`--{name.replace('_', '-')}`" for name in inspect.signature(cli.serve).parameters
    }
    prefix = Settings.model_config["env_prefix"]
    return _table(
        ("Variable", "Option", "Default", "Meaning"),
        (
            (f"`{prefix}{name.upper()}`", options.get(name, ""), _default(field.default), field.description or "")
            for name, field in Settings.model_fields.items()
        ),
    )


def _default(value: object) -> str:
    if value is None or value == "":
        return ""
    shown = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    return f"`{shown.lower() if isinstance(value, bool) else shown}`"


def _result_codes() -> str:
    classes = sorted(errors.HelpdeskError.__subclasses__(), key=lambda one: -one.code)
    rows = [("0", "", "Done. `Result` is true and `Message` is empty.")]
    rows += [(str(one.code), f"`{one.__name__}`", inspect.getdoc(one) or "") for one in classes if _is_domains(one)]
    if repeated := [code for code, count in Counter(code for code, _, _ in rows).items() if count > 1]:
        message = f"result codes with more than one meaning: {repeated}"
        raise ValueError(message)
    return _document(
        "Result codes",
        "What `ResultCode` says beside `Result` and `Message`, the same in every operation. The product documents only "
        "that failures are below zero: the numbers are ours. A failed call has changed nothing, unless its sentence "
        "says that nobody knows.",
        _table(("Code", "Raised as", "Meaning"), rows),
        "What -1 says; each has a line in the log, which says more:",
        _table(("Sentence", "When"), _unexpected()),
        "The errors are those of `smartertrack_emu/domain/errors.py`. A result type without these members "
        "(`IsAvailableResult`) just says false. What is wrong with the request itself is a SOAP fault.",
    )


def _unexpected() -> Iterator[tuple[str, str]]:
    yield outcomes.UNEXPECTED, "An error of ours."
    yield failures.UNAVAILABLE, "The database is locked for too long, away, or was cut off before COMMIT."
    for failure in failures.DatabaseFailure.__subclasses__():
        yield failure.sentence, inspect.getdoc(failure) or ""
    yield from files.REFUSALS.items()


def _is_domains(error: type[errors.HelpdeskError]) -> bool:
    """Leave out what is more special than the catalogue: it shares its parent's meaning."""
    return error.__module__ == errors.__name__


def _events() -> str:
    fired = fired_events()
    rows = (
        (
            str(one.number),
            one.title,
            "documented" if one.is_documented else "ours",
            fired.get(one.event.__name__, "no"),
            ", ".join(f"`{name}`" for name in one.arguments),
        )
        for one in event_types()
    )
    return _document(
        "Events",
        "What can happen, with its number, its title and its arguments: what a rule may ask of an event and a provider "
        "is told of it. Numbers and titles are the product's where its documentation of event providers names them. "
        "Those from x900 on are ours; no rule and no provider knows them. An event is written as data, in the "
        "transaction of the change that it tells. The words of a history are made when they are shown.",
        f"Every type also has {', '.join(f'`{name}`' for name in COMMON)}. *Fired* says what happens today: `yes` by "
        "what the services do; `seed file` where only the seed file tells of it; `no` where the type is declared for "
        "what is not built yet.",
        _table(("Number", "Event", "Source", "Fired", "Arguments"), rows),
        "## Arguments",
        _table(("Name", "Is", "Meaning"), ((f"`{name}`", one.type, one.meaning) for name, one in ARGUMENTS.items())),
    )


def fired_events() -> dict[str, str]:
    """Return by what the types of events are fired that something in the source fires, by their classes' names."""
    names = {one.event.__name__ for one in event_types()}
    package = ROOT / "smartertrack_emu"
    declared = package / "domain" / "events"
    found: dict[str, str] = {}
    for path in sorted(package.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if declared not in path.parents and "domain.events" in text:
            used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            by = "seed file" if package / "seed" in path.parents else "yes"
            found |= {name: by for name in used & names if found.get(name) != "yes"}
    return found


def _decisions() -> str:
    index = ROOT / _DECISIONS
    before, _, _ = index.read_text(encoding="utf-8").partition(_DECISIONS_START)
    titles = {file.name: file.read_text(encoding="utf-8").partition("\n")[0] for file in index.parent.glob("0*.md")}
    rows = ((f"[{name[:4]}]({name})", title.removeprefix(f"# {name[:4]}. ")) for name, title in sorted(titles.items()))
    return "\n".join([before.rstrip(), "", *_table(("", ""), rows), ""])


_WRITERS: dict[str, Callable[[], str]] = {
    "README.md": _readme,
    "docs/operations.md": _operations,
    "docs/result-codes.md": _result_codes,
    "docs/events.md": _events,
    _DECISIONS: _decisions,
}
"""Path -> what writes it; the WSDLs come beside them."""

if __name__ == "__main__":
    sys.exit(main())
