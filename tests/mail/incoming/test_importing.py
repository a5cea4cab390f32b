"""The rules of mails that come in. That a number finds its ticket, and a reply opens it, is documented; rest ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.errors import NotPossible, Unavailable
from smartertrack_emu.domain.events.models import Event
from smartertrack_emu.domain.inbox import importing, spool
from smartertrack_emu.domain.inbox.models import IncomingMail
from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.people.models import BuiltInRole, User
from smartertrack_emu.domain.spool import results
from smartertrack_emu.domain.spool.accounts import AccountKind, MailAccount
from smartertrack_emu.domain.spool.message_ids import message_id_of
from smartertrack_emu.domain.spool.models import OutgoingMail
from smartertrack_emu.domain.spool.results import Result, ResultState
from smartertrack_emu.domain.structure import engine_settings
from smartertrack_emu.domain.structure.models import Department, Group, GroupMember
from smartertrack_emu.domain.tickets.models import Ticket, TicketMessage, TicketNote
from smartertrack_emu.mail import email_import
from smartertrack_emu.mail.parsing.reading import read_letter
from tests.mail.incoming.conftest import NOON, OURS, Import, PutIn, mail


def rows(desk: Desk, table: Any) -> list[Any]:
    return desk.read(lambda session: list(session.scalars(select(table).order_by(table.id))))


def ticket(desk: Desk) -> Ticket:
    return rows(desk, Ticket)[0]  # type: ignore[no-any-return]


def settings(desk: Desk, **numbers: object) -> None:
    desk.write(lambda session: engine_settings.change(session, numbers))


def set_ticket(desk: Desk, **columns: Any) -> None:
    flags = {}
    if "status" in columns:
        flags = {"is_open": columns["status"].is_open, "is_active": columns["status"].is_active}
    desk.write(lambda session: session.execute(update(Ticket).values(columns | flags)))


def mails_of(desk: Desk, template: str) -> list[str]:
    return [one.to_address for one in rows(desk, OutgoingMail) if one.template == template]


def happened(desk: Desk) -> list[int]:
    return [one.event_id for one in rows(desk, Event)]


def add_agent(desk: Desk, email: str) -> int:
    return desk.write(
        lambda session: users.create(
            session, users.SYSTEM, username=email, password=None, email=email, role_ids=[BuiltInRole.AGENT]
        )
    )


def test_a_new_ticket(desk: Desk, take_in: Import) -> None:
    row = take_in(mail(Message_ID="<1@example.com>"))
    assert (row.state, row.outcome, row.reason, row.attempts) == ("imported", "ticket", "", 1)
    (message,) = rows(desk, TicketMessage)
    assert row.ticket_number == ticket(desk).number
    assert (ticket(desk).opened_at, ticket(desk).idle_since, ticket(desk).reply_count_in) == (NOON, NOON, 1)
    assert (message.from_name, message.to_address, message.internet_id) == (
        "Cora Customer",
        OURS,
        "<1@example.com>",
    )
    assert happened(desk)[-1:] == [502000] or 502000 in happened(desk)
    assert {one.actor_name for one in rows(desk, Event)} == {"system"}
    assert mails_of(desk, "auto-responder") == ["cora@example.com"]
    customer = desk.read(lambda s: s.scalars(select(User).where(User.email == "cora@example.com")).one())
    assert (customer.id, customer.password_hash) == (ticket(desk).customer_id, None)


@pytest.mark.parametrize("status", [TicketStatus.OPEN, TicketStatus.WAITING, TicketStatus.CLOSED])
def test_a_reply(desk: Desk, take_in: Import, status: TicketStatus) -> None:
    number = take_in(mail()).ticket_number
    set_ticket(desk, status=status, is_spam=True, is_pinned=True)
    row = take_in(mail("More.", Subject=f"Re: [{number.lower()}] x", From="other@example.com"))
    assert (row.outcome, row.ticket_number) == ("reply", number)
    one = ticket(desk)
    assert (one.status, one.reply_count_in, one.is_spam, one.is_pinned) == (TicketStatus.OPEN, 2, True, True)
    assert rows(desk, TicketMessage)[-1].from_address == "other@example.com"
    assert 502007 in happened(desk)
    assert (502002 in happened(desk)) is (status is not TicketStatus.OPEN)
    assert mails_of(desk, "auto-responder") == ["cora@example.com"]  # never for a reply


def test_a_locked_ticket(desk: Desk, take_in: Import) -> None:
    number = take_in(mail()).ticket_number
    set_ticket(desk, status=TicketStatus.LOCKED)
    with clock.frozen(NOON + timedelta(minutes=5)):
        row = take_in(mail("More.", Subject=number))
        assert (row.state, row.outcome, row.ticket_number) == ("ignored", "rejected", number)
        assert row.reason == f"rejected: ticket {number} is closed and locked."
        assert mails_of(desk, "rejected-locked") == ["cora@example.com"]
        take_in(mail("More.", Subject=number, From="list@example.com", List_Id="<x>"))
        assert mails_of(desk, "rejected-locked") == ["cora@example.com"]
    assert len(rows(desk, TicketMessage)) == 1


def test_a_deleted_ticket(desk: Desk, take_in: Import) -> None:
    number = take_in(mail(Message_ID="<1@example.com>")).ticket_number
    set_ticket(desk, is_deleted=True)
    row = take_in(mail(Subject=number, In_Reply_To="<1@example.com>"))
    assert row.outcome == "ticket"
    assert row.ticket_number != number


def test_a_number_wins_over_references(desk: Desk, take_in: Import) -> None:
    first = take_in(mail(Message_ID="<1@example.com>")).ticket_number
    second = take_in(mail(Message_ID="<2@example.com>")).ticket_number
    assert take_in(mail(Subject=f"x {second}", In_Reply_To="<1@example.com>")).ticket_number == second
    assert take_in(mail(References="<1@example.com> <2@example.com> <no@where>")).ticket_number == second
    assert take_in(mail(In_Reply_To="<1@example.com>", References="<2@example.com>")).ticket_number == first
    assert take_in(mail(Subject=f"9{second}")).outcome == "ticket"


def test_an_employee(desk: Desk, take_in: Import) -> None:
    """From proves nothing: what comes from an agent's address is a note, mailed to nobody."""
    agent_id = add_agent(desk, "Alice@acme.example")
    desk.write(lambda session: session.add(GroupMember(group_id=1, user_id=agent_id)))
    number = take_in(mail()).ticket_number
    before = len(rows(desk, OutgoingMail))
    row = take_in(mail("I <b>think</b> so.", Subject=number, From="alice@acme.example"))
    assert (row.state, row.outcome) == ("imported", "note")
    (note,) = rows(desk, TicketNote)
    assert (note.author_id, note.body) == (agent_id, "I &lt;b&gt;think&lt;/b&gt; so.")
    assert desk.read(lambda session: session.get_one(GroupMember, (1, agent_id)).last_action_at) == clock.now()
    assert ticket(desk).reply_count_in == 1
    assert len(rows(desk, OutgoingMail)) == before
    own = take_in(mail(From="alice@acme.example"))
    assert own.outcome == "ticket"
    assert take_in(mail(From="alice@acme.example", Subject=own.ticket_number)).outcome == "reply"


