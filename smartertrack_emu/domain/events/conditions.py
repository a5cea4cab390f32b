"""The conditions of a rule: what an event's arguments are compared with.

    {"department": "Support", "priority": {"any_of": ["High", "Urgent"]}, "timeOfDay": {"between": ["18:00", "08:00"]}}

All must hold. A value alone means "is"; texts are compared without letter case. `check` refuses what makes no sense for
the type of event, `hold` says whether an event's arguments meet them. Names of the comparisons are ours; that arguments
are conditions, and which every type has, is documented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import Priority
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.text import fold

from .arguments import ARGUMENTS, COMMON, CUSTOM_FIELDS
from .declaring import EventType

SHORT: Final = {"department": "departmentName", "group": "groupName", "agent": "agentUsername"}
"""Short names of arguments."""

MOST: Final = 50
"""Conditions of one rule, and values of one list."""

LONGEST: Final = 1_000
"""Characters of a value."""

_TIME = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "dayOfWeek": _DAYS,
    "priority": tuple(one.word for one in Priority),
    "oldPriority": tuple(one.word for one in Priority),
}
"""Arguments that are one of a few words."""

_ANY = ("is", "is_not", "any_of")
_IN_TEXT = ("contains", "not_contains")
_IN_ORDER = ("less_than", "greater_than", "between")
OPERATORS: Final = (*_ANY[:2], *_IN_TEXT, *_IN_ORDER, "any_of")
_OF_TYPE = {
    "text": (*_ANY, *_IN_TEXT, *_IN_ORDER),
    "number": (*_ANY, *_IN_ORDER),
    "date": (*_ANY, *_IN_ORDER),
    "true or false": _ANY,
}


def check(declared: EventType, conditions: Mapping[str, Any]) -> None:
    """Raise BadValue, which names the condition, where one makes no sense for events of a type."""
    if len(conditions) > MOST:
        raise BadValue("conditions", f": there are more than {MOST}.")
    for name, given in conditions.items():
        argument = _argument(declared, name)
        for operator, value in _comparisons(given).items():
            _check(name, argument, operator, value)


def hold(conditions: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    """Say whether all conditions, which have been checked, are met by an event's arguments."""
    folded = {fold(name): value for name, value in arguments.items()}
    for name, given in conditions.items():
        spelt = canonical(name)
        actual = folded.get(fold(spelt))
        for operator, value in _comparisons(given).items():
            if not _HOLDS[operator](_comparable(spelt, actual), _comparable_all(spelt, value), spelt):
                return False
    return True


def custom_fields(conditions: Mapping[str, Any]) -> list[str]:
    """Return the names of the custom fields that conditions ask for."""
    return [name[3:] for name in conditions if fold(name).startswith("cf_")]


def canonical(name: str) -> str:
    """Return the argument that a condition's name stands for, as it is spelt; one of a custom field as it is."""
    return _SPELT.get(fold(name), name)


_SPELT = {fold(name): name for name in ARGUMENTS} | {fold(short): name for short, name in SHORT.items()}


def _argument(declared: EventType, name: str) -> str:
    """Return the argument that a name stands for; BadValue for one that the type does not have."""
    spelt = canonical(name)
    if spelt in COMMON or (spelt in declared.arguments and spelt != CUSTOM_FIELDS):
        return spelt
    if CUSTOM_FIELDS in declared.arguments and fold(name).startswith("cf_") and len(name) > len("cf_"):
        return CUSTOM_FIELDS
    raise BadValue("conditions", f": events of the type {declared.number} have no argument {shown(name)}.")


def _comparisons(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {"is": given}


def _check(name: str, argument: str, operator: str, value: Any) -> None:
    kind = ARGUMENTS[argument].type
    what = f": {shown(name)}"
    if operator not in OPERATORS:
        raise BadValue("conditions", f"{what}: {shown(operator)} is none of {', '.join(OPERATORS)}.")
    if operator not in _OF_TYPE[kind] or (argument in _WORDS and operator not in _ANY):
        raise BadValue("conditions", f"{what}: {operator} cannot be asked of this argument.")
    if operator == "any_of":
        if not isinstance(value, list) or not 0 < len(value) <= MOST:
            raise BadValue("conditions", f"{what}: any_of needs a list of 1 to {MOST} values.")
        for one in value:
            _check_value(what, argument, one)
    elif operator == "between":
        if not isinstance(value, list) or len(value) != 2:
            raise BadValue("conditions", f"{what}: between needs a list of two values.")
        for one in value:
            _check_value(what, argument, one)
        if argument != "timeOfDay" and _comparable(argument, value[0]) > _comparable(argument, value[1]):
            raise BadValue("conditions", f"{what}: the first value of between is above the second.")
    else:
        _check_value(what, argument, value)


def _check_value(what: str, argument: str, value: Any) -> None:
    kind = ARGUMENTS[argument].type
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {"number": is_number, "true or false": isinstance(value, bool)}.get(kind, isinstance(value, str))
    if not fits:
        needed = {"number": "a number", "true or false": "true or false", "date": "a date"}.get(kind, "a text")
        raise BadValue("conditions", f"{what} needs {needed}.")
    if isinstance(value, str) and len(value) > LONGEST:
        raise BadValue("conditions", f"{what} has more than {LONGEST} characters.")
    if kind == "date" and _moment(value) is None:
        raise BadValue("conditions", f"{what} needs a date in ISO 8601 with its zone, as 2031-02-28T23:59:00Z.")
    if argument == "timeOfDay" and not _TIME.fullmatch(value):
        raise BadValue("conditions", f"{what} needs a time as 08:30.")
    if argument in _WORDS and fold(value) not in map(fold, _WORDS[argument]):
        raise BadValue("conditions", f"{what}: {shown(value)} is none of {', '.join(_WORDS[argument])}.")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment


def _comparable_all(argument: str, value: Any) -> Any:
    return [_comparable(argument, one) for one in value] if isinstance(value, list) else _comparable(argument, value)


def _comparable(argument: str, value: Any) -> Any:
    """Return what is compared of a value: texts without letter case, dates as moments."""
    if not isinstance(value, str):
        return value
    if argument in ARGUMENTS and ARGUMENTS[argument].type == "date":
        return _moment(value)
    return fold(value)


def _is_between(actual: Any, ends: Any, argument: str) -> bool:
    if actual is None:
        return False
    first, last = ends
    if argument == "timeOfDay" and first > last:  # over midnight
        return bool(actual >= first or actual <= last)
    return bool(first <= actual <= last)


_HOLDS: dict[str, Callable[[Any, Any, str], bool]] = {
    "is": lambda actual, value, _: bool(actual == value),
    "is_not": lambda actual, value, _: bool(actual != value),
    "contains": lambda actual, value, _: actual is not None and value in actual,
    "not_contains": lambda actual, value, _: actual is None or value not in actual,
    "less_than": lambda actual, value, _: actual is not None and bool(actual < value),
    "greater_than": lambda actual, value, _: actual is not None and bool(actual > value),
    "between": _is_between,
    "any_of": lambda actual, value, _: actual in value,
}
