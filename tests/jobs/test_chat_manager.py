"""What the chat manager does. What it does is documented; its limits, and when exactly, are ours."""

from __future__ import annotations

from smartertrack_emu.domain.chats.assignment import transfer
from smartertrack_emu.domain.chats.models import SenderKind
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import User
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure.models import RoundRobin
from tests.jobs.helpdesk import ALICE, BOB, CAROL, QUEUE, Helpdesk

STARTED, ENDED, MOVED, DELETED, IDLE = 511000, 511001, 511002, 511003, 511008
JOB = "chat-manager"


def _agents(helpdesk: Helpdesk, *chats: int) -> list[int]:
    return [helpdesk.find_chat(chat).agent_id for chat in chats]


def _events(helpdesk: Helpdesk, chat: int) -> list[int]:
    return helpdesk.events(ItemKind.CHAT, chat)


def test_chats_that_wait_are_assigned_oldest_first(helpdesk: Helpdesk) -> None:
    helpdesk.stop(JOB)
    chats = []
    for _ in range(3):
        chats.append(helpdesk.chat())
        helpdesk.later(seconds=10)
    assert _agents(helpdesk, *chats) == [QUEUE, QUEUE, QUEUE]
    assert {helpdesk.find_chat(chat).wait_seconds for chat in chats} == {None}
    helpdesk.start(JOB)
    helpdesk.set_member(BOB, receives_chats=False)
    helpdesk.set_member(ALICE, max_chats=2)
    assert helpdesk.run(JOB).done == 2
    assert _agents(helpdesk, *chats) == [ALICE, ALICE, QUEUE]
    assert [helpdesk.find_chat(chat).wait_seconds for chat in chats] == [30, 20, None]
    assert helpdesk.events_by(ItemKind.CHAT, chats[0]) == [(STARTED, "system"), (MOVED, "system")]
    helpdesk.set_member(BOB, receives_chats=True)
    helpdesk.desk.write(lambda session: setattr(session.get_one(User, BOB), "is_away", True))
    assert helpdesk.run(JOB).done == 0
    helpdesk.desk.write(lambda session: setattr(session.get_one(User, BOB), "is_away", False))
    assert helpdesk.run(JOB).done == 1
    assert _agents(helpdesk, chats[2]) == [BOB]


def test_started_it_assigns_at_once_and_notes_that_nobody_waited(helpdesk: Helpdesk) -> None:
    chat = helpdesk.find_chat(helpdesk.chat())
    assert chat.agent_id in (ALICE, BOB)
    assert (chat.wait_seconds, chat.awaits_assignment_since) == (0, None)


def test_secondary_members_come_after_primary_ones(helpdesk: Helpdesk) -> None:
    helpdesk.set_member(ALICE, max_chats=1)
    helpdesk.set_member(BOB, round_robin=RoundRobin.SECONDARY)
    helpdesk.set_member(CAROL, receives_chats=True, round_robin=RoundRobin.NONE)
    assert _agents(helpdesk, *(helpdesk.chat() for _ in range(3))) == [ALICE, BOB, BOB]


def test_what_a_person_puts_into_the_queue_stays(helpdesk: Helpdesk) -> None:
    chat = helpdesk.chat(ALICE)
    helpdesk.desk.write(lambda session: transfer(session, SYSTEM, chat, group_id=0, agent_id=0))
    opened = helpdesk.chat(QUEUE)
    assert helpdesk.run(JOB).done == 0
    assert _agents(helpdesk, chat, opened) == [QUEUE, QUEUE]


def test_a_person_who_takes_a_chat_ends_its_wait(helpdesk: Helpdesk) -> None:
    chat = helpdesk.chat(QUEUE)
    helpdesk.later(seconds=42)
    helpdesk.desk.write(lambda session: transfer(session, SYSTEM, chat, group_id=0, agent_id=CAROL))
    assert helpdesk.find_chat(chat).wait_seconds == 42


def test_abandoned_chats_end(helpdesk: Helpdesk) -> None:
    chat, quiet, queued = helpdesk.chat(ALICE), helpdesk.chat(ALICE), helpdesk.chat(QUEUE)
    helpdesk.later(minutes=5)
    assert helpdesk.run(JOB).done == 0  # out of the box none ends
    helpdesk.set_engine(chat_abandoned_minutes=10)
    helpdesk.say(chat, SenderKind.USER)
    helpdesk.say(quiet, SenderKind.AGENT)
    helpdesk.later(minutes=5)
    assert helpdesk.run(JOB).done == 2
    assert [helpdesk.find_chat(one).is_active for one in (chat, quiet, queued)] == [True, False, False]
    assert helpdesk.events_by(ItemKind.CHAT, quiet)[-1] == (ENDED, "system")
    assert helpdesk.run(JOB).done == 0


