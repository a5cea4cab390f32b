"""Finding articles, on both databases: the same results, the right ones, in any script; rules of ours.

The texts are of the project's own making (corpus.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert, select

from smartertrack_emu.domain.kb.models import KbArticle, KbFolder
from smartertrack_emu.domain.kb.search import search
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.search.words import words
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.domain.search.corpus import Sample, samples

ARTICLES = 1_000
QUERIES = 100


@cache
def corpus() -> list[Sample]:
    return list(samples(ARTICLES))


def fill(engine: Engine, texts: list[Sample]) -> None:
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None)
        session.add(KbFolder(name="All"))
        session.flush()
        rows = [
            {
                "folder_id": 1,
                "subject": sample.subject,
                "body": sample.body,
                "keywords": sample.keywords,
                # Equals are ordered by their dates.
                "created_at": datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=number % 100),
            }
            for number, sample in enumerate(texts)
        ]
        if rows:
            session.execute(insert(KbArticle), rows)


def found(engine: Engine, terms: str, most: int = 10) -> list[int]:
    with reading(engine) as session:
        return [hit.id for hit in search(session, SYSTEM, terms, max_results=most, include_private=True)]


def known_items() -> list[tuple[int, str]]:
    """Articles by their ids, each with something that might be typed to find it again."""
    random = Random(5)  # noqa: S311 - a choice of tests
    return [(number + 1, random.choice(corpus()[number].queries)) for number in random.sample(range(ARTICLES), QUERIES)]


@pytest.fixture
def both(sqlite_url: str, postgresql_url: str) -> Iterator[tuple[Engine, Engine]]:
    """A new database of each kind."""
    engines = create_engine(sqlite_url, synchronous="OFF"), create_engine(postgresql_url)
    yield engines
    for engine in engines:
        engine.dispose()


def test_known_items_are_found_and_both_databases_agree(both: tuple[Engine, Engine]) -> None:
    for engine in both:
        fill(engine, corpus())
    hits = 0
    for article, query in known_items():
        on_sqlite, on_postgresql = (found(engine, query) for engine in both)
        assert on_sqlite == on_postgresql, query
        hits += article in on_sqlite[:3]
    assert hits >= 95
    for query in (
        "password",
        "please open",
        "s*",
        '"sign out"',
        '"sign out again"',
        '"out sign"',
        '"sign out" -password "settings page"',
        "sign-o*",
        "server -password",
        "server -pass*",
        '-"sign out" mailbox',
        '-"sign out"',
        "mailbox -sign-o*",
        "-password",
        "passw",
        "passw mailb -serv",
        "conf prin",
        "pleas sett",
        "reset passw",
    ):
        for most in (10, 5_000):
            on_sqlite, on_postgresql = (found(engine, query, most) for engine in both)
            assert on_sqlite == on_postgresql, query
    assert len(found(both[0], "please", 5_000)) > 250


OWN = st.sampled_from(
    ["mail", "server", "ma", "größe", "grosse", "密", "码", "x1", "e-mail", "don't", "पासवर्ड", "пароль"]
)
SIGNS = st.sampled_from(['"', "*", "-", " ", " ", " -", '" "', "¶", "'", "\\", "&", "(", "=", ":"])
TYPED = st.lists(st.one_of(OWN, SIGNS, st.text(st.characters(), max_size=4)), max_size=12).map("".join)
TEXT = st.lists(st.one_of(OWN, st.just(" "), st.text(st.characters(), max_size=6)), max_size=20).map(" ".join)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4), st.lists(TYPED, max_size=6))
def test_both_find_what_stands_there(
    both: tuple[Engine, Engine], texts: list[tuple[str, str]], typed: list[str]
) -> None:
    """Whatever is written and whatever is typed: no error, and what both databases find is right."""
    clean = [(storable(subject), storable(body)) for subject, body in texts]
    for engine in both:
        with writing(engine) as session:
            if session.get(KbFolder, 1) is None:
                create_initial(session, admin_password_hash=None)
                session.add(KbFolder(name="All"))
                session.flush()
            for article in session.scalars(select(KbArticle)):
                session.delete(article)
            session.flush()
            session.add_all(
                KbArticle(id=number, folder_id=1, subject=subject, body=f"<p>{subject} {number}</p>", keywords=body)
                for number, (subject, body) in enumerate(clean, 1)
            )
    for terms in typed:
        on_sqlite, on_postgresql = (found(engine, terms) for engine in both)
        assert on_sqlite == on_postgresql, terms
    for number, (subject, _) in enumerate(clean, 1):
        looked_for = words(subject)[:40]
        if looked_for:
            for terms in (" ".join(looked_for), f'"{" ".join(looked_for)}"', f"{looked_for[0]}*"):
                assert number in found(both[0], terms), terms
                assert number in found(both[1], terms), terms
            assert number not in found(both[0], f"-{looked_for[0]}")
            assert number not in found(both[1], f"-{looked_for[0]}")


def storable(text: str) -> str:
    return "".join(letter for letter in text if letter != "\x00" and not "\ud800" <= letter <= "\udfff")


def test_long_expressions(engine: Engine) -> None:
    fill(engine, corpus()[:20])
    for terms in (
        "word " * 10_000,
        '"' + "word " * 10_000 + '"',
        " ".join(f"w{n}" for n in range(1_000)),
        " ".join(f"-w{n}" for n in range(1_000)),
        " ".join(f'"w{n} x y"' for n in range(1_000)),
        " ".join(f"w{n}*" for n in range(1_000)),
        "x" * 100_000,
        "-" * 10_000,
    ):
        found(engine, terms)


def test_long_texts(engine: Engine) -> None:
    fill(engine, corpus()[:3])
    different = " ".join(f"größenwort{number}" for number in range(200_000))
    with writing(engine) as session:
        session.add(KbArticle(id=50, folder_id=1, subject=different[:100_000], body=different, keywords=different))
    assert found(engine, "größenwort7") == [50]
    assert found(engine, "grossenwort7 grossenwort8 -mailbox") == [50]
    assert found(engine, '"grossenwort10000 grossenwort10001"') == [50]


def test_a_phrase_stands_in_one_text(engine: Engine) -> None:
    """Not half in the title and half among the keywords; nor is it found by its words in other places."""
    fill(engine, [])
    texts = [
        ("Alpha beta", "<p>epsilon zeta eta</p>", "gamma delta"),
        ("Gamma", "<p>eta zeta, epsilon zeta; zeta eta beta</p>", "beta alpha"),
    ]
    with writing(engine) as session:
        session.add_all(KbArticle(folder_id=1, subject=s, body=b, keywords=k) for s, b, k in texts)
    expected = {
        '"alpha beta"': [1],
        '"beta alpha"': [2],
        '"beta gamma"': [],
        '"delta epsilon"': [],
        '"zeta eta"': [2, 1],
        '"epsilon zeta eta"': [1],
        '"epsilon zeta" beta -"epsilon zeta eta"': [2],
        'eta -"alpha beta"': [2],
        '-"beta gamma"': [2, 1],
        "alpha-b*": [1],
        "eta -alpha-b*": [2],
    }
    assert {terms: sorted(found(engine, terms), reverse=True) for terms in expected} == expected


def test_the_title_counts_more_than_the_text_and_order_counts(engine: Engine) -> None:
    fill(engine, [])
    texts = [
        ("Other things", "<p>mail mail mail mail</p>", ""),
        ("Other", "<p>nothing</p>", "mail"),
        ("Mail", "<p>nothing</p>", ""),
        ("Mail and many other words that make the title long", "<p>nothing</p>", ""),
        ("Server of the mail", "<p>x</p>", ""),
        ("The mail server", "<p>x</p>", ""),
    ]
    with writing(engine) as session:
        session.add_all(KbArticle(folder_id=1, subject=s, body=b, keywords=k) for s, b, k in texts)
    assert found(engine, "mail")[0] == 3
    assert set(found(engine, "mail")[-2:]) == {1, 2}
    assert found(engine, "mail server") == [6, 5]
    assert found(engine, "server of the mail") == [5, 6]


def fill_with(engine: Engine, *texts: tuple[str, str]) -> None:
    """Make articles of subjects and texts, numbered from 1."""
    fill(engine, [])
    with writing(engine) as session:
        session.add_all(KbArticle(folder_id=1, subject=subject, body=f"<p>{body}</p>") for subject, body in texts)


def test_a_word_also_finds_those_that_begin_with_it(engine: Engine) -> None:
    fill_with(
        engine,
        ("Passwords", "passwords passwords"),  # 1
        ("Other", "and a password at the end of many other words that stand here"),  # 2
        ("Password", "nothing"),  # 3
        ("Passwordless", "log in"),  # 4
        ("Pass", "the pas"),  # 5
        ("Compass", "word"),  # 6
    )
    expected = {
        "password": [1, 2, 3, 4],
        "PASSWORD": [1, 2, 3, 4],
        "passwords": [1],
        '"password"': [2, 3],
        "pass": [1, 2, 3, 4, 5],
        "pas": [5],  # three letters
        "pas*": [1, 2, 3, 4, 5],
        "pass -password": [1, 4, 5],  # what must not be there is the word itself
        "password log": [4],
        "passwor word": [2],
        "nothing passwor": [3],
    }
    assert {terms: sorted(found(engine, terms)) for terms in expected} == expected
    # Those that have the word itself come first, however seldom and wherever they have it.
    assert found(engine, "password") == [3, 2, 1, 4]
    assert found(engine, "password", 2) == [3, 2]
    assert found(engine, "password", 3) == [3, 2, 1]
    assert found(engine, "pass")[0] == 5


@pytest.mark.parametrize(
    ("terms", "is_found"),
    [
        ("größ", True),
        ("паро", True),
        ("पासव", False),
        ("पासवर", True),
        ("e1234", False),
        ("2024", False),
        ("密码密码", True),
    ],
)
def test_letters_of_any_script_count(engine: Engine, terms: str, *, is_found: bool) -> None:
    fill_with(engine, ("Größen", "пароль पासवर्ड e12345 20245 密码密码密码 x"), ("x", "y"))
    assert found(engine, terms) == ([1] if is_found else [])


def test_relevance_falls_and_snippets_show_what_was_found(engine: Engine) -> None:
    filler = "some words " * 60
    fill_with(
        engine, ("One", f"{filler} printers {filler}"), ("Two", f"{filler} printer {filler}"), ("Printers", "printers")
    )
    with reading(engine) as session:
        hits = search(session, SYSTEM, "printer", max_results=10, include_private=True)
    assert [hit.id for hit in hits] == [2, 3, 1]
    assert hits[0].relevance >= hits[1].relevance >= hits[2].relevance > 0
    assert "printer" in hits[0].snippet
    assert "printers" in hits[2].snippet


def test_more_than_are_ranked_have_the_word(engine: Engine) -> None:
    """Where those that have the very words are enough, no others are looked for."""
    fill_with(engine, *[("x", f"printer {n}") for n in range(12)], *[("Printers", "printers") for _ in range(210)])
    assert set(found(engine, "printer", 12)) == set(range(1, 13))
    assert len(found(engine, "printer", 50)) == 50
    assert set(found(engine, "printer", 50)[:12]) == set(range(1, 13))
    assert len(found(engine, "printer", 5_000)) == 222
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    found(engine, "printer", 12)
    few = len(statements)
    found(engine, "printer", 13)
    assert len(statements) - few > few
