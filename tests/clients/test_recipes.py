"""Evidence: ours. The recipe of docs/testing-clients.md for PHP without containers is run, PHPUnit by a stand-in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.clients.conftest import HERE, Tell

PAGE = Path(__file__).parents[2] / "docs" / "testing-clients.md"


def _recipe(name: str, language: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    (found,) = re.findall(rf"<!-- recipe: {name} -->\n```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return str(found)


def test_php_without_containers(php: Tell, tmp_path: Path) -> None:
    """The command of the recipe is found beside this Python, as in an active virtual environment."""
    (tmp_path / "HelpdeskTest.php").write_text("<?php\n" + _recipe("php-process", "php"), encoding="utf-8")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SMARTERTRACK_EMU_")}
    done = subprocess.run(
        [
            "php",
            "-d",
            "soap.wsdl_cache_enabled=0",
            str(HERE / "php" / "phpunit.php"),
            str(tmp_path / "HelpdeskTest.php"),
        ],
        env={
            **inherited,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "TMPDIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr + done.stdout
    assert done.stdout == "testOpensATicketWhenTheFirstTryFails\n1 assertions\n"
