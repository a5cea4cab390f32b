"""Calling a server's control API over HTTP, and saying what is wrong where it does not answer as it should.

This is done by Python's own HTTP client: tests replace requests' and httpx's by stand-ins.
"""

from __future__ import annotations

import base64
import json
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlencode, urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

__tracebackhide__ = True  # pytest shows the line of the test

SECONDS: Final = 30.0
"""How long a call may take: a reset waits for the calls under way."""

_LONGEST_BODY: Final = 64 * 1024 * 1024
_LONGEST_TOLD: Final = 500


class EmulatorError(Exception):
    """The emulator cannot do what a test asks; the sentence says why, and what to change.

    `status`: the HTTP status of the control API's answer; None where there was none.
    """

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


class Address:
    """Where a server is reached, and as whom: `http://127.0.0.1:9996` or `http://admin:secret@helpdesk.test`.

    EmulatorError where that is no such URL.
    """

    def __init__(self, url: str, username: str, password: str) -> None:
        """Read the URL; a name and password in it win over `username` and `password`."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise EmulatorError(_no_url(url)) from None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise EmulatorError(_no_url(url))
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self.url = f"{parts.scheme}://{host}{'' if port is None else f':{port}'}{parts.path.rstrip('/')}"
        self.username = username if parts.username is None else unquote(parts.username)
        self.password = password if parts.password is None else unquote(parts.password)


def _no_url(url: str) -> str:
    # What stands before the @ may be a password.
    return f"{url.rpartition('@')[2]!r} is no address of a server; http://127.0.0.1:9996 is one."


class Control:
    """The control API of one server. All its methods raise EmulatorError."""

    def __init__(self, address: Address) -> None:
        self.url = address.url
        self._username = address.username
        credentials = f"{address.username}:{address.password}".encode()
        self._authorization = f"Basic {base64.b64encode(credentials).decode()}"
        host = urlsplit(address.url).hostname
        # No proxy reaches this machine.
        direct = [ProxyHandler({})] if host in ("127.0.0.1", "::1", "localhost") else []
        self._opener: OpenerDirector = build_opener(*direct)

    def get(self, *path: str | int, **query: Any) -> Any:
        """GET what is there; values of `query` that are None are left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._call("GET", path, query=f"?{urlencode(given)}" if given else "")

    def get_text(self, *path: str | int) -> str:
        """GET a text."""
        return self._send("GET", path).decode()

    def post(self, *path: str | int, body: Any = None) -> Any:
        """POST a body, or none."""
        return self._call("POST", path, body=body)

    def put(self, *path: str | int, body: Any = None) -> Any:
        """PUT a body, or none."""
        return self._call("PUT", path, body=body)

    def delete(self, *path: str | int) -> Any:
        """DELETE what is there."""
        return self._call("DELETE", path)

    def _call(self, method: str, path: tuple[str | int, ...], *, query: str = "", body: Any = None) -> Any:
        answer = self._send(method, path, query=query, body=body)
        if not answer:
            return None
        try:
            return json.loads(answer)
        except ValueError:
            raise EmulatorError(f"What answers at {self.url} is no smartertrack-emu.") from None

    def _send(self, method: str, path: tuple[str | int, ...], *, query: str = "", body: Any = None) -> bytes:
        address = "/".join([f"{self.url}/_emu/api", *(quote(str(part), safe="") for part in path)]) + query
        request = Request(address, method=method)  # noqa: S310 - Address takes http and https alone
        request.add_header("Authorization", self._authorization)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                read: bytes = answer.read(_LONGEST_BODY)
                return read
        except HTTPError as error:
            with error:
                raise self._refused(error.code, error.read(_LONGEST_BODY)) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            message = (
                f"No server answers at {self.url} ({str(reason)[:_LONGEST_TOLD]}). "
                "`smartertrack-emu serve` starts one; without a URL the tests start their own."
            )
            raise EmulatorError(message) from None

    def _refused(self, status: int, body: bytes) -> EmulatorError:
        """Return the error that an answer of the control API is."""
        try:
            problem = json.loads(body)
            detail = str(problem["detail"])
            mistakes = [f"{one['where']} {one['what']}" for one in problem.get("errors", [])]
        except (ValueError, KeyError, TypeError):
            return EmulatorError(self._is_off(status), status)
        if status == 401:
            detail = (
                f"The server at {self.url} does not let {self._username!r} in: {detail} Give the name and password of "
                "an administrator in the URL (http://NAME:PASSWORD@…), or the password of admin in "
                "SMARTERTRACK_EMU_ADMIN_PASSWORD."
            )
        elif status == 403:
            detail = f"The server at {self.url} does not let {self._username!r} do that: {detail}"
        elif mistakes:
            detail = " ".join(mistakes)
        return EmulatorError(detail, status)

    def _is_off(self, status: int) -> str:
        if status == 404:
            return (
                f"The server at {self.url} answers, and its control API does not: either it was started with "
                "SMARTERTRACK_EMU_CONTROL=off, or it is no smartertrack-emu."
            )
        return f"What answers at {self.url} is no smartertrack-emu, or is behind a proxy that fails (status {status})."
