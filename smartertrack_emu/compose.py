"""The composition root: settings -> a desk -> the applications -> one WSGI callable with its handlers around it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from functools import cache, cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

import smartertrack_emu
from smartertrack_emu import addresses
from smartertrack_emu.asmx import pool
from smartertrack_emu.asmx.datetimes import use_clock
from smartertrack_emu.asmx.wsdl import write_wsdl
from smartertrack_emu.asmx.wsgi import AsmxApplication
from smartertrack_emu.config import Settings
from smartertrack_emu.control.api.emulator import Catalogue, Emulator, Started
from smartertrack_emu.control.api.entrance import ControlEntrance
from smartertrack_emu.control.dialler import Dialling
from smartertrack_emu.control.faults import FaultRules
from smartertrack_emu.control.journal.capture import Capture, Recorder, note_calls
from smartertrack_emu.control.journal.declared import Service as DeclaredService
from smartertrack_emu.control.journal.keeping import Keeper
from smartertrack_emu.control.journal.store import Journal
from smartertrack_emu.control.logs import LogFiles
from smartertrack_emu.control.state.state import State
from smartertrack_emu.control.watching.counters import Counters
from smartertrack_emu.control.watching.metrics import MetricsEntrance
from smartertrack_emu.control.watching.request_ids import give_ids
from smartertrack_emu.control.watching.runs import RunCounter
from smartertrack_emu.control.watching.traces import make_traces
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.mailing import Tested
from smartertrack_emu.desk.sessions import Sessions
from smartertrack_emu.desk.shared import Shared
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.accounts import Accounts
from smartertrack_emu.domain.people.failures import LoginFailures
from smartertrack_emu.domain.ports import Delivered, Delivery, PageCall, Ports, WebPages
from smartertrack_emu.domain.structure.jobs import JOBS
from smartertrack_emu.first_start import FirstStart
from smartertrack_emu.jobs.board import Board, Function
from smartertrack_emu.jobs.schedule import Schedule
from smartertrack_emu.logs import daily
from smartertrack_emu.logs.files import Log
from smartertrack_emu.logs.mailed import ErrorMails
from smartertrack_emu.logs.requests import log_requests
from smartertrack_emu.logs.traces import follow_options
from smartertrack_emu.rest.catalogue import JTEL as JTEL_CATALOGUE
from smartertrack_emu.rest.entrance import JTEL, RestEntrance, make_jtel
from smartertrack_emu.services.calls import DESK
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.store import beside, streaming, waiting
from smartertrack_emu.store.statements import count_statements
from smartertrack_emu.web.entrance import Entrance

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CATALOGUE: Catalogue = {
    service.name: {
        operation.name: [parameter.name for parameter in operation.parameters[len(operation.options.credentials) :]]
        for operation in service.operations.values()
    }
    for service in SERVICES
} | {"jtel": JTEL_CATALOGUE}

JOB_MODULES: dict[str, str] = {
    "pop-download": "mail.pop_download",
    "email-import": "mail.email_import",
    "smtp-delivery": "mail.sending",
    "event-processing": "jobs.event_processing",
    "auto-inactive": "jobs.auto_inactive",
    "chat-manager": "jobs.chat_manager",
    "ticket-watcher": "jobs.ticket_watcher",
    "task-scheduler": "jobs.task_scheduler",
    "task-watcher": "jobs.task_watcher",
    "call-log-watcher": "jobs.call_log_watcher",
    "email-report": "jobs.email_report",
    "indexing": "jobs.indexing",
    "auto-purge": "jobs.auto_purge",
    "cleaner": "jobs.cleaner",
}
"""What each background job does: the module whose `run` it is."""


class _Mailing:
    """The room that speaks to mail servers, imported when it is first asked for."""

    def raw(self, desk: Desk, mail_id: int) -> bytes:
        from smartertrack_emu.mail import room  # noqa: PLC0415 - with smtplib and email's own modules

        return room.raw(desk, mail_id)

    def test(self, desk: Desk, account_id: int) -> Tested:
        from smartertrack_emu.mail import room  # noqa: PLC0415 - the same

        return room.test(desk, account_id)


def _function(name: str) -> Function:
    """Import what a job does, when it is first run."""
    found: Function = import_module(f"smartertrack_emu.{JOB_MODULES[name]}").run
    return found


JOB_FUNCTIONS = {name: partial(_function, name) for name in JOBS}

Handler = Callable[["WSGIApplication"], "WSGIApplication"]
"""Returns an application with something done before and after each of its requests."""


class Application:
    """The WSGI callable. Handlers stand around it, each of which sees every request.

    `settings` and `desk` are what it was made of, `state` what resets and keeps all of it.
    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        log: Log | None = None,
        *,
        own_url: str = "",
        started: Started | None = None,
        first_start: FirstStart | None = None,
        counters: Counters | None = None,
    ) -> None:
        """Make it of settings and a database. `log`: for the requests' lines. `own_url`: where the server listens.

        `started`, `counters`: of the server that this is one process of, since when and what all of them have counted.
        `first_start`: what filled the database.
        """
        own_url = own_url or addresses.listening_url(settings.host, settings.port)
        self.settings = settings
        self.desk = make_desk(settings, engine, own_url=own_url)
        self._error_mails = _mail_errors(self.desk)
        self.state = State(
            engine,
            settings.attachments,
            settings.snapshots,
            first_start or FirstStart(settings),
            before_clearing=self.flush,
        )
        counters = counters or Counters(CATALOGUE)
        self.jobs = Board(self.desk, JOB_FUNCTIONS, RunCounter(counters, self.desk).note)
        self.mail = _Mailing()
        use_clock(clock.now)
        self.journal = Journal(engine, settings.journal_calls)
        self._keeper = Keeper(self.journal, alone=settings.workers == 1)
        self._dialling = Dialling(self.desk)
        if settings.jtel:
            self.desk.shared.on_renewal.append(self._dialling.look)
        self._traces = make_traces(smartertrack_emu.__version__, os.environ)
        users: list[Callable[[Sequence[Capture]], object]] = [partial(_count, counters, engine)]
        if self._traces is not None:
            users.append(self._traces.add)
        if settings.journal_calls:
            users.append(self._keeper.take)
        self._recorder = Recorder(*users)
        count_statements(engine)
        settle = partial(addresses.settle, own_url=own_url, base_url=settings.base_url, proxies=settings.proxies)
        count = counters.count if self._traces is None else None
        dialects = (JTEL,) if settings.jtel else ()
        note = note_calls(self._recorder, bodies=bool(settings.journal_calls), count=count, dialects=dialects)
        self._refused = settle(note(_as_refused))
        # The first stands outermost. A page that calls its own server passes by those around all.
        around_all: list[Handler | None] = [give_ids, None if log is None else log_requests(log)]
        around: list[Handler | None] = [
            settle,
            note,
            partial(_bring_to, self.desk),
        ]
        self.emulator = Emulator(
            desk=self.desk,
            settings=settings,
            catalogue=CATALOGUE,
            started=started or Started(),
            state=self.state,
            journal=self.journal,
            jobs=self.jobs,
            logs=LogFiles(settings.logs, daily.read_name),
            declared=declared,
            mail=self.mail,
        )
        pages = Entrance(self.desk, SERVICES, takes_forms=settings.http_get_and_post, whole=self._answer_within)
        answer: WSGIApplication = AsmxApplication(
            SERVICES,
            max_body=settings.max_request_bytes,
            takes_forms=settings.http_get_and_post,
            otherwise=MetricsEntrance(
                counters,
                RestEntrance(
                    JTEL,
                    partial(make_jtel, self.desk) if settings.jtel else None,
                    ControlEntrance(self.emulator, pages),
                ),
            ),
        )
        self._within = _with(around, answer)
        self._answer = _with(around_all, self._within)
        if settings.jtel:
            self._dialling.look()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return self._answer(environ, start_response)

    def _answer_within(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that a page makes of its own server; it is no line in the log of requests."""
        return self._within(environ, start_response)

    def note_refused(self, environ: WSGIEnvironment, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        """Note a request that the server itself refused."""
        self._refused({**environ, _REFUSAL: (status, headers, body)}, _start_nothing)

    def flush(self) -> None:
        """Write down the calls of this process that are not in the journal yet."""
        self._recorder.flush()
        self._keeper.write()

    def close(self) -> None:
        """Record what is to be recorded, and let go of the database."""
        self._error_mails.close()
        self._dialling.close()
        self.jobs.close()
        self._recorder.close()
        self._keeper.write()
        if self._traces is not None:
            self._traces.close()
        beside.close(self.desk.engine)
        self.desk.engine.dispose()


def _count(counters: Counters, engine: Engine, captures: Sequence[Capture]) -> None:
    counters.add(captures)
    counters.note_connections(engine)


_REFUSAL = "smartertrack_emu.refusal"


def _as_refused(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer as the server itself has answered, for those who note answers."""
    status, headers, body = environ[_REFUSAL]
    start_response(status, headers)
    return [body]


def _start_nothing(
    status: str, headers: list[tuple[str, str]], exc_info: object = None, /
) -> Callable[[bytes], object]:
    del status, headers, exc_info
    return lambda data: None  # noqa: ARG005 - WSGI's signature


def _with(handlers: Sequence[Handler | None], application: WSGIApplication) -> WSGIApplication:
    """Return an application with handlers around it, the first outermost."""
    for handler in reversed(handlers):
        application = application if handler is None else handler(application)
    return application


def make_desk(settings: Settings, engine: Engine, *, own_url: str = "") -> Desk:
    """Return the desk that serves a database as the settings say."""
    public_url = settings.base_url or own_url
    shared = Shared(public_url=public_url)
    accounts = Accounts(
        failures=LoginFailures(
            allowed=settings.login_failures_allowed, window_seconds=settings.login_failures_window_seconds
        ),
        follow=shared.follow,
    )
    faults = FaultRules(engine)
    shared.on_renewal += (accounts.forget, faults.renew, follow_options(engine))
    return Desk(
        engine=engine,
        accounts=accounts,
        attachments=settings.attachments,
        ports=Ports(
            deliver=partial(
                _deliver,
                answer_seconds=settings.transfer_timeout_seconds,
                whole_seconds=settings.transfer_whole_seconds,
            ),
            pages=_Pages(settings.provider_addresses),
        ),
        sessions=Sessions(engine, idle=timedelta(minutes=settings.session_idle_minutes)),
        public_url=public_url,
        max_attachment=settings.max_attachment_bytes,
        product_version=settings.product_version,
        shared=shared,
        faults=faults,
        logs=settings.logs,
    )


def _mail_errors(desk: Desk) -> ErrorMails:
    """Return what mails the errors of this process, as the options say."""
    mails = ErrorMails(desk)
    desk.shared.on_renewal.append(mails.follow)
    return mails


def begin_jobs(
    settings: Settings, engine: Engine, *, own_url: str, counters: Counters | None = None
) -> Callable[[], object]:
    """Run the background jobs when they are due, in threads of their own; return what ends them.

    `counters`: of the server that these jobs are run beside.
    """
    desk = make_desk(settings, engine, own_url=own_url)
    errors = _mail_errors(desk)
    board = Board(desk, JOB_FUNCTIONS, RunCounter(counters or Counters({}), desk).note)
    schedule = Schedule(board)

    def end() -> None:
        schedule.stop()
        board.close()
        errors.close()

    return end


def _bring_to(desk: Desk, application: WSGIApplication) -> WSGIApplication:
    """Hand each request the desk."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[DESK] = desk
        return application(environ, start_response)

    return answer


@contextmanager
def _crowded_for(around: Callable[[], AbstractContextManager[object]]) -> Iterator[None]:
    """Put what the pool gives around the block; where there is no room the store's own error says so."""
    with ExitStack() as stack:
        try:
            stack.enter_context(around())
        except pool.CrowdedError:
            raise waiting.CrowdedError from None
        yield


waiting.tell(partial(_crowded_for, pool.waiting))
streaming.tell(partial(_crowded_for, pool.streaming))


@cache
def declared() -> Sequence[DeclaredService]:
    """Describe what can be called, when the first call is explained."""
    from smartertrack_emu.declared import describe  # noqa: PLC0415 - few servers ever do

    return describe(SERVICES)


def _deliver(delivery: Delivery, *, answer_seconds: float, whole_seconds: float) -> Delivered:
    """Carry a ticket to another installation; few servers ever do, so what it needs is not loaded before."""
    from smartertrack_emu.providers import instances  # noqa: PLC0415

    return instances.deliver(delivery, describe=_describe, answer_seconds=answer_seconds, whole_seconds=whole_seconds)


class _Pages:
    """Calls web pages; few servers ever do, so what it needs is not loaded before."""

    def __init__(self, allowed: str) -> None:
        self._allowed = allowed

    def check(self, url: str, /) -> None:
        """Raise BadValue for an address that must not be called, as far as it says so itself."""
        self._pages.check(url)

    def call(self, call: PageCall, /) -> None:
        """Tell a page something; ProviderRefused."""
        self._pages.call(call)

    @cached_property
    def _pages(self) -> WebPages:
        from smartertrack_emu.providers.pages import Pages  # noqa: PLC0415

        return Pages(self._allowed)


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
