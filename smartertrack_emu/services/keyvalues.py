"""Lists of 'key=value' texts: how operations take many properties at once, and how they answer them.

    class CallLogKeys(Keys):
        Subject = Text("subject")
        GroupID = Integer("group_id", also="Group")

    values = CallLogKeys.parse(parameters, session)
    values[CallLogKeys.Subject]      # "a=b", as it was sent; "" where it was not given
    values[CallLogKeys.GroupID]      # 7; None where it was not given or is empty
    values.fields()                  # {"subject": "a=b", "group_id": 7}: what was given, by the domain's names
    answer([("Subject", "a=b"), ("IsOpen", True)])      # ["Subject=a=b", "IsOpen=True"]

Split at the first `=`; letter case of keys and white space around them do not matter; of a key given twice the last
value counts (all seen). An unknown key is refused (ours).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy.orm import Session

from smartertrack_emu.asmx.declare import LEAST_DATETIME
from smartertrack_emu.domain import dates
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.domain.text import fold

from .words import Known, Words

T = TypeVar("T")

_INTEGER = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_INT32 = range(-(2**31), 2**31)
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
"""What a database cannot hold in a text."""


def integer(name: str, text: str) -> int | None:
    """Return a text as a 32-bit number; None for an empty one. BadValue names the `name`."""
    word = text.strip()
    if not word:
        return None
    number = int(word) if _INTEGER.fullmatch(word) else None
    if number is None or number not in _INT32:
        raise BadValue(f"{name}: {shown(word)} is not a whole number of 32 bits.")
    return number


def boolean(name: str, text: str) -> bool | None:
    """Return a text as true or false; None for an empty one. BadValue names the `name`."""
    word = text.strip()
    if not word:
        return None
    value = _BOOLEANS.get(word.lower())
    if value is None:
        raise BadValue(f"{name}: {shown(word)} is neither true nor false; give true, false, 1, 0, yes or no.")
    return value


def moment(name: str, text: str, session: Session) -> datetime | None:
    """Return a text as a moment in UTC; None for an empty one and for .NET's least date. BadValue names the `name`.

    Without a zone it is UTC where the name ends in UTC, else in the installation's zone.
    """
    word = text.strip()
    if not word:
        return None
    try:
        value = dates.read(word)
        if value.replace(tzinfo=None) == LEAST_DATETIME:
            return None
        zone = UTC if value.tzinfo or name.lower().endswith("utc") else installation.time_zone(session)
        return dates.to_utc(value, zone)
    except ValueError as error:
        raise BadValue(f"{name}: {shown(word)} {error}.") from None


def missing(name: str) -> BadValue:
    """Return what to raise where a value must be given."""
    return BadValue(f"{name} is required.")


class Key(Generic[T]):
    """A key of a list: its name on the wire, which is that of the attribute, and how its value is read.

    `field`: what the domain calls it. `also`: a second name. `note`: what its values mean, where the name does not say
    it. `required`: where it is given it is not empty. `documented`: False for a key of ours.
    """

    name: str = ""
    owner: type[Keys]
    absent: T
    """The value where it was not given."""

    def __init__(
        self, field: str = "", *, also: str = "", note: str = "", required: bool = False, documented: bool = True
    ) -> None:
        self.field = field
        self.also = also
        self.note = note
        self.is_required = required
        self.is_documented = documented

    def __set_name__(self, owner: type[Keys], name: str) -> None:
        self.owner, self.name = owner, name

    def value(self) -> str:
        """Return what its value is, in words for the documentation."""
        raise NotImplementedError(self.name)

    def read(self, text: str, session: Session) -> T:
        """Return the value of a text; BadValue names the key."""
        raise NotImplementedError(self.name)


class Text(Key[str]):
    """A text as it was sent; "" where it is not given."""

    absent = ""

    def value(self) -> str:
        """Return what its value is."""
        return "text"

    def read(self, text: str, session: Session) -> str:
        """Return it unchanged."""
        del session
        return text


class Integer(Key[int | None]):
    """A 32-bit number; None where it is not given or empty."""

    absent = None

    def value(self) -> str:
        """Return what its value is."""
        return "whole number"

    def read(self, text: str, session: Session) -> int | None:
        """Return the number."""
        del session
        return integer(self.name, text)


class Boolean(Key[bool | None]):
    """True or false; None where it is not given or empty."""

    absent = None

    def value(self) -> str:
        """Return what its value is."""
        return "true or false"

    def read(self, text: str, session: Session) -> bool | None:
        """Return whether it is true."""
        del session
        return boolean(self.name, text)


class Moment(Key[datetime | None]):
    """A moment; None where it is not given, empty or .NET's least date."""

    absent = None

    def value(self) -> str:
        """Return what its value is."""
        zone = "UTC" if self.name.lower().endswith("utc") else "the installation's zone"
        return f"date and time, in {zone} if it says none"

    def read(self, text: str, session: Session) -> datetime | None:
        """Return the moment in UTC."""
        return moment(self.name, text, session)


