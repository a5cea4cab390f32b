"""The words that an input takes, for its documentation: `Annotated[str, Doc("Kind of the note."), Words("Note")]`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smartertrack_emu.asmx.declare import Note


@dataclass(frozen=True, slots=True)
class Known:
    """A key that an input takes with a value.

    `value`: what the value is, in words. `meaning`: a sentence, "" where the name says it. `also`: its other name.
    """

    name: str
    value: str
    meaning: str = ""
    also: str = ""
    may_be_empty: bool = True


class Words(Note):
    """The keys or words that an input takes.

    `notes`: what some of them mean, where they do not say it themselves. `fields`: which of the domain's fields are
    which key. `keys`: the names once more with what their values are, for an input that takes `key=value`.
    """

    def __init__(
        self,
        *names: str,
        notes: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
        keys: Sequence[Known] = (),
    ) -> None:
        self.names = names
        self.notes = notes or {}
        self.fields = fields or {}
        self.keys = tuple(keys)

    def text(self) -> str:
        """Return the sentences that name them."""
        return " ".join(
            [f"Known are {', '.join(self.names)}.", *(f"{key}: {note}" for key, note in self.notes.items())]
        )
