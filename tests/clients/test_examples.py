"""Evidence: ours. What the README and the examples show is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.services.api import Api

ROOT = Path(__file__).parents[2]
SHOWN = "http://127.0.0.1:9996"


def blocks(language: str) -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)


def test_readme_python(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = blocks("python")  # the other one is a test, which tests/testing runs
    names: dict[str, Any] = {}
    exec(compile(code.replace(SHOWN, api.url), "README.md", "exec"), names)  # noqa: S102 - our own page
    names["tickets"]._client.transport.session.close()
    first, second, third = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"True 0 [0-9A-F]{3}-[0-9A-F]{8}-[0-9A-F]{4}", first)
    assert re.match(r"\[\(\d+, 'Printer on fire'\)", second)
    shown = [line.partition("  # ")[2] for line in code.splitlines() if line.startswith("print(")]
    assert shown[0][:7] == first[:7]
    assert shown[2] == third


def test_readme_curl(api: Api) -> None:
    addresses = [url for block in blocks("sh") for url in re.findall(rf"{SHOWN}[^\s\"]*", block)]
    health, server_name, status, _ = (url.replace(SHOWN, api.url) for url in addresses)
    assert api.http.get(health, timeout=10).json()["status"] == "ok"
    answer = api.http.get(server_name, timeout=10).text
    (shown,) = re.findall(r"((?:^# .*\n)+)", blocks("sh")[0].partition("GetServerName")[2], re.MULTILINE)
    tags = [re.findall(r"<[?/]?\w+", line) for line in shown.splitlines()]
    assert [
        re.findall(r"<[?/]?\w+", line)[: len(tag)] for line, tag in zip(answer.splitlines(), tags, strict=True)
    ] == tags
    number = api.tickets("admin").GetTicketInfo(1).Ticket.TicketNumber
    form = {"authUserName": "alice", "authPassword": "alice-pw", "ticketNumber": number}
    assert "<RequestResult>Open</RequestResult>" in api.http.post(status, data=form, timeout=10).text


def test_links_of_the_documents() -> None:
    for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))):
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            target, _, _ = link.partition("#")
            if "://" not in link and target:
                assert (page.parent / target).exists(), f"{page.name}: {link}"


def test_quickstart(api: Api) -> None:
    program = [sys.executable, str(ROOT / "examples" / "quickstart.py"), api.url]
    said = subprocess.run(program, capture_output=True, text=True, timeout=120, check=True).stdout
    opened, attached, found, missing = said.splitlines()
    assert re.fullmatch(r"[0-9A-F]{3}-[0-9A-F]{8}-[0-9A-F]{4}: Grüße: printer on fire, priority 2", opened)
    assert attached == "smoke.txt: smoke"
    assert found == "1 open tickets of ann@example.com"
    assert missing == "False, -4: There is no ticket 99999."
