"""The services' declarations as the journal wants them: for the composition root, when the first call is explained."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from smartertrack_emu.asmx.declare import Parameter
from smartertrack_emu.asmx.spyne_compat import (
    Array,
    Boolean,
    ByteArray,
    ComplexModelBase,
    DateTime,
    Double,
    EnumBase,
    Integer16,
    Integer32,
    Integer64,
)
from smartertrack_emu.control.journal.declared import Input, Kind, Operation, Service
from smartertrack_emu.services.service import HelpdeskOperation, HelpdeskService
from smartertrack_emu.services.words import Words

_SCALARS: tuple[tuple[Any, Kind], ...] = (
    (Integer16, "short"),
    (Integer32, "int"),
    (Integer64, "long"),
    (Boolean, "boolean"),
    (Double, "double"),
    (DateTime, "date"),
    (ByteArray, "base64"),
)


def describe(services: Iterable[HelpdeskService]) -> list[Service]:
    """Return what can be called."""
    return [
        Service(one.name, one.namespace, {name: _operation(one, it) for name, it in one.operations.items()})
        for one in services
    ]


def _operation(service: HelpdeskService, operation: HelpdeskOperation) -> Operation:
    right = operation.options.right
    return Operation(
        operation.name,
        tuple(_input(service, parameter) for parameter in operation.parameters),
        operation.options.access.value,
        None if right is None else right.value,
    )


def _input(service: HelpdeskService, parameter: Parameter) -> Input:
    made = _of_model(parameter.name, service.types.type_of(parameter.annotation))
    words = next((note.names for note in parameter.notes if isinstance(note, Words)), ())
    return Input(made.name, made.kind, made.members, tuple(words)) if made.kind == "list" else made


def _of_model(name: str, model: Any) -> Input:
    if issubclass(model, Array):
        return Input(name, "list", _members(model))
    if issubclass(model, EnumBase):
        return Input(name, "enumeration", words=tuple(member.value for member in model.python_class))
    if issubclass(model, ComplexModelBase):
        return Input(name, "structure", _members(model))
    return Input(name, next((kind for scalar, kind in _SCALARS if issubclass(model, scalar)), "text"))


def _members(model: Any) -> tuple[Input, ...]:
    return tuple(_of_model(name, kind) for name, kind in model._type_info.items())  # noqa: SLF001 - Spyne's name for a model's members
