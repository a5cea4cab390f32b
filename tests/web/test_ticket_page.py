"""A ticket's page: its address is seen, who may open it and what it shows of long conversations is ours."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import pytest
from sqlalchemy import insert, select, update

from smartertrack_emu.domain import html
from smartertrack_emu.domain.models import Installation, Ticket, TicketMessage
from smartertrack_emu.domain.remembered import Remembered
from smartertrack_emu.domain.tickets import portal
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.store.unit_of_work import writing
from smartertrack_emu.web.site import make_site
from tests.services.api import Api
from tests.services.tickets.steps import change, create, info, ok, row, seeded_number
from tests.web.wsgi import ask

CUSTOMER = "customer@example.com"


@pytest.fixture
def number(api: Api) -> str:
    return create(api)


def url_of(api: Api, number: str, by: str = "alice") -> str:
    return str(ok(api.tickets(by).GetTicketURL(number)).RequestResult)


def get(api: Api, url: str) -> Any:
    return api.http.get(url, timeout=30, allow_redirects=False)


def key_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["h"][0]


def test_the_address(api: Api, number: str) -> None:
    url = url_of(api, number)
    assert re.fullmatch(
        re.escape(f"{api.url}/Main/frmTicket.aspx?ticketnumber={number}&email=customer%40example.com&h=")
        + "[0-9A-F]{32}",
        url,
    )
    assert url_of(api, number, "customer") == url
    page = get(api, url)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert number in page.text


def test_letter_case_counts_in_no_part(api: Api, number: str) -> None:
    key = key_in(url_of(api, number))
    for path in (
        f"/main/FRMTICKET.ASPX?TicketNumber={number.lower()}&EMAIL=Customer@Example.COM&H={key.lower()}",
        f"/Main/frmTicket.aspx?h={key}&email={CUSTOMER}&ticketnumber={number}&utm=x",
    ):
        assert get(api, api.url + path).status_code == 200


def test_what_does_not_open_it(api: Api, number: str) -> None:
    url = url_of(api, number)
    key, other = key_in(url), key_in(url_of(api, seeded_number(api)))
    assert key != other
    page = f"{api.url}/Main/frmTicket.aspx"
    for query in (
        "",
        f"ticketnumber={number}",
        f"ticketnumber={number}&email={CUSTOMER}",
        f"ticketnumber={number}&email={CUSTOMER}&h=",
        f"ticketnumber={number}&email={CUSTOMER}&h={other}",
        f"ticketnumber={number}&email={CUSTOMER}&h={key[:-1]}",
        f"ticketnumber={number}&email={CUSTOMER}&h={key}0",
        f"ticketnumber={number}&email=zoe@example.com&h={key}",
        f"ticketnumber={number}&email=&h={key}",
        f"ticketnumber={number}&h={key}",
        f"ticketnumber={seeded_number(api)}&email={CUSTOMER}&h={key}",
        f"ticketnumber=FFF-00000000-0000&email={CUSTOMER}&h={key}",
        f"ticketnumber=%00&email={CUSTOMER}&h={key}",
    ):
        answer = get(api, f"{page}?{query}")
        assert (answer.status_code, answer.text) == (404, "There is no such ticket.\n"), query
    # What is no address at all is refused as such, whatever it holds beside.
    for query in (f"h=%ff%00{key}&ticketnumber={number}", "&x=1" * 50, "&x=" + "x" * 10_000):
        answer = get(api, f"{url}&{query.lstrip('&')}")
        assert (answer.status_code, answer.text.startswith("The address ")) == (400, True), query
    site = make_site(api.server.application.desk, SERVICES)
    for query in ("x=%", "x=%zz", "x=%ff", "%e2%82=1"):  # requests would mend the first two
        asked = ask(site, "/Main/frmTicket.aspx", QUERY_STRING=f"{urlsplit(url).query}&{query}")
        assert asked.status == 400, query
    assert api.http.post(url, timeout=10).status_code == 405
    assert get(api, url).status_code == 200


def test_a_deleted_ticket_is_not_there(api: Api, number: str) -> None:
    url = url_of(api, number)
    ok(api.tickets("admin").DeleteTicket(info(api, number).ID))
    assert get(api, url).status_code == 404
    assert url_of(api, number) == url


def test_the_key_is_that_of_the_address(api: Api, number: str) -> None:
    """Whoever is the customer no more sees the ticket no more, nor do those who got copies."""
    before = url_of(api, number)
    ticket_id = info(api, number).ID
    change(api, Ticket, ticket_id, customer_email="Zoë+1@exämple.com")
    after = url_of(api, number)
    assert "&email=Zo%C3%AB%2B1%40ex%C3%A4mple.com&h=" in after
    assert key_in(before) != key_in(after)
    assert (get(api, before).status_code, get(api, after).status_code) == (404, 200)
    assert get(api, before.replace("customer%40example.com", quote("Zoë+1@exämple.com"))).status_code == 404
    change(api, Ticket, ticket_id, customer_email=CUSTOMER.upper())
    assert get(api, before).status_code == 200


def test_a_ticket_without_an_address_has_a_page(api: Api, number: str) -> None:
    change(api, Ticket, info(api, number).ID, customer_email="")
    url = url_of(api, number)
    assert "&email=&h=" in url
    assert get(api, url).status_code == 200
    assert get(api, url.replace("&email=", "&email=x%40y.example")).status_code == 404


def test_asking_writes_nothing(api: Api, number: str) -> None:
    secret = row(api, number).portal_token
    assert len({url_of(api, number) for _ in range(3)}) == 1
    assert row(api, number).portal_token == secret
    assert key_in(url_of(api, number)) not in secret


def test_older_addresses_lead_to_the_present_one(api: Api, number: str) -> None:
    secret = row(api, number).portal_token
    for path in (f"/Portal/Tickets/{number}/{secret}", f"/portal/tickets/{number.lower()}/{secret}/"):
        answer = get(api, api.url + path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
        assert api.url + answer.headers["Location"] == url_of(api, number)
    for path in (secret[:-1], secret.swapcase(), "x" * 43, key_in(url_of(api, number))):
        assert get(api, f"{api.url}/Portal/Tickets/{number}/{path}").status_code == 404
    other = row(api, seeded_number(api)).portal_token
    assert get(api, f"{api.url}/Portal/Tickets/{number}/{other}").status_code == 404
    ok(api.tickets("admin").DeleteTicket(info(api, number).ID))
    assert get(api, f"{api.url}/Portal/Tickets/{number}/{secret}").status_code == 404


def test_below_a_prefix(api: Api, number: str) -> None:
    """Behind a proxy that serves other things as well, links lead back through it."""
    site = make_site(api.server.application.desk, SERVICES)
    secret = row(api, number).portal_token
    answer = ask(site, f"/Portal/Tickets/{number}/{secret}", SCRIPT_NAME="/träck".encode().decode("latin1"))
    assert answer.headers["Location"] == "/tr%C3%A4ck" + url_of(api, number).removeprefix(api.url)
    article = ask(site, "/kb/a1/x.aspx", SCRIPT_NAME="/track")
    assert article.headers["Link"] == '</track/kb/a1/how-to-reset-your-password.aspx>; rel="canonical"'
    login = "Basic " + b64encode(b"admin:admin").decode()
    ok(api.voip("carol").StoreCallRecording(1, None, "a.wav", 0, True, b"x"))
    call_log = ask(site, "/CallLogs/1", SCRIPT_NAME="/track", HTTP_AUTHORIZATION=login)
    assert b'<a href="/track/Recordings/1/1/a.wav">' in call_log.body


def test_times_are_the_installations(api: Api, number: str) -> None:
    opened = datetime(2031, 7, 1, 23, 30, tzinfo=UTC)
    change(api, Ticket, info(api, number).ID, opened_at=opened)
    assert '<time datetime="2031-07-01T23:30+00:00">2031-07-01 23:30 UTC</time>' in get(api, url_of(api, number)).text
    for zone, expected in (
        ("Europe/Berlin", '<time datetime="2031-07-02T01:30+02:00">2031-07-02 01:30 CEST</time>'),
        ("No/Where", "2031-07-01 23:30 UTC"),
    ):
        with writing(api.engine) as session:
            session.execute(update(Installation).values(time_zone=zone))
        assert expected in get(api, url_of(api, number)).text


def add(api: Api, number: str, bodies: list[str], **values: Any) -> list[int]:
    """Add messages, a minute between each two, and return their ids."""
    ticket = row(api, number)
    base = {"ticket_id": ticket.id, "direction": Direction.FROM_CUSTOMER, "is_html": True} | values
    rows = [
        base | {"body": body, "sent_at": ticket.opened_at + timedelta(minutes=minute)}
        for minute, body in enumerate(bodies, 1)
    ]
    with writing(api.engine) as session:
        session.execute(insert(TicketMessage), rows)
        found = session.scalars(select(TicketMessage.id).where(TicketMessage.ticket_id == ticket.id))
        return sorted(found)[-len(rows) :]


def shown(page: str) -> list[str]:
    return re.findall(r"<p>(number \d+)</p>", page)


def test_long_conversations_come_in_pages(api: Api) -> None:
    number = create(api, body="<p>number 0</p>", isHtml=True)
    url = url_of(api, number)
    assert "<nav>" not in get(api, url).text
    add(api, number, [f"<p>number {n}</p>" for n in range(1, 60)])
    add(api, number, ["<p>number 99</p>"], is_draft=True)
    pages = [get(api, f"{url}&page={page}").text for page in (1, 2, 3)]
    assert [shown(page) for page in pages] == [
        [f"number {n}" for n in numbers] for numbers in (range(35, 60), range(10, 35), range(10))
    ]
    assert get(api, url).text == pages[0]
    assert "Messages 36 to 60 of 60 · " in pages[0]
    assert "Messages 11 to 35 of 60 · " in pages[1]
    assert "Messages 1 to 10 of 60 · " in pages[2]
    ways = [re.findall(r'<a href="([^"]*)">(\w+) messages</a>', page) for page in pages]
    assert [[way for _, way in found] for found in ways] == [["Older"], ["Older", "Newer"], ["Newer"]]
    address = urljoin(url, ways[0][0][0].replace("&amp;", "&"))
    assert get(api, address).text == pages[1]
    for page in ("0", "4", "-1", "x", "", "1.0", "9" * 30, "%D9%A1"):
        assert get(api, f"{url}&page={page}").status_code == 404, page


def test_statements_do_not_grow_with_the_messages(api: Api, number: str) -> None:
    url = url_of(api, number)
    counts = []
    for _ in range(2):
        with api.counting() as run:
            assert get(api, url).status_code == 200
        counts.append(len(run))
        add(api, number, ["x"] * 100)
    assert counts == [5, 5]  # the epoch, the ticket, the time zone, how many messages, those shown


LONG = "<p>begin</p>" + "<i>x</i>" * 4_000 + "<p>end</p>"
LONGEST = "<p>begin</p>" + "<i>x</i>" * 20_000 + "<p>end</p>"


@pytest.mark.parametrize(
    ("body", "is_html", "ends", "ends_alone"),
    [
        (LONG, True, False, True),
        (LONGEST, True, False, False),
        ("<p>begin</p><!--" + "x" * 200_000 + "--><p>end</p>", True, False, True),
        ("begin\n" + "x" * 200_000 + "\nend", False, False, True),
        ("begin\n" + "x" * 5_000_000 + "\nend", False, False, False),
        ("<p>begin</p><i>x</i><p>end</p>", True, True, True),
    ],
)
def test_long_messages(api: Api, number: str, body: str, *, is_html: bool, ends: bool, ends_alone: bool) -> None:
    """The page shows their beginning and the way to more of it; what is too long for any page says so."""
    (id_,) = add(api, number, [body], is_html=is_html)
    add(api, number, ["<p>another</p>"])
    url = url_of(api, number)
    page = get(api, url).text
    assert "begin" in page
    assert "another" in page
    assert ("end<" in page) == ends
    ways = re.findall(r'<a href="([^"]*)">Show more of this message</a>', page)
    assert [way.rpartition("=")[2] for way in ways] == ([] if ends else [str(id_)])
    alone = get(api, f"{url}&message={id_}")
    assert alone.status_code == 200
    assert "another" not in alone.text
    assert ("end<" in alone.text) == ends_alone
    assert ("The rest of this message is too long to be shown." in alone.text) == (not ends_alone)


def test_one_message_is_the_tickets_own(api: Api, number: str) -> None:
    url = url_of(api, number)
    (own,) = add(api, number, ["mine"])
    (draft,) = add(api, number, ["draft"], is_draft=True)
    (others,) = add(api, seeded_number(api), ["theirs"])
    assert get(api, f"{url}&message={own}").status_code == 200
    for message in (draft, others, 0, 99999, "x", "", 2**31, "9" * 40):
        assert get(api, f"{url}&message={message}").status_code == 404, message


def test_the_same_message_is_sanitised_once(api: Api, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    add(api, number, [f"<p>{n}</p>" for n in range(10)])
    url = url_of(api, number)
    clean: Callable[[str], str] = html._WITHOUT.clean
    counted = Mock(side_effect=clean)
    monkeypatch.setattr(html, "_WITHOUT", Mock(clean=counted))
    monkeypatch.setattr(html, "_sanitised", Remembered(1_000_000))
    for _ in range(3):
        assert get(api, url).status_code == 200
    assert counted.call_count == 10


def test_headers(api: Api, number: str) -> None:
    for url in (url_of(api, number), f"{api.url}/Main/frmTicket.aspx"):
        headers = get(api, url).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy.split("; "))
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_a_key_has_128_bits() -> None:
    keys = {portal._key(f"secret {n}", CUSTOMER) for n in range(1_000)}
    assert len(keys) == 1_000
    assert {len(key) for key in keys} == {32}
    assert {digit for key in keys for digit in key} == set("0123456789ABCDEF")
