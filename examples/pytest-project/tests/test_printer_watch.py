"""Every test runs against a helpdesk of the run's own. Nothing has to be started before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from printer_watch import PrinterWatch, Refused

from smartertrack_emu.testing import Emulator


@pytest.fixture
def watch(smartertrack: Emulator) -> Iterator[PrinterWatch]:
    watch = PrinterWatch(smartertrack.url, "watch", "watch-pw")
    yield watch
    watch.close()


def test_trouble_becomes_a_ticket(smartertrack: Emulator, watch: PrinterWatch) -> None:
    number = watch.report("Printer 7", "out of paper")

    tickets = smartertrack.client("svcTickets").service
    seen = tickets.GetTicketInfoByTicketNumber("watch", "watch-pw", number)
    assert seen.Ticket.Subject == "Printer 7: out of paper"
    assert watch.status(number) == "Open"


def test_on_new_years_day(smartertrack: Emulator, watch: PrinterWatch) -> None:
    with smartertrack.at("2031-01-01T09:30:00Z", frozen=True):
        number = watch.report("Printer 7", "jammed")

        tickets = smartertrack.client("svcTickets").service
        ticket = tickets.GetTicketInfoByTicketNumber("watch", "watch-pw", number).Ticket
        assert ticket.LastReplyDateUtc == datetime(2031, 1, 1, 9, 30, tzinfo=UTC)


def test_tries_again_when_the_helpdesk_is_down(smartertrack: Emulator, watch: PrinterWatch) -> None:
    with smartertrack.fault("http", operation="CreateTicket", status=503, times=2) as down:
        assert watch.report("Printer 7", "on fire")
    assert down.hits == 2


def test_gives_up_when_it_stays_down(smartertrack: Emulator, watch: PrinterWatch) -> None:
    with smartertrack.fault("drop", operation="CreateTicket") as down, pytest.raises(Exception, match="Connection"):
        watch.report("Printer 7", "on fire")
    assert down.hits == 3


def test_says_what_was_refused(smartertrack: Emulator, watch: PrinterWatch) -> None:
    with pytest.raises(Refused, match="-4"):
        watch.status("000-00000000-0000")

    call = smartertrack.journal.last(operation="GetTicketStatus")
    assert (call.user, call.outcome, call.code) == ("watch", "refused", -4)
    assert "000-00000000-0000" in call.why


def test_begins_with_the_seed_file(smartertrack_fresh: Emulator, watch: PrinterWatch) -> None:
    tickets = smartertrack_fresh.client("svcTickets").service
    assert tickets.GetTicketsBySearch("watch", "watch-pw", {"string": []}).Tickets is None
    first = watch.report("Printer 7", "out of paper")

    smartertrack_fresh.reset()
    with pytest.raises(Refused):
        watch.status(first)