class SortOrder(Key[bool]):
    """`ascending` or `descending`, in any letter case; True for ascending, False where it is not given or empty."""

    absent = False

    def value(self) -> str:
        """Return what its value is."""
        return "ascending or descending"

    def read(self, text: str, session: Session) -> bool:
        """Return whether it is ascending."""
        del session
        order = text.strip().lower()
        if order not in ("", "ascending", "descending"):
            raise BadValue(f"{self.name} must be ascending or descending.")
        return order == "ascending"


class Asked(Key[None]):
    """A key that is only asked for. `source`: what its value follows from, in a list whose other keys can be set."""

    absent = None

    def __init__(self, field: str = "", *, note: str = "", source: str = "") -> None:
        super().__init__(field, note=note)
        self.source = source

    def value(self) -> str:
        """Return that it has none in a list that is sent."""
        return "only asked for"


class Values:
    """What a list gives, in its order; BadValue of a reader names the key."""

    def __init__(
        self, keys: type[Keys], given: Mapping[Key[Any], str], others: Mapping[str, str], session: Session
    ) -> None:
        self._keys = keys
        self._given = given
        self._session = session
        self.others = others
        """Values of keys that the declaration does not know."""

    def __iter__(self) -> Iterator[Key[Any]]:
        return iter(self._given)

    def __contains__(self, key: Key[Any]) -> bool:
        return key in self._given

    def __getitem__(self, key: Key[T]) -> T:
        """Read a value; BadValue for one that cannot be read, and for an empty one of a required key."""
        text = self._given.get(key)
        if text is None:
            if key.owner is not self._keys:
                raise KeyError(key.name)
            return key.absent
        value = key.read(text, self._session)
        if key.is_required and (value is None or not text.strip()):
            raise missing(key.name)
        return value

    def get(self, key: Key[T]) -> T | None:
        """Read a value; None where it was not given."""
        if key not in self:
            return None
        return self[key]

    def text(self, key: Key[Any]) -> str:
        """Return a value as it was sent, "" where it was not given; KeyError for another list's key."""
        if key.owner is not self._keys:
            raise KeyError(key.name)
        return self._given.get(key, "")

    def require(self, *keys: Key[Any]) -> None:
        """Raise BadValue where one of the keys is missing or blank."""
        for key in keys:
            if not self.text(key).strip():
                raise missing(key.name)

    def without_blanks(self) -> Values:
        """Return what is not blank."""
        given = {key: text for key, text in self._given.items() if text.strip()}
        return Values(self._keys, given, self.others, self._session)

    def fields(self) -> dict[str, Any]:
        """Read all that was given, by the domain's names for it."""
        return {key.field: self[key] for key in self}


