"""/Services2: all services with their functions, inputs and results, from our own declarations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from wsgiref.util import application_uri

from flask import Blueprint, request

from smartertrack_emu.asmx.declare import Service
from smartertrack_emu.asmx.pages import STYLE, overview_page

from . import headers, visit

pages = Blueprint("overview", __name__)

_BASE_URL = "http://base-url.invalid"
"""Stands in the page where each caller gets his own address: so the page is made once, whatever Host callers send."""


@pages.get("/")
@pages.get("/Services")
@pages.get("/Services2")
def overview() -> str:
    """Return the overview with the address at which the caller reached us."""
    headers.allow_style(STYLE)
    base_url = application_uri(request.environ).rstrip("/")
    return _template(tuple(visit.services())).replace(_BASE_URL, escape(base_url))


@lru_cache(maxsize=1)
def _template(services: Sequence[Service]) -> str:
    return overview_page(services, _BASE_URL)
