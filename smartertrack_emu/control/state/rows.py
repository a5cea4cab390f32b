"""What differs between the data that were saved and the data that are put in place, and which files they name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain.across import encryption
from smartertrack_emu.domain.across.contents import digests_named
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.structure.models import Installation
from smartertrack_emu.store.encryption import KeyFile


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells processes that other data are in place, and which key stored passwords are encrypted with.

    `rights_version` is greater than any that stood there: a process may have read the old rights a moment too late.
    """

    epoch: int
    rights_version: int
    key_fingerprint: str | None


def marks(session: Session) -> Marks:
    """Return the marks that stand in the database; zeros where there is no installation yet."""
    row = session.execute(
        select(Installation.epoch, Installation.rights_version, Installation.key_fingerprint)
    ).one_or_none()
    return Marks(0, 0, None) if row is None else Marks(*row)


def following(live: Marks, saved: Marks, key: KeyFile) -> Marks:
    """Return the marks that saved data get when they are put in the place of those that have the marks `live`.

    The first data of a new database settle the key.
    """
    return Marks(
        epoch=live.epoch + 1,
        rights_version=max(live.rights_version, saved.rights_version) + 1,
        key_fingerprint=live.key_fingerprint or key.fingerprint,
    )


def set_marks(session: Session, new: Marks) -> None:
    """Write marks."""
    session.execute(
        update(Installation).values(
            epoch=new.epoch, rights_version=new.rights_version, key_fingerprint=new.key_fingerprint
        ),
        execution_options={"synchronize_session": False},
    )


def give_up_secrets_of_other_keys(session: Session, saved: Marks, key: KeyFile) -> None:
    """Empty the passwords that the key at hand does not decrypt."""
    if saved.key_fingerprint != key.fingerprint:
        encryption.replace_key(session, key)


def files_named(session: Session) -> tuple[set[str], set[str]]:
    """Return the digests of contents, and the tokens of unfinished files, that the data name."""
    tokens = set(session.scalars(select(Attachment.token).where(~Attachment.is_complete)))
    return digests_named(session), tokens
