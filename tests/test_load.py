"""Load on the real server, killed in the middle, for a few seconds; `python -m bench.load` does it for a minute.

Ours.
"""

from __future__ import annotations

from pathlib import Path

from bench import load


def test_everything_answered_is_there_after_a_kill_under_load(empty_database_url: str, tmp_path: Path) -> None:
    report = load.run(empty_database_url, tmp_path / "data", seconds=4)
    assert report.problems == []
    assert report.cut_short <= 8 * 2
    assert min(len(report.tickets), len(report.notes), len(report.messages)) > 0
