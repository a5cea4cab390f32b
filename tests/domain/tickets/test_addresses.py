"""E-mail addresses as they are given; the forms are those of RFC 5322, separators are seen."""

from __future__ import annotations

from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.tickets import addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@b.example", ("", "a@b.example")),
        (" A@b ; ", ("", "A@b")),
        ("Joe Doe <joe@b.example>", ("Joe Doe", "joe@b.example")),
        ('"Doe, Joe" <joe@b.example>', ("Doe, Joe", "joe@b.example")),
        ("<joe@b.example>", ("", "joe@b.example")),
        ("jörg@bücher.example", ("", "jörg@bücher.example")),
    ],
)
def test_one(text: str, expected: tuple[str, str]) -> None:
    assert addresses.one(text, "from_address") == expected


ATOMS = st.lists(st.text("aZ09_+-", min_size=1, max_size=5), min_size=1, max_size=3).map(".".join)


@given(ATOMS, ATOMS)
def test_what_is_not_given_to_the_library_it_would_read_the_same(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    assert getaddresses([address]) == [addresses.one(address, "from_address")] == [("", address)]


@pytest.mark.parametrize(
    "text", ["", " ", ";", "a", "a@", "@b", "a b", "a@b c@d", "a@b, c@d", "a@b@c", "Joe <joe>", "x" * 320 + "@b"]
)
def test_not_one(text: str) -> None:
    with pytest.raises(BadValue, match="from_address"):
        addresses.one(text, "from_address")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, ""),
        ("", ""),
        (" ; , ", ""),
        ("a@b", "a@b"),
        ("a@b,c@d", "a@b, c@d"),
        ("a@b; ;Joe <c@d>,", "a@b, c@d"),
        ('"Doe, Joe" <c@d>; e@f', "c@d, e@f"),
    ],
)
def test_several(text: str | None, expected: str) -> None:
    assert addresses.several(text, "cc") == expected


@pytest.mark.parametrize("text", ["a", "a@b, c", "a@b c@d"])
def test_not_several(text: str) -> None:
    with pytest.raises(BadValue, match="cc"):
        addresses.several(text, "cc")


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [("Joe", "a@b", "Joe (a@b)"), ("", "a@b", "a@b"), ("Joe", "", "Joe"), ("", "", "")],
)
def test_labelled(name: str, address: str, expected: str) -> None:
    assert addresses.labelled(name, address) == expected
