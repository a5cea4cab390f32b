"""JSON that can be read in one way only, and texts that every answer can hold: for all that takes JSON from callers."""

from __future__ import annotations

import json
import math
import re
from typing import Any

# What XML cannot hold no service could ever show, and halves of surrogate pairs and NUL no database can store.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no text from a caller may hold."""

BAD_TEXT = "holds a character that cannot be stored."


class NotJsonError(ValueError):
    """What is no JSON in UTF-8, or could be read in two ways; the sentence says why."""


def read_json(data: bytes) -> Any:
    """Return what JSON in UTF-8 says; NotJsonError."""
    try:
        return json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_float
        )
    except NotJsonError:
        raise
    except UnicodeDecodeError:
        raise NotJsonError("The body is not UTF-8.") from None
    except RecursionError:
        raise NotJsonError("The body is nested too deeply.") from None
    except json.JSONDecodeError as error:
        sentence = f"The body is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        raise NotJsonError(sentence) from None
    except ValueError:
        raise NotJsonError("The body holds a number with too many digits.") from None


def _refuse_constant(name: str) -> Any:
    raise NotJsonError(f"{name} is no number in JSON.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJsonError(f"The member {json.dumps(twice[:100])} is given twice.")
    return members


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise NotJsonError(f"{text[:40]} is too large for a number.")
    return value
