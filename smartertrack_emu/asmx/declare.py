"""Declare a web service by Python annotations; Spyne holds the declaration.

    probe = PlainService("svcProbe", namespace="http://example.org/svcProbe.asmx")

    @class_
    class Echo:
        Dump: Annotated[str | None, Doc("What was read.")] = None

    Count = Annotated[int, Doc("How many there are.")]      # where several operations mean the same by it

    @probe.operation
    def Args(s: str | None, i: Count, n: int | None, a: list[str] | None) -> Echo:
        "Says what it read."

What people should know of an input or a member stands beside its type (`Doc`, or another `Note`); only pages read it.
Annotations and what they are on the wire:

=====================================  ==================================================
`str`, `str | None`                    String (a missing `str` arrives as "", else as None)
`int`, `Int16`, `Int64`                Int32, Int16, Int64
`bool`, `float`, `datetime`            Boolean, Double, DateTime
`int | None` and the like              Nullable<T>: always written, `xsi:nil` when None
`bytes`, `list[T]` (or `| None`)       Byte[], T[] (missing: b"" and [], else None)
a `StrEnum`                            enumeration
a class under `@struct`                value type: always written
a class under `@class_`                reference type: left out when None
=====================================  ==================================================
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Generic, Union, dataclass_transform, get_args, get_origin, overload

from typing_extensions import TypeVar

from .spyne_compat import (
    Application,
    Array,
    Boolean,
    ByteArray,
    ComplexModel,
    DateTime,
    Double,
    Enum,
    Integer16,
    Integer32,
    Integer64,
    ServiceBase,
    Soap11,
    Unicode,
    rpc,
)

Int16 = Annotated[int, Integer16]
Int64 = Annotated[int, Integer64]

LOCAL = timezone(timedelta(0), "Local")
"""Marks a DateTime of .NET's kind Local, the server's zone being UTC; `datetime.UTC` marks Utc, no zone Unspecified."""

LEAST_DATETIME = datetime.min  # noqa: DTZ901 - kind Unspecified
"""DateTime.MinValue, a DateTime's default."""

_SCALARS: dict[Any, tuple[Any, object]] = {
    int: (Integer32, 0),
    Int16: (Integer16, 0),
    Int64: (Integer64, 0),
    bool: (Boolean, False),
    float: (Double, 0.0),
    datetime: (DateTime, LEAST_DATETIME),
}
"""Annotation of a value type -> Spyne's type and .NET's default."""

_VALUE_TYPES: set[type] = set()
_REFERENCE_TYPES: set[type] = set()

C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., object])


