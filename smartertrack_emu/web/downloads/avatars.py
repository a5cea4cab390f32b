"""Pictures of users, which need no login: /Avatars/NAME.svg."""

from __future__ import annotations

import re

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from smartertrack_emu.domain.people import avatars

pages = Blueprint("avatars", __name__)

_NAME = re.compile(rf"{avatars.DEFAULT}|[0-9a-f]{{32}}")


@pages.get("/Avatars/<token:name>.svg")
def avatar(name: str) -> Response:
    """Return a user's picture."""
    name = name.lower()
    if not _NAME.fullmatch(name):
        raise NotFound
    response = Response(avatars.draw(name), content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
