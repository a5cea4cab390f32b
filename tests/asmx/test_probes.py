"""Every recorded request is answered as a real ASMX server answered it."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from .wire import http

PROBES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("probes.json").read_text("utf-8"))


def content(part: dict[str, str] | None) -> bytes:
    if not part:
        return b""
    return b64decode(part["base64"]) if "base64" in part else part["text"].encode()


def without_seventh_digit(body: bytes) -> bytes:
    """Python's datetime holds six digits of a fraction."""
    return re.sub(rb"(:\d\d\.\d{6})\d", rb"\1", body)


def test_the_recordings_are_all_here() -> None:
    assert len(PROBES) == 89
    assert len({probe["label"] for probe in PROBES}) == 89


@pytest.mark.parametrize("probe", PROBES, ids=[probe["label"] for probe in PROBES])
def test_probe(port: int, probe: dict[str, Any]) -> None:
    answer = http(port, probe["method"], probe["path"], body=content(probe["body"]), headers=probe["headers"])
    assert answer.status == probe["status"]
    assert answer.headers["Content-Type"] == probe["content_type"]
    assert without_seventh_digit(answer.body) == without_seventh_digit(content(probe["reply"]))
