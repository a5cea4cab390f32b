"""Evidence: documented (which mails and bytes the cleaner removes, and after how long) and ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.events import outbox
from smartertrack_emu.domain.events.models import ActionState
from smartertrack_emu.domain.inbox import spool as inbox
from smartertrack_emu.domain.inbox.models import IncomingMail, IncomingState
from smartertrack_emu.domain.models import Event, EventAction
from smartertrack_emu.domain.spool import listing
from smartertrack_emu.domain.spool.models import MailState, OutgoingMail
from smartertrack_emu.mail import room
from tests.jobs.conftest import NOON
from tests.jobs.steps import add, choose, get, ids, plans, run
from tests.jobs.test_purge import make_old

DAY = timedelta(days=1)


def sent(at: datetime, **values: Any) -> OutgoingMail:
    told = {"to_address": "ann@example.com", "created_at": at, "ended_at": at, "state": MailState.SENT, "attempts": 1}
    return OutgoingMail(**told | values)


def came(at: datetime, **values: Any) -> IncomingMail:
    told = {"received_at": at, "imported_at": at, "state": IncomingState.IMPORTED, "length": 600_000}
    return IncomingMail(**told | values)


def kept(desk: Desk) -> tuple[list[int], list[int]]:
    """Return the ids of the mails, in and out, whose bytes are named."""

    def look(session: Any) -> tuple[list[int], list[int]]:
        found = [
            [one.id for one in session.query(kind).order_by(kind.id) if one.sha256]
            for kind in (IncomingMail, OutgoingMail)
        ]
        return found[0], found[1]

    return desk.read(look)


def test_mails_that_ended_long_ago(desk: Desk) -> None:
    old, young = NOON - 31 * DAY, NOON - 29 * DAY
    out = [sent(at, state=state) for state in MailState for at in (old, young)]
    out[0].ended_at = out[1].ended_at = None
    outgoing = add(desk, *out)
    incoming = add(desk, *(came(at, state=state) for state in IncomingState for at in (old, young)))
    assert run(desk, "cleaner").done == 3
    gone = {(one.state, one.created_at) for one in out} - {
        (row.state, row.created_at) for row in (get(desk, OutgoingMail, one) for one in ids(desk, OutgoingMail))
    }
    assert gone == {(MailState.SENT, old), (MailState.FAILED, old)}
    assert len(ids(desk, OutgoingMail)) == len(outgoing) - 2
    assert ids(desk, IncomingMail) == [one for one in incoming if one != incoming[-2]]
    choose(desk, sent_mail_days=10, failed_mail_days=365)
    assert run(desk, "cleaner").done == 1
    choose(desk, failed_mail_days=10)
    assert run(desk, "cleaner").done == 2


def test_bytes_that_are_too_old(desk: Desk) -> None:
    choose(desk, sent_mail_days=365, failed_mail_days=365)
    old, young = NOON - 31 * DAY, NOON - 29 * DAY
    ended = NOON - DAY
    add(desk, *(came(old, sha256=str(state), state=state) for state in IncomingState), came(young, sha256="y"))
    add(
        desk,
        *(sent(old, sha256=str(state), state=state, ended_at=ended) for state in MailState),
        sent(young, sha256="y"),
    )
    assert run(desk, "cleaner").done == 3
    states = list(IncomingState)
    may_stay = [n for n, state in enumerate(states, 1) if state in (IncomingState.WAITING, IncomingState.FAILED)]
    incoming, outgoing = kept(desk)
    assert incoming == [*may_stay, len(states) + 1]
    assert outgoing == [n for n, state in enumerate(MailState, 1) if state is not MailState.SENT] + [len(MailState) + 1]
    assert run(desk, "cleaner").done == 0


def test_their_files_go_when_nothing_else_names_them(desk: Desk) -> None:
    digests = [files.store(desk.attachments, data) for data in (b"alone", b"shared")]
    for digest in digests:
        make_old(files.content_path(desk.attachments, digest))
    add(desk, *(came(NOON - 31 * DAY, sha256=digest) for digest in digests), sent(NOON, sha256=digests[1]))
    assert run(desk, "cleaner").done == 3
    assert [files.content_path(desk.attachments, digest).exists() for digest in digests] == [False, True]


@pytest.mark.parametrize(
    ("limit", "value", "left"),
    [("raw_content_files", 3, ([1, 3], [1, 2])), ("raw_content_megabytes", 1, ([1, 3], [2]))],
)
def test_bytes_that_are_too_many(desk: Desk, limit: str, value: int, left: tuple[list[int], list[int]]) -> None:
    """The oldest go first, in and out together; one that waits counts and stays."""
    digest = files.store(desk.attachments, b"x" * 300_000)
    add(
        desk,
        came(NOON - 5 * DAY, sha256="a", length=1, state=IncomingState.WAITING),
        came(NOON - 4 * DAY, sha256="b", length=1),
        sent(NOON - 3 * DAY, sha256=digest),
        came(NOON - 2 * DAY, sha256="c"),
        sent(NOON - 1 * DAY, sha256=digest),
    )
    choose(desk, **{limit: value})
    run(desk, "cleaner")
    assert kept(desk) == left


def test_the_bytes_of_a_sent_mail_are_not_made_up(desk: Desk) -> None:
    (mail_id,) = add(desk, sent(NOON - 31 * DAY, sha256="a", ended_at=NOON))
    run(desk, "cleaner")
    with pytest.raises(NotFound, match=f"The content of mail {mail_id} is not kept any more"):
        room.raw(desk, mail_id)


def test_what_became_of_actions(desk: Desk) -> None:
    add(desk, Event(happened_at=NOON, event_id=502001, arguments="{}"))
    of = {"event_id": 1, "kind": "x", "event_at": NOON}
    add(
        desk,
        EventAction(**of, rule_id=1, position=0, action="{}", state=ActionState.DONE, done_at=NOON - 91 * DAY),
        EventAction(**of, rule_id=1, position=1, action="{}", state=ActionState.DONE, done_at=NOON - 89 * DAY),
        EventAction(**of, rule_id=1, position=2, action="{}", state=ActionState.WAITING),
        EventAction(
            **of,
            rule_id=1,
            position=3,
            action='{"once_per_item": true}',
            state=ActionState.DONE,
            done_at=NOON - 91 * DAY,
        ),
    )
    assert run(desk, "cleaner").done == 1
    assert ids(desk, EventAction) == [2, 3, 4]


def test_how_they_are_found(desk: Desk) -> None:
    find = partial(listing.ended, but=(), sent_before=NOON, failed_before=NOON - DAY, limit=5)
    assert "ix_outgoing_mails_ended" in plans(desk.engine, find)
    assert "ix_incoming_mails_state_id" in plans(desk.engine, partial(inbox.failed, but=(), before=NOON, limit=5))
    assert "ix_event_actions_done_at_id" in plans(desk.engine, partial(outbox.has_ended, before=NOON))
