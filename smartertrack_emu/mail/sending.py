"""The job smtp-delivery: sends the mails that are due, each account's over a connection of its own (ours).

A mail is made into bytes, taken, sent and ended. The end of one and the taking of the next are one commit, which does
not wait for the disk: it outlasts the death of the process, and the last of a run waits. So a process may be killed at
any moment and at most the mails in flight go out twice, one a sender, with the same bytes.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain.across import delivery
from smartertrack_emu.domain.across.delivery import Account, Due, Ended, Made
from smartertrack_emu.domain.across.letters import Letter, house, letter, row_of
from smartertrack_emu.domain.attachments.files import read_sound, store_soon
from smartertrack_emu.domain.spool.message_ids import message_id_of
from smartertrack_emu.domain.spool.models import MailKind, MailState
from smartertrack_emu.domain.spool.results import Result, ResultState, read
from smartertrack_emu.store.unit_of_work import after_commit

from .making import Bytes, make
from .room import reading_files
from .smtp import MOST_MAILS, AccountError, ClosedError, Connection, Step

logger = logging.getLogger(__name__)
_log = logging.getLogger("smartertrack_emu.log.smtp")

MOST: Final = 500
"""How many mails a run sends, unless a person wants it."""

_MOST_DROPS: Final = 3
"""After so many lost connections in a row an account rests until the next run."""


def run(run: Run) -> None:
    """Send what is due: at most `MOST` mails, or all where a person wants it and the time of a run allows it."""
    holder = f"{run.job}:{secrets.token_hex(8)}"
    if run.desk.read(delivery.any_sending):
        run.desk.write(lambda session: delivery.release_dead(session, holder), about="the job smtp-delivery")
    delay = timedelta(seconds=run.settings.mail_delay_seconds)
    if not run.desk.read(lambda session: delivery.due(session, delay=delay, most=1)):
        return
    delivery_ = _Delivery(run, holder)
    accounts = run.desk.read(delivery.sending_accounts)
    while run.has_time:
        due = run.desk.read(delivery_.due)
        if not due:
            return
        delivery_.send(due, accounts)
        if not run.is_requested:
            if len(due) == MOST:
                run.detail = run.detail or "More may wait for the next run."
            return


class _Delivery:
    """What one run does; `left`: mails that wait on although they are due."""

    def __init__(self, run: Run, holder: str) -> None:
        self.run = run
        self.holder = holder
        self.house = run.desk.read(house)
        self.left: set[int] = set()
        self.lock = threading.Lock()

    def due(self, session: Session) -> list[Due]:
        delay = timedelta(seconds=self.run.settings.mail_delay_seconds)
        return delivery.due(session, delay=delay, most=MOST, but=self.left)

    def send(self, due: Sequence[Due], accounts: Sequence[Account]) -> None:
        """Hold what no account sends, and send the rest, by as many senders as are wanted."""
        homeless: list[int] = []
        by_account: dict[Account, list[int]] = {}
        for mail in due:
            account = delivery.account_of(accounts, mail.department_id, mail.brand_id)
            (homeless if account is None else by_account.setdefault(account, [])).append(mail.id)
        if homeless:
            self.run.desk.write(lambda session: delivery.hold(session, homeless), about="the job smtp-delivery")
            self.note(f"{len(homeless)} held: there is no account to send them through.")
        senders = max(self.run.settings.mail_senders, 1)
        tasks = [
            _Sender(self, account, ids[first::senders])
            for account, ids in by_account.items()
            for first in range(min(senders, len(ids)))
        ]
        if senders == 1 or len(tasks) == 1:
            for task in tasks:
                task.work()
            return
        with ThreadPoolExecutor(senders, thread_name_prefix="smtp-delivery") as pool:
            for future in [pool.submit(task.work) for task in tasks]:
                future.result()

    def note(self, sentence: str) -> None:
        with self.lock:
            self.run.detail = f"{self.run.detail} {sentence}".strip()

    def fail(self, sentence: str, *, only_errors: bool) -> None:
        """Note that something failed. `only_errors`: it kept error mails only, so it is told in none."""
        with self.lock:
            self.run.errors.append(sentence)
        logger.warning("%s", sentence, extra={"mail_kind": MailKind.ERROR.value} if only_errors else None)

    def leave(self, ids: Sequence[int]) -> None:
        with self.lock:
            self.left.update(ids)

    def count(self) -> None:
        with self.lock:
            self.run.done += 1


class _Attempt(NamedTuple):
    """A mail that is about to be sent: to whom, as what, and what to write down of it."""

    mail: Any
    bytes: Bytes
    sender: str
    results: tuple[Result, ...]
    made: Made | None


class _Sender:
    """Sends some mails through one account, in their order."""

    def __init__(self, delivery_: _Delivery, account: Account, ids: Sequence[int]) -> None:
        self._delivery = delivery_
        self._run = delivery_.run
        self._desk = delivery_.run.desk
        self._account = account
        self._ids = list(ids)
        self._ended: Ended | None = None
        self._connection: Connection | None = None
        self._drops = 0
        self._has_worked = False

    def work(self) -> None:
        try:
            self._work()
        finally:
            if self._connection is not None:
                self._connection.close()
            if self._ended is not None or self._has_worked:
                self._desk.write(self._finish, about="the job smtp-delivery")

    def _work(self) -> None:
        for place, mail_id in enumerate(self._ids):
            if not self._run.has_time or self._drops >= _MOST_DROPS:
                self._delivery.leave(self._ids[place:])
                return
            attempt = self._prepare(mail_id)
            if attempt is None:
                self._delivery.leave([mail_id])
                continue
            if not self._connect(self._ids[place:]):
                return
            if not self._desk.write(partial(self._take, attempt), about="a mail", is_relaxed=True):
                continue
            if self._send(attempt):
                self._delivery.leave(self._ids[place + 1 :])
                return

    def _prepare(self, mail_id: int) -> _Attempt | None:
        """Return a mail as it goes out; None where it waits for its files, or waits no more."""

        def look(session: Session) -> tuple[Any, Letter] | None:
            mail = row_of(session, mail_id)
            if mail is None or mail.state is not MailState.WAITING:
                return None
            found = letter(session, mail, self._account, self._delivery.house)
            return None if found is None else (mail, found)

        found = self._desk.read(look, about="a mail")
        if found is None:
            return None
        mail, content = found
        results = read(mail.results) or tuple(Result(address) for address in content.recipients)
        kept = None if mail.sha256 is None else read_sound(self._desk.attachments, mail.sha256)
        if kept is not None:
            bytes_ = Bytes(kept, not kept.partition(b"\r\n\r\n")[0].isascii())
            return _Attempt(mail, bytes_, mail.envelope_sender, results, None)
        bytes_ = make(
            content, reading_files(self._desk.attachments, content), encoding=self._run.settings.mail_encoding
        )
        made = Made(
            store_soon(self._desk.attachments, bytes_.data),
            content.sender,
            content.envelope_sender,
            content.recipients,
        )
        return _Attempt(mail, bytes_, content.envelope_sender, results, made)

    def _connect(self, ids: Sequence[int]) -> bool:
        """Have a connection; False where there is none, which counts as an attempt of all that would have used it."""
        if self._connection is not None and self._connection.mails >= MOST_MAILS:
            self._connection.close()
            self._connection = None
        if self._connection is not None:
            return True
        try:
            self._connection = Connection(self._account)
        except AccountError as error:
            sentence, is_login = str(error), error.step is Step.LOGIN

            def note(session: Session) -> bool:
                self._finish(session)
                delivery.note_failure(session, self._account.id, sentence, ids, self._run.settings, is_login=is_login)
                return delivery.are_errors(session, ids)

            self._has_worked = False
            only_errors = self._desk.write(note, about="the job smtp-delivery")
            self._ended = None
            self._delivery.fail(f"Account {self._account.id}: {sentence}", only_errors=only_errors)
            self._delivery.leave(ids)
            return False
        self._has_worked = True
        return True

    def _take(self, attempt: _Attempt, session: Session) -> bool:
        """Write down what became of the last mail, and take the next."""
        if self._ended is not None:
            delivery.end(session, self._ended, self._delivery.holder, self._run.settings)
        is_first = not attempt.mail.results
        taken = delivery.take(session, attempt.mail.id, self._delivery.holder, attempt.made, is_first=is_first)
        after_commit(session, self._forget_ended)
        return taken

    def _finish(self, session: Session) -> None:
        if self._ended is not None:
            delivery.end(session, self._ended, self._delivery.holder, self._run.settings)
        if self._has_worked:
            delivery.note_success(session, self._account.id)

    def _forget_ended(self) -> None:
        self._ended = None

    def _send(self, attempt: _Attempt) -> bool:
        """Send a mail that is taken; True where nothing more is to go through this account in this run."""
        assert self._connection is not None  # noqa: S101 - `_connect` came before
        mail = attempt.mail
        wanted = [result.address for result in attempt.results if result.state is ResultState.WAITING]
        closed: ClosedError | None = None
        try:
            fresh = self._connection.send(
                attempt.sender, wanted, attempt.bytes.data, needs_utf8=attempt.bytes.needs_utf8
            )
            self._drops = 0
        except ClosedError as end:
            closed = end
            fresh = [Result(address, ResultState.WAITING, str(end)) for address in wanted]
            self._connection.close()
            self._connection = None
            self._drops += 1
        by_address = {result.address: result for result in fresh}
        results = tuple(by_address.get(result.address, result) for result in attempt.results)
        error = next((one.reply for one in fresh if one.state is not ResultState.ACCEPTED), "")
        if error:
            logger.warning("mail %s: %s", mail.id, error, extra={"mail_kind": mail.kind.value})
        for one in fresh:
            _log.info("mail %s to %s: %s", mail.id, one.address, one.reply)
        if any(one.state is ResultState.ACCEPTED for one in fresh):
            self._delivery.count()
        self._ended = Ended(
            mail.id,
            mail.attempts + 1,
            mail.created_at,
            mail.ticket_number,
            mail.message_id,
            message_id_of(mail),
            results,
            error,
            self._account.id,
        )
        return closed is not None and closed.is_over
