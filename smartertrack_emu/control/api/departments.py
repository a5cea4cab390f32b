"""Departments' rules, and the rules by which a group's tickets are evened out among its agents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.people import department_rules, receiving
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure.models import Department, Distribution, Group
from smartertrack_emu.domain.surveys import surveys
from smartertrack_emu.domain.tickets import rebalance_rules
from smartertrack_emu.domain.tickets.rebalance_rules import MOST_TIMES, RebalanceRule, Rule

from .declaring import Answer, Call, Routes
from .entrance import PREFIX
from .models import Changes, Id, Listing, Model, Paging
from .references import group_named, named_by

routes = Routes("The desk: departments")

_HOURS, _DAYS, _MINUTES, _SECONDS = 100 * 8_784, 36_500, 525_600, 31_536_000

Hours = Annotated[int, Field(ge=1, le=_HOURS)] | None
Days = Annotated[int, Field(ge=1, le=_DAYS)] | None
Minutes = Annotated[int, Field(ge=1, le=_MINUTES)] | None
Hold = Annotated[int, Field(ge=0, le=_SECONDS)]


class AutoResponderToChange(Changes):
    """The mail that whoever opens a ticket by themselves gets; `body` is HTML, empty: the template's."""

    example: ClassVar[Mapping[str, Any]] = {"enabled": True, "subject": "We are on it", "body": "<p>Thank you.</p>"}

    enabled: bool = True
    subject: str = Field(default="", max_length=1_000)
    body: str = Field(default="", max_length=1_000_000)


class AutoResponder(Model):
    """The mail that whoever opens a ticket by themselves gets; `body` is HTML, empty: the template's."""

    enabled: bool
    subject: str
    body: str


class RulesToChange(Changes):
    """What is to change of a department's rules; what is left out stays. Null means off."""

    example: ClassVar[Mapping[str, Any]] = {"auto_close_hours": 72, "auto_close_mail": False}

    auto_close_hours: Hours = Field(default=None, description="When a waiting ticket without a message is closed.")
    auto_close_mail: bool = Field(default=True, description="Whether the customer is told so by mail.")
    auto_lock_hours: Hours = Field(default=None, description="When a closed ticket is locked.")
    auto_delete_days: Days = Field(default=None, description="When a closed ticket is marked as deleted.")
    auto_delete_call_logs_days: Days = Field(default=None, description="When a call log is marked as deleted.")
    idle_minutes: Minutes = Field(default=None, description="When an open ticket counts as idle.")
    chat_idle_minutes: Minutes = Field(default=None, description="When a chat without an answer counts as idle.")
    auto_responder: AutoResponderToChange = AutoResponderToChange()
    resolution_required: bool = Field(default=False, description="Whether closing a ticket needs a resolution.")
    closed_tasks_required: bool = Field(default=False, description="Whether closing a ticket needs its tasks closed.")
    new_ticket_role: str = Field(default="Everyone", description="Whose mails open tickets: the name of a role.")
    distribution: Literal["round-robin", "pull"] = Field(
        default="round-robin", description="Whether tickets are assigned in turns, or agents take them."
    )
    survey_after_ticket: Id | None = Field(default=None, description="The survey that is offered when one is closed.")
    survey_after_chat: Id | None = Field(default=None, description="The survey that is offered when one ends.")


class DepartmentRules(Model):
    """A department's rules; null means off."""

    example: ClassVar[Mapping[str, Any]] = {
        "auto_close_hours": 72,
        "auto_close_mail": True,
        "auto_lock_hours": None,
        "auto_delete_days": None,
        "auto_delete_call_logs_days": None,
        "idle_minutes": 60,
        "chat_idle_minutes": None,
        "auto_responder": {"enabled": True, "subject": "", "body": ""},
        "resolution_required": False,
        "closed_tasks_required": False,
        "new_ticket_role": "Everyone",
        "distribution": "round-robin",
        "survey_after_ticket": None,
        "survey_after_chat": None,
    }

    auto_close_hours: int | None
    auto_close_mail: bool
    auto_lock_hours: int | None
    auto_delete_days: int | None
    auto_delete_call_logs_days: int | None
    idle_minutes: int | None
    chat_idle_minutes: int | None
    auto_responder: AutoResponder
    resolution_required: bool
    closed_tasks_required: bool
    new_ticket_role: str
    distribution: Literal["round-robin", "pull"]
    survey_after_ticket: int | None
    survey_after_chat: int | None


