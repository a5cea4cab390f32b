"""The server that the clients call, and where their programs are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.services.conftest import api, seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["api", "seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]

pytest.register_assert_rewrite("tests.clients.story")

REQUIRE_VARIABLE = "SMARTERTRACK_EMU_REQUIRE_CLIENTS"
"""Set to 1, a client that is not here is a failure: continuous integration installs them all."""

HERE = Path(__file__).parent
Tell = Callable[[dict[str, Any]], dict[str, Any]]


def _missing(reason: str) -> NoReturn:
    if os.environ.get(REQUIRE_VARIABLE) == "1":
        pytest.fail(f"{reason}, and {REQUIRE_VARIABLE}=1")
    pytest.skip(reason)


def _program(name: str) -> str:
    return shutil.which(name) or _missing(f"{name} is not installed")


def _teller(command: list[str]) -> Tell:
    """Run a client's program: what it is told goes in as JSON, what it saw comes out as JSON."""

    def tell(told: dict[str, Any]) -> dict[str, Any]:
        done = subprocess.run(command, input=json.dumps(told), capture_output=True, text=True, check=False, timeout=120)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr + done.stdout
        seen: dict[str, Any] = json.loads(done.stdout)
        return seen

    return tell


@pytest.fixture
def php() -> Tell:
    """PHP's SoapClient."""
    program = _program("php")
    loaded = subprocess.run(
        [program, "-r", "echo extension_loaded('soap') ? 'yes' : 'no';"], capture_output=True, check=True
    )
    if loaded.stdout != b"yes":
        _missing("php is here without its soap extension (package php-soap)")
    return _teller([program, "-d", "soap.wsdl_cache_enabled=0", str(HERE / "php" / "story.php")])


@pytest.fixture
def node() -> Tell:
    """node-soap."""
    program = _program("node")
    if not (HERE / "node" / "node_modules" / "soap").is_dir():
        _missing("node is here without node-soap: run `npm ci` in tests/clients/node")
    return _teller([program, str(HERE / "node" / "story.js")])


@pytest.fixture
def perl() -> Tell:
    """Perl's SOAP::Lite."""
    program = _program("perl")
    if subprocess.run([program, "-MSOAP::Lite", "-e", "1"], capture_output=True, check=False).returncode != 0:
        _missing("perl is here without SOAP::Lite (package libsoap-lite-perl)")
    return _teller([program, str(HERE / "perl" / "story.pl")])
