"""Mails while processes are killed: none is lost, none comes in twice. Ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import select

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.inbox.models import IncomingMail
from smartertrack_emu.domain.tickets.models import TicketMessage
from tests.mail.incoming.conftest import AddAccount, mail
from tests.mail.incoming.pop_server import Box, pop_server

KILLS, MAILS = 8, 30


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor SIGKILL")
def test_killed(desk: Desk, engine: sqlalchemy.Engine, add_account: AddAccount, tmp_path: Path) -> None:
    box = Box(
        {f"u{n}": mail(f"{n}", From=f"c{n}@example.com", Message_ID=f"<{n}@example.com>") for n in range(MAILS)},
        password="",
    )
    with pop_server(box) as port:
        add_account(port, password="")
        url = engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", "tests.mail.incoming.killed", url, str(tmp_path), str(KILLS)]
        made = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert made.stdout.strip().splitlines()[-1:] == [str(KILLS)], made.stderr

    def column(of: Any) -> list[Any]:
        return desk.read(lambda session: list(session.scalars(select(of))))

    assert box.mails == {}
    assert sorted(column(TicketMessage.internet_id)) == sorted(f"<{n}@example.com>" for n in range(MAILS))
    assert [outcome.value for outcome in column(IncomingMail.outcome)] == ["ticket"] * MAILS
    assert MAILS <= sum(column(IncomingMail.attempts)) <= MAILS + KILLS
