"""Mutation testing, a part at a time: `python -m tools.mutants reader | visibility | keyvalues`.

mutmut changes the code in a copy of the checkout, and says which changes no test notices. docs/testing.md has what was
found. A copy for each part, since each has tests of its own that matter: all of them would take hours.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from .markdown import ROOT

COPIES = ROOT / "build" / "mutants"
COPIED = (
    *("alembic.ini", "bench", "docs", "examples", "migrations", "pyproject.toml", "README.md", "smartertrack_emu"),
    *("tests", "tools", "wsdl"),
)

_PRELOADED = (
    "alembic.command",
    "lxml.etree",
    "pydantic_settings",
    "requests",
    "spyne",
    "sqlalchemy.orm",
    "zeep",
)


class Part(NamedTuple):
    """Modules that are changed, and the tests that are to notice."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


PARTS = {
    "reader": Part(
        ("smartertrack_emu/asmx/reader.py",),
        ("tests/asmx/test_reader.py", "tests/asmx/test_probes.py", "tests/asmx/test_forms.py"),
    ),
    "visibility": Part(
        ("smartertrack_emu/domain/*/visibility.py", "smartertrack_emu/domain/kb/access.py"),
        (
            "tests/services/test_rights_matrix.py",
            "tests/services/calllogs/test_call_logs.py",
            "tests/services/chats/test_search.py",
            "tests/services/kb/test_kb.py",
            "tests/services/tasks/test_tasks.py",
            "tests/services/tickets/test_properties.py",
            "tests/services/tickets/test_search.py",
        ),
    ),
    "keyvalues": Part(
        ("smartertrack_emu/services/keyvalues.py",),
        ("tests/services/test_keyvalues.py", "tests/services/tasks/test_tasks.py"),
    ),
}


def _settings(part: Part) -> str:
    """Return mutmut's settings: each change is tried in a process that has imported nothing of ours before.

    What is compiled or remembered when a module is imported would go on without the change in a mere fork.
    """

    def lines(values: Iterable[str]) -> str:
        return "".join(f"\n    {value}" for value in values)

    return f"""[mutmut]
source_paths =
    smartertrack_emu
only_mutate ={lines(part.modules)}
also_copy ={lines(COPIED)}
pytest_add_cli_args ={lines(["-n0", "-p", "no:cacheprovider", "-m", "not postgresql"])}
pytest_add_cli_args_test_selection ={lines(part.tests)}
process_isolation = forkserver
forkserver_warmup = import
preload_modules_file = preload.txt
"""


def _ask_every_test(stats: Path) -> None:
    """Let every test of the part try each change.

    mutmut notes which tests call a function. Of one that is called while modules are imported, to make readers say, it
    would ask no test that uses what was made.
    """
    noted = json.loads(stats.read_text(encoding="utf-8"))
    tests = sorted(noted["duration_by_test"])
    functions = noted["function_hashes"].keys() | noted["tests_by_mangled_function_name"].keys()
    noted["tests_by_mangled_function_name"] = dict.fromkeys(functions, tests)
    stats.write_text(json.dumps(noted), encoding="utf-8")


def _changes(copy: Path) -> list[str]:
    """Return the names of all changes that mutmut has made."""
    noted = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(copy.rglob("*.py.meta"))]
    return [name for one in noted for name in one["exit_code_by_key"]]


def main() -> int:
    """Make the copy, run mutmut there, and list what survived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--every", type=int, default=1, help="try every Nth change only")
    given = parser.parse_args()
    name: str = given.part
    copy = COPIES / name
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for source in COPIED:
        if (ROOT / source).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(ROOT / source, copy / source, ignore=ignored)
        else:
            shutil.copy(ROOT / source, copy / source)
    (copy / "preload.txt").write_text("\n".join(_PRELOADED), encoding="utf-8")
    (copy / "setup.cfg").write_text(_settings(PARTS[name]), encoding="utf-8")
    mutmut = [sys.executable, "-m", "mutmut"]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    run = [*mutmut, "run", "--max-children", "2"]
    # The first run notes the tests, and is told to try nothing.
    subprocess.run([*run, "nothing"], cwd=copy, env=environment, check=False)
    _ask_every_test(copy / "mutants" / "mutmut-stats.json")
    chosen = _changes(copy / "mutants")[:: given.every]
    done = subprocess.run([*run, *chosen], cwd=copy, env=environment, check=False)
    subprocess.run([*mutmut, "results"], cwd=copy, env=environment, check=False)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
