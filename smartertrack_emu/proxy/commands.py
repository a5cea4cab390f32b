"""The commands `proxy` and `replay`: from options to a running proxy, and to a report with an exit status."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from smartertrack_emu import serving
from smartertrack_emu.addresses import is_loopback
from smartertrack_emu.asmx.verbatim import VerbatimConnection
from smartertrack_emu.logs.text import Formatter

from .asking import compare
from .calls import Kept
from .comparing import Comparison, read_shapes
from .passing import Passing
from .passwords import MissingPasswordError, with_passwords
from .recordings import RecordingError, Recordings, read_all
from .reports import Checked, Report
from .upstream import ANSWER_SECONDS, Upstream
from .watching import Watch

logger = logging.getLogger(__name__)

OWN = "own"
"""Stands for an emulator in this process where a URL is asked for."""

MOST_RECORDINGS = 10_000
_THREADS = 32
_MOST_BODY = 64 * 1024 * 1024


class CommandError(Exception):
    """Why a command cannot do what it is asked for; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class Server:
    """The server that is asked: its URL, how its certificate is checked, seconds that it may take."""

    url: str
    ca_file: Path | None = None
    verify: bool = True
    seconds: float = ANSWER_SECONDS

    def connect(self) -> Upstream:
        """Return the way to it; CommandError."""
        try:
            return Upstream(self.url, ca_file=self.ca_file, verify=self.verify, answer_seconds=self.seconds)
        except ValueError as error:
            raise CommandError(f"{error}.") from None
        except OSError as error:
            raise CommandError(f"{self.ca_file}: {error.strerror or error}.") from None


def _comparison(values: Sequence[str]) -> Comparison:
    from smartertrack_emu.compose import wsdl_documents  # noqa: PLC0415 - the services take a second to import

    return Comparison(read_shapes(wsdl_documents("http://localhost")), values)


@contextmanager
def _server_to_compare(url: str, seed: Path | None, seconds: float) -> Iterator[tuple[Upstream, str]]:
    """Give the server that answers are compared with, and its name in reports."""
    with ExitStack() as stack:
        if url == OWN:
            from .emulator import emulator  # noqa: PLC0415 - as `_comparison`

            upstream = Server(stack.enter_context(emulator(seed)), seconds=seconds).connect()
            name = f"an emulator of its own ({seed.name})" if seed is not None else "an emulator of its own"
        else:
            upstream = Server(url, seconds=seconds).connect()
            name = upstream.url
        stack.callback(upstream.close)
        yield upstream, name


def run_proxy(
    to: Server,
    *,
    listen: str,
    record: Path | None,
    most: int,
    compare_with: str | None,
    seed: Path | None,
    values: Sequence[str],
    report: Path | None,
    tell: Callable[[str], object],
) -> bool:
    """Serve until a signal to stop, and say whether all that was compared is alike; CommandError, SetupError, OSError.

    `listen`: HOST:PORT. `record`: the directory of recordings, `most` of which are written. `compare_with`: the URL of
    an emulator, `OWN`, or None for no comparison. `report`: the file of the JSON report.
    """
    _log_to_stderr()
    host, port = _address(listen)
    upstream = to.connect()
    with ExitStack() as stack:
        stack.callback(upstream.close)
        beside, name = None, "nothing"
        if compare_with is not None:
            beside, name = stack.enter_context(_server_to_compare(compare_with, seed, to.seconds))
        told = Report(name)
        watch = None
        if record is not None or beside is not None:
            watch = Watch(
                recordings=None if record is None else Recordings(record),
                most_recordings=most,
                emulator=beside,
                comparison=_comparison(values),
                report=told,
                tell=tell,
            )
        try:
            listener = serving.listen(host, port)
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}, port {port}: {error.strerror or error}.") from None
        logger.info("passing requests on to %s", upstream.url)
        if not is_loopback(host):
            logger.warning("others can reach the proxy on %s: what they send to it is not encrypted", host)
        serving.serve(
            lambda: Passing(upstream, watch),
            listener,
            workers=1,
            threads=_THREADS,
            max_body=_MOST_BODY,
            overlap=True,
            connection_class=VerbatimConnection,
        )
    if beside is not None:
        tell(told.summary())
        if report is not None:
            report.write_text(told.as_json(), encoding="utf-8")
    return not told.differing


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise CommandError(f"{listen[:200]!r} is no HOST:PORT, such as 127.0.0.1:9997.")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("alembic", "spyne", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.ERROR)


def run_replay(
    directory: Path,
    *,
    server: Server | None,
    seed: Path | None,
    passwords: Mapping[str, str],
    values: Sequence[str],
    junit: Path | None,
    report: Path | None,
    tell: Callable[[str], object],
) -> bool:
    """Send the recorded requests again, one after the other, and say whether all answers are alike.

    `server` None: an emulator in this process, filled from `seed`. `passwords`: by the users' names in lower case.
    Nothing is sent where a recording cannot be read or a password is missing: CommandError; SetupError, OSError.
    """
    try:
        recorded = list(read_all(directory))
        requests = [with_passwords(kept, passwords) for _, kept in recorded]
    except (RecordingError, MissingPasswordError) as error:
        raise CommandError(str(error)) from None
    if not recorded:
        raise CommandError(f"{directory} holds no recordings.")
    with ExitStack() as stack:
        if server is None:
            upstream, name = stack.enter_context(_server_to_compare(OWN, seed, ANSWER_SECONDS))
        else:
            upstream, name = server.connect(), server.url
            stack.callback(upstream.close)
        told, comparison = Report(name, keeps_all=True), _comparison(values)
        for (path, kept), request in zip(recorded, requests, strict=True):
            differences, problem, seconds = compare(upstream, request, kept.answer, comparison)
            one = Checked(_name(kept), kept.at, seconds, differences, problem, path.name)
            told.add(one)
            tell(one.text())
    tell(told.summary())
    if junit is not None:
        junit.write_bytes(told.as_junit())
    if report is not None:
        report.write_text(told.as_json(), encoding="utf-8")
    return not told.differing


def _name(kept: Kept) -> str:
    return kept.name or "request"
