"""Reading a seed file: what is refused before any name is looked up, and how it is said (ours)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu import seed
from smartertrack_emu.seed.format import SeedDocument

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


def told(text: str) -> list[str]:
    with pytest.raises(seed.SeedError) as raised:
        seed.parse(text)
    return list(raised.value.problems)


def test_an_empty_file_is_an_empty_document() -> None:
    assert seed.parse("") == SeedDocument.model_validate({})
    assert seed.parse("# nothing\n") == SeedDocument.model_validate({})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("brands: [{nmae: Acme}]", 'brands[0]: no key "nmae" here; did you mean "name"?'),
        ("brands: [{nmae: Acme}]", "brands[0].name: is missing"),
        ("user: []", 'no key "user" here; did you mean "users"?'),
        ("brands: [{name: 7}]", "brands[0].name: must be text; put numbers, dates, yes and no in quotes"),
        ("brands: [{name: no}]", "brands[0].name: must be text; put numbers, dates, yes and no in quotes"),
        ("brands: [{name: ''}]", "brands[0].name: must not be empty"),
        ("brands: [{name: A, id: 0}]", "brands[0].id: must be at least 1"),
        ("brands: [{name: A, id: x}]", "brands[0].id: must be a whole number"),
        ("roles: [{name: A, id: 32768}]", "roles[0].id: must be at most 32767"),
        ("roles: [{name: A, employee: 1}]", "roles[0].employee: must be true or false"),
        ("roles: [{name: A, rights: [kb.veiw]}]", 'roles[0].rights[0]: is not known, not "kb.veiw"'),
        ("roles: [{name: A, reports: [Ticket Backlogs]}]", 'no report "Ticket Backlogs"; did you mean'),
        ("brands: {name: A}", "brands: must be a list: each entry begins with a dash"),
        ("brands: [Acme]", "brands[0]: must be a mapping: `key: value`"),
        ("- brands", "must be a mapping: `key: value`"),
        ("users: [{username: a, email: nobody}]", "users[0].email: must be an e-mail address"),
        ("users: [{username: a, roles: [[x]]}]", "users[0].roles[0]: must be a name, or an id"),
        ("users: [{username: a, custom_fields: {Plan: [1]}}]", "users[0].custom_fields.Plan: must be text, a number"),
        ("tickets: [{status: opne}]", 'not "opne"; did you mean "open"?'),
        ("tickets: [{messages: [{from: bob}]}]", "tickets[0].messages[0].from: must be customer or agent"),
        ("tickets: [{messages: [{form: agent}]}]", 'tickets[0].messages[0]: no key "form" here; did you mean "from"?'),
        ("tickets: [{number: 1}]", "tickets[0].number: must be text"),
        ("tickets: [{number: x}]", "tickets[0].number: has not the right form"),
        ("tickets: [{opened: 2024-05-01T10:00:00}]", "tickets[0].opened: needs a time zone"),
        ("tickets: [{opened: yesterday}]", "tickets[0].opened: must be a date: ISO 8601"),
        ("tickets: [{opened: -999999999w}]", "tickets[0].opened: is too far from now"),
        ("tickets: [{opened: '0001-01-01T00:00:00+05:00'}]", "outside the years 1 to 9999"),
        ("brands: [{name: A}]\nbrands: []", 'line 2, column 1: the key "brands" stands twice'),
        ("a: &x [1]\nb: *x", "line 2, column 4: aliases (*name) are not known here"),
        ("brands: [", "line 1, column 10: "),
        ("brands: !!python/name:os.system x", "line 1, column 9: could not determine a constructor"),
        ("transfer_servers: [{url: ftp://a}]", "transfer_servers[0].url: must be an address such as https://"),
        ("transfer_servers: [{url: 'http://u:p@a'}]", "transfer_servers[0].url: must be an address such as https://"),
        ("transfer_servers: [{url: 'http://[a'}]", "transfer_servers[0].url: must be an address such as https://"),
        ("transfer_servers: [{url: 'http://a:b'}]", "transfer_servers[0].url: must be an address such as https://"),
        ('brands: [{name: "a\\0"}]', "brands[0].name: contains U+0000"),
        ('brands: [{name: "a\\uD800"}]', "brands[0].name: contains U+D800"),
        ("1: 2", "must be text, as every key"),
        ("\u0000", "line 1: the character U+0000 is not allowed"),
        ("[" * 5000, "line 1, column 65: this is nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_its_place(text: str, problem: str) -> None:
    assert any(problem in line for line in told(text)), told(text)


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    assert told("users:\n  - {usernme: a, away: maybe}\nchats: 3") == [
        "users[0].username: is missing",
        "users[0].away: must be true or false",
        'users[0]: no key "usernme" here; did you mean "username"?',
        "chats: must be a list: each entry begins with a dash",
    ]


def test_many_mistakes_are_counted() -> None:
    with pytest.raises(seed.SeedError, match="and 10 more"):
        seed.parse("brands: [" + "x," * 60 + "]")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(seed.SeedError, match="cannot be read: No such file"):
        seed.read(tmp_path / "none.yaml")


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_bytes(b"brands: [\xff]")
    with pytest.raises(seed.SeedError, match="is not UTF-8: byte 10"):
        seed.read(path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("-2d", NOW - timedelta(days=2)),
        ("+45m", NOW + timedelta(minutes=45)),
        ("-3h", NOW - timedelta(hours=3)),
        ("-30s", NOW - timedelta(seconds=30)),
        ("+1w", NOW + timedelta(weeks=1)),
        ("now", NOW),
        ("2024-01-02T03:04:05Z", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("'2024-01-02T03:04:05.5+02:00'", datetime(2024, 1, 2, 1, 4, 5, 500_000, tzinfo=UTC)),
    ],
)
def test_moments(written: str, meant: datetime) -> None:
    opened = seed.parse(f"tickets: [{{opened: {written}}}]").tickets[0].opened
    assert opened is not None
    assert opened.at(NOW) == meant


def test_words_are_read_however_they_are_written() -> None:
    for word in ("in progress", "In_Progress", "IN-PROGRESS"):
        assert seed.parse(f"tasks: [{{subject: a, status: {word}}}]").tasks[0].status.name == "IN_PROGRESS"


_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.binary(max_size=5)
_keys = st.sampled_from([*SeedDocument.model_fields, "name", "id", "from", "groups", "messages", "at"]) | st.text()
_data = st.recursive(
    _scalars | st.sampled_from(["-2d", "open", "alice"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=20,
)


@given(_data)
def test_any_data_is_a_document_or_a_seed_error(data: object) -> None:
    _parse_or_refuse(yaml.safe_dump(data, allow_unicode=True))


@given(st.text() | st.text(alphabet="[]{}:-,&*!?|> \n#%@`'\"a1<", max_size=60))
def test_any_text_is_a_document_or_a_seed_error(text: str) -> None:
    _parse_or_refuse(text)


@given(st.binary())
def test_any_file_is_a_document_or_a_seed_error(content: bytes) -> None:
    _parse_or_refuse(content.decode("utf-8", "surrogateescape"))


def _parse_or_refuse(text: str) -> None:
    problems: tuple[str, ...] = ("none",)
    try:
        seed.parse(text)
    except seed.SeedError as error:
        problems = error.problems
    assert problems
    assert all(problems)
