"""Faults that are injected into calls: set them, see how often they struck, take them away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from smartertrack_emu.control import faults
from smartertrack_emu.control.faults import text_of
from smartertrack_emu.desk.around import DIALECTS

from .declaring import Answer, Call, Routes
from .emulator import Catalogue
from .entrance import PREFIX
from .models import MOST_ID, Deleted, Listing, Model, Moment, Paging
from .problems import Mistake, of_mistakes

routes = Routes("Faults")

_HOUR = 3_600_000
_MOST_BYTES = 16 * 1024 * 1024
_LONGEST = 10_000


def _as_text(value: object) -> object:
    return text_of(value) if isinstance(value, bool | int | float) else value


ArgumentText = Annotated[
    str,
    BeforeValidator(_as_text),
    Field(max_length=_LONGEST),
    WithJsonSchema({"type": ["string", "number", "boolean"], "maxLength": _LONGEST}),
]
"""An argument as text; numbers and booleans stand for how they are written."""


class Match(Model):
    """Which calls are meant; what is left out may be anything. `argument`: by the inputs' names, `~text` contains."""

    example: ClassVar[Mapping[str, Any]] = {"service": "svcTickets", "argument": {"subject": "~fire"}}

    service: str | None = Field(default=None, max_length=100)
    operation: str | None = Field(default=None, max_length=100)
    user: str | None = Field(default=None, max_length=1000, description="A user name, compared without letter case.")
    argument: dict[str, ArgumentText] = Field(default_factory=dict, max_length=100)


class FaultEffect(Model):
    """What happens to a call; which members mean something depends on the kind.

    `code` and `message`: of `result`; `message`: of `soap-fault` and `http` too. `status`: of `http`, and of `result`
    where a dialect answers with its own error. `milliseconds` and `jitter`: of `latency`. `bytes`: of `truncate` and
    `garbage`.
    """

    kind: Literal["soap-fault", "result", "http", "latency", "drop", "truncate", "garbage"]
    code: int = Field(default=-1, ge=-(2**31), le=2**31 - 1)
    message: str = Field(default="", max_length=_LONGEST)
    status: int = Field(default=503, ge=400, le=599)
    milliseconds: float = Field(default=2000, ge=0, le=_HOUR)
    jitter: float = Field(default=0, ge=0, le=_HOUR)
    bytes: int = Field(default=100, ge=0, le=_MOST_BYTES)


class FaultToSet(Model):
    """A fault to be set."""

    example: ClassVar[Mapping[str, Any]] = {
        "match": {"service": "svcTickets", "operation": "CreateTicket", "argument": {"subject": "~fire"}},
        "effect": {"kind": "http", "status": 503, "message": "Down for maintenance."},
        "times": 3,
    }

    match: Match = Match()
    effect: FaultEffect
    probability: float = Field(default=1.0, ge=0, le=1)
    times: int | None = Field(default=None, ge=0, le=MOST_ID, description="How many calls are struck; null: all.")
    after: int = Field(default=0, ge=0, le=MOST_ID, description="How many matching calls go unharmed before.")
    seed: int | None = Field(
        default=None, ge=0, le=2**63 - 1, description="Of the dice, so that a run can be repeated."
    )
    expires_at: Moment | None = Field(default=None, description="By the emulated clock.")
    when: Literal["before", "after"] = Field(
        default="before", description="Before: the call leaves no trace. After: it happens, and its answer is lost."
    )


class Fault(FaultToSet):
    """A fault that is set, and how often it struck."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 1,
        "match": {"service": "svcTickets", "operation": "CreateTicket", "user": None, "argument": {"subject": "~fire"}},
        "effect": {
            "kind": "http",
            "code": -1,
            "message": "Down for maintenance.",
            "status": 503,
            "milliseconds": 2000.0,
            "jitter": 0.0,
            "bytes": 100,
        },
        "probability": 1.0,
        "times": 3,
        "after": 0,
        "seed": None,
        "expires_at": None,
        "when": "before",
        "hits": 0,
    }

    id: int
    hits: int


def _find(call: Call, fault_id: int) -> None:
    faults.fault(call.desk.engine, fault_id)


@routes.get("/faults")
def list_faults(call: Call, query: Paging) -> Listing[Fault]:
    """List the faults that are set, oldest first."""
    engine = call.desk.engine
    items = [_shown(one) for one in faults.listed(engine, limit=query.limit, offset=query.offset)]
    return Listing[Fault](items=items, total=faults.count(engine))


@routes.post("/faults", status=201)
def add_fault(call: Call, body: FaultToSet) -> Answer[Fault]:
    """Set a fault; it strikes from the next call on, in all processes."""
    mistakes = _mistakes_in(body.match, call.emulator.catalogue)
    if body.effect.kind == "soap-fault" and body.match.service in DIALECTS:
        mistakes.append(Mistake("body.effect.kind", f"cannot be soap-fault: {body.match.service} does not speak SOAP."))
    if mistakes:
        raise of_mistakes(mistakes)
    fault = faults.Fault(
        match=body.match.model_dump(),
        effect=body.effect.model_dump(),
        probability=body.probability,
        times=body.times,
        after=body.after,
        seed=body.seed,
        expires_at=body.expires_at,
        when=body.when,
    )
    engine = call.desk.engine
    fault_id = call.write(lambda session, actor: faults.add(session, engine, fault))  # noqa: ARG005 - all work gets one
    return Answer(_shown(faults.fault(engine, fault_id)), headers={"Location": f"{PREFIX}/faults/{fault_id}"})


@routes.get("/faults/{fault_id}", finds=_find)
def get_fault(call: Call, fault_id: int) -> Fault:
    """Return a fault, and how often it struck."""
    return _shown(faults.fault(call.desk.engine, fault_id))


@routes.delete("/faults/{fault_id}", finds=_find)
def delete_fault(call: Call, fault_id: int) -> None:
    """Take a fault away."""
    call.write(lambda session, actor: faults.remove(session, call.desk.engine, fault_id))  # noqa: ARG005 - all work gets one


@routes.delete("/faults")
def delete_faults(call: Call) -> Deleted:
    """Take all faults away."""
    return Deleted(
        deleted=call.write(lambda session, actor: faults.remove_all(session, call.desk.engine))  # noqa: ARG005 - all work gets one
    )


def _shown(fault: faults.Fault) -> Fault:
    return Fault(
        id=fault.id,
        match=Match(**fault.match),
        effect=FaultEffect(**fault.effect),
        probability=fault.probability,
        times=fault.times,
        after=fault.after,
        seed=fault.seed,
        expires_at=fault.expires_at,
        when="after" if fault.when == "after" else "before",
        hits=fault.hits,
    )


def _mistakes_in(match: Match, catalogue: Catalogue) -> list[Mistake]:
    """Return what is matched that no call could ever have: a service, an operation, an input."""
    if match.service is not None and match.service not in catalogue:
        return [Mistake("body.match.service", f"must be one of {', '.join(catalogue)}.")]
    services = catalogue.values() if match.service is None else [catalogue[match.service]]
    if match.operation is None:
        return []
    found = [operations[match.operation] for operations in services if match.operation in operations]
    if not found:
        return [Mistake("body.match.operation", f"is no operation of {match.service or 'any service'}.")]
    inputs = {name.lower() for names in found for name in names}
    return [
        Mistake(f"body.match.argument.{name}", f"is no input of {match.operation}; those are {', '.join(found[0])}.")
        for name in match.argument
        if name.lower() not in inputs
    ]
