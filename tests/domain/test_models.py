"""What the tables promise: keys that follow, rows that cannot be wrong, searches that read what they answer. Ours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Select, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, configure_mappers

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.models import Attachment, Base, Brand, Department, Group, Task, Ticket, User
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.models import ADMIN_ID, QUEUE_ID
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.identity import ids_were_chosen, next_id
from smartertrack_emu.store.unit_of_work import reading, writing

MOMENT = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)


@pytest.fixture
def helpdesk(engine: Engine) -> Engine:
    """A new installation."""
    with writing(engine) as session:
        create_initial(session, admin_password_hash="hash")
    return engine


def ticket(number: str = "000-00000000-0001", **values: Any) -> Ticket:
    given = {"number": number, "brand_id": 1, "department_id": 1, "group_id": 1, "agent_id": QUEUE_ID}
    return Ticket(portal_token="t", **(given | values))


def test_keys_follow_what_they_are_keys_of() -> None:
    user = User(username="Jos\u00c9", email="")
    assert (user.username_key, user.email_key) == ("jos\u00e9", None)
    user.email = "A@Example.com"
    assert user.email_key == "a@example.com"
    user.display_name = "X" * 1000
    assert user.display_name_folded == "x" * 1000


def test_an_empty_address_has_no_key() -> None:
    user = User(username="x", email="a@x.example")
    user.email = ""
    assert user.email_key is None


def test_keys_follow_in_plain_inserts_too(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(insert(User), [{"username": "Ann", "email": "Ann@X.example"}, {"username": "Bob"}])
        session.execute(insert(User).values(username="Cay"))
    with reading(engine) as session:
        rows = session.execute(select(User.username_key, User.email_key).order_by(User.id)).all()
    assert [tuple(row) for row in rows] == [("ann", "ann@x.example"), ("bob", None), ("cay", None)]


_OWN = {"export_key", "message_key"}
"""A result's as its client gave it, and the part of a Message-ID that nobody can guess."""


def test_every_key_column_follows_something() -> None:
    configure_mappers()
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if column.name.endswith(("_key", "_folded")) and column.name not in _OWN:
                assert column.info["follows"] in table.columns, f"{table.name}.{column.name}"


@pytest.mark.parametrize(("one", "other"), [("Alice", "ALICE"), ("Jos\u00e9", "JOSE\u0301")])
def test_names_are_unique_without_case(engine: Engine, one: str, other: str) -> None:
    with writing(engine) as session:
        session.add(User(username=one))
    with pytest.raises(IntegrityError), writing(engine) as session:
        session.add(User(username=other))


def test_a_deleted_users_name_is_free_again(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(user := User(username="alice", email="a@x.example"))
    with writing(engine) as session:
        user = session.get_one(User, user.id)
        user.deleted_at, user.username_key, user.email_key = clock.now(), None, None
    with writing(engine) as session:
        session.add(User(username="Alice", email="a@x.example"))
        session.add(User(username="other", email=""))
        session.add(User(username="another", email=""))


def test_flags_follow_the_status(helpdesk: Engine) -> None:
    row = ticket()
    with writing(helpdesk) as session:
        session.add(row)
    assert (row.status, row.is_open, row.is_active) == (TicketStatus.OPEN, True, True)
    row.status = TicketStatus.WAITING
    assert (row.is_open, row.is_active) == (True, False)
    row.status = 3  # type: ignore[assignment] # what a caller who forgot the enumeration would do
    assert row.status is TicketStatus.CLOSED
    assert (row.is_open, row.is_active) == (False, False)
    with pytest.raises(IntegrityError), writing(helpdesk) as session:
        session.execute(update(Ticket).values(status=TicketStatus.CLOSED))


def test_a_ticket_stands_in_a_group_of_its_department(helpdesk: Engine) -> None:
    with writing(helpdesk) as session:
        session.add(department := Department(name="Sales", brand_id=1))
        session.flush()
        session.add(group := Group(name="Sales", department_id=department.id))
    mistakes: tuple[dict[str, Any], ...] = ({"group_id": group.id}, {"department_id": department.id}, {"brand_id": 77})
    for wrong in mistakes:
        with pytest.raises(IntegrityError), writing(helpdesk) as session:
            session.add(ticket(**wrong))


def test_a_department_takes_its_tickets_to_another_brand(helpdesk: Engine) -> None:
    with writing(helpdesk) as session:
        session.add_all([ticket(), brand := Brand(name="Other")])
        session.flush()
        session.execute(update(Department).values(brand_id=brand.id))
    with reading(helpdesk) as session:
        assert session.scalar(select(Ticket.brand_id)) == brand.id


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"ticket_id": 1, "chat_id": 1},
        {"ticket_id": 1, "received_length": 3, "expected_length": 2},
        {"ticket_id": 1, "is_complete": True},
        {"ticket_id": 999},
    ],
)
def test_an_attachment_that_cannot_be(helpdesk: Engine, values: dict[str, Any]) -> None:
    with writing(helpdesk) as session:
        session.add(ticket(id=1))
    with pytest.raises(IntegrityError), writing(helpdesk) as session:
        session.add(Attachment(name="a", name_on_disk="a", token="t", **values))


