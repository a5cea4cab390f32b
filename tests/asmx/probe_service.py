# ruff: noqa: DTZ001, DTZ901, E741 - dates of kind Unspecified; names of the wire
"""The service that the wire was recorded against, declared anew: `python -m tests.asmx.probe_service --port 9998`.

Evidence: the recordings in probes.json were made against a real ASMX implementation serving the same contract.
"""

from __future__ import annotations

import argparse
from base64 import b64encode
from dataclasses import field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from smartertrack_emu.asmx.declare import LOCAL, Doc, Int16, Int64, PlainService, class_, struct
from smartertrack_emu.asmx.faults import ServiceError, SoapFault

probe = PlainService("svcProbe", namespace="http://www.smartertools.com/SmarterTrack/Services2/svcProbe.asmx")


class Color(StrEnum):
    """An enumeration."""

    Red = "Red"
    Green = "Green"


@class_
class Inner:
    """A reference type."""

    ID: int = 0
    Name: Annotated[str | None, Doc("What the <inner> is called.")] = None


@struct
class InnerS:
    """A value type."""

    ID: int = 0
    Name: str | None = None


@class_
class R:
    """One member of every kind."""

    Message: str | None = None
    Arr: list[str | None] | None = None
    Inners: list[Inner | None] | None = None
    InnerSs: list[InnerS] | None = None
    NInt: int | None = None
    NDate: datetime | None = None
    NBool: bool | None = None
    C: Inner | None = None
    S: InnerS = field(default_factory=InnerS)
    D1: datetime = datetime.min
    D2: datetime = datetime.min
    D3: datetime = datetime.min
    D4: datetime = datetime.min
    D5: datetime = datetime.min
    B: bool = False
    X: float = 0.0
    Y: float = 0.0
    Z: float = 0.0
    Bytes: bytes | None = None
    L: Int64 = 0
    H: Int16 = 0
    Col: Color = Color.Red
    Shorts: list[Int16] | None = None
    Ints: list[int] | None = None


@class_
class Echo:
    """What Args read."""

    Dump: str | None = None


@probe.operation
def Full() -> R:
    """Every member has a value."""
    return R(
        Message="",
        Arr=["a", "", None, "b<&>\"'\r\n\t x"],
        Inners=[Inner(ID=1), None],
        InnerSs=[InnerS(ID=2, Name="n")],
        NInt=5,
        NDate=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
        NBool=True,
        C=Inner(ID=3, Name=""),
        D1=datetime(2020, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
        D2=datetime(2020, 1, 2, 3, 4, 5, 670000),
        D3=datetime(2020, 1, 2, 3, 4, 5, tzinfo=LOCAL),
        D5=datetime(2020, 1, 2, 6, 4, 5, 123456),
        B=True,
        X=1.5,
        Y=0.1 + 0.2,
        Z=3.0,
        Bytes=b"\x00\x01\xff\x41",
        L=12345678901234,
        H=-7,
        Col=Color.Green,
        Shorts=[1, 2],
        Ints=[3],
    )


@probe.operation
def Nulls() -> R:
    """Every member is at its default."""
    return R()


@probe.operation
def Empties() -> R:
    """Empty strings, arrays and extremes."""
    return R(
        Message="",
        Arr=[],
        Inners=[],
        InnerSs=[],
        C=Inner(),
        D1=datetime.max,
        D2=datetime.min.replace(tzinfo=UTC),
        X=float("nan"),
        Y=float("inf"),
        Z=1e300,
        Bytes=b"",
        Shorts=[],
    )


@probe.operation
def NullResult() -> R:
    """No result."""
    return None  # type: ignore[return-value]  # what the operation is there to show


@probe.operation
def NullString() -> str:
    """No string."""
    return None  # type: ignore[return-value]  # what the operation is there to show


@probe.operation
def Nothing() -> None:
    """Return nothing."""


@probe.operation
def Boom() -> R:
    """Fail with text that needs escaping."""
    message = "boom <&>"
    raise ServiceError(message)


@probe.operation
def SoapBoom() -> R:
    """Fail with a fault of the operation's own."""
    message = "soap boom"
    raise SoapFault(message, code="Client", actor="http://actor/")


@probe.operation
def Args(
    s: str | None,
    i: int,
    b: bool,
    d: datetime,
    n: int | None,
    nd: datetime | None,
    a: list[str | None] | None,
    data: bytes | None,
    x: float,
    l: Int64,
    h: Int16,
    c: Color,
    inner: Inner | None,
) -> Echo:
    """Say what was read, as .NET's formats write it."""
    parts = {
        "s": "null" if s is None else f"'{s}'",
        "i": str(i),
        "b": str(b),
        "d": roundtrip(d),
        "n": "null" if n is None else str(n),
        "nd": "null" if nd is None else roundtrip(nd),
        "a": "null" if a is None else "[" + "|".join("null" if item is None else item for item in a) + "]",
        "data": "null" if data is None else b64encode(data).decode(),
        "x": general(x),
        "l": str(l),
        "h": str(h),
        "c": c.value,
        "inner": "null" if inner is None else f"{inner.ID}:{'null' if inner.Name is None else inner.Name}",
    }
    return Echo(Dump=" ".join(f"{name}={value}" for name, value in parts.items()))


def roundtrip(value: datetime) -> str:
    """.NET's round-trip format and the kind."""
    fraction = value.microsecond * 10 + (9 if value.replace(tzinfo=None) == datetime.max else 0)
    kind, zone = ("Unspecified", "") if value.tzinfo is None else ("Utc", "Z")
    if value.tzinfo is LOCAL:  # equal to UTC, yet another kind
        kind, zone = "Local", "+00:00"
    return f"{value.replace(tzinfo=None, microsecond=0).isoformat()}.{fraction:07d}{zone}/{kind}"


def general(value: float) -> str:
    """.NET's general format in the invariant culture."""
    names = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
    return names.get(str(value)) or f"{value:.15G}"


if __name__ == "__main__":
    from smartertrack_emu.asmx.server import create_server
    from smartertrack_emu.asmx.wsgi import AsmxApplication

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9998)
    server = create_server(AsmxApplication([probe]), port=parser.parse_args().port)
    print(f"http://127.0.0.1:{server.effective_port}/Services2/svcProbe.asmx", flush=True)
    server.run()
