"""A run of the dialler: each contact that is due is tried once, and what comes of it is settled by rules.

There is no telephony. A call that is answered leaves a call log with an agent of the campaign's group.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.calllogs import call_logs
from smartertrack_emu.domain.calllogs.call_logs import NewCallLog
from smartertrack_emu.domain.dialler import rules as rules_
from smartertrack_emu.domain.dialler.campaigns import no_campaign
from smartertrack_emu.domain.dialler.kinds import AttemptOutcome, ResultKind
from smartertrack_emu.domain.dialler.models import Attempt, Campaign, Contact, ContactNumber, ResultCode
from smartertrack_emu.domain.dialler.results import apply, close
from smartertrack_emu.domain.dialler.rules import Outcome, Rules
from smartertrack_emu.domain.people.agents import is_agent
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure.models import GroupMember

LIMIT = 100
"""Attempts of a run that nobody says more of."""

_APPOINTMENT = timedelta(days=1)
"""After which a contact is called again whose rule says an appointment (ours)."""

_FIRST = datetime.min.replace(tzinfo=clock.machine().tzinfo)


class Tried(NamedTuple):
    """An attempt of a run."""

    contact_id: int
    campaign_id: int
    number: str
    outcome: str
    result_code_id: int | None
    call_log_id: int | None


def run(session: Session, actor: Principal, *, campaign_id: int | None = None, limit: int = LIMIT) -> list[Tried]:
    """Try the due contacts of each active campaign, or of one, at most `limit`; NoCampaign. One run at a time."""
    found = rules_.locked_settings(session)
    now = clock.now()
    if campaign_id is not None and session.get(Campaign, campaign_id) is None:
        raise no_campaign(campaign_id)
    active = select(Campaign).where(
        Campaign.is_active,
        or_(Campaign.active_from.is_(None), Campaign.active_from <= now),
        or_(Campaign.active_to.is_(None), Campaign.active_to >= now),
    )
    if campaign_id is not None:
        active = active.where(Campaign.id == campaign_id)
    settled = rules_.rules_of(found)
    tried: list[Tried] = []
    for campaign in session.scalars(active.order_by(Campaign.id)).all():
        if len(tried) >= limit:
            break
        tried += _Working(session, actor, campaign, settled, now).work(limit - len(tried))
    found.last_run_at = now
    found.last_result = f"{len(tried)} attempt{'' if len(tried) == 1 else 's'}"
    session.flush()
    return tried


def run_if_due(session: Session, actor: Principal) -> list[Tried]:
    """Run where the dialler runs by itself and its time has come: of several processes the first does."""
    return run(session, actor) if rules_.is_due(rules_.locked_settings(session)) else []


class _Working:
    """One campaign in one run."""

    def __init__(self, session: Session, actor: Principal, campaign: Campaign, settled: Rules, now: datetime) -> None:
        self._session = session
        self._actor = actor
        self._campaign = campaign
        self._rules = settled
        self._now = now
        codes = select(ResultCode).where(ResultCode.campaign_id == campaign.id)
        self._codes = list(session.scalars(codes.order_by(ResultCode.sort_order, ResultCode.id)))
        self._last_calls: dict[int, datetime] | None = None

    def work(self, limit: int) -> list[Tried]:
        """Try the contacts whose turn it is."""
        lines = self._campaign.max_parallel_lines
        most = limit if lines is None else min(limit, lines)
        tried: list[Tried] = []
        while len(tried) < most:
            due = self._due(most - len(tried), [one.contact_id for one in tried])
            for contact, numbers in due:
                if all(one.is_invalid for one in numbers):
                    close(contact, self._campaign.no_number_result_id)
                else:
                    tried.append(self._try(contact, numbers))
            self._session.flush()
            if not due:
                break
        return tried

    def _due(self, limit: int, tried: list[int]) -> list[tuple[Contact, list[ContactNumber]]]:
        """Return contacts whose turn it is, with their numbers; each is tried once in a run."""
        due = (
            select(Contact)
            .where(
                Contact.campaign_id == self._campaign.id,
                Contact.is_open,
                ~Contact.is_locked,
                Contact.id.not_in(tried),
                or_(Contact.next_try_at.is_(None), Contact.next_try_at <= self._now),
            )
            .order_by(Contact.next_try_at.asc().nulls_last(), Contact.random_sort_order.asc().nulls_last(), Contact.id)
            .limit(limit)
            .with_for_update()
        )
        contacts = list(self._session.scalars(due))
        numbers: dict[int, list[ContactNumber]] = {}
        ids = [contact.id for contact in contacts]
        for one in self._session.scalars(select(ContactNumber).where(ContactNumber.contact_id.in_(ids))):
            numbers.setdefault(one.contact_id, []).append(one)
        return [(contact, numbers.get(contact.id, [])) for contact in contacts]

    def _try(self, contact: Contact, numbers: Sequence[ContactNumber]) -> Tried:
        number = min((one for one in numbers if not one.is_invalid), key=lambda one: (one.tries, one.place))
        outcome = Outcome(AttemptOutcome.INVALID)
        if number.digits:
            outcome = self._rules.outcome(self._campaign.name_key, number.digits, contact.tries + 1)
        contact.tries += 1
        number.tries += 1
        number.last_cause = outcome.kind.cause
        contact.last_try_at = contact.modified_at = self._now
        contact.is_last_mailbox = outcome.kind is AttemptOutcome.MAILBOX
        agent_id = call_log_id = None
        result: ResultCode | None = None
        if outcome.kind is AttemptOutcome.ANSWERED:
            result = self._result(outcome.export_key)
            agent_id, call_log_id = self._speak(contact, number)
            apply(contact, result, agent_id=agent_id, at=self._now + _APPOINTMENT)
        elif outcome.kind is AttemptOutcome.INVALID:
            number.is_invalid = True
            contact.next_try_at = None
            if all(one.is_invalid for one in numbers):
                close(contact, self._campaign.no_number_result_id)
        elif contact.tries >= self._campaign.max_tries:
            close(contact, self._campaign.max_tries_result_id)
        else:
            contact.next_try_at = self._now + timedelta(minutes=self._campaign.retry_minutes)
        self._session.add(
            Attempt(
                contact_id=contact.id,
                place=number.place,
                number=number.number,
                outcome=outcome.kind,
                cause=outcome.kind.cause,
                agent_id=agent_id,
                result_code_id=None if result is None else result.id,
                call_log_id=call_log_id,
                started_at=self._now,
                ended_at=self._now,
            )
        )
        self._session.flush()
        return Tried(
            contact.id,
            self._campaign.id,
            number.number,
            outcome.kind.value,
            None if result is None else result.id,
            call_log_id,
        )

    def _result(self, export_key: str) -> ResultCode | None:
        """Return the result with a key, else the first that is done; None where there is neither."""
        named = next((code for code in self._codes if export_key and code.export_key == export_key), None)
        return named or next((code for code in self._codes if code.kind is ResultKind.DONE), None)

    def _speak(self, contact: Contact, number: ContactNumber) -> tuple[int | None, int | None]:
        """Return who speaks with the contact, and the call log of it; None where nobody can."""
        group_id = self._campaign.group_id
        if group_id is None:
            return None, None
        if self._last_calls is None:
            self._last_calls = self._members(group_id)
        bound = contact.follow_up_user_id
        if bound is not None and bound not in self._last_calls:
            return bound, None  # in the group no more: a call log needs one who is
        if not self._last_calls:
            return None, None
        last = self._last_calls
        agent_id = bound if bound is not None else min(last, key=lambda one: (last[one], one))
        last[agent_id] = self._now
        whom = f"{contact.name}, {contact.first_name}" if contact.first_name else contact.name
        made = call_logs.create(
            self._session,
            self._actor,
            NewCallLog(
                subject=f"{self._campaign.name}: {whom}",
                group_id=group_id,
                agent_id=agent_id,
                customer_name=whom,
                email_address=contact.email or "",
                phone_number=number.number,
                is_incoming=False,
                started_at=self._now,
                ended_at=self._now,
            ),
        )
        return agent_id, made.id

    def _members(self, group_id: int) -> dict[int, datetime]:
        """Return the group's agents, with when each spoke last for this group's campaigns."""
        spoken = (
            select(func.max(Attempt.started_at))
            .where(Attempt.agent_id == User.id, Attempt.outcome == AttemptOutcome.ANSWERED)
            .correlate(User)
            .scalar_subquery()
        )
        rows = self._session.execute(
            select(User.id, spoken)
            .join(GroupMember, GroupMember.user_id == User.id)
            .where(GroupMember.group_id == group_id, is_agent())
        )
        found: dict[int, datetime | None] = {row[0]: row[1] for row in rows}
        return {user_id: at or _FIRST for user_id, at in found.items()}
