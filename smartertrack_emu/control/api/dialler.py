"""The dialler of the jtel dialect: run it, say what its attempts come to, and give contacts their results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from smartertrack_emu.domain.across import dialling
from smartertrack_emu.domain.dialler import results, rules
from smartertrack_emu.domain.dialler.contacts import no_contact
from smartertrack_emu.domain.dialler.models import Contact, DiallerSettings
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure import emulation

from .declaring import Call, Routes
from .models import Changes, Id, Model, Moment
from .references import named_by

routes = Routes("The dialler")

_MOST_ATTEMPTS = 10_000
_MOST_RULES = 1_000
_LONGEST = 1_000


class Dialler(Model):
    """Whether the dialler runs by itself and how often, and what its last run came to."""

    example: ClassVar[Mapping[str, Any]] = {
        "running": False,
        "every_seconds": 10,
        "last_run_at": "2031-02-28T23:59:00Z",
        "last_result": "2 attempts",
    }

    running: bool
    every_seconds: int
    last_run_at: Moment | None
    last_result: str


class DiallerChanges(Changes):
    """What is to change; what is left out stays."""

    example: ClassVar[Mapping[str, Any]] = {"running": True, "every_seconds": 60}

    running: bool = False
    every_seconds: int = Field(default=10, ge=rules.LEAST_SECONDS, le=rules.MOST_SECONDS)


class DiallerRun(Model):
    """Which campaign is to be worked, and how many attempts are made at the most."""

    example: ClassVar[Mapping[str, Any]] = {"campaign_id": 1, "limit": 100}

    campaign_id: Id | None = Field(default=None, description="Left out: all active ones.")
    limit: int = Field(default=dialling.LIMIT, ge=1, le=_MOST_ATTEMPTS)


class DiallerAttempt(Model):
    """An attempt of a run."""

    contact_id: int
    campaign_id: int
    number: str
    outcome: str
    result_code_id: int | None
    call_log_id: int | None


class DiallerDone(Model):
    """What a run has done: `done` is the number of attempts."""

    example: ClassVar[Mapping[str, Any]] = {
        "done": 1,
        "attempts": [
            {
                "contact_id": 1,
                "campaign_id": 1,
                "number": "4989123",
                "outcome": "answered",
                "result_code_id": 1,
                "call_log_id": 7,
            }
        ],
    }

    done: int
    attempts: list[DiallerAttempt]


class DiallerRule(Model):
    """What attempts come to at a number (digits, or the first ones and `*`) of a campaign; left out: any."""

    campaign: str | None = Field(default=None, max_length=_LONGEST)
    number: str | None = Field(default=None, max_length=_LONGEST)
    outcomes: list[str] = Field(min_length=1, max_length=_MOST_RULES)


class DiallerRules(Model):
    """The first rule that matches decides: a contact's n-th try takes the n-th outcome, all further ones the last.

    An outcome is `answered`, `answered:KEY`, `mailbox`, `busy`, `no_answer`, `rejected`, `congestion` or `invalid`.
    """

    example: ClassVar[Mapping[str, Any]] = {
        "default": "answered",
        "rules": [{"campaign": "Campaign 1000", "number": "49*", "outcomes": ["busy", "answered:SUCCESS"]}],
    }

    default: str = "answered"
    rules: list[DiallerRule] = Field(default_factory=list, max_length=_MOST_RULES)


class ContactResult(Model):
    """A result that an agent, by their user name, gives a contact. `at`: of an appointment."""

    example: ClassVar[Mapping[str, Any]] = {
        "export_key": "APPOINTMENT",
        "user": "alice",
        "at": "2031-03-01T09:00:00Z",
        "comment": "Asked to be called on Saturday.",
    }

    export_key: str = Field(max_length=_LONGEST)
    user: str = Field(max_length=_LONGEST)
    at: Moment | None = None
    comment: str = Field(default="", max_length=_LONGEST)


class ContactState(Model):
    """Where a contact stands, and when it is called again."""

    example: ClassVar[Mapping[str, Any]] = {
        "contact_id": 1,
        "result_code_id": 4,
        "state": "open",
        "next_try_at": "2031-03-01T09:00:00Z",
    }

    contact_id: int
    result_code_id: int | None
    state: Literal["open", "done", "aborted"]
    next_try_at: Moment | None


@routes.get("/dialler")
def get_dialler(call: Call) -> Dialler:
    """Say whether the dialler runs by itself, and what its last run came to."""
    return call.read(lambda session, actor: _shown(rules.settings(session)))  # noqa: ARG005 - all work gets one


@routes.patch("/dialler")
def change_dialler(call: Call, body: DiallerChanges) -> Dialler:
    """Let the dialler run by itself or stop it; it is kept over restarts."""
    changes = body.model_dump(exclude_unset=True)

    def work(session: Session, actor: Principal) -> None:
        del actor
        rules.change(session, is_running=changes.get("running"), every_seconds=changes.get("every_seconds"))
        emulation.begin_epoch(session)  # every process looks whether it is to run

    call.write(work)
    return get_dialler(call)


@routes.post("/dialler/run", fields={"campaign_id": "campaign_id"})
def run_dialler(call: Call, body: DiallerRun) -> DiallerDone:
    """Try the contacts that are due, once each, now, also where the dialler is stopped."""

    def work(session: Session, actor: Principal) -> DiallerDone:
        del actor
        with named_by("campaign_id"):
            tried = dialling.run(session, SYSTEM, campaign_id=body.campaign_id, limit=body.limit)
        return DiallerDone(done=len(tried), attempts=[DiallerAttempt(**one._asdict()) for one in tried])

    return call.write(work)


@routes.get("/dialler/rules")
def get_dialler_rules(call: Call) -> DiallerRules:
    """Return what attempts come to."""
    return call.read(lambda session, actor: _rules(rules.rules_of(rules.settings(session))))  # noqa: ARG005 - the same


@routes.put("/dialler/rules")
def set_dialler_rules(call: Call, body: DiallerRules) -> DiallerRules:
    """Say what attempts come to, in place of what was said before."""
    given = rules.Rules(body.default, [rules.Rule(one.outcomes, one.campaign, one.number) for one in body.rules])
    return call.write(lambda session, actor: _rules(rules.set_rules(session, given)))  # noqa: ARG005 - the same


def _find(call: Call, contact_id: int) -> None:
    def look(session: Session, actor: Principal) -> None:
        del actor
        if session.get(Contact, contact_id) is None:
            raise no_contact(contact_id)

    call.read(look)


@routes.post(
    "/dialler/contacts/{contact_id}/result",
    errors={409: "The contact is closed."},
    fields={"username": "user"},
    finds=_find,
)
def set_contact_result(call: Call, contact_id: int, body: ContactResult) -> ContactState:
    """Give a contact the result that an agent has chosen."""

    def work(session: Session, actor: Principal) -> ContactState:
        del actor
        contact = results.set_by_agent(
            session, contact_id, export_key=body.export_key, username=body.user, at=body.at, comment=body.comment
        )
        return ContactState(
            contact_id=contact.id,
            result_code_id=contact.result_code_id,
            state=results.state_of(session, contact),
            next_try_at=contact.next_try_at,
        )

    return call.write(work)


def _shown(found: DiallerSettings) -> Dialler:
    return Dialler(
        running=found.is_running,
        every_seconds=found.every_seconds,
        last_run_at=found.last_run_at,
        last_result=found.last_result,
    )


def _rules(found: rules.Rules) -> DiallerRules:
    listed = [DiallerRule(campaign=one.campaign, number=one.number, outcomes=list(one.outcomes)) for one in found.rules]
    return DiallerRules(default=found.default, rules=listed)
