"""Addresses that open in a browser against this server."""

from __future__ import annotations

from wsgiref.util import application_uri

from .calls import Call


def root(call: Call) -> str:
    """Return the server's URL without a trailing slash: the one set, else the one at which the caller reached it."""
    return call.helpdesk.base_url or application_uri(call.environ).rstrip("/")
