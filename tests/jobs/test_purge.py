"""Evidence: documented (what is removed, and after how long) and ours: auto-purge, cleaner, indexing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across import indexing, purging
from smartertrack_emu.domain.attachments import files, removing
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketDeleted
from smartertrack_emu.domain.models import (
    Attachment,
    CallLog,
    CannedReply,
    Chat,
    ChatMessage,
    ChatText,
    EmailVerification,
    Event,
    KbArticle,
    KbFolder,
    LoginHandshake,
    NewsItem,
    RecurringTask,
    Reminder,
    Task,
    TaskNote,
    Ticket,
    TicketMessage,
    TicketNote,
    TimeLog,
    TimeLogCategory,
    User,
)
from smartertrack_emu.domain.people.models import ADMIN_ID
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.tasks.models import RecurrenceKind
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.jobs import cleaner
from smartertrack_emu.store.identity import next_id
from tests.jobs.conftest import NOON
from tests.jobs.steps import add, choose, get, ids, plans, run

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG_AGO, LATELY = NOON - 91 * DAY, NOON - 89 * DAY
PLACE = {"brand_id": 1, "department_id": 1, "group_id": 1, "agent_id": ADMIN_ID}


def ticket(number: str, deleted: Any = None, **values: Any) -> Ticket:
    return Ticket(number=number, portal_token="x", is_deleted=deleted is not None, deleted_at=deleted, **PLACE | values)


def chat(number: str, deleted: Any = None) -> Chat:
    return Chat(number=number, is_deleted=deleted is not None, deleted_at=deleted, **PLACE)


def call(number: str, deleted: Any = None) -> CallLog:
    return CallLog(number=number, subject="Rang", group_id=1, agent_id=ADMIN_ID, deleted_at=deleted)


def task(deleted: Any = None, **values: Any) -> Task:
    return Task(subject="Do it", deleted_at=deleted, **values)


def article(deleted: Any = None) -> KbArticle:
    return KbArticle(folder_id=1, subject="How to", is_deleted=deleted is not None, deleted_at=deleted)


def recurring(deleted: Any = None) -> RecurringTask:
    return RecurringTask(subject="x", kind=RecurrenceKind.DAILY, starts_at=NOON, deleted_at=deleted)


MAKERS: list[Callable[[str, Any], Any]] = [
    ticket,
    chat,
    call,
    lambda _, deleted: task(deleted),
    lambda _, deleted: article(deleted),
    lambda _, deleted: recurring(deleted),
    lambda number, deleted: CannedReply(name=number, deleted_at=deleted),
    lambda number, deleted: NewsItem(subject=number, deleted_at=deleted),
    lambda number, deleted: User(username=number, deleted_at=deleted),
]


@pytest.mark.parametrize("make", MAKERS, ids=[type(make("x", None)).__name__ for make in MAKERS])
def test_what_was_deleted_long_ago_goes(desk: Desk, make: Callable[[str, Any], Any]) -> None:
    add(desk, KbFolder(name="All"))
    there, lately, gone = add(desk, make("A", None), make("B", LATELY), make("C", LONG_AGO))
    kind = type(make("x", None))
    before = ids(desk, kind)
    assert run(desk, "auto-purge").done == 1
    assert ids(desk, kind) == [one for one in before if one != gone]
    assert {there, lately} <= set(ids(desk, kind))
    assert desk.read(lambda session: session.scalar(select(func.count()).select_from(Event))) == 0


def test_another_number_of_days_and_none(desk: Desk) -> None:
    add(desk, call("A", LONG_AGO))
    choose(desk, purge_deleted_days=None)
    assert run(desk, "auto-purge").done == 0
    choose(desk, purge_deleted_days=200)
    assert run(desk, "auto-purge").done == 0
    choose(desk, purge_deleted_days=1)
    assert run(desk, "auto-purge").done == 1


def stored(desk: Desk, data: bytes, *, old: bool = True, **of: Any) -> Attachment:
    """A complete file, whose content is a week old."""
    digest = files.store(desk.attachments, data)
    if old:
        make_old(files.content_path(desk.attachments, digest))
    made = files.new_attachment(name="a.txt", expected_length=len(data), sender_id=None, sender_name="", **of)
    made.sha256, made.received_length, made.is_complete = digest, len(data), True
    return made


def make_old(path: Path, days: int = 7) -> None:
    then = time.time() - days * 86_400
    os.utime(path, (then, then))


def test_a_ticket_goes_with_all_that_is_its(desk: Desk) -> None:
    """Living tasks stay, about nothing; content that another file shares stays."""
    one, other = add(desk, ticket("A", LONG_AGO), ticket("B"))
    (message,) = add(desk, TicketMessage(ticket_id=one, direction=Direction.FROM_CUSTOMER, body="x"))
    add(desk, TimeLogCategory(name="Phone"))
    at = {"started_at": NOON, "ended_at": NOON}
    own, shared = (stored(desk, data, ticket_id=one, message_id=message) for data in (b"own", b"shared"))
    twin = stored(desk, b"shared", ticket_id=other)
    add(desk, own, shared, twin)
    add(
        desk,
        TicketNote(ticket_id=one, author_id=ADMIN_ID),
        TimeLog(ticket_id=one, category_id=1, agent_id=ADMIN_ID, **at),
    )
    (living,) = add(desk, task(None, ticket_id=one))
    add(desk, Reminder(user_id=ADMIN_ID, subject="x", ticket_id=one))
    desk.write(lambda session: publish(session, SYSTEM, TicketDeleted(one)))
    run(desk, "auto-purge")
    assert ids(desk, Ticket) == [other]
    for kind in (TicketMessage, TicketNote, TimeLog, Reminder, Event):
        assert ids(desk, kind) == [], kind
    assert get(desk, Task, living).ticket_id is None
    assert ids(desk, Attachment) == [twin.id]
    assert not files.content_path(desk.attachments, str(own.sha256)).exists()
    assert files.content_path(desk.attachments, str(twin.sha256)).exists()


@pytest.mark.parametrize("kind", [Ticket, Chat, CallLog])
def test_an_id_is_never_given_again(desk: Desk, kind: Any) -> None:
    make: Any = {Ticket: ticket, Chat: chat, CallLog: call}[kind]
    (gone,) = add(desk, make("A", LONG_AGO))
    run(desk, "auto-purge")
    assert desk.write(lambda session: next_id(session, kind)) == gone + 1


def test_a_task_goes_with_its_comments(desk: Desk) -> None:
    (gone,) = add(desk, task(LONG_AGO))
    add(desk, TaskNote(task_id=gone, author_id=ADMIN_ID, body="x"))
    run(desk, "auto-purge")
    assert ids(desk, TaskNote) == ids(desk, Task) == []


def test_a_user_whom_something_names_is_emptied(desk: Desk) -> None:
    personal = {"email": "alice@example.com", "display_name": "Alice", "phone_number": "555", "signature": "Yours"}
    (user,) = add(desk, User(username="alice", **personal, password_hash="x", deleted_at=LONG_AGO))
    add(desk, ticket("A", agent_id=user))
    assert run(desk, "auto-purge").done == 1
    assert run(desk, "auto-purge").done == 0
    row = get(desk, User, user)
    assert (row.username, row.password_hash, row.purged_at) == (f"deleted-{user}", None, NOON)
    assert {getattr(row, name) for name in (*personal, "display_name_folded")} == {""}


def test_among_very_many_events_users_stay(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """To find out whether one of them names a user would hold everybody up."""
    (user,) = add(desk, User(username="alice", deleted_at=LONG_AGO))
    desk.write(lambda session: publish(session, SYSTEM, TicketDeleted(1)))
    monkeypatch.setattr(purging, "FEW", 0)
    run(desk, "auto-purge")
    assert get(desk, User, user).username == f"deleted-{user}"


def test_what_purging_looks_for(desk: Desk) -> None:
    for kind in purging.KINDS:
        plan = plans(desk.engine, lambda session, kind=kind: purging.due(session, [], kind=kind, days=90, limit=5))  # type: ignore[misc]
        assert f"ix_{kind.model.__tablename__}_deleted_at" in plan
    assert "ix_users_to_purge" in plans(desk.engine, lambda session: purging.users_due(session, [], days=90, limit=5))


def test_contents_that_no_row_names(desk: Desk) -> None:
    root = desk.attachments
    add(desk, ticket("A"))
    kept = stored(desk, b"kept", ticket_id=1)
    add(desk, kept)
    old, young = (files.store(root, data) for data in (b"old", b"young"))
    make_old(files.content_path(root, old))
    assert run(desk, "cleaner").done == 1
    there = [files.content_path(root, str(digest)).exists() for digest in (kept.sha256, old, young)]
    assert there == [True, False, True]


def test_content_that_is_found_again_is_young(desk: Desk) -> None:
    """A row that is to name it may not be committed yet."""
    digest = files.store(desk.attachments, b"again")
    make_old(files.content_path(desk.attachments, digest))
    assert files.store(desk.attachments, b"again") == digest
    assert run(desk, "cleaner").done == 0
    assert files.content_path(desk.attachments, digest).exists()


def test_content_that_is_found_again_in_the_moment_of_its_removal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = files.content_path(desk.attachments, files.store(desk.attachments, b"again"))
    make_old(path)
    whole = Path.replace

    def replace(self: Path, target: Any) -> Path:
        if self == path:
            os.utime(path)
        return whole(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    assert not removing.remove_content(desk.attachments, path.name)
    assert path.read_bytes() == b"again"


def test_content_that_a_killed_process_had_put_aside(desk: Desk) -> None:
    add(desk, ticket("A"))
    kept = stored(desk, b"kept", ticket_id=1)
    add(desk, kept)
    path = files.content_path(desk.attachments, str(kept.sha256))
    path.rename(path.with_name(f"{path.name}.aside"))
    run(desk, "cleaner")
    assert path.read_bytes() == b"kept"


def test_uploads_that_nobody_finishes(desk: Desk) -> None:
    add(desk, ticket("A"))

    def begin(session: Any) -> Attachment:
        made = files.new_attachment(name="a.txt", expected_length=10, sender_id=None, sender_name="", ticket_id=1)
        session.add(made)
        session.flush()
        files.append(session, desk.attachments, made, b"half")
        return made

    made = desk.write(begin)
    part = files.part_path(desk.attachments, made)
    assert run(desk, "cleaner").done == 0
    with clock.frozen(NOON + 25 * HOUR):
        assert run(desk, "cleaner").done == 1
    assert ids(desk, Attachment) == []
    assert not part.exists()


def test_parts_and_temporary_files_that_nobody_knows(desk: Desk) -> None:
    root = desk.attachments
    for folder in ("parts", "new"):
        (root / folder).mkdir(parents=True)
        for name in ("old", "young"):
            (root / folder / name).write_bytes(b"x")
        make_old(root / folder / "old")
    assert run(desk, "cleaner").done == 2
    assert sorted(path.name for path in root.rglob("*") if path.is_file()) == ["young", "young"]


@pytest.mark.parametrize("kind", [LoginHandshake, EmailVerification])
def test_tokens_that_are_over(desk: Desk, kind: Any) -> None:
    more = {"email": "a@example.com"} if kind is EmailVerification else {}
    later = {"user_id": ADMIN_ID, "expires_at": NOON + HOUR, **more}
    (valid, _, _) = add(
        desk,
        kind(token_hash="1", **later),
        kind(token_hash="2", **later, used_at=NOON),
        kind(token_hash="3", **later | {"expires_at": NOON - HOUR}),
    )
    assert run(desk, "cleaner").done == 2
    assert ids(desk, kind) == [valid]


def test_old_log_files(desk: Desk) -> None:
    assert desk.logs is not None
    desk.logs.mkdir(parents=True)
    names = ("2031.02.14-smtp.log", "2031.02.15-smtp.log", "2031.02.14-smtp-2.log", "server.log", "2031.99.99-x.log")
    for name in names:
        (desk.logs / name).touch()
    assert run(desk, "cleaner").done == 2
    assert sorted(path.name for path in desk.logs.iterdir()) == sorted({names[1], *names[3:]})
    choose(desk, delete_logs_after_days=1)
    assert run(desk, "cleaner").done == 1


def test_what_the_cleaner_looks_for(desk: Desk) -> None:
    plan = plans(desk.engine, lambda session: removing.unfinished(session, [], limit=5))
    assert "ix_attachments_incomplete" in plan
    for kind, table in ((LoginHandshake, "login_handshakes"), (EmailVerification, "email_verifications")):
        used = plans(desk.engine, lambda session, kind=kind: cleaner.used(session, [], kind=kind, limit=5))  # type: ignore[misc]
        expired = plans(desk.engine, lambda session, kind=kind: cleaner.expired(session, [], kind=kind, limit=5))  # type: ignore[misc]
        assert f"ix_{table}_used_at" in used
        assert f"ix_{table}_expires_at" in expired


def test_full_text_that_is_missing(desk: Desk) -> None:
    add(desk, KbFolder(name="All"), article(), chat("0AF-24F24A57-000E"))
    add(desk, ChatMessage(chat_id=1, sender_kind="user", body="Hello"))
    assert run(desk, "indexing").done == 0

    def forget(session: Any) -> None:
        session.execute(update(KbArticle.__table__).values(subject="Fire alarm"))
        session.execute(update(ChatMessage.__table__).values(body="Good bye"))
        session.execute(text("DELETE FROM chat_texts"))

    desk.write(forget)
    assert run(desk, "indexing").done == 2  # a message's takes its chat's along
    assert get(desk, KbArticle, 1).subject_words == "fire alarm"
    row = desk.read(lambda session: session.get_one(ChatText, 1))
    assert row.heading.startswith("0af 24f24a57 000e")
    assert row.said.split()[-2:] == ["good", "bye"]
    assert run(desk, "indexing").done == 0


def test_a_look_is_at_few_rows(desk: Desk) -> None:
    add(desk, KbFolder(name="All"))
    rows = [{"folder_id": 1, "subject": "x"} for _ in range(3 * indexing.WINDOW)]
    desk.write(lambda session: session.execute(insert(KbArticle), rows))
    for turn, first in ((0, 1), (1, 101), (2, 201), (3, 1)):
        looked = desk.read(lambda session, turn=turn: indexing.windows(session, KbArticle, turn=turn))  # type: ignore[misc]
        assert [(window.first, window.last) for window in looked] == [(first, first + 99), (201, 300)]
    assert len(desk.read(lambda session: indexing.windows(session, KbArticle, turn=0, everything=True))) == 3
