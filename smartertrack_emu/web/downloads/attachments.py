"""Downloads of attachments: no login, an address that cannot be guessed, dead when the item is deleted."""

from __future__ import annotations

from flask import Blueprint, Response, request

from smartertrack_emu.domain.across import downloads
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.web.visit import desk

from .sending import send

pages = Blueprint("attachments", __name__)


# The name behind the token is for the reader; it may hold anything, encoded slashes too.
@pages.get("/Download/<token:token>")
@pages.get("/Download/<token:token>/<rest:name>")
def download(token: str, name: str = "") -> Response:
    """Return an attachment."""
    del name
    try:
        found = desk().read(lambda session: downloads.find(session, token), about=request.path)
        content = files.open_content(desk().attachments, found)
    except (NotFound, FileNotFoundError):
        raise NotFound("There is no such file.") from None
    return send(content, found.name, found.received_length)
