"""What people are told of a service: sentences, types in words, samples. Whoever makes pages of it needs no Spyne."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .declare import Operation, Service, members_documented
from .faults import VERSION_11, VERSION_12
from .forms import can_be_called, is_array
from .samples import form_request, form_response, messages_of, query_request, soap_request, soap_response, type_words
from .spyne_compat import Array, ByteArray, ComplexModelBase
from .wsdl import members_of


@dataclass(frozen=True, slots=True)
class Member:
    """An input of an operation, its result, or a member of a type.

    `type` is in words: int, ArrayOfString, "Red or Green". `item`: the type of what one field of a form holds. `holds`:
    the name of the class that it is or has items of, "" where that is none. `is_repeated`: whether forms take its key
    several times. `notes`: what else the declaration says beside it.
    """

    name: str
    type: str
    item: str
    holds: str = ""
    is_repeated: bool = False
    may_be_nil: bool = False
    documentation: str = ""
    notes: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Structure:
    """A declared class and its members, in wire order."""

    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """What an operation takes and returns; `is_form`: whether a form can carry its inputs."""

    service: Service
    operation: Operation
    inputs: tuple[Member, ...]
    result: Member | None
    is_form: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """A whole request and a whole response, the words in place of values naming their types."""

    title: str
    request: str
    response: str


def describe(service: Service, operation: Operation) -> Description:
    """Return what an operation takes and returns."""
    inputs, result = messages_of(service, operation)
    members = tuple(
        _member(
            name,
            model,
            documentation=parameter.documentation,
            is_repeated=is_array(parameter.annotation),
            notes=parameter.notes,
        )
        for (name, model), parameter in zip(inputs, operation.parameters, strict=True)
    )
    returned = None if result is None else _member("", result)
    return Description(service, operation, members, returned, can_be_called(operation))


def structures_of_inputs(service: Service, operation: Operation) -> list[Structure]:
    """Return every class that an operation's inputs are made of, each once, the outer ones first."""
    inputs, _ = messages_of(service, operation)
    return _structures(model for _, model in inputs)


def structures_of_results(service: Service, operations: Iterable[Operation]) -> list[Structure]:
    """Return every class that the results of some operations are made of, each once, the outer ones first."""
    results = (messages_of(service, operation)[1] for operation in operations)
    return _structures(model for model in results if model is not None)


def samples(service: Service, operation: Operation, address: str, *, takes_forms: bool) -> Iterator[Sample]:
    """Yield a sample of every way to call an operation of the service at the URL `address`."""
    for title, version in (("SOAP 1.1", VERSION_11), ("SOAP 1.2", VERSION_12)):
        request = soap_request(service, operation, address, version)
        yield Sample(title, request, soap_response(service, operation, version))
    if takes_forms and can_be_called(operation):
        response = form_response(service, operation)
        yield Sample("HTTP POST", form_request(operation, address), response)
        yield Sample("HTTP GET", query_request(operation, address), response)


def _member(name: str, model: Any, **told: Any) -> Member:
    item = _item_of(model)
    return Member(
        name,
        type_words(model),
        "byte" if issubclass(item, ByteArray) else type_words(item),
        holds=type_words(item) if issubclass(item, ComplexModelBase) else "",
        may_be_nil=bool(model.Attributes.nillable and model.Attributes.min_occurs),
        **told,
    )


def _item_of(model: Any) -> Any:
    """Return what an array holds, or the type itself."""
    while issubclass(model, Array):
        ((_, model),) = members_of(model)
    return model


def _structures(models: Iterable[Any]) -> list[Structure]:
    found: dict[str, Any] = {}
    for model in models:
        _collect(model, found)
    return [Structure(name, tuple(_members(model))) for name, model in found.items()]


def _members(model: Any) -> Iterator[Member]:
    meanings = members_documented(model.python_class)
    for name, kind in members_of(model):
        yield _member(name, kind, documentation=meanings[name])


def _collect(model: Any, found: dict[str, Any]) -> None:
    model = _item_of(model)
    if not issubclass(model, ComplexModelBase) or model.get_type_name() in found:
        return
    found[model.get_type_name()] = model
    for _, kind in members_of(model):
        _collect(kind, found)
