"""Addresses that open in a browser against this server."""

from __future__ import annotations

from .calls import Call


def root(call: Call) -> str:
    """Return the server's URL as the caller reaches it, without a trailing slash; for what only the caller reads."""
    return call.address().rstrip("/")


def root_for_others(call: Call) -> str:
    """Return the server's URL without a trailing slash for what others read: nothing a caller sends can change it."""
    return call.desk.public_url
