"""/WhosOn/track.js, which the pages of a site include, and /WhosOn/track.gif, by which it tells of a page opened.

/WhosOn/track.js?brand=Acme                    the script; with `v`, and the invitation that waits for that visitor
/WhosOn/track.gif?v=&page=&title=&brand=       a picture of one pixel; makes or lengthens a visit

`v` is what the site's own page keeps in a cookie of its own. Where it is left out, a cookie of ours takes its place,
which browsers keep for our own pages alone. Who does not want to be tracked (DNT, Sec-GPC) is not. What unknown callers
send is bounded: `domain/visitors/visits.py`, `domain/visitors/pace.py`.
"""

from __future__ import annotations

import re
import secrets
from base64 import b64decode
from typing import Any, Final

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest

from smartertrack_emu.desk.desk import Session
from smartertrack_emu.domain.known import known
from smartertrack_emu.domain.visitors import invitations, visits
from smartertrack_emu.domain.visitors.pace import Pace
from smartertrack_emu.domain.visitors.visits import Hit
from smartertrack_emu.web.visit import desk, is_only_asking, parameters, prefixed

pages = Blueprint("whoson", __name__)

COOKIE: Final = "smartertrack_visitor"

_PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_REFUSALS: Final = ("DNT", "Sec-GPC")
_DEFAULT_SECONDS: Final = 8

_pace = Pace()


@pages.get("/WhosOn/track.js")
@pages.get("/Scripts/whoson.js")
def script() -> Response:
    """Return the script, with the invitation that waits for the visitor, if any."""
    key, brand = _key(), parameters().get("brand", "")
    is_tracked = not _is_refused()

    def read(session: Session) -> dict[str, Any]:
        visits.brand_named(session, brand)
        waiting = invitations.waiting_for(session, key) if key and is_tracked else None
        return {
            "seconds": known(session).options.get("whos_on_seconds", _DEFAULT_SECONDS),
            "invitation": None if waiting is None else dict(zip(("id", "agent", "message"), waiting, strict=True)),
        }

    settings = desk().read(read, about=request.path)
    root = request.root_url.rstrip("/")
    settings |= {
        "tracked": is_tracked,
        "brand": brand,
        "script": f"{root}/WhosOn/track.js",
        "picture": f"{root}/WhosOn/track.gif",
        "cookie": COOKIE,
    }
    content = render_template("portal/whoson.js", settings=settings)
    return _never_kept(Response(content, content_type="text/javascript; charset=utf-8"))


@pages.get("/WhosOn/track.gif")
def picture() -> Response:
    """Count a page that somebody opened, unless they do not want to be tracked; return one pixel."""
    response = _never_kept(Response(_PIXEL, content_type="image/gif"))
    key, given = _key(), parameters()
    if is_only_asking() or _is_refused():
        return response
    address = request.remote_addr or ""
    if not _pace.allows(address):
        return response
    is_new = not key
    key = key or secrets.token_urlsafe(24)

    def write(session: Session) -> bool:
        opened = Hit(
            key=key,
            page=given.get("page", ""),
            title=given.get("title", ""),
            ip=address,
            user_agent=request.headers.get("User-Agent", ""),
            language=request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0].strip(),
            brand_id=visits.brand_named(session, given.get("brand", "")),
        )
        return visits.hit(session, opened) is not None

    is_kept = desk().write(write, about=request.path)
    if is_new and is_kept and request.headers.get("Sec-Fetch-Site", "same-origin") != "cross-site":
        response.set_cookie(COOKIE, key, path=prefixed("/"), secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def _key() -> str:
    """Return what the browser keeps, "" where it keeps nothing; BadRequest for what we cannot have given out."""
    given = parameters().get("v", "")
    if given and not _KEY.fullmatch(given):
        message = "v is no visitor: it holds up to 64 letters, digits, hyphens and underscores."
        raise BadRequest(message)
    if given:
        return given
    kept = request.cookies.get(COOKIE, "")
    return kept if _KEY.fullmatch(kept) else ""


def _is_refused() -> bool:
    return any(request.headers.get(name) == "1" for name in _REFUSALS)


def _never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
