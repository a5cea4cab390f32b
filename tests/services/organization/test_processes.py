"""Two servers of one helpdesk, each with its own memory: what one changes holds in the other at once (ours)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from smartertrack_emu.store.engine import create_engine
from tests.services.api import Api, RunningServer, items


@pytest.fixture
def both(seeded_url: str, tmp_path: Path) -> Iterator[tuple[Api, Api]]:
    """Two servers on one database."""
    engines: list[sqlalchemy.Engine] = [create_engine(seeded_url, synchronous="OFF") for _ in range(2)]
    servers = [RunningServer(engine, tmp_path) for engine in engines]
    first, second = (Api(server) for server in servers)
    yield first, second
    for api, server, engine in zip((first, second), servers, engines, strict=True):
        api.http.close()
        server.stop()
        engine.dispose()


def test_a_new_password_works_and_the_old_one_stops(both: tuple[Api, Api]) -> None:
    here, there = both
    assert there.organization("alice").GetServerName().Result
    for password in ("first", "second", "third"):
        assert here.organization("admin").SetUsersProperties(4, [f"Password={password}"]).Result
        assert there.organization("alice").GetServerName().ResultCode == -2
        assert there.organization("alice", password).GetServerName().Result
    assert here.organization("admin").DeleteUser(4).Result
    assert there.organization("alice", "third").GetServerName().ResultCode == -2


def test_rights_and_roles_hold_at_once(both: tuple[Api, Api]) -> None:
    here, there = both
    admin, alice = here.organization("admin"), there.tasks("alice")
    assert alice.GetTasksByUser(4).Result
    for _ in range(3):
        assert admin.SetTaskPermissions(["Create"], 4).Result
        assert alice.GetTasksByUser(4).ResultCode == -3
        assert admin.SetTaskPermissions(["Create", "View"], 4).Result
        assert alice.GetTasksByUser(4).Result
    assert admin.AddRole("Extra", True).Result
    extra = next(role.RoleID for role in items(admin.GetAllRoles().Roles) if role.RoleName == "Extra")
    assert admin.AddRoleToUser(8, extra).Result
    assert there.organization("customer").GetServerName().Result
    assert admin.SetTaskPermissions(["Delete"], extra).Result
    assert there.tasks("customer").DeleteTask(99).ResultCode == -4
    assert admin.RemoveRole(extra).Result
    assert there.organization("customer").GetServerName().ResultCode == -3


def test_a_user_made_here_logs_in_there(both: tuple[Api, Api]) -> None:
    here, there = both
    assert there.tickets("dora").PingService() is False
    assert here.organization("admin").CreateUser2("dora", "dora-pw", "", False, "Dora").Result
    assert there.tickets("dora").PingService() is True
