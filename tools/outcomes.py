"""docs/result-codes.md and docs/events.md: what calls answer, and what happens in them."""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from collections.abc import Iterator

from smartertrack_emu.desk import outcomes
from smartertrack_emu.domain import errors
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.events.arguments import ARGUMENTS, COMMON
from smartertrack_emu.domain.events.catalogue import event_types
from smartertrack_emu.store import failures

from .markdown import ROOT, document, table


def result_codes() -> str:
    """Return docs/result-codes.md."""
    classes = sorted(errors.HelpdeskError.__subclasses__(), key=lambda one: -one.code)
    rows = [("0", "", "Done. `Result` is true and `Message` is empty.")]
    rows += [(str(one.code), f"`{one.__name__}`", inspect.getdoc(one) or "") for one in classes if _is_domains(one)]
    if repeated := [code for code, count in Counter(code for code, _, _ in rows).items() if count > 1]:
        message = f"result codes with more than one meaning: {repeated}"
        raise ValueError(message)
    return document(
        "Result codes",
        "What `ResultCode` says beside `Result` and `Message`, the same in every operation. The product documents only "
        "that failures are below zero: the numbers are ours. A failed call has changed nothing, unless its sentence "
        "says that nobody knows.",
        table(("Code", "Raised as", "Meaning"), rows),
        "What -1 says; each has a line in the log, which says more:",
        table(("Sentence", "When"), _unexpected()),
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


def events() -> str:
    """Return docs/events.md."""
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
    return document(
        "Events",
        "What can happen, with its number, its title and its arguments: what a rule may ask of an event and a provider "
        "is told of it. Numbers and titles are the product's where its documentation of event providers names them. "
        "Those from x900 on are ours; no rule and no provider knows them. An event is written as data, in the "
        "transaction of the change that it tells. The words of a history are made when they are shown.",
        f"Every type also has {', '.join(f'`{name}`' for name in COMMON)}. *Fired* says what happens today: `yes` by "
        "what the services and the control API do; `seed file` where only the seed file tells of it; `no` where the "
        "type is declared for what is not built yet.",
        table(("Number", "Event", "Source", "Fired", "Arguments"), rows),
        "## Arguments",
        table(("Name", "Is", "Meaning"), ((f"`{name}`", one.type, one.meaning) for name, one in ARGUMENTS.items())),
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
