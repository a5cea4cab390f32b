"""An emulator of one's own: in this process, with a database that is gone afterwards."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smartertrack_emu import addresses, compose, serving, setup
from smartertrack_emu.asmx.server import create_server
from smartertrack_emu.config import Settings


@contextmanager
def emulator(seed: Path | None) -> Iterator[str]:
    """Run an emulator while the block lasts, and give its URL; SetupError where it cannot be set up."""
    with tempfile.TemporaryDirectory(prefix="smartertrack-emu-") as folder:
        # What the environment says of a server's data is about another one.
        settings = Settings(
            data=Path(folder),
            database_url="",
            key_file=None,
            seed=seed,
            snapshot=None,
            snapshot_at_exit=None,
            base_url="",
            trusted_proxies="",
            host="127.0.0.1",
            port=0,
            workers=1,
            sqlite_synchronous="OFF",
            journal_calls=0,
            log_requests=False,
        )
        engine = setup.prepare(settings)
        listener = serving.listen(settings.host, settings.port)
        url = addresses.listening_url(*listener.getsockname()[:2])
        application = compose.Application(settings, engine, own_url=url)
        server = create_server(application, sockets=[listener], **compose.server_options(settings, engine))
        thread = threading.Thread(target=server.run, name="emulator", daemon=True)
        thread.start()
        try:
            yield url
        finally:
            server.stop()
            thread.join()
            server.close()
            application.close()
