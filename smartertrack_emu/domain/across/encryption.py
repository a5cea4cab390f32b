"""Which key the database's secrets are encrypted with, and what becomes of them without it."""

from __future__ import annotations

from sqlalchemy import Text, select, type_coerce, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain.spool.accounts import MailAccount
from smartertrack_emu.domain.structure.models import Installation, TransferServer
from smartertrack_emu.domain.voip.models import VoipAccount
from smartertrack_emu.store.encryption import KeyFile, SecretError

SECRETS = (TransferServer.__table__.c.password, VoipAccount.__table__.c.password, MailAccount.__table__.c.password)
"""Every column of type `Secret`."""


def settled_key(session: Session) -> str | None:
    """Return the fingerprint of the key that secrets are encrypted with; None where no key is settled yet."""
    return session.scalar(select(Installation.key_fingerprint))


def settle_key(session: Session, fingerprint: str) -> str:
    """Settle the key where none is settled, and return the fingerprint of the one that is."""
    unsettled = update(Installation).where(Installation.key_fingerprint.is_(None))
    session.execute(unsettled.values(key_fingerprint=fingerprint), execution_options={"synchronize_session": False})
    return settled_key(session) or fingerprint


def replace_key(session: Session, key: KeyFile) -> int:
    """Settle another key, empty the secrets that it does not decrypt, and return how many these were."""
    session.execute(
        update(Installation).values(key_fingerprint=key.fingerprint),
        execution_options={"synchronize_session": False},
    )
    lost = 0
    for column in SECRETS:
        row_id = column.table.c.id
        stored = select(row_id, type_coerce(column, Text)).where(column != "")
        for found, encrypted in session.execute(stored).all():
            if not _decrypts(key, encrypted):
                session.execute(update(column.table).where(row_id == found).values({column: ""}))
                lost += 1
    return lost


def _decrypts(key: KeyFile, encrypted: str) -> bool:
    try:
        key.decrypt(encrypted)
    except SecretError:
        return False
    return True
