"""The job pop-download: fetches what is new in the mailboxes that are due, over POP3 and IMAP.

One mail, one transaction: its bytes and what the server calls it. Only then is it removed from the server. Killed
anywhere, a mail is still there, or it is in the spool and known.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.inbox import accounts
from smartertrack_emu.domain.inbox.accounts import Account, HeaderOnly, Known, Trouble
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.spool.accounts import AccountKind

from .fetching.connecting import Watch
from .fetching.mailbox import (
    ConnectionFailedError,
    DroppedError,
    FetchFailedError,
    Listed,
    LoginFailedError,
    Mailbox,
    TooLargeError,
)
from .fetching.trying import open_mailbox
from .parsing.reading import peek

logger = logging.getLogger(__name__)
_log = logging.getLogger("smartertrack_emu.log.pop")

MOST_MAILS: Final = 1_000
MOST_SECONDS: Final = 60.0
AT_ONCE: Final = 4
"""Accounts that are visited at the same time, so that one that hangs holds up no other."""


def run(run: Run) -> None:
    """Fetch from all accounts that are due; where somebody wants the run, from all that are enabled."""
    due = run.desk.read(partial(accounts.due, all_of_them=run.is_requested))
    if not due:
        return
    limit = run.settings.max_message_bytes
    lock = threading.Lock()

    def visit(account: Account) -> None:
        if not run.has_time:
            return
        visited = Visit(run.desk, account, limit)
        visited.make()
        with lock:
            run.done += visited.fetched
            run.errors += [f"account {account.id}: {error}" for error in visited.troubles.values()]

    with ThreadPoolExecutor(min(AT_ONCE, len(due)), "pop-download") as threads:
        for made in [threads.submit(visit, account) for account in due]:
            made.result()


class Visit:
    """One visit to an account's server: what was fetched, and what went wrong."""

    def __init__(self, desk: Desk, account: Account, limit: int) -> None:
        self._desk = desk
        self._account = account
        self._limit = limit
        self._ends = time.monotonic() + MOST_SECONDS
        self.fetched = 0
        self.troubles: dict[Trouble, str] = {}

    def make(self) -> None:
        """Go there, fetch what is new, and note what became of it; HelpdeskError where the database fails."""
        watch = Watch(MOST_SECONDS + self._account.timeout_seconds)
        try:
            box = open_mailbox(self._account, watch)
            try:
                self._empty(box)
            finally:
                box.close()
        except ConnectionFailedError as error:
            self._note(Trouble.CONNECTION, error)
        except LoginFailedError as error:
            self._note(Trouble.LOGIN, error)
        except (DroppedError, FetchFailedError) as error:
            self._note(Trouble.DOWNLOAD, error)
        finally:
            watch.stop()
        self._desk.write(
            partial(accounts.note_visit, actor=SYSTEM, account_id=self._account.id, troubles=self.troubles)
        )

    def _note(self, trouble: Trouble, error: Exception) -> None:
        logger.warning("account %s: %s", self._account.id, error)
        self.troubles.setdefault(trouble, str(error))

    def _empty(self, box: Mailbox) -> None:
        """Fetch what is not known, and let the server remove what is, as the account says."""
        known = self._desk.read(partial(accounts.known_mails, account_id=self._account.id))
        listed = box.listed()
        uids = Counter(mail.uid for mail in listed)
        seen: set[str] = set()
        is_all_seen = True
        for given in listed:
            if self.fetched >= MOST_MAILS or time.monotonic() > self._ends:
                return
            # A name that several have tells nothing: their bytes decide.
            mail = given if uids[given.uid] == 1 else given._replace(uid="")
            one = known.get(mail.uid) if mail.uid else None
            try:
                if one is None or one.is_wanted:
                    seen.add(self._take(box, mail, known, one))
                else:
                    seen.add(mail.uid)
                    if one.is_whole:
                        self._remove(box, mail)
            except FetchFailedError as error:
                seen.add(mail.uid)
                is_all_seen &= bool(mail.uid)
                self._note(Trouble.DOWNLOAD, error)
        gone = known.keys() - seen
        if gone and is_all_seen:
            self._desk.write(partial(accounts.forget, account_id=self._account.id, uids=gone))

    def _take(self, box: Mailbox, mail: Listed, known: dict[str, Known], one: Known | None) -> str:
        """Put a mail into the spool unless its bytes are known, let the server remove it, and return its uid."""
        try:
            if mail.size > self._limit:
                return self._take_header(box.header(mail), mail, mail.size, known, one)
            raw = box.fetch(mail, self._limit)
        except TooLargeError as error:
            self._take_header(_header_of(error.beginning), mail, max(mail.size, self._limit + 1), known, one)
            raise DroppedError(f"Mail {mail.handle} is larger than {self._account.host} said.") from None
        sha256 = hashlib.sha256(raw).hexdigest()
        uid = mail.uid or sha256
        if one is not None or not self._is_another_name(sha256, uid, known):
            files.keep(self._desk.attachments, raw)
            incoming_id = self._desk.write(
                lambda session: accounts.keep_fetched(session, self._account.id, uid, sha256, len(raw), one)
            )
            _log.info("account %s: %s is incoming mail %s, %s bytes", self._account.id, uid, incoming_id, len(raw))
            self.fetched += 1
        known.setdefault(uid, Known(sha256))
        self._remove(box, mail)
        return uid

    def _take_header(self, header: bytes, mail: Listed, size: int, known: dict[str, Known], one: Known | None) -> str:
        """Keep the header of a mail that is too large; the mail stays on the server."""
        sha256 = hashlib.sha256(header).hexdigest()
        uid = mail.uid or sha256
        one = one or known.get(uid)
        if one is None and self._is_another_name(sha256, uid, known):
            return uid
        if one is not None and not one.is_wanted:
            return uid
        files.keep(self._desk.attachments, header)
        reason = f"too large: {size} bytes, where {self._limit} are the most; it is left on the server."
        seen = peek(header)
        kept = HeaderOnly(sha256, size, reason, seen.sender, seen.subject)
        self._desk.write(lambda session: accounts.keep_header(session, self._account.id, uid, kept, one))
        known.setdefault(uid, Known(sha256, is_whole=False))
        self._note(Trouble.DOWNLOAD, FetchFailedError(f"A mail of {size} bytes is {reason}"))
        return uid

    def _is_another_name(self, sha256: str, uid: str, known: dict[str, Known]) -> bool:
        """Say whether bytes are those of a mail that was fetched under another name.

        A server without names of its own has their digest; where an IMAP folder has begun to count anew, what was
        fetched before is known by its bytes.
        """
        if uid == sha256:
            return uid in known
        if self._account.kind is not AccountKind.IMAP:
            return False
        era = uid.partition(":")[0]
        old = next((k for k, v in known.items() if v.sha256 == sha256 and k.partition(":")[0] != era), None)
        if old is None:
            return False
        self._desk.write(lambda session: accounts.rename(session, self._account.id, old, uid))
        known[uid] = known.pop(old)
        return True

    def _remove(self, box: Mailbox, mail: Listed) -> None:
        if not self._account.leave_on_server:
            box.delete(mail)


def _header_of(beginning: bytes) -> bytes:
    for blank in (b"\r\n\r\n", b"\n\n"):
        head, found, _ = beginning.partition(blank)
        if found:
            return head + found
    return beginning
