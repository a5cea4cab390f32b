"""Evidence: RFC 5322, 2045 to 2047, 2231, 3834. What mails look like; whatever is in them, headers are ours."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.domain.across.letters import Enclosed, Letter
from smartertrack_emu.domain.spool.mails import numbered, once
from smartertrack_emu.mail.making import make

LETTER = Letter(
    mail_id=17,
    message_id="<168-24F24A57-000E.17.5f2b9c1d7a3e4f60@acme.example>",
    date=datetime(2031, 3, 1, 12, tzinfo=UTC),
    from_address="desk@acme.example",
    from_name="Alice Agent",
    to=("casey@example.com",),
    cc=(),
    recipients=("casey@example.com", "secret@example.com"),
    envelope_sender="desk@acme.example",
    subject="Fire",
    body="It burns.",
    is_html=False,
    in_reply_to="",
    references=(),
    auto_submitted="",
    kind="message",
    installation="0c7ad4a1-5a6e-4f3c-9d57-0d7a9d7f3a10",
    ticket_number="168-24F24A57-000E",
    enclosed=(),
)
HEADERS = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "MIME-Version",
    "X-Emu-Installation",
    "X-Emu-Ticket",
    "X-Emu-Kind",
    "Content-Type",
    "Content-Transfer-Encoding",
]
ANYTHING = st.text(max_size=3000)
NASTY = st.one_of(
    ANYTHING,
    st.text(alphabet='\r\n\0 \tB:c=?<>@,;"\\', max_size=200),
    st.sampled_from(["x" * 5000, "ä" * 2000, "a\r\nBcc: evil@example.com", "=?utf-8?q?x?=", "\u2028\ud800"]),
)


def made(letter: Letter, **files: bytes) -> EmailMessage:
    """Make a mail's bytes, look at what holds for all, and read them."""
    data = make(letter, lambda one: files[one.sha256]).data
    lines = data.split(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert max(map(len, lines)) < 998
    return message_from_bytes(data, policy=default)


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


def test_plain_text_alone() -> None:
    message = made(LETTER)
    assert message.keys() == HEADERS
    assert message["From"] == "Alice Agent <desk@acme.example>"
    assert message["To"] == "casey@example.com"
    assert message["Message-ID"] == LETTER.message_id
    assert message["X-Emu-Ticket"] == LETTER.ticket_number
    assert message.get_content_type() == "text/plain"
    assert text_of(message) == "It burns."


def test_html_with_its_text() -> None:
    message = made(LETTER._replace(body="<p>It <b>burns</b>.</p>", is_html=True))
    assert message.get_content_type() == "multipart/alternative"
    assert text_of(message).strip() == "It burns."
    assert text_of(message, "html") == "<p>It <b>burns</b>.</p>"


def test_what_the_helpdesk_writes_by_itself_says_so() -> None:
    message = made(LETTER._replace(auto_submitted="auto-replied", kind="auto_responder"))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Precedence"] is None


def test_a_thread() -> None:
    ids = tuple(f"<{number}@example.com>" for number in range(20))
    message = made(LETTER._replace(in_reply_to=ids[-1], references=(*ids, "<bad id@x>\r\nBcc: a@b")))
    assert message["In-Reply-To"] == ids[-1]
    assert message["References"].split() == list(ids)


def test_nobody_in_to() -> None:
    assert made(LETTER._replace(to=(), cc=()))["To"] == "undisclosed-recipients:;"


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("log.txt", "text/plain"),
        ('a "quoted" \\ name.txt', "text/plain"),
        ("übergrößenträger.pdf", "application/pdf"),
        ("漢" * 200 + ".png", "image/png"),
        ("a" * 250, "application/octet-stream"),
        ("mail.eml", "application/octet-stream"),
    ],
)
def test_files(name: str, type_: str) -> None:
    content = bytes(range(256)) * 9
    message = made(LETTER._replace(enclosed=(Enclosed(name, "", "one", len(content)),)), one=content)
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == (name, type_)
    assert file.get_payload(decode=True) == content
    assert text_of(message) == "It burns."


@given(subject=NASTY, name=NASTY, body=NASTY, file=NASTY, is_html=st.booleans())
def test_nothing_reaches_a_header_that_is_not_its_own(
    subject: str, name: str, body: str, file: str, *, is_html: bool
) -> None:
    letter = LETTER._replace(
        subject=subject,
        from_name=name,
        body=body,
        is_html=is_html,
        enclosed=(Enclosed(file, "text/x\r\nBcc: a@b", "one", 1),),
    )
    message = made(letter, one=b"\n")
    assert [key for key in message if key not in HEADERS] == []
    assert b"secret@" not in bytes(message)
    assert [address.addr_spec for address in cast("AddressHeader", message["From"]).addresses] == ["desk@acme.example"]
    if subject.isprintable():
        assert " ".join(message["Subject"].split()) == " ".join(subject.split())


@given(body=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=2000))
def test_texts_come_back(body: str) -> None:
    assert text_of(made(LETTER._replace(body=body))) == body


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "shift_jis", "utf-8"])
def test_encodings(encoding: str) -> None:
    for body in ("ärgerlich", "漢字", "\U0001f525"):
        data = make(LETTER._replace(body=body), lambda _: b"", encoding=encoding).data
        assert text_of(message_from_bytes(data, policy=default)) == body


def test_addresses_beyond_ascii_need_a_server_for_them() -> None:
    plain = make(LETTER, lambda _: b"")
    beyond = make(LETTER._replace(to=("jörg@exämple.com",)), lambda _: b"")
    assert (plain.needs_utf8, beyond.needs_utf8) == (False, True)
    assert "jörg@exämple.com".encode() in beyond.data


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        ("Fire", "[N-1] Fire"),
        ("[N-1] Fire", "[N-1] Fire"),
        ("Re: [N-1] Fire", "[N-1] Re: Fire"),
        ("[N-1] [N-1] Fire", "[N-1] Fire"),
        ("about N-1", "about N-1"),
        ("[N-1]", "[N-1]"),
    ],
)
def test_the_number_stands_once(subject: str, wanted: str) -> None:
    assert numbered("N-1", subject) == wanted
    assert once("", subject) == subject
