"""Evidence: ours. The files written from the code are what the code says now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from smartertrack_emu.config import Settings
from smartertrack_emu.services.registry import SERVICES
from tools import decisions, documents
from tools.documents import WRITERS
from tools.markdown import ROOT

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ELSEWHERE = {"docs/rights.md"}
"""Held by a test of its own, on both databases: services/test_rights_matrix.py."""


@pytest.mark.parametrize("path", sorted(WRITERS.keys() - ELSEWHERE))
def test_is_up_to_date(path: str) -> None:
    written = (ROOT / path).read_text(encoding="utf-8")
    assert written == WRITERS[path](), f"{path} is out of date: `make documents` writes it"


def test_no_other_wsdl() -> None:
    kept = {f"wsdl/{file.name}" for file in (ROOT / "wsdl").iterdir()}
    assert kept == {path for path in WRITERS if path.startswith("wsdl/")}


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
    monkeypatch.setattr(documents, "WRITERS", {"docs/one.md": lambda: "One.\n", "two.md": lambda: "Two.\n"})
    (tmp_path / "two.md").write_text("Something else.\n")
    monkeypatch.setattr("sys.argv", ["documents", "--check"])
    assert documents.main() == 1
    assert capsys.readouterr().out == "out of date: docs/one.md\nout of date: two.md\n"
    monkeypatch.setattr("sys.argv", ["documents", "--write"])
    assert documents.main() == 0
    assert (tmp_path / "docs" / "one.md").read_text() == "One.\n"
    assert (tmp_path / "two.md").read_text() == "Two.\n"
    monkeypatch.setattr("sys.argv", ["documents", "--check"])
    assert documents.main() == 0


def test_a_decision_without_its_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(decisions, "ROOT", tmp_path)
    folder = tmp_path / "docs" / "decisions"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("# Decisions\n\nWhy.\n\n- an old list\n")
    (folder / "0001-first.md").write_text("# 0001. First | of all\n\nText.\n")
    assert decisions.decisions() == "# Decisions\n\nWhy.\n\n- 0001 [First | of all](0001-first.md)\n"
    for wrong in ("# 0002: Second\n", "# Second\n", "# 0003. Second\n", ""):
        (folder / "0002-second.md").write_text(wrong)
        with pytest.raises(ValueError, match=r"^0002-second\.md begins with "):
            decisions.decisions()
