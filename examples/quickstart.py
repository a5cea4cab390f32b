"""A ticket's first minutes through zeep; `python examples/quickstart.py [SERVER]` beside `make serve`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any
from urllib.request import urlopen

from zeep import Client

USER = ("alice", "alice-pw")


def done(answer: Any) -> Any:
    """Return a good answer; a failed call says why in Message, and is no SOAP fault."""
    if not answer.Result:
        message = f"{answer.ResultCode}: {answer.Message}"
        raise SystemExit(message)
    return answer


def main(server: str) -> None:
    """Open a ticket, read it, attach a file, find it again."""
    tickets = Client(f"{server}/Services2/svcTickets.asmx?WSDL").service
    number = done(
        tickets.CreateTicket(
            *USER, 1, 1, 0, "ann@example.com", "Grüße: printer on fire", "Help is on its way.", False, True, False
        )
    ).RequestResult
    ticket = done(tickets.GetTicketInfoByTicketNumber(*USER, number)).Ticket
    print(f"{ticket.TicketNumber}: {ticket.Subject}, priority {ticket.Priority}")

    data = b"smoke"
    file = done(tickets.AddTicketAttachment(*USER, number, 0, "smoke.txt", data, len(data), datetime.now(UTC))).File
    with urlopen(f"{server}/{file.downloadUrl}") as download:
        print(f"{file.fileNameOriginal}: {download.read().decode()}")

    found = done(tickets.GetTicketsBySearch(*USER, {"string": ["EmailAddress=ann@example.com", "IsOpen=true"]}))
    print(f"{len(found.Tickets.TicketInfo)} open tickets of ann@example.com")

    missing = tickets.GetTicketInfo(*USER, 99999)
    print(f"{missing.Result}, {missing.ResultCode}: {missing.Message}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:9996")
