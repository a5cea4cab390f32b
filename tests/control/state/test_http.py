"""Evidence: ours. Reset and snapshots over the control API: each call with what it answers and how it refuses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from smartertrack_emu.compose import Application
from tests.control.client import Control
from tests.services.api import RunningServer


@pytest.fixture
def control(application: Application) -> Iterator[Control]:
    """The control API of a server with the example data."""
    server = RunningServer(application.desk.engine, application.settings.data, application=application)
    with Control(server.url) as made:
        yield made
    server.stop()


def test_reset(control: Control) -> None:
    answer = control.call("POST", "/reset")
    assert answer.status_code == 200, answer.text
    assert answer.json()["to"] == "seed"
    assert answer.json()["milliseconds"] > 0
    assert control.call("POST", "/reset", json={"to": "empty"}).json()["to"] == "empty"
    assert control.call("GET", "/server").json()["counts"]["tickets"] == 0
    for wrong in ({"to": "nothing"}, {"to": None}, {"too": "seed"}):
        assert control.call("POST", "/reset", json=wrong).status_code == 422
    assert control.call("GET", "/reset").status_code == 405


def test_snapshots(control: Control) -> None:
    assert control.call("GET", "/snapshots").json() == {"items": [], "total": 0}
    made = control.call("PUT", "/snapshots/one")
    assert made.status_code == 201
    assert made.headers["Location"] == "/_emu/api/snapshots/one"
    assert set(made.json()) == {"name", "created_at", "bytes", "version", "database"}
    again = control.call("PUT", "/snapshots/one")
    assert again.status_code == 200
    assert control.call("GET", "/snapshots").json() == {"items": [again.json()], "total": 1}
    control.call("POST", "/reset", json={"to": "empty"})
    restored = control.call("POST", "/snapshots/one/restore")
    assert (restored.status_code, restored.json()) == (200, again.json())
    assert control.call("GET", "/server").json()["counts"]["tickets"] > 0
    assert control.call("DELETE", "/snapshots/one").status_code == 204
    for method, path in (("GET", "one"), ("DELETE", "one"), ("POST", "one/restore")):
        assert control.call(method, f"/snapshots/{path}").status_code == 404


def test_the_list_is_in_the_order_of_names(control: Control) -> None:
    names = ["A", "a", "a..b", "a.b", "b"]
    for name in reversed(names):
        assert control.call("PUT", f"/snapshots/{name}").status_code == 201
    assert [one["name"] for one in control.call("GET", "/snapshots").json()["items"]] == names


def test_carried(control: Control) -> None:
    control.call("PUT", "/snapshots/one")
    export = control.call("GET", "/snapshots/one")
    assert export.headers["Content-Type"] == "application/gzip"
    assert export.headers["Content-Disposition"] == 'attachment; filename="one.tar.gz"'
    assert int(export.headers["Content-Length"]) == len(export.content)
    sent = {"data": export.content, "headers": {"Content-Type": "application/gzip"}}
    made = control.call("POST", "/snapshots/two/import", **sent)
    assert made.status_code == 201, made.text
    assert made.json()["name"] == "two"
    assert control.call("POST", "/snapshots/two/import", **sent).status_code == 409
    assert control.call("POST", "/snapshots/three/import", data=b"x", headers=sent["headers"]).status_code == 422
    assert control.call("POST", "/snapshots/three/import", data=export.content).status_code == 415
    assert control.call("POST", "/snapshots/two/restore").status_code == 200


@pytest.mark.parametrize("name", ["-a", "a%20b", "%C3%A4", "a" * 65, "a%0A", "..."])
def test_names(control: Control, name: str) -> None:
    for method, path in (("PUT", name), ("GET", name), ("DELETE", name), ("POST", f"{name}/restore")):
        answer = control.call(method, f"/snapshots/{path}")
        assert answer.status_code == 422, path
        assert answer.json()["detail"]


def test_a_slash_makes_it_another_path(control: Control) -> None:
    assert control.call("PUT", "/snapshots/a/b").status_code == 404


def test_nobody_else(control: Control) -> None:
    control.http.auth = ("nobody", "nobody")
    assert control.call("POST", "/reset").status_code == 401
    assert control.call("PUT", "/snapshots/one").status_code == 401
