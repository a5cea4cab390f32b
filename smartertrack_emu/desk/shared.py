"""What all processes agree on, as this process knows it: the clock, the faults, what roles give, what is switched off.

It stands in the database, with a number that rises with every change of it: the epoch. Each call reads the epoch in its
first statement. Where another one stands there than this process knows, the call ends before it has done anything, the
process looks again, and the call begins anew. So no call is ever answered by what is no longer true, and ordinary calls
pay nothing for that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

from sqlalchemy import Engine

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.events import watching
from smartertrack_emu.domain.known import Known, know
from smartertrack_emu.domain.spool import accounts, templates
from smartertrack_emu.domain.structure import emulation, engine_settings, jobs
from smartertrack_emu.domain.tickets import rebalance_rules
from smartertrack_emu.store.unit_of_work import reading


class OutdatedError(Exception):
    """What this process knows is no longer true."""


class Shared:
    """What this process knows. `on_renewal`: what else is to be forgotten or read again with each new epoch."""

    def __init__(self, *, public_url: str = "") -> None:
        """Know nothing yet but the server's URL for what leaves it."""
        self._public_url = public_url
        self._epoch = -1
        self.on_renewal: list[Callable[[], object]] = []

    def follow(self, epoch: int) -> None:
        """Raise OutdatedError where this is not the epoch that this process knows."""
        if epoch != self._epoch:
            raise OutdatedError

    def renew(self, engine: Engine) -> None:
        """Look again."""
        with reading(engine) as session:
            epoch, setting = emulation.read(session)
            known = Known(
                stopped_jobs=jobs.stopped(session),
                options=asdict(engine_settings.options(session)),
                holds_reading=rebalance_rules.hold_reading(session),
                numbers=asdict(engine_settings.engine_settings(session)),
                base_url=self._public_url,
                mail_hosts=accounts.mail_hosts(session),
                templates=templates.changed(session),
                watched_events=watching.watched(session),
            )
        if known.watched_events:
            from smartertrack_emu.domain.across.event_arguments import tell_now  # noqa: PLC0415 - few servers have rules

            known = replace(known, tell=tell_now)
        clock.follow(setting)
        know(engine, known)
        for forget in self.on_renewal:
            forget()
        self._epoch = epoch
