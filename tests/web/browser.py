"""A browser without a screen: it keeps cookies, reads forms and sends them, and is not redirected unless told so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import requests
from lxml import html

ACCEPT = {"Accept": "text/html,*/*"}


class Page:
    """An answer to a browser."""

    def __init__(self, answer: requests.Response) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.text = answer.text
        self.location = answer.headers.get("Location", "")

    @property
    def tree(self) -> Any:
        return html.fromstring(self.text)

    @property
    def heading(self) -> str:
        return str(self.tree.xpath("string(//h1)"))

    def said(self, role: str) -> str:
        """The text of the elements of a role."""
        return " ".join(" ".join(one.text_content().split()) for one in self.tree.xpath(f"//*[@role='{role}']"))

    def form(self, button: str) -> Any:
        """The form with a button of this name."""
        found = [
            form
            for form in self.tree.xpath("//form")
            if any(" ".join(one.text_content().split()) == button for one in form.xpath(".//button"))
        ]
        assert found, f"no button {button!r}"
        return found[0]


class Browser:
    """Somebody with a browser: `browser.log_in("admin")`, `browser.get("/_emu/")`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()

    def get(self, path: str, **headers: str) -> Page:
        answer = self.http.get(self.url + path, headers=ACCEPT | headers, timeout=10, allow_redirects=False)
        return Page(answer)

    def post(self, path: str, fields: Mapping[str, str | bytes], **headers: str) -> Page:
        answer = self.http.post(self.url + path, fields, headers=ACCEPT | headers, timeout=10, allow_redirects=False)
        return Page(answer)

    def send(self, page: Page, button: str, fields: dict[str, str] | None = None, **files: Any) -> Page:
        """Press a button of a page after filling in its form."""
        form = page.form(button)
        values = dict(form.form_values()) | (fields or {})
        (pressed,) = [one for one in form.xpath(".//button") if " ".join(one.text_content().split()) == button]
        if pressed.get("name"):
            values[pressed.get("name")] = pressed.get("value", "")
        where = urljoin(page.answer.url, form.get("action") or page.answer.url)
        answer = self.http.post(where, values, files=files or None, headers=ACCEPT, timeout=10, allow_redirects=False)
        return Page(answer)

    def log_in(self, name: str, password: str | None = None, *, path: str = "/Login.aspx") -> Page:
        """Log in by the form; the password is the seed file's unless given."""
        if password is None:
            password = "admin" if name == "admin" else f"{name}-pw"
        return self.send(self.get(path), "Log in", {"username": name, "password": password})

    @property
    def token(self) -> str:
        """The session's cookie."""
        return next((one.value or "" for one in self.http.cookies if "_form" not in one.name), "")

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Call the control API as a script of the page would."""
        return self.http.request(method, f"{self.url}/_emu/api{path}", json=body, headers=headers, timeout=10)
