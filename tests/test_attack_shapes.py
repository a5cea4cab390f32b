"""What requests cost that just pass a limit, in memory; `make attack` measures them all, with their CPU (ours)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import data, shapes
from bench.attack_shapes import KEPT_MEBIBYTES, MEBIBYTE, MORE_MEBIBYTES, TIMES, Watched

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path("/proc/self/status").exists(), reason="memory is read from /proc, which only Linux has"
    ),
]

LARGEST = 9_000_000
"""Bytes: a little more than texts may have, less than forms."""

CHOSEN = [
    shape
    for shape in shapes.all_shapes()
    if "as may be" in shape.name or shape.name.startswith(("form of", "base64", "agent: a body", "agent: a note of"))
]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A server process that is measured, with some tickets."""
    directory = tmp_path_factory.mktemp("shapes") / "data"
    data.fill(directory, tickets=2)
    watched = Watched(directory)
    yield watched
    watched.server.kill()


def test_memory_is_bounded_by_what_is_sent(watched: Watched) -> None:
    assert len(CHOSEN) > 40
    started = watched.resident
    beyond = []
    for shape in CHOSEN:
        request = shape.make(min(LARGEST, shape.most or LARGEST))
        before = watched.resident
        watched.forget_peak()
        answer = watched.send(request)
        used = watched.status("VmHWM") / 1024 - before
        allowed = TIMES * len(request.body) / MEBIBYTE + MORE_MEBIBYTES
        print(f"{shape.name}: {used:.0f} of {allowed:.0f} MiB, {answer}")
        if used > allowed:
            beyond.append(shape.name)
    assert beyond == []
    print(f"{started:.0f} MiB at first, {watched.resident:.0f} MiB at last")
    # One verification of a password takes 19 MiB, which the C library keeps for the next.
    assert watched.resident < started + KEPT_MEBIBYTES + 20
