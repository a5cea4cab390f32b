"""What every answer says to a browser: what it may load and do, and what it may keep."""

from __future__ import annotations

from flask import Response, g, request

_ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
_IMAGES = "'self' data:"
_ISOLATED = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


def allow_images(sources: str) -> None:
    """Let the page of this request show images of other `sources`, in the words of a Content-Security-Policy."""
    g.images = sources


def allow_connections() -> None:
    """Let the scripts of this request's page call the server it came from."""
    g.connections = "connect-src 'self'; "


def allow_frames() -> None:
    """Let this request's page show pages of this server in a frame."""
    g.frames = "frame-src 'self'; "


def isolate() -> None:
    """Let this request's page be shown in a frame of ours, and let nothing of it be run or loaded from elsewhere."""
    g.isolated = True


def add(response: Response) -> Response:
    """Add the headers to an answer; what a page has said of keeping it stands."""
    response.headers.update(_ALWAYS)
    response.headers["Content-Security-Policy"] = (
        _ISOLATED
        if g.get("isolated")
        else (
            f"default-src 'none'; {g.get('connections', '')}{g.get('frames', '')}style-src 'self'; script-src 'self'; "
            f"img-src {g.get('images', _IMAGES)}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    )
    response.headers.update(request.environ.get("asmx.headers", ()))
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response
