"""Custom fields' values: names and types documented; defaults and what fills in by the reference notes; checks ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain.customfields import fields, templates, values
from smartertrack_emu.domain.customfields.models import (
    CustomField,
    CustomFieldOption,
    FieldTemplate,
    FieldTemplateEntry,
    FieldType,
)
from smartertrack_emu.domain.customfields.values import Change, Item, Requirement
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.store.unit_of_work import writing

TICKET = Item(ItemKind.TICKET, 1, 1)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None)
        session.add_all(
            [
                CustomField(id=1, display_name="Account"),
                CustomField(id=2, display_name="Asset", data_type=FieldType.CHOICE, default_value="Pick one"),
                CustomField(id=3, display_name="Plan", is_global=True, default_value="Free"),
                CustomField(id=4, display_name="Elsewhere"),
                FieldTemplate(id=7, department_id=1, item_kind="ticket"),
                FieldTemplate(id=8, department_id=1, item_kind="chat"),
            ]
        )
        session.flush()
        session.add_all(
            CustomFieldOption(field_id=2, value=value, sort_order=n)
            for n, value in enumerate(["Pick one", "Laptop [12]", "Server [13]"])
        )
        session.add_all(
            [
                FieldTemplateEntry(template_id=7, field_id=2, sort_order=1, is_required_by_agents_to_close=True),
                FieldTemplateEntry(template_id=7, field_id=1, sort_order=2, is_required_by_users=True),
                FieldTemplateEntry(template_id=8, field_id=1),
            ]
        )
        session.add_all(
            Ticket(id=n, number=f"T{n}", portal_token=f"T{n}", brand_id=1, department_id=1, group_id=1, agent_id=1)
            for n in (1, 2)
        )
        session.flush()
        yield session


def test_defaults_show_until_a_value_is_set(session: Session) -> None:
    assert values.listed(session, TICKET) == [("Asset", "Pick one"), ("Account", "")]
    changed = values.set_values(session, TICKET, {"ASSET": "laptop [12]", " account ": "Example Inc"})
    assert changed == [Change("Asset", "Pick one", "Laptop [12]"), Change("Account", "", "Example Inc")]
    assert values.listed(session, TICKET) == [("Asset", "Laptop [12]"), ("Account", "Example Inc")]
    assert values.listed(session, Item(ItemKind.TICKET, 2, 1)) == [("Asset", "Pick one"), ("Account", "")]
    assert values.set_values(session, TICKET, {"asset": "Laptop [12]"}) == []
    values.set_values(session, TICKET, {"Asset": ""})
    assert values.listed(session, TICKET)[0] == ("Asset", "")


def test_a_value_of_another_departments_field_is_kept_and_shown_last(session: Session) -> None:
    values.set_values(session, TICKET, {"Elsewhere": "x"})
    assert values.listed(session, TICKET) == [("Asset", "Pick one"), ("Account", ""), ("Elsewhere", "x")]
    assert values.listed(session, Item(ItemKind.TICKET, 1, 99)) == [("Elsewhere", "x")]


def test_asked_by_name(session: Session) -> None:
    assert values.asked(session, TICKET, ["account", " ASSET", "Nope", "", "asset"]) == (
        [("Account", ""), ("Asset", "Pick one")],
        ["Nope"],
    )


def test_users_have_the_global_fields_and_items_the_others(session: Session) -> None:
    user = Item(ItemKind.USER, 2)
    assert values.listed(session, user) == [("Plan", "Free")]
    values.set_values(session, user, {"plan": "Pro"})
    assert values.listed(session, user) == [("Plan", "Pro")]
    for item, name in ((user, "Account"), (TICKET, "Plan"), (TICKET, "x" * 10_000)):
        with pytest.raises(BadValue) as refused:
            values.set_values(session, item, {name: "x"})
        assert len(str(refused.value)) < 300


def test_a_bad_value_sets_nothing(session: Session) -> None:
    with pytest.raises(BadValue, match=r"Asset.*not offered.*Laptop"):
        values.set_values(session, TICKET, {"Account": "x", "Asset": "Phone"})
    assert values.listed(session, TICKET) == [("Asset", "Pick one"), ("Account", "")]


def test_what_is_missing(session: Session) -> None:
    assert values.missing(session, TICKET, Requirement.AGENTS_TO_CLOSE) == ["Asset"]
    assert values.missing(session, TICKET, Requirement.USERS) == ["Account"]
    assert values.missing(session, TICKET, Requirement.AGENTS) == []
    with pytest.raises(BadValue, match=r"Closing a ticket.*Asset"):
        values.require(session, TICKET, Requirement.AGENTS_TO_CLOSE, "Closing a ticket")
    values.set_values(session, TICKET, {"Asset": "Server [13]", "Account": ""})
    values.require(session, TICKET, Requirement.AGENTS_TO_CLOSE, "Closing a ticket")
    assert values.missing(session, TICKET, Requirement.USERS) == ["Account"]
    assert values.missing(session, Item(ItemKind.TICKET, 1, 99), Requirement.USERS) == []


def test_what_is_searched_follows_the_value(session: Session) -> None:
    for value in ("Äpfel GmbH", "ÖL AG"):
        values.set_values(session, TICKET, {"Account": value})
        assert session.connection().exec_driver_sql("SELECT value_folded FROM ticket_field_values").scalars().all() == [
            value.casefold()
        ]


def test_templates(session: Session) -> None:
    found = templates.template(session, ItemKind.TICKET, 1)
    assert [(field.display_name, field.template_id, field.sort_order) for field in found] == [
        ("Asset", 7, 1),
        ("Account", 7, 2),
    ]
    assert (found[0].is_required_by_agents_to_close, found[0].is_required_by_users) == (True, False)
    assert [field.template_id for field in templates.template(session, ItemKind.CHAT, 1)] == [8]
    with pytest.raises(NotFound, match="department 99"):
        templates.template(session, ItemKind.TICKET, 99)


def test_statements_do_not_grow_with_fields(session: Session) -> None:
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: statements.append(given[2]))
    for extra in range(2):
        statements.clear()
        values.listed(session, TICKET)
        values.missing(session, TICKET, Requirement.USERS)
        assert len(statements) == 2
        values.set_values(session, TICKET, {"Account": f"a{extra}", "Asset": "Laptop [12]", "Elsewhere": "e"})
        assert len(statements) == 6
        first = 100 + 50 * extra
        session.add_all(CustomField(id=n, display_name=f"More {n}") for n in range(first, first + 50))
        session.flush()


@pytest.mark.parametrize(
    ("data_type", "good", "bad"),
    [
        (FieldType.NUMBER, ["1", "-1.5", "1,234.5", ".5", " 7 "], ["x", "1.2.3", ".", "+", "1e5", "٣" * 100]),
        (FieldType.BOOLEAN, ["true", "No", "1"], ["perhaps", "2"]),
        (FieldType.DATE, ["2024-01-31", "1/31/2024"], ["2024-02-30", "soon"]),
        (FieldType.DATE_TIME, ["2024-01-31T10:00:00Z", "1/31/2024 10:00 PM"], ["25:00", "x"]),
        (FieldType.TIME, ["10:15", "10:15 pm", "23:59:59"], ["24:00", "late"]),
        (FieldType.URL, ["https://example.com", "anything"], ["a\x00b"]),
        (FieldType.SINGLE_LINE_TEXT, ["", "x" * 100_000], ["x" * 100_001, "\ud800"]),
    ],
)
def test_what_a_type_takes(data_type: FieldType, good: list[str], bad: list[str]) -> None:
    field = fields.Field(1, "Field", data_type, "", False, ())
    for value in good:
        fields.checked(field, value)
    for value in bad:
        with pytest.raises(BadValue, match=r"\AField: "):
            fields.checked(field, value)


def test_a_boolean_is_held_as_dotnet_writes_it() -> None:
    field = fields.Field(1, "Field", FieldType.BOOLEAN, "", False, ())
    assert [fields.checked(field, word) for word in ("yes", "0", "")] == ["True", "False", ""]


def test_options_come_in_their_order(session: Session) -> None:
    session.execute(update(CustomFieldOption).where(CustomFieldOption.value == "Pick one").values(sort_order=9))
    asset = fields.fields(session)[1]
    assert asset.options == ("Laptop [12]", "Server [13]", "Pick one")
