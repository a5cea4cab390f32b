"""A server for a module's tests, and pytest as its users run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from smartertrack_emu.testing import Emulator

SEED = Path(__file__).parents[2] / "examples" / "acme.yaml"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A server in this process, for the tests of a module."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def in_a_process() -> Callable[..., str]:
    """Run a program that has `Emulator`, with warnings as errors, and return what it prints; it must not fail."""

    def run(program: str, **variables: str) -> str:
        begin = f"from smartertrack_emu.testing import Emulator, EmulatorError\nSEED = {str(SEED)!r}\n"
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", begin + dedent(program)],
            env={**_inherited(), **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "SMARTERTRACK_EMU_"))}


# Other plugins of this project's own tests, which take longer to import than a small run takes.
_OTHERS = ("schemathesis", "hypothesispytest", "anyio", "pytest_cov")


def run_pytest(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder, with no settings of ours."""
    without = [f"-pno:{name}" for name in ("cacheprovider", *_OTHERS)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *without, f"--rootdir={folder}", *arguments],
        cwd=folder,
        env={**_inherited(), "NO_COLOR": "1", "COLUMNS": "200", **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
