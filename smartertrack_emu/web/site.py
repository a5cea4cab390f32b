"""The Flask application: its blueprints as a table of contents, and what holds for all pages.

Imported when the first page is asked for (`entrance`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Flask
from jinja2 import StrictUndefined

from smartertrack_emu.asmx.declare import Service
from smartertrack_emu.desk.desk import Desk

from . import errors, files, headers, routing, session, templating, visit
from .downloads import attachments, avatars, recordings
from .management import call_logs
from .portal import articles, login, surveys, tickets, verification, whoson
from .services import pages as services_pages
from .workbench import calls, clock, events, faults, jobs, logs, mail, metrics, rules, snapshots
from .workbench import services as services_page

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ROOMS = (
    services_pages.pages,  # /, /Services2
    login.pages,  # /Login.aspx, /Logout.aspx
    tickets.pages,  # /Main/frmTicket.aspx
    articles.pages,  # /kb
    verification.pages,  # /Verify
    surveys.pages,  # /Survey
    whoson.pages,  # /WhosOn
    call_logs.pages,  # /CallLogs
    attachments.pages,  # /Download
    recordings.pages,  # /Recordings
    avatars.pages,  # /Avatars
    files.pages,  # /static
    calls.pages,  # /_emu
    mail.pages,  # /_emu/mail
    jobs.pages,  # /_emu/jobs
    clock.pages,  # /_emu/clock
    faults.pages,  # /_emu/faults
    snapshots.pages,  # /_emu/snapshots
    events.pages,  # /_emu/events
    rules.pages,  # /_emu/events/rules
    metrics.pages,  # /_emu/metrics
    logs.pages,  # /_emu/logs
    services_page.pages,  # /_emu/services
)

_LONGEST_FORM = 64 * 1024
"""Bytes of what a page is sent; a page that takes files says so itself (`request.max_content_length`)."""

_MOST_PARTS = 100


def make_site(
    desk: Desk, services: Sequence[Service], *, takes_forms: bool = True, whole: WSGIApplication | None = None
) -> Flask:
    """Return the WSGI application for all pages; `services` are those it tells of.

    `takes_forms`: whether their operations may be called by HTTP GET and HTTP POST. `whole`: the server with its
    services and its control API; without it there is no workbench.
    """
    app = Flask(__name__, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=_LONGEST_FORM,
        MAX_FORM_MEMORY_SIZE=_LONGEST_FORM,
        MAX_FORM_PARTS=_MOST_PARTS,
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    visit.bring(app, desk, services, takes_forms=takes_forms, whole=whole)
    routing.match_without_case(app)
    templating.add_filters(app)
    app.before_request(visit.check_address)
    session.watch_forms(app)
    app.after_request(headers.add)
    errors.show_as_pages(app)
    for room in ROOMS:
        app.register_blueprint(room)
    return app
