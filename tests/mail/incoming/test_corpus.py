"""A corpus of nasty mails, each with what becomes of it and why. Formats are documented by RFCs, the rest is ours.

The files are in `tests/data/mails`. `{NUMBER}`, `{OURS}` and `{INSTALLATION}` in them stand for the number of the first
mail's ticket, for the Message-ID of our answer to it, and for what tells this installation from others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.inbox import spool
from smartertrack_emu.domain.spool.message_ids import message_id_of
from smartertrack_emu.domain.spool.models import OutgoingMail
from smartertrack_emu.domain.structure.installation import guid
from smartertrack_emu.domain.tickets.models import Ticket, TicketMessage, TicketNote
from smartertrack_emu.mail import email_import
from tests.mail.incoming.conftest import Import, PutIn

MAILS = Path(__file__).parent.parent.parent / "data" / "mails"
FIRST = "plain"


@dataclass(frozen=True)
class Case:
    """What becomes of a mail. `subject`: the ticket's or the mail's; `body`: stands in the message, `without` does not.

    `files`: the names of what is attached, in order.
    """

    outcome: str
    state: str = "imported"
    reason: str = ""
    subject: str | None = None
    body: str = ""
    without: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    is_html: bool = False


def failed(reason: str) -> Case:
    return Case("error", "failed", reason)


def ignored(outcome: str, reason: str) -> Case:
    return Case(outcome, "ignored", reason)


TICKET, REPLY = "ticket", "reply"
EXPECTED = {
    "plain": Case(TICKET, subject="It is broken", body="Hello,\nit is broken."),
    "plain-lf": Case(TICKET, subject="Only line feeds", body="One\nTwo"),
    "plain-cr": Case(TICKET, subject="Only carriage returns", body="One\nTwo"),
    "mbox-line": Case(TICKET, subject="From a mailbox file", body="Hello."),
    "html-script": Case(
        TICKET,
        body='<a href="https://example.com/" rel="noopener noreferrer">two</a>',
        without=(
            "script",
            "alert",
            "onload",
            "onclick",
            "javascript",
            "<form",
            "<input",
            "iframe",
            "object",
            "data:text",
        ),
        is_html=True,
    ),
    "alternative": Case(TICKET, body="<p>HTML form</p>", without=("plain form", "epilogue"), is_html=True),
    "inline-image": Case(TICKET, body='src="cid:nothing"', without=("cid:pic",), files=("pic.png",), is_html=True),
    "footer": Case(TICKET, body="footer of &lt;the list&gt;", without=("plain form",), is_html=True),
    "several-texts": Case(TICKET, body="first\nsecond", files=("notes.txt",)),
    "flowed": Case(TICKET, body="This is one long line.\n> a quoted one.\n spaces stay\n-- \nCora"),
    "latin1": Case(TICKET, subject="Grüße", body="Grüße für 5 €"),
    "gb2312": Case(TICKET, subject="龘你好", body="龘你好"),
    "korean": Case(TICKET, body="똠방각하"),
    "japanese": Case(TICKET, subject="こんにちは", body="こんにちは"),
    "hebrew": Case(TICKET, body="שלום"),
    "utf16": Case(TICKET, body="Hello €"),
    "cp850": Case(TICKET, body="Grüße"),
    "unknown-charset": Case(TICKET, body="Grüße"),
    "wrong-charset": Case(TICKET, body="Привет, как дела?"),
    "punycode-charset": Case(TICKET, body="a-b-c"),
    "nul-and-surrogates": Case(TICKET, body="ab ", without=("\0",)),
    "raw-8bit-header": Case(TICKET, subject="Grüße", body="Hello."),
    "split-word": Case(TICKET, subject="€ and a b =?x?="),
    "folded": Case(TICKET, subject="one two three"),
    "no-subject": Case(TICKET, subject="(no subject)"),
    "long-subject": Case(TICKET, subject=("very long " * 80)[:500]),
    "no-body": Case(TICKET, subject="Nothing", body=""),
    "no-blank-line": Case(TICKET, body="Hello this is text without a field\nand more."),
    "no-sender": failed("no sender"),
    "empty-sender": failed("no sender"),
    "not-a-message": failed("not a message"),
    "empty-lines": failed("not a message"),
    "binary": failed("not a message"),
    "no-reply": Case(TICKET, subject="Contact form"),
    "odd-addresses": Case(TICKET, subject="Addresses"),
    "high": Case(TICKET, subject="Now!"),
    "old-date": Case(TICKET, subject="From long ago"),
    "bad-date": Case(TICKET, subject="Some day"),
    "no-boundary": Case(TICKET, body="found it", without=("--abc",)),
    "lost-boundary": Case(TICKET, files=("unreadable.bin",)),
    "unclosed": Case(TICKET, body="first part", files=("a.csv",)),
    "nested-90": Case(TICKET, body="deep"),
    "nested-120": failed("too many levels: more than 100"),
    "parts-600": failed("too many parts: more than 500"),
    "files-101": failed("too many attachments: more than 100"),
    "rfc2231": Case(
        TICKET,
        files=(
            "€ rates.pdf",
            "üz.gif",
            "passwd",
            'a"b.txt',
            "Grüße.txt",
            "unnamed-6.jpg",
            "same.txt",
            "same.txt",
        ),
    ),
    "long-name": Case(TICKET, files=(f"{'n' * 196}.pdf",)),
    "broken-base64": Case(TICKET, body="Text.", files=("a.pdf", "unreadable.bin")),
    "broken-qp": Case(TICKET, body="Grüße =XX end"),
    "uuencoded": Case(TICKET, body="Text.", files=("a.bin", "b.bin", "unreadable.bin")),
    "forwarded": Case(TICKET, body="See below.", without=("inner",), files=("The - original.eml",)),
    "calendar": Case(TICKET, body="Come.", files=("unnamed-1.ics",)),
    "signed": Case(TICKET, body="I mean it.", files=("signature.asc",)),
    "winmail": Case(TICKET, body="Body in TNEF", files=("report.txt",)),
    "winmail-broken": Case(TICKET, files=("winmail.dat",)),
    "winmail-bomb": Case(TICKET, body="Body in TNEF", files=("report.txt",)),
    "reply-number": Case(REPLY, body="Here is more."),
    "reply-reference": Case(REPLY, body="Referring."),
    "reply-to-ours": Case(REPLY, body="Thanks."),
    "unknown-number": Case(TICKET, subject="[000-00000000-0000] gone"),
    "duplicate": ignored("duplicate", "The same mail was imported before"),
    "auto-reply": Case("auto-reply", body="I am away."),
    "auto-reply-lost": ignored("auto-reply", "An automatic reply that belongs to no ticket"),
    "generated": Case(TICKET, body="99 %."),
    "newsletter": Case(TICKET, body="Buy."),
    "spam": Case(TICKET, body="Win."),
    "loop-own-address": ignored("loop", "It comes from HELP@acme.example, which is an address of our own"),
    "loop-installation": ignored("loop", "It is a mail of this installation"),
    "loop-received": ignored("loop", "It has passed 51 servers"),
    "bounce-id": Case("bounce"),
    "bounce-number": Case("bounce"),
    "bounce-delayed": Case("bounce"),
    "bounce-unmatched": ignored("bounce", "A bounce of a mail that belongs to no ticket"),
    "bounce-qmail": Case("bounce"),
}


def _names(path: Path) -> str:
    return path.stem


def test_each_mail_of_the_corpus_has_its_row() -> None:
    assert {path.stem for path in MAILS.glob("*.eml")} == set(EXPECTED)
    assert len(EXPECTED) >= 40


@dataclass
class Imported:
    """The corpus as it was imported: rows by the mails' names, and what is in the database then."""

    rows: dict[str, Any]
    tickets: dict[int, Ticket]
    messages: dict[int, list[TicketMessage]]
    notes: dict[int, list[TicketNote]]
    files: dict[int, list[Attachment]]
    mails: list[OutgoingMail]


