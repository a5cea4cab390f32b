"""No password of a run stands in clear in anything that it leaves behind or shows. Ours.

One server as users start it, called in every way that takes a password, right and wrong ones; then all files of its
data, all it has logged, its journal, an exported snapshot and its pages are searched for each of them.
"""

from __future__ import annotations

import base64
import io
import tarfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
import requests

from tests.control.client import Control
from tests.processes import serving
from tests.web.browser import Browser

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme.yaml"
NAMESPACE = "http://www.smartertools.com/SmarterTrack/Services2/svcOrganization.asmx"
ADDRESS = "/Services2/svcOrganization.asmx"

ADMIN = "Owl & <Badger> 47+"
CREATED = "Heron/Otter=93%"
WRONG = ["Wrong-Raven-11", 'Wrong "Stoat" 12', "Wrong&Newt;13", "Wrong Ümläut 14"]
PASSWORDS = [ADMIN, CREATED, *WRONG]


def spellings(password: str) -> Iterator[bytes]:
    """Give the ways in which a password may be written."""
    for text in (
        password,
        escape(password),
        escape(password, quote=False),
        quote(password, safe=""),
        quote_plus(password),
    ):
        yield text.encode()
    yield password.encode("utf-16-le")
    yield base64.b64encode(password.encode())
    for username in ("admin", "heron"):
        yield base64.b64encode(f"{username}:{password}".encode())


def envelope(namespace: str, operation: str, password: str, inside: str = "") -> bytes:
    """Return a call by admin with a password."""
    return (
        f'<s:Envelope xmlns:s="{namespace}"><s:Body><{operation} xmlns="{NAMESPACE}">'
        f"<authUserName>admin</authUserName><authPassword>{escape(password)}</authPassword>{inside}"
        f"</{operation}></s:Body></s:Envelope>"
    ).encode()


def call_in_every_way(url: str, password: str) -> None:
    """Log in with a password wherever one can."""
    soap11, soap12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
    xml = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NAMESPACE}/GetServerName"'}
    with requests.Session() as http:
        http.post(url + ADDRESS, envelope(soap11, "GetServerName", password), headers=xml, timeout=30)
        # A misspelt element, a body that is no XML, and the wrong version of SOAP are journaled too.
        broken = envelope(soap11, "GetServerName", password)
        http.post(url + ADDRESS, broken.replace(b"authPassword", b"authPasword"), headers=xml, timeout=30)
        http.post(url + ADDRESS, broken[:-20], headers=xml, timeout=30)
        http.post(url + ADDRESS, envelope(soap12, "GetServerName", password), headers=xml, timeout=30)
        http.post(
            url + ADDRESS,
            envelope(soap12, "GetServerName", password),
            headers={"Content-Type": "application/soap+xml; charset=utf-8"},
            timeout=30,
        )
        form = {"authUserName": "admin", "authPassword": password}
        http.post(f"{url}{ADDRESS}/GetServerName", form, timeout=30)
        http.get(f"{url}{ADDRESS}/GetServerName", params=form, timeout=30)
        http.get(f"{url}{ADDRESS}/GetServerNam", params=form, timeout=30)
        basic = ("admin", password.encode().decode("latin-1"))
        http.post(f"{url}{ADDRESS}/GetServerName", form, auth=basic, timeout=30)
        http.get(f"{url}/Recordings/1", auth=basic, timeout=30)
        http.get(f"{url}/_emu/api/clock", auth=basic, timeout=30)
    Browser(url).log_in("admin", password)


def shown(url: str) -> Iterator[tuple[str, bytes]]:
    """Give what the server shows to an administrator."""
    with Control(url, password=ADMIN) as control:
        entries = control.get("/journal", limit=1000)["items"]
        assert len(entries) > 20
        for entry in entries:
            for path in (f"/journal/{entry['id']}", f"/journal/{entry['id']}/curl"):
                yield path, control.call("GET", path).content
        control.done("PUT", "/snapshots/all", status=201)
        packed = control.call("GET", "/snapshots/all").content
        control.call("DELETE", "/snapshots/all")
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            yield f"snapshot: {member.name}", b"" if file is None else file.read()
    browser = Browser(url)
    assert browser.log_in("admin", ADMIN).status == 303
    pages = ["/_emu/", "/_emu/metrics", "/_emu/faults", "/_emu/events", "/metrics", "/Services2"]
    for path in pages + [f"/_emu/calls/{entry['id']}" for entry in entries[:40]]:
        page = browser.get(path)
        assert page.status == 200, path
        yield path, page.text.encode()
    browser.http.close()


@pytest.mark.slow
def test_no_password_is_left_anywhere(tmp_path: Path) -> None:
    data = tmp_path / "data"
    found: list[tuple[str, bytes]] = []
    with serving(
        tmp_path, "--data", data, "--seed", EXAMPLE, SMARTERTRACK_EMU_ADMIN_PASSWORD=ADMIN,
        SMARTERTRACK_EMU_LOGIN_FAILURES_ALLOWED="0",
    ) as server:  # fmt: skip
        for password in PASSWORDS:
            call_in_every_way(server.url, password)
        inside = (
            f"<username>heron</username><password>{escape(CREATED)}</password><email>heron@example.com</email>"
            "<displayName>Heron</displayName>"
        )
        soap = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NAMESPACE}/CreateUser"'}
        body = envelope("http://schemas.xmlsoap.org/soap/envelope/", "CreateUser", ADMIN, inside)
        requests.post(server.url + ADDRESS, body, headers=soap, timeout=30)
        found += shown(server.url)
    found += [(str(path.relative_to(tmp_path)), path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file()]
    assert any(name.startswith("data/logs/") for name, _ in found)
    assert any(name.endswith("-emulator.db") for name, _ in found)
    leaks = [
        (name, password)
        for name, content in found
        for password in PASSWORDS
        if any(spelling in content for spelling in spellings(password))
    ]
    assert not leaks
