"""Bursts of wrong passwords: the limit and its window are the product's (seen); by address, and bounded, is ours."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from smartertrack_emu.domain.people.failures import LoginFailures


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_name_is_refused_from_the_limit_on_until_the_window_has_passed() -> None:
    clock = Clock()
    failures = LoginFailures(allowed=3, window_seconds=60, monotonic=clock)
    for _ in range(3):
        assert not failures.refuses("alice")
        failures.note("alice")
    assert failures.refuses("alice")
    assert not failures.refuses("bob")
    clock.now += 59
    assert failures.refuses("alice")
    clock.now += 1
    assert not failures.refuses("alice")
    failures.note("alice")
    assert not failures.refuses("alice")


def test_the_window_counts_from_the_first() -> None:
    clock = Clock()
    failures = LoginFailures(allowed=10, window_seconds=300, monotonic=clock)
    for _ in range(9):
        failures.note("alice")
        clock.now += 33
    clock.now = 1000 + 299.9
    failures.note("alice")  # the tenth, within five minutes of the first
    assert failures.refuses("alice")
    clock.now += 299.9
    assert failures.refuses("alice")
    clock.now += 0.2
    assert not failures.refuses("alice")


def test_the_window_does_not_move_on_with_each() -> None:
    clock = Clock()
    failures = LoginFailures(allowed=3, window_seconds=300, monotonic=clock)
    for at in (0, 200, 301, 400, 599):  # two, then three of the next window
        assert not failures.refuses("alice")
        clock.now = 1000 + at
        failures.note("alice")
    assert failures.refuses("alice")


def test_passwords_that_were_being_checked_do_not_lengthen_the_refusal() -> None:
    clock = Clock()
    failures = LoginFailures(allowed=2, window_seconds=60, monotonic=clock)
    failures.note("alice")
    failures.note("alice")
    clock.now += 30
    failures.note("alice")
    clock.now += 30
    assert not failures.refuses("alice")


def test_each_address_counts_for_itself() -> None:
    failures = LoginFailures(allowed=2)
    for _ in range(2):
        failures.note("alice", "192.0.2.1")
    assert failures.refuses("alice", "192.0.2.1")
    assert not failures.refuses("alice", "192.0.2.2")
    assert not failures.refuses("bob", "192.0.2.1")
    assert not failures.refuses("alice")
    failures.note("alice", "192.0.2.2")
    failures.forget("alice", "192.0.2.2")
    assert failures.refuses("alice", "192.0.2.1")  # a right password elsewhere says nothing of here


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:0:abcd::", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("/run/socket", "/run/socket", True),
        ("x" * 1000 + "a", "x" * 1000 + "b", False),
    ],
)
def test_what_one_client_is(one: str, other: str, *, is_same: bool) -> None:
    failures = LoginFailures(allowed=1)
    failures.note("alice", one)
    assert failures.refuses("alice", one)
    assert failures.refuses("alice", other) is is_same


def test_wrong_passwords_long_apart_do_not_add_up() -> None:
    clock = Clock()
    failures = LoginFailures(allowed=2, window_seconds=60, monotonic=clock)
    for _ in range(5):
        failures.note("alice")
        clock.now += 60
        assert not failures.refuses("alice")


def test_the_right_password_begins_anew() -> None:
    failures = LoginFailures(allowed=2)
    failures.note("alice")
    failures.forget("alice")
    failures.note("alice")
    assert not failures.refuses("alice")
    failures.forget("never seen")


def test_zero_allows_any_number() -> None:
    failures = LoginFailures(allowed=0)
    for _ in range(100):
        failures.note("alice")
    assert not failures.refuses("alice")
    assert len(failures) == 0


def test_filling_the_memory_costs_more_passwords_than_a_window_has_time_for() -> None:
    """Two passwords are checked at once and each takes 20 ms, so a window of 300 s has time for 30,000 of them."""
    failures = LoginFailures()
    for _ in range(10):
        failures.note("alice", "192.0.2.1")
    for number in range(30_000):
        failures.note("alice", f"10.0.{number // 256}.{number % 256}")
    assert failures.refuses("alice", "192.0.2.1")


def test_the_greatest_memory_is_small() -> None:
    tracemalloc.start()
    try:
        failures = LoginFailures(size=2_000)
        for number in range(10_000):
            failures.note(f"{number}" + "\U0001f600" * 1000, f"2001:db8:{number:x}::1")
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(failures) == 2_000
    assert kept < 2_000 * 1_000  # bytes


def test_counted_by_many_threads() -> None:
    failures = LoginFailures(allowed=400, size=5)

    def guess(number: int) -> None:
        for _ in range(100):
            failures.note("alice", "192.0.2.1")
            failures.note("bob", f"192.0.2.{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(guess, range(4)))
    assert failures.refuses("alice", "192.0.2.1")
    assert len(failures) == 5


def test_memory_is_bounded_and_forgets_the_longest_quiet() -> None:
    failures = LoginFailures(allowed=1, size=100)
    failures.note("alice")
    for number in range(100_000):
        failures.note(f"name {number}")
        failures.note("bob")
    assert len(failures) == 100
    assert failures.refuses("bob")
    assert not failures.refuses("alice")
