"""Evidence: ours. Looking for known vulnerabilities fails where there are some, and nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = Path(__file__).parents[1] / ".ci" / "audit"
CLEAN = {"name": "lxml", "version": "6.0", "vulns": []}
SKIPPED = {"name": "nh3", "skip_reason": "Dependency not found on PyPI"}
HOLED = {"name": "zeep", "version": "4.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["4.1"]}]}
HOPELESS = {"name": "zeep", "version": "4.0", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]}


@pytest.mark.parametrize(
    ("printed", "status", "said"),
    [
        (json.dumps({"dependencies": [CLEAN]}), 0, "audit: the registry told of 1 of 1 packages"),
        (json.dumps({"dependencies": [CLEAN, SKIPPED]}), 0, "audit: note: the registry told of 1 of 2 packages"),
        (json.dumps({"dependencies": [CLEAN, HOLED]}), 1, "audit: zeep 4.0: PYSEC-1, mended in 4.1"),
        (json.dumps({"dependencies": [HOPELESS]}), 1, "audit: zeep 4.0: PYSEC-2, mended in no version yet"),
        ("", 0, "audit: note: the registry did not answer, so nothing is known of vulnerabilities"),
    ],
)
def test_what_it_makes_of_an_answer(tmp_path: Path, printed: str, status: int, said: str) -> None:
    (tmp_path / "pip_audit.py").write_text(f"print({printed!r})\nraise SystemExit(1)\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, AUDIT], env=environment, capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, said in done.stdout.splitlines()) == (status, True), done.stdout + done.stderr
