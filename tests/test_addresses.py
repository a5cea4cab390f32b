"""Evidence: ours. Which address the server gives out, and whom it believes about it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.util import application_uri

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from smartertrack_emu import addresses
from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from smartertrack_emu.store.engine import create_engine
from tests.processes import serving
from tests.services.api import Api
from tests.services.conftest import api, seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url
from tests.web.wsgi import Answer, ask

__all__ = ["api", "seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]

OWN = "http://127.0.0.1:9996"
GOOD_HOSTS = ["desk.example", "desk.example:8080", "my_desk", "10.0.0.1", "[::1]", "[2001:db8::1]:443", "d", "host:"]
BAD_HOSTS = [
    "desk.example/evil",
    "user@desk.example",
    "desk.example:99999",
    "desk.example:port",
    "a, b",
    "a b",
    'x"><script>',
    "desk.example\t",
    "[::1",
    "::1",
    "-desk",
    "d\u00e9sk",
    "d" * 400,
    "http://desk.example",
    "a:1:2",
]


def reached(proxies: str = "", base_url: str = "", **environ: str) -> dict[str, str]:
    """What an application learns of a request with these headers: its own URL, and who asks."""
    learned: dict[str, str] = {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        learned.update(url=application_uri(environ).rstrip("/"), client=environ["REMOTE_ADDR"])
        start_response("204 No Content", [])
        return []

    settled = addresses.settle(application, own_url=OWN, base_url=base_url, proxies=addresses.read_networks(proxies))
    asked = {"REMOTE_ADDR": "192.0.2.9", "HTTP_HOST": "desk.example", "REMOTE_PORT": "5", **environ}
    answer = ask(settled, "/", **asked)
    assert answer.status in (204, 400)
    return learned


class TestHost:
    @pytest.mark.parametrize("host", GOOD_HOSTS)
    def test_of_the_caller_is_what_the_caller_gets(self, host: str) -> None:
        assert reached(HTTP_HOST=host)["url"] == f"http://{host}"

    @pytest.mark.parametrize("host", BAD_HOSTS)
    def test_that_is_none_is_refused(self, host: str) -> None:
        assert reached(HTTP_HOST=host) == {}

    def test_left_out_is_where_the_server_listens(self) -> None:
        assert reached(HTTP_HOST="")["url"] == OWN

    @given(st.text(max_size=20))
    def test_holds_nothing_that_ends_a_url_or_an_attribute(self, host: str) -> None:
        if addresses.is_host(host):
            assert not re.search(r"[^A-Za-z0-9_.:\[\]-]", host)

    def test_is_of_no_account_beside_a_base_url(self) -> None:
        assert reached(base_url="https://desk.example/track", HTTP_HOST="x/y")["url"] == "https://desk.example/track"


class TestListeningUrl:
    @pytest.mark.parametrize(
        ("host", "url"),
        [
            ("127.0.0.1", "http://127.0.0.1:9996"),
            ("0.0.0.0", "http://localhost:9996"),  # noqa: S104 - not listened on
            ("::", "http://localhost:9996"),
            ("::1", "http://[::1]:9996"),
            ("desk.example", "http://desk.example:9996"),
        ],
    )
    def test_can_be_opened(self, host: str, url: str) -> None:
        assert addresses.listening_url(host, 9996) == url


PROXY = "10.0.0.1"
BEHIND = {"REMOTE_ADDR": PROXY, "HTTP_HOST": "backend:9996"}


class TestProxies:
    def test_are_not_believed_unless_named(self) -> None:
        lies = {
            "HTTP_X_FORWARDED_PROTO": "https",
            "HTTP_X_FORWARDED_HOST": "evil.example",
            "HTTP_X_FORWARDED_PORT": "444",
            "HTTP_X_FORWARDED_PREFIX": "/evil",
            "HTTP_X_FORWARDED_FOR": "203.0.113.7",
        }
        honest = {"url": "http://desk.example", "client": "192.0.2.9"}
        assert reached(**lies) == reached("10.0.0.0/8", **lies) == reached("192.0.2.8", **lies) == honest

    @pytest.mark.parametrize(
        ("headers", "url"),
        [
            ({"PROTO": "https"}, "https://backend:9996"),
            ({"PROTO": "https", "HOST": "desk.example"}, "https://desk.example"),
            ({"PROTO": "HTTPS", "HOST": "desk.example", "PORT": "443"}, "https://desk.example"),
            ({"PROTO": "https", "HOST": "desk.example", "PORT": "8443"}, "https://desk.example:8443"),
            ({"PROTO": "https", "HOST": "desk.example:8443", "PORT": "443"}, "https://desk.example:8443"),
            ({"HOST": "desk.example", "PORT": "80"}, "http://desk.example"),
            ({"HOST": "[2001:db8::1]", "PORT": "81"}, "http://[2001:db8::1]:81"),
            ({"HOST": "desk.example", "PORT": "none"}, "http://desk.example"),
            ({"HOST": "desk.example", "PREFIX": "/track/"}, "http://desk.example/track"),
            ({"HOST": "desk.example", "PREFIX": "/a%20b"}, "http://desk.example/a%20b"),
            ({"HOST": "desk.example", "PREFIX": "//evil.example"}, "http://desk.example"),
            ({"HOST": "desk.example", "PREFIX": "/x?y"}, "http://desk.example"),
            ({"PROTO": "javascript", "HOST": "desk.example"}, "http://desk.example"),
            ({}, "http://backend:9996"),
        ],
    )
    def test_say_where_they_were_reached(self, headers: dict[str, str], url: str) -> None:
        sent = {f"HTTP_X_FORWARDED_{name}": value for name, value in headers.items()}
        assert reached(PROXY, **BEHIND, **sent)["url"] == url

    @pytest.mark.parametrize("host", ["evil.example/x", "a\n", "desk.example:99999"])
    def test_pass_on_no_host_that_is_none(self, host: str) -> None:
        assert reached(PROXY, **BEHIND, HTTP_X_FORWARDED_HOST=host) == {}

    @pytest.mark.parametrize(
        ("hops", "client"),
        [
            ("203.0.113.7", "203.0.113.7"),
            ("198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the first of them the client made up
            ("203.0.113.7, 10.0.0.2", "203.0.113.7"),  # through two proxies
            ("10.0.0.9, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
            ("203.0.113.7:4711", "203.0.113.7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ('"[2001:db8::7]"', "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("unknown", PROXY),
            ("203.0.113.7, unknown", PROXY),
            ("203.0.113.7, _hidden, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
            ("", PROXY),
            (", ,", PROXY),
            ('203.0.113.7\n{"time"', PROXY),
            (", ".join(["203.0.113.7"] + ["10.0.0.2"] * 500), "10.0.0.2"),  # no chain is that long
        ],
    )
    def test_say_who_called_them(self, hops: str, client: str) -> None:
        assert reached("10.0.0.0/8", **BEHIND, HTTP_X_FORWARDED_FOR=hops)["client"] == client

    def test_in_a_row_the_outermost_has_the_say(self) -> None:
        through_two = {"HTTP_X_FORWARDED_FOR": "203.0.113.7, 10.0.0.2"}
        url = reached(
            "10.0.0.0/8",
            **BEHIND,
            **through_two,
            HTTP_X_FORWARDED_PROTO="http, https, http",
            HTTP_X_FORWARDED_HOST="evil.example, desk.example, inner:80",
        )["url"]
        assert url == "https://desk.example"
        # Where one proxy alone says something, it is that one's word.
        assert reached("10.0.0.0/8", **BEHIND, **through_two, HTTP_X_FORWARDED_PROTO="https")["url"][:6] == "https:"

    def test_may_be_reached_by_ipv6(self) -> None:
        for peer, network in (("::1", "::1"), ("::ffff:10.0.0.1", "10.0.0.0/8"), ("2001:db8::5", "2001:db8::/32")):
            told = reached(network, REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR="203.0.113.7")
            assert told["client"] == "203.0.113.7", peer

    def test_stand_below_the_base_url_but_still_name_the_client(self) -> None:
        forwarded = {"HTTP_X_FORWARDED_HOST": "other.example", "HTTP_X_FORWARDED_FOR": "203.0.113.7"}
        told = reached(PROXY, "https://desk.example", **BEHIND, **forwarded)
        assert told == {"url": "https://desk.example", "client": "203.0.113.7"}


class TestSettings:
    @pytest.mark.parametrize(
        ("given_", "read"),
        [
            ("", ""),
            ("https://desk.example/", "https://desk.example"),
            ("http://desk.example:81/track/", "http://desk.example:81/track"),
            ("http://[::1]:81", "http://[::1]:81"),
        ],
    )
    def test_base_url(self, given_: str, read: str) -> None:
        assert Settings(base_url=given_).base_url == read

    @pytest.mark.parametrize(
        "url",
        ["desk.example", "ftp://desk.example", "https://", "https://a b", "https://u:p@d", "https://d?x=1", "//d"],
    )
    def test_no_base_url(self, url: str) -> None:
        with pytest.raises(ValidationError, match="base_url"):
            Settings(base_url=url)

    def test_proxies(self) -> None:
        read = Settings(trusted_proxies=" 127.0.0.1, 10.0.0.0/8 ,::1,").proxies
        assert [str(network) for network in read] == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]

    @pytest.mark.parametrize("text", ["proxy", "10.0.0.0/40", "10.0.0.1;10.0.0.2", "*"])
    def test_no_proxies(self, text: str) -> None:
        with pytest.raises(ValidationError, match="is not an IP address or a network"):
            Settings(trusted_proxies=text)

    def test_a_variable_set_to_nothing_is_not_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("SEED", "PORT", "BASE_URL", "ADMIN_PASSWORD"):
            monkeypatch.setenv(f"SMARTERTRACK_EMU_{name}", "")
        assert Settings() == Settings.model_construct()


@pytest.fixture
def application(sqlite_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Application]:
    """The whole application with settings of the test's own, on an empty helpdesk."""
    engine = create_engine(sqlite_url, synchronous="OFF")
    yield Application(Settings(data=tmp_path, **request.param), engine, own_url=OWN)
    engine.dispose()


