"""The one way of every call: log in, check the right, run, commit; an error becomes a result.

reading(engine) or write(engine)        one transaction a call, ended before the answer is written;
                                        none where the operation asks outside: it begins some of its own
  accounts.log_in(...)                  -2 unknown user or wrong password
  _check(...)                           -3 what the operation declares
  operation.function(call, ...)         raises the domain's errors, each with its code
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import InterfaceError, OperationalError

from smartertrack_emu.asmx.faults import BusyError
from smartertrack_emu.asmx.memory import let_go
from smartertrack_emu.desk.outside import Outside
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import HelpdeskError, PermissionDenied, Unexpected
from smartertrack_emu.domain.people.accounts import Account
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.store.encryption import SecretError
from smartertrack_emu.store.failures import reason_of, sentence_of
from smartertrack_emu.store.unit_of_work import read, write
from smartertrack_emu.store.waiting import CrowdedError

from .access import Access
from .helpdesk import Helpdesk
from .lengths import refuse_too_long
from .names import sentence

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from smartertrack_emu.asmx.declare import Service

    from .service import HelpdeskOperation

logger = logging.getLogger(__name__)

HELPDESK = "smartertrack_emu.helpdesk"
"""Where the WSGI environment holds the helpdesk that serves the request."""

OUTCOME = "smartertrack_emu.outcome"
"""Where it gets (user name, result code) for the request's log line."""

_BUSY = "Too many calls are waiting at the moment. Nothing was changed; please try again in some seconds."
UNEXPECTED = "An unexpected error occurred. Nothing was changed; the error has been logged."
"""What a caller is told of an error of ours."""


@dataclass(frozen=True, slots=True)
class Call:
    """What an operation works with: its transaction, its caller, and the helpdesk around it."""

    session: Session
    actor: Principal
    helpdesk: Helpdesk
    environ: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OutsideCall:
    """What an operation works with that asks outside: transactions to begin, and the helpdesk around it."""

    outside: Outside
    helpdesk: Helpdesk


def client_address(environ: Mapping[str, Any]) -> str:
    """Return the address that a request came from."""
    return str(environ.get("REMOTE_ADDR", ""))


def run(service: Service, operation: HelpdeskOperation, arguments: list[Any], environ: dict[str, Any]) -> object:
    """Run one operation for the credentials that stand first in its arguments."""
    helpdesk: Helpdesk = environ[HELPDESK]
    username, password, *values = arguments
    try:
        result = _run(helpdesk, operation, username, password, values, environ)
    except CrowdedError:
        environ[OUTCOME] = (username, Unexpected.code)
        raise BusyError(_BUSY) from None
    except HelpdeskError as raised:
        error: HelpdeskError = raised
        let_go(raised)
    except SecretError as raised:  # the store has logged which key file it is about
        error = Unexpected(str(raised))
        let_go(raised)
    except (OperationalError, InterfaceError) as raised:
        logger.warning("%s.%s: database: %s", service.name, operation.name, reason_of(raised))
        error = Unexpected(sentence_of(raised))
        let_go(raised)
    except Exception as raised:
        logger.exception("%s.%s failed", service.name, operation.name)
        error = Unexpected(UNEXPECTED)
        let_go(raised)
    else:
        environ[OUTCOME] = (username, 0)
        return result
    environ[OUTCOME] = (username, error.code)
    return failure(operation, error)


def _run(
    helpdesk: Helpdesk,
    operation: HelpdeskOperation,
    username: str,
    password: str,
    values: list[Any],
    environ: dict[str, Any],
) -> object:
    accounts, address = helpdesk.accounts, client_address(environ)
    if operation.options.outside:
        return _run_outside(helpdesk, operation, username, password, values, address)

    def work(session: Session) -> tuple[Account, object]:
        account = accounts.log_in(session, username, password, address)
        check_access(operation, account.principal)
        refuse_too_long(operation, values)
        return account, operation.function(Call(session, account.principal, helpdesk, environ), *values)

    if operation.options.writes:
        # Who is not who they say they are never waits for the write lock.
        accounts.check(helpdesk.engine, username, password, address)
        account, result = write(helpdesk.engine, work)
    else:
        account, result = read(helpdesk.engine, work)
    if account.is_login_due(clock.now()):
        accounts.note_login(helpdesk.engine, account)
    return result


def _run_outside(
    helpdesk: Helpdesk, operation: HelpdeskOperation, username: str, password: str, values: list[Any], address: str
) -> object:
    accounts = helpdesk.accounts

    def log_in(session: Session) -> Account:
        account = accounts.log_in(session, username, password, address)
        check_access(operation, account.principal)
        return account

    account = read(helpdesk.engine, log_in)
    refuse_too_long(operation, values)
    outside = Outside(helpdesk.engine, enter=lambda session: log_in(session).principal)
    result = operation.function(OutsideCall(outside, helpdesk), *values)
    if account.is_login_due(clock.now()):
        accounts.note_login(helpdesk.engine, account)
    return result


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
        raise PermissionDenied(message)
    if right is not None:
        actor.require(right, operation.name)


def failure(operation: HelpdeskOperation, error: HelpdeskError) -> object:
    """Return a failed result of an operation's type; a type without a result code just says false."""
    returns = operation.returns
    if "ResultCode" not in {field.name for field in fields(returns)}:
        return returns()
    return returns(Message=sentence(error, operation), Result=False, ResultCode=error.code)
