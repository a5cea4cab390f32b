"""Ours: commands that the tests fork are what they are when started afresh."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.processes import AFRESH, run, serving

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="without forks all are started afresh")


@pytest.mark.parametrize(
    "arguments",
    [("--help",), (), ("wsdl", "svcNothing"), ("nothing",), ("user", "password", "nobody"), ("init", "--data", "new")],
)
def test_a_fork_says_the_same(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    forked, afresh = tmp_path / "forked", tmp_path / "afresh"
    for folder in (forked, afresh):
        folder.mkdir()
    umask = os.umask(0o027)
    try:
        one = run(forked, *arguments, input="a-pw\na-pw\n")
        other = run(afresh, *arguments, input="a-pw\na-pw\n", program=AFRESH)
    finally:
        os.umask(umask)
    assert (one.returncode, one.stdout, one.stderr) == (other.returncode, other.stdout, other.stderr)
    files = [{path.relative_to(at): path.stat().st_mode for path in at.rglob("*")} for at in (forked, afresh)]
    assert files[0] == files[1]


def test_a_forks_end_is_its_own(tmp_path: Path) -> None:
    with serving(tmp_path) as first, serving(tmp_path, "--data", "other") as second:
        assert first.process.pid != second.process.pid
        assert os.getpgid(first.process.pid) == first.process.pid
        with pytest.raises(subprocess.TimeoutExpired):
            first.process.wait(0)
        first.process.kill()
        assert first.process.wait(30) == -signal.SIGKILL
        assert second.process.poll() is None
        assert second.stop() == 0
        second.process.kill()  # nobody else's process is hit by it
        assert second.process.wait() == 0
