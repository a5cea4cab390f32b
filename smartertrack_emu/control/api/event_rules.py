"""Rules for events, and what their actions came to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from smartertrack_emu.domain.across import event_rules
from smartertrack_emu.domain.across.event_rules import Rule
from smartertrack_emu.domain.events import outbox
from smartertrack_emu.domain.events.actions import LONGEST_NAME, LONGEST_TEXT, MOST_SECONDS
from smartertrack_emu.domain.events.models import ActionState
from smartertrack_emu.domain.events.outbox import ActionDetails

from .declaring import Answer, Call, Routes
from .entrance import PREFIX
from .events import About, item_of
from .models import Changes, Listing, Model, Moment, Paging

routes = Routes("The desk: event rules")

_MOST_ID = 2**63 - 1
Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class _Action(Model):
    """What all actions have: how often they are done at the most."""

    once_per_item: bool = Field(default=False, description="Done once for each item, and never again.")
    at_most_every_seconds: int = Field(
        default=0, ge=0, le=MOST_SECONDS, description="Not done again so soon, of whatever item; 0: no limit."
    )


class NotifyProvider(_Action):
    """Tell the external events provider."""

    kind: Literal["notify-provider"]


class Email(_Action):
    """Send a mail: `to` holds addresses, `customer`, `agent` and `group`. Texts may hold `#TICKET_NUMBER#` and such."""

    kind: Literal["email"]
    to: list[Name]
    subject: Name = ""
    body: Text = ""
    html: bool = False


class RemindUser(_Action):
    """Remind a user, given by their user name, or whoever has the item: `agent`."""

    kind: Literal["reminder"]
    user: Name
    subject: Name
    body: Text = ""


class Transfer(_Action):
    """Hand the item to a group, or to an agent by their user name, or `queue`."""

    kind: Literal["transfer"]
    group: Name = ""
    agent: Name = ""


class SetPriority(_Action):
    """Set the priority of a ticket or task: Low, Normal, High or Urgent."""

    kind: Literal["priority"]
    priority: Name


class SetStatus(_Action):
    """Set the status of a ticket or task, by its word."""

    kind: Literal["status"]
    status: Name


class AddNote(_Action):
    """Add a note to a ticket, chat or task."""

    kind: Literal["note"]
    text: Text


class CallPage(_Action):
    """POST the event to a web page as JSON."""

    kind: Literal["webhook"]
    url: str = Field(max_length=2_000)


class WriteLog(_Action):
    """Write a line into the events log."""

    kind: Literal["log"]
    text: Text


class Invite(_Action):
    """Invite the visitor to a chat."""

    kind: Literal["invite"]
    message: Text


Action = Annotated[
    NotifyProvider | Email | RemindUser | Transfer | SetPriority | SetStatus | AddNote | CallPage | WriteLog | Invite,
    Field(discriminator="kind"),
]

_CONDITIONS = (
    "Arguments by their names, without letter case, and what they are compared with: a value, or an object of is, "
    "is_not, contains, not_contains, less_than, greater_than, between and any_of. All must hold. `department`, `group` "
    "and `agent` are short names."
)
_RULE: Mapping[str, Any] = {
    "name": "Urgent ones at night",
    "type": 502000,
    "conditions": {"department": "Support", "priority": "Urgent", "timeOfDay": {"between": ["18:00", "08:00"]}},
    "actions": [
        {
            "kind": "note",
            "text": "#TICKET_NUMBER# came at #TIME_OF_DAY#.",
            "once_per_item": False,
            "at_most_every_seconds": 0,
        }
    ],
    "enabled": True,
}


class NewEventRule(Model):
    """A rule to be made. `type` is the number of the events it is for."""

    example: ClassVar[Mapping[str, Any]] = _RULE

    name: str
    type: int
    conditions: dict[str, Any] = Field(default_factory=dict, description=_CONDITIONS)
    actions: list[Action] = Field(description="What is done, in this order; one or more.")
    enabled: bool = True


class EventRuleChanges(Changes):
    """What is to change of a rule; what is left out stays."""

    example: ClassVar[Mapping[str, Any]] = {"enabled": False}

    name: str = ""
    type: int = 0
    conditions: dict[str, Any] = Field(default_factory=dict, description=_CONDITIONS)
    actions: list[Action] = Field(default_factory=list)
    enabled: bool = True


class EventRule(Model):
    """A rule."""

    example: ClassVar[Mapping[str, Any]] = {"id": 1, **_RULE}

    id: int
    name: str
    type: int
    conditions: dict[str, Any]
    actions: list[Action]
    enabled: bool


class ActionQuery(Paging):
    """Which actions are wanted."""

    rule: int | None = Field(default=None, ge=1, le=_MOST_ID, description="A rule's id.")
    event: int | None = Field(default=None, ge=1, le=_MOST_ID, description="An event's id.")
    about: About | None = Field(default=None, description="An item, as `ticket:17`.")
    state: Literal["waiting", "done", "failed", "skipped"] | None = None


class EventAction(Model):
    """What one action of a rule, at `index`, came to for one event. `reason`: why it failed, waits or was skipped."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 9,
        "event_id": 42,
        "rule_id": 1,
        "index": 0,
        "kind": "webhook",
        "about": "ticket:17",
        "state": "waiting",
        "attempts": 1,
        "reason": "The web page answered HTTP 500.",
        "next_attempt_at": "2031-02-28T23:59:00Z",
        "done_at": None,
    }

    id: int
    event_id: int
    rule_id: int
    index: int
    kind: str
    about: str | None
    state: Literal["waiting", "done", "failed", "skipped"]
    attempts: int
    reason: str
    next_attempt_at: Moment | None
    done_at: Moment | None


