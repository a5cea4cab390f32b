"""/Services2: all services with their functions, inputs and results, from our own declarations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from smartertrack_emu.asmx import pages
from smartertrack_emu.asmx.declare import Service

from .responses import Response, html

_BASE_URL = "http://base-url.invalid"
"""Stands in the page where each caller gets his own address: so the page is made once, whatever Host callers send."""


def page(services: Sequence[Service], base_url: str) -> Response:
    """Return the overview; `base_url`: the server's address without a trailing slash."""
    return html(_template(tuple(services)).replace(_BASE_URL, escape(base_url)), style=pages.STYLE)


@lru_cache(maxsize=1)
def _template(services: tuple[Service, ...]) -> str:
    return pages.overview_page(services, _BASE_URL)
