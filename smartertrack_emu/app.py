"""The composition root: settings -> engine -> services -> one WSGI callable."""

from __future__ import annotations

import json
import logging
import logging.handlers
import re
import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from smartertrack_emu.asmx.wsgi import AsmxApplication
from smartertrack_emu.config import Settings
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.accounts import Accounts
from smartertrack_emu.domain.people.failures import LoginFailures
from smartertrack_emu.services.calls import HELPDESK, OUTCOME
from smartertrack_emu.services.helpdesk import Helpdesk
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.web.site import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

requests = logging.getLogger("smartertrack_emu.requests")


class Application:
    """The WSGI callable: hands each request the helpdesk, and logs one line of it."""

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        self.settings = settings
        self.engine = engine or make_engine(settings)
        self.helpdesk = Helpdesk(
            engine=self.engine,
            accounts=Accounts(
                failures=LoginFailures(
                    allowed=settings.login_failures_allowed, window_seconds=settings.login_failures_window_seconds
                )
            ),
            attachments=settings.attachments,
            base_url=settings.base_url.rstrip("/"),
            max_attachment=settings.max_attachment_bytes,
        )
        self._asmx = AsmxApplication(
            SERVICES, max_body=settings.max_request_bytes, otherwise=Site(self.helpdesk, SERVICES)
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[HELPDESK] = self.helpdesk
        if not self.settings.log_requests:
            return self._asmx(environ, start_response)
        started = time.perf_counter()
        status = ""

        def note_status(
            line: str, headers: list[tuple[str, str]], exc_info: object = None
        ) -> Callable[[bytes], object]:
            nonlocal status
            status = line[:3]
            return start_response(line, headers)

        body = self._asmx(environ, note_status)
        requests.info(_line(environ, status, time.perf_counter() - started))
        return body

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def make_engine(settings: Settings) -> Engine:
    """Return the engine of the settings' database."""
    return create_engine(
        settings.url, synchronous=settings.sqlite_synchronous, busy_timeout_ms=settings.busy_timeout_ms
    )


_PLAIN_TEXT = re.compile(r'[^"\\\x00-\x1f\x7f-\uffff]*\Z')


def _line(environ: WSGIEnvironment, status: str, seconds: float) -> str:
    """One request as JSON. The query string stays out: HTTP GET carries passwords there."""
    entry: dict[str, object] = {
        "time": clock.now().isoformat(timespec="milliseconds"),
        "remote": environ.get("REMOTE_ADDR", ""),
        "method": environ["REQUEST_METHOD"],
        "path": environ.get("PATH_INFO", ""),
        "status": int(status or 0),
        "ms": round(seconds * 1000, 2),
    }
    if "asmx.operation" in environ:
        entry["operation"] = environ["asmx.operation"]
    if OUTCOME in environ:
        entry["user"], entry["code"] = environ[OUTCOME]
    return json.dumps(entry, ensure_ascii=False)


def configure_logging(settings: Settings) -> None:
    """Log to standard error and to DIR/logs: requests as JSON lines, the rest with level and name."""
    settings.logs.mkdir(parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [
        logging.StreamHandler(sys.stderr),
        logging.handlers.WatchedFileHandler(settings.logs / "smartertrack-emu.log", encoding="utf-8"),
    ]
    logging.basicConfig(
        level=settings.log_level, handlers=handlers, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
    # A server says that it migrates; how Alembic goes about it is for debugging.
    logging.getLogger("alembic").setLevel(max(logging.getLevelName(settings.log_level), logging.WARNING))
    requests.handlers = []
    plain = logging.Formatter("%(message)s")
    for handler in handlers:
        requests.addHandler(_with_format(handler, plain))
    requests.propagate = False


def _with_format(handler: logging.Handler, formatter: logging.Formatter) -> logging.Handler:
    """Return a handler that writes where another does, in another form."""

    class Forward(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            handler.acquire()
            try:
                stream = getattr(handler, "stream", None)
                if stream is not None:
                    stream.write(formatter.format(record) + "\n")
                    stream.flush()
            finally:
                handler.release()

    return Forward()
