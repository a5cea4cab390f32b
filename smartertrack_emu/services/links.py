"""Addresses that open in a browser against this server."""

from __future__ import annotations

from wsgiref.util import application_uri

from .calls import Call


def root(call: Call) -> str:
    """Return the server's URL as the caller reaches it, without a trailing slash; for what only the caller reads."""
    return application_uri(call.environ).rstrip("/")


def root_for_others(call: Call) -> str:
    """Return the server's URL without a trailing slash for what others read: nothing a caller sends can change it."""
    return call.helpdesk.public_url
