"""What became of a mail for each of its recipients, and when it is tried again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from .models import MailState


class ResultState(StrEnum):
    """Where a mail stands for one recipient. Bounced: accepted first, and returned by a mail that came in."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    BOUNCED = "bounced"


class Result(NamedTuple):
    """What became of a mail for one recipient; `reply` is what the server said last."""

    address: str
    state: ResultState = ResultState.WAITING
    reply: str = ""


class Refusal(NamedTuple):
    """Why a mail was not sent this time; `is_final`: it is of no use to try again."""

    reply: str
    is_final: bool = False


class Next(NamedTuple):
    """How a mail goes on after an attempt. `next_attempt_at` None: it has ended."""

    state: MailState
    results: tuple[Result, ...]
    next_attempt_at: datetime | None


def written(results: Iterable[Result]) -> str:
    """Return results as the table holds them."""
    return json.dumps([[address, state.value, reply] for address, state, reply in results], ensure_ascii=False)


def read(text: str) -> tuple[Result, ...]:
    """Return what the table holds; none before the first attempt."""
    if not text:
        return ()
    return tuple(Result(address, ResultState(state), reply) for address, state, reply in json.loads(text))


def after(
    results: Sequence[Result],
    *,
    attempts: int,
    created_at: datetime,
    now: datetime,
    retry_seconds: Sequence[int],
    give_up: timedelta,
) -> Next:
    """Return how a mail goes on whose attempt ended with these results.

    Those who wait are tried again until it is given up; then they count as refused. A mail that somebody accepted is
    sent in the end, else it has failed.
    """
    if any(result.state is ResultState.WAITING for result in results) and now < created_at + give_up:
        seconds = [*retry_seconds, _LAST_SECONDS][min(attempts - 1, len(retry_seconds))]
        return Next(MailState.WAITING, tuple(results), min(now + timedelta(seconds=seconds), created_at + give_up))
    ended = tuple(
        result._replace(state=ResultState.REFUSED) if result.state is ResultState.WAITING else result
        for result in results
    )
    is_sent = any(result.state is not ResultState.REFUSED for result in ended)
    return Next(MailState.SENT if is_sent else MailState.FAILED, ended, None)


_LAST_SECONDS = 3600
