"""What of the control API is built: tests of what is not are skipped, and say so."""

from __future__ import annotations

import pytest

from smartertrack_emu.control.api.sections import SECTIONS

PATHS = {route.path for section in SECTIONS for route in section.all}
HAS_JOURNAL = "/journal" in PATHS
HAS_STATE = {"/reset", "/snapshots/{name}"} <= PATHS

needs_journal = pytest.mark.skipif(not HAS_JOURNAL, reason="the control API has no journal yet")
needs_state = pytest.mark.skipif(not HAS_STATE, reason="the control API has no reset and no snapshots yet")


def is_built(source: str) -> bool:
    """Say whether a test's source uses only what is built."""
    needs_a_journal = ".journal" in source
    needs_a_state = any(word in source for word in (".reset(", "_fresh", ".snapshot(", ".restore("))
    return (HAS_JOURNAL or not needs_a_journal) and (HAS_STATE or not needs_a_state)
