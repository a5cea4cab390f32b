"""The clock: see it, set it, move it forward, and let it be the machine's again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from smartertrack_emu.control import time
from smartertrack_emu.domain.people.principal import Principal

from .declaring import Call, Routes
from .models import Model, Moment

routes = Routes("Time")

MOST_SECONDS = 10 * 366 * 86_400
"""Ten years, whichever they are."""


class Clock(Model):
    """What time it is: `offset_seconds` ahead of the machine's clock; a `frozen` one stands still."""

    example: ClassVar[Mapping[str, Any]] = {"now": "2031-02-28T23:59:00Z", "offset_seconds": 86400.0, "frozen": True}

    now: Moment
    offset_seconds: float
    frozen: bool


def _within_range(moment: datetime) -> datetime:
    if not time.EARLIEST <= moment < time.LATEST:
        message = f"must be from the year {time.EARLIEST.year} to {time.LATEST.year - 1}"
        raise ValueError(message)
    return moment


class ClockToSet(Model):
    """What time it shall be: `now` left out is the present one."""

    example: ClassVar[Mapping[str, Any]] = {"now": "2031-02-28T23:59:00Z", "frozen": True}

    now: Annotated[Moment, AfterValidator(_within_range)] | None = None
    frozen: bool = False


class Advance(Model):
    """How far the clock is moved; fractions of seconds too."""

    example: ClassVar[Mapping[str, Any]] = {"seconds": 86400}

    seconds: float = Field(gt=0, le=MOST_SECONDS, description="At most ten years.")


class Advanced(Model):
    """What time it is now, and the jobs that fell due and were run, in order."""

    example: ClassVar[Mapping[str, Any]] = {"now": "2031-03-01T23:59:00Z", "ran": ["ticket-watcher"]}

    now: Moment
    ran: list[str]


@routes.get("/clock")
def get_clock(call: Call) -> Clock:
    """Say what time it is for the helpdesk."""
    return clock_of(call)


@routes.put("/clock")
def set_clock(call: Call, body: ClockToSet) -> Clock:
    """Set the clock of all processes; it survives a restart and may go back."""

    def work(session: Session, actor: Principal) -> None:
        del actor
        time.set_clock(session, body.now, frozen=body.frozen)

    call.write(work)
    return clock_of(call)


@routes.post("/clock/advance", errors={409: "A run of a job that falls due is under way and does not end soon."})
def advance_clock(call: Call, body: Advance) -> Advanced:
    """Move the clock forward; a frozen one is moved and stays frozen.

    Jobs that fall due by that run once each, in their order, before the call answers.
    """
    by = timedelta(seconds=body.seconds)

    def work(session: Session, actor: Principal) -> None:
        del actor
        time.advance(session, by)

    ran = call.emulator.jobs.advance(by, lambda: call.write(work))
    return Advanced(now=clock_of(call).now, ran=list(ran))


@routes.delete("/clock")
def reset_clock(call: Call) -> Clock:
    """Let the clock be the machine's again."""
    call.write(lambda session, actor: time.reset(session))  # noqa: ARG005 - all work gets one
    return clock_of(call)


def clock_of(call: Call) -> Clock:
    """Return what time it is by what stands in the database."""
    setting = call.read(lambda session, actor: time.setting(session))  # noqa: ARG005 - all work gets one
    now, offset = time.reading_of(setting)
    return Clock(now=now, offset_seconds=offset, frozen=setting.frozen is not None)
