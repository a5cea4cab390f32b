"""A great recording in a server of its own: that none of it stays in memory is documented by us, as the restart is.

40 MB here, which would show if they were held; `python -m bench.recording` does the same with 300.
"""

from pathlib import Path

import pytest

from bench import recording


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_killed_half_way_and_restarted(tmp_path: Path) -> None:
    outcome = recording.measure(tmp_path, megabytes=40)
    assert outcome.same
    assert outcome.length == 40 * 2**20
    assert outcome.growth < recording.GROWTH
