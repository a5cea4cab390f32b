"""Names and ids in a seed file: found in the file or database, else told by their place, and nothing is written.

The file's format is ours.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select

from smartertrack_emu.domain.models import Attachment, Base, Group, Role, Ticket, User
from smartertrack_emu.store.unit_of_work import reading, writing

from .conftest import Load

Problems = Callable[[str], list[str]]

SUPPORT = """
brands: [{name: Acme}]
departments:
  - {name: Support, groups: [{name: Level 1}, {name: Level 2}]}
  - {name: Sales, groups: [{name: Level 1}]}
users:
  - {username: alice, email: alice@acme.example, roles: [Agent], groups: [{group: Level 2}]}
  - {username: casey, email: casey@example.com}
"""


def test_what_is_not_found_is_told_with_what_was_meant(problems: Problems) -> None:
    assert problems(
        """
        brands: [{name: Acme}]
        departments:
          - {name: Support, brand: Akme, groups: [{name: Level 1}]}
        users:
          - {username: alice, roles: [Agnet]}
          - {username: bob, roles: [4, 99], groups: [{group: Levle 1}], custom_fields: {Plan: Pro}}
        tickets:
          - {department: Support, group: Level 3, agent: alicia}
        """
    ) == [
        'departments[0].brand: no brand "Akme"; did you mean "Acme"?',
        'users[0].roles[0]: no role "Agnet"; did you mean "Agent"?',
        "users[1].roles[1]: no role with the id 99",
        'users[1].groups[0].group: no group "Levle 1"; did you mean "Level 1"?',
        'users[1].custom_fields.Plan: no custom field "Plan" among the global ones',
        'tickets[0].group: no group "Level 3" in department "Support"; did you mean "Level 1"?',
        'tickets[0].agent: no user "alicia"; did you mean "alice"?',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("users: [{username: ALICE}]", 'users[0].username: there is a user "ALICE" already: it is in the database'),
        (
            "users: [{username: x, email: Alice@ACME.example}]",
            'users[0].email: "Alice@ACME.example" is the address of "alice" already',
        ),
        ("brands: [{name: One}, {name: one}]", 'brands[1].name: there is a brand "one" already: brands[0] has it'),
        ("roles: [{name: agent}]", 'roles[0].name: there is a role "agent" already: it is in the database'),
        ("users: [{username: x, id: 4}]", "users[0].id: 4 is in use already"),
        ("users: [{username: x, id: 50}, {username: y, id: 50}]", "users[1].id: 50 is the id of users[0] already"),
        ("tickets: [{group: Level 1}]", 'tickets[0].group: there are several groups "Level 1"; give the id: 1, 3'),
        ("tickets: [{subject: none}]", "tickets[0]: needs a department or a group"),
        ("tickets: [{group: Level 2, agent: casey}]", 'tickets[0].agent: "casey" has no employee role'),
        ("tickets: [{group: 1, agent: alice}]", 'tickets[0].agent: "alice" is not in group "Level 1"'),
        ("tickets: [{group: Level 2, notes: [{text: x}]}]", "tickets[0].notes[0]: nobody has this item"),
        (
            "tickets: [{group: Level 2, closed: now}]",
            "tickets[0].closed: is for tickets whose status is closed or locked",
        ),
        (
            "tickets: [{group: Level 2, opened: -1d, messages: [{from: customer, at: -2d}]}]",
            "messages[0].at: is before its beginning",
        ),
        ("tickets: [{group: Level 2, related: [{}]}]", "tickets[0].related[0]: needs one ticket, chat or call_log"),
        (
            "tickets: [{group: Level 2, id: 9, related: [{ticket: 9}]}]",
            "tickets[0].related[0]: a ticket is not related to itself",
        ),
        ("tickets: [{group: Level 2, attachments: [{name: a, base64: '!'}]}]", "attachments[0].base64: is no Base64"),
        (
            "tickets: [{group: 2, number: 000-00000000-0000}, {group: 2, number: 000-00000000-0000}]",
            "tickets[1].number: 000-00000000-0000 is in use already",
        ),
        ("chats: [{group: Level 2, started: -1h, ended: -2h}]", "chats[0].ended: is before its beginning"),
        (
            "call_logs: [{subject: a, group: 1, agent: alice}]",
            'call_logs[0].agent: "alice" is not in group "Level 1"',
        ),
        (
            "call_logs: [{subject: a, group: 2, agent: alice, start: -1h, end: -2h}]",
            "call_logs[0].end: is before its beginning",
        ),
        ("tasks: [{subject: a, ticket: 1, chat: 1}]", "tasks[0]: needs one ticket, chat or call_log, and no more"),
        ("tasks: [{subject: a, ticket: nothing}]", 'tasks[0].ticket: no ticket "nothing"'),
        ("tasks: [{subject: a, start: now, due: -1d}]", "tasks[0].due: is before its beginning"),
        ("users: [{username: x, groups: [{group: Level 2}]}]", "users[0].groups: only a user with an employee role"),
        ("users: [{username: x, password: ''}]", "users[0].password: Password is required"),
        (
            "custom_fields: [{name: A, type: Choice, options: [x], default: y}]",
            "custom_fields[0].default: 'y' is not offered",
        ),
        ("custom_fields: [{name: A, type: Date, options: [x]}]", "custom_fields[0].options: a Date has none"),
        (
            "installation: {time_zone: Europe/Berln}",
            'installation.time_zone: no time zone "Europe/Berln"; did you mean "Europe/Berlin"?',
        ),
    ],
)
def test_what_does_not_fit_is_told_by_its_place(load: Load, problems: Problems, text: str, problem: str) -> None:
    load(SUPPORT)
    found = problems(text)
    assert any(problem in line for line in found), found


def test_a_wrong_file_leaves_nothing_behind(filled: Engine, problems: Problems) -> None:
    with reading(filled) as session:
        before = _counts(session)
    assert problems(SUPPORT + "tasks: [{subject: a, agent: nobody}]") == ['tasks[0].agent: no user "nobody"']
    with reading(filled) as session:
        assert _counts(session) == before


def _counts(session: object) -> dict[str, int]:
    return {
        table.name: session.scalar(select(func.count()).select_from(table))  # type: ignore[attr-defined]
        for table in Base.metadata.sorted_tables
    }


def test_ids_follow_the_file_and_skip_what_is_chosen(filled: Engine, load: Load) -> None:
    load("users: [{username: a}, {username: b, id: 5}, {username: c}, {username: d, id: 900}]")
    load("users: [{username: e}]")
    with reading(filled) as session:
        ids = dict(session.execute(select(User.username, User.id).where(User.id > 3)).all())
    assert ids == {"a": 4, "b": 5, "c": 6, "d": 900, "e": 901}


def test_what_is_made_later_comes_after_chosen_ids(filled: Engine, load: Load) -> None:
    load("users: [{username: a, id: 40}]\nroles: [{name: Billing, id: 70}]")
    with writing(filled) as session:
        user, role = User(username="new"), Role(name="New")
        session.add_all([user, role])
        session.flush()
        assert (user.id, role.id) == (41, 71)


def test_a_second_file_refers_to_the_first(filled: Engine, load: Load) -> None:
    load(SUPPORT)
    load("users: [{username: bob, roles: [agent], groups: [{group: LEVEL 2, department: support, tickets: true}]}]")
    load("tickets: [{subject: First, department: 1, group: Level 2, agent: BOB, from: CASEY@example.com}]")
    load("tickets: [{subject: Second, department: Support, agent: queue, related: [{ticket: First}]}]")
    load("tasks: [{subject: Call, ticket: Second}]")
    with reading(filled) as session:
        first, second = session.scalars(select(Ticket).order_by(Ticket.id))
        assert (first.group_id, first.agent_id, first.customer_id, first.brand_id) == (2, 6, 5, 1)
        assert (second.group_id, second.agent_id) == (1, 1)
        assert session.scalar(select(Group.name).where(Group.id == second.group_id)) == "Level 1"


def test_only_what_is_over_is_a_deleted_users(problems: Problems, load: Load, filled: Engine) -> None:
    load(SUPPORT)
    load("users: [{id: 90, username: gone, roles: [Agent], groups: [{group: Level 2}], deleted: -1d}]")
    assert problems(
        """
        tickets:
          - {group: Level 2, agent: 90}
          - {group: Level 2, agent: 90, status: waiting}
          - {group: Level 2, agent: 90, status: closed}
          - {group: Level 2, agent: 90, deleted: true}
        chats:
          - {group: Level 2, agent: 90, started: -1h}
          - {group: Level 2, agent: 90, started: -1h, ended: now}
        """
    ) == [
        f'{place}.agent: "gone" is deleted, and has only what is closed or deleted too'
        for place in ("tickets[0]", "tickets[1]", "chats[0]")
    ]
    load("tickets: [{group: Level 2, agent: 90, status: closed}, {group: Level 2, agent: 90, deleted: true}]")
    with reading(filled) as session:
        assert list(session.scalars(select(Ticket.agent_id))) == [90, 90]


def test_files_have_names(problems: Problems, load: Load, filled: Engine) -> None:
    load(SUPPORT)
    assert problems(
        """
        tickets:
          - group: Level 2
            attachments: [{name: .., text: x}, {name: "a/", text: x}, {name: " ", text: x}]
        """
    ) == [
        "tickets[0].attachments[0].name: '..' is not the name of a file",
        "tickets[0].attachments[1].name: 'a/' is not the name of a file",
        "tickets[0].attachments[2].name: is required",
    ]
    load(r"tickets: [{group: Level 2, attachments: [{name: '..\a/b.txt', text: x}]}]")
    with reading(filled) as session:
        assert list(session.scalars(select(Attachment.name))) == ["b.txt"]