@pytest.fixture
def imported(desk: Desk, put_in: PutIn, take_in: Import) -> Imported:
    """All mails, the first one first, imported in one run."""
    first = take_in((MAILS / f"{FIRST}.eml").read_bytes())
    answer = desk.read(lambda session: session.scalars(select(OutgoingMail)).one())
    stand_for = {
        b"{NUMBER}": first.ticket_number.encode(),
        b"{OURS}": message_id_of(answer).encode(),
        b"{INSTALLATION}": desk.read(guid).encode(),
    }
    ids = {FIRST: first.id}
    for name in sorted(EXPECTED, key=lambda name: (EXPECTED[name].outcome != TICKET, name)):
        if name != FIRST:
            raw = re.sub(rb"\{[A-Z]+\}", lambda m: stand_for[m[0]], (MAILS / f"{name}.eml").read_bytes())
            ids[name] = put_in(raw)
    run = Run(desk, "email-import")
    email_import.run(run)
    assert run.done == len(EXPECTED) - 1

    def read(session: Session) -> Imported:
        found = Imported({name: spool.get(session, mail_id) for name, mail_id in ids.items()}, {}, {}, {}, {}, [])
        found.tickets = {ticket.id: ticket for ticket in session.scalars(select(Ticket))}
        for table, by in ((TicketMessage, found.messages), (TicketNote, found.notes), (Attachment, found.files)):
            for row in session.scalars(select(table).order_by(table.id)):
                by.setdefault(row.ticket_id, []).append(row)  # type: ignore[attr-defined, arg-type]
        found.mails = list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))
        return found

    return desk.read(read)


