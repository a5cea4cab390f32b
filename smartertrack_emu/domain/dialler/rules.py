"""What the dialler's attempts come to is settled beforehand, so that a test decides it; and whether it runs by itself.

{"default": "answered", "rules": [{"campaign": "Spring", "number": "49*", "outcomes": ["busy", "answered:SUCCESS"]}]}

The first rule whose campaign and number match decides: the n-th try of a contact takes the n-th outcome, all further
ones the last.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.naming import shown, storable
from smartertrack_emu.domain.text import key

from .kinds import AttemptOutcome
from .models import Campaign, DiallerSettings

LEAST_SECONDS, MOST_SECONDS = 1, 86_400


class Outcome(NamedTuple):
    """What becomes of a try. `export_key`: the result of an answered one, "" for the first that is done."""

    kind: AttemptOutcome
    export_key: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """`campaign` None: any. `number`: digits, with a `*` at the end for all that begin so; None: any."""

    outcomes: Sequence[str]
    campaign: str | None = None
    number: str | None = None

    def matches(self, campaign_key: str, digits: str) -> bool:
        """Say whether a contact's try falls under the rule."""
        if self.campaign is not None and key(storable(self.campaign)) != campaign_key:
            return False
        if self.number is None:
            return True
        beginning, star, _ = self.number.partition("*")
        return digits.startswith(beginning) if star else digits == beginning


@dataclass(frozen=True, slots=True)
class Rules:
    """All that decides what attempts come to."""

    default: str
    rules: Sequence[Rule]

    def outcome(self, campaign_key: str, digits: str, attempt: int) -> Outcome:
        """Return what a contact's try of that number (from 1) comes to."""
        for rule in self.rules:
            if rule.matches(campaign_key, digits):
                return read_outcome(rule.outcomes[min(attempt, len(rule.outcomes)) - 1], "rules")
        return read_outcome(self.default, "default")


def read_outcome(text: str, field: str) -> Outcome:
    """Return the outcome that a text says: a word, or `answered:KEY`; BadValue."""
    word, colon, export_key = text.partition(":")
    try:
        kind = AttemptOutcome(word)
    except ValueError:
        kind = None
    if kind is None or (colon and (kind is not AttemptOutcome.ANSWERED or not export_key)):
        raise BadValue(field, f": {shown(text)} is none of {', '.join(AttemptOutcome)} and answered:KEY.")
    return Outcome(kind, export_key)


def check_rules(rules: Rules, known: Sequence[str]) -> None:
    """Raise BadValue for an outcome or a number that cannot be read, and a campaign whose key is not known."""
    read_outcome(rules.default, "default")
    for index, rule in enumerate(rules.rules):
        if not rule.outcomes:
            raise BadValue("rules", f"[{index}].outcomes is empty.")
        for outcome in rule.outcomes:
            read_outcome(outcome, "rules")
        number = rule.number
        if number is not None and not (
            number.removesuffix("*").isascii() and (number == "*" or number.removesuffix("*").isdigit())
        ):
            raise BadValue("rules", f"[{index}].number: {shown(number)} is not digits, with a * at the end or without.")
        if rule.campaign is not None and key(storable(rule.campaign)) not in known:
            raise BadValue("rules", f"[{index}].campaign: there is no campaign {shown(rule.campaign)}.")


def settings(session: Session) -> DiallerSettings:
    """Return how the dialler is set; as it is from the start where nobody has set it."""
    found = session.get(DiallerSettings, 1)
    return found or DiallerSettings(
        id=1, is_running=False, every_seconds=10, default_outcome="answered", rules="[]", last_run_at=None,
        last_result="",
    )  # fmt: skip


def locked_settings(session: Session) -> DiallerSettings:
    """Return how the dialler is set, its row locked: runs and changes come one after the other."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"id": 1, "is_running": False, "every_seconds": 10, "default_outcome": "answered", "rules": "[]"}
    session.execute(insert(DiallerSettings).values(last_result="", **row).on_conflict_do_nothing())
    return session.scalars(select(DiallerSettings).with_for_update()).one()


def change(session: Session, *, is_running: bool | None = None, every_seconds: int | None = None) -> DiallerSettings:
    """Say whether the dialler runs by itself, and how often; None: as it is."""
    found = locked_settings(session)
    if is_running is not None:
        found.is_running = is_running
    if every_seconds is not None:
        found.every_seconds = every_seconds
    session.flush()
    return found


def rules_of(found: DiallerSettings) -> Rules:
    """Return the rules as they stand there."""
    return Rules(found.default_outcome, [Rule(**one) for one in json.loads(found.rules)])


def set_rules(session: Session, rules: Rules) -> Rules:
    """Put rules in the place of those that stand there; BadValue."""
    found = locked_settings(session)
    check_rules(rules, list(session.scalars(select(Campaign.name_key))))
    found.default_outcome = rules.default
    found.rules = written(rules.rules)
    session.flush()
    return rules


def written(rules: Sequence[Rule]) -> str:
    """Write rules as they are stored."""
    listed: list[dict[str, Any]] = [
        {"campaign": one.campaign, "number": one.number, "outcomes": list(one.outcomes)} for one in rules
    ]
    return json.dumps(listed, ensure_ascii=False)


def is_due(found: DiallerSettings, now: datetime | None = None) -> bool:
    """Say whether the dialler that runs by itself is to run now; where the clock went back it is."""
    now = now or clock.now()
    last = found.last_run_at
    return found.is_running and (last is None or now < last or now - last >= timedelta(seconds=found.every_seconds))
