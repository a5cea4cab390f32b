"""Who may call what: the reference notes' rules as docs/rights.md shows them, for all operations and callers (ours)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, delete, insert

from smartertrack_emu.domain.people.models import RoleRight
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.people.roles import rights_changed
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.store.unit_of_work import writing
from tests.services.rights_calls import arguments
from tests.services.rights_matrix import (
    CALLERS,
    TABLE,
    Desk,
    desk_of_its_own,
    differences,
    fill,
    leaks,
    nothing_stays,
    operations,
    run,
    table,
)
from tests.services.rights_named import MORE, NAMED


def test_the_table_holds_and_nobody_learns_what_he_may_not_see(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path)
    desk = Desk(engine, tmp_path)
    cells = run(desk)
    assert len(cells) == 193 * len(CALLERS)
    assert {cell.outcome for cell in cells.values()}.isdisjoint({"-1", "-5"})
    assert leaks(cells) == []
    assert differences(cells, run(desk, CALLERS[:5], of_nothing=True)) == []
    assert table(cells).splitlines() == TABLE.read_text(encoding="utf-8").splitlines(), (
        "docs/rights.md is out of date: look at what changed after `make documents`"
    )


INSIDE = CALLERS[5]
assert INSIDE.username == "inside"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A helpdesk that the tests below share: each sets the rights it is about."""
    with desk_of_its_own() as desk:
        yield desk


def outcomes(desk: Desk) -> dict[str, str]:
    found = {f"{service}.{name}": cell.outcome for (service, name, _), cell in run(desk, (INSIDE,)).items()}
    declared = {(service.name, operation.name): (service, operation) for service, operation in operations()}
    with nothing_stays():
        for title, (service_name, name, given) in MORE.items():
            service, operation = declared[service_name, name]
            values = arguments(service_name, operation)
            names = [parameter.name for parameter in operation.parameters[2:]]
            values = [given.get(name, value) for name, value in zip(names, values, strict=True)]
            found[title] = desk.call(service, operation, INSIDE, values).outcome
    return found


def allow(desk: Desk, rights: Iterable[Right]) -> None:
    """Let the roles that the agent holds do these things and no others."""
    with writing(desk.engine) as session:
        session.execute(delete(RoleRight).where(RoleRight.role_id.in_((1, 2, 4))))
        session.execute(insert(RoleRight), [{"role_id": 4, "right": right} for right in rights])
        rights_changed(session)


def stopped(before: dict[str, str], after: dict[str, str]) -> set[str]:
    for name, outcome in after.items():
        assert outcome == before[name] or outcome in ("-3", "-4"), (name, outcome)
    return {name for name, outcome in after.items() if outcome != before[name]}


def test_taking_a_right_stops_just_what_it_names_and_giving_it_back_restores_it(desk: Desk) -> None:
    every = set(Right)
    allow(desk, every)
    before = outcomes(desk)
    assert {before[title] for title in MORE} == {"ok"}
    for right, named in NAMED.items():
        allow(desk, every - {right})
        assert stopped(before, outcomes(desk)) == named, right
    allow(desk, NAMED)
    assert outcomes(desk) == before


def test_a_hole_would_be_seen(desk: Desk) -> None:
    outside, stranger = CALLERS[4], CALLERS[2]
    allow(desk, Right)
    assert leaks(run(desk, (outside, stranger))) == []
    with patch.object(Principal, "sees_all_groups", property(lambda actor: actor.is_agent)):
        found = leaks(run(desk, (outside, stranger)))
    for operation in ("svcTickets.GetTicketInfo", "svcTickets.GetTicketsBySearch", "svcChats.GetChatInfo"):
        assert any(line.startswith(f"{operation}, agent, other group: Zinnober, ") for line in found), operation
    assert any("7710001" in line.partition(" in ")[0] for line in found)
    assert not any("portal user" in line for line in found)


def test_every_right_an_operation_declares_is_one_of_those_tested() -> None:
    declared = {operation.options.right for service in SERVICES for operation in service.operations.values()} - {None}
    assert declared <= set(NAMED)
