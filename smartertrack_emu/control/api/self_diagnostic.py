"""The self diagnostic."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from smartertrack_emu.control import diagnostics
from smartertrack_emu.store.waiting import waiting

from .declaring import Call, Routes
from .models import Model

routes = Routes("Server: self diagnostic")


class Check(Model):
    """One check: whether all is well, and what is to be said of it."""

    name: str
    ok: bool
    detail: str
    milliseconds: int


class Diagnosis(Model):
    """All checks; `ok` where each of them is."""

    example: ClassVar[Mapping[str, Any]] = {
        "ok": True,
        "checks": [{"name": "database", "ok": True, "detail": "SQLite 3.45.1 answers.", "milliseconds": 1}],
    }

    ok: bool
    checks: list[Check]


@routes.post("/self-diagnostic")
def run_self_diagnostic(call: Call) -> Diagnosis:
    """Check everything that the server needs; a check takes 5 seconds at most, all together 15."""
    settings = call.emulator.settings
    folders = [
        ("data folder", settings.data),
        ("attachments folder", settings.attachments),
        ("logs folder", settings.logs),
        ("temporary folder", Path(tempfile.gettempdir())),
    ]
    with waiting():
        found = diagnostics.look_at(
            diagnostics.checks_of(call.desk, call.emulator.jobs, call.emulator.mail, folders, settings.data)
        )
    return Diagnosis(ok=all(check.ok for check in found), checks=[Check(**check._asdict()) for check in found])
