"""Evidence: RFC 5321 and ours. Mails go out, are refused, deferred and tried again; an SMTP server is beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.events.models import Event
from smartertrack_emu.domain.spool.accounts import MailAccount
from smartertrack_emu.domain.spool.message_ids import message_id_of
from smartertrack_emu.domain.spool.models import MailKind, MailState
from smartertrack_emu.domain.spool.results import ResultState, read
from smartertrack_emu.domain.tickets.models import TicketMessage
from tests.jobs.conftest import NOON

from .conftest import Post
from .sink import Sink


def events(post: Post) -> list[int]:
    return post.desk.read(
        lambda session: list(session.scalars(select(Event.event_id).where(Event.event_id > 510000 - 1)))
    )


def test_a_mail_goes_out(post: Post, sink: Sink) -> None:
    account = post.account(sink)
    ticket = post.ticket()
    assert post.deliver().done == 1
    (got,) = sink.mails
    (mail,) = post.all()
    assert (got.sender, got.recipients) == ("desk@acme.example", ["casey@example.com"])
    assert got.message["Subject"] == f"[{ticket.number}] Fire"
    assert got.message["Message-ID"] == message_id_of(mail)
    assert mail.state is MailState.SENT
    assert [result.state for result in read(mail.results)] == [ResultState.ACCEPTED]
    assert (mail.attempts, mail.sent_at, mail.last_error) == (1, NOON, "")
    message = post.desk.read(lambda session: session.scalars(select(TicketMessage)).one())
    assert (message.delivery_status, message.internet_id) == ("sent", message_id_of(mail))
    assert post.desk.read(lambda session: session.get_one(MailAccount, account)).last_used_at == NOON
    assert post.deliver().done == 0


def test_no_account_holds_them_until_somebody_says_so(post: Post, sink: Sink) -> None:
    post.mail()
    post.deliver()
    assert post.states() == ["held"]
    post.account(sink)
    post.deliver()
    assert (post.states(), sink.mails) == (["held"], [])


def test_none_is_tried_before_its_age(post: Post, sink: Sink) -> None:
    post.settings(mail_delay_seconds=10)
    post.account(sink)
    post.mail()
    assert post.deliver().done == 0
    with clock.frozen(NOON + timedelta(seconds=10)):
        assert post.deliver().done == 1


def test_some_accepted_and_some_refused(post: Post, sink: Sink) -> None:
    sink.at_rcpt = {"no@example.com": "550 nobody", "later@example.com": "450 later"}.get
    post.account(sink)
    mail_id = post.mail(
        "yes@example.com", cc_address="no@example.com", bcc_address="later@example.com, YES@example.com"
    )
    post.deliver()
    mail = post.get(mail_id)
    assert [(one.address, one.state.value) for one in read(mail.results)] == [
        ("yes@example.com", "accepted"),
        ("no@example.com", "refused"),
        ("later@example.com", "waiting"),
    ]
    assert (mail.state, mail.next_attempt_at) == (MailState.WAITING, NOON + timedelta(seconds=60))
    assert sink.mails[0].recipients == ["yes@example.com"]
    assert b"later@" not in sink.mails[0].data
    sink.at_rcpt = lambda _: None
    with clock.frozen(NOON + timedelta(seconds=60)):
        post.deliver()
    assert sink.mails[1].recipients == ["later@example.com"]
    assert sink.mails[1].data == sink.mails[0].data
    assert post.states() == ["sent"]
    assert events(post) == [510002]


@pytest.mark.parametrize("step", ["at_mail", "at_rcpt", "at_data"])
def test_refused_for_good(post: Post, sink: Sink, step: str) -> None:
    setattr(sink, step, lambda _: "554 never")
    post.account(sink)
    post.mail()
    post.deliver()
    (mail,) = post.all()
    assert (mail.state, mail.last_error, mail.ended_at) == (MailState.FAILED, "554 never", NOON)
    assert events(post) == [510002]


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        ("at_mail", "451 later"),
        ("at_rcpt", "451 later"),
        ("at_data", "451 later"),
        ("at_mail", "drop"),
        ("at_rcpt", "drop"),
        ("at_data", "drop"),
        ("at_data", "hang"),
    ],
)
def test_tried_again(post: Post, sink: Sink, step: str, reply: str) -> None:
    setattr(sink, step, lambda _: reply)
    post.account(sink, timeout_seconds=1)
    post.mail()
    post.deliver()
    (mail,) = post.all()
    assert (mail.state, mail.attempts) == (MailState.WAITING, 1)
    assert mail.next_attempt_at == NOON + timedelta(seconds=60)
    assert mail.last_error
    setattr(sink, step, lambda _: None)
    with clock.frozen(mail.next_attempt_at):
        post.deliver()
    assert post.states() == ["sent"]


def test_the_times_of_further_attempts(post: Post, sink: Sink) -> None:
    sink.at_mail = lambda _: "451 later"
    post.account(sink)
    mail_id = post.mail()
    times = []
    moment = NOON
    while post.get(mail_id).state is MailState.WAITING:
        with clock.frozen(moment):
            post.deliver()
        times.append((moment - NOON).total_seconds())
        moment = post.get(mail_id).next_attempt_at
    assert times[:6] == [0, 60, 360, 1260, 4860, 8460]
    assert times[-1] == 48 * 3600
    assert post.get(mail_id).state is MailState.FAILED
    assert read(post.get(mail_id).results)[0].state is ResultState.REFUSED


def test_421_ends_what_goes_over_the_connection(post: Post, sink: Sink) -> None:
    sink.at_mail = lambda _: "421 closing"
    post.account(sink)
    post.mail()
    post.mail()
    post.deliver()
    assert [mail.attempts for mail in post.all()] == [1, 0]
    assert sink.connections == 1


def test_no_connection_is_told_once(post: Post, sink: Sink) -> None:
    account = post.account(sink, port=1)
    post.mail()
    post.mail()
    run = post.deliver()
    assert [mail.attempts for mail in post.all()] == [1, 1]
    assert post.states() == ["waiting", "waiting"]
    assert events(post) == [510000]
    assert "127.0.0.1:1" in run.errors[0]
    assert "127.0.0.1:1" in post.desk.read(lambda session: session.get_one(MailAccount, account)).last_error


def test_no_connection_for_error_mails_is_told_in_no_further_one(
    post: Post, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    post.account(sink, port=1)
    post.mail(kind=MailKind.ERROR)
    post.deliver()
    post.mail()
    post.deliver()
    assert [getattr(record, "mail_kind", "") for record in caplog.records] == ["error", ""]


def test_lost_after_the_last_dot_is_sent_again_as_it_was(post: Post, sink: Sink) -> None:
    sink.at_data = lambda _: "drop after"
    post.account(sink)
    post.mail()
    post.deliver()
    sink.at_data = lambda _: None
    with clock.frozen(NOON + timedelta(seconds=60)):
        post.deliver()
    first, second = sink.mails
    assert first.data == second.data
    assert post.states() == ["sent"]


def test_one_connection_for_a_hundred_mails(post: Post, sink: Sink) -> None:
    post.account(sink)
    for number in range(102):
        post.mail(subject=f"{number}")
    post.deliver()
    assert sink.connections == 2
    assert [got.message["Subject"] for got in sink.mails] == [f"{number}" for number in range(102)]
    assert sink.commands.count("RSET") == 100


def test_a_hundred_recipients_a_transaction(post: Post, sink: Sink) -> None:
    post.account(sink)
    post.mail(", ".join(f"a{number}@example.com" for number in range(250)))
    post.deliver()
    assert [len(got.recipients) for got in sink.mails] == [100, 100, 50]
    assert len({got.data for got in sink.mails}) == 1


def test_no_more_than_500_by_schedule(post: Post, monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    monkeypatch.setattr("smartertrack_emu.mail.sending.MOST", 3)
    post.account(sink)
    for _ in range(5):
        post.mail()
    run = post.deliver(requested=False)
    assert (run.done, run.detail) == (3, "More may wait for the next run.")
    assert post.deliver().done == 2


def test_several_senders(post: Post, sink: Sink) -> None:
    post.settings(mail_senders=3)
    post.account(sink)
    for _ in range(9):
        post.mail()
    assert post.deliver().done == 9
    assert sink.connections == 3


def test_whose_account(post: Post, make_sink: Callable[..., Sink]) -> None:
    sinks = [make_sink() for _ in range(3)]
    post.account(sinks[0])
    post.account(sinks[1], brand_id=1)
    of_department = post.account(sinks[2], department_id=1)
    post.ticket()
    post.deliver()
    post.desk.write(lambda session: setattr(session.get_one(MailAccount, of_department), "enabled", False))
    post.ticket()
    post.mail()
    post.deliver()
    assert [len(one.mails) for one in sinks] == [1, 1, 1]


def test_what_a_dead_run_was_sending_is_sent(post: Post, sink: Sink) -> None:
    post.account(sink)
    mail_id = post.mail()

    def die(session: object) -> None:
        mail = session.get_one(type(post.get(mail_id)), mail_id)  # type: ignore[attr-defined]  # a session
        mail.state, mail.holder, mail.attempts = MailState.SENDING, "smtp-delivery:dead", 1

    post.desk.write(die)
    post.deliver()
    assert (post.states(), post.get(mail_id).attempts) == (["sent"], 2)
