"""What may stand around a call: a fault that strikes it.

Faults are set by whoever tests a client. They strike the calls of all dialects; each dialect gives the answer in its
own words, and what happens on the connection itself happens where the answer is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

OUTCOME = "smartertrack_emu.outcome"
"""Where a request's environment gets the `Outcome` of its call."""


@dataclass(slots=True)
class Outcome:
    """What became of a call: who called, the code of its result (0: done; None: its result has none), the sentence.

    `secret`: the password that was given. `hint`: what the journal may know of why it was refused, and the caller not.
    `dialect`: the one that was spoken, whose code is the HTTP status; "" for the nine services. It knows no user.
    """

    user: str | None
    code: int | None
    ok: bool = True
    message: str = ""
    secret: str = field(default="", repr=False)
    hint: str = ""
    dialect: str = ""


DIALECTS = ("jtel",)
"""The dialects beside the nine services, as journal, faults and metrics call them."""


@dataclass(frozen=True, slots=True)
class Called:
    """What is being called: names as on the wire. `arguments`: by their names; credentials are not among them.

    `is_soap`: it is an operation of the nine services, which a SOAP fault may answer.
    """

    service: str
    operation: str
    user: str | None
    arguments: Mapping[str, object]
    is_soap: bool = True

    def __str__(self) -> str:
        return f"{self.service}.{self.operation}"


About = str | Callable[[], Called]
"""What a call is about: words for the log, or what says what is called where that is asked; such a call may be struck
by faults."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fault does to a call; which members mean something depends on the kind. `length`: bytes."""

    fault_id: int
    kind: Literal["soap-fault", "result", "http", "latency", "drop", "truncate", "garbage"]
    code: int = -1
    message: str = ""
    status: int = 503
    milliseconds: float = 0.0
    length: int = 100
    content_type: str = "text/xml; charset=utf-8"
    after: bool = False


@dataclass(frozen=True, slots=True)
class Strike:
    """What strikes a call: seconds that it is held up before and after it is carried out, and one effect at most."""

    seconds_before: float = 0.0
    seconds_after: float = 0.0
    effect: Effect | None = None


class Faults(Protocol):
    """The faults that are set, as this process knows them."""

    any_set: bool
    """Whether there are any. An attribute: every call looks at it."""

    def strike(self, called: Called) -> Strike:
        """Return what strikes a call, and count it."""


class StruckError(Exception):
    """A fault strikes the call: nothing was done, or what was done stays and its answer is lost (`effect.after`).

    `lost`: what the call would have been answered otherwise, a result or a refusal; None where nothing was done.
    """

    def __init__(self, effect: Effect, lost: object = None) -> None:
        super().__init__(effect.message or "A fault was injected.")
        self.effect = effect
        self.lost = lost
