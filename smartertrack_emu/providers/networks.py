"""Which addresses of the network other systems may be called at; all of it is ours.

Never those by which a machine reaches itself or its host's services without meaning to: link-local ones, where clouds
keep their metadata, multicast, broadcast, unspecified ones, and all of them written as IPv6.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from smartertrack_emu.addresses import read_networks

_NEVER: Final = tuple(map(ip_network, ("0.0.0.0/8", "169.254.0.0/16", "255.255.255.255/32", "::/128", "fe80::/10")))
_TRANSLATED: Final = ip_network("64:ff9b::/96")
_COMPATIBLE: Final = ip_network("::/96")


class Networks:
    """The addresses that may be called: `any`, `public`, or networks with commas between them."""

    def __init__(self, allowed: str) -> None:
        self._allowed = allowed
        self._networks = () if allowed in ("any", "public") else read_networks(allowed)

    def may_call(self, address: str) -> bool:
        """Say whether an address, written as numbers, may be called."""
        try:
            given = ip_address(address)
        except ValueError:
            return False
        return all(self._may_call(one) for one in _meant(given))

    def _may_call(self, address: IPv4Address | IPv6Address) -> bool:
        if address.is_multicast or any(address in network for network in _NEVER):
            return False
        if self._allowed == "public":
            return address.is_global
        return self._allowed == "any" or any(address in network for network in self._networks)


def _meant(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    """Return the IPv4 address that one of IPv6 holds, or else the address itself."""
    if isinstance(address, IPv6Address):
        held = address.ipv4_mapped or address.sixtofour
        number = int(address)
        if held is None and (address in _TRANSLATED or (address in _COMPATIBLE and number > 1)):
            held = IPv4Address(number & 0xFFFFFFFF)
        if held is not None:
            yield held
            return
    yield address
