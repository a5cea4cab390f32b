"""E-mail addresses as they are given: one, or several separated by commas or semicolons, with names or without."""

from __future__ import annotations

import re
from email.utils import getaddresses

from smartertrack_emu.domain import naming
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.naming import shown

_ADDRESS = re.compile(r"[^@\s<>\"(),;:]+@[^@\s<>\"(),;:]+")
_ATOMS = r"[a-zA-Z0-9_+-]+(?:\.[a-zA-Z0-9_+-]+)*"
_PLAIN = re.compile(f"{_ATOMS}@{_ATOMS}")
"""What the standard library reads as it stands, and takes its time for."""
_LONGEST = 320
_LONGEST_LIST = 100 * _LONGEST
"""Characters of a list: the standard library takes long for each address, and much memory."""


def one(text: str, field: str) -> tuple[str, str]:
    """Return (display name, address) of a single address; BadValue, naming the `field`, where it is none or several."""
    found = _read(text, field)
    if len(found) != 1:
        raise _bad(text, field)
    return found[0]


def several(text: str | None, field: str) -> str:
    """Return a list of addresses as one text, `a@b, c@d`; "" for none. BadValue, naming the `field`, for a bad one."""
    return ", ".join(address for _, address in _read(text or "", field))


def is_one(text: str) -> bool:
    """Say whether a text is one address, without a name, that can be written to."""
    try:
        return len(text) <= _LONGEST and _ADDRESS.fullmatch(naming.email(text, "address", required=True)) is not None
    except BadValue:
        return False


def _read(text: str, field: str) -> list[tuple[str, str]]:
    if len(text) > _LONGEST_LIST:
        raise BadValue(field, f"is longer than {_LONGEST_LIST} characters.")
    if not text.strip(" \t\r\n,;"):
        return []
    # Newer Pythons read a list with an empty place in it as no list at all.
    listed = re.sub(r",[\s,]*,", ",", text.replace(";", ",")).strip(" \t\r\n,")
    if _PLAIN.fullmatch(listed):
        found = [("", listed)]
    else:
        found = [pair for pair in getaddresses([listed]) if pair != ("", "")]
    if not found or any(len(address) > _LONGEST or not _ADDRESS.fullmatch(address) for _, address in found):
        raise _bad(text, field)
    return found


def _bad(text: str, field: str) -> BadValue:
    return BadValue(field, f": {shown(text)} is not an e-mail address.")


def labelled(name: str, address: str) -> str:
    """Return `Display Name (email)`, as senders and recipients read (seen)."""
    return f"{name} ({address})" if name and address else name or address
