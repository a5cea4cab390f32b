"""Names and passwords that try to be something else: none logs in, none breaks anything (ours)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlencode, urlsplit

import pytest
import requests
import sqlalchemy
from lxml import etree

from smartertrack_emu.domain.people import passwords
from tests.services.api import Api, RunningServer, items
from tests.web.wsgi import ask

INJECTIONS = [
    "' OR '1'='1",
    "alice' --",
    'alice" OR ""="',
    "alice'; DROP TABLE users; --",
    "alice\\",
    "%",
    "ali_e",
    "alice\t",
    " alice",
    "alice ",
    "alice\u200b",
    "\N{CYRILLIC SMALL LETTER A}lice",
    "\N{FULLWIDTH LATIN SMALL LETTER A}lice",
    "a" * 10_000,
    "é" * 10_000,
    "{0}{1}%s%n",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "\U0001f600",
    "\N{MATHEMATICAL SCRIPT SMALL A}lice",
    "alice\u0301",
]


@pytest.fixture
def patient(seeded_engine: sqlalchemy.Engine, tmp_path: Path) -> Iterator[Api]:
    """A server that takes any number of wrong passwords."""
    server = RunningServer(seeded_engine, tmp_path, login_failures_allowed=0)
    api = Api(server)
    yield api
    api.http.close()
    server.stop()


def test_no_such_name_or_password_logs_in(patient: Api) -> None:
    for number, name in enumerate(INJECTIONS):
        more = [] if number % 7 else [(name, name), ("", name), (name, "")]
        for username, password in ((name, "alice-pw"), ("alice", name), *more):
            result = patient.organization(username, password).GetServerName()
            assert (result.Result, result.ResultCode) == (False, -2)
            assert result.Message == "The user name or the password is wrong."
    assert patient.organization("alice").GetServerName().Result


def test_such_a_value_is_a_value_or_refused(api: Api) -> None:
    for name in INJECTIONS:
        give_everywhere(api, name)


def give_everywhere(api: Api, name: str) -> None:
    admin = api.organization("admin")
    for result in (
        admin.SetUsersProperties(8, [f"DisplayName={name}"]),
        admin.AddRole(name, False),
        admin.CreateOrganization([f"Name={name}"]),
        admin.CreateUser(name, "pw", "", False, name),
    ):
        assert result.ResultCode in (0, -5), result.Message
    assert admin.GetOrganizationByName(name).ResultCode in (0, -4)
    assert admin.GetUsersPropertiesbyUsername(name, [name]).ResultCode in (0, -4)
    assert admin.SetUserCustomFields(8, [f"{name}={name}"]).ResultCode == -5
    assert len(items(admin.GetAllAgents().Agents)) == 5


def test_letters_that_xml_cannot_hold_come_by_http_get(patient: Api) -> None:
    for letter in ("%7F", "%ED%A0%80", "%FF"):
        send_by_get(patient, letter)
    for letter in ("%00", "%01", "%1F", "%EF%BF%BE"):
        query = f"authUserName=alice{letter}&authPassword=alice-pw"
        url = f"{patient.url}/Services2/svcOrganization.asmx/GetServerName?{query}"
        refused = requests.get(url, timeout=10)
        assert (refused.status_code, refused.text) == (500, "authUserName holds a character that XML does not know.\n")


def send_by_get(api: Api, letter: str) -> None:
    def get(operation: str, query: str) -> requests.Response:
        return requests.get(f"{api.url}/Services2/svcOrganization.asmx/{operation}?{query}", timeout=10)

    logged_in = get("GetServerName", f"authUserName=alice{letter}&authPassword=alice-pw")
    assert (logged_in.status_code, b"<ResultCode>-2</ResultCode>" in logged_in.content) == (200, True)
    logged_in = get("GetServerName", f"authUserName=alice&authPassword=alice-pw{letter}")
    assert (logged_in.status_code, b"<ResultCode>-2</ResultCode>" in logged_in.content) == (200, True)
    credentials = "authUserName=admin&authPassword=admin"
    for operation, query in (
        ("AddRole", f"roleName=x{letter}&employeeRole=false"),
        ("CreateUser2", f"username=x{letter}&password=p&email=&isEmailVerified=false&displayName=x{letter}"),
        ("GetOrganizationByName", f"organizationName=x{letter}"),
        ("CreateOrganization", f"values=Name%3Dx{letter}"),
        ("SetUsersProperties", f"userId=8&userPropertyValues=Password%3Dx{letter}"),
        ("SetUserCustomFields", f"userId=8&customFieldValues=x{letter}%3Dy"),
        ("GetUsersPropertiesbyUsername", f"username=x{letter}&requestedValues=x{letter}"),
    ):
        answer = get(operation, f"{credentials}&{query}")
        assert answer.status_code == 200
        assert b"<ResultCode>-1</ResultCode>" not in answer.content
        etree.fromstring(answer.content)
    assert get("GetAllRoles", credentials).status_code == 200


def test_after_a_burst_of_wrong_passwords_that_user_is_refused_and_others_are_not(api: Api) -> None:
    assert api.organization("bob").GetServerName().Result
    for _ in range(10):
        refused = api.organization("Bob", "wrong").GetServerName()
        assert (refused.ResultCode, refused.Message) == (-2, "The user name or the password is wrong.")
    for password in ("wrong", "bob-pw"):
        refused = api.organization("bob", password).GetServerName()
        assert refused.ResultCode == -2
        assert "too many wrong passwords" in refused.Message
    assert api.organization("admin").AddRole("written", False).Result
    assert api.organization("alice").GetServerName().Result


def server_name(api: Api, password: str, origin: str) -> str:
    """Ask for the server's name as bob from an address of this machine, and return what the answer says."""
    host, port = urlsplit(api.url).netloc.split(":")
    connection = HTTPConnection(host, int(port), timeout=30, source_address=(origin, 0))
    try:
        query = urlencode({"authUserName": "bob", "authPassword": password})
        connection.request("GET", f"/Services2/svcOrganization.asmx/GetServerName?{query}")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_a_client_with_a_wrong_password_shuts_out_nobody_else(api: Api) -> None:
    for _ in range(10):
        assert "is wrong" in server_name(api, "wrong", "127.0.0.2")
    for password in ("wrong", "bob-pw"):
        assert "too many wrong passwords" in server_name(api, password, "127.0.0.2")
    assert "Acme Helpdesk" in server_name(api, "bob-pw", "127.0.0.1")
    assert "Acme Helpdesk" in server_name(api, "bob-pw", "127.0.0.3")
    assert "too many wrong passwords" in server_name(api, "bob-pw", "127.0.0.2")


