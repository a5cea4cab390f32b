"""The conditions of rules: each comparison, what makes no sense, and that what was checked can be asked. Ours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.events.arguments import ARGUMENTS, COMMON
from smartertrack_emu.domain.events.catalogue import event_types
from smartertrack_emu.domain.events.conditions import LONGEST, MOST, OPERATORS, check, hold
from smartertrack_emu.domain.events.declaring import TYPES

CREATED = {one.number: one for one in event_types()}[502000]
FOLLOW_UP = TYPES[502012]
TOLD = {
    "eventType": 502000,
    "ticketId": 17,
    "subject": "Straße",
    "departmentName": "Support",
    "agentUsername": "queue",
    "priority": "Urgent",
    "timeOfDay": "23:30",
    "dayOfWeek": "Friday",
    "cf_Account": "Example",
    "followUpDate": "2031-03-01T12:00:00Z",
}
NIGHT = {"between": ["22:00", "06:00"]}


@pytest.mark.parametrize(
    ("conditions", "held"),
    [
        ({}, True),
        ({"subject": "STRASSE"}, True),
        ({"SUBJECT": {"is": "straße"}}, True),
        ({"subject": {"is_not": "strasse"}}, False),
        ({"subject": {"contains": "RASS"}}, True),
        ({"subject": {"not_contains": "x"}}, True),
        ({"subject": {"contains": "x"}}, False),
        ({"department": "support", "agent": "Queue"}, True),
        ({"department": "support", "agent": "alice"}, False),
        ({"departmentName": {"any_of": ["Sales", "support"]}}, True),
        ({"departmentName": {"any_of": ["Sales"]}}, False),
        ({"ticketId": 17}, True),
        ({"ticketId": {"less_than": 18, "greater_than": 16}}, True),
        ({"ticketId": {"less_than": 17}}, False),
        ({"ticketId": {"between": [17, 17]}}, True),
        ({"ticketId": {"between": [18, 20]}}, False),
        ({"priority": {"any_of": ["high", "urgent"]}}, True),
        ({"dayOfWeek": {"any_of": ["friday"]}}, True),
        ({"timeOfDay": NIGHT}, True),
        ({"timeOfDay": {"between": ["06:00", "22:00"]}}, False),
        ({"timeOfDay": {"between": ["23:30", "23:30"]}}, True),
        ({"timeOfDay": {"less_than": "08:00"}}, False),
        ({"cf_account": "EXAMPLE"}, True),
        ({"cf_Nothing": "x"}, False),
        ({"cf_Nothing": {"is_not": "x", "not_contains": "x"}}, True),
        ({"cf_Nothing": {"contains": "x"}}, False),
        ({"cf_Nothing": {"less_than": "x"}}, False),
        ({"cf_Nothing": {"between": ["a", "x"]}}, False),
        ({"followUpDate": {"less_than": "2031-03-01T13:30:00+01:00"}}, True),
        ({"followUpDate": {"between": ["2031-03-01T13:00:00+01:00", "2031-03-02T00:00:00Z"]}}, True),
        ({"followUpDate": "2031-03-01T12:00:01Z"}, False),
    ],
)
def test_conditions(conditions: dict[str, Any], held: bool) -> None:
    check(FOLLOW_UP, conditions)
    assert hold(conditions, TOLD) is held


@pytest.mark.parametrize("at", ["22:00", "23:59", "00:00", "06:00"])
def test_a_night(at: str) -> None:
    assert hold({"timeOfDay": NIGHT}, TOLD | {"timeOfDay": at})


@pytest.mark.parametrize("at", ["21:59", "06:01", "12:00"])
def test_a_day(at: str) -> None:
    assert not hold({"timeOfDay": NIGHT}, TOLD | {"timeOfDay": at})


@pytest.mark.parametrize(
    "conditions",
    [
        {"oldStatus": "x"},
        {"cf_": "x"},
        {"subject": {"like": "x"}},
        {"subject": {"any_of": "x"}},
        {"subject": {"any_of": ["x"] * (MOST + 1)}},
        {"subject": {"between": ["x"]}},
        {"subject": {"between": ["x", "a"]}},
        {"subject": 5},
        {"subject": None},
        {"subject": "x" * (LONGEST + 1)},
        {"ticketId": "17"},
        {"ticketId": True},
        {"ticketId": {"contains": 1}},
        {"priority": {"less_than": "High"}},
        {"timeOfDay": "24:00"},
        {f"cf_{number}": "x" for number in range(MOST + 1)},
    ],
)
def test_what_makes_no_sense(conditions: dict[str, Any]) -> None:
    with pytest.raises(BadValue):
        check(CREATED, conditions)


def test_true_or_false_is_only_compared_for_being_so() -> None:
    created = TYPES[501000]
    check(created, {"private": {"any_of": [True]}})
    assert hold({"private": False}, {"private": False})
    for wrong in ({"private": "true"}, {"private": {"less_than": True}}):
        with pytest.raises(BadValue):
            check(created, wrong)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.sampled_from(["Urgent", "23:30", "Friday", "2031-03-01T12:00:00Z"]),
)
NAMES = st.sampled_from([*COMMON, *CREATED.arguments, "cf_Account", "department", "agent", "TICKETID", "nothing"])
COMPARED = st.one_of(
    VALUES,
    st.lists(VALUES, max_size=3),
    st.dictionaries(st.sampled_from([*OPERATORS, "like"]), st.one_of(VALUES, st.lists(VALUES, max_size=3)), max_size=3),
)


@given(
    conditions=st.dictionaries(NAMES, COMPARED, max_size=3),
    missing=st.sets(st.sampled_from(sorted(TOLD))),
)
def test_what_was_checked_can_be_asked(conditions: dict[str, Any], missing: set[str]) -> None:
    try:
        check(CREATED, conditions)
    except BadValue:
        return
    told = {name: value for name, value in TOLD.items() if name not in missing}
    assert hold(conditions, told) in (True, False)


@given(st.sampled_from(sorted(ARGUMENTS)), st.text(max_size=9), st.text(max_size=9))
def test_opposites(argument: str, value: str, actual: str) -> None:
    told = {argument: actual}
    for one, other in (("is", "is_not"), ("contains", "not_contains")):
        if ARGUMENTS[argument].type == "text":
            assert hold({argument: {one: value}}, told) is not hold({argument: {other: value}}, told)
