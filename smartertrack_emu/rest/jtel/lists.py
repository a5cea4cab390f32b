"""The five parameters of lists, the vendor's reserved ones given a meaning (ours), and the envelopes of answers.

filter=nPriority>=50;Sender~4989;Receiver!=null
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, cast

from smartertrack_emu.domain import dates
from smartertrack_emu.rest.declaring import Member, Parameter, Record
from smartertrack_emu.rest.refusals import RefusedError, bad
from smartertrack_emu.store.folding import fold_letters
from smartertrack_emu.store.listing import Condition, Operator, Wanted

LONGEST_FILTER = 1_000
_LARGEST = 2**63 - 1

_OPERATOR = re.compile(r"!=|<=|>=|=|<|>|~")
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?", re.ASCII)
_FLAGS = {"true": True, "false": False, "1": True, "0": False}


def list_parameters(order_by: str) -> tuple[Parameter, ...]:
    """Return the parameters of a list that is ordered by a member unless told otherwise."""
    return (
        Parameter("filter", "query", default="", about="Conditions joined by semicolons, such as nPriority>=50"),
        Parameter("limitStart", "query", "Integer", default=0, range=(0, _LARGEST)),
        Parameter("limitPageSize", "query", "Integer", default=-1, range=(-1, _LARGEST), about="-1: all"),
        Parameter("orderBy", "query", default=order_by, about="A member of the record"),
        Parameter("ascending", "query", "Boolean", default=True),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as it was asked for. `is_none`: a condition on a constant does not hold, so nothing can be found."""

    wanted: Wanted
    is_none: bool


def read_asked(record: Record, values: Mapping[str, Any], zone: tzinfo) -> Asked:
    """Return what a list's parameters ask for; RefusedError names the one that is wrong."""
    order_by = record.by_name.get(values["orderBy"])
    if order_by is None or order_by.optional:
        raise bad(f"orderBy is no field of {record.name}", hint=f"Its fields are {', '.join(record.by_name)}.")
    conditions: list[Condition] = []
    is_none = False
    for member, operator, value in _conditions(record, values["filter"], zone):
        if not member.is_constant:
            conditions.append(Condition(member.column, operator, value))
        elif not meets(member, member.constant, operator, value):
            is_none = True
    most = values["limitPageSize"]
    wanted = Wanted(
        order_by=order_by.column or "id",
        ascending=values["ascending"] or order_by.is_constant,
        conditions=conditions,
        start=values["limitStart"],
        most=0 if is_none else None if most < 0 else most,
    )
    return Asked(wanted, is_none)


def _conditions(record: Record, text: str, zone: tzinfo) -> Iterator[tuple[Member, Operator, Any]]:
    if len(text) > LONGEST_FILTER:
        raise bad(f"filter is longer than {LONGEST_FILTER} characters")
    if not text:
        return
    for condition in _split(text):
        found = _OPERATOR.search(condition)
        if found is None:
            raise _wrong("holds a condition without an operator", condition)
        member = record.by_name.get(condition[: found.start()])
        if member is None or member.optional:
            raise _wrong(f"names no field of {record.name}", condition)
        operator = cast("Operator", found[0])
        yield member, operator, _value(member, operator, condition[found.end() :], zone)


def _split(text: str) -> Iterator[str]:
    """Give the conditions, their backslashes still in them."""
    condition, is_kept = "", False
    for one in text:
        if one == ";" and not is_kept:
            yield condition
            condition = ""
            continue
        is_kept = one == "\\" and not is_kept
        condition += one
    yield condition


def _value(member: Member, operator: Operator, written: str, zone: tzinfo) -> Any:
    if written == "null" and operator in ("=", "!="):
        return None
    text = re.sub(r"\\(.)", r"\1", written, flags=re.DOTALL)
    if operator == "~" and member.type != "String":
        raise _wrong(f"compares {member.name} with ~, which is for texts", written)
    if member.type == "String":
        return text
    if member.type == "Boolean" and operator in ("=", "!=") and text in _FLAGS:
        return _FLAGS[text]
    if member.type in ("Integer", "Number") and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    if member.type == "DateTime" and _MOMENT.fullmatch(text):
        try:
            return dates.to_utc(datetime.fromisoformat(text), zone)
        except ValueError:
            pass
    raise _wrong(f"holds a value for {member.name} that cannot be read", written)


def _wrong(what: str, written: str) -> RefusedError:
    return bad(f"filter {what}", hint=f"The filter {what}: {written[:100]!r}.")


def meets(member: Member, value: Any, operator: Operator, wanted: Any) -> bool:  # noqa: PLR0911 - one an operator
    """Say whether a value that stands in no database meets a condition, as the database would."""
    if wanted is None:
        return (value is None) == (operator == "=")
    if value is None:
        return operator == "!="
    if member.type == "String":
        value, wanted = fold_letters(value), fold_letters(wanted)
    if operator == "~":
        return wanted in value
    if operator == "=":
        return bool(value == wanted)
    if operator == "!=":
        return bool(value != wanted)
    if operator in ("<", "<="):
        return bool(value < wanted or (operator == "<=" and value == wanted))
    return bool(value > wanted or (operator == ">=" and value == wanted))


def of_constants(
    record: Record, rows: Sequence[Mapping[str, Any]], wanted: Wanted
) -> tuple[list[Mapping[str, Any]], int]:
    """Return a page of rows that are the same on every server, and how many there are without limits."""
    by_column = {member.column: member for member in record.members}
    found = [
        row
        for row in sorted(rows, key=lambda row: int(row["id"]))
        if all(meets(by_column[one.column], row[one.column], one.operator, one.value) for one in wanted.conditions)
    ]

    def place(row: Mapping[str, Any]) -> Any:
        value = row[wanted.order_by]
        return fold_letters(value) if isinstance(value, str) else value

    found.sort(key=place, reverse=not wanted.ascending)
    end = None if wanted.most is None else wanted.start + wanted.most
    return found[wanted.start : end], len(found)