def test_behind_a_trusted_proxy_its_clients_count(seeded_engine: sqlalchemy.Engine, tmp_path: Path) -> None:
    server = RunningServer(seeded_engine, tmp_path, trusted_proxies="127.0.0.1")
    url = f"{server.url}/Services2/svcOrganization.asmx/GetServerName"

    def answer(password: str, client: str) -> str:
        query = {"authUserName": "bob", "authPassword": password}
        return requests.get(url, query, headers={"X-Forwarded-For": client}, timeout=30).text

    try:
        for _ in range(10):
            assert "is wrong" in answer("wrong", "192.0.2.1")
        assert "too many wrong passwords" in answer("bob-pw", "192.0.2.1")
        assert "Acme Helpdesk" in answer("bob-pw", "192.0.2.2")
    finally:
        server.stop()


def test_pages_that_log_in_count_too(api: Api) -> None:
    def page(path: str, password: str, origin: str) -> tuple[int, bytes]:
        basic = b64encode(f"admin:{password}".encode()).decode()
        answer = ask(api.server.application, path, HTTP_AUTHORIZATION=f"Basic {basic}", REMOTE_ADDR=origin)
        return answer.status, answer.body

    for number in range(10):
        assert page("/Recordings/1" if number % 2 else "/kb/a3", "wrong", "192.0.2.1")[0] == 401
    for path in ("/Recordings/1", "/kb/a3"):
        status, sentence = page(path, "admin", "192.0.2.1")
        assert (status, b"too many wrong passwords" in sentence) == (401, True)
        assert page(path, "admin", "192.0.2.2")[0] == 200


def test_the_right_password_in_time_begins_the_count_anew(api: Api) -> None:
    for _ in range(2):
        for _ in range(9):
            assert api.organization("bob", "wrong").GetServerName().ResultCode == -2
        assert api.organization("bob").GetServerName().Result


@pytest.mark.parametrize("username", ["alice", "nobody", "queue", ""])
def test_an_unknown_user_costs_what_a_wrong_password_costs(api: Api, username: str) -> None:
    """Work is counted, not time: one verification each, and each costs the same (tests/domain/people)."""
    with patch("smartertrack_emu.domain.people.accounts.verify", wraps=passwords.verify) as verify:
        answer = api.organization(username, "wrong").GetServerName()
    assert (answer.ResultCode, answer.Message) == (-2, "The user name or the password is wrong.")
    assert verify.call_count == 1
