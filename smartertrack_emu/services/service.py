"""How the nine services are declared: an ASMX service whose every operation carries a user name and a password.

    tickets = HelpdeskService("svcTickets", documentation="...")

    @tickets.operation(writes=True)
    def AddTicketNote(call: Call, ticketNumber: str, messageType: str, notetext: str) -> GenericResult:
        "Adds a comment to a ticket."

The two credentials stand first on the wire and never in a signature; `calls.run` consumes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from smartertrack_emu.asmx import declare
from smartertrack_emu.asmx.declare import Doc, Operation, Parameter, Service
from smartertrack_emu.domain.people.rights import Right

from . import calls
from .access import Access

F = TypeVar("F", bound=Callable[..., object])


class Credentials(NamedTuple):
    """The two inputs that stand first in every operation."""

    username: Parameter
    password: Parameter


def credentials(
    username: str,
    password: str,
    *,
    first_means: str = "User name of the caller, who must be allowed to use the function.",
    second_means: str = "That user's password.",
) -> Credentials:
    """Return credentials by their names on the wire."""
    return Credentials(Parameter(username, str, (Doc(first_means),)), Parameter(password, str, (Doc(second_means),)))


CREDENTIALS = credentials("authUserName", "authPassword")
"""The usual ones; an operation whose credentials differ says so."""

NOTIFICATION_CREDENTIALS = credentials("authUsername", "authPassword")
KB_CREDENTIALS = credentials(
    "adminUsername",
    "adminPassword",
    first_means="User name of the caller: it decides which private articles and drafts come back.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(declare.Options):
    """What an operation declares.

    `access`: what the caller must be; `right`: the permission it stands under; `writes`: whether its transaction may
    change anything; `outside`: whether it asks outside and begins its transactions itself, with an `OutsideCall`;
    `credentials`: its first two inputs; `names`: what refusals call fields of the domain's that are none of its inputs.
    """

    access: Access = Access.AGENT
    right: Right | None = None
    writes: bool = False
    outside: bool = False
    credentials: Credentials = CREDENTIALS
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def caller(self) -> str:
        """Who may call, in words; the right stands in backticks."""
        return self.access.value + (f", `{self.right.value}`" if self.right else "")

    @property
    def effect(self) -> str:
        """What becomes of data, in words."""
        if self.outside:
            return "read, ask outside, write"
        return "write" if self.writes else "read"


HelpdeskOperation = Operation[Options]


class HelpdeskService(Service[Options]):
    """One of the nine services."""

    context_arguments = 1

    def __init__(
        self,
        name: str,
        *,
        documentation: str,
        namespace: str = "",
        credentials: Credentials = CREDENTIALS,
        order: Sequence[str] = (),
    ) -> None:
        namespace = namespace or f"http://www.smartertools.com/SmarterTrack/Services2/{name}.asmx"
        super().__init__(name, namespace=namespace, documentation=documentation, order=order)
        self._credentials = credentials

    def operation(
        self,
        *,
        access: Access = Access.AGENT,
        right: Right | None = None,
        writes: bool = False,
        outside: bool = False,
        credentials: Credentials | None = None,
        names: Mapping[str, str] | None = None,
        obsolete: str | None = None,
    ) -> Callable[[F], F]:
        """Declare the decorated function as an operation; see `Options`. The service's credentials are the default."""
        return self.declare(
            Options(
                access=access,
                right=right,
                writes=writes,
                outside=outside,
                credentials=credentials or self._credentials,
                names=names or {},
                obsolete=obsolete,
            )
        )

    def leading_parameters(self, options: Options) -> Iterable[Parameter]:
        """Put the credentials first."""
        return options.credentials

    def invoke(self, operation: HelpdeskOperation, arguments: list[Any], environ: dict[str, Any]) -> object:
        """Run an operation through the one pipeline."""
        return calls.run(self, operation, arguments, environ)
