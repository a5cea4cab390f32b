"""E-mail addresses as they are given: one, or several separated by commas or semicolons, with names or without."""

from __future__ import annotations

import re
from email.utils import parseaddr

from smartertrack_emu.domain.errors import BadValue

_ADDRESS = re.compile(r"[^@\s<>\"(),;:]+@[^@\s<>\"(),;:]+")
_LONGEST = 320


def one(text: str, what: str) -> tuple[str, str]:
    """Return (display name, address) of a single address; BadValue, naming `what`, where it is none."""
    name, address = parseaddr(text.strip().rstrip(";,"))
    if len(address) > _LONGEST or _ADDRESS.fullmatch(address) is None:
        raise BadValue(f"{what}: {text[:60]!r} is not an e-mail address.")
    return name, address


def several(text: str | None, what: str) -> str:
    """Return a list of addresses as one text, `a@b, c@d`; "" for none. BadValue, naming `what`, for a bad one."""
    parts = [part for part in re.split(r"[;,]", text or "") if part.strip()]
    return ", ".join(one(part, what)[1] for part in parts)


def labelled(name: str, address: str) -> str:
    """Return `Display Name (email)`, as senders and recipients read (seen)."""
    return f"{name} ({address})" if name and address else name or address