def test_departments(desk: Desk, take_in: Import) -> None:
    """The account's, else the one it was sent to, else the first."""

    def make(session: Session) -> tuple[int, int]:
        session.add(Department(id=7, brand_id=1, name="Sales", email="sales@acme.example"))
        session.flush()
        session.add(Group(department_id=7, name="Sellers"))
        accounts = [
            MailAccount(kind=AccountKind.POP, host="x", port=110, department_id=7, address="shop@acme.example"),
            MailAccount(kind=AccountKind.POP, host="x", port=110),
        ]
        session.add_all(accounts)
        session.flush()
        return accounts[0].id, accounts[1].id

    own, none = desk.write(make)

    def department(raw: bytes, **given: Any) -> int:
        take_in(raw, **given)
        return rows(desk, Ticket)[-1].department_id  # type: ignore[no-any-return]

    assert department(mail(), account_id=own) == 7
    assert department(mail(To="nobody@example.com"), account_id=none) == 1
    assert department(mail(To="x@y.z, Sales@acme.example")) == 7
    assert department(mail(To="x@y.z", Cc="SHOP@acme.example")) == 7
    assert department(mail(To=OURS, Delivered_To="sales@acme.example")) == 7
    assert department(mail(To=OURS, X_Original_To="shop@acme.example")) == 7
    assert department(mail(To="")) == 1


