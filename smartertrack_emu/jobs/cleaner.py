"""Cleaner: removes files and rows that nobody needs any more.

Whoever owns more of them adds to `ROWS` what is to go, or to `PARTS` what else is to be done: both are carried out with
every run, in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from smartertrack_emu.desk.run import MOST_ROWS, Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across import contents
from smartertrack_emu.domain.attachments import removing
from smartertrack_emu.domain.errors import HelpdeskError
from smartertrack_emu.domain.events import outbox
from smartertrack_emu.domain.inbox import spool as inbox
from smartertrack_emu.domain.people.models import EmailVerification
from smartertrack_emu.domain.spool import listing
from smartertrack_emu.domain.structure.engine_settings import options
from smartertrack_emu.domain.voip.models import LoginHandshake
from smartertrack_emu.store.batches import LARGEST


class Rows(NamedTuple):
    """Rows that are to go: `find` returns their ids, at most `limit` of them and none of those given."""

    find: Callable[..., Sequence[int]]
    remove: Callable[[Session, int], object]


Token = type[EmailVerification] | type[LoginHandshake]


def used(session: Session, but: Collection[int], *, kind: Token, limit: int) -> Sequence[int]:
    """Return the ids of tokens that were used, but for those given."""
    return session.scalars(select(kind.id).where(kind.used_at.is_not(None), kind.id.not_in(but)).limit(limit)).all()


def expired(session: Session, but: Collection[int], *, kind: Token, limit: int) -> Sequence[int]:
    """Return the ids of tokens that can be used no more, but for those given."""
    return session.scalars(select(kind.id).where(kind.expires_at < clock.now(), kind.id.not_in(but)).limit(limit)).all()


def _remove_token(session: Session, token_id: int, *, kind: Token) -> None:
    session.execute(delete(kind).where(kind.id == token_id), execution_options={"synchronize_session": False})


ROWS: Final = [
    Rows(partial(find, kind=kind), partial(_remove_token, kind=kind))
    for kind in (LoginHandshake, EmailVerification)
    for find in (used, expired)
]
"""What is removed row by row."""

_LOG: Final = re.compile(r"(\d{4})\.(\d\d)\.(\d\d)-[\w-]+\.log", re.ASCII)


ACTIONS_KEPT: Final = timedelta(days=90)
"""How long it is known what became of an event's action."""


def clean_mails(run: Run) -> None:
    """Remove mails that were sent, or failed, longer ago than the settings say."""
    now = clock.now()
    sent_before = now - timedelta(days=run.settings.sent_mail_days)
    failed_before = now - timedelta(days=run.settings.failed_mail_days)
    run.rows(
        partial(listing.ended, sent_before=sent_before, failed_before=failed_before, limit=MOST_ROWS), listing.remove
    )
    run.rows(partial(inbox.failed, before=failed_before, limit=MOST_ROWS), inbox.delete)


def clean_raw_contents(run: Run) -> None:
    """Forget the bytes of mails that are older, more, or larger together than the settings say."""
    find = partial(
        contents.beyond,
        root=run.desk.attachments,
        before=clock.now() - timedelta(days=run.settings.raw_content_days),
        most_files=run.settings.raw_content_files,
        most_bytes=run.settings.raw_content_megabytes * 1_000_000,
    )
    found = run.desk.read(find, about="the bytes of mails")
    for start in range(0, len(found), MOST_ROWS):
        if not run.has_time:
            return
        run.batch(partial(contents.forget, mails=found[start : start + MOST_ROWS]))


def clean_actions(run: Run) -> None:
    """Forget event actions that ended long ago."""
    before = clock.now() - ACTIONS_KEPT
    while run.has_time and run.desk.read(partial(outbox.has_ended, before=before)):
        if not run.batch(partial(outbox.forget_ended, before=before)):
            return


def clean_uploads(run: Run) -> None:
    """Remove what began to arrive a day ago and never was whole, and parts that no row knows."""
    root = run.desk.attachments
    run.rows(
        partial(removing.unfinished, limit=MOST_ROWS),
        partial(removing.remove_unfinished, root=root),
    )
    tokens = removing.old_parts(root)
    for some in _portions(tokens):
        there = run.desk.read(partial(removing.tokens_there, tokens=some))
        for token in set(some) - there:
            removing.remove_parts(root, token)
            run.done += 1


def clean_contents(run: Run) -> None:
    """Remove contents that no row names, and what killed processes left.

    One folder of contents after the other, as long as there is time; the next run begins with another one.
    """
    root = run.desk.attachments
    run.done += removing.remove_leftovers(root)
    first = int(clock.now().timestamp()) // 3600
    for number in range(256):
        if not run.has_time:
            return
        _clean_folder(run, root, f"{(first + number) % 256:02x}")


def _clean_folder(run: Run, root: Path, folder: str) -> None:
    for digest in removing.put_aside(root, folder):
        removing.put_back(root, digest)
    for some in _portions(removing.old_contents(root, folder)):
        there = run.desk.read(partial(removing.named, digests=some))
        run.done += sum(removing.remove_content(root, digest) for digest in set(some) - there)


def clean_logs(run: Run) -> None:
    """Remove log files that are older, by the day in their name, than the option says."""
    folder = run.desk.logs
    if folder is None or not folder.is_dir():
        return
    keeps = timedelta(days=run.desk.read(options).delete_logs_after_days)
    for path in folder.iterdir():
        found = _LOG.fullmatch(path.name)
        if found is not None and _day(*map(int, found.groups())) < clock.now().date() - keeps:
            path.unlink(missing_ok=True)
            run.done += 1


PARTS: Final[list[Callable[[Run], object]]] = [
    clean_mails,
    clean_raw_contents,
    clean_actions,
    clean_uploads,
    clean_contents,
    clean_logs,
]
"""What else is done: contents after the rows that name them."""


def run(run: Run) -> None:
    """Do all of it; what fails keeps nothing of the rest waiting."""
    for rows in ROWS:
        run.rows(partial(rows.find, limit=MOST_ROWS), rows.remove)
    for part in PARTS:
        try:
            part(run)
        except (OSError, HelpdeskError) as error:
            run.fail(f"{run.job}, {part.__name__}", error)


def _portions(names: list[str]) -> list[list[str]]:
    return [names[start : start + LARGEST] for start in range(0, len(names), LARGEST)]


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date.max
