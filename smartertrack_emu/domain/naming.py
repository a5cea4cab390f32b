"""What may be a name, and how a sentence repeats one that a client sent."""

from __future__ import annotations

import re

from .errors import BadValue

NAME_LENGTH = 255
"""Characters of the longest name of a user, a role, an organization (ours; the product's own limit is not known)."""

EMAIL_LENGTH = 320
"""Characters of the longest e-mail address (RFC 3696)."""

_SHOWN = 60
# Control characters, line separators, halves of a surrogate pair, what XML cannot hold.
_NO_NAME = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+")


def name(text: str, field: str, *, required: bool = True, longest: int = NAME_LENGTH) -> str:
    """Return `text` unchanged where it can be a name; BadValue, which names the `field`, else.

    One line of at most `longest` characters, none of them a control character; not blank where it is `required`.
    """
    if required and not text.strip():
        raise BadValue(field, "is required.")
    if len(text) > longest:
        raise BadValue(field, f"is longer than {longest} characters.")
    if _NO_NAME.search(text):
        raise BadValue(field, "holds a control character or another that no name can hold.")
    return text


def email(text: str, field: str, *, required: bool = False) -> str:
    """Return `text` unchanged where it can be one e-mail address, or is empty and not `required`; BadValue else."""
    name(text, field, required=required, longest=EMAIL_LENGTH)
    if text and not _EMAIL.fullmatch(text):
        raise BadValue(field, f": {shown(text)} is not an e-mail address.")
    return text


def storable(text: str) -> str:
    """Return `text` to be looked for; what no database can hold becomes empty, which nothing is called either."""
    return "" if _NOT_STORABLE.search(text) else text


def shown(text: str) -> str:
    """Return what a client sent as a sentence repeats it: in quotes, short, and fit to be sent back."""
    text = _NO_NAME.sub("\ufffd", text)
    return f"'{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}'"
