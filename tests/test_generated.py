"""Evidence: ours. The files written from the code are what the code says now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from smartertrack_emu import documents
from smartertrack_emu.config import Settings
from smartertrack_emu.services.registry import SERVICES

MADE = documents.documents()
OPERATIONS = (documents.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MADE)
def test_is_up_to_date(path: str) -> None:
    written = (documents.ROOT / path).read_text(encoding="utf-8")
    assert written == MADE[path], f"{path} is out of date: `make documents` writes it"


def test_no_other_wsdl() -> None:
    kept = {f"wsdl/{file.name}" for file in (documents.ROOT / "wsdl").iterdir()}
    assert kept == {path for path in MADE if path.startswith("wsdl/")}


def test_every_operation_is_listed() -> None:
    listed = re.findall(r"^\| \[(\w+)\]\(\.\./", OPERATIONS, re.MULTILINE)
    assert listed == [name for service in SERVICES for name in service.operations]


def test_every_operation_is_tested() -> None:
    """By a test that names it in what it runs; what it calls and what it answers are the tests' own affair."""
    assert [row for row in OPERATIONS.splitlines() if "**none**" in row] == []
    assert "Named by no test: 0." in OPERATIONS


def test_settings_have_descriptions() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_check_and_write(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    monkeypatch.setattr(documents, "documents", lambda: {"docs/one.md": "One.\n", "two.md": "Two.\n"})
    (tmp_path / "two.md").write_text("Something else.\n")
    monkeypatch.setattr("sys.argv", ["documents", "--check"])
    assert documents.main() == 1
    assert capsys.readouterr().out == "out of date: docs/one.md\nout of date: two.md\n"
    monkeypatch.setattr("sys.argv", ["documents", "--write"])
    assert documents.main() == 0
    assert (tmp_path / "docs" / "one.md").read_text() == "One.\n"
    assert documents.stale() == []
    monkeypatch.setattr("sys.argv", ["documents", "--check"])
    assert documents.main() == 0