def test_a_reminder_follows_its_task() -> None:
    task = Task(subject="x", reminder_minutes=30)
    assert task.remind_at is None
    task.due_at = MOMENT
    assert task.remind_at == MOMENT - timedelta(minutes=30)
    task.reminder_minutes = 2**31 - 1
    assert task.remind_at is None
    task.reminder_minutes = 1
    task.due_at = None
    assert task.remind_at is None


def test_ids_known_before_the_row(helpdesk: Engine) -> None:
    taken = []
    for _ in range(3):
        with writing(helpdesk) as session:
            taken.append(next_id(session, Ticket))
            session.add(ticket(f"000-00000000-{taken[-1]:04X}", id=taken[-1]))
    assert taken == [1, 2, 3]


def test_ids_go_on_after_chosen_ones(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(User(id=40, username="forty"))
        ids_were_chosen(session)
    with writing(engine) as session:
        session.add(user := User(username="next"))
        session.flush()
        assert user.id == 41
        assert next_id(session, User) == 42


def searches() -> list[tuple[str, Select[int]]]:
    found = select(Ticket.id)
    return [
        ("last_activity_at_id", found),
        ("brand_id_last_activity_at_id", found.where(Ticket.brand_id == 1)),
        ("department_id_last_activity_at_id", found.where(Ticket.department_id == 1)),
        ("group_id_last_activity_at_id", found.where(Ticket.group_id == 1)),
        ("agent_id_last_activity_at_id", found.where(Ticket.agent_id == 1)),
        ("customer_id_last_activity_at_id", found.where(Ticket.customer_id == 1)),
        ("customer_email_key_last_activity_at_id", found.where(Ticket.customer_email_key == "a")),
        ("is_open_last_activity_at_id", found.where(Ticket.is_open == False)),  # noqa: E712
        ("is_active_last_activity_at_id", found.where(Ticket.is_active == True)),  # noqa: E712
        ("priority_last_activity_at_id", found.where(Ticket.priority == 4)),
        ("is_deleted_last_activity_at", found.where(Ticket.is_deleted)),
        ("is_spam_last_activity_at", found.where(Ticket.is_spam)),
        ("has_resolution_last_activity_at", found.where(Ticket.has_resolution)),
        ("follow_up_last_activity_at", found.where(Ticket.follow_up_at.is_not(None))),
    ]


@pytest.mark.parametrize(("index", "query"), searches(), ids=[name for name, _ in searches()])
def test_a_search_reads_its_index_in_order(sqlite_url: str, index: str, query: Select[int]) -> None:
    plan = planned(sqlite_url, query.order_by(Ticket.last_activity_at.desc(), Ticket.id.desc()).limit(100))
    assert f"ix_tickets_{index}" in plan
    assert "TEMP B-TREE" not in plan


def planned(url: str, query: Select[int]) -> str:
    engine = create_engine(url, synchronous="OFF")
    statements: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append((args[2], args[3])))
    try:
        with Session(engine) as session:
            session.execute(query).all()
            rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statements[0][0]}", statements[0][1])
            return "; ".join(str(row.detail) for row in rows)
    finally:
        engine.dispose()


def test_moments_default_to_the_clock(engine: Engine) -> None:
    with clock.frozen(MOMENT), writing(engine) as session:
        session.add(user := User(username="x"))
    assert user.created_at == MOMENT


def test_the_administrator_works_in_the_first_group(helpdesk: Engine) -> None:
    with reading(helpdesk) as session:
        members = session.execute(text("SELECT group_id, user_id FROM group_members")).all()
    assert [tuple(member) for member in members] == [(1, ADMIN_ID)]
