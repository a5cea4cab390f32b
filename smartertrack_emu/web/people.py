"""Pages about users that need no login: verifying an address, pictures."""

from __future__ import annotations

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.people import avatars, verification
from smartertrack_emu.domain.people.verification import Outcome
from smartertrack_emu.store.unit_of_work import writing

from .responses import Response, html, text

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{sentence}</p></body>
</html>
"""

_ANSWERS = {
    Outcome.VERIFIED: (200, "Thank you", "Your e-mail address is verified."),
    Outcome.SPENT: (410, "This link no longer holds", "It was used before or has expired. Please ask for a new one."),
    Outcome.UNKNOWN: (404, "There is no such link", "Please check that the whole address was copied."),
}


def verify(desk: Desk, token: str, *, only_asking: bool) -> Response:
    """Count an address as verified; `only_asking` (HEAD) does nothing, so that a mail scanner's look spends no link."""
    if only_asking:
        return text(200, "Open this page to verify your address.")
    with writing(desk.engine) as session:
        outcome = verification.verify(session, token)
    status, title, sentence = _ANSWERS[outcome]
    page = html(_PAGE.format(title=title, sentence=sentence), status)
    page.headers.append(("Cache-Control", "no-store"))
    return page


def avatar(name: str) -> Response:
    """Return a user's picture."""
    return Response(
        200, "image/svg+xml", [avatars.draw(name.lower()).encode()], [("Cache-Control", "public, max-age=86400")]
    )
