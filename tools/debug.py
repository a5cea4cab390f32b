"""`make debug`: serve while working on the code. It reloads on changes, shows tracebacks and writes each statement.

On this machine's own address alone: a traceback shows the inside, so no option opens it to others. Werkzeug serves, not
our own server, and bounds nothing.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event
from werkzeug.serving import is_running_from_reloader, run_simple

from smartertrack_emu import addresses, compose, logs, setup
from smartertrack_emu.config import Settings
from smartertrack_emu.private_files import keep_private
from smartertrack_emu.store import prepared

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"

_raised: ContextVar[BaseException | None] = ContextVar("_raised", default=None)


class _Notice(logging.Handler):
    """Keeps the error that was logged last, for the page that shows it."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR and record.exc_info:
            _raised.set(record.exc_info[1])


_NOTICE = _Notice()


def show_errors(application: WSGIApplication) -> WSGIApplication:
    """Return the application with the errors that it logs raised again, where a browser asks.

    Programs get the answers that they always get.
    """
    logging.getLogger("smartertrack_emu").addHandler(_NOTICE)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or "text/html" not in environ.get("HTTP_ACCEPT", ""):
            return application(environ, start_response)
        _raised.set(None)
        started: list[tuple[Any, ...]] = []

        def start(*given: Any) -> Callable[[bytes], object]:
            started.append(given)
            return lambda _: None

        body = application(environ, start)
        if (error := _raised.get()) is not None:
            raise error
        start_response(*started[-1])
        return body

    return answer


@contextmanager
def echoing(engine: Engine, write: Callable[[str], object]) -> Iterator[None]:
    """Write each statement that the engine runs, without its values: they may be secrets."""

    def note(*arguments: Any) -> None:
        observe(arguments[2])

    def observe(statement: str) -> None:
        write(f"SQL {' '.join(statement.split())}\n")

    event.listen(engine, "before_cursor_execute", note)
    prepared.observers.append(observe)
    try:
        yield
    finally:
        prepared.observers.remove(observe)
        event.remove(engine, "before_cursor_execute", note)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=9996)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--seed", type=Path)
    given = parser.parse_args()
    options: dict[str, Any] = {"threaded": True, "use_reloader": True, "use_debugger": True, "use_evalex": False}
    if not is_running_from_reloader():
        # This process only watches the files; what serves is its child.
        run_simple(HOST, given.port, lambda *_: [], **options)
        return
    settings = Settings(host=HOST, port=given.port, data=given.data, seed=given.seed)
    keep_private(settings)
    log = logs.configure(settings)
    engine = setup.prepare(settings)
    own_url = addresses.listening_url(HOST, given.port)
    with echoing(engine, sys.stderr.write):
        run_simple(
            HOST, given.port, show_errors(compose.Application(settings, engine, log, own_url=own_url)), **options
        )


if __name__ == "__main__":
    main()
