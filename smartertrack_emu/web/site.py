"""Everything beside the services: which path leads to which page."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING
from wsgiref.util import application_uri

from smartertrack_emu.asmx.declare import Service
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.store import migrate
from smartertrack_emu.store.failures import DatabaseFailure, DriverError, reason_of
from smartertrack_emu.store.waiting import CrowdedError

from . import call_logs, downloads, kb_pages, people, recordings, ticket_page
from .responses import Response, text

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

_UNAVAILABLE = "The database is not available at the moment; please try again."


class Site:
    """The WSGI callable for paths that are no service's."""

    def __init__(self, desk: Desk, services: Sequence[Service]) -> None:
        self._desk = desk
        self._services = services
        self._routes: list[tuple[re.Pattern[str], Callable[[WSGIEnvironment, re.Match[str]], Response]]] = [
            (re.compile(r"/healthz\Z"), self._health),
            (re.compile(r"/Services2?/?\Z", re.IGNORECASE), self._overview),
            # The name behind the token is for the reader; it may hold anything, encoded slashes too.
            (
                re.compile(r"/Download/(?P<token>[\w-]+)(?:/.*)?\Z", re.IGNORECASE | re.ASCII | re.DOTALL),
                self._download,
            ),
            (re.compile(r"/Verify/(?P<token>[\w-]+)/?\Z", re.IGNORECASE | re.ASCII), self._verify),
            (re.compile(r"/Avatars/(?P<name>default|[0-9a-f]{32})\.svg\Z", re.IGNORECASE | re.ASCII), self._avatar),
            (
                re.compile(
                    r"/Portal/Tickets/(?P<number>[\w-]{1,40})/(?P<token>[\w-]{1,64})/?\Z", re.IGNORECASE | re.ASCII
                ),
                self._older_ticket,
            ),
            (re.compile(r"/Main/frmTicket\.aspx\Z", re.IGNORECASE | re.ASCII), self._ticket),
            # A call log was at the second address before it had a page.
            (
                re.compile(r"/(?:CallLogs|Recordings)/(?P<call_log>\d{1,9})/?\Z", re.IGNORECASE | re.ASCII),
                self._call_log,
            ),
            (
                re.compile(
                    r"/Recordings/(?P<call_log>\d{1,9})/(?P<recording>\d{1,9})(?:/[^/]*)?/?\Z",
                    re.IGNORECASE | re.ASCII,
                ),
                self._recording,
            ),
            (re.compile(r"/kb/a(?P<number>\d{1,10})(?:/[^/]*)?\Z", re.IGNORECASE | re.ASCII), self._article),
            (re.compile(r"/\Z"), self._overview),
        ]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return self._respond(environ).send(environ, start_response)

    def _respond(self, environ: WSGIEnvironment) -> Response:
        path = environ.get("PATH_INFO", "")
        for pattern, page in self._routes:
            match = pattern.match(path)
            if match is None:
                continue
            if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
                return text(405, "Only GET is answered here.", headers=[("Allow", "GET, HEAD")])
            try:
                return page(environ, match)
            except CrowdedError:
                sentence = "Too many calls are waiting at the moment. Please try again in some seconds."
                return text(429, sentence, headers=[("Retry-After", "5")])
            except DriverError as error:
                logger.warning("%s: database: %s", path, reason_of(error))
                return text(503, error.sentence if isinstance(error, DatabaseFailure) else _UNAVAILABLE)
            except Exception:
                logger.exception("%s failed", path)
                return text(500, "The page could not be made. The error has been logged.")
        return text(404, "There is no such page. The services are listed at /Services2.")

    def _health(self, environ: WSGIEnvironment, match: re.Match[str]) -> Response:
        """200 while the database answers and has the newest revision, else 503."""
        del environ, match
        try:
            current = migrate.is_current(self._desk.engine)
        except DriverError as error:
            logger.warning("health: database: %s", reason_of(error))
            return _json(503, {"status": "unavailable", "database": "does not answer"})
        if not current:
            return _json(503, {"status": "unavailable", "database": "is not migrated"})
        return _json(200, {"status": "ok", "database": self._desk.engine.dialect.name})

    def _overview(self, environ: WSGIEnvironment, match: re.Match[str]) -> Response:
        from . import overview  # noqa: PLC0415 - thousands of sentences, for who opens the page

        del match
        return overview.page(self._services, application_uri(environ).rstrip("/"))

    def _download(self, environ: WSGIEnvironment, match: re.Match[str]) -> Response:
        del environ
        return downloads.download(self._desk, match["token"])

    def _ticket(self, environ: WSGIEnvironment, match: re.Match[str]) -> Response:
        del match
        return ticket_page.page(self._desk, environ)

    def _older_ticket(self, environ: WSGIEnvironment, match: re.Match[str]) -> Response:
        return ticket_page.of_older_address(self._desk, environ, match["number"], match["token"])

    def _call_log(self, environ: WSGIEnvironment, match: re.Match[str]) -> Response:
        return call_logs.page(self._desk, environ, int(match["call_log"]))

    def _recording(self, environ: WSGIEnvironment, match: re.Match[str]) -> Response:
        return recordings.page(self._desk, environ, int(match["call_log"]), int(match["recording"]))

    def _article(self, environ: WSGIEnvironment, match: re.Match[str]) -> Response:
        return kb_pages.article(self._desk, environ, int(match["number"]))

    def _verify(self, environ: WSGIEnvironment, match: re.Match[str]) -> Response:
        only_asking = environ["REQUEST_METHOD"] == "HEAD"
        return people.verify(self._desk, match["token"], only_asking=only_asking)

    def _avatar(self, environ: WSGIEnvironment, match: re.Match[str]) -> Response:
        del environ
        return people.avatar(match["name"])


def _json(status: int, content: dict[str, str]) -> Response:
    return Response(status, "application/json", [json.dumps(content).encode() + b"\n"])
