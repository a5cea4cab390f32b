"""Calls that ask something outside: read, ask, write and check again.

    reading(engine)   who calls, whether they may, what is to be asked
    nothing is open   another installation answers, a password is hashed: whatever takes long
    write(engine)     who calls, whether they still may, whether what was read still stands; then the change

No lock is held while outside takes its time, so anything may have changed when it has answered. If then the change is
refused or fails, what was done outside is taken back. Only where nobody can know whether the change was committed does
it stay: something may then stand on both sides, but nothing is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import HelpdeskError
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.store.failures import CommitOutcomeUnknown
from smartertrack_emu.store.unit_of_work import reading, write, writing
from smartertrack_emu.store.waiting import waiting

logger = logging.getLogger(__name__)

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")
T = TypeVar("T")
Done_co = TypeVar("Done_co", covariant=True)


class Errand(Protocol[Asked, Answered, Done_co]):
    """Something that is asked outside, with what comes before and after. Nothing of a session may leave its methods."""

    def read(self, session: Session, actor: Principal) -> Asked:
        """Return what is to be asked; HelpdeskError where it may not be."""

    def ask(self, asked: Asked) -> Answered:
        """Ask it; HelpdeskError where the answer is no, or does not come, and then nothing stays outside."""

    def write(self, session: Session, actor: Principal, asked: Asked, answered: Answered) -> Done_co:
        """Check that what was read still stands, and make the change; HelpdeskError where it does not."""

    def lock(self, session: Session, actor: Principal, asked: Asked) -> object:
        """Wait until nobody else is changing what was read, and keep it so; HelpdeskError where it is gone."""

    def is_unchanged(self, session: Session, actor: Principal, asked: Asked) -> bool:
        """Say whether what was read still stands, and so whether `write` changed nothing."""

    def take_back(self, asked: Asked, answered: Answered) -> str:
        """Undo what was done outside, and say in a sentence for the caller what became of that."""

    def what_stays(self, asked: Asked, answered: Answered) -> str:
        """Say for the log what was done outside."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The transactions of a call that asks outside between them.

    `enter` begins each of them: it finds out who calls, and raises HelpdeskError where they may not.
    """

    engine: Engine
    enter: Callable[[Session], Principal]

    def read(self, work: Callable[[Session, Principal], T]) -> T:
        """Do something in a transaction that reads; `work` gets its session and who calls."""
        with reading(self.engine) as session:
            return work(session, self.enter(session))

    def write(self, work: Callable[[Session, Principal], T]) -> T:
        """Do something in a transaction that writes. Who calls may have lost their rights since the last one.

        What `work` wants done `beforehand` is done before, and `work` runs again then.
        """
        return write(self.engine, lambda session: work(session, self.enter(session)))

    def run(self, errand: Errand[Asked, Answered, Done_co]) -> Done_co:
        """Run an errand; HelpdeskError where something was refused, and the database's errors as they are.

        CrowdedError, and nothing was done, where too many wait already.
        """

        def read(session: Session, actor: Principal) -> tuple[Asked, Principal]:
            return errand.read(session, actor), actor

        asked, actor = self.read(read)
        with waiting():
            answered = errand.ask(asked)
        try:
            return self.write(lambda session, now: errand.write(session, now, asked, answered))
        except HelpdeskError as refusal:
            refusal.go_on(errand.take_back(asked, answered))
            raise
        except BaseException as error:
            if self._is_unchanged(errand, actor, asked, is_decided=not isinstance(error, CommitOutcomeUnknown)):
                errand.take_back(asked, answered)
            else:
                # Without its traceback: the error itself goes on, and is logged where it is answered.
                logger.error("%s", errand.what_stays(asked, answered))  # noqa: TRY400
            raise

    def _is_unchanged(
        self, errand: Errand[Asked, Answered, Done_co], actor: Principal, asked: Asked, *, is_decided: bool
    ) -> bool:
        """Say whether it is certain that nothing was written.

        Where it is not decided yet the COMMIT may still be under way: what it changes can be locked when it has ended.
        """
        try:
            with reading(self.engine) if is_decided else writing(self.engine) as session:
                if not is_decided:
                    errand.lock(session, actor, asked)
                return errand.is_unchanged(session, actor, asked)
        except (DBAPIError, HelpdeskError):
            return False
