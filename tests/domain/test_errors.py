"""Refusals and the fields they are about: all ours."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from smartertrack_emu.domain import errors
from smartertrack_emu.domain.errors import BadValue, PermissionDenied
from smartertrack_emu.services.names import names_of
from smartertrack_emu.services.registry import SERVICES

DOMAIN = Path(errors.__file__).parent
NAMES = [names_of(operation) for service in SERVICES for operation in service.operations.values()]
CALLED_SO = {
    "agent",  # who was named for a ticket, by whichever operation
    # The control API's members have them.
    "alert_address",
    "folder_id",
    "idle_logoff_minutes",
    "position",  # where a part of an attachment begins: no operation has it as an input
}
"""Fields that clients read by the domain's own names."""

NO_SERVICE_REACHES = (
    "acd/",
    "across/event_rules.py",
    "across/reports/",
    "channels/",
    "clients/",
    "dialler/",
    "events/",
    "inbox/",
    "people/department_rules.py",
    "spool/",
    "surveys/",
    "tasks/recurring.py",
    "tickets/addresses.py",  # a list of addresses that is a setting
    "tickets/rebalance_rules.py",
    "visitors/",
)
"""What the control API and dialects alone use, whose members have the domain's names or names of their own."""


@pytest.mark.parametrize(
    ("error", "said", "renamed"),
    [
        (BadValue("subject", "is required."), "subject is required.", "SUBJECT is required."),
        (BadValue("length", ": 7 is not."), "length: 7 is not.", "LENGTH: 7 is not."),
        (BadValue("kind", ": '{kind}' is none."), "kind: '{kind}' is none.", "KIND: '{kind}' is none."),
        (BadValue("It is {due_at}."), "It is {due_at}.", "It is {due_at}."),
        (BadValue("Either {a} or {b}.", fields=("a", "b")), "Either a or b.", "Either A or B."),
        (BadValue("due_at", "lies before {a}.", fields=["a"]), "due_at lies before a.", "DUE_AT lies before A."),
        (PermissionDenied("{a} needs more.", fields=["a"]), "a needs more.", "A needs more."),
    ],
)
def test_sentences(error: errors.HelpdeskError, said: str, renamed: str) -> None:
    assert str(error) == said
    assert error.said(str.upper) == renamed


def test_more_sentences() -> None:
    error = BadValue("subject", "is required.")
    error.go_on("What {subject} had been received was taken back.")
    assert error.said(str.upper) == "SUBJECT is required. What {subject} had been received was taken back."


def _refusals() -> Iterator[tuple[str, ast.Call]]:
    kinds = {kind.__name__ for kind in errors.HelpdeskError.__subclasses__()}
    for path in sorted(DOMAIN.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
                yield f"{path.relative_to(DOMAIN)}:{node.lineno}", node


def _defaults() -> Iterator[tuple[str, ast.expr]]:
    for path in sorted(DOMAIN.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.arguments):
                for default in (*node.defaults, *filter(None, node.kw_defaults)):
                    yield f"{path.relative_to(DOMAIN)}:{default.lineno}", default


def test_the_domain_uses_no_names_of_the_wire() -> None:
    """Names that only a wire has are those of inputs and keys that are no plain words."""
    inputs = {
        parameter.name
        for service in SERVICES
        for operation in service.operations.values()
        for parameter in operation.parameters
    }
    wire = {
        name for name in inputs.union(*(names.values() for names in NAMES)) if re.search("[a-z][A-Z]", name) is not None
    }
    assert len(wire) > 100
    found = [
        f"{where}: {word}"
        for where, said in (*_refusals(), *_defaults())
        for node in ast.walk(said)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for word in re.findall(r"\w+", node.value)
        if word in wire
    ]
    assert found == []


def test_every_field_that_is_refused_has_a_name_on_the_wire() -> None:
    refused: dict[str, str] = {}
    for where, call in _refusals():
        spoken_of = [keyword.value for keyword in call.keywords if keyword.arg == "fields"]
        if isinstance(call.func, ast.Name) and call.func.id == "BadValue" and len(call.args) == 2:
            spoken_of.append(call.args[0])
        if where.startswith(NO_SERVICE_REACHES):
            continue
        for node in spoken_of:
            refused |= {str(text.value): where for text in ast.walk(node) if isinstance(text, ast.Constant)}
    for path in sorted(DOMAIN.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if path.relative_to(DOMAIN).as_posix().startswith(NO_SERVICE_REACHES):
            continue
        for field in re.findall(r'(?:naming|addresses)\.(?:name|email|one|several)\([\w.]+, "(\w+)"', source):
            refused[field] = path.name
    assert {"length", "starts_at", "username", "bcc"} <= refused.keys()
    named = {field for names in NAMES for field in names}
    assert {field: where for field, where in refused.items() if field not in named | CALLED_SO} == {}
