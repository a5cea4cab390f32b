"""From the domain's rows to the dialect's JSON: records, envelopes, moments in the installation's zone, errors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from smartertrack_emu.domain.dialler.kinds import ResultKind
from smartertrack_emu.rest.answering import Reply
from smartertrack_emu.rest.declaring import Member, Record

from .records import DIALLER_CONTACT_HISTORY, DIALLER_RESULT_CODE, STATISTICS_PART_A

CONTENT_TYPE = "application/json; charset=utf-8"


def write_moment(moment: datetime, zone: tzinfo) -> str:
    """Write a moment in a time zone, to the millisecond, without saying which zone."""
    try:
        local = moment.astimezone(zone)
    except OverflowError:  # at the very end of the years that there are
        local = moment
    return local.replace(tzinfo=None).isoformat(timespec="milliseconds")


def pack(record: Record, row: Mapping[Any, Any], zone: tzinfo) -> dict[str, Any]:
    """Return a row as a record; a member that may be absent is left out where the row has none."""
    packed = {}
    for member in record.members:
        if member.is_constant:
            packed[member.name] = member.constant
        elif not member.optional or member.column in row:
            packed[member.name] = _value(member, row[member.column], zone)
    return packed


def _value(member: Member, value: Any, zone: tzinfo) -> Any:  # noqa: PLR0911 - one a type
    if value is None:
        return None
    if member.type == "DateTime":
        return write_moment(value, zone)
    if member.type == "Integer":
        return int(value)
    if member.type == "Number":
        return float(value)
    if member.type == "DiallerResultCode":
        return pack_result(value, zone)
    if member.type == "DiallerContactHistory":
        return [pack(DIALLER_CONTACT_HISTORY, {**one, "call": one}, zone) for one in value]
    return pack(STATISTICS_PART_A, value, zone) if member.type == "StatisticsPartA" else value


def pack_result(row: Mapping[Any, Any], zone: tzinfo) -> dict[str, Any]:
    """Return a result code, whose kind the dialect says in four members."""
    kind = row["kind"]
    told = {
        "is_done": kind is ResultKind.DONE,
        "is_delay": kind is ResultKind.DELAY,
        "is_aborted": kind is ResultKind.ABORT,
        "is_appointment": kind is ResultKind.APPOINTMENT,
    }
    return pack(DIALLER_RESULT_CODE, {**row, **told}, zone)


def listed(packed: Sequence[Any], values: Mapping[str, Any], total: int) -> Reply:
    """Return the answer of a list, which repeats the five parameters as they were applied."""
    envelope = {
        "filter": values["filter"],
        "limitStart": values["limitStart"],
        "limitPageSize": values["limitPageSize"],
        "records": packed,
        "count": len(packed),
        "orderBy": values["orderBy"],
        "ascending": values["ascending"],
        "status": 200,
    }
    return _reply(envelope, ("X-Total-Count", str(total)))


def recorded(packed: Sequence[Any]) -> Reply:
    """Return the answer of records without limits, of one as of several."""
    return _reply({"records": packed, "count": len(packed), "status": 200})


def done() -> Reply:
    """Return the answer of what gives nothing."""
    return _reply({"status": 200})


def _reply(envelope: Mapping[str, Any], *headers: tuple[str, str]) -> Reply:
    return Reply(200, json.dumps(envelope, ensure_ascii=False).encode(), CONTENT_TYPE, headers)


def refused(status: int, sentence: str, *, hint: str = "", headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """Return the answer of an error; one without a sentence has no body."""
    body = {"status": status, "error": sentence}
    content = json.dumps(body, ensure_ascii=False).encode() if sentence else b""
    return Reply(status, content, CONTENT_TYPE, headers, sentence=sentence, hint=hint)
