"""Calling the jtel dialect over HTTP; what holds for every answer is looked at with every answer."""

from __future__ import annotations

from typing import Any

import requests

from tests.services.api import Api

TOKEN = "acme-rest-token-0001"
SALES_TOKEN = "sales-rest-token-0001"
JSON = "application/json; charset=utf-8"


class Jtel:
    """A client with its token."""

    def __init__(self, api: Api, client: int | str = 1, token: str = TOKEN) -> None:
        self.api = api
        self.base = f"{api.url}/rest/v1.0/{client}/"
        self.headers = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Call; `path` begins behind the client's id."""
        headers = self.headers | options.pop("headers", {})
        answer = self.api.http.request(method, self.base + path, headers=headers, timeout=30, **options)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        return answer

    def done(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Call what succeeds, and return its JSON."""
        answer = self.call(method, path, params=query, json=body)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == JSON
        told = answer.json()
        assert told["status"] == 200
        if "records" in told:
            assert told["count"] == len(told["records"])
        return told

    def records(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """GET records."""
        found: list[dict[str, Any]] = self.done("GET", path, **query)["records"]
        return found

    def one(self, method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        """Call what answers one record."""
        (record,) = self.done(method, path, body, **query)["records"]
        found: dict[str, Any] = record
        return found

    def error(self, method: str, path: str, body: Any = None, *, status: int, **options: Any) -> str:
        """Call what is refused, and return its sentence."""
        given = options if "data" in options else {"json": body, **options}
        answer = self.call(method, path, **given)
        assert answer.status_code == status, (answer.status_code, answer.text)
        told = answer.json()
        assert list(told) == ["status", "error"]
        assert told["status"] == status
        sentence: str = told["error"]
        assert not sentence.endswith(".")
        return sentence
