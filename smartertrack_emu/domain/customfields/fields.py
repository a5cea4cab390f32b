"""Custom fields: what is defined, and which values a field takes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import dates
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.text import fold

from .models import CustomField, CustomFieldOption, FieldType

LONGEST = 100_000
"""Characters of the longest value (ours)."""

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,50})?(\.\d{1,50})?", re.ASCII)
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?( ?[AP]M)?", re.ASCII | re.IGNORECASE)
_BOOLEANS = {"true": "True", "yes": "True", "1": "True", "false": "False", "no": "False", "0": "False"}
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


class Field(NamedTuple):
    """A field as it is defined; `options` are what a choice offers, in their order."""

    id: int
    display_name: str
    data_type: FieldType
    default_value: str
    is_global: bool
    options: tuple[str, ...]


def fields(session: Session) -> list[Field]:
    """Return all fields."""
    offered: dict[int, list[str]] = defaultdict(list)
    options = select(CustomFieldOption.field_id, CustomFieldOption.value)
    for field_id, value in session.execute(options.order_by(CustomFieldOption.sort_order, CustomFieldOption.id)):
        offered[field_id].append(value)
    rows = session.execute(
        select(
            CustomField.id,
            CustomField.display_name,
            CustomField.data_type,
            CustomField.default_value,
            CustomField.is_global,
        ).order_by(CustomField.id)
    )
    return [Field(*row, tuple(offered[row.id])) for row in rows]


def checked(field: Field, value: str) -> str:
    """Return a value as the field holds it; BadValue, which names the field, for one it does not take.

    Empty is always a value. A choice takes what it offers, in any letter case, and holds it as offered; a Boolean holds
    True or False; numbers, dates and times are held as given (all ours: the product's own checks are its pages').
    """
    if not value:
        return value
    if len(value) > LONGEST:
        raise BadValue(f"{field.display_name}: the value is longer than {LONGEST} characters.")
    if _NOT_STORABLE.search(value):
        raise BadValue(f"{field.display_name}: the value holds a character that cannot be stored.")
    if field.data_type is FieldType.CHOICE:
        return _offered(field, value)
    word = value.strip()
    if field.data_type is FieldType.BOOLEAN and word.lower() in _BOOLEANS:
        return _BOOLEANS[word.lower()]
    if (form := _FORMS.get(field.data_type)) is not None and not form.fits(word):
        raise BadValue(f"{field.display_name}: {shown(word)} {form.otherwise}.")
    return value


def _offered(field: Field, value: str) -> str:
    for option in field.options:
        if fold(option) == fold(value):
            return option
    offered = ", ".join(shown(option) for option in field.options[:20]) or "nothing"
    raise BadValue(f"{field.display_name}: {shown(value)} is not offered. To choose from: {offered}.")


def _is_date(word: str) -> bool:
    try:
        dates.read(word)
    except ValueError:
        return False
    return True


def _is_number(word: str) -> bool:
    return _NUMBER.fullmatch(word) is not None and any(map(str.isdigit, word))


class _Form(NamedTuple):
    fits: Callable[[str], bool]
    otherwise: str


_FORMS = {
    FieldType.BOOLEAN: _Form(lambda word: False, "is neither true nor false"),  # noqa: ARG005 - those were taken before
    FieldType.NUMBER: _Form(_is_number, "is not a number"),
    FieldType.TIME: _Form(
        lambda word: _TIME.fullmatch(word) is not None or _is_date(word), "is not a time; give it as 22:16 or 10:16 PM"
    ),
    FieldType.DATE: _Form(_is_date, dates.NOT_A_DATE),
    FieldType.DATE_TIME: _Form(_is_date, dates.NOT_A_DATE),
}
