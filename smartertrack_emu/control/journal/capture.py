"""Noting calls as they pass: next to nothing while they are answered, all the rest a moment later in a thread.

A call is noted as the bytes that are there anyway. The recorder's thread masks the passwords and writes what is left a
few times a second. Only then do calls stand anywhere but in this process's memory.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from smartertrack_emu.control.watching.request_ids import HEADER, REQUEST_ID
from smartertrack_emu.desk.around import OUTCOME, Outcome
from smartertrack_emu.domain import clock
from smartertrack_emu.store.statements import here

if TYPE_CHECKING:
    from datetime import datetime

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

MOST_BODY = 64 * 1024
"""Bytes of a request's and of an answer's body that are kept."""

_BETWEEN_SECONDS = 0.4
"""Between two rounds of the recorder's thread: an entry is there within a second."""

_MOST_PENDING_BYTES = 8 * 1024 * 1024
_MOST_PENDING = 2_000
"""Calls that wait to be recorded, and bytes of them; whoever calls beyond that records them in their own thread."""


@dataclass(slots=True)  # not frozen: making it would take three times as long
class Capture:
    """A call as it passed, with its secrets: it must not leave the process's memory before it is masked.

    `started`: when, in seconds by `time.perf_counter`; `seconds`: how long it took. `lengths`: bytes of the whole
    request's and answer's bodies. Where nobody wants bodies, `environ` holds what was called alone, `request` is empty
    and so is `answer`, unless it may be a fault.
    """

    at: datetime
    seconds: float
    statements: int
    environ: dict[str, Any] = field(repr=False)
    request: bytes = field(repr=False)
    status: str
    headers: Sequence[tuple[str, str]] = field(repr=False)
    answer: bytes = field(repr=False)
    lengths: tuple[int, int]
    outcome: Outcome | None
    started: float = 0.0

    @property
    def kept_bytes(self) -> int:
        """Bytes that the capture holds in memory, roughly."""
        return len(self.request) + len(self.answer) + 2_000


class Recorder:
    """Takes captures from the threads that answer, and hands them on in batches to those who make use of them."""

    def __init__(self, *users: Callable[[Sequence[Capture]], object]) -> None:
        self._users = users
        self._pending: deque[Capture] = deque()
        self._bytes = 0
        self._wake = threading.Event()
        self._awake = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def add(self, capture: Capture) -> None:
        """Take a capture."""
        self._pending.append(capture)
        self._bytes += capture.kept_bytes
        if self._bytes > _MOST_PENDING_BYTES or len(self._pending) > _MOST_PENDING:
            self.flush()
        else:
            self.wake()

    def wake(self) -> None:
        """Have the thread go round soon, for a user who has counted calls without captures of them."""
        if not self._awake:
            self._awake = True
            if self._thread is None:
                self._start()
            self._wake.set()

    def flush(self) -> None:
        """Hand on all there is, if only an empty batch."""
        with self._lock:
            batch: list[Capture] = []
            while self._pending:
                capture = self._pending.popleft()
                self._bytes -= capture.kept_bytes
                batch.append(capture)
            for use in self._users:
                try:
                    use(batch)
                except Exception:
                    logger.exception("calls could not be recorded")

    def close(self) -> None:
        """Hand on what is left, and end."""
        self._closed.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._wake.wait()
            self._closed.wait(_BETWEEN_SECONDS)  # whoever closes need not wait for the round's end
            self._wake.clear()
            self._awake = False
            self.flush()


Count = Callable[[str, str, float, int], object]
"""Counts a call that went well: its service and operation, seconds and statements."""


