"""The words that an input takes, for its documentation: `Annotated[str, Doc("Kind of the note."), Words("Note")]`."""

from __future__ import annotations

from collections.abc import Mapping

from smartertrack_emu.asmx.declare import Note


class Words(Note):
    """The keys or words that an input takes.

    `notes`: what some of them mean, where they do not say it themselves. `fields`: which of the domain's fields are
    which key.
    """

    def __init__(
        self, *names: str, notes: Mapping[str, str] | None = None, fields: Mapping[str, str] | None = None
    ) -> None:
        self.names = names
        self.notes = notes or {}
        self.fields = fields or {}

    def text(self) -> str:
        """Return the sentences that name them."""
        return " ".join(
            [f"Known are {', '.join(self.names)}.", *(f"{key}: {note}" for key, note in self.notes.items())]
        )
