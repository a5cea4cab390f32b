"""The composition root: settings -> engine -> services -> one WSGI callable."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from smartertrack_emu.asmx import pool
from smartertrack_emu.asmx.wsdl import write_wsdl
from smartertrack_emu.asmx.wsgi import AsmxApplication
from smartertrack_emu.config import Settings
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.accounts import Accounts
from smartertrack_emu.domain.people.failures import LoginFailures
from smartertrack_emu.domain.tickets.instances import Delivered, Delivery
from smartertrack_emu.services.calls import HELPDESK, OUTCOME
from smartertrack_emu.services.helpdesk import Helpdesk
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.store import waiting
from smartertrack_emu.web.site import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Application:
    """The WSGI callable: hands each request the helpdesk, and logs one line of it."""

    def __init__(self, settings: Settings, engine: Engine, log: RequestLog | None = None) -> None:
        self.settings = settings
        self.engine = engine
        self._log = log
        self.helpdesk = Helpdesk(
            engine=self.engine,
            accounts=Accounts(
                failures=LoginFailures(
                    allowed=settings.login_failures_allowed, window_seconds=settings.login_failures_window_seconds
                )
            ),
            attachments=settings.attachments,
            deliver=partial(_deliver, timeout_seconds=settings.transfer_timeout_seconds),
            base_url=settings.base_url.rstrip("/"),
            max_attachment=settings.max_attachment_bytes,
        )
        self._asmx = AsmxApplication(
            SERVICES, max_body=settings.max_request_bytes, otherwise=Site(self.helpdesk, SERVICES)
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        environ[HELPDESK] = self.helpdesk
        if self._log is None:
            return self._asmx(environ, start_response)
        started = time.perf_counter()
        status = ""

        def note_status(line: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            nonlocal status
            status = line[:3]
            return start_response(line, headers, *rest)

        body = self._asmx(environ, note_status)
        self._log.write(_line(environ, status, time.perf_counter() - started))
        return body

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


@contextmanager
def _give_place_up() -> Iterator[None]:
    """Wait in the block while the call's place among the server's threads is another's."""
    with ExitStack() as stack:
        try:
            stack.enter_context(pool.waiting())
        except pool.CrowdedError:
            raise waiting.CrowdedError from None
        yield


waiting.tell(_give_place_up)


def _deliver(delivery: Delivery, *, timeout_seconds: float) -> Delivered:
    """Carry a ticket to another installation; few servers ever do, so what it needs is not loaded before."""
    from smartertrack_emu.providers import instances  # noqa: PLC0415

    with waiting.waiting():
        return instances.deliver(delivery, timeout_seconds=timeout_seconds)


def server_options(settings: Settings, engine: Engine) -> dict[str, Any]:
    """Return what the settings say of the server (see `create_server`)."""
    return {
        "threads": settings.threads,
        "max_body": settings.max_request_bytes,
        "urgent": ("/healthz",),
        # While one call waits for a database server another computes; SQLite's calls do both themselves.
        "overlap": engine.dialect.name != "sqlite",
    }


_SECRET_PATH = re.compile(r"(/(?:Download|Verify)/|/Portal/Tickets/[^/]*/)[^/]+", re.IGNORECASE)
"""Paths whose tokens open something without a login: the log must not."""


def _line(environ: WSGIEnvironment, status: str, seconds: float) -> str:
    """One request as JSON. The query string stays out: HTTP GET carries passwords there."""
    operation = f', "operation": "{environ["asmx.operation"]}"' if "asmx.operation" in environ else ""
    outcome = ""
    if OUTCOME in environ:
        user, code = environ[OUTCOME]
        outcome = f', "user": {_quoted(user[:200])}, "code": {code}'
    path = environ.get("PATH_INFO", "")
    if not operation:
        path = _SECRET_PATH.sub(r"\1***", path)
    return (
        f'{{"time": "{clock.now().isoformat(timespec="milliseconds")}", "remote": "{environ.get("REMOTE_ADDR", "")}", '
        f'"method": {_quoted(environ["REQUEST_METHOD"][:40])}, "path": {_quoted(path[:1000])}, '
        f'"status": {status or 0}, "ms": {seconds * 1000:.2f}{operation}{outcome}}}\n'
    )


_quoted = lru_cache(maxsize=512)(json.dumps)
"""A text as JSON; nearly every request repeats a method, a path and a user of the last few."""


class RequestLog:
    """One line a request, written at once to each of some files: whole lines, also when processes share a file."""

    def __init__(self, descriptors: Iterable[int]) -> None:
        self._descriptors = tuple(descriptors)

    def write(self, line: str) -> None:
        """Write a line; a log that cannot be written stops nobody's request."""
        data = line.encode("utf-8", "backslashreplace")
        for descriptor in self._descriptors:
            with suppress(OSError):
                os.write(descriptor, data)


def configure_logging(settings: Settings) -> RequestLog:
    """Log to standard error and to a file in DIR/logs; return where the requests' lines go: the same two."""
    settings.logs.mkdir(parents=True, exist_ok=True)
    path = settings.logs / "smartertrack-emu.log"
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr), logging.FileHandler(path, encoding="utf-8")]
    logging.basicConfig(
        level=settings.log_level, handlers=handlers, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
    # How Alembic migrates and what Spyne declares is for debugging.
    for chatty in ("alembic", "spyne"):
        logging.getLogger(chatty).setLevel(max(logging.getLevelName(settings.log_level), logging.WARNING))
    if not settings.log_requests:
        return RequestLog([])
    return RequestLog([sys.stderr.fileno(), os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)])


def wsdl_documents(address: str) -> dict[str, str]:
    """Return every service's WSDL by its name, for a server reached at `address`."""
    base = address.rstrip("/")
    return {service.name: write_wsdl(service, f"{base}/Services2/{service.name}.asmx") for service in SERVICES}
