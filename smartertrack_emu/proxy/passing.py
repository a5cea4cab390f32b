"""The proxy's WSGI callable: passes requests to an installation and its answers back, as they are.

What the answers of WSDLs say of the installation's address is changed to the proxy's own, lest clients go past it. It
is the one thing that is changed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from smartertrack_emu import gateway
from smartertrack_emu.asmx.verbatim import AS_GIVEN, HEADERS
from smartertrack_emu.domain import clock

from .calls import MOST_KEPT, Call, Headers, Message, is_call
from .upstream import Answer, Upstream, UpstreamError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

_LONGEST_WSDL = 16 * 1024 * 1024
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_REFUSALS = {502: "502 Bad Gateway", 504: "504 Gateway Timeout"}


class Passing:
    """Passes requests on. `watch` is called with each call of a service when it has been answered.

    Of a call that is too long to be kept it is called with None.
    """

    def __init__(self, upstream: Upstream, watch: Callable[[Call | None], object] | None = None) -> None:
        self._upstream = upstream
        self._watch = watch

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        stack = ExitStack()
        try:
            return self._pass(environ, start_response, stack)
        except UpstreamError as error:
            stack.close()
            logger.warning("%s", error)
            return _refuse(504 if error.is_late else 502, str(error), environ, start_response)
        except BaseException:
            stack.close()
            raise

    def _pass(self, environ: WSGIEnvironment, start_response: StartResponse, stack: ExitStack) -> Iterable[bytes]:
        method, target = environ["REQUEST_METHOD"], _target(environ)
        headers: Headers = environ[HEADERS]
        asks_for_wsdl = method == "GET" and target.partition("?")[2].lower().startswith(("wsdl", "disco"))
        if asks_for_wsdl:  # what is compressed cannot be changed
            headers = [(name, value) for name, value in headers if name.lower() != "accept-encoding"]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length and not any(name.lower() == "content-length" for name, _ in headers):
            headers = [*headers, ("Content-Length", str(length))]  # it came in chunks
        body: IO[bytes] | None = environ["wsgi.input"] if length else None
        request = None
        if self._watch is not None:
            asked = Message(f"{method} {target} HTTP/1.1", headers, b"")
            if is_call(asked):
                kept = body.read(MOST_KEPT + 1) if body is not None else b""
                if body is not None:
                    body.seek(0)
                request = Message(asked.start, headers, kept)
        at, started = clock.machine(), time.perf_counter()
        answer = stack.enter_context(self._upstream.ask(method, target, headers, body))
        given = answer.headers
        pieces: Iterator[bytes] = answer.pieces
        if asks_for_wsdl:
            given, pieces = self._with_own_address(answer, environ)
        if request is not None:
            pieces = self._watched(at, started, request, answer, pieces)
        environ[AS_GIVEN](given)
        # Only the length is told twice: the server has to know it.
        framing = [(name, value) for name, value in given if name.lower() == "content-length"][:1]
        start_response(f"{answer.status} {answer.reason}".rstrip(), framing)
        return _Pieces(pieces, stack, environ["asmx.drop"])

    def _watched(
        self, at: Any, started: float, request: Message, answer: Answer, pieces: Iterator[bytes]
    ) -> Iterator[bytes]:
        """Give an answer's pieces on, and then tell who watches."""
        kept = bytearray()
        for piece in pieces:
            if len(kept) <= MOST_KEPT:
                kept += piece
            yield piece
        seconds = time.perf_counter() - started
        given = Message(f"{answer.status} {answer.reason}".rstrip(), answer.headers, bytes(kept))
        is_short = len(request.body) <= MOST_KEPT and len(kept) <= MOST_KEPT
        assert self._watch is not None  # noqa: S101 - it is asked before
        try:
            self._watch(Call(at, seconds, request, given) if is_short else None)
        except Exception:
            logger.exception("a call could not be looked at")

    def _with_own_address(self, answer: Answer, environ: WSGIEnvironment) -> tuple[Headers, Iterator[bytes]]:
        """Return headers and body of a WSDL that names the proxy where it named the installation."""
        body = b""
        for piece in answer.pieces:
            body += piece
            if len(body) > _LONGEST_WSDL:
                raise UpstreamError(f"The WSDL of {self._upstream.url} is longer than {_LONGEST_WSDL} bytes.")
        host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        own = f"http://{host}".encode("latin-1")
        body = body.replace(self._upstream.url.encode(), own)
        headers = [
            (name, str(len(body)) if name.lower() == "content-length" else value) for name, value in answer.headers
        ]
        return headers, iter([body])


class _Pieces:
    """An answer's pieces; the connection they come from is let go when they have been sent."""

    def __init__(self, pieces: Iterator[bytes], stack: ExitStack, drop: Callable[[], object]) -> None:
        self._pieces = pieces
        self._stack = stack
        self._drop = drop

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._pieces
        except UpstreamError as error:
            logger.warning("%s", error)
            self._drop()  # the client's answer breaks off where the proxy's did

    def close(self) -> None:
        """Let go of the connection."""
        self._stack.close()


def _target(environ: WSGIEnvironment) -> str:
    """Return what the request asks for, as it came: path and query."""
    target = str(environ["REQUEST_URI"])
    if not target.startswith("/"):
        target = "/" + target.partition("://")[2].partition("/")[2]
    # Bytes that have no place there are written as they should be: the library would take them for letters.
    return quote(target.partition("#")[0].encode("latin-1"), safe=_PRINTABLE)


def _refuse(status: int, sentence: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    return gateway.answer(environ, start_response, _REFUSALS[status], f"{sentence}\n".encode())
