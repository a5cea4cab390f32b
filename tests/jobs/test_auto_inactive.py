"""Agents who do nothing for long. That they receive no more is documented, the hand-off seen; the rest is ours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smartertrack_emu.desk.callers import Credentials, KnownUser
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import User
from smartertrack_emu.domain.people import receiving, users
from smartertrack_emu.domain.people.models import User as UserRow
from smartertrack_emu.domain.people.passwords import hash_password
from smartertrack_emu.domain.voip import presence
from tests.jobs.conftest import NOON
from tests.jobs.helpdesk import ALICE, BOB, LEVEL_1, QUEUE, Helpdesk

TICKETS, CHATS = 512000, 512001
JOB = "auto-inactive"


def _is_receiving(helpdesk: Helpdesk, user_id: int) -> tuple[bool, bool]:
    member = helpdesk.member(user_id)
    return member.receives_tickets, member.receives_chats


def test_who_does_nothing_receives_no_more(helpdesk: Helpdesk) -> None:
    helpdesk.set_member(ALICE, idle_logoff_minutes=10)
    helpdesk.later(minutes=9)
    assert helpdesk.run(JOB).done == 0
    helpdesk.later(minutes=1)
    assert helpdesk.run(JOB).done == 1
    assert (_is_receiving(helpdesk, ALICE), _is_receiving(helpdesk, BOB)) == ((False, False), (True, True))
    assert helpdesk.events_by(ItemKind.USER, ALICE)[-2:] == [(TICKETS, "system"), (CHATS, "system")]
    assert helpdesk.run(JOB).done == 0


def test_only_what_was_on_is_switched_off(helpdesk: Helpdesk) -> None:
    helpdesk.set_member(ALICE, receives_chats=False)
    helpdesk.set_member(ALICE, idle_logoff_minutes=10)
    helpdesk.later(minutes=10)
    helpdesk.run(JOB)
    assert helpdesk.events(ItemKind.USER, ALICE, but=[510900]) == [TICKETS]


@pytest.mark.parametrize("hands_off", [True, False])
def test_what_they_have_goes_back_and_waits(helpdesk: Helpdesk, *, hands_off: bool) -> None:
    helpdesk.set_member(ALICE, idle_logoff_minutes=10, idle_hand_off=hands_off)
    ticket, chat, elsewhere = helpdesk.ticket(ALICE, is_pinned=True), helpdesk.chat(ALICE), helpdesk.ticket(BOB)
    helpdesk.later(minutes=10)
    helpdesk.run(JOB)
    expected = QUEUE if hands_off else ALICE
    assert (helpdesk.agent_of(ticket), helpdesk.find_chat(chat).agent_id) == (expected, expected)
    helpdesk.run("ticket-watcher")
    helpdesk.run("chat-manager")
    expected = BOB if hands_off else ALICE
    assert (helpdesk.agent_of(ticket), helpdesk.find_chat(chat).agent_id) == (expected, expected)
    assert helpdesk.agent_of(elsewhere) == BOB


def test_a_call_is_an_action(helpdesk: Helpdesk) -> None:
    desk = helpdesk.desk
    desk.write(lambda session: setattr(session.get_one(UserRow, ALICE), "password_hash", hash_password("alice-pw")))
    helpdesk.set_member(ALICE, idle_logoff_minutes=10)
    helpdesk.later(minutes=9)
    desk.call(Credentials("alice", "alice-pw"), lambda session, actor: actor.id)  # noqa: ARG005 - all work gets one
    assert helpdesk.member(ALICE).last_action_at == NOON + timedelta(minutes=9)
    helpdesk.later(minutes=9)
    assert helpdesk.run(JOB).done == 0
    helpdesk.later(minutes=1)
    assert helpdesk.run(JOB).done == 1


def test_a_page_is_an_action_noted_once_a_minute(helpdesk: Helpdesk) -> None:
    def visit() -> None:
        helpdesk.desk.call(KnownUser(ALICE), lambda session, actor: actor.id)  # noqa: ARG005 - all work gets one

    visit()
    assert helpdesk.member(ALICE).last_action_at == NOON
    helpdesk.later(seconds=59)
    visit()
    assert helpdesk.member(ALICE).last_action_at == NOON
    helpdesk.later(seconds=1)
    visit()
    assert helpdesk.member(ALICE).last_action_at == NOON + timedelta(minutes=1)
    assert helpdesk.member(BOB).last_action_at is None


def test_who_is_away_counts_from_when_they_went(helpdesk: Helpdesk) -> None:
    helpdesk.set_member(ALICE, idle_logoff_minutes=10)
    alice = helpdesk.desk.read(lambda session: users.find_by_username(session, "alice"))
    actor = helpdesk.desk.call(KnownUser(alice.id), lambda session, actor: actor)  # noqa: ARG005 - all work gets one
    helpdesk.later(minutes=5)
    helpdesk.desk.write(lambda session: presence.set_away(session, actor, away=True))
    assert helpdesk.desk.read(lambda session: session.get_one(User, ALICE)).away_since == clock.now()
    helpdesk.later(minutes=6)
    helpdesk.desk.call(KnownUser(ALICE), lambda session, actor: actor.id)  # noqa: ARG005 - the same
    helpdesk.later(minutes=4)
    assert helpdesk.run(JOB).done == 1


def test_who_is_made_to_receive_has_their_time(helpdesk: Helpdesk) -> None:
    helpdesk.set_member(ALICE, idle_logoff_minutes=10)
    helpdesk.later(minutes=10)
    helpdesk.run(JOB)
    helpdesk.later(hours=5)
    helpdesk.desk.write(lambda session: receiving.set_some(session, users.SYSTEM, ALICE, "ticket", {LEVEL_1: True}))
    helpdesk.later(minutes=9)
    assert helpdesk.run(JOB).done == 0
    helpdesk.later(minutes=1)
    assert helpdesk.run(JOB).done == 1


def test_without_the_job_nobody_is_set_inactive(helpdesk: Helpdesk) -> None:
    helpdesk.set_member(ALICE, idle_logoff_minutes=1)
    helpdesk.later(days=1)
    assert _is_receiving(helpdesk, ALICE) == (True, True)
