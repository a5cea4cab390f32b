"""What declarations say to people, as templates show it."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from smartertrack_emu.asmx.declare import Note, Operation
from smartertrack_emu.asmx.descriptions import Member
from smartertrack_emu.services.service import Options
from smartertrack_emu.services.words import Known, Words

_CODE = re.compile(r"`([^`]+)`")


def prose(text: str) -> Markup:
    """Return a sentence of the declarations, what stands in backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def keys_of(member: Member) -> tuple[Known, ...]:
    """Return the keys that an input takes as `key=value` texts; none where it takes something else."""
    return tuple(key for note in member.notes if isinstance(note, Words) for key in note.keys)


def known_of(member: Member) -> list[str]:
    """Return what a browser may suggest for an input: the words it takes, or its keys up to the `=`."""
    words = [note for note in member.notes if isinstance(note, Words)]
    return [name + "=" * bool(note.keys) for note in words for name in note.names]


def meaning_of(member: Member) -> str:
    """Return what an input or a member means; without its keys, where `keys_of` gives them."""
    if not keys_of(member):
        return member.documentation
    notes = (note for note in member.notes if isinstance(note, Note) and not isinstance(note, Words))
    return " ".join(note.text() for note in notes)


def caller_of(operation: Operation) -> Options | None:
    """Return what an operation declares of its callers; None for one that is not the helpdesk's."""
    return operation.options if isinstance(operation.options, Options) else None
