"""The desk: what every kind of caller comes to, be it a service, a page, a job or another dialect.

    desk.call(caller, work)               logs the caller in, and does the work in one transaction
    desk.call_outside(caller, work)       logs the caller in; the work asks something outside between transactions
    desk.read(work), desk.write(work)     for what nobody needs to log in for

Whatever goes wrong reaches the caller as a `HelpdeskError` with a code and a sentence for them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import HelpdeskError
from smartertrack_emu.domain.people.accounts import Account, Accounts
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.ports import Ports
from smartertrack_emu.domain.structure import emulation
from smartertrack_emu.store import tracing
from smartertrack_emu.store.tracing import hooks
from smartertrack_emu.store.unit_of_work import read, reading, to_note, write, writing
from smartertrack_emu.store.waiting import CrowdedError, waiting

from .around import About, Called, Faults, StruckError
from .callers import Caller, Credentials, enter
from .outcomes import explained
from .outside import Outside
from .sessions import Sessions
from .shared import OutdatedError, Shared

__all__ = ["Desk", "Session"]  # a session is what `work` gets; who writes some need not know whose it is

logger = logging.getLogger(__name__)

T = TypeVar("T")

Notes = Sequence[Callable[[Session], object]]


def _anybody(actor: Principal) -> None:
    """Let everybody do it who has logged in."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that outlives a call.

    `attachments`: the directory of files' contents. `ports`: what asks other systems. `sessions`: of people who logged
    in by a form. `public_url`: the server's URL in what leaves it for others, such as mails, without a trailing slash:
    never taken from a request. `max_attachment`: bytes of one attachment. `product_version`: which version of the
    product this one stands for. `shared`: what all processes agree on; `faults`: what strikes calls that say what is
    called. `logs`: the directory of daily log files, None where there is none.
    """

    engine: Engine
    accounts: Accounts
    attachments: Path
    ports: Ports
    sessions: Sessions
    public_url: str
    max_attachment: int = 256 * 1024 * 1024
    product_version: str = "100.0"
    shared: Shared = field(default_factory=Shared)
    faults: Faults | None = None
    logs: Path | None = None

    def call(
        self, caller: Caller, work: Callable[[Session, Principal], T], *, writes: bool = False, about: About = "a call"
    ) -> T:
        """Do something for a caller in one transaction, and return what `work` returns.

        `work` may run a second time with a new session where something had to be done `beforehand`, or where this
        process did not know the present epoch. Raises HelpdeskError, and nothing was changed, unless the sentence says
        otherwise.
        """
        accounts = self.accounts

        def enter_and_work(session: Session) -> tuple[Account | None, Notes, T]:
            account, actor = enter(caller, accounts, session)
            result = work(session, actor)
            return account, to_note(session), result

        def run() -> T:
            if not writes:
                account, notes, result = read(self.engine, enter_and_work)
            else:
                if type(caller) is Credentials:
                    # Who is not who they say they are never waits for the write lock.
                    accounts.check(self.engine, caller.username, caller.password, caller.address)
                account, notes, result = write(self.engine, enter_and_work)
            if account is not None and account.is_login_due(clock.now()):
                accounts.note_login(self.engine, account)
            if notes:
                self._note(notes)
            return result

        return self._settle(run, about)

    def call_outside(
        self,
        caller: Caller,
        work: Callable[[Outside], T],
        *,
        check: Callable[[Principal], object] = _anybody,
        about: About = "a call",
    ) -> T:
        """Do something for a caller that asks outside between its transactions; see `Outside`.

        `check` raises PermissionDenied for who may not; it runs in each of the transactions. Raises HelpdeskError.
        """
        accounts = self.accounts

        def enter_and_check(session: Session) -> tuple[Account | None, Principal]:
            account, actor = enter(caller, accounts, session)
            check(actor)
            return account, actor

        def enter_again(session: Session) -> Principal:
            while True:
                try:
                    return enter_and_check(session)[1]
                except OutdatedError:  # what was asked outside cannot be asked again
                    self.shared.renew(self.engine)

        def run() -> T:
            account, _ = self._following(lambda: read(self.engine, enter_and_check))
            result = work(Outside(self.engine, enter=enter_again))
            if account is not None and account.is_login_due(clock.now()):
                accounts.note_login(self.engine, account)
            return result

        return self._settle(run, about)

    def read(self, work: Callable[[Session], T], *, about: About = "a read") -> T:
        """Read something that needs no login; HelpdeskError."""
        return self._settle(lambda: read(self.engine, self._looking(work)), about)

    def write(self, work: Callable[[Session], T], *, about: About = "a change", is_relaxed: bool = False) -> T:
        """Change something that needs no login, as by a link from a mail; HelpdeskError.

        `is_relaxed`: the commit does not wait for the disk (see `writing`).
        """
        return self._settle(lambda: write(self.engine, self._looking(work), is_relaxed=is_relaxed), about)

    def _note(self, notes: Notes) -> None:
        """Write down what a call left to be noted: a courtesy, for which nobody waits."""
        try:
            with writing(self.engine, patient=False) as session:
                emulation.epoch(session)  # as every call does first: who resets all waits for this, or this for them
                for note in notes:
                    note(session)
        except DBAPIError:
            logger.warning("what was to be noted after a call could not be")

    def _looking(self, work: Callable[[Session], T]) -> Callable[[Session], T]:
        """Return what looks at the epoch before it works, as a login does."""

        def look_and_work(session: Session) -> T:
            self.shared.follow(emulation.epoch(session))
            return work(session)

        return look_and_work

    def _settle(self, run: Callable[[], T], about: About) -> T:
        """Run something as of the present epoch; HelpdeskError for all that goes wrong."""
        if hooks.statement is not None:
            tracing.about.said = about
        try:
            try:
                if self.faults is not None and self.faults.any_set and not isinstance(about, str):
                    return self._run_struck(self.faults, run, about())
                return run()
            except OutdatedError:
                self.shared.renew(self.engine)
                if self.faults is not None and self.faults.any_set and not isinstance(about, str):
                    return self._run_struck(self.faults, run, about())
                return self._following(run)
        except (HelpdeskError, StruckError):
            raise
        except Exception as error:  # noqa: BLE001 - what is unexpected is logged with its traceback
            raise explained(error, about if isinstance(about, str) else about()) from None

    def _following(self, run: Callable[[], T]) -> T:
        """Run something as of the present epoch."""
        while True:
            try:
                return run()
            except OutdatedError:
                self.shared.renew(self.engine)

    def _run_struck(self, faults: Faults, run: Callable[[], T], called: Called) -> T:
        """Run something with what strikes it; StruckError where its answer is to be another one."""
        self._following(self._look)
        strike = faults.strike(called)
        _wait(strike.seconds_before)
        effect = strike.effect
        if effect is not None and not effect.after:
            raise StruckError(effect)
        answer: T | HelpdeskError
        try:
            answer = self._following(run)
        except Exception as error:  # noqa: BLE001 - what is unexpected is logged with its traceback
            answer = explained(error, called)
        with suppress(CrowdedError):  # what was done is done: it is answered sooner then
            _wait(strike.seconds_after)
        if effect is not None:
            raise StruckError(effect, answer)
        if isinstance(answer, HelpdeskError):
            raise answer
        return answer

    def _look(self) -> None:
        """Look whether what this process knows is still true."""
        with reading(self.engine) as session:
            self.shared.follow(emulation.epoch(session))


def _wait(seconds: float) -> None:
    if seconds > 0:
        with waiting():
            time.sleep(seconds)