def test_without_a_first_answer_it_goes_to_somebody_else(helpdesk: Helpdesk) -> None:
    helpdesk.set_engine(chat_first_answer_seconds=60)
    chat, answered = helpdesk.chat(ALICE), helpdesk.chat(ALICE)
    helpdesk.later(seconds=59)
    helpdesk.say(answered, SenderKind.AGENT)
    assert helpdesk.run(JOB).done == 0
    helpdesk.later(seconds=1)
    assert helpdesk.run(JOB).done == 2  # taken back, and given to another one
    assert _agents(helpdesk, chat, answered) == [BOB, ALICE]
    assert _events(helpdesk, chat) == [STARTED, MOVED, MOVED]
    helpdesk.later(seconds=59)
    assert helpdesk.run(JOB).done == 0  # Bob has his own sixty seconds
    helpdesk.say(chat, SenderKind.AGENT)
    helpdesk.later(hours=1)
    assert helpdesk.run(JOB).done == 0


def test_who_did_not_answer_does_not_get_it_back(helpdesk: Helpdesk) -> None:
    helpdesk.set_engine(chat_answer_seconds=60)
    helpdesk.set_member(BOB, receives_chats=False)
    chat = helpdesk.chat(ALICE, question="Hello?")
    helpdesk.later(seconds=60)
    assert helpdesk.run(JOB).done == 1
    assert _agents(helpdesk, chat) == [QUEUE]
    other = helpdesk.chat(QUEUE)
    assert helpdesk.run(JOB).done == 0
    helpdesk.desk.write(lambda session: transfer(session, SYSTEM, chat, group_id=0, agent_id=ALICE))
    helpdesk.say(chat, SenderKind.AGENT)
    helpdesk.later(hours=1)
    assert helpdesk.run(JOB).done == 0
    assert _agents(helpdesk, chat, other) == [ALICE, QUEUE]


def test_one_chat_that_nobody_may_have_keeps_no_other_waiting(helpdesk: Helpdesk) -> None:
    helpdesk.set_engine(chat_first_answer_seconds=60)
    helpdesk.set_member(BOB, receives_chats=False)
    first = helpdesk.chat(ALICE)
    helpdesk.later(seconds=60)
    helpdesk.run(JOB)
    helpdesk.set_member(ALICE, receives_chats=False)
    second = helpdesk.chat()
    helpdesk.set_member(ALICE, receives_chats=True)
    helpdesk.run(JOB)
    assert _agents(helpdesk, first, second) == [QUEUE, ALICE]


def test_the_first_answer_has_its_own_time(helpdesk: Helpdesk) -> None:
    helpdesk.set_engine(chat_first_answer_seconds=600, chat_answer_seconds=60)
    chat = helpdesk.chat(ALICE, question="Hello?")
    helpdesk.later(seconds=120)
    assert helpdesk.run(JOB).done == 0
    helpdesk.say(chat, SenderKind.AGENT)
    helpdesk.say(chat, SenderKind.USER)
    helpdesk.later(seconds=60)
    assert helpdesk.run(JOB).done == 2
    assert _agents(helpdesk, chat) == [BOB]


def test_an_unanswered_line_is_told_once_a_spell(helpdesk: Helpdesk) -> None:
    helpdesk.set_department(chat_idle_minutes=3)
    chat, silent = helpdesk.chat(ALICE, question="Hello?"), helpdesk.chat(ALICE)
    for number in (1, 2):
        helpdesk.later(minutes=2)
        helpdesk.say(chat, SenderKind.USER)  # the last line counts
        helpdesk.later(minutes=2)
        assert helpdesk.run(JOB).done == 0
        helpdesk.later(minutes=1)
        assert helpdesk.run(JOB).done == 1
        helpdesk.say(chat, SenderKind.USER)
        helpdesk.later(minutes=9)
        assert helpdesk.run(JOB).done == 0  # until somebody answers
        assert _events(helpdesk, chat).count(IDLE) == number
        helpdesk.say(chat, SenderKind.AGENT)
    assert IDLE not in _events(helpdesk, silent)


def test_old_chats_are_deleted(helpdesk: Helpdesk) -> None:
    chat = helpdesk.chat(ALICE)
    helpdesk.set_engine(chat_abandoned_minutes=1)
    helpdesk.later(minutes=1)
    helpdesk.run(JOB)
    helpdesk.set_engine(chat_abandoned_minutes=None, delete_chats_days=7)
    going_on = helpdesk.chat(ALICE)
    helpdesk.later(days=6, hours=23)
    assert helpdesk.run(JOB).done == 0
    helpdesk.later(hours=1)
    assert helpdesk.run(JOB).done == 1
    assert [helpdesk.find_chat(one).is_deleted for one in (chat, going_on)] == [True, False]
    assert helpdesk.events_by(ItemKind.CHAT, chat)[-1] == (DELETED, "system")
    assert helpdesk.run(JOB).done == 0
