"""What templates can say beyond Jinja2: moments, stored HTML, plain texts with their lines, our own addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from urllib.parse import urlencode

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
    app.add_template_filter(clock_time)
    app.add_template_filter(duration)
    app.add_template_filter(parameters)
    app.add_template_filter(zipped)
    app.add_template_filter(address)
    app.add_template_global(files.address_of, "static_file")


@pass_context
def address(context: Context, path: str) -> str:
    """Return one of our paths as the browser asks for it.

    Without the context Jinja2 would work a path that is known out once, for all requests.
    """
    del context
    return visit.prefixed(path)


def moment(at: datetime, zone: tzinfo, *, seconds: bool = False) -> Markup:
    """Return a moment in a time zone, to the minute or to the second."""
    local = at.astimezone(zone)
    shown = f"{local:%Y-%m-%d %H:%M:%S %Z}" if seconds else f"{local:%Y-%m-%d %H:%M %Z}"
    return Markup('<time datetime="{}">{}</time>').format(
        local.isoformat(timespec="seconds" if seconds else "minutes"), shown
    )


def clock_time(at: datetime, zone: tzinfo) -> Markup:
    """Return a moment in a time zone for a list: its date small, its time to the second."""
    local = at.astimezone(zone)
    return Markup('<time datetime="{}"><span class="date">{}</span> {}</time>').format(
        local.isoformat(timespec="milliseconds"), f"{local:%Y-%m-%d}", f"{local:%H:%M:%S}"
    )


def duration(seconds: float) -> str:
    """Return how long something takes in words: the two largest units that it has."""
    left, said = int(seconds), []
    for name, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        number, left = divmod(left, length)
        if number:
            said.append(f"{number} {name}" + "s" * (number != 1))
    return " ".join(said[:2]) or "less than a second"


def parameters(given: Mapping[str, object], **more: object) -> str:
    """Return parameters as they stand in an address, without those that are empty."""
    return urlencode({name: value for name, value in {**given, **more}.items() if value not in ("", None)})


def zipped(values: Iterable[str]) -> list[tuple[str, str]]:
    """Return values as a choice offers them: each is shown as it is sent."""
    return [(value, value) for value in values]


def sanitised(stored: str, *, images: bool = False) -> Markup:
    """Return HTML of others' making as a page may show it (`domain.html.sanitise`)."""
    return Markup(html.sanitise(stored, images=images))  # noqa: S704 - sanitised


def lines(plain: str) -> Markup:
    """Return a plain text with its line breaks."""
    return Markup(html.from_plain(plain))  # noqa: S704 - encoded