def test_the_corpus(imported: Imported) -> None:
    """Each mail has the end that it should have, and everything that it holds."""
    wrong = []
    for name, case in EXPECTED.items():
        row = imported.rows[name]
        got = (row.state, row.outcome, row.reason[: len(case.reason)] if case.reason else row.reason)
        if got != (case.state, case.outcome, case.reason):
            wrong.append(f"{name}: {got} {row.reason}")
            continue
        if case.outcome in (TICKET, REPLY, "auto-reply") and case.state == "imported":
            wrong += _look(imported, name, case)
    assert not wrong, "\n".join(wrong)


def _look(imported: Imported, name: str, case: Case) -> list[str]:
    """Return what is wrong with a mail's message."""
    ticket_id = imported.rows[name].ticket_id
    message = next(one for one in imported.messages[ticket_id] if _said_in(one, name, case))
    files = tuple(one.name for one in imported.files.get(ticket_id, ()) if one.message_id == message.id)
    said = message.body
    wrong = [f"{name}: {word!r} in {said!r}" for word in case.without if word in said]
    if case.body not in said:
        wrong.append(f"{name}: {case.body!r} not in {said!r}")
    if case.subject is not None and imported.tickets[ticket_id].subject != case.subject:
        wrong.append(f"{name}: subject {imported.tickets[ticket_id].subject!r}")
    if files != case.files:
        wrong.append(f"{name}: files {files}")
    if message.is_html is not case.is_html:
        wrong.append(f"{name}: is_html {message.is_html}")
    return wrong


def _said_in(message: TicketMessage, name: str, case: Case) -> bool:
    """Say whether a message may be a mail's: a ticket may have several."""
    return case.outcome == TICKET or case.body in message.body


def test_what_else_the_corpus_tells(imported: Imported) -> None:
    """Senders, copies, priorities, dates, notes, answers."""

    def ticket(name: str) -> Ticket:
        return imported.tickets[imported.rows[name].ticket_id]

    def message(name: str) -> TicketMessage:
        return imported.messages[ticket(name).id][0]

    assert (ticket("no-reply").customer_email, ticket("no-reply").customer_name) == ("buyer@example.com", "Buyer")
    odd = message("odd-addresses")
    assert (odd.from_name, odd.from_address) == ('Doe, John; the "one"', "john@example.com")
    assert odd.cc_address == "a@example.com, b@example.com, c@example.com, d@example.com"
    assert message("raw-8bit-header").from_name == "Jürgen"
    assert (ticket("high").priority, ticket("plain").priority) == (3, 2)
    assert message("plain").sent_at.isoformat() == "2031-03-01T10:00:00+00:00"
    for name in ("old-date", "bad-date"):
        assert message(name).sent_at.isoformat() == "2031-03-01T12:00:00+00:00"
    assert len(message("long-subject").subject) == 799
    assert f"http://desk.example/Download/{imported.files[ticket('inline-image').id][0].token}/" in (
        message("inline-image").body
    )
    first = imported.rows[FIRST].ticket_id
    for name in ("reply-number", "reply-reference", "reply-to-ours", "auto-reply", "bounce-id", "bounce-qmail"):
        assert imported.rows[name].ticket_id == first
    assert imported.rows["duplicate"].ticket_id == first
    assert imported.tickets[first].reply_count_in == 4  # the first and three replies; nobody wrote the automatic one
    notes = [note.body for note in imported.notes[first]]
    assert sum(note.startswith("Not delivered: cora@example.com") for note in notes) == 3
    assert any("Not delivered: cora@example.com: 5.1.1 550 5.1.1 no such user" in note for note in notes)
    assert any("Not delivered yet: cora@example.com: 4.4.1 450 try later" in note for note in notes)
    assert ticket("spam").is_spam
    answered = {mail.to_address for mail in imported.mails}
    assert "buyer@example.com" in answered
    assert not answered & {"cron@example.com", "news@example.com", "spam@example.com", "dora@example.com"}
