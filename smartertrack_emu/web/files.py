"""/static: the stylesheet and whatever else pages load. Addresses hold a version, so browsers keep files for long."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from importlib import resources
from typing import NamedTuple

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from .visit import prefixed

pages = Blueprint("files", __name__)

_FOR_LONG = "public, max-age=31536000, immutable"
_CHECKED = "public, no-cache"
_PARTS = {"site.css": ("tokens.css", "site.css", "services.css", "workbench.css")}
"""Files that are sent as one."""


class _File(NamedTuple):
    content: bytes
    content_type: str
    version: str


@pages.get("/static/<name:name>")
def static_file(name: str) -> Response:
    """Return a file; one asked for with its present version may be kept for a year."""
    found = _files().get(name.lower())
    if found is None:
        raise NotFound
    response = Response(found.content, content_type=found.content_type)
    response.headers["Cache-Control"] = _FOR_LONG if request.args.get("v") == found.version else _CHECKED
    response.set_etag(found.version)
    response.make_conditional(request.environ)
    return response


def address_of(name: str) -> str:
    """Return the address of a file as it is now."""
    return prefixed(f"/static/{name}?v={_files()[name].version}")


@cache
def _files() -> dict[str, _File]:
    """Return all files by their names. They are small, and read once."""
    folder = resources.files(__package__) / "static"
    raw = {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}
    return {name: _file(name, b"\n".join(raw[part] for part in _PARTS.get(name, (name,)))) for name in raw}


def _file(name: str, content: bytes) -> _File:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    content_type = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    return _File(content, content_type, hashlib.sha256(content).hexdigest()[:16])
