"""Event Processing: rules and their actions, counts of active items, stale articles. What it is for is documented.

A run does what is due until nothing is. It goes in rounds: the actions at the desk, or where there are none, calls to
other systems, a few at a time and outside of transactions. Of one item the actions are tried in the order of its
events: what comes after a call waits for that, and other items do not (`outbox.due`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across import event_actions, event_arguments, item_counts
from smartertrack_emu.domain.errors import HelpdeskError, ProviderRefused, Unexpected
from smartertrack_emu.domain.events import outbox, reading
from smartertrack_emu.domain.events.outbox import DueAction
from smartertrack_emu.domain.events.publishing import Cause, caused_by
from smartertrack_emu.domain.kb import stale
from smartertrack_emu.domain.ports import PageCall
from smartertrack_emu.store.unit_of_work import Wanted, savepoint

from . import visitors_watch

logger = logging.getLogger(__name__)

CALLS_AT_ONCE: Final = 8
"""Calls to other systems at the same time."""

CALLS_OF_RULE: Final = 4
"""How many of them are one rule's where other rules' wait."""


def run(run: Run) -> None:
    """Count, find stale articles, and carry out what rules say."""
    _count(run)
    run.rows(stale.due, stale.mark)
    visitors_watch.watch(run)
    left: set[int] = set()
    while run.has_time:
        run.rows(outbox.entries, outbox.apply_rules)
        at_desk = [action.id for action in _due(run, left)]
        if at_desk:
            run.rows(partial(_still_due, at_desk), _do)
            left |= set(run.desk.read(partial(outbox.still_waiting, ids=at_desk)))  # these are for the next run
            continue
        calls = _chosen(_due(run, left, calls=True))
        if not calls:
            return
        _call(run, calls)


def _count(run: Run) -> None:
    for kind in item_counts.COUNTED:
        counted = run.desk.read(partial(item_counts.count, kind=kind), about="the counts of active items")
        if counted is not None:
            run.batch(partial(item_counts.note, counted=counted))


def _due(run: Run, left: Collection[int], *, calls: bool = False) -> list[DueAction]:
    find = partial(outbox.due, now=clock.now(), left=left, calls=calls)
    return run.desk.read(find, about="the actions that are due")


def _chosen(calls: Sequence[DueAction]) -> list[DueAction]:
    """Return the calls of this round: some of each rule's first, and one of those that are limited in time."""
    first: list[DueAction] = []
    others: list[DueAction] = []
    of_rule: dict[int, int] = {}
    limited: set[tuple[int, int]] = set()
    for action in calls:
        if action.action.get("at_most_every_seconds"):
            if (action.rule_id, action.position) in limited:
                continue
            limited.add((action.rule_id, action.position))
        of_rule[action.rule_id] = of_rule.get(action.rule_id, 0) + 1
        (first if of_rule[action.rule_id] <= CALLS_OF_RULE else others).append(action)
    return (first + others)[:CALLS_AT_ONCE]


# At the desk


def _still_due(wanted: Sequence[int], session: Session, left: Collection[int]) -> list[int]:
    return [one for one in outbox.still_waiting(session, wanted) if one not in left]


def _do(session: Session, action_id: int) -> bool:
    """Do an action and mark it, in one transaction; what forbids it is its reason."""
    action = outbox.take(session, action_id)
    if action is None:
        return False
    reason = event_actions.NOT_YET.get(action.kind) or outbox.why_not(session, action)
    if reason:
        outbox.mark_skipped(session, action, reason)
        return True
    try:
        with savepoint(session), caused_by(session, Cause(action.event_id, action.depth)):
            event_actions.act(session, action)
            session.flush()
    except (Unexpected, Wanted, DBAPIError):
        raise  # the action is done in the next run, or again when what it wants is there
    except HelpdeskError as error:
        outbox.mark_failed(session, action, error.said(str))
    except Exception:
        logger.exception("event action %d, %s of rule %d, failed", action.id, action.kind, action.rule_id)
        outbox.mark_failed(session, action, "It failed by an error that is in the log.")
    else:
        outbox.mark_done(session, action)
    return True


# Other systems


def _call(run: Run, actions: Sequence[DueAction]) -> None:
    """Make calls at once, and note what became of each."""
    calls: dict[int, PageCall] = {}

    def prepare(session: Session) -> int:
        calls.clear()
        skipped = 0
        for action in filter(None, [outbox.take(session, one.id) for one in actions]):
            reason = event_actions.NOT_YET.get(action.kind) or outbox.why_not(session, action)
            if reason:
                outbox.mark_skipped(session, action, reason)
                skipped += 1
            else:
                calls[action.id] = _page_call(session, action)
        return skipped

    run.batch(prepare)
    if not calls:
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - few servers ever call

    with ThreadPoolExecutor(len(calls), "event-call") as pool:
        reasons = dict(zip(calls, pool.map(partial(_tell, run), calls.values()), strict=True))

    def note(session: Session) -> int:
        for action_id, reason in reasons.items():
            action = outbox.take(session, action_id)
            if action is not None and reason:
                outbox.mark_refused(session, action, reason)
            elif action is not None:
                outbox.mark_done(session, action)
        return sum(not reason for reason in reasons.values())

    run.batch(note)


def _page_call(session: Session, action: DueAction) -> PageCall:
    event = reading.get(session, event_arguments.tell, action.event_id)
    assert event is not None  # noqa: S101 - an action refers to its event
    content = json.dumps(event.as_json(), ensure_ascii=False).encode()
    return PageCall(action.action["url"], content, action.key)


def _tell(run: Run, call: PageCall) -> str:
    """Call, and return why it failed, "" where it did not."""
    try:
        run.desk.ports.pages.call(call)
    except ProviderRefused as error:
        return error.said(str)
    except Exception as error:  # noqa: BLE001 - one page's call stops no other's
        run.fail(f"event-processing, call {call.key}", error)
        return "The call failed by an error that is in the log."
    return ""
