"""Lists of 'key=value' texts: how operations take many properties at once, and how they answer them.

    KEYS = Keys("Subject", "GroupID", aliases={"Group": "GroupID"})
    values = KEYS.parse(parameters)      # {"Subject": "a=b", "GroupID": "7"}: keys as documented, values as sent
    values.integer("GroupID")            # 7; None where it was not given or is empty
    values.moment("DateEnd", session)    # aware UTC
    answer([("Subject", "a=b"), ("IsOpen", True)])      # ["Subject=a=b", "IsOpen=True"]

Split at the first `=`; letter case of keys and white space around them do not matter; of a key given twice the last
value counts (all seen). An unknown key is refused (ours).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum

from sqlalchemy.orm import Session

from smartertrack_emu.asmx.declare import LEAST_DATETIME
from smartertrack_emu.domain import dates
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.text import fold

_INTEGER = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_INT32 = range(-(2**31), 2**31)
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
"""What a database cannot hold in a text."""


class Values(dict[str, str]):
    """The values of a list by their keys in documented spelling; BadValue of a reader names the key."""

    def text(self, key: str, default: str = "") -> str:
        """Return the value as it was sent."""
        return self.get(key, default)

    def required(self, key: str) -> str:
        """Return the value as it was sent; BadValue where it is missing or blank."""
        value = self.get(key, "")
        if not value.strip():
            raise BadValue(f"{key} is required.")
        return value

    def integer(self, key: str) -> int | None:
        """Return the value as a 32-bit number; None where it is missing or empty."""
        word = self.get(key, "").strip()
        if not word:
            return None
        number = int(word) if _INTEGER.fullmatch(word) else None
        if number is None or number not in _INT32:
            raise BadValue(f"{key}: {shown(word)} is not a whole number of 32 bits.")
        return number

    def required_integer(self, key: str) -> int:
        """Return the value as a 32-bit number; BadValue where it is missing."""
        number = self.integer(key)
        if number is None:
            raise BadValue(f"{key} is required.")
        return number

    def boolean(self, key: str) -> bool | None:
        """Return the value as true or false; None where it is missing or empty."""
        word = self.get(key, "").strip()
        if not word:
            return None
        value = _BOOLEANS.get(word.lower())
        if value is None:
            raise BadValue(f"{key}: {shown(word)} is neither true nor false; give true, false, 1, 0, yes or no.")
        return value

    def is_ascending(self, key: str) -> bool:
        """Return whether a sort order is `ascending`, in any letter case, not `descending` or left out; BadValue."""
        order = self.get(key, "").strip().lower()
        if order not in ("", "ascending", "descending"):
            raise BadValue(f"{key} must be ascending or descending.")
        return order == "ascending"

    def moment(self, key: str, session: Session) -> datetime | None:
        """Return the value as a moment in UTC; None where it is missing, empty or .NET's least date.

        Without a zone it is UTC where the key ends in UTC, else in the installation's zone.
        """
        word = self.get(key, "").strip()
        if not word:
            return None
        try:
            value = dates.read(word)
            if value.replace(tzinfo=None) == LEAST_DATETIME:
                return None
            zone = UTC if value.tzinfo or key.lower().endswith("utc") else dates.zone_of(session)
            return dates.to_utc(value, zone)
        except ValueError as error:
            raise BadValue(f"{key}: {shown(word)} {error}.") from None


class Keys:
    """The keys that an operation knows, in documented order and spelling."""

    def __init__(self, *names: str, aliases: Mapping[str, str] | None = None) -> None:
        """`aliases`: further spellings of a key, which the sentence about unknown keys does not list."""
        self.names = names
        self._known = {fold(name): name for name in names}
        for alias, name in (aliases or {}).items():
            self._known[fold(alias)] = name

    def find(self, word: str) -> str | None:
        """Return the key that a client means, in documented spelling; None when there is no such key."""
        return self._known.get(fold(word.strip()))

    def parse(self, pairs: Iterable[str | None], *, other: Callable[[str], str | None] | None = None) -> Values:
        """Read a list of 'key=value' texts; empty ones are passed over.

        `other` may know keys beyond the documented ones (a custom field's id, say): it gets the trimmed key and returns
        what to call it, or None. BadValue for a text without `=` and for an unknown key.
        """
        values = Values()
        for pair in pairs:
            if pair is None or not pair.strip():
                continue
            word, separator, value = pair.partition("=")
            word = word.strip()
            if not separator:
                raise BadValue(f"{shown(word)} is not in the form key=value.")
            key = self.find(word)
            if key is None and other is not None:
                key = other(word)
            if key is None:
                raise BadValue(f"The key {shown(word)} is not known. Known keys: {', '.join(self.names)}.")
            if _NO_TEXT.search(value):
                raise BadValue(f"{key}: the value holds a character that cannot be stored.")
            values[key] = value
        return values

    def asked(self, words: Iterable[str | None]) -> tuple[list[str], list[str]]:
        """Sort what a client asks for into keys in documented spelling and words that are none, each in his order."""
        keys: dict[str, None] = {}
        unknown: dict[str, None] = {}
        for word in words:
            if word is None or not word.strip():
                continue
            key = self.find(word)
            if key is None:
                unknown[word.strip()] = None
            else:
                keys[key] = None
        return list(keys), list(unknown)


def unknown_keys(words: list[str]) -> str:
    """Return the Message of an answer that left out what was asked for and does not exist; "" for nothing."""
    return f"Not known and left out: {', '.join(words)}." if words else ""


def answer(pairs: Iterable[tuple[str, object]]) -> list[str]:
    """Return 'key=value' texts: dates as yyyy-MM-ddTHH:mm:ssZ, True and False, what is missing as an empty value."""
    return [f"{key}={written(value)}" for key, value in pairs]


def written(value: object) -> str:
    """Return one value as answers write it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    if isinstance(value, Enum):
        return str(value.value)
    return str(value)
