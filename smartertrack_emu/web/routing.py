"""Which addresses a page answers: letters of the fixed parts match without case, a slash at the end may follow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import Flask
from werkzeug.routing import BaseConverter, Rule, ValidationError
from werkzeug.routing.rules import RulePart

_LARGEST_ID = 2**31 - 1


class _Rule(Rule):
    """A rule whose fixed parts match in any letter case, as ASP.NET's do. What stands in variables stays as it is.

    Werkzeug has no switch for this; a part is made a pattern in the one place where a rule is taken apart.
    """

    def __init__(self, string: str, **options: Any) -> None:
        super().__init__(string, **{"strict_slashes": False, **options})

    def _parse_rule(self, rule: str) -> Iterable[RulePart]:
        for part in super()._parse_rule(rule):
            if not part.static:
                yield replace(part, content=f"(?i:{part.content})")
            elif part.content:
                yield replace(part, content=rf"(?i:{re.escape(part.content)})\Z", static=False)
            else:
                yield part


class _Token(BaseConverter):
    """Letters, digits, `_` and `-`: what our own tokens are made of."""

    regex = r"[A-Za-z0-9_\-]{1,200}"


class _Id(BaseConverter):
    """A number as ids are; a larger one stands in no address."""

    regex = r"[0-9]{1,10}"

    def to_python(self, value: str) -> int:
        if int(value) > _LARGEST_ID:
            raise ValidationError
        return int(value)


class _Name(BaseConverter):
    """A name at the end of an address, which may be empty."""

    regex = r"[^/]*"


class _Rest(BaseConverter):
    """Whatever follows: slashes and line ends too."""

    regex = r"(?s:.*)"
    part_isolating = False


def match_without_case(app: Flask) -> None:
    """Have all rules that are added from now on match so."""
    app.url_rule_class = _Rule  # type: ignore[assignment]  # typed as the class Rule itself
    app.url_map.merge_slashes = False
    app.url_map.converters.update(token=_Token, id=_Id, name=_Name, rest=_Rest)