BASE = "https://desk.example/track"


@pytest.mark.parametrize("application", [{"base_url": BASE}], indirect=True)
class TestBaseUrl:
    """Behind TLS everything that is given out has https, or clients send their passwords in clear."""

    def page(self, application: Application, path: str, query: str = "") -> str:
        answer: Answer = ask(application, path, QUERY_STRING=query, HTTP_HOST="backend:9996")
        assert answer.status == 200
        return answer.body.decode()

    def test_in_the_wsdl(self, application: Application) -> None:
        wsdl = self.page(application, "/Services2/svcTickets.asmx", "WSDL")
        assert re.findall(r'location="(.*?)"', wsdl) == [f"{BASE}/Services2/svcTickets.asmx"] * 2

    def test_in_disco(self, application: Application) -> None:
        disco = self.page(application, "/Services2/svcTickets.asmx", "disco")
        given_out = set(re.findall(r'(?:address|ref|docRef)="(.*?)"', disco))
        assert given_out == {f"{BASE}/Services2/svcTickets.asmx", f"{BASE}/Services2/svcTickets.asmx?wsdl"}

    @pytest.mark.parametrize("query", ["", "op=GetTicketURL"])
    def test_on_the_pages_of_a_service(self, application: Application, query: str) -> None:
        page = self.page(application, "/Services2/svcTickets.asmx", query)
        assert f"{BASE}/Services2/svcTickets.asmx" in page or "POST /track/Services2/svcTickets.asmx" in page
        assert "backend:9996" not in page

    def test_in_the_overview(self, application: Application) -> None:
        page = self.page(application, "/Services2")
        assert f'href="{BASE}/Services2/svcKB.asmx?WSDL"' in page
        assert "backend:9996" not in page


