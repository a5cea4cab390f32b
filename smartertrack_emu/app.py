"""The composition root: settings -> engine -> services -> one WSGI callable."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from smartertrack_emu import addresses
from smartertrack_emu.asmx import pool
from smartertrack_emu.asmx.datetimes import use_clock
from smartertrack_emu.asmx.wsdl import write_wsdl
from smartertrack_emu.asmx.wsgi import AsmxApplication
from smartertrack_emu.config import Settings
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.accounts import Accounts
from smartertrack_emu.domain.people.failures import LoginFailures
from smartertrack_emu.domain.ports import Delivered, Delivery
from smartertrack_emu.logs.files import Log
from smartertrack_emu.logs.requests import line_of
from smartertrack_emu.services.calls import HELPDESK
from smartertrack_emu.services.helpdesk import Helpdesk
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.store import waiting
from smartertrack_emu.web.site import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Application:
    """The WSGI callable: hands each request the helpdesk, and logs one line of it."""

    def __init__(self, settings: Settings, engine: Engine, log: Log | None = None, *, own_url: str = "") -> None:
        """Make it of settings and a database. `log`: for the requests' lines. `own_url`: where the server listens."""
        own_url = own_url or addresses.listening_url(settings.host, settings.port)
        self.settings = settings
        self.engine = engine
        self._log = log
        self.helpdesk = Helpdesk(
            engine=self.engine,
            accounts=Accounts(
                failures=LoginFailures(
                    allowed=settings.login_failures_allowed, window_seconds=settings.login_failures_window_seconds
                )
            ),
            attachments=settings.attachments,
            deliver=partial(
                _deliver,
                answer_seconds=settings.transfer_timeout_seconds,
                whole_seconds=settings.transfer_whole_seconds,
            ),
            public_url=settings.base_url or own_url,
            max_attachment=settings.max_attachment_bytes,
            product_version=settings.product_version,
        )
        use_clock(clock.now)
        self._answer = addresses.settle(
            AsmxApplication(
                SERVICES,
                max_body=settings.max_request_bytes,
                takes_forms=settings.http_get_and_post,
                otherwise=Site(self.helpdesk, SERVICES),
            ),
            own_url=own_url,
            base_url=settings.base_url,
            proxies=settings.proxies,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        environ[HELPDESK] = self.helpdesk
        if self._log is None:
            return self._answer(environ, start_response)
        started = time.perf_counter()
        status = ""

        def note_status(line: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            nonlocal status
            status = line[:3]
            return start_response(line, headers, *rest)

        body = self._answer(environ, note_status)
        self._log.write(line_of(environ, status, time.perf_counter() - started))
        return body

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


@contextmanager
def _give_place_up() -> Iterator[None]:
    """Wait in the block while the call's place among the server's threads is another's."""
    with ExitStack() as stack:
        try:
            stack.enter_context(pool.waiting())
        except pool.CrowdedError:
            raise waiting.CrowdedError from None
        yield


waiting.tell(_give_place_up)


def _deliver(delivery: Delivery, *, answer_seconds: float, whole_seconds: float) -> Delivered:
    """Carry a ticket to another installation; few servers ever do, so what it needs is not loaded before."""
    from smartertrack_emu.providers import instances  # noqa: PLC0415

    return instances.deliver(delivery, describe=_describe, answer_seconds=answer_seconds, whole_seconds=whole_seconds)


def _describe(name: str) -> str:
    """Return the WSDL of a service as any installation has it."""
    service = next(service for service in SERVICES if service.name == name)
    return write_wsdl(service, f"http://localhost/Services2/{name}.asmx")


def server_options(settings: Settings, engine: Engine) -> dict[str, Any]:
    """Return what the settings say of the server (see `create_server`)."""
    return {
        "threads": settings.threads,
        "max_body": settings.max_request_bytes,
        "urgent": ("/healthz",),
        # While one call waits for a database server another computes; SQLite's calls do both themselves.
        "overlap": engine.dialect.name != "sqlite",
    }


def wsdl_documents(address: str) -> dict[str, str]:
    """Return every service's WSDL by its name, for a server reached at `address`."""
    base = address.rstrip("/")
    return {service.name: write_wsdl(service, f"{base}/Services2/{service.name}.asmx") for service in SERVICES}