def note_calls(
    recorder: Recorder, *, bodies: bool, count: Count | None = None, dialects: tuple[str, ...] = ()
) -> Callable[[WSGIApplication], WSGIApplication]:
    """Return a handler that notes the calls of the services. `bodies`: with what went over the wire.

    `dialects`: what the paths of further dialects begin with, whose calls are noted whatever their method.

    Without bodies, `count` may take calls that went well in place of a capture, which costs less.
    """

    def around(application: WSGIApplication) -> WSGIApplication:
        def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            path = environ["PATH_INFO"]
            if path[:9].lower() != "/services" and not path.startswith(dialects):
                return application(environ, start_response)
            status, headers = "", []
            start = start_response
            if bodies:
                environ["asmx.keep"] = MOST_BODY

                def start(line: str, given: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
                    nonlocal status, headers
                    status, headers = line, given
                    return start_response(line, given, *rest)

            started, counted = time.perf_counter(), here.count
            body: Iterable[bytes] = ()
            try:
                body = application(environ, start)
            finally:
                if not bodies:
                    status = environ.get("asmx.status", "")
                # Without a status it is a page that nobody looked at, or a connection that was dropped.
                is_refused = status[:3] not in ("", "200")
                if environ["REQUEST_METHOD"] == "POST" or is_refused or "asmx.operation" in environ:
                    seconds, statements = time.perf_counter() - started, here.count - counted
                    known: Outcome | None = environ.get(OUTCOME)
                    if bodies:
                        recorder.add(_capture(environ, status, headers, body, started, seconds, statements))
                    elif count is not None and known is not None and known.ok and status[:3] == "200":
                        count(environ["asmx.service"], environ["asmx.called"], seconds, statements)
                        recorder.wake()
                    else:
                        recorder.add(_capture_briefly(environ, status, body, started, seconds, statements))
            return body

        return answer

    return around


def _unread(environ: WSGIEnvironment) -> bytes:
    """Return the beginning of a body that nobody has read; a compressed one, which cannot be masked, is not kept."""
    if not environ.get("asmx.keep") or environ.get("HTTP_CONTENT_ENCODING", "identity").lower() not in ("", "identity"):
        return b""
    source = environ.get("wsgi.input")
    return source.read(MOST_BODY) if source is not None and environ.get("CONTENT_LENGTH", "0") != "0" else b""


def _capture(
    environ: WSGIEnvironment,
    status: str,
    headers: list[tuple[str, str]],
    body: Iterable[bytes],
    started: float,
    seconds: float,
    statements: int,
) -> Capture:
    sent = body[0] if isinstance(body, list) and body else b""
    request = environ["asmx.body"] if "asmx.body" in environ else _unread(environ)
    kept = environ.copy()
    for name in _LONG:
        kept.pop(name, None)
    if REQUEST_ID in kept and (given := (HEADER, kept[REQUEST_ID])) not in headers:
        headers = [*headers, given]  # what stands around it gives it to the answers that do not have it yet
    return Capture(
        at=clock.now(),
        started=started,
        seconds=seconds,
        statements=statements,
        environ=kept,
        request=request,
        status=status,
        headers=headers,
        answer=sent[:MOST_BODY],
        lengths=(environ.get("asmx.length", 0), len(sent)),
        outcome=environ.get(OUTCOME),
    )


_LONG = ("wsgi.input", "asmx.body", "asmx.is_draining")
"""What of an environment holds the request's body, however long that is."""

_BEGINNING = 1024
"""Bytes of an answer in which a fault is recognised."""


def _capture_briefly(
    environ: WSGIEnvironment, status: str, body: Iterable[bytes], started: float, seconds: float, statements: int
) -> Capture:
    """Capture a call for those who count it and do not look at what was said."""
    sent = body[0] if isinstance(body, list) and body else b""
    get = environ.get
    what = {
        "asmx.service": get("asmx.service", ""),
        "asmx.called": get("asmx.called", ""),
        REQUEST_ID: get(REQUEST_ID, ""),
    }
    if "HTTP_TRACEPARENT" in environ:
        what["HTTP_TRACEPARENT"] = environ["HTTP_TRACEPARENT"]
        what["HTTP_TRACESTATE"] = get("HTTP_TRACESTATE", "")
    return Capture(
        clock.now(),
        seconds,
        statements,
        what,
        b"",
        status,
        (),
        sent[:_BEGINNING] if status[:3] == "500" else b"",
        (0, len(sent)),
        environ.get(OUTCOME),
        started,
    )
