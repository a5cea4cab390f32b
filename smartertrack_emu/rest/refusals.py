"""What a dialect refuses itself, with its HTTP status; the body that says so is the dialect's own."""

from __future__ import annotations

from smartertrack_emu.domain.errors import HelpdeskError


class RefusedError(HelpdeskError):
    """A call that a dialect refuses itself. `hint`: what the journal may say, and the caller not."""

    def __init__(
        self, status: int, sentence: str, *, hint: str = "", headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.hint = hint
        self.headers = headers


def bad(sentence: str, *, hint: str = "") -> RefusedError:
    """Return the refusal of something that was sent (400)."""
    return RefusedError(400, sentence, hint=hint)
