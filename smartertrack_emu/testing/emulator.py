"""The emulator as a test sees it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from .control import Address, Control, EmulatorError
from .faults import Kind, SetFault, fault_of
from .journal import Journal
from .time import Moment, SetClock, moment_of, written

if TYPE_CHECKING:
    from zeep import Client

    from .server import OwnServer

__tracebackhide__ = True  # pytest shows the line of the test

SERVICES: Final = (
    "svcCallLogs",
    "svcChats",
    "svcIntegrations",
    "svcKB",
    "svcNotifications",
    "svcOrganization",
    "svcTasks",
    "svcTickets",
    "svcVoip",
)

PASSWORD_VARIABLE: Final = "SMARTERTRACK_EMU_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable
_JOURNAL_SECONDS: Final = 1.0


class Emulator:
    """A server for tests: one of its own in this process, or one that runs already.

    with Emulator(seed="helpdesk.yaml") as smartertrack:
        client = MyClient(smartertrack.url)

    Everything here raises EmulatorError where the server does not do it. Other members raise ValueError for an argument
    that cannot be right.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        seed: Path | str | None = None,
        data: Path | str | None = None,
        username: str = "admin",
        password: str | None = None,
        **settings: Any,
    ) -> None:
        """Say which server; `start` or a `with` block starts it.

        `url`: of one that runs, as http://127.0.0.1:9996 or http://NAME:PASSWORD@HOST; `username` and `password` are an
        administrator's there (None: what SMARTERTRACK_EMU_ADMIN_PASSWORD says, else admin). Without: one of our own,
        filled from the file `seed`, its data in the folder `data` (None: one that is removed afterwards), with the
        settings of `smartertrack-emu serve` as keywords.
        """
        if url is not None and (seed is not None or data is not None or settings):
            raise ValueError("A server that runs already has its seed, data and settings: give url alone.")
        self._given_url = url
        self._seed = None if seed is None else Path(seed)
        self._data = None if data is None else Path(data)
        self._settings = settings
        self._username = username
        self._password = password
        self._own: OwnServer | None = None
        self._control: Control | None = None
        self._journal: Journal | None = None
        self._clocks: list[SetClock] = []
        self._faults: list[SetFault] = []
        self._clients: dict[str, Client] = {}
        self._has_seed = False

    def start(self) -> Self:
        """Start the server, or see whether the one that runs answers."""
        if self._control is not None:
            raise EmulatorError("The emulator has been started already.")
        if self._given_url is None:
            from .server import OwnServer  # noqa: PLC0415 - needed where no URL is given

            self._own = OwnServer(data=self._data, seed=self._seed, settings=self._settings)
            address = Address(self._own.url, "admin", self._own.password)
        else:
            password = self._password or os.environ.get(PASSWORD_VARIABLE) or "admin"
            address = Address(self._given_url, self._username, password)
        control = Control(address)
        try:
            server = control.get("server")
            self._has_seed = server["control"]["seed"]
        except (KeyError, TypeError):
            self.stop()
            message = f"What answers at {address.url} is no smartertrack-emu."
            raise EmulatorError(message) from None
        except EmulatorError:
            self.stop()
            raise
        self._control = control
        self._journal = Journal(control, self._settle)
        return self

    def stop(self) -> None:
        """Stop the server of our own; put the clock of another back and take away the faults that were set here."""
        try:
            if self._own is None and self._control is not None:
                self._undo()
        finally:
            own, self._own, self._control, self._journal = self._own, None, None, None
            for client in self._clients.values():
                client.transport.session.close()
            self._clients.clear()
            self._clocks.clear()
            self._faults.clear()
            if own is not None:
                own.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _undo(self) -> None:
        for fault in self._faults:
            fault.remove()
        for clock in reversed(self._clocks):
            clock.put_back()

    def _settle(self) -> None:
        if self._own is not None:
            self._own.settle()
        else:
            time.sleep(_JOURNAL_SECONDS)

    @property
    def control(self) -> Control:
        """The control API, for what has no method here: `smartertrack.control.get("events", about="ticket:17")`."""
        if self._control is None:
            raise EmulatorError("The emulator has not been started: use it in a `with` block, or call start().")
        return self._control

    @property
    def url(self) -> str:
        """Where the server is reached, without a slash at the end: http://127.0.0.1:51734."""
        return self.control.url

    @property
    def journal(self) -> Journal:
        """The calls that the server has answered, the oldest first, with why they were refused."""
        _ = self.control
        if self._journal is None:
            raise EmulatorError("The emulator has not been started.")
        return self._journal

    # State

    def reset(self, to: Literal["seed", "empty"] | None = None) -> None:
        """Put data, files, clock, faults, spool and journal back to the first start.

        `to`: "seed", "empty" (a helpdesk with the administrator, one brand, department and group), or None: the seed
        where the server has one, else empty.
        """
        self.control.post("reset", body={"to": to or ("seed" if self._has_seed else "empty")})
        self._forget_clocks()
        for fault in self._faults:
            fault.forget()
        self._faults.clear()

    def snapshot(self, name: str) -> None:
        """Keep data, files, spool and clock under a name; one that is there is replaced."""
        self.control.put("snapshots", name)

    def restore(self, name: str) -> None:
        """Bring back what was kept under a name. The journal and the faults stay as they are."""
        self.control.post("snapshots", name, "restore")
        self._forget_clocks()

    def _forget_clocks(self) -> None:
        for clock in self._clocks:
            clock.forget()
        self._clocks.clear()

    # Time

    @property
    def now(self) -> datetime:
        """What time it is for the helpdesk, in UTC."""
        return moment_of(self.control.get("clock")["now"])

    def at(self, moment: Moment, *, frozen: bool = False) -> SetClock:
        """Set the clock, which runs on from there or, `frozen`, stands still.

        `with smartertrack.at("2031-01-01"):` puts it back at the end of the block. Without `with` it stays so until
        `put_back` of what is returned, or a reset. ValueError for what is no moment.
        """
        clock = SetClock(self.control, moment, frozen=frozen)
        self._clocks = [*(each for each in self._clocks if each.is_set), clock]
        return clock

    def advance(self, by: timedelta | float) -> list[str]:
        """Move the clock forward by a time or by seconds, and return the names of the jobs that fell due and ran."""
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        ran: list[str] = self.control.post("clock", "advance", body={"seconds": seconds})["ran"]
        return ran

    # Faults

    def fault(
        self,
        kind: Kind,
        *,
        service: str | None = None,
        operation: str | None = None,
        user: str | None = None,
        argument: Mapping[str, str | float | bool] | None = None,
        code: int | None = None,
        message: str | None = None,
        status: int | None = None,
        milliseconds: float | None = None,
        jitter: float | None = None,
        bytes: int | None = None,  # noqa: A002 - the control API's word
        probability: float | None = None,
        times: int | None = None,
        after: int | None = None,
        seed: int | None = None,
        expires_at: Moment | None = None,
        when: Literal["before", "after"] | None = None,
    ) -> SetFault:
        """Have calls fail: those of a service, operation, user, with such arguments; what is left out may be any.

        `kind` is what becomes of a call: "soap-fault" (`message`), "result" (Result is false, with `code` and
        `message`), "http" (`status`, `message`), "latency" (`milliseconds`, give or take `jitter`), "drop" (the
        connection closes without a byte), "truncate" (after so many `bytes`), "garbage" (so many random `bytes`).
        `argument`: by the inputs' names; "~fire" means that it contains fire. `times`: so many calls and no more;
        `after`: so many go unharmed first; `probability` from 0 to 1, by dice that `seed` makes repeatable;
        `expires_at`: by the emulated clock; `when`: "before" the call leaves a trace, or "after" it has happened, so
        that its answer is lost.

        `with smartertrack.fault("http", operation="CreateTicket", status=503):` takes it away at the end of the block.
        """
        fault = SetFault(
            self.control,
            fault_of(
                kind=kind,
                match={"service": service, "operation": operation, "user": user, "argument": argument},
                effect={
                    "code": code,
                    "message": message,
                    "status": status,
                    "milliseconds": milliseconds,
                    "jitter": jitter,
                    "bytes": bytes,
                },
                rest={
                    "probability": probability,
                    "times": times,
                    "after": after,
                    "seed": seed,
                    "expires_at": None if expires_at is None else written(moment_of(expires_at)),
                    "when": when,
                },
            ),
        )
        self._faults = [*(each for each in self._faults if each.is_set), fault]
        return fault

    # Clients

    def client(self, service: str) -> Client:
        """Return a zeep client of a service, "svcTickets" for one, made once: reading a WSDL takes a while.

        ValueError for a service that does not exist.
        """
        if service not in SERVICES:
            message = f"There is no service {service!r}; there are {', '.join(SERVICES)}."
            raise ValueError(message)
        if service not in self._clients:
            import zeep  # noqa: PLC0415 - needed by who asks for a client

            self._clients[service] = zeep.Client(f"{self.url}/Services2/{service}.asmx?WSDL")
        return self._clients[service]
