"""Evening out tickets: shares and moves, by chance. What a rule does is seen; how it rounds is ours."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.domain.tickets.rebalancing import Agent, shares, to_even_out

NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)

agents = st.builds(
    Agent,
    has=st.integers(0, 12),
    weight=st.integers(1, 5),
    room=st.none() | st.integers(0, 12),
    is_receiving=st.booleans(),
)
groups = st.lists(agents, min_size=1, max_size=6).map(lambda found: dict(enumerate(found, start=4)))


def _movable(group: dict[int, Agent]) -> dict[int, list[SimpleNamespace]]:
    number, movable = 0, {}
    for agent_id, agent in group.items():
        rows = []
        for _ in range(agent.has):
            number += 1
            # Neither in the order of ids nor in that of time.
            at = NOON + timedelta(minutes=number * 7 % 50)
            rows.append(SimpleNamespace(id=number, agent_id=agent_id, assigned_at=at, opened_at=NOON))
        movable[agent_id] = rows
    return movable


@given(groups)
def test_everybody_gets_their_share(group: dict[int, Agent]) -> None:
    wanted = shares(group)
    assert wanted.keys() == {agent_id for agent_id, agent in group.items() if agent.is_receiving}
    for agent_id, number in wanted.items():
        room = group[agent_id].room
        assert 0 <= number <= (number if room is None else room)
    total = sum(agent.has for agent in group.values())
    most = sum(total if group[agent_id].room is None else group[agent_id].room or 0 for agent_id in wanted)
    assert sum(wanted.values()) == min(total, most)
    # Nobody has a whole ticket less, by their weight, than somebody else: unless they have room for no more.
    for (one, lower), (other, higher) in product(wanted.items(), repeat=2):
        if group[one].room is None or lower < (group[one].room or 0):
            assert Fraction(higher - 1, group[other].weight) < Fraction(lower + 1, group[one].weight)


@given(groups)
def test_as_few_move_as_possible_and_the_newest_first(group: dict[int, Agent]) -> None:
    wanted, movable = shares(group), _movable(group)
    moves = to_even_out(group, wanted, {agent_id: list(rows) for agent_id, rows in movable.items()})
    assert len({move.ticket_id for move in moves}) == len(moves)
    has = {agent_id: agent.has for agent_id, agent in group.items()}
    given_away = Counter(move.from_agent_id for move in moves)
    taken = Counter(move.to_agent_id for move in moves)
    assert not given_away.keys() & taken.keys()  # nobody gives and takes
    after = {agent_id: has[agent_id] - given_away[agent_id] + taken[agent_id] for agent_id in has}
    for agent_id, number in wanted.items():
        assert after[agent_id] >= number  # more only where there is room nowhere
    # Each move takes somebody towards their share, so that there cannot be fewer.
    assert len(moves) == sum(max(number - has[agent_id], 0) for agent_id, number in wanted.items())
    for agent_id, rows in movable.items():
        newest = sorted(rows, key=lambda row: (row.assigned_at, row.id), reverse=True)
        gone = {move.ticket_id for move in moves if move.from_agent_id == agent_id}
        assert gone == {row.id for row in newest[: len(gone)]}
    # What is even stays as it is.
    even = {agent_id: agent._replace(has=after[agent_id]) for agent_id, agent in group.items()}
    assert to_even_out(even, shares(even), _movable(even)) == []


@given(groups)
def test_no_other_rounding_moves_fewer(group: dict[int, Agent]) -> None:
    """Of all ways to round the shares, none moves fewer tickets. Small enough to try them all."""
    wanted = shares(group)
    if any(agent.room is not None for agent in group.values()) or len(wanted) > 4:
        return
    total = sum(agent.has for agent in group.values())
    weights = sum(group[agent_id].weight for agent_id in wanted)
    ways = [
        {total * group[agent_id].weight // weights, -(-total * group[agent_id].weight // weights)}
        for agent_id in wanted
    ]
    fewest = min(
        (
            sum(max(number - group[agent_id].has, 0) for agent_id, number in zip(wanted, way, strict=True))
            for way in product(*ways)
            if sum(way) == total
        ),
        default=0,
    )
    assert sum(max(number - group[agent_id].has, 0) for agent_id, number in wanted.items()) == fewest


@pytest.mark.parametrize(
    ("has", "weights", "expected"),
    [
        ((6, 0, 0), (1, 1, 1), [2, 2, 2]),
        ((7, 0, 0), (1, 1, 1), [3, 2, 2]),
        ((0, 0, 7), (1, 1, 1), [2, 2, 3]),
        ((9, 0, 0), (2, 1, 0), [6, 3]),
        ((3, 2, 2), (1, 1, 1), [3, 2, 2]),
        ((2, 3, 2), (1, 1, 1), [2, 3, 2]),
    ],
)
def test_shares(has: tuple[int, ...], weights: tuple[int, ...], expected: list[int]) -> None:
    group = {
        number: Agent(many, weight, None, is_receiving=True)
        for number, (many, weight) in enumerate(zip(has, weights, strict=True))
        if weight
    }
    assert list(shares(group).values()) == expected
