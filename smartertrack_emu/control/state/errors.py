"""What is wrong with a snapshot."""

from __future__ import annotations


class NotASnapshotError(Exception):
    """It cannot be used here; the text goes on after "This is no snapshot that can be used here:"."""
