"""Opens a ticket when a printer reports trouble."""

from __future__ import annotations

from typing import Any

import requests
from zeep import Client
from zeep.exceptions import TransportError


class Refused(Exception):  # noqa: N818 - what the helpdesk did
    """The helpdesk understood the call and refused it."""


class PrinterWatch:
    """Reports to a helpdesk; `attempts` is how often it tries before it gives up."""

    def __init__(self, url: str, username: str, password: str, attempts: int = 3) -> None:
        self._service = Client(f"{url}/Services2/svcTickets.asmx?WSDL").service
        self._credentials = (username, password)
        self._attempts = attempts

    def report(self, printer: str, trouble: str) -> str:
        """Open a ticket and return its number."""
        answer = self._call(
            "CreateTicket", 1, 1, 0, "office@acme.example", f"{printer}: {trouble}", trouble, False, False, False
        )
        number: str = answer.RequestResult
        return number

    def status(self, number: str) -> str:
        """Return a ticket's status."""
        status: str = self._call("GetTicketStatus", number).RequestResult
        return status

    def _call(self, operation: str, *arguments: Any) -> Any:
        for left in reversed(range(self._attempts)):
            try:
                answer = getattr(self._service, operation)(*self._credentials, *arguments)
                break
            except (TransportError, requests.ConnectionError):
                if not left:
                    raise
        if not answer.Result:
            message = f"{answer.ResultCode}: {answer.Message}"
            raise Refused(message)
        return answer

    def close(self) -> None:
        """Let go of the connection."""
        self._service._client.transport.session.close()  # noqa: SLF001 - zeep has no other way