def _find(call: Call, rule_id: int) -> None:
    call.read(lambda session, actor: event_rules.get(session, rule_id))  # noqa: ARG005 - all work gets one


@routes.get("/event-rules")
def list_event_rules(call: Call, query: Paging) -> Listing[EventRule]:
    """List the rules for events, the oldest first."""
    found, total = call.read(
        lambda session, actor: event_rules.page(session, limit=query.limit, offset=query.offset)  # noqa: ARG005 - the same
    )
    return Listing[EventRule](items=[_shown(rule) for rule in found], total=total)


@routes.post("/event-rules", status=201)
def add_event_rule(call: Call, body: NewEventRule) -> Answer[EventRule]:
    """Make a rule for events; it holds for events that happen from now on."""
    values, check_url = _values(body), call.desk.ports.pages.check
    rule = call.write(lambda session, actor: event_rules.create(session, values, check_url=check_url))  # noqa: ARG005 - the same
    return Answer(_shown(rule), headers={"Location": f"{PREFIX}/event-rules/{rule.id}"})


@routes.get("/event-rules/{rule_id}", finds=_find)
def get_event_rule(call: Call, rule_id: int) -> EventRule:
    """Return a rule."""
    return call.read(lambda session, actor: _shown(event_rules.get(session, rule_id)))  # noqa: ARG005 - the same


@routes.patch("/event-rules/{rule_id}", finds=_find)
def change_event_rule(call: Call, rule_id: int, body: EventRuleChanges) -> EventRule:
    """Change a rule; actions that wait already are done as they were."""
    changes, check_url = _values(body), call.desk.ports.pages.check
    return call.write(
        lambda session, actor: _shown(event_rules.change(session, rule_id, changes, check_url=check_url))  # noqa: ARG005 - the same
    )


@routes.delete("/event-rules/{rule_id}", finds=_find)
def delete_event_rule(call: Call, rule_id: int) -> None:
    """Delete a rule; its actions that wait are skipped."""
    call.write(lambda session, actor: event_rules.delete(session, rule_id))  # noqa: ARG005 - the same


@routes.get("/event-actions")
def list_event_actions(call: Call, query: ActionQuery) -> Listing[EventAction]:
    """List what actions of rules came to, the oldest first."""
    about = None if query.about is None else item_of(query.about)
    state = None if query.state is None else ActionState(query.state)
    found, total = call.read(
        lambda session, actor: outbox.page(  # noqa: ARG005 - the same
            session,
            rule=query.rule,
            event=query.event,
            about=about,
            state=state,
            limit=query.limit,
            offset=query.offset,
        )
    )
    return Listing[EventAction](items=[_shown_action(action) for action in found], total=total)


def _find_action(call: Call, action_id: int) -> None:
    call.read(lambda session, actor: outbox.get(session, action_id))  # noqa: ARG005 - the same


@routes.post("/event-actions/{action_id}/retry", errors={409: "The action was done, or skipped."}, finds=_find_action)
def retry_event_action(call: Call, action_id: int) -> EventAction:
    """Let an action that failed, or that waits for its next attempt, be due at once."""
    return call.write(lambda session, actor: _shown_action(outbox.retry(session, action_id)))  # noqa: ARG005 - the same


def _values(body: Model) -> dict[str, Any]:
    """Return what was given, and of actions what they have."""
    given = body.model_dump(exclude_unset=True)
    if "actions" in given:
        given["actions"] = body.model_dump(include={"actions"})["actions"]
    return {"conditions": {}, **given} if isinstance(body, NewEventRule) else given


def _shown(rule: Rule) -> EventRule:
    return EventRule(**rule._asdict())


def _shown_action(action: ActionDetails) -> EventAction:
    return EventAction(
        id=action.id,
        event_id=action.event_id,
        rule_id=action.rule_id,
        index=action.position,
        kind=action.kind,
        about=None if action.item_id is None else f"{action.item_kind}:{action.item_id}",
        state=action.state.value,
        attempts=action.attempts,
        reason=action.reason,
        next_attempt_at=action.next_attempt_at,
        done_at=action.done_at,
    )