def test_who_may_open_tickets(desk: Desk, take_in: Import) -> None:
    desk.write(lambda s: s.execute(update(Department).values(new_ticket_role_id=BuiltInRole.REGISTERED_USER)))
    row = take_in(mail())
    assert (row.state, row.outcome) == ("ignored", "rejected")
    assert row.reason.startswith("rejected: cora@example.com lacks the role")
    assert mails_of(desk, "rejected-requirements") == ["cora@example.com"]
    desk.write(lambda s: users.create(s, users.SYSTEM, username="dora", password=None, email="dora@example.com"))
    assert take_in(mail(From="Dora <DORA@example.com>")).outcome == "ticket"


@pytest.mark.parametrize("listed", ["CORA@example.com", "@example.com"])
def test_blocked_senders(desk: Desk, take_in: Import, listed: str) -> None:
    settings(desk, blocked_senders=["x@y.z", listed])
    row = take_in(mail())
    assert (row.state, row.outcome) == ("ignored", "rejected")
    assert row.reason == "rejected: cora@example.com is a blocked sender."
    assert mails_of(desk, "rejected-policy") == ["cora@example.com"]


def test_too_many_tickets(desk: Desk, take_in: Import) -> None:
    settings(desk, tickets_per_sender_per_hour=2)
    first = take_in(mail()).ticket_number
    take_in(mail("Two."))
    row = take_in(mail("Three."))
    assert (row.state, row.outcome) == ("failed", "error")
    assert row.reason == "too many tickets: cora@example.com has opened 2 within an hour, where 2 are the most."
    assert 509003 in happened(desk)
    assert take_in(mail("A reply.", Subject=first)).outcome == "reply"
    assert take_in(mail(From="dora@example.com")).outcome == "ticket"
    with clock.frozen(NOON + timedelta(hours=1, seconds=1)):
        desk.write(lambda session: spool.retry(session, row.id))
        email_import.run(Run(desk, "email-import"))
    assert desk.read(lambda session: spool.get(session, row.id)).outcome == "ticket"


def test_answers_have_limits(desk: Desk, take_in: Import) -> None:
    """None within a minute of the last; what is kept back stands in the ticket's history."""
    take_in(mail("One."))
    take_in(mail("Two."))
    assert mails_of(desk, "auto-responder") == ["cora@example.com"]
    assert 502907 in happened(desk)


def test_two_thousand_recipients(desk: Desk, take_in: Import) -> None:
    to = ", ".join([OURS, *(f"user{n}@example.com" for n in range(2_000)), "USER7@example.com"])
    assert take_in(mail(To=to)).outcome == "ticket"
    (message,) = rows(desk, TicketMessage)
    copied = message.cc_address.split(", ")
    assert (len(copied), copied[0], copied[-1]) == (100, "user0@example.com", "user99@example.com")
    (note,) = rows(desk, TicketNote)
    assert note.body == "The mail went to 1900 further recipients, who are not copied on its message."


