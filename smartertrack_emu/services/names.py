"""What refusals call the domain's fields: the domain says `length`, a client of AddTicketAttachment reads `fileLength`.

    fileLength: Annotated[int, Doc("Size of the whole file, in bytes."), Field("length")]
    toAddress: Annotated[str, Doc("E-mail address of the customer."), Field("customer")]

Keys of lists know their fields; what has no input of its own, and is spoken of all the same, the operation lists
(`names=`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smartertrack_emu.domain.errors import HelpdeskError

from .words import Words

if TYPE_CHECKING:
    from .service import HelpdeskOperation


@dataclass(frozen=True, slots=True)
class Field:
    """Beside an input: which of the domain's fields it is. `called`: what refusals call it, if not by its own name."""

    field: str
    called: str = ""


def names_of(operation: HelpdeskOperation) -> Mapping[str, str]:
    """Return what an operation calls the domain's fields."""
    names: dict[str, str] = {}
    for parameter in operation.parameters:
        for note in parameter.notes:
            if isinstance(note, Field):
                names[note.field] = note.called or parameter.name
            elif isinstance(note, Words):
                names.update(note.fields)
    names.update(operation.options.names)
    return names


def sentence(error: HelpdeskError, operation: HelpdeskOperation) -> str:
    """Return what an error says, in the names of the operation that was called."""
    return error.said(lambda field: names_of(operation).get(field, field))


PLACE = {"department_id": "departmentID", "group_id": "groupID"}
"""What refusals call the two whatever an operation calls its inputs, even where it has but one of them."""
