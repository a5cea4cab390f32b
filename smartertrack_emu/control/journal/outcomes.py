"""What became of a call, in one word: the journal, the metrics and the traces say it alike."""

from __future__ import annotations

from typing import Literal, get_args

from .capture import Capture

CallOutcome = Literal["ok", "refused", "fault", "http"]
"""`ok`; `refused`: Result (or IsAvailable) is false; `fault`: a SOAP fault; `http`: another status than 200 and no
fault, or an answer that a fault injected made unreadable or withheld."""

OUTCOMES: tuple[CallOutcome, ...] = get_args(CallOutcome)


def outcome_of(capture: Capture) -> CallOutcome:
    """Return what became of a call."""
    known = capture.outcome
    status = capture.status[:3]
    if known is not None and known.dialect:
        return "ok" if status[:1] == "2" and not (known.hint and _is_spoilt(known.hint, capture)) else "http"
    if status == "200":
        if known is None:
            return "ok"
        if known.hint and _is_spoilt(known.hint, capture):
            return "http"
        return "ok" if known.ok else "refused"
    return "fault" if status == "500" and b"Fault>" in capture.answer else "http"


def _is_spoilt(hint: str, capture: Capture) -> bool:
    """Say whether a fault has made an answer of it that no client can read."""
    if hint.endswith("injected: garbage."):
        return True
    length = next((value for name, value in capture.headers if name == "Content-Length"), "0")
    return hint.endswith("injected: truncate.") and int(length) > capture.lengths[1]
