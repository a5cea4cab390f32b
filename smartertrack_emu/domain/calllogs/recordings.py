"""Recordings of calls: files of call logs that arrive in parts, and that administrators read back.

A part may start anywhere up to what has arrived, so an upload goes on where it was cut off, or starts over. Nothing is
held in memory but the part itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.attachments.names import file_name
from smartertrack_emu.domain.errors import BadValue, NotFound, PermissionDenied
from smartertrack_emu.domain.events.calllogs import CallLogModified
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.naming import name as checked_name
from smartertrack_emu.domain.people.principal import Principal

from . import call_logs

LONGEST = 2**30
"""Bytes of a recording (documented: 1 GB)."""


class Part(NamedTuple):
    """A part of a recording: where it starts, and whether it is the last one."""

    position: int
    data: bytes
    is_last: bool


def begin(session: Session, actor: Principal, call_log_id: int, name: str, part: Part, *, root: Path) -> int:
    """Store the first or only part of a recording and return its id.

    NotFound, NotPossible for a deleted call log; BadValue for a missing name, a part that does not start at 0 or
    reaches beyond the longest recording.
    """
    call_logs.open_to_change(session, actor, call_log_id)
    name = checked_name(file_name(name), "name")
    _check_end(part)
    if part.position != 0:
        raise BadValue("position", "of the first part must be 0.")
    recording = files.new_attachment(
        name=name,
        expected_length=None,
        sender_id=actor.id,
        sender_name=actor.display_name,
        call_log_id=call_log_id,
    )
    files.write(session, root, recording, 0, part.data, last=part.is_last)
    session.add(recording)
    session.flush()
    if recording.is_complete:
        _record(session, actor, recording)
    return recording.id


def resume(session: Session, actor: Principal, call_log_id: int, recording_id: int, part: Part, *, root: Path) -> None:
    """Store a further part of a recording, over what is there where it starts earlier.

    The last part sent once more changes nothing, as its sender may not have heard that it arrived. NotFound, also for
    a recording of another call log; NotPossible for a complete one; BadValue for a part that starts beyond what has
    arrived or reaches beyond the longest recording.
    """
    call_logs.open_to_change(session, actor, call_log_id)
    recording = session.scalars(
        select(Attachment).where(Attachment.id == recording_id, Attachment.call_log_id == call_log_id).with_for_update()
    ).one_or_none()
    if recording is None:
        raise NotFound(f"There is no recording {recording_id} of call log {call_log_id}.")
    _check_end(part)
    if recording.is_complete and part.is_last and _ends_with(root, recording, part):
        return
    if not 0 <= part.position <= recording.received_length:
        raise BadValue(
            "position", f": {part.position} lies beyond the {recording.received_length} bytes that have arrived."
        )
    files.write(session, root, recording, part.position, part.data, last=part.is_last)
    session.flush()
    if recording.is_complete:
        _record(session, actor, recording)


def _check_end(part: Part) -> None:
    if part.position < 0:
        raise BadValue("position", "cannot be below 0.")
    if part.position + len(part.data) > LONGEST:
        raise BadValue("data", f": a recording has {LONGEST} bytes at the most.")


def _ends_with(root: Path, recording: Attachment, part: Part) -> bool:
    if recording.sha256 is None or part.position + len(part.data) != recording.received_length:
        return False
    try:
        with files.content_path(root, recording.sha256).open("rb") as file:
            file.seek(part.position)
            return file.read(len(part.data)) == part.data
    except FileNotFoundError:
        return False


def _record(session: Session, actor: Principal, recording: Attachment) -> None:
    event = CallLogModified(recording.call_log_id or 0, recording=recording.name, length=recording.received_length)
    publish(session, actor, event)


class StoredRecording(NamedTuple):
    """A complete recording as lists show it; `length` in bytes."""

    id: int
    name: str
    length: int
    sender_name: str
    stored_at: datetime


def of_call_log(session: Session, call_log_id: int) -> Sequence[StoredRecording]:
    """Return the complete recordings of a call log, oldest first; for administrators, who see all."""
    rows = session.execute(
        select(
            Attachment.id,
            Attachment.name,
            Attachment.received_length,
            Attachment.sender_name,
            Attachment.created_at,
        )
        .where(Attachment.call_log_id == call_log_id, Attachment.is_complete)
        .order_by(Attachment.id)
    )
    return [StoredRecording(*row) for row in rows]


def find(session: Session, actor: Principal, call_log_id: int, recording_id: int) -> Attachment:
    """Return a complete recording to be read; NotFound, PermissionDenied for all but administrators, who see all."""
    if not actor.is_administrator:
        raise PermissionDenied("Recordings are for administrators alone.")
    found = session.scalars(
        select(Attachment).where(
            Attachment.id == recording_id, Attachment.call_log_id == call_log_id, Attachment.is_complete
        )
    ).one_or_none()
    if found is None:
        raise NotFound(f"There is no recording {recording_id} of call log {call_log_id}.")
    return found
