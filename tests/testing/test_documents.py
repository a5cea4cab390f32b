"""Evidence: ours. The tests that the documentation shows, run by pytest as they stand there, and the sample project."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from tests.testing.conftest import run_pytest

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "examples" / "pytest-project"
_BLOCK = re.compile(r"^( *)```python\n(.*?)^ *```", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.slow


def _tests(page: str) -> list[str]:
    """Return the blocks of a page that hold tests."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = [dedent(block) for _, block in _BLOCK.findall(text)]
    return [block for block in blocks if re.search(r"^ *def test_", block, re.MULTILINE)]


def _names(source: str) -> int:
    return sum(
        isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in ast.walk(ast.parse(source))
    )


def test_what_the_documents_show(tmp_path: Path) -> None:
    blocks = [*_tests("README.md"), *_tests("docs/testing-clients.md")]
    assert len(blocks) == 8
    # One block replaces the settings, another starts a server itself: they want another run.
    alone = [block for block in blocks if "smartertrack_settings" in block or "Emulator(" in block]
    assert len(alone) == 2
    together = [block for block in blocks if block not in alone]
    alone.sort(key=lambda block: "Emulator(" not in block)  # it stops before the fixture's server starts
    for number, run in enumerate((together, alone)):
        folder = tmp_path / str(number)
        folder.mkdir()
        for index, block in enumerate(run):
            (folder / f"test_{index}.py").write_text(block)
        done = run_pytest(folder, "-q", "-W", "error")
        assert f"{sum(map(_names, run))} passed" in done.stdout.splitlines()[-1], done.stdout + done.stderr


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one", "xdist"])
def test_the_sample_project(tmp_path: Path, workers: tuple[str, ...]) -> None:
    shutil.copytree(PROJECT, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__"))
    (tests,) = (tmp_path / "project" / "tests").glob("test_*.py")
    done = run_pytest(tmp_path / "project", "-q", *workers)
    assert f"{_names(tests.read_text())} passed" in done.stdout.splitlines()[-1], done.stdout + done.stderr
    assert sorted(path.name for path in (tmp_path / "project").iterdir() if path.name != "__pycache__") == [
        "helpdesk.yaml",
        "printer_watch.py",
        "pyproject.toml",
        "tests",
    ]
