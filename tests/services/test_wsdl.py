"""Recorded: the references are what a real ASMX server wrote for the same contract, documentation taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartertrack_emu.asmx.wsdl import write_wsdl
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.services.service import HelpdeskService
from tests.asmx.wsdl_comparison import meaning_of

REFERENCES = Path(__file__).with_name("wsdl_reference")
WRITTEN = Path(__file__).parents[2] / "wsdl"

every_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def written(service: HelpdeskService) -> str:
    return write_wsdl(service, f"http://localhost:9996/Services2/{service.name}.asmx")


@every_service
def test_wsdl_says_what_a_real_server_says(service: HelpdeskService) -> None:
    assert meaning_of(written(service)) == meaning_of((REFERENCES / f"{service.name}.wsdl").read_bytes())


@every_service
def test_checked_in_wsdl_is_ours(service: HelpdeskService) -> None:
    assert (WRITTEN / f"{service.name}.wsdl").read_text(encoding="utf-8") == written(service)


def test_nothing_else_is_checked_in() -> None:
    names = sorted(f"{service.name}.wsdl" for service in SERVICES)
    assert sorted(path.name for path in WRITTEN.iterdir()) == names
    assert sorted(path.name for path in REFERENCES.iterdir()) == names