class Note:
    """What stands beside a type in an annotation for people: `Annotated[int, Doc("How many there are.")]`."""

    def text(self) -> str:
        """Return it as sentences."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Doc(Note):
    """What an input or a member means."""

    sentence: str

    def text(self) -> str:
        """Return the sentence."""
        return self.sentence


def _taken_apart(annotation: Any) -> tuple[Any, tuple[object, ...]]:
    """Return what an annotation says to the wire, which are types, and what stands beside them."""
    if get_origin(annotation) is not Annotated:
        return annotation, ()
    bare, *beside = get_args(annotation)
    types_ = [one for one in beside if isinstance(one, type)]
    notes = tuple(one for one in beside if not isinstance(one, type))
    return (Annotated[(bare, *types_)] if types_ else bare), notes


def _sentences(notes: Iterable[object]) -> str:
    return " ".join(note.text() for note in notes if isinstance(note, Note))


def members_documented(cls: type) -> dict[str, str]:
    """Return what the members of a declared class mean, by their names, "" where nothing says it."""
    hints = typing.get_type_hints(cls, include_extras=True)
    return {name: _sentences(_taken_apart(hint)[1]) for name, hint in hints.items()}


# Typed loosely: what comes back is the class given, made anew with slots.
_as_dataclass: Any = dataclass(slots=True)


@dataclass_transform(field_specifiers=(field,))
def struct(cls: C) -> C:
    """Declare a value type of the wire: its fields in wire order, each with its default."""
    declared: C = _as_dataclass(cls)
    _VALUE_TYPES.add(declared)
    return declared


@dataclass_transform(field_specifiers=(field,))
def class_(cls: C) -> C:
    """Declare a reference type of the wire: its fields in wire order, each with its default."""
    declared: C = _as_dataclass(cls)
    _REFERENCE_TYPES.add(declared)
    return declared


def _optional(annotation: Any) -> tuple[Any, bool]:
    """Take `| None` off an annotation and say whether it was there."""
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [a for a in get_args(annotation) if a is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return annotation, False


def default_of(annotation: Any) -> object:  # noqa: PLR0911 - one a kind
    """What .NET gives a parameter that is not in the request, as far as the annotation admits None."""
    bare, optional = _optional(annotation)
    if optional:
        return None
    if bare in _SCALARS:
        return _SCALARS[bare][1]
    if bare is str:
        return ""
    if bare is bytes:
        return b""
    if get_origin(bare) is list:
        return ()
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        return next(iter(bare))
    return None


class TypeRegistry:
    """The Spyne types of one namespace: Spyne's models carry their namespace, so each service has its own."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self._models: dict[Any, Any] = {}

    def type_of(self, annotation: Any) -> Any:  # noqa: PLR0911 - one a kind
        """Return the Spyne type for an annotation; TypeError names one that has none."""
        bare, optional = _optional(annotation)
        if bare in _SCALARS:
            return _SCALARS[bare][0].customize(min_occurs=1, nillable=optional)
        if bare is str:
            return Unicode.customize(min_occurs=0, nillable=False)
        if bare is bytes:
            return ByteArray.customize(min_occurs=0, nillable=False, encoding="base64")
        if get_origin(bare) is list:
            return self._array(get_args(bare)[0])
        if isinstance(bare, type) and issubclass(bare, StrEnum):
            return self._once(bare, self._enumeration).customize(min_occurs=1, nillable=optional)
        if bare in _VALUE_TYPES:
            return self._once(bare, self._model).customize(min_occurs=1, nillable=False)
        if bare in _REFERENCE_TYPES:
            return self._once(bare, self._model).customize(min_occurs=0, nillable=False)
        message = f"no wire type for the annotation {annotation!r}"
        raise TypeError(message)

    def _once(self, cls: Any, make: Callable[[Any], Any]) -> Any:
        if cls not in self._models:
            self._models[cls] = make(cls)
        return self._models[cls]

    def _array(self, item: Any) -> Any:
        is_value = item in _SCALARS or item in _VALUE_TYPES
        item_type = self.type_of(item).customize(min_occurs=0, max_occurs="unbounded", nillable=not is_value)
        name = item_type.get_type_name()
        array = Array(item_type, member_name=name)
        return array.customize(min_occurs=0, nillable=False, type_name=f"ArrayOf{name[0].upper()}{name[1:]}")

    def _enumeration(self, cls: type[StrEnum]) -> Any:
        model = Enum(*(member.value for member in cls), type_name=cls.__name__)
        model.__namespace__ = self.namespace
        model.python_class = cls
        return model

    def _model(self, cls: type) -> Any:
        hints = typing.get_type_hints(cls, include_extras=True)
        members = [(name, self.type_of(_taken_apart(hint)[0])) for name, hint in hints.items()]
        return type(
            cls.__name__,
            (ComplexModel,),
            {
                "__namespace__": self.namespace,
                "__type_name__": cls.__name__,
                "_type_info": members,
                "python_class": cls,
            },
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input of an operation: its wire name, its annotation, and what stands beside that: a service may add more."""

    name: str
    annotation: Any
    notes: tuple[object, ...] = ()

    @classmethod
    def declared(cls, name: str, annotation: Any) -> Parameter:
        """Return the parameter of an annotation that may have notes."""
        return cls(name, *_taken_apart(annotation))

    @property
    def documentation(self) -> str:
        """What it means, "" where nothing says it."""
        return _sentences(self.notes)

    @property
    def default(self) -> object:
        """The value when the request has none (fresh where it is mutable)."""
        value = default_of(self.annotation)
        return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a declaration says beside its function's signature; a kind of service that wants more extends this.

    `obsolete`: what to use instead of an obsolete operation, "" where nothing replaces it; None for one in use.
    """

    obsolete: str | None = None


OptionsT = TypeVar("OptionsT", bound=Options, default=Any)


@dataclass(frozen=True, slots=True)
class Operation(Generic[OptionsT]):
    """One operation of a service, as declared."""

    name: str
    function: Callable[..., object]
    parameters: tuple[Parameter, ...]
    returns: Any
    documentation: str
    options: OptionsT


class Service(Generic[OptionsT]):
    """A web service: a name, a namespace, operations in the order of their declaration or of `order`.

    Each kind of service has a class of options. Subclasses declare operations with them (`declare`), put parameters of
    their own before each operation's (`leading_parameters`), hand the functions values that are not on the wire
    (`context_arguments`) and run them (`invoke`).
    """

    context_arguments = 0

    def __init__(self, name: str, *, namespace: str, documentation: str = "", order: Sequence[str] = ()) -> None:
        self.name = name
        self.namespace = namespace
        self.documentation = documentation
        self.types = TypeRegistry(namespace)
        self._order = order
        self._operations: dict[str, Operation[OptionsT]] = {}

    def declare(self, options: OptionsT) -> Callable[[F], F]:
        """Return a decorator that declares a function as an operation and returns it unchanged."""

        def declare(function: F) -> F:
            name = function.__name__
            if name in self._operations:
                message = f"{self.name} declares {name} twice"
                raise ValueError(message)
            hints = typing.get_type_hints(function, include_extras=True)
            returns = hints.pop("return", None)
            own = list(hints.items())[self.context_arguments :]
            parameters = (*self.leading_parameters(options), *(Parameter.declared(*item) for item in own))
            documentation = " ".join((function.__doc__ or "").split())
            self._operations[name] = Operation(
                name, function, parameters, None if returns is type(None) else returns, documentation, options
            )
            return function

        return declare

    def leading_parameters(self, options: OptionsT) -> Iterable[Parameter]:
        """Return the parameters that stand before an operation's own on the wire."""
        del options
        return ()

    def invoke(self, operation: Operation[OptionsT], arguments: list[Any], environ: dict[str, Any]) -> object:
        """Run an operation with all its parameters' values in wire order and return its result."""
        del environ
        return operation.function(*arguments)

    @cached_property
    def operations(self) -> dict[str, Operation[OptionsT]]:
        """The operations by name, in wire order; ValueError when `order` and the declarations differ."""
        if not self._order:
            return dict(self._operations)
        if set(self._order) != set(self._operations) or len(self._order) != len(self._operations):
            difference = set(self._order) ^ set(self._operations)
            message = f"{self.name}: order and declarations differ in {sorted(difference)}"
            raise ValueError(message)
        return {name: self._operations[name] for name in self._order}

    @cached_property
    def application(self) -> Application:
        """The Spyne application that holds the declaration."""
        methods: dict[str, Any] = {}
        for operation in self.operations.values():
            returns = None if operation.returns is None else self.types.type_of(operation.returns)
            declare = rpc(
                *(self.types.type_of(parameter.annotation) for parameter in operation.parameters),
                _args=[parameter.name for parameter in operation.parameters],
                _returns=returns,
            )
            methods[operation.name] = declare(_named(operation.name, operation.documentation))
        service = type(self.name, (ServiceBase,), methods)
        return Application([service], tns=self.namespace, name=self.name, in_protocol=Soap11(), out_protocol=Soap11())


class PlainService(Service[Options]):
    """A service whose operations run as they are."""

    @overload
    def operation(self, function: F, /) -> F: ...

    @overload
    def operation(self, /, *, obsolete: str | None = None) -> Callable[[F], F]: ...

    def operation(self, function: F | None = None, /, *, obsolete: str | None = None) -> F | Callable[[F], F]:
        """Declare the decorated function as an operation; it is returned unchanged."""
        declare = self.declare(Options(obsolete=obsolete))
        return declare if function is None else declare(function)


def _named(name: str, documentation: str) -> Callable[..., None]:
    """Make the function Spyne's decorator wants: calls go through `Service.invoke`, never through Spyne."""

    def declared(*_: object) -> None:
        message = "declared only"
        raise AssertionError(message)

    declared.__name__ = name
    declared.__doc__ = documentation
    return declared
