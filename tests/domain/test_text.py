"""When two names are the same. Ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.domain.text import fold, key, key_or_none
from smartertrack_emu.store.types import KEY_LENGTH


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "aLICE"),
        ("Jos\u00e9", "JOSE\u0301"),  # composed and decomposed
        ("STRASSE", "stra\u00dfe"),
        ("\u212b", "\u00e5"),  # the angstrom sign is the letter
        ("\u03a3\u0399\u03a3\u03a5\u03a6\u039f\u03a3", "\u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c2"),  # final sigma
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice", "alice "),
        ("admin", "\uff41dmin"),  # full width
        ("admin", "\u0430dmin"),  # Cyrillic
        ("admin", "admin\u200b"),
        ("a", "\u00e4"),
    ],
)
def test_not_the_same(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert key(key(text)) == key(text)


@given(st.text(max_size=50))
def test_case_does_not_matter(text: str) -> None:
    assert fold(text) == fold(text.casefold())


@given(st.text(min_size=150, max_size=300), st.text(min_size=150, max_size=300))
def test_a_key_is_short_and_equal_only_for_equals(one: str, other: str) -> None:
    assert len(key(one)) <= KEY_LENGTH
    assert (key(one) == key(other)) == (fold(one) == fold(other))


def test_long_names_differ_by_their_ends() -> None:
    assert key("x" * 10_000 + "a") != key("x" * 10_000 + "b")
    assert key("X" * 10_000) == key("x" * 10_000)


def test_nothing_has_no_key() -> None:
    assert key_or_none("") is None
    assert key_or_none(None) is None
    assert key_or_none("A") == "a"