_COLUMNS = {
    "resolution_required": "requires_resolution",
    "closed_tasks_required": "requires_closed_tasks",
    "survey_after_ticket": "survey_after_ticket_id",
    "survey_after_chat": "survey_after_chat_id",
}
"""Members whose column is called otherwise."""


def _find_department(call: Call, department_id: int) -> None:
    call.read(lambda session, actor: department_rules.rules(session, department_id))  # noqa: ARG005 - all work gets one


@routes.get("/departments/{department_id}/rules", finds=_find_department)
def get_department_rules(call: Call, department_id: int) -> DepartmentRules:
    """Return a department's rules."""
    return call.read(
        lambda session, actor: _rules(session, department_rules.rules(session, department_id))  # noqa: ARG005 - the same
    )


@routes.put(
    "/departments/{department_id}/rules",
    fields={"auto_responder_subject": "auto_responder.subject"},
    finds=_find_department,
)
def change_department_rules(call: Call, department_id: int, body: RulesToChange) -> DepartmentRules:
    """Change a department's rules: those that are named."""
    given = body.model_dump(exclude_unset=True)
    responder = given.pop("auto_responder", {})
    changes = {_COLUMNS.get(name, name): value for name, value in given.items()}
    changes |= {f"auto_responder_{name}": value for name, value in responder.items()}
    if "distribution" in changes:
        changes["distribution"] = Distribution(changes["distribution"])

    def work(session: Session, actor: Principal) -> DepartmentRules:
        del actor
        for member in ("survey_after_ticket", "survey_after_chat"):
            if given.get(member) is not None:
                with named_by(member):
                    surveys.get(session, given[member])
        return _rules(session, department_rules.change(session, department_id, changes))

    return call.write(work)


def _rules(session: Session, department: Department) -> DepartmentRules:
    made = ("auto_responder", "new_ticket_role", "distribution")
    columns = {
        name: getattr(department, _COLUMNS.get(name, name)) for name in DepartmentRules.model_fields if name not in made
    }
    return DepartmentRules(
        **columns,
        auto_responder=AutoResponder(
            enabled=department.auto_responder_enabled,
            subject=department.auto_responder_subject,
            body=department.auto_responder_body,
        ),
        new_ticket_role=department_rules.new_ticket_role(session, department),
        distribution=department.distribution.value,
    )


class NewRebalanceRule(Changes):
    """A rule by which a group's tickets are evened out among those of its agents who receive tickets, by their weights.

    It runs every so many seconds, at times of the day in the installation's time zone, and when an agent begins to
    receive tickets or ceases to. Only active tickets are moved, no pinned ones, and none that were assigned, written
    in, read or pinned within the seconds that they are held.
    """

    example: ClassVar[Mapping[str, Any]] = {"name": "Mornings", "group": "Level 1", "at": ["08:00"]}

    name: str = Field(min_length=1, max_length=255)
    group: str | int = Field(description="Its name, in any letter case; its id where several groups are called so.")
    agents: list[str] = Field(default=[], max_length=1_000, description="Their user names; empty: all in the group.")
    every_seconds: Annotated[int, Field(ge=1, le=_SECONDS)] | None = None
    at: list[str] = Field(default=[], max_length=MOST_TIMES, description="Times of the day, as `08:30`.")
    on_activate: bool = False
    on_deactivate: bool = False
    hold_assigned_seconds: Hold = 0
    hold_composed_seconds: Hold = 0
    hold_read_seconds: Hold = 0
    hold_pinned_seconds: Hold = 0
    enabled: bool = True


class RebalanceRuleToChange(NewRebalanceRule):
    """What is to change of a rule; what is left out stays."""

    example: ClassVar[Mapping[str, Any]] = {"every_seconds": 600, "at": []}

    name: str = Field(default="", min_length=1, max_length=255)
    group: str | int = Field(default="", description="Its name, in any letter case, or its id.")


