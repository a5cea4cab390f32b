"""What fills a new database: at a first start, and whenever the server is put back to it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from smartertrack_emu import addresses, seed
from smartertrack_emu.config import Settings
from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.spool.accounts import AccountKind, MailAccount, Security


class FirstStart:
    """Fills databases as the settings say.

    What takes long is done once: a seed file that has not changed is read once, and a password hashed once.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._read: tuple[str, seed.SeedDocument] | None = None
        self._hashes: dict[str, str] = {}

    @property
    def has_seed(self) -> bool:
        """Whether there is a seed file."""
        return self._settings.seed is not None

    def fill(self, session: Session, *, seeded: bool, password_hash: str | None = None) -> None:
        """Fill an empty database, without or with the seed file; OSError, SeedError.

        `password_hash`: the administrator's; None: of the password in the settings.
        """
        document = self._document() if seeded else None
        if password_hash is None:
            (password_hash,) = self._hash_all((self._settings.admin_password.get_secret_value(),))
        create_initial(session, admin_password_hash=password_hash, with_structure=document is None)
        if document is not None:
            seed.load(session, document, attachments=self._settings.attachments, hash_all=self._hash_all)
        server = self._settings.mail_server
        if server is not None:
            session.add(
                MailAccount(kind=AccountKind.SMTP, **server._asdict() | {"security": Security(server.security)})
            )
            session.flush()

    def prepare(self, *, seeded: bool) -> None:
        """Read the seed file and hash the administrator's password beforehand; OSError, SeedError."""
        if seeded:
            self._document()
        self._hash_all((self._settings.admin_password.get_secret_value(),))

    def filling(self, *, seeded: bool, present_password: str | None) -> Callable[[Session], None]:
        """Return what fills an empty database as at a first start; NotPossible, which that raises too.

        Who started the server again without the administrator's password gets no known one by a reset where others
        reach the server: then the present one stays.
        """
        settings = self._settings
        is_ours = "admin_password" in settings.model_fields_set or addresses.is_loopback(settings.host)
        kept = None if is_ours else present_password

        def fill(session: Session) -> None:
            try:
                self.fill(session, seeded=seeded, password_hash=kept)
            except seed.SeedError as error:
                raise _unloadable(error) from None

        try:
            self.prepare(seeded=seeded)
        except seed.SeedError as error:
            raise _unloadable(error) from None
        return fill

    def _document(self) -> seed.SeedDocument:
        path = self._settings.seed or Path()
        try:
            content = path.read_bytes()
        except OSError:
            return seed.read(path)  # which says what is wrong
        digest = hashlib.sha256(content).hexdigest()
        if self._read is None or self._read[0] != digest:
            self._read = digest, seed.read(path)
        return self._read[1]

    def _hash_all(self, passwords: tuple[str, ...]) -> list[str]:
        new = tuple({password for password in passwords if password not in self._hashes})
        self._hashes.update(zip(new, seed.hashes_of(new), strict=True))
        return [self._hashes[password] for password in passwords]


def _unloadable(error: seed.SeedError) -> NotPossible:
    message = f"The seed file cannot be loaded: {error}"
    return NotPossible(message)