@pytest.mark.parametrize("application", [{"trusted_proxies": "10.0.0.0/8"}], indirect=True)
def test_a_wsdl_through_a_proxy(application: Application) -> None:
    forwarded = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_HOST": "desk.example"}
    for peer, url in ((PROXY, "https://desk.example"), ("192.0.2.9", "http://backend")):
        answer = ask(
            application,
            "/Services2/svcKB.asmx",
            QUERY_STRING="WSDL",
            REMOTE_ADDR=peer,
            HTTP_HOST="backend",
            **forwarded,
        )
        assert f'location="{url}/Services2/svcKB.asmx"' in answer.body.decode()


def test_through_a_proxy_over_http(tmp_path: Path, sqlite_template: Path) -> None:
    """The whole way: what a proxy says decides the WSDL, and the log has the client."""
    (tmp_path / "data").mkdir()
    shutil.copyfile(sqlite_template, tmp_path / "data" / "smartertrack.db")
    headers = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "desk.example",
        "X-Forwarded-Port": "8443",
        "X-Forwarded-For": "198.51.100.1, 203.0.113.7",
    }
    with serving(tmp_path, SMARTERTRACK_EMU_TRUSTED_PROXIES="127.0.0.0/8") as server:
        wsdl = requests.get(f"{server.url}/Services2/svcKB.asmx?WSDL", headers=headers, timeout=10).text
        server.stop()
        (line,) = server.requests()
    assert 'location="https://desk.example:8443/Services2/svcKB.asmx"' in wsdl
    assert line["remote"] == "203.0.113.7"


def test_a_link_in_a_mail_does_not_follow_the_callers_host(api: Api) -> None:
    admin = api.organization("admin")
    user_id = admin.CreateUser2("dora", "dora-pw", "dora@example.com", False, "Dora").UserID
    api.http.headers["Host"] = "evil.example"
    assert admin.SendUserVerificationEmail(user_id).Result
    # What the caller alone reads is where the caller says they are.
    assert "http://evil.example/" in api.tickets("admin").GetTicketURL(api_ticket(api)).RequestResult
    with api.engine.connect() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM outgoing_mails WHERE template = 'verify-email'").scalars()
        (body,) = bodies
    assert re.findall(r"http\S+/Verify/", body) == [f"{api.url}/Verify/"]


def api_ticket(api: Api) -> str:
    """The number of some ticket."""
    with api.engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT number FROM tickets ORDER BY id").scalar())