def test_files(desk: Desk, take_in: Import) -> None:
    head = 'multipart/mixed; boundary="b"'
    large = "x" * 1_500_000
    body = f'--b\r\n\r\nHello.\r\n--b\r\nContent-Type: text/csv; name="a.csv"\r\n\r\n{large}\r\n--b--\r\n'
    number = take_in(mail(body, Content_Type=head)).ticket_number
    (file,) = rows(desk, Attachment)
    (message,) = rows(desk, TicketMessage)
    assert (file.name, file.received_length, file.is_complete, file.message_id) == (
        "a.csv",
        1_500_000,
        True,
        message.id,
    )
    with files.open_content(desk.attachments, file) as content:
        assert content.read() == large.encode()
    assert file.sender_name == "Cora Customer"
    add_agent(desk, "alice@acme.example")
    take_in(mail(body, Content_Type=head, Subject=number, From="alice@acme.example"))
    noted = rows(desk, Attachment)[-1]
    assert (noted.ticket_id, noted.message_id) == (file.ticket_id, None)


def test_a_mail_that_stops_the_process(desk: Desk, put_in: PutIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each try is counted before its work; the fourth is not made, and the next mail goes on."""
    bad, good = put_in(mail("Bad.")), put_in(mail("Good.", From="dora@example.com"))

    def kill(*_: object) -> None:
        raise KeyboardInterrupt  # nothing of the run goes on

    for tried in (1, 2, 3):
        with monkeypatch.context() as patched:
            patched.setattr(email_import, "read_letter", kill)
            with pytest.raises(KeyboardInterrupt):
                email_import.run(Run(desk, "email-import"))
        row = desk.read(lambda session: spool.get(session, bad))
        assert (row.state, row.attempts) == ("waiting", tried)
    run = Run(desk, "email-import")
    email_import.run(run)
    row = desk.read(lambda session: spool.get(session, bad))
    assert (row.state, row.reason[:32]) == ("failed", "Its import was begun three times")
    assert desk.read(lambda session: spool.get(session, good)).outcome == "ticket"


def test_an_error_of_ours(
    desk: Desk, put_in: PutIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = put_in(mail("Bad.")), put_in(mail("Good."))
    read = read_letter

    def fail(raw: bytes, address_of: Any) -> Any:
        if b"Bad." in raw:
            raise ZeroDivisionError("secret")
        return read(raw, address_of)

    monkeypatch.setattr(email_import, "read_letter", fail)
    run = Run(desk, "email-import")
    email_import.run(run)
    row = desk.read(lambda session: spool.get(session, bad))
    assert (row.state, row.outcome) == ("failed", "error")
    assert row.reason == "An unexpected error occurred; it has been logged."
    assert (row.sender, row.subject) == ("cora@example.com", "It is broken")
    assert run.errors == [f"incoming mail {bad}: {row.reason}"]
    assert desk.read(lambda session: spool.get(session, good)).state == "imported"


def test_the_database_is_away(desk: Desk, put_in: PutIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail waits on, and its try does not count."""
    mail_id = put_in(mail())

    def away(*_: object) -> None:
        raise Unavailable("The database is not available.")

    with monkeypatch.context() as patched:
        patched.setattr(importing, "take_in", away)
        with pytest.raises(Unavailable):
            email_import.run(Run(desk, "email-import"))
    row = desk.read(lambda session: spool.get(session, mail_id))
    assert (row.state, row.attempts) == ("waiting", 0)


def test_bytes_that_are_gone(desk: Desk, put_in: PutIn) -> None:
    mail_id = put_in(mail())
    sha256 = desk.read(lambda session: spool.raw(session, mail_id))
    files.content_path(desk.attachments, sha256).unlink()
    email_import.run(Run(desk, "email-import"))
    row = desk.read(lambda session: spool.get(session, mail_id))
    assert (row.state, row.reason) == ("failed", "Its content is not on the disk any more.")


def test_nothing_is_half_done(desk: Desk, take_in: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails at the very end leaves no ticket, message or mail."""

    def fail(*_: object, **__: object) -> None:
        raise NotPossible("No.")

    with monkeypatch.context() as patched:
        patched.setattr(spool, "finish", fail)
        with pytest.raises(NotPossible):
            take_in(mail())
    assert not rows(desk, Ticket)
    assert not rows(desk, TicketMessage)
    assert not rows(desk, OutgoingMail)


def test_a_run_is_finite(desk: Desk, put_in: PutIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        put_in(mail(f"{n}"))
    monkeypatch.setattr(email_import, "MOST_ROWS", 2)
    run = Run(desk, "email-import")
    email_import.run(run)
    assert (run.done, run.detail) == (2, "2 mails are the most of a run; more wait for the next one.")


@pytest.mark.parametrize("is_analyzed", [False, True])
def test_what_waits_is_found_by_an_index(desk: Desk, is_analyzed: bool) -> None:
    """A run with nothing due looks at no mail that has ended."""
    row = {"state": "imported", "length": 1, "received_at": NOON, "sender": "", "subject": "", "reason": ""}
    asked: list[tuple[str, Any]] = []

    @event.listens_for(desk.engine, "before_cursor_execute")
    def note(*given: Any) -> None:
        asked.append((given[2], given[3]))

    def work(session: Session) -> str:
        session.execute(insert(IncomingMail), [row | {"attempts": 1, "is_whole": True} for _ in range(5_000)])
        connection = session.connection()
        if is_analyzed:
            connection.exec_driver_sql("ANALYZE")
        spool.next_waiting(session, 0)
        statement, parameters = asked[-1]
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        return str(connection.exec_driver_sql(f"{explain} {statement}", parameters).all())

    plan = desk.write(work)
    assert "ix_incoming_mails_state_id" in plan or "ix_incoming_mails_waiting" in plan


def test_a_bounce(desk: Desk, take_in: Import) -> None:
    """The recipient that our mail did not reach is marked, an event tells of them, and the ticket stays as it is."""
    first = take_in(mail())
    (answer,) = rows(desk, OutgoingMail)
    sent = results.written([Result("cora@example.com", ResultState.ACCEPTED, "250 OK"), Result("other@example.com")])
    desk.write(lambda session: session.execute(update(OutgoingMail).values(results=sent)))
    set_ticket(desk, status=TicketStatus.WAITING)
    status = (
        "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; CORA@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    body = (
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{status}Diagnostic-Code: smtp; 550 no such user\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id_of(answer)}\r\n--b--\r\n"
    )
    head = {"From": "<>", "Return_Path": "<>", "Subject": "Undelivered"}
    row = take_in(mail(body, Content_Type="multipart/report; report-type=delivery-status; boundary=b", **head))
    assert (row.state, row.outcome, row.ticket_number) == ("imported", "bounce", first.ticket_number)
    (told,) = [one for one in rows(desk, Event) if one.event_id == 510002]
    assert '"customer_email":"CORA@example.com"' in told.arguments
    assert '"final":true' in told.arguments
    assert results.read(rows(desk, OutgoingMail)[0].results) == (
        Result("cora@example.com", ResultState.BOUNCED, "5.1.1 550 no such user"),
        Result("other@example.com"),
    )
    assert (ticket(desk).status, ticket(desk).reply_count_in) == (TicketStatus.WAITING, 1)
    assert rows(desk, TicketNote)[0].body == "Not delivered: CORA@example.com: 5.1.1 550 no such user"


def test_an_automatic_reply_changes_nothing(desk: Desk, take_in: Import) -> None:
    number = take_in(mail()).ticket_number
    set_ticket(desk, status=TicketStatus.WAITING)
    before = ticket(desk)
    row = take_in(mail("I am away.", Subject=number, Auto_Submitted="auto-replied"))
    assert (row.state, row.outcome) == ("imported", "auto-reply")
    after = ticket(desk)
    assert (after.status, after.reply_count_in, after.idle_since) == (
        TicketStatus.WAITING,
        before.reply_count_in,
        before.idle_since,
    )
    assert len(rows(desk, TicketMessage)) == 2
