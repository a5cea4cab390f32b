"""/_emu/services: the services with their addresses; each one's own page has its documentation and its forms."""

from __future__ import annotations

from flask import Response

from smartertrack_emu.web import visit

from . import room

pages = room.blueprint("services")


@pages.get("/_emu/services")
def services() -> Response:
    """Show the services."""
    return room.page("services", services=visit.services())
