"""What can be called, as far as the journal must know it to explain a call: the composition root describes it.

Names are those on the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text", "short", "int", "long", "boolean", "double", "date", "base64", "enumeration", "list", "structure"
]


@dataclass(frozen=True, slots=True)
class Input:
    """An input of an operation, a member of a structure, or what a list holds.

    `members`: those of a structure, or the one kind of item of a list. `words`: an enumeration's, or the keys of a
    list's `key=value` items.
    """

    name: str
    kind: Kind
    members: tuple[Input, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its inputs with the two credentials first, and who may call it in words."""

    name: str
    inputs: tuple[Input, ...]
    access: str
    right: str | None = None

    @property
    def credentials(self) -> tuple[Input, ...]:
        """The inputs for the user name and the password."""
        return self.inputs[:2]


@dataclass(frozen=True, slots=True)
class Service:
    """A service with its operations by their names."""

    name: str
    namespace: str
    operations: Mapping[str, Operation]

    @property
    def path(self) -> str:
        """Where it is called."""
        return f"/Services2/{self.name}.asmx"

    def action(self, operation: str) -> str:
        """Return the SOAP action of an operation."""
        return f"{self.namespace.rstrip('/')}/{operation}"


@dataclass(frozen=True, slots=True)
class Known:
    """What explanations are made of. `roles_with`: the names of the roles that have a right, by the right's words.

    `takes_forms`: whether operations may be called by HTTP GET and POST.
    """

    services: Sequence[Service]
    roles_with: Callable[[str], Sequence[str]]
    takes_forms: bool = True

    def service(self, name: str | None) -> Service | None:
        """Return a service by its name, in any letter case."""
        if name is None:
            return None
        return next((one for one in self.services if one.name.lower() == name.lower()), None)
