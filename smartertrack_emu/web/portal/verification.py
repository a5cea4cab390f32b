"""/Verify/TOKEN: the link in a mail that verifies an address. HEAD only looks, so that it spends no link."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from smartertrack_emu.domain.people import verification
from smartertrack_emu.domain.people.verification import Outcome
from smartertrack_emu.web.visit import desk, is_only_asking

pages = Blueprint("verification", __name__)

_ANSWERS = {
    Outcome.VERIFIED: (200, "Thank you", "Your e-mail address is verified."),
    Outcome.SPENT: (410, "This link no longer holds", "It was used before or has expired. Please ask for a new one."),
    Outcome.UNKNOWN: (404, "There is no such link", "Please check that the whole address was copied."),
}


@pages.get("/Verify/<token:token>")
def verify(token: str) -> tuple[str, int]:
    """Count an address as verified."""
    if is_only_asking():
        outcome = desk().read(lambda session: verification.look_up(session, token), about=request.path)
    else:
        outcome = desk().write(lambda session: verification.verify(session, token), about=request.path)
    status, title, sentence = _ANSWERS[outcome]
    return render_template("sentence.html", title=title, sentence=sentence), status