class ShownRebalanceRule(Model):
    """A rule by which a group's tickets are evened out. `group`: its id where several are called the same."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 1,
        "name": "Mornings",
        "group": "Level 1",
        "agents": [],
        "every_seconds": None,
        "at": ["08:00"],
        "on_activate": False,
        "on_deactivate": False,
        "hold_assigned_seconds": 0,
        "hold_composed_seconds": 0,
        "hold_read_seconds": 0,
        "hold_pinned_seconds": 0,
        "enabled": True,
    }

    id: int
    name: str
    group: str | int
    agents: list[str]
    every_seconds: int | None
    at: list[str]
    on_activate: bool
    on_deactivate: bool
    hold_assigned_seconds: int
    hold_composed_seconds: int
    hold_read_seconds: int
    hold_pinned_seconds: int
    enabled: bool


_RULE_FIELDS = {"group_id": "group", "agent_ids": "agents"}


def _find_rule(call: Call, rule_id: int) -> None:
    call.read(lambda session, actor: rebalance_rules.get(session, rule_id))  # noqa: ARG005 - the same


@routes.get("/rebalance-rules")
def list_rebalance_rules(call: Call, query: Paging) -> Listing[ShownRebalanceRule]:
    """List the rebalance rules, in the order they were made."""

    def work(session: Session, actor: Principal) -> Listing[ShownRebalanceRule]:
        del actor
        rows, total = rebalance_rules.listing(session, limit=query.limit, offset=query.offset)
        return Listing[ShownRebalanceRule](items=[_shown(session, row) for row in rows], total=total)

    return call.read(work)


@routes.post("/rebalance-rules", status=201, fields=_RULE_FIELDS)
def add_rebalance_rule(call: Call, body: NewRebalanceRule) -> Answer[ShownRebalanceRule]:
    """Make a rebalance rule."""

    def work(session: Session, actor: Principal) -> ShownRebalanceRule:
        del actor
        return _shown(session, rebalance_rules.create(session, Rule(**_looked_up(session, body.model_dump()))))

    made = call.write(work)
    return Answer(made, headers={"Location": f"{PREFIX}/rebalance-rules/{made.id}"})


@routes.get("/rebalance-rules/{rule_id}", finds=_find_rule)
def get_rebalance_rule(call: Call, rule_id: int) -> ShownRebalanceRule:
    """Return a rebalance rule."""
    return call.read(lambda session, actor: _shown(session, rebalance_rules.get(session, rule_id)))  # noqa: ARG005 - the same


@routes.patch("/rebalance-rules/{rule_id}", fields=_RULE_FIELDS, finds=_find_rule)
def change_rebalance_rule(call: Call, rule_id: int, body: RebalanceRuleToChange) -> ShownRebalanceRule:
    """Change a rebalance rule."""
    given = body.model_dump(exclude_unset=True)

    def work(session: Session, actor: Principal) -> ShownRebalanceRule:
        del actor
        rebalance_rules.get(session, rule_id)
        return _shown(session, rebalance_rules.change(session, rule_id, _looked_up(session, given)))

    return call.write(work)


@routes.delete("/rebalance-rules/{rule_id}", finds=_find_rule)
def delete_rebalance_rule(call: Call, rule_id: int) -> None:
    """Delete a rebalance rule."""
    call.write(lambda session, actor: rebalance_rules.delete(session, rule_id))  # noqa: ARG005 - the same


def _looked_up(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is given by names as the domain has it, by ids."""
    values = dict(given)
    if "group" in values:
        values["group_id"] = group_named(session, values.pop("group"), "group_id")
    if "agents" in values:
        with named_by("agents"):
            values["agent_ids"] = [receiving.agent_named(session, name) for name in values.pop("agents")]
    return values


def _shown(session: Session, row: RebalanceRule) -> ShownRebalanceRule:
    group = session.get_one(Group, row.group_id)
    same = session.scalar(select(func.count()).select_from(Group).where(Group.name_key == group.name_key))
    of_agents = select(User.id, User.username).where(User.id.in_(json.loads(row.agent_ids)))
    names = {one.id: one.username for one in session.execute(of_agents)}
    made = {"group": group.name if same == 1 else group.id, "agents": [names[one] for one in sorted(names)]}
    made["at"] = json.loads(row.at)
    columns = {name: getattr(row, name) for name in ShownRebalanceRule.model_fields if name not in made}
    return ShownRebalanceRule(**columns | made)
