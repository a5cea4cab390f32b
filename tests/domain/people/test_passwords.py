"""Passwords and the memory of those verified. Evidence: ours; argon2's parameters are OWASP's."""

from __future__ import annotations

from unittest.mock import patch

from argon2 import extract_parameters
from argon2.exceptions import VerificationError
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.domain.people import passwords
from smartertrack_emu.domain.people.passwords import VerifiedCredentials, hash_password, verify


def test_a_hash_verifies_its_password_alone() -> None:
    stored = hash_password("grün")
    assert verify(stored, "grün")
    assert not verify(stored, "Grün")
    assert not verify(None, "grün")
    assert not verify("no hash at all", "grün")
    assert not verify(stored, "half a pair \ud834")


def test_nobody_costs_what_somebody_costs() -> None:
    """Same parameters, same work: the time of an answer does not say who exists."""
    assert extract_parameters(passwords._NOBODYS) == extract_parameters(hash_password("x"))
    with patch.object(type(passwords._HASHER), "verify", side_effect=VerificationError) as work:
        verify(None, "x")
        verify(hash_password("y"), "x")
    assert work.call_count == 2


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_remembers_for_its_lifetime() -> None:
    clock = Clock()
    known = VerifiedCredentials(lifetime=300, monotonic=clock)
    known.remember("alice", "pw", "hash")
    assert known.stored_hash("alice", "pw") == "hash"
    assert known.stored_hash("alice", "PW") is None
    clock.now = 301
    assert known.stored_hash("alice", "pw") is None


def test_memory_is_bounded() -> None:
    known = VerifiedCredentials(size=100)
    for number in range(1000):
        known.remember(f"user{number}", "pw", "hash")
    assert len(known._known) == 100
    assert known.stored_hash("user999", "pw") == "hash"
    assert known.stored_hash("user0", "pw") is None


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_no_two_credentials_share_a_digest(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Also where a user name ends as a password begins."""
    known = VerifiedCredentials()
    assert (known._digest(*one) == known._digest(*other)) == (one == other)


def test_nothing_of_a_password_is_kept() -> None:
    known = VerifiedCredentials()
    known.remember("alice", "a-very-secret-password", "hash")
    assert b"a-very-secret-password" not in repr(vars(known)).encode()
