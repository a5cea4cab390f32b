"""Texts that must be given out again in clear, encrypted by a key that lies beside the database and never in it.

Fernet of `cryptography`: AES-128-CBC with an HMAC-SHA256. What was changed, or encrypted with another key, is not
decrypted. The library is imported when the first secret is read or written.
"""

import base64
import binascii
import hashlib
import hmac
import logging
import secrets
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Dialect, Engine

from smartertrack_emu.store import disk

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

logger = logging.getLogger(__name__)

_LENGTH = 32
"""Bytes of a key."""

_PURPOSE = b"smartertrack-emu: which key"


class SecretError(Exception):
    """A secret cannot be read or written; the sentence says why, and nothing of where the key lies."""


class KeyFile:
    """The key in a file: one line of base64, read once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        """Make a key where there is none, readable by its owner alone; several processes may be first.

        OSError where the file cannot be written.
        """
        if self.path.exists():
            return
        disk.make_directory(self.path.parent)
        whole = self.path.with_name(f"{self.path.name}.{secrets.token_hex(8)}")
        try:
            with disk.create(whole) as file:
                disk.write_synced(file, [base64.urlsafe_b64encode(secrets.token_bytes(_LENGTH)), b"\n"])
            disk.name_once(whole, self.path)
        finally:
            whole.unlink(missing_ok=True)
        disk.sync_directory(self.path.parent)

    @property
    def fingerprint(self) -> str:
        """What tells this key from any other without giving it away: 64 hexadecimal digits. OSError, SecretError."""
        return hmac.new(self._key, _PURPOSE, hashlib.sha256).hexdigest()

    def derived(self, purpose: bytes) -> bytes:
        """Return a key for another purpose, which gives nothing of this one away: 32 bytes. OSError, SecretError."""
        return hmac.digest(self._key, purpose, hashlib.sha256)

    def encrypt(self, text: str) -> str:
        """Return the text encrypted, each time otherwise."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, stored: str) -> str:
        """Return the text that was encrypted; SecretError where it was encrypted by another key, or not at all."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - see the module

        try:
            return self._fernet.decrypt(stored.encode()).decode()
        except InvalidToken:
            logger.error("a stored password cannot be decrypted with the key in %s", self.path)  # noqa: TRY400 - no bug
            raise SecretError(
                "A stored password cannot be read: it was not encrypted with the key that this server has."
            ) from None

    @cached_property
    def _key(self) -> bytes:
        try:
            key = base64.b64decode(self.path.read_bytes().strip(), altchars=b"-_", validate=True)
        except binascii.Error:
            key = b""
        if len(key) != _LENGTH:
            logger.error("%s does not hold a key", self.path)
            raise SecretError("A stored password cannot be read or written: the server's key file does not hold a key.")
        return key

    @cached_property
    def _fernet(self) -> "Fernet":
        from cryptography.fernet import Fernet  # noqa: PLC0415 - see the module

        try:
            key = self._key
        except OSError as error:
            logger.error("%s: %s", self.path, error.strerror)  # noqa: TRY400 - the cause says it all
            raise SecretError(
                "A stored password cannot be read or written: the server's key file is missing."
            ) from error
        return Fernet(base64.urlsafe_b64encode(key))


_KEY_FILE = "_key_file"


def give_key(engine: Engine, key: KeyFile | None) -> None:
    """Have an engine encrypt and decrypt with a key."""
    vars(engine.dialect)[_KEY_FILE] = key  # the dialect is what column types get to see


def key_of(dialect: Dialect) -> KeyFile:
    """Return the key that an engine was given; SecretError where it was given none."""
    key: KeyFile | None = vars(dialect).get(_KEY_FILE)
    if key is None:
        raise SecretError("A stored password cannot be read or written: no key file is named.")
    return key
