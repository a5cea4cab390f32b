"""What templates can say beyond Jinja2: moments, stored HTML, plain texts with their lines, our own addresses."""

from __future__ import annotations

from datetime import datetime, tzinfo

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from smartertrack_emu.domain import html

from . import files, visit


def add_filters(app: Flask) -> None:
    """Add them to the application's templates."""
    app.add_template_filter(moment)
    app.add_template_filter(sanitised)
    app.add_template_filter(lines)
    app.add_template_filter(address)
    app.add_template_global(files.address_of, "static_file")


@pass_context
def address(context: Context, path: str) -> str:
    """Return one of our paths as the browser asks for it.

    Without the context Jinja2 would work a path that is known out once, for all requests.
    """
    del context
    return visit.prefixed(path)


def moment(at: datetime, zone: tzinfo) -> Markup:
    """Return a moment in a time zone, to the minute."""
    local = at.astimezone(zone)
    return Markup('<time datetime="{}">{}</time>').format(
        local.isoformat(timespec="minutes"), f"{local:%Y-%m-%d %H:%M %Z}"
    )


def sanitised(stored: str, *, images: bool = False) -> Markup:
    """Return HTML of others' making as a page may show it (`domain.html.sanitise`)."""
    return Markup(html.sanitise(stored, images=images))  # noqa: S704 - sanitised


def lines(plain: str) -> Markup:
    """Return a plain text with its line breaks."""
    return Markup(html.from_plain(plain))  # noqa: S704 - encoded
