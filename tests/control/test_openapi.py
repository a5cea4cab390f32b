"""Evidence: ours. The OpenAPI document describes the calls: it is valid and whole, and answers keep to it."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from requests.auth import _basic_auth_str
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from smartertrack_emu.control.api.application import make_application
from smartertrack_emu.control.api.declaring import Media, Route
from smartertrack_emu.control.api.entrance import PREFIX
from smartertrack_emu.control.api.models import Model, example_of
from smartertrack_emu.control.api.openapi import describe
from smartertrack_emu.control.api.sections import SECTIONS
from smartertrack_emu.domain import clock
from smartertrack_emu.store.engine import create_engine
from tests.conftest import run_key
from tests.control.client import Control

ROUTES = [route for section in SECTIONS for route in section.all]
DOCUMENT = describe(ROUTES)
LOGIN = {"Authorization": _basic_auth_str("admin", "admin")}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 15
"""Requests that are made up for each call."""


@schemathesis.serializer("application/gzip", "message/rfc822")
def _as_it_is(context: object, value: object) -> bytes:
    """Send what was made up for a body that is bytes."""
    del context
    return value if isinstance(value, bytes) else str(value).encode()


def test_the_document_is_valid() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_the_document_is_served(control: Control) -> None:
    assert control.get("/openapi.json") == DOCUMENT


def test_names_are_given_once() -> None:
    names = [route.name for route in ROUTES]
    assert len(names) == len(set(names)) == sum(len(methods) for methods in DOCUMENT["paths"].values())


@pytest.mark.parametrize("route", ROUTES, ids=[route.name for route in ROUTES])
def test_every_operation_is_described(route: Route) -> None:
    operation = DOCUMENT["paths"][PREFIX + route.path][route.method.lower()]
    assert operation["summary"]
    assert not operation["summary"].endswith(".")
    assert operation["responses"].keys() >= {"401", "403", "422", "503"}
    if route.parameters:
        assert "404" in operation["responses"]
    contents = [operation["requestBody"]["content"]] if "requestBody" in operation else []
    contents += [answer["content"] for answer in operation["responses"].values() if "content" in answer]
    for content in contents:
        for media_type, described in content.items():
            if media_type.endswith("json") and described["schema"]:
                assert described["example"], media_type


@pytest.mark.parametrize("route", ROUTES, ids=[route.name for route in ROUTES])
def test_examples_are_what_they_are_examples_of(route: Route) -> None:
    for model in (route.body, route.answer):
        if model is not None and not isinstance(model, Media):
            assert issubclass(model, Model)
            read = model.model_validate(example_of(model))
            assert read.model_dump(mode="json", by_alias=True, exclude_unset=True) == example_of(model)


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str | None] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "details":
            self.ids.append(given["id"])
        self.outside += [value for name in ("src", "href") if (value := given.get(name)) and "//" in value]


def test_the_page_shows_all_calls_and_asks_no_other_host(control: Control) -> None:
    answer = control.call("GET", "/docs")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    page = Page()
    page.feed(answer.text)
    assert sorted(map(str, page.ids)) == sorted(route.name for route in ROUTES)
    assert page.outside == []
    assert "<script" not in answer.text


@pytest.fixture(scope="module")
def application(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The control API in this process, on a copy of the data that the made-up requests may change."""
    folder = tmp_path_factory.mktemp("schemathesis")
    copy = folder / "smartertrack.db"
    copy.write_bytes(seeded_sqlite.read_bytes())
    engine = create_engine(f"sqlite:///{copy}", synchronous="OFF", key=run_key())
    made = Settings(data=folder, log_requests=False)
    whole = Application(made, engine)
    yield make_application(whole.emulator)
    whole.close()
    clock.follow(clock.Setting())
    engine.dispose()


@pytest.fixture(scope="module")
def described(application: Any) -> Any:
    """The calls as schemathesis reads them from the document that is served."""
    return schemathesis.openapi.from_wsgi("/_emu/api/openapi.json", application, headers=LOGIN)


ENDING = [route for route in ROUTES if route.name != "follow_calls"]
"""Those whose answers have an end."""


@pytest.mark.parametrize("route", ENDING, ids=[route.name for route in ENDING])
def test_made_up_requests(described: Any, route: Route) -> None:
    """No request breaks the server, and every answer is one that the document names."""
    operation = described[PREFIX + route.path][route.method]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)))
    def ask(case: Any) -> None:
        response = case.call(headers=LOGIN)
        case.validate_response(response, checks=CHECKS)
        assert response.headers["cache-control"] == ["no-store"]

    ask()
