"""Evidence: ours. A process that delivers is killed in the middle: no mail is lost, and at most one goes out twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.spool.message_ids import message_id_of
from smartertrack_emu.domain.structure.emulation import set_clock
from tests.jobs.conftest import NOON

from .conftest import Post
from .sink import Sink

MAILS = 60
PROGRAM = """
import sys
from pathlib import Path
from smartertrack_emu.compose import make_desk
from smartertrack_emu.config import Settings
from smartertrack_emu.desk.run import Run
from smartertrack_emu.mail.sending import run
from smartertrack_emu.store.engine import create_engine
run(Run(make_desk(Settings(data=Path(sys.argv[2])), create_engine(sys.argv[1])), "smtp-delivery", is_requested=True))
"""


def test_kill_9(desk: Desk, post: Post, sink: Sink, tmp_path: Path) -> None:
    post.account(sink, timeout_seconds=20)
    for _ in range(MAILS):
        post.mail()
    desk.write(lambda session: set_clock(session, clock.Setting(frozen=NOON)))  # the process's clock, too
    url = desk.engine.url.render_as_string(hide_password=False)
    for killed_at in (7, 25, 44):
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, url, str(tmp_path)])
        reached = threading.Event()

        def stop_there(_: str, reached: threading.Event = reached, killed_at: int = killed_at) -> str | None:
            """Let the process die between the server's having the mail and its knowing so."""
            if len(sink.mails) >= killed_at and not reached.is_set():
                os.kill(process.pid, signal.SIGKILL)  # noqa: B023 - it is waited for below
                reached.set()
                return "drop after"
            return None

        sink.at_data = stop_there
        assert process.wait(60) == -signal.SIGKILL
    sink.at_data = lambda _: None
    post.deliver()
    assert post.states() == ["sent"] * MAILS
    got = Counter(one.message["Message-ID"] for one in sink.mails)
    assert set(got) == {message_id_of(mail) for mail in post.all()}
    assert sum(got.values()) - MAILS <= 3
    for message_id in got:
        assert len({one.data for one in sink.mails if one.message["Message-ID"] == message_id}) == 1
