"""From the wire's arguments to the desk and back: credentials, an operation, its result; an error becomes a result.

desk.call(credentials, ...)             -2 unknown user or wrong password
  check_access(...)                     -3 what the operation declares
  refuse_too_long(...)                  -5 a value longer than any
  operation.function(call, ...)         raises the domain's errors, each with its code
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from wsgiref.util import application_uri

from sqlalchemy.orm import Session

from smartertrack_emu.asmx.faults import BusyError, SoapFault
from smartertrack_emu.asmx.memory import let_go
from smartertrack_emu.desk.around import OUTCOME, Called, Outcome, StruckError
from smartertrack_emu.desk.callers import Credentials
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.effects import changed
from smartertrack_emu.desk.outside import Outside
from smartertrack_emu.domain.errors import HelpdeskError, PermissionDenied, TooBusy
from smartertrack_emu.domain.people.principal import Principal

from .access import Access
from .lengths import refuse_too_long
from .names import sentence

if TYPE_CHECKING:
    from smartertrack_emu.asmx.declare import Service

    from .service import HelpdeskOperation

_LONGEST_NAME = 1_000
_LONGEST_SECRET = 64 * 1024
"""Characters of a user name and of a password that are noted of a call; a journal keeps no more of a request."""

DESK = "smartertrack_emu.desk"
"""Where the WSGI environment holds the desk that serves the request."""


class Call(NamedTuple):
    """What an operation works with: its transaction, its caller, and the desk around it.

    `address` returns the server's URL as the caller reaches it.
    """

    session: Session
    actor: Principal
    desk: Desk
    address: Callable[[], str]


class OutsideCall(NamedTuple):
    """What an operation works with that asks outside: transactions to begin, and the desk around it."""

    outside: Outside
    desk: Desk


def run(service: Service, operation: HelpdeskOperation, arguments: list[Any], environ: dict[str, Any]) -> object:
    """Run one operation for the credentials that stand first in its arguments."""
    desk: Desk = environ[DESK]
    username, password, *values = arguments
    caller = Credentials(username, password, environ.get("REMOTE_ADDR", ""))
    about = partial(_called, service, operation, username, values)
    # What is noted of the call may be kept for a while: a name or a password of megabytes must not be.
    named, secret = username[:_LONGEST_NAME], password[:_LONGEST_SECRET]
    try:
        if operation.options.outside:
            result = desk.call_outside(
                caller,
                partial(_work_outside, desk, operation, values),
                check=partial(check_access, operation),
                about=about,
            )
        else:

            def work(session: Session, actor: Principal) -> object:
                check_access(operation, actor)
                refuse_too_long(operation, values)
                return operation.function(Call(session, actor, desk, partial(application_uri, environ)), *values)

            result = desk.call(caller, work, writes=operation.options.writes, about=about)
    except StruckError as struck:
        let_go(struck)
        environ["asmx.change"] = partial(changed, struck.effect)
        code = struck.effect.code if struck.effect.kind == "result" else None
        hint = f"Fault {struck.effect.fault_id} was injected: {struck.effect.kind}."
        environ[OUTCOME] = Outcome(named, code, ok=False, message=str(struck), secret=secret, hint=hint)
        if struck.effect.kind == "soap-fault":
            raise SoapFault(str(struck)) from None
        return _struck(operation, struck)
    except HelpdeskError as raised:
        message = sentence(raised, operation)
        environ[OUTCOME] = Outcome(named, raised.code, ok=False, message=message, secret=secret, hint=raised.hint)
        let_go(raised)
        if isinstance(raised, TooBusy):
            raise BusyError(str(raised)) from None
        return failure(operation, raised)
    environ[OUTCOME] = Outcome(named, 0, secret=secret)
    return result


def _struck(operation: HelpdeskOperation, struck: StruckError) -> object:
    """Return the result of a struck call, which may go over the wire in part only, or not at all."""
    lost = HelpdeskError(str(struck)) if struck.lost is None or struck.effect.kind == "result" else struck.lost
    if not isinstance(lost, HelpdeskError):
        return lost
    return failure(operation, lost, code=struck.effect.code if struck.effect.kind == "result" else None)


def _called(service: Service, operation: HelpdeskOperation, username: str, values: list[Any]) -> Called:
    """Return what is called, with its arguments by their names on the wire."""
    names = [parameter.name for parameter in operation.parameters]
    return Called(
        service.name, operation.name, username, dict(zip(names[len(names) - len(values) :], values, strict=True))
    )


def _work_outside(desk: Desk, operation: HelpdeskOperation, values: list[Any], outside: Outside) -> object:
    refuse_too_long(operation, values)
    return operation.function(OutsideCall(outside, desk), *values)


_MEETS: dict[Access, Callable[[Principal], bool]] = {
    Access.ANYBODY: lambda actor: True,  # noqa: ARG005 - logging in was all
    Access.AGENT: lambda actor: actor.is_agent,
    Access.SELF: lambda actor: actor.is_agent,
    Access.MANAGER: lambda actor: actor.is_manager or actor.is_administrator,
    Access.ADMINISTRATOR: lambda actor: actor.is_administrator,
}


def check_access(operation: HelpdeskOperation, actor: Principal) -> None:
    """Raise PermissionDenied where the caller lacks what the operation declares."""
    access = operation.options.access
    right = operation.options.right
    if not _MEETS[access](actor):
        message = f"{operation.name} needs {access.value}."
        hint = f"{actor.username} is {actor.kind}; {operation.name} may be called by {access.value}."
        raise PermissionDenied(message).hinted(hint)
    if right is not None:
        actor.require(right, operation.name)


def failure(operation: HelpdeskOperation, error: HelpdeskError, *, code: int | None = None) -> object:
    """Return a failed result of an operation's type; a type without a result code just says false.

    `code`: another code than the error's.
    """
    returns = operation.returns
    if "ResultCode" not in {field.name for field in fields(returns)}:
        return returns()
    return returns(Message=sentence(error, operation), Result=False, ResultCode=error.code if code is None else code)
