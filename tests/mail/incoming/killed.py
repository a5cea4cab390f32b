"""Downloads and imports mails in processes that kill themselves: `python -m tests.mail.incoming.killed URL DATA KILLS`.

Each process dies at another commit, the one just before it, the next just after it. The last one is let live.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from smartertrack_emu.compose import make_desk
from smartertrack_emu.config import Settings
from smartertrack_emu.desk.run import Run
from smartertrack_emu.mail import email_import, pop_download
from smartertrack_emu.store import unit_of_work
from smartertrack_emu.store.engine import create_engine

AT_ONCE = 4
"""Mails of a visit: so that downloads and imports take turns."""


def die_at(number: int, *, before: bool) -> None:
    """Kill this process at its commit with a number."""
    commit = unit_of_work._Desk.commit
    count = 0

    def commit_and_die(desk: Any) -> None:
        nonlocal count
        count += 1
        if before and count == number:
            os.kill(os.getpid(), signal.SIGKILL)
        commit(desk)
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    unit_of_work._Desk.commit = commit_and_die  # type: ignore[method-assign, assignment]


def work(url: str, data: Path) -> None:
    """Download and import in turns until there is nothing more."""
    desk = make_desk(Settings(data=data), create_engine(url))
    while True:
        fetching, taking = Run(desk, "pop-download", is_requested=True), Run(desk, "email-import")
        pop_download.run(fetching)
        email_import.run(taking)
        if not fetching.done and not taking.done:
            return


def main(url: str, data: Path, kills: int) -> int:
    """Let processes die one after another, and one live; return how many died as they should."""
    pop_download.MOST_MAILS = AT_ONCE  # type: ignore[misc]
    died = 0
    for n in range(kills + 1):
        pid = os.fork()
        if pid == 0:
            if n < kills:
                die_at(2 + n * 5 % 17, before=n % 2 == 0)
            work(url, data)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        died += os.WIFSIGNALED(status)
        if n == kills and status:
            return -1
    return died


if __name__ == "__main__":
    print(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
