"""The log's line of each request: JSON, and short."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from smartertrack_emu.control.watching.request_ids import REQUEST_ID
from smartertrack_emu.desk.around import OUTCOME
from smartertrack_emu.domain import clock

from .files import Log
from .text import mask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LONGEST_METHOD = 40
_LONGEST_PATH = 1000
_LONGEST_NAME = 200
_LONGEST_LOGIN = 400


def log_requests(log: Log) -> Callable[[WSGIApplication], WSGIApplication]:
    """Return a handler that writes a line of each request when its answer begins."""

    def around(application: WSGIApplication) -> WSGIApplication:
        def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            started = time.perf_counter()
            status = ""

            def note_status(line: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
                nonlocal status
                status = line[:3]
                return start_response(line, headers, *rest)

            body = application(environ, note_status)
            log.write(line_of(environ, status, time.perf_counter() - started))
            return body

        return answer

    return around


def line_of(environ: WSGIEnvironment, status: str, seconds: float) -> str:
    """Return a request's line. The query string stays out: HTTP GET carries passwords there."""
    path = environ.get("PATH_INFO", "")
    if "asmx.operation" in environ:
        operation = f', "operation": {_quoted(environ["asmx.operation"][:_LONGEST_NAME])}'
    else:
        operation = ""
        path = mask(path[:_LONGEST_PATH])
    outcome = ""
    if OUTCOME in environ:
        known = environ[OUTCOME]
        outcome = (
            f', "user": {"null" if known.user is None else _quoted(known.user[:_LONGEST_NAME])}'
            f', "code": {"null" if known.code is None else known.code}'
        )
    elif "HTTP_AUTHORIZATION" in environ and (user := _basic_user(environ["HTTP_AUTHORIZATION"])):
        outcome = f', "user": {_quoted(user)}'
    if REQUEST_ID in environ:
        outcome += f', "id": "{environ[REQUEST_ID]}"'  # plain letters and digits, as `give_ids` sees to
    return (
        f'{{"time": "{clock.now().isoformat(timespec="milliseconds")}", '
        f'"remote": {_quoted(environ.get("REMOTE_ADDR", ""))}, '
        f'"method": {_quoted(environ["REQUEST_METHOD"][:_LONGEST_METHOD])}, "path": {_quoted(path[:_LONGEST_PATH])}, '
        f'"status": {status or 0}, "ms": {seconds * 1000:.2f}{operation}{outcome}}}\n'
    )


@lru_cache(maxsize=512)
def _quoted(text: str) -> str:
    """Return a text as JSON in ASCII; nearly every request repeats a method, a path and a user of the last few."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def _basic_user(header: str) -> str:
    """Return the user name of an HTTP Basic login, the password stays behind; "" where there is none."""
    scheme, _, encoded = header[: _LONGEST_LOGIN + 20].partition(" ")
    if scheme.lower() != "basic":
        return ""
    encoded = encoded.strip()[:_LONGEST_LOGIN]
    try:
        decoded = b64decode(encoded[: len(encoded) // 4 * 4])
    except (NotBase64, ValueError):
        return ""
    username, colon, _ = decoded.partition(b":")
    return username.decode("utf-8", "replace")[:_LONGEST_NAME] if colon else ""
