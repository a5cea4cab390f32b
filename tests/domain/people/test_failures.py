"""Bursts of wrong passwords: limit, window and bounded memory are ours."""

from __future__ import annotations

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


def test_memory_is_bounded_and_forgets_the_longest_quiet() -> None:
    failures = LoginFailures(allowed=1, size=100)
    failures.note("alice")
    for number in range(100_000):
        failures.note(f"name {number}")
        failures.note("bob")
    assert len(failures) == 100
    assert failures.refuses("bob")
    assert not failures.refuses("alice")
