"""A call log's page, to which the address in a telephone's settings leads (documented); what it shows is ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import CallLog, User
from smartertrack_emu.domain.people.models import BuiltInRole
from smartertrack_emu.domain.people.rights import Right
from tests.services.api import Api, items
from tests.services.roles import take_right
from tests.services.tickets.steps import change, ok

CALL_LOG = 1
"""Of the seed file: carol's, in Sales."""
CAROL, ALICE, MARY, ADMIN = ("carol", "carol-pw"), ("alice", "alice-pw"), ("mary", "mary-pw"), ("admin", "admin")


def get(api: Api, login: tuple[str, str] | None, path: str = f"/CallLogs/{CALL_LOG}", **options: Any) -> Any:
    return api.http.get(api.url + path, auth=login, timeout=10, allow_redirects=False, **options)


def record(api: Api, name: str) -> int:
    return int(ok(api.voip("carol").StoreCallRecording(CALL_LOG, None, name, 0, True, b"sound")).CallLogAttachmentId)


def test_the_address_in_the_settings(api: Api) -> None:
    (account,) = items(api.voip("alice").GetVoipSettings().Accounts)
    (address,) = [
        setting.partition("=")[2]
        for setting in items(account.NamedSettings)
        if setting.startswith("SmarterTrack.Url.EditCallLog=")
    ]
    answer = api.http.get(f"{address}{CALL_LOG}", auth=CAROL, timeout=10)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")


def test_what_it_shows(api: Api) -> None:
    change(
        api, CallLog, CALL_LOG,
        subject="<b>Quote</b>", email_address="casey@example.com", description="First line\n<i>second</i>",
    )  # fmt: skip
    page = get(api, CAROL).text
    assert "<h1>&lt;b&gt;Quote&lt;/b&gt;</h1>" in page
    for name, value in {
        "Call": "incoming",
        "Agent": "Carol Sales",
        "Group": "Sales",
        "Customer": "Casey Customer",
        "Email": "casey@example.com",
        "Phone": "+1 555 0100",
        "Description": "First line<br />\n&lt;i&gt;second&lt;/i&gt;",
    }.items():
        assert f"<dt>{name}</dt><dd>{value}</dd>" in page
    for name in ("Number", "Start", "End", "Written down"):
        assert f"<dt>{name}</dt>" in page
    assert "<dt>Deleted</dt>" not in page
    assert "<p>There are none.</p>" in page
    assert "unsafe-inline" not in get(api, CAROL).headers["Content-Security-Policy"]


def test_who_sees_it(api: Api) -> None:
    """Whoever sees the call log over SOAP: agents of its group, managers, administrators."""
    for login, status in (
        (CAROL, 200),
        (MARY, 200),
        (ADMIN, 200),
        (ALICE, 404),
        (("customer", "customer-pw"), 403),
        (("carol", "wrong"), 401),
        (None, 401),
    ):
        answer = get(api, login)
        assert answer.status_code == status, login
        assert ("Asked for a quote" in answer.text) == (status == 200)
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    take_right(api.engine, Right.CALL_LOGS_VIEW, BuiltInRole.AGENT)
    assert get(api, CAROL).status_code == 403


def test_what_is_not_there(api: Api) -> None:
    for path in (
        "/CallLogs/99",
        "/CallLogs/0",
        "/CallLogs/999999999",
        "/CallLogs/9999999999",
        "/CallLogs/x",
        "/CallLogs/",
    ):
        assert get(api, ADMIN, path).status_code == 404, path
    assert api.http.post(f"{api.url}/CallLogs/{CALL_LOG}", timeout=10).status_code == 405
    for path in (f"/calllogs/{CALL_LOG}/", f"/Recordings/{CALL_LOG}"):
        assert get(api, CAROL, path).status_code == 200, path


def test_a_deleted_one_is_still_read(api: Api) -> None:
    ok(api.call_logs("admin").DeleteCallLog(CALL_LOG))
    answer = get(api, CAROL)
    assert (answer.status_code, "<dt>Deleted</dt>" in answer.text) == (200, True)


def test_recordings(api: Api) -> None:
    """All who see the call log see what was recorded; administrators, who alone read it back, get links."""
    recording = record(api, "Anruf <1>.wav")
    link = f'<a href="/Recordings/{CALL_LOG}/{recording}/Anruf%20%3C1%3E.wav">Anruf &lt;1&gt;.wav</a> 5 bytes'
    assert link in get(api, ADMIN).text
    page = get(api, CAROL).text.partition("<main")[2]
    assert "Anruf &lt;1&gt;.wav 5 bytes, Carol Sales" in page
    assert "<a " not in page


def test_a_handshake_opens_it_once(api: Api) -> None:
    def status(token: str) -> int:
        return int(get(api, None, params={"handshake": token}).status_code)

    token = api.voip("carol").GetLoginHandshake().HandshakeToken
    assert [status(token), status(token), status(""), status("nonsense")] == [200, 401, 401, 401]
    assert status(api.voip("alice").GetLoginHandshake().HandshakeToken) == 404
    token = api.voip("carol").GetLoginHandshake().HandshakeToken
    with clock.shifted(timedelta(minutes=2)):
        assert status(token) == 401


@pytest.mark.parametrize(
    ("values", "status"), [({"force_password_reset": True}, 403), ({"deleted_at": clock.now()}, 401)]
)
def test_a_handshake_is_no_better_than_a_password(api: Api, values: dict[str, Any], status: int) -> None:
    token = api.voip("carol").GetLoginHandshake().HandshakeToken
    change(api, User, 6, **values)
    assert get(api, None, params={"handshake": token}).status_code == status
