"""A process that is killed between any two steps loses nothing and does nothing twice but a call. All of it is ours."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from smartertrack_emu.domain.across import event_actions
from smartertrack_emu.domain.events import outbox
from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.models import TicketNote
from smartertrack_emu.domain.ports import PageCall

from .conftest import STATUS, Helpdesk

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _dying(function: Callable[..., Any], times: int) -> Callable[..., Any]:
    """Return a function after whose nth call the process is gone."""
    calls: list[int] = []

    def call(*arguments: Any, **keywords: Any) -> Any:
        result = function(*arguments, **keywords)
        calls.append(1)
        if len(calls) == times:
            _die()
        return result

    return call


def _patch(step: str, times: int, helpdesk: Helpdesk) -> None:
    """Let this process die in a step, before its transaction is committed or its result is noted."""
    if step == "rules applied":
        outbox.apply_rules = _dying(outbox.apply_rules, times)
    elif step == "action done":
        event_actions.KINDS["note"] = _dying(event_actions.KINDS["note"], times)
    elif step == "action marked":
        outbox.mark_done = _dying(outbox.mark_done, times)
    elif step == "page told":
        helpdesk.pages.during = _dying(helpdesk.pages.during, times)


@pytest.mark.parametrize(
    ("step", "times"),
    [
        ("rules applied", 1),
        ("rules applied", 2),
        ("action done", 1),
        ("action done", 2),
        ("action marked", 1),
        ("action marked", 3),
        ("page told", 1),
        ("page told", 2),
    ],
)
def test_killed(helpdesk: Helpdesk, tmp_path: Path, step: str, times: int) -> None:
    told = tmp_path / "told"
    helpdesk.rule(STATUS, {"kind": "note", "text": "#STATUS#"}, {"kind": "webhook", "url": "http://a.example/"})
    helpdesk.set_status(TicketStatus.WAITING)
    helpdesk.set_status(TicketStatus.OPEN)
    helpdesk.pages.calls = _Written(told)
    child = os.fork()
    if child == 0:
        try:
            _patch(step, times, helpdesk)
            helpdesk.run()
        finally:
            os._exit(0)  # not reached where the step was
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    helpdesk.run()
    assert helpdesk.states() == [("done", "")] * 4
    statement = select(TicketNote.body).where(TicketNote.author_id == 3).order_by(TicketNote.id)
    assert helpdesk.desk.read(lambda session: list(session.scalars(statement))) == ["Waiting", "Open"]
    keys = told.read_text(encoding="utf-8").split()
    assert len(set(keys)) == 2
    assert len(keys) == (3 if step == "page told" else 2)


class _Written(list[PageCall]):
    """Notes the keys of calls in a file, which outlasts the process."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def append(self, call: PageCall, /) -> None:
        """Note a call."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{call.key}\n")
