"""A server of one's own, in this process: its threads answer on a free port of this machine."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from .control import EmulatorError

__tracebackhide__ = True  # pytest shows the line of the test

_STOP_SECONDS: Final = 5.0

_OURS: Final = ("host", "port", "workers", "base_url")

# The clock is the process's.
_one_at_a_time = threading.Lock()


class OwnServer:
    """A server that serves until `stop`. `settings` are those of `smartertrack-emu serve`; the environment's count not.

    EmulatorError where a setting is wrong, the seed file cannot be loaded, or another one serves in this process.
    """

    def __init__(self, *, data: Path | None, seed: Path | None, settings: Mapping[str, Any]) -> None:
        """Start serving. `data`: a folder that is kept; None: one that is removed afterwards."""
        if not _one_at_a_time.acquire(blocking=False):
            raise EmulatorError(
                "A server of this process runs already, and two would share one clock. Stop it first, or start further "
                "ones by `smartertrack-emu serve` and give their URLs."
            )
        self._temporary = Path(tempfile.mkdtemp(prefix="smartertrack-")) if data is None else None
        try:
            # Warnings are errors in many suites, and those of the libraries' imports are not theirs to mend.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._start(data=data or self._temporary or Path(), seed=seed, settings=settings)
        except BaseException:
            self._clean_up()
            raise

    def _start(self, *, data: Path, seed: Path | None, settings: Mapping[str, Any]) -> None:
        from smartertrack_emu import addresses, compose, serving, setup  # noqa: PLC0415 - the server takes a second to import
        from smartertrack_emu.asmx.server import create_server  # noqa: PLC0415 - the same

        # Python 3.11 warns of Spyne's at each later import, the tests' own too; newer ones pass it by.
        sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "spyne.util.six"]
        chosen = _settings(data=data, seed=seed, given=settings)
        self.password = chosen.admin_password.get_secret_value()
        try:
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            engine = setup.prepare(chosen)
        except (setup.SetupError, OSError) as error:
            raise EmulatorError(str(error)) from None
        listener = serving.listen(chosen.host, 0)
        self.url = addresses.listening_url(*listener.getsockname()[:2])
        self._application = compose.Application(chosen, engine, own_url=self.url)
        self._server = create_server(self._application, sockets=[listener], **compose.server_options(chosen, engine))
        self._thread = threading.Thread(target=self._server.run, name="smartertrack", daemon=True)
        self._thread.start()

    def settle(self) -> None:
        """Return when all the calls that were answered are in the journal."""
        self._application.flush()

    def stop(self) -> None:
        """Stop serving, and remove what is not to be kept."""
        from smartertrack_emu.domain import clock  # noqa: PLC0415 - see _start

        self._server.stop()
        self._thread.join(_STOP_SECONDS)
        self._server.close()
        self._application.close()
        clock.follow(clock.Setting())
        self._clean_up()

    def _clean_up(self) -> None:
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
        _one_at_a_time.release()


def _settings(*, data: Path, seed: Path | None, given: Mapping[str, Any]) -> Any:
    """Return the settings; those of the environment belong to another server, whose data a test must not touch."""
    from pydantic import ValidationError  # noqa: PLC0415 - see _start
    from pydantic_settings import BaseSettings, PydanticBaseSettingsSource  # noqa: PLC0415

    from smartertrack_emu.config import Settings  # noqa: PLC0415

    class Own(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            del settings_cls, env_settings, dotenv_settings, file_secret_settings
            return (init_settings,)

    unusable = [name for name in _OURS if name in given]
    if unusable:
        message = f"The server of a test run chooses {' and '.join(unusable)} itself."
        raise EmulatorError(message)
    usual = {"sqlite_synchronous": "OFF", "log_requests": False}
    try:
        return Own(**{**usual, **given, "data": data, "seed": seed})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors())
        message = f"The server's settings are wrong: {wrong}."
        raise EmulatorError(message) from None
