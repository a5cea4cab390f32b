"""Calling web pages that event rules name: "Call Web Page" is documented; what is sent and how is ours.

One POST of JSON within ten seconds, on a connection of its own. No redirect is followed, and of the answer only the
status counts. The same event, rule and action have the same `Idempotency-Key`, however often they are told.
"""

from __future__ import annotations

from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit

from smartertrack_emu import __version__
from smartertrack_emu.domain.errors import BadValue, ProviderRefused
from smartertrack_emu.domain.ports import PageCall

from .exchange import Deadline, NotAllowedError, exchange
from .networks import Networks

SECONDS: Final = 10.0
"""How long a page may take."""

_SUCCESS: Final = range(200, 300)


class Pages:
    """Calls pages at the addresses that are allowed (see `Networks`)."""

    def __init__(self, allowed: str, *, seconds: float = SECONDS) -> None:
        self._networks = Networks(allowed)
        self._seconds = seconds

    def check(self, url: str, /) -> None:
        """Raise BadValue for a literal address that must not be called; names are looked up when they are called."""
        host = urlsplit(url).hostname or ""
        if (":" in host or host.replace(".", "").isdigit()) and not self._networks.may_call(host):
            raise BadValue("the address is not allowed.")

    def call(self, call: PageCall, /) -> None:
        """Tell a page something; ProviderRefused, with the reason, where it does not answer 2xx."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"smartertrack-emu/{__version__}",
            "Idempotency-Key": call.key,
        }
        try:
            reply = exchange(
                "POST",
                call.url,
                Deadline.after(self._seconds),
                largest=None,
                body=call.content,
                headers=headers,
                may_call=self._networks.may_call,
            )
        except NotAllowedError:
            raise ProviderRefused("The web page's address is not allowed.") from None
        except TimeoutError:
            raise ProviderRefused(f"The web page did not answer within {self._seconds:g} seconds.") from None
        except (OSError, HTTPException, ValueError):
            raise ProviderRefused("The web page cannot be reached.") from None
        if reply.status not in _SUCCESS:
            raise ProviderRefused(f"The web page answered HTTP {reply.status}.")
