"""An SMTP server that takes mails, and refuses, defers, hangs or drops as a test says: aiosmtpd."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class Received:
    """A mail as the server got it."""

    sender: str
    recipients: list[str]
    data: bytes

    @property
    def message(self) -> Message:
        """The mail, parsed."""
        return cast("Message", message_from_bytes(self.data, policy=default))


Answer = Callable[[str], str | None]
"""What a step answers: given the address or the data's sender, a reply or None for yes."""


@dataclass
class Sink:
    """What the server got, and how it behaves. A step answers a reply such as `550 no`; `drop` closes, `hang` waits."""

    port: int = 0
    mails: list[Received] = field(default_factory=list)
    connections: int = 0
    logins: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    at_mail: Answer = lambda _: None
    at_rcpt: Answer = lambda _: None
    at_data: Answer = lambda _: None
    password: str = "secret"
    has_login: bool = False

    # aiosmtpd's hooks

    async def handle_MAIL(self, server: Any, _: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        self.commands.append(f"MAIL {address} {' '.join(options)}")
        return await self._answer(server, self.at_mail(address), lambda: _set(envelope, "mail_from", address, options))

    async def handle_RCPT(self, server: Any, _: Any, envelope: Envelope, address: str, __: list[str]) -> str:
        return await self._answer(server, self.at_rcpt(address), lambda: envelope.rcpt_tos.append(address))

    async def handle_RSET(self, _: Any, __: Any, ___: Envelope) -> str:
        self.commands.append("RSET")
        return "250 OK"

    async def handle_DATA(self, server: Any, _: Any, envelope: Envelope) -> str:
        data = bytes(cast("bytes", envelope.content))
        got = Received(envelope.mail_from or "", list(envelope.rcpt_tos), data)
        return await self._answer(server, self.at_data(envelope.mail_from or ""), lambda: self.mails.append(got))

    async def _answer(self, server: Any, reply: str | None, do: Callable[[], object]) -> str:
        if reply == "drop":
            server.transport.abort()
            return "250 never"
        if reply == "drop after":
            do()
            server.transport.abort()
            return "250 never"
        if reply == "hang":
            await asyncio.sleep(30)
        if reply is not None:
            return reply
        do()
        return "250 OK"

    def authenticate(self, _: Any, __: Session, ___: Any, mechanism: str, data: Any) -> AuthResult:
        """Check a login."""
        self.logins.append(mechanism)
        return AuthResult(success=data.password.decode() == self.password, handled=False)


def _set(envelope: Envelope, name: str, address: str, options: list[str]) -> None:
    setattr(envelope, name, address)
    envelope.mail_options.extend(options)


class Running:
    """A sink that listens, in a thread of its own."""

    def __init__(self, sink: Sink, **options: Any) -> None:
        self.sink = sink
        self._options = options
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sink", daemon=True)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        context: ssl.SSLContext | None = self._options.pop("listen_tls", None)

        def make() -> SMTP:
            self.sink.connections += 1
            options = dict(self._options)
            if self.sink.has_login:
                options["authenticator"] = self.sink.authenticate
            return SMTP(self.sink, hostname="sink.example", loop=self._loop, **options)

        server = self._loop.run_until_complete(self._loop.create_server(make, "127.0.0.1", self.sink.port, ssl=context))
        self.sink.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def stop(self) -> None:
        """Listen no more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
