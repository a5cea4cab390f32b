"""The desk: what every kind of caller comes to, be it a service, a page, a job or another dialect.

    desk.call(caller, work)               logs the caller in, and does the work in one transaction
    desk.call_outside(caller, work)       logs the caller in; the work asks something outside between transactions
    desk.read(work), desk.write(work)     for what nobody needs to log in for

Whatever goes wrong reaches the caller as a `HelpdeskError` with a code and a sentence for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.accounts import Account, Accounts
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.ports import Ports
from smartertrack_emu.store.unit_of_work import read, write

from .callers import Caller, Credentials, enter
from .outcomes import explained
from .outside import Outside

__all__ = ["Desk", "Session"]  # a session is what `work` gets; who writes some need not know whose it is

T = TypeVar("T")


def _anybody(actor: Principal) -> None:
    """Let everybody do it who has logged in."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that outlives a call.

    `attachments`: the directory of files' contents. `ports`: what asks other systems. `public_url`: the server's URL
    in what leaves it for others, such as mails, without a trailing slash: never taken from a request.
    `max_attachment`: bytes of one attachment. `product_version`: which version of the product this one stands for.
    """

    engine: Engine
    accounts: Accounts
    attachments: Path
    ports: Ports
    public_url: str
    max_attachment: int = 256 * 1024 * 1024
    product_version: str = "100.0"

    def call(
        self, caller: Caller, work: Callable[[Session, Principal], T], *, writes: bool = False, about: str = "a call"
    ) -> T:
        """Do something for a caller in one transaction, and return what `work` returns.

        `work` may run a second time with a new session where something had to be done `beforehand`. `about` names the
        call in the log. Raises HelpdeskError, and nothing was changed, unless the sentence says otherwise.
        """
        accounts = self.accounts

        def enter_and_work(session: Session) -> tuple[Account | None, T]:
            account, actor = enter(caller, accounts, session)
            return account, work(session, actor)

        def run() -> T:
            if writes:
                if type(caller) is Credentials:
                    # Who is not who they say they are never waits for the write lock.
                    accounts.check(self.engine, caller.username, caller.password, caller.address)
                account, result = write(self.engine, enter_and_work)
            else:
                account, result = read(self.engine, enter_and_work)
            self._note_login(account)
            return result

        return explained(run, about)

    def call_outside(
        self,
        caller: Caller,
        work: Callable[[Outside], T],
        *,
        check: Callable[[Principal], object] = _anybody,
        about: str = "a call",
    ) -> T:
        """Do something for a caller that asks outside between its transactions; see `Outside`.

        `check` raises PermissionDenied for who may not; it runs in each of the transactions. Raises HelpdeskError.
        """
        accounts = self.accounts

        def enter_and_check(session: Session) -> tuple[Account | None, Principal]:
            account, actor = enter(caller, accounts, session)
            check(actor)
            return account, actor

        def run() -> T:
            account, _ = read(self.engine, enter_and_check)
            result = work(Outside(self.engine, enter=lambda session: enter_and_check(session)[1]))
            self._note_login(account)
            return result

        return explained(run, about)

    def read(self, work: Callable[[Session], T], *, about: str = "a read") -> T:
        """Read something that needs no login; HelpdeskError."""
        return explained(lambda: read(self.engine, work), about)

    def write(self, work: Callable[[Session], T], *, about: str = "a change") -> T:
        """Change something that needs no login, as by a link from a mail; HelpdeskError."""
        return explained(lambda: write(self.engine, work), about)

    def _note_login(self, account: Account | None) -> None:
        if account is not None and account.is_login_due(clock.now()):
            self.accounts.note_login(self.engine, account)
