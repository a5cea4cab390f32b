"""What the control API asks of mail: a mail's bytes, and whether an account works."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.across import delivery
from smartertrack_emu.domain.across.delivery import Account
from smartertrack_emu.domain.across.letters import Enclosed, Letter, find, letter
from smartertrack_emu.domain.attachments.files import read_sound
from smartertrack_emu.domain.structure.engine_settings import engine_settings
from smartertrack_emu.domain.structure.models import Department

from .making import Content, make

logger = logging.getLogger(__name__)


class Tested(NamedTuple):
    """Whether an account's server was reached and let us in, and what is to be said of it."""

    ok: bool
    detail: str


def raw(desk: Desk, mail_id: int) -> bytes:
    """Return a mail's bytes as they were sent, or as they would be now; NotFound, HelpdeskError."""

    def look(session: Session) -> tuple[str | None, Letter, str]:
        mail = find(session, mail_id)
        brand_id = None
        if mail.department_id is not None:
            department = session.get(Department, mail.department_id)
            brand_id = None if department is None else department.brand_id
        account = delivery.account_of(delivery.sending_accounts(session), mail.department_id, brand_id)
        return mail.sha256, letter(session, mail, account), engine_settings(session).mail_encoding

    sha256, content, encoding = desk.read(look, about="a mail")
    kept = None if sha256 is None else read_sound(desk.attachments, sha256)
    return make(content, reading_files(desk.attachments, content), encoding=encoding).data if kept is None else kept


def test_smtp(account: Account) -> Tested:
    """Connect to an account's server and log in; nothing is sent."""
    from .smtp import AccountError, Connection  # noqa: PLC0415 - smtplib, which few need

    try:
        Connection(account).close()
    except AccountError as error:
        return Tested(ok=False, detail=str(error))
    return Tested(
        ok=True, detail=f"{account.host}:{account.port} answers" + (" and lets us in." * bool(account.username) or ".")
    )


def reading_files(root: Path, content: Letter) -> Content:
    """Return what reads the files of a mail; one that the disk has lost is empty, and logged."""

    def read(file: Enclosed) -> bytes:
        data = read_sound(root, file.sha256)
        if data is None:
            logger.error("mail %s: the disk has lost an attachment", content.mail_id)
        return data or b""

    return read
