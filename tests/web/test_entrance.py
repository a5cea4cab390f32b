"""Pages are made when the first is asked for (ours): a server that answers calls alone imports nothing for them."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.web import site
from smartertrack_emu.web.entrance import Entrance
from tests.services.api import Api

from .wsgi import Answer, ask

_CALLS_AND_PAGES = """
import io, sys
from pathlib import Path
from smartertrack_emu import setup
from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from tests.web.wsgi import ask

def imported():
    return sorted({name.partition(".")[0] for name in sys.modules} & {"flask", "jinja2", "werkzeug"})

settings = Settings(data=Path(sys.argv[1]))
application = Application(settings, setup.prepare(settings))
body = b'''<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<GetProductVersion xmlns="http://smartertools.com/SmarterTrack/Services2/svcOrganization.asmx"/></s:Body></s:Envelope>'''
answer = ask(
    application, "/Services2/svcOrganization.asmx", "POST", CONTENT_TYPE="text/xml", CONTENT_LENGTH=str(len(body)),
    **{"wsgi.input": io.BytesIO(body)},
)
print(b"Envelope" in answer.body, ask(application, "/healthz").status, imported())
print(ask(application, "/no/such/page").status, imported())
"""


def test_calls_and_health_import_no_pages(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CALLS_AND_PAGES, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "True 200 []",
        "404 ['flask', 'jinja2', 'werkzeug']",
    ]


def test_the_pages_are_made_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    make_site, together = site.make_site, threading.Barrier(4, timeout=10)

    def note(*arguments: object, **options: object) -> object:
        made.append(arguments)
        return make_site(*arguments, **options)  # type: ignore[arg-type]  # as they come

    monkeypatch.setattr(site, "make_site", note)
    entrance = Entrance(api.server.application.desk, SERVICES)
    answers: list[Answer] = []

    def open_page() -> None:
        together.wait()
        answers.append(ask(entrance, "/kb/a1"))

    threads = [threading.Thread(target=open_page) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ([answer.status for answer in answers], len(made)) == ([200] * 4, 1)


def test_pages_that_cannot_be_made(api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """They are logged and answered; health is none the worse, and the next request tries again."""
    with monkeypatch.context() as broken:
        broken.setattr(site, "make_site", lambda *_, **_options: 1 / 0)
        entrance = Entrance(api.server.application.desk, SERVICES)
        answer = ask(entrance, "/kb/a1")
        assert (answer.status, answer.body) == (500, b"The page could not be made. The error has been logged.\n")
        assert ask(entrance, "/kb/a1", "HEAD").body == b""
        assert "ZeroDivisionError" in caplog.text
        assert ask(entrance, "/healthz").status == 200
    assert ask(entrance, "/kb/a1").status == 200
