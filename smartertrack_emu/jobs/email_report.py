"""Stub."""

from smartertrack_emu.desk.run import Run


def run(run: Run) -> None:
    """Do nothing yet."""
