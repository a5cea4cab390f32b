"""Evidence: ours. A server starts, and answers calls of the services, without any dialect."""

from __future__ import annotations

import subprocess
import sys


def test_a_server_starts_without_its_dialects() -> None:
    program = """
import sys, smartertrack_emu.compose
loaded = [name for name in sys.modules if name.startswith("smartertrack_emu.rest")]
assert loaded == ["smartertrack_emu.rest", "smartertrack_emu.rest.catalogue", "smartertrack_emu.rest.entrance"], loaded
import smartertrack_emu.rest.jtel.application
assert not {"flask", "werkzeug"} & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=120, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
