"""What inputs and results mean, for the pages that document the services."""

from __future__ import annotations

from . import fields, parameters


def parameter(service: str, operation: str, name: str) -> str:
    """Return what an operation's input means; KeyError if nothing says it."""
    exception = parameters.EXCEPTIONS.get((service, operation, name))
    return parameters.PARAMETERS[name] if exception is None else exception


def field(type_name: str, name: str) -> str:
    """Return what a member of a result means; KeyError if nothing says it."""
    exception = fields.EXCEPTIONS.get((type_name, name))
    return fields.FIELDS[name] if exception is None else exception
