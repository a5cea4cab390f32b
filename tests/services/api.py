"""A running server with data, and clients that are not ours to call it with."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import requests
import zeep
from sqlalchemy import Engine, event

from smartertrack_emu.asmx.server import create_server
from smartertrack_emu.compose import Application, server_options
from smartertrack_emu.config import Settings
from smartertrack_emu.store import prepared

WSDL = Path(__file__).parents[2] / "wsdl"


class RunningServer:
    """The application on Waitress, in a thread, on a free port."""

    def __init__(self, engine: Engine, data: Path, *, application: Application | None = None, **settings: Any) -> None:
        # The journal's own statements must not be among those that tests count.
        self.settings = Settings(data=data, log_requests=False, **{"journal_calls": 0, **settings})
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.application = application or Application(self.settings, engine, own_url=self.url)
        self.engine = engine
        self._server = create_server(self.application, sockets=[listener], **server_options(self.settings, engine))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and wait for it."""
        self._server.stop()
        self._thread.join()
        self._server.close()
        self.application.close()


@cache
def _client(name: str) -> zeep.Client:
    """A zeep client of the checked-in WSDL, made once a process: reading svcTickets takes a while."""
    return zeep.Client(str(WSDL / f"{name}.wsdl"))


class Caller:
    """One service, called by one user: `caller.GetTicketInfo(1)`; lists may be given as plain lists."""

    def __init__(
        self, name: str, url: str, username: str, password: str, session: requests.Session, version: str
    ) -> None:
        client = _client(name)
        binding = next(b for b in client.wsdl.bindings if b.endswith(f"{name}Soap{version}"))
        self._operations = client.wsdl.bindings[binding].all()
        transport = zeep.Transport(session=session)
        self._service = zeep.proxy.ServiceProxy(
            _WithTransport(client, transport), client.wsdl.bindings[binding], address=f"{url}/Services2/{name}.asmx"
        )
        self._credentials = (username, password)

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        call = getattr(self._service, operation)
        elements = self._operations[operation].input.body.type.elements

        def run(*arguments: Any, **keywords: Any) -> Any:
            names = [name for name, _ in elements]
            values = {**dict(zip(names, (*self._credentials, *arguments), strict=False)), **keywords}
            return call(**{name: self._wrapped(dict(elements)[name], value) for name, value in values.items()})

        return run

    @staticmethod
    def _wrapped(element: Any, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        ((item, _),) = element.type.elements
        return {item: list(value)}


class _WithTransport:
    """A zeep client with another transport: the parsed WSDL is shared, the HTTP session is not."""

    def __init__(self, client: zeep.Client, transport: zeep.Transport) -> None:
        self._client = client
        self.transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


class Api:
    """A running server: `api.tickets("alice").GetTicketInfo(1)` calls as alice; `items(array)` is a list."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.url = server.url
        self.engine = server.engine
        self.http = requests.Session()

    def service(self, name: str, username: str, password: str | None = None, *, version: str = "") -> Caller:
        """Return a caller of a service by name; `version` "12" speaks SOAP 1.2. The password is the seed file's."""
        if password is None:
            password = "admin" if username == "admin" else f"{username}-pw"
        return Caller(name, self.url, username, password, self.http, version)

    def tickets(self, username: str, password: str | None = None) -> Caller:
        return self.service("svcTickets", username, password)

    def chats(self, username: str, password: str | None = None) -> Caller:
        return self.service("svcChats", username, password)

    def call_logs(self, username: str, password: str | None = None) -> Caller:
        return self.service("svcCallLogs", username, password)

    def organization(self, username: str, password: str | None = None) -> Caller:
        return self.service("svcOrganization", username, password)

    def kb(self, username: str, password: str | None = None) -> Caller:
        return self.service("svcKB", username, password)

    def tasks(self, username: str, password: str | None = None) -> Caller:
        return self.service("svcTasks", username, password)

    def notifications(self, username: str, password: str | None = None) -> Caller:
        return self.service("svcNotifications", username, password)

    def voip(self, username: str, password: str | None = None) -> Caller:
        return self.service("svcVoip", username, password)

    def integrations(self, username: str, password: str | None = None) -> Caller:
        return self.service("svcIntegrations", username, password)

    def post(self, service: str, body: str, **headers: str) -> requests.Response:
        """Post a raw envelope."""
        sent = {"Content-Type": "text/xml; charset=utf-8", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.http.post(f"{self.url}/Services2/{service}.asmx", data=body.encode(), headers=sent, timeout=30)

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Collect the SQL statements that the server runs meanwhile."""
        statements: list[str] = []

        def note(*arguments: Any) -> None:
            statements.append(arguments[2])

        event.listen(self.engine, "before_cursor_execute", note)
        prepared.observers.append(statements.append)
        try:
            yield statements
        finally:
            prepared.observers.remove(statements.append)
            event.remove(self.engine, "before_cursor_execute", note)

    def statements(self, call: Callable[[], Any]) -> int:
        """Return how many SQL statements a call that succeeds takes, the login's among them.

        It is made once before, for the first call of a user also notes their login and learns the roles.
        """
        assert call().Result
        with self.counting() as run:
            assert call().Result
        return len(run)


def items(array: Any) -> list[Any]:
    """Return a zeep array's items; an empty or absent array has none."""
    if array is None:
        return []
    (values,) = array.__values__.values()
    return list(values or [])
