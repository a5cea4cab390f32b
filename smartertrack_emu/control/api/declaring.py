"""Declaring the calls of the control API: a function with its inputs and its answer, once.

    routes = Routes("Time")

    @routes.post("/clock/advance", errors={409: "…"})
    def advance_clock(call: Call, body: Advance) -> Advanced:
        "Move the clock forward."

The function's name is the operationId, its docstring's first line the summary and the rest the description. Arguments
named in the path are ids (`int`) or names (`str`); `query` and `body` are models, or a body is `Annotated[bytes,
Media("application/gzip")]`. The answer is a model, a `Listing` of one, None (204), or `Annotated[Response,
Media(...)]`; a function may return `Answer(model, status=200)` for another status than the declared one.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import NoneType
from typing import Annotated, Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from sqlalchemy.orm import Session

from smartertrack_emu.desk.callers import Caller
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.errors import PermissionDenied
from smartertrack_emu.domain.people.principal import Principal

from .emulator import Emulator
from .models import Model, Nothing, Query

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

ONLY_ADMINISTRATORS = "Only administrators may use the control API."


@dataclass(frozen=True, slots=True)
class Media:
    """A body or an answer that is not JSON. `example`: what it may look like; `any_type`: the body may be of others."""

    type: str
    example: str = ""
    any_type: bool = False


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """An answer with another status than the one that is declared, or with further headers."""

    content: T
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """What a function works with: the server, and who calls. `about` names the call in the log."""

    emulator: Emulator
    caller: Caller
    actor: Principal
    about: str = "the control API"

    @property
    def desk(self) -> Desk:
        """The server's desk."""
        return self.emulator.desk

    def read(self, work: Callable[[Session, Principal], T]) -> T:
        """Do something for the caller in a transaction that reads; HelpdeskError."""
        return self.desk.call(self.caller, _by_administrator(work), about=self.about)

    def write(self, work: Callable[[Session, Principal], T]) -> T:
        """Do something for the caller in a transaction that writes; HelpdeskError, and nothing was changed."""
        return self.desk.call(self.caller, _by_administrator(work), writes=True, about=self.about)


def _by_administrator(work: Callable[[Session, Principal], T]) -> Callable[[Session, Principal], T]:
    def check_and_work(session: Session, actor: Principal) -> T:
        check_administrator(actor)
        return work(session, actor)

    return check_and_work


def check_administrator(actor: Principal) -> None:
    """Raise PermissionDenied for everybody else."""
    if not actor.is_administrator:
        raise PermissionDenied(ONLY_ADMINISTRATORS)


@dataclass(frozen=True, kw_only=True)
class Route:
    """A call as it was declared.

    `errors`: why it is refused, by status, beside what all calls have. `also`: other statuses of success. `fields`:
    where fields of the domain stand in the request whose names are others there. `finds` raises NotFound for an item
    that is not there: it is asked where what was sent is wrong, since a missing item comes first. `forms`: in what else
    it answers, where it is asked to: the function returns a `Response` then.
    """

    method: str
    path: str
    tag: str
    function: Callable[..., Any]
    status: int
    errors: Mapping[int, str]
    also: Mapping[int, str]
    fields: Mapping[str, str]
    finds: Callable[..., object] | None
    forms: Sequence[Media]

    @property
    def name(self) -> str:
        """The operationId."""
        return self.function.__name__

    @property
    def summary(self) -> str:
        """One sentence, without its full stop."""
        return self._told.partition("\n")[0].rstrip(".")

    @property
    def description(self) -> str:
        """What else is to be said."""
        return self._told.partition("\n")[2].strip()

    @property
    def _told(self) -> str:
        return inspect.getdoc(self.function) or ""

    @cached_property
    def _hints(self) -> Mapping[str, Any]:
        return get_type_hints(self.function, include_extras=True)

    @cached_property
    def parameters(self) -> Mapping[str, type]:
        """What stands in the path: names and whether they are `int` or `str`."""
        return {name: self._hints[name] for name in re.findall(r"\{(\w+)\}", self.path)}

    @cached_property
    def query(self) -> type[Query]:
        """What may stand in the address."""
        found: type[Query] = self._hints.get("query", Query)
        return found

    @property
    def inputs(self) -> frozenset[str]:
        """Which of `query` and `body` the function takes."""
        return frozenset(self._hints) & {"query", "body"}

    @property
    def repeatable(self) -> list[str]:
        """The keys that may be given several times."""
        fields = self.query.model_fields.items()
        return [one.alias or name for name, one in fields if get_origin(one.annotation) is list]

    @property
    def takes_body(self) -> bool:
        """Whether a body is looked at."""
        return self.method not in ("GET", "DELETE")

    @cached_property
    def body(self) -> type[Model] | Media:
        """What the body holds."""
        found = self._hints.get("body", Nothing)
        return get_args(found)[1] if get_origin(found) is Annotated else found  # type: ignore[no-any-return]

    @property
    def needs_body(self) -> bool:
        """Whether the body must not be left out."""
        return isinstance(self.body, Media) or any(field.is_required() for field in self.body.model_fields.values())

    @cached_property
    def answer(self) -> type[Model] | Media | None:
        """What the answer holds."""
        found = self._hints["return"]
        if get_origin(found) is Answer:
            (found,) = get_args(found)
        if get_origin(found) is Annotated:
            return get_args(found)[1]  # type: ignore[no-any-return]
        return None if found is NoneType else found

    @cached_property
    def members(self) -> Mapping[str, str]:
        """Where the fields that a refusal of the domain may name stand in the request."""
        path = {name: f"path.{name}" for name in self.parameters}
        places = path | {name: f"query.{one.alias or name}" for name, one in self.query.model_fields.items()}
        if not isinstance(self.body, Media):
            places |= {name: f"body.{one.alias or name}" for name, one in self.body.model_fields.items()}
        return places | {name: path.get(place, f"body.{place}") for name, place in self.fields.items()}


class Routes:
    """The calls of one section."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.all: list[Route] = []

    def get(self, path: str, **options: Any) -> Callable[[F], F]:
        """Declare what answers GET."""
        return self._declare("GET", path, 200, **options)

    def post(self, path: str, *, status: int = 200, **options: Any) -> Callable[[F], F]:
        """Declare what answers POST; `status` 201 where it makes something."""
        return self._declare("POST", path, status, **options)

    def put(self, path: str, **options: Any) -> Callable[[F], F]:
        """Declare what answers PUT."""
        return self._declare("PUT", path, 200, **options)

    def patch(self, path: str, **options: Any) -> Callable[[F], F]:
        """Declare what answers PATCH."""
        return self._declare("PATCH", path, 200, **options)

    def delete(self, path: str, **options: Any) -> Callable[[F], F]:
        """Declare what answers DELETE."""
        return self._declare("DELETE", path, 200, **options)

    def _declare(
        self,
        method: str,
        path: str,
        status: int,
        *,
        errors: Mapping[int, str] | None = None,
        also: Mapping[int, str] | None = None,
        fields: Mapping[str, str] | None = None,
        finds: Callable[..., object] | None = None,
        forms: Sequence[Media] = (),
    ) -> Callable[[F], F]:
        def declare(function: F) -> F:
            answers_nothing = function.__annotations__["return"] in (None, "None")
            self.all.append(
                Route(
                    method=method,
                    path=path,
                    tag=self.tag,
                    function=function,
                    status=204 if answers_nothing else status,
                    errors=errors or {},
                    also=also or {},
                    fields=fields or {},
                    finds=finds,
                    forms=forms,
                )
            )
            return function

        return declare
