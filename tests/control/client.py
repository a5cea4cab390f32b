"""Calling the control API over HTTP."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import requests

PROBLEM = "application/problem+json"


class Control:
    """A session with the control API; what holds for every answer is looked at with every answer."""

    def __init__(self, url: str, username: str = "admin", password: str = "admin") -> None:
        self.url = url
        self.http = requests.Session()
        self.http.auth = (username, password)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.http.close()

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Call; `path` begins behind /_emu/api."""
        answer = self.http.request(method, f"{self.url}/_emu/api{path}", timeout=30, **options)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        return answer

    def done(self, method: str, path: str, body: Any = None, *, status: int = 200, **options: Any) -> Any:
        """Call what succeeds, and return its JSON; None where there is none."""
        answer = self.call(method, path, json=body, **options)
        assert answer.status_code == status, answer.text
        if status == 204:
            assert answer.content == b""
            return None
        assert answer.headers["Content-Type"] == "application/json"
        return answer.json()

    def refused(self, method: str, path: str, body: Any = None, *, status: int, **options: Any) -> Any:
        """Call what is refused, and return the problem."""
        options = options if "data" in options else {"json": body, **options}
        answer = self.call(method, path, **options)
        assert answer.status_code == status, answer.text
        if method == "HEAD":
            return None
        assert answer.headers["Content-Type"] == PROBLEM
        problem = answer.json()
        assert problem["status"] == status
        assert problem["type"]
        assert problem["title"]
        assert problem["detail"].endswith(".")
        return problem

    def wrong(self, method: str, path: str, body: Any = None, **options: Any) -> list[str]:
        """Call what is refused for wrong values (422), and return where they stand."""
        return [error["where"] for error in self.refused(method, path, body, status=422, **options)["errors"]]

    def get(self, path: str, **query: Any) -> Any:
        """GET what is there."""
        return self.done("GET", path, params=query)