class Keys:
    """The keys that an operation knows: subclasses declare them, in documented order and spelling."""

    keys: ClassVar[tuple[Key[Any], ...]] = ()
    _known: ClassVar[dict[str, Key[Any]]] = {}

    def __init_subclass__(cls) -> None:
        cls.keys = tuple(key for key in vars(cls).values() if isinstance(key, Key))
        names = [(fold(name), key) for key in cls.keys for name in (key.name, key.also) if name]
        cls._known = dict(names)
        if len(cls._known) < len(names):
            message = f"{cls.__name__} has two keys of one name"
            raise ValueError(message)

    @classmethod
    def find(cls, word: str) -> Key[Any] | None:
        """Return the key that a client means; None when there is no such key."""
        return cls._known.get(fold(word.strip()))

    @classmethod
    def parse(
        cls, pairs: Iterable[str | None], session: Session, *, other: Callable[[str], str | None] | None = None
    ) -> Values:
        """Read a list of 'key=value' texts; empty ones are passed over.

        `session` knows the installation's zone. `other` may know keys beyond the declared ones (a custom field's id,
        say): it gets the trimmed key and returns what to call it, or None. BadValue for a text without `=`, for an
        unknown key and for one that is only asked for.
        """
        given: dict[Key[Any], str] = {}
        others: dict[str, str] = {}
        for word, text in _split(pairs):
            key = cls._known.get(fold(word))
            if isinstance(key, Asked):
                raise BadValue(f"{key.name} cannot be set: it follows from {key.source}.")
            if key is not None:
                given[key] = _storable(key.name, text)
                continue
            name = None if other is None else other(word)
            if name is None:
                known = ", ".join(key.name for key in cls.keys if not isinstance(key, Asked))
                raise BadValue(f"The key {shown(word)} is not known. Known keys: {known}.")
            others[name] = _storable(name, text)
        return Values(cls, given, others, session)

    @classmethod
    def asked(cls, words: Iterable[str | None]) -> tuple[list[Key[Any]], list[str]]:
        """Sort what a client asks for into keys and words that are none, each in the client's order."""
        keys: dict[Key[Any], None] = {}
        unknown: dict[str, None] = {}
        for word in words:
            if word is None or not word.strip():
                continue
            key = cls.find(word)
            if key is None:
                unknown[word.strip()] = None
            else:
                keys[key] = None
        return list(keys), list(unknown)

    @classmethod
    def to_ask(cls, *, but: Key[Any] | None = None) -> Words:
        """Return the names that can be asked for, for the documentation, all or all `but` one."""
        return cls._words({key.name: key.note for key in cls.keys if key is not but and key.is_documented})

    @classmethod
    def to_give(cls, *, by_second_names: bool = False) -> Words:
        """Return the names that can be given a value, for the documentation; `by_second_names` where there are."""
        keys = [key for key in cls.keys if not isinstance(key, Asked) and key.is_documented]
        known = []
        for key in keys:
            name, also = (key.also, key.name) if by_second_names and key.also else (key.name, key.also)
            known.append(Known(name, key.value(), key.note, also, may_be_empty=not key.is_required))
        return cls._words({one.name: one.meaning for one in known}, known)

    @classmethod
    def _words(cls, names: Mapping[str, str], keys: Sequence[Known] = ()) -> Words:
        notes = {name: note for name, note in names.items() if note}
        return Words(*names, notes=notes, fields={key.field: key.name for key in cls.keys if key.field}, keys=keys)


def parse_any(pairs: Iterable[str | None]) -> dict[str, str]:
    """Read a list of 'key=value' texts whose keys may be anything; BadValue for a text without `=`."""
    return {word: _storable(word, text) for word, text in _split(pairs)}


def _split(pairs: Iterable[str | None]) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        if pair is None or not pair.strip():
            continue
        word, separator, text = pair.partition("=")
        word = word.strip()
        if not separator:
            raise BadValue(f"{shown(word)} is not in the form key=value.")
        yield word, text


def _storable(name: str, text: str) -> str:
    if _NO_TEXT.search(text):
        raise BadValue(f"{name}: the value holds a character that cannot be stored.")
    return text


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
