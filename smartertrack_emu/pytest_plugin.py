"""pytest's fixtures for those who test their clients against the emulator; docs/testing-clients.md shows them at work.

pytest imports this in every run wherever the package is installed. So nothing else is imported before a test asks for
the fixture.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from smartertrack_emu.testing import Emulator

_EMULATOR = pytest.StashKey["Emulator"]()
_BEGAN_AFTER = pytest.StashKey[int]()
"""Id of the journal's last call before a test."""

_SECTION = "SmarterTrack's last calls in this test"
_MOST_SHOWN = 10
_FIXTURE = "smartertrack"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, and the same as settings of the project."""
    group = parser.getgroup("smartertrack", "SmarterTrack, emulated")
    group.addoption(
        "--smartertrack-url",
        metavar="URL",
        help="a server that runs, in place of the tests' own: http://NAME:PASSWORD@HOST:PORT; its data are reset",
    )
    group.addoption("--smartertrack-seed", metavar="FILE", help="seed file that the tests' own server is filled from")
    parser.addini("smartertrack_url", "a server that runs, in place of the tests' own", default="")
    parser.addini("smartertrack_seed", "seed file that the tests' own server is filled from", default="")


def told_to_emulator(config: pytest.Config) -> dict[str, Any]:
    """Return what `Emulator` is told of the server: the command line wins over the project's settings."""
    url, seed = config.getoption("--smartertrack-url"), config.getoption("--smartertrack-seed")
    if url and seed:
        pytest.fail("--smartertrack-url and --smartertrack-seed: a server that runs has its own seed.", pytrace=False)
    if not seed:
        url = url or config.getini("smartertrack_url")
    if url:
        workers = getattr(config, "workerinput", {}).get("workercount", 1)
        if workers > 1:
            pytest.fail(
                f"One server at --smartertrack-url cannot serve {workers} workers of pytest-xdist, who would reset it "
                "and set its clock beside each other: give -n0, or let each worker have a server of its own.",
                pytrace=False,
            )
        return {"url": url}
    if seed:
        return {"seed": config.invocation_params.dir / seed}
    written = config.getini("smartertrack_seed")
    return {"seed": (config.inipath.parent if config.inipath else config.rootpath) / written} if written else {}


@pytest.fixture(scope="session")
def smartertrack_settings() -> dict[str, Any]:
    """Settings of the tests' own server, for a conftest to replace: `return {"login_failures_allowed": 0}`."""
    return {}


@pytest.fixture(scope="session")
def smartertrack(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory, smartertrack_settings: dict[str, Any]
) -> Iterator[Emulator]:
    """A SmarterTrack for the run: `smartertrack.url`, `.client("svcTickets")`, `.journal`, `.at(…)`, `.fault(…)`."""
    from smartertrack_emu.testing import Emulator, EmulatorError  # noqa: PLC0415 - see the module's first lines

    server = told_to_emulator(pytestconfig)
    if "url" not in server:
        data: Path = tmp_path_factory.mktemp("smartertrack")
        server = {**server, **smartertrack_settings, "data": data}
    emulator = Emulator(**server)
    try:
        emulator.start()
    except EmulatorError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    pytestconfig.stash[_EMULATOR] = emulator
    yield emulator
    del pytestconfig.stash[_EMULATOR]
    emulator.stop()


@pytest.fixture
def smartertrack_fresh(smartertrack: Emulator) -> Emulator:
    """`smartertrack`, reset before each test; `usefixtures = ["smartertrack_fresh"]` in pyproject.toml: before all."""
    smartertrack.reset()
    return smartertrack


def _running(item: pytest.Item) -> Emulator | None:
    """Return the server, where it runs and the test uses it."""
    if _FIXTURE not in getattr(item, "fixturenames", ()):
        return None
    return item.config.stash.get(_EMULATOR, None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note where the journal ends before the test."""
    item.stash[_BEGAN_AFTER] = 0
    emulator = _running(item)
    if emulator is None:
        return
    from smartertrack_emu.testing import EmulatorError  # noqa: PLC0415 - it is imported already

    try:
        if emulator.journal.is_kept:
            item.stash[_BEGAN_AFTER] = emulator.journal.newest()
    except EmulatorError:
        return  # the test says what is wrong with the server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in the report of a test that failed what the server was asked, and why it refused."""
    report = yield
    emulator = _running(item) if report.failed and call.when != "teardown" else None
    if emulator is not None:
        from smartertrack_emu.testing import EmulatorError  # noqa: PLC0415 - it is imported already

        try:
            calls = (
                emulator.journal.tail(_MOST_SHOWN, after=item.stash.get(_BEGAN_AFTER, 0))
                if emulator.journal.is_kept
                else []
            )
            shown = "\n".join(map(str, calls))
        except EmulatorError as error:
            shown = f"They cannot be read: {error}"
        if shown:
            report.sections.append((_SECTION, shown))
    return report
