"""Who gets a mail: each address once, whichever of To, Cc and Bcc it stands in and in whichever letters."""

from __future__ import annotations

from smartertrack_emu.domain.text import key

_BETWEEN = "\n"


def listed(addresses: str) -> list[str]:
    """Return the addresses of a text `a@b, c@d`."""
    if "," not in addresses:
        alone = addresses.strip()
        return [alone] if alone else []
    return [address for part in addresses.split(",") if (address := part.strip())]


def each_once(*addresses: str) -> list[str]:
    """Return the addresses of several texts, each once, as it stands first."""
    found: dict[str, str] = {}
    for text in addresses:
        for address in listed(text):
            found.setdefault(key(address), address)
    return list(found.values())


def keys_of(*addresses: str) -> str:
    """Return the keys of the addresses of several texts, each on a line of its own."""
    if not any(addresses[1:]) and "," not in addresses[0]:
        alone = addresses[0].strip()
        return f"{_BETWEEN}{key(alone)}{_BETWEEN}" if alone else ""
    found = dict.fromkeys(key(address) for text in addresses for address in listed(text))
    return _BETWEEN + _BETWEEN.join(found) + _BETWEEN if found else ""


def key_line(address: str) -> str:
    """Return how one address stands in what `keys_of` returns."""
    return f"{_BETWEEN}{key(address)}{_BETWEEN}"
