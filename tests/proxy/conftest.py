"""An installation with data, and a proxy in front of it."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from smartertrack_emu.asmx.server import Server, create_server
from smartertrack_emu.asmx.verbatim import VerbatimConnection
from smartertrack_emu.compose import wsdl_documents
from smartertrack_emu.domain import clock
from smartertrack_emu.proxy.comparing import Comparison, read_shapes
from smartertrack_emu.proxy.passing import Passing
from smartertrack_emu.proxy.recordings import Recordings
from smartertrack_emu.proxy.reports import Report
from smartertrack_emu.proxy.upstream import Upstream
from smartertrack_emu.proxy.watching import Watch
from smartertrack_emu.store.engine import create_engine
from tests.conftest import run_key
from tests.services.api import RunningServer
from tests.services.conftest import seeded_sqlite

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["seeded_sqlite"]


@contextmanager
def running(make: Callable[[], Server]) -> Iterator[str]:
    """Serve while the block lasts, and give the URL."""
    server = make()
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.stop()
        thread.join()
        server.close(5)


@contextmanager
def emulating(seeded: Path, folder: Path) -> Iterator[RunningServer]:
    """Run the emulator on a copy of a database."""
    folder.mkdir()
    copy = folder / "smartertrack.db"
    shutil.copyfile(seeded, copy)
    engine = create_engine(f"sqlite:///{copy}", synchronous="OFF", key=run_key())
    server = RunningServer(engine, folder)
    try:
        yield server
    finally:
        server.stop()
        server.application.close()


@contextmanager
def answering(application: WSGIApplication) -> Iterator[str]:
    """Serve a WSGI callable."""
    with running(lambda: create_server(application)) as url:
        yield url


@contextmanager
def talking(say: bytes) -> Iterator[str]:
    """Answer the first request of each connection with the same bytes, and close."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                connection.recv(65536)
                connection.sendall(say)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@contextmanager
def passing(to: str, watch: Any = None, **options: Any) -> Iterator[str]:
    """Run a proxy in front of a server."""
    upstream = Upstream(to, **options)
    with running(
        lambda: create_server(Passing(upstream, watch), connection_class=VerbatimConnection, overlap=True)
    ) as url:
        yield url
    upstream.close()


@dataclass
class Watched:
    """A proxy that records and compares."""

    url: str
    installation: RunningServer
    folder: Path
    report: Report
    told: list[str]

    def recorded(self) -> list[Path]:
        return sorted(self.folder.glob("*.txt"))


def comparison(*values: str) -> Comparison:
    return Comparison(read_shapes(wsdl_documents("http://localhost")), values)


@pytest.fixture
def installation(seeded_sqlite: Path, tmp_path: Path) -> Iterator[RunningServer]:
    """What stands for the real installation: a server whose answers are known."""
    with emulating(seeded_sqlite, tmp_path / "installation") as server:
        yield server


@contextmanager
def watching(
    installation: RunningServer, folder: Path, *, emulator: str | None = None, values: Iterable[str] = ()
) -> Iterator[Watched]:
    """Record into a folder, and compare with an emulator; all is written when the block has ended."""
    report, told = Report("the emulator"), list[str]()
    watch = Watch(
        recordings=Recordings(folder),
        most_recordings=1000,
        emulator=None if emulator is None else Upstream(emulator),
        comparison=comparison(*values),
        report=report,
        tell=told.append,
    )
    with passing(installation.url, watch) as url:
        yield Watched(url, installation, folder, report, told)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of localhost that nobody has signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = clock.machine()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files
