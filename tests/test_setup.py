"""What starting a server takes. Evidence: ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import smartertrack_emu

EXAMPLE = Path(smartertrack_emu.__file__).parents[1] / "tests" / "data" / "acme.yaml"


def test_a_seed_file_is_not_read_again(sqlite_url: str, tmp_path: Path) -> None:
    """Neither it nor the library that reads it is imported for a database that is filled already."""
    program = f"""
import sys
from smartertrack_emu import compose, serving, setup
from smartertrack_emu.config import Settings
settings = Settings(data={str(tmp_path)!r}, database_url={sqlite_url!r}, seed={str(EXAMPLE)!r})
setup.prepare(settings).dispose()
loaded = {{"yaml", "smartertrack_emu.seed.format", "smartertrack_emu.seed.loading"}} & set(sys.modules)
print(*sorted(loaded))
"""
    first, second = (
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=120).stdout
        for _ in range(2)
    )
    assert "yaml" in first, "a new database is filled from it"
    assert second.strip() == ""
