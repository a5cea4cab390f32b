"""HEAD is no use of a token (RFC 9110 calls it safe); what a refusal leaves of one is ours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import User
from smartertrack_emu.domain.people import users, verification
from smartertrack_emu.store.unit_of_work import writing
from tests.services.api import Api
from tests.services.tickets.steps import change, ok

CAROL, ADMIN = 6, 1


def handshake(api: Api, user: str) -> str:
    return str(api.voip(user).GetLoginHandshake().HandshakeToken)


def status(api: Api, method: str, path: str) -> int:
    return int(api.http.request(method, api.url + path, timeout=10, allow_redirects=False).status_code)


def test_head_uses_up_no_handshake(api: Api) -> None:
    recording = ok(api.voip("carol").StoreCallRecording(1, None, "a.wav", 0, True, b"sound")).CallLogAttachmentId
    for user, page in (("carol", "/CallLogs/1"), ("admin", f"/Recordings/1/{recording}/a.wav")):
        path = f"{page}?handshake={handshake(api, user)}"
        assert [status(api, "HEAD", path) for _ in range(2)] == [200, 200]
        assert [status(api, method, path) for method in ("GET", "HEAD", "GET")] == [200, 401, 401]


def test_head_says_what_get_would(api: Api) -> None:
    old = handshake(api, "carol")
    for path in ("/CallLogs/1?handshake=", "/CallLogs/1?handshake=nonsense", "/CallLogs/1"):
        assert [status(api, method, path) for method in ("HEAD", "GET")] == [401, 401]
    path = f"/CallLogs/1?handshake={handshake(api, 'alice')}"
    assert [status(api, method, path) for method in ("HEAD", "GET")] == [404, 404]
    with clock.shifted(timedelta(minutes=2)):
        assert [status(api, method, f"/CallLogs/1?handshake={old}") for method in ("HEAD", "GET")] == [401, 401]
    change(api, User, CAROL, deleted_at=clock.now())
    assert [status(api, method, f"/CallLogs/1?handshake={old}") for method in ("HEAD", "GET")] == [401, 401]


def test_who_may_not_log_in_keeps_the_handshake(api: Api) -> None:
    path = f"/CallLogs/1?handshake={handshake(api, 'carol')}"
    change(api, User, CAROL, force_password_reset=True)
    assert [status(api, method, path) for method in ("HEAD", "GET")] == [403, 403]
    change(api, User, CAROL, force_password_reset=False)
    assert [status(api, method, path) for method in ("GET", "GET")] == [200, 401]


def test_a_handshake_opens_private_articles(api: Api) -> None:
    path = f"/kb/a3?handshake={handshake(api, 'alice')}"
    assert [status(api, method, path) for method in ("HEAD", "GET", "GET")] == [200, 200, 401]


@pytest.mark.parametrize("before", [[], ["HEAD"], ["HEAD", "HEAD"]])
def test_head_verifies_nothing(api: Api, before: list[str]) -> None:
    root = "http://x"
    with writing(api.engine) as session:
        session.get_one(User, 8).is_email_verified = False
        verification.send_link(session, users.SYSTEM, 8, root)
    with api.engine.connect() as connection:
        body = connection.exec_driver_sql("SELECT body FROM outgoing_mails ORDER BY id DESC").scalar()
    path = str(body).partition(root)[2].split()[0]
    assert [status(api, method, path) for method in before] == [200] * len(before)
    assert [status(api, method, path) for method in ("GET", "HEAD", "GET")] == [200, 410, 410]
    assert status(api, "HEAD", "/Verify/nonsense") == 404
