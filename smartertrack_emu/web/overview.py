"""/Services2: all services with their functions, inputs and results, from our own declarations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from smartertrack_emu.asmx import pages
from smartertrack_emu.asmx.declare import Service
from smartertrack_emu.services import documentation
from smartertrack_emu.services.documentation_keys import KEY_NOTES, KEYS

from .responses import Response, html

_BASE_URL = "http://base-url.invalid"
"""Stands in the page where each caller gets his own address: so the page is made once, whatever Host callers send."""


def page(services: Sequence[Service], base_url: str) -> Response:
    """Return the overview; `base_url`: the server's address without a trailing slash."""
    return html(_template(tuple(services)).replace(_BASE_URL, escape(base_url)), style=pages.STYLE)


@lru_cache(maxsize=1)
def _template(services: tuple[Service, ...]) -> str:
    return pages.overview_page(services, _BASE_URL, describe, _describe_field)


def describe(service: str, operation: str, name: str) -> str:
    """Return what an input means and which keys or words it admits, where those are limited."""
    meaning = documentation.parameter(service, operation, name)
    keys = KEYS.get((service, operation, name), ())
    if not keys:
        return meaning
    notes = [f"{key}: {KEY_NOTES[key]}" for key in keys if key in KEY_NOTES]
    return " ".join([meaning, f"Known are {', '.join(keys)}.", *notes])


def _describe_field(service: str, type_name: str, name: str) -> str:
    del service  # a type means the same in every service that has it
    return documentation.field(type_name, name)
