"""What the control API asks of mail: a mail's bytes, and whether an account works."""

from __future__ import annotations

import logging
from importlib import import_module
from pathlib import Path

from sqlalchemy.orm import Session

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.mailing import Tested
from smartertrack_emu.domain.across import delivery
from smartertrack_emu.domain.across.letters import Enclosed, Letter, account_for, house, preview
from smartertrack_emu.domain.attachments.files import read_sound
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.spool import accounts
from smartertrack_emu.domain.spool.accounts import AccountKind, MailAccount
from smartertrack_emu.domain.spool.listing import get
from smartertrack_emu.domain.spool.models import MailState
from smartertrack_emu.domain.structure.engine_settings import engine_settings
from smartertrack_emu.store.waiting import waiting

from .making import Content, make

logger = logging.getLogger(__name__)


TESTS: dict[AccountKind, str] = {
    AccountKind.SMTP: "smtp",
    AccountKind.POP: "fetching.trying",
    AccountKind.IMAP: "fetching.trying",
}
"""The module of this room whose `test` connects to a kind of account and logs in; it returns what is to be said."""


def raw(desk: Desk, mail_id: int) -> bytes:
    """Return a mail's bytes as they were sent, or as they would be now.

    NotFound, also where they were sent and have been removed; HelpdeskError.
    """

    def look(session: Session) -> tuple[str | None, Letter, str]:
        mail = get(session, mail_id)
        if mail.state is MailState.SENT and mail.attempts and mail.sha256 is None:
            raise NotFound(f"The content of mail {mail_id} is not kept any more.")
        account = account_for(session, mail, delivery.sending_accounts(session))
        return mail.sha256, preview(session, mail, account, house(session)), engine_settings(session).mail_encoding

    sha256, content, encoding = desk.read(look, about="a mail")
    kept = None if sha256 is None else read_sound(desk.attachments, sha256)
    return make(content, reading_files(desk.attachments, content), encoding=encoding).data if kept is None else kept


def test(desk: Desk, account_id: int) -> Tested:
    """Connect to an account's server and log in, whether it is enabled or not; nothing is sent or fetched. NotFound."""

    def look(session: Session) -> MailAccount:
        account = accounts.get(session, account_id)
        session.expunge(account)
        return account

    account = desk.read(look, about="a mail account")
    with waiting():
        tested: Tested = import_module(f"{__package__}.{TESTS[account.kind]}").test(account)
    return tested


def reading_files(root: Path, content: Letter) -> Content:
    """Return what reads the files of a mail; one that the disk has lost is empty, and logged."""

    def read(file: Enclosed) -> bytes:
        data = read_sound(root, file.sha256)
        if data is None:
            logger.error("mail %s: the disk has lost an attachment", content.mail_id)
        return data or b""

    return read
