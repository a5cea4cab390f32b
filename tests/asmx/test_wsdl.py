"""Recorded: svcProbe.wsdl is what a real ASMX server wrote, its HTTP GET and POST parts taken out."""

from __future__ import annotations

from pathlib import Path

from smartertrack_emu.asmx.wsdl import write_wsdl
from tests.asmx.probe_service import probe
from tests.asmx.wsdl_comparison import meaning_of

REFERENCE = Path(__file__).with_name("svcProbe.wsdl")


def test_wsdl_says_what_a_real_server_says() -> None:
    ours = write_wsdl(probe, "http://localhost:9998/Services2/svcProbe.asmx")
    assert meaning_of(ours) == meaning_of(REFERENCE.read_bytes())
