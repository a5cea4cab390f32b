"""Evidence: ours. A recording holds what went over the wire and no password, and can be read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
import suds.client
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.proxy.calls import Call, Kept, Message, TooLongError, called, is_call, keep
from smartertrack_emu.proxy.passwords import MissingPasswordError, read_passwords, with_passwords
from smartertrack_emu.proxy.recordings import RecordingError, Recordings, read, read_all, written
from tests.services.api import Api, RunningServer

from .conftest import watching
from .test_passing import ENVELOPE, PATH

XML = ("Content-Type", "text/xml; charset=utf-8")
SECRETS = ("alice-pw", "bob-pw", "mary-pw", "n3w-s3cret", "admin-wr0ng")


def call(body: str | bytes = ENVELOPE, *, answer: bytes = b"<a/>", target: str = PATH, action: str = "") -> Call:
    sent = [XML, *([("SOAPAction", action)] if action else [])]
    data = body.encode() if isinstance(body, str) else body
    request = Message(f"POST {target} HTTP/1.1", sent, data)
    return Call(datetime(2031, 1, 1, tzinfo=UTC), 0.25, request, Message("200 OK", [XML], answer))


class TestOverTheWire:
    def test_no_password_of_any_client(self, installation: RunningServer, tmp_path: Path) -> None:
        folder = tmp_path / "recordings"
        with watching(installation, folder) as watched:
            api = Api(installation)
            api.url = watched.url
            assert api.tickets("alice").GetTicketInfo(1).Result
            client = suds.client.Client(f"{watched.url}{PATH}?WSDL", cache=None)
            assert client.service.GetTicketInfo("bob", "bob-pw", 1).Result
            secret = quote("mary-pw")
            http = api.http
            http.get(f"{watched.url}{PATH}/GetTicketInfo?authUserName=mary&authPassword={secret}&ticketId=1", timeout=9)
            form = {"authUserName": "mary", "authPassword": "mary-pw", "ticketId": "1"}
            http.post(f"{watched.url}{PATH}/GetTicketInfo", data=form, timeout=9)
            http.post(f"{watched.url}{PATH}", data=ENVELOPE, auth=("admin", "admin-wr0ng"), timeout=9)
            http.post(f"{watched.url}{PATH}", data=ENVELOPE.encode("utf-16"), headers=dict([XML]), timeout=9)
            http.close()
        assert len(watched.recorded()) == 6
        for path in watched.recorded():
            data = path.read_bytes()
            for secret in SECRETS:
                assert secret.encode() not in data
                assert secret.encode("utf-16-le") not in data
            assert b"****" in data or "*".encode("utf-16-le") in data
        first = watched.recorded()[0]
        assert first.name == "000001-svcTickets.GetTicketInfo.txt"
        assert first.stat().st_mode & 0o077 == 0
        assert first.read_text().splitlines()[0].startswith("smartertrack-emu recording 1 -----")

    def test_pages_and_wsdls_are_not_recorded(self, installation: RunningServer, tmp_path: Path) -> None:
        with watching(installation, tmp_path / "recordings") as watched:
            for path in (f"{PATH}?WSDL", PATH, "/healthz", "/Services2", "/nowhere"):
                requests.get(f"{watched.url}{path}", timeout=9)
        assert watched.recorded() == []

    def test_numbers_go_on(self, installation: RunningServer, tmp_path: Path) -> None:
        folder = tmp_path / "recordings"
        for _ in range(2):
            with watching(installation, folder) as watched:
                requests.post(f"{watched.url}{PATH}", data=ENVELOPE, headers=dict([XML]), timeout=9)
            (folder / "000002-svcTickets.GetTicketInfo.part").write_bytes(b"cut short")
        assert [path.name[:6] for path in sorted(folder.glob("*.txt"))] == ["000001", "000002"]


class TestWhatIsCalled:
    @pytest.mark.parametrize(
        ("target", "action", "body", "expected"),
        [
            (PATH, '"http://x/svcTickets.asmx/GetTicketInfo"', "", ("svcTickets", "GetTicketInfo")),
            (PATH, "", ENVELOPE, ("svcTickets", "GetTicketInfo")),
            (PATH, '""', ENVELOPE, ("svcTickets", "GetTicketInfo")),
            (f"{PATH}/PingService?a=b", "", "", ("svcTickets", "PingService")),
            (PATH, "", "<x/>", ("svcTickets", "")),
            ("/other", "", ENVELOPE, ("", "")),
            (PATH, "../../etc/passwd\x00", "", ("svcTickets", "")),
        ],
    )
    def test_names(self, target: str, action: str, body: str, expected: tuple[str, str]) -> None:
        assert called(call(body, target=target, action=action).request) == expected

    def test_which_requests_are_calls(self) -> None:
        def is_one(start: str) -> bool:
            return is_call(Message(f"{start} HTTP/1.1", [], b""))

        assert is_one(f"POST {PATH}")
        assert is_one("POST /services/svctickets.asmx/x")
        assert is_one(f"GET {PATH}/PingService?a=b")
        assert not is_one(f"GET {PATH}?WSDL")
        assert not is_one("POST /Login.aspx")


class TestFiles:
    @given(
        body=st.binary(max_size=300), answer=st.binary(max_size=300), reason=st.from_regex(r"\A(?: [A-Za-z]{1,9})?\Z")
    )
    def test_what_is_written_is_read(
        self, tmp_path_factory: pytest.TempPathFactory, body: bytes, answer: bytes, reason: str
    ) -> None:
        kept = keep(call())
        kept = replace(
            kept,
            request=replace(kept.request, body=body),
            answer=Message(f"200{reason}", [XML, ("X", "\u00e4")], answer),
        )
        path = tmp_path_factory.mktemp("one") / "000001-x.txt"
        path.write_bytes(written(kept))
        assert read(path) == kept

    def test_in_order(self, tmp_path: Path) -> None:
        recordings = Recordings(tmp_path)
        for _ in range(12):
            recordings.add(keep(call()))
        (tmp_path / "notes.txt").write_text("mine")
        assert [path.name[:6] for path, _ in read_all(tmp_path)] == [f"{number:06}" for number in range(1, 13)]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda data: data[:0], "first line"),
            (lambda data: data.replace(b"recording 1", b"recording 2"), "first line"),
            (lambda data: data[: len(data) // 3], "parts"),
            (lambda data: data.replace(b'{"at"', b'"at"'), "cannot be read"),
            (lambda data: data.replace(b'"user"', b'"loser"'), "cannot be read"),
            (lambda data: data.replace(b"POST ", b""), "no beginning"),
            (lambda data: data.replace(b"200 OK", b"fine"), "no beginning"),
            (lambda data: data.replace(b"Content-Type: ", b"Content-Type"), "no header"),
        ],
    )
    def test_a_file_that_is_none(self, tmp_path: Path, change: object, said: str) -> None:
        assert callable(change)
        path = Recordings(tmp_path).add(keep(call()))
        path.write_bytes(change(path.read_bytes()))
        with pytest.raises(RecordingError, match=said) as raised:
            read(path)
        assert path.name in str(raised.value)

    def test_a_bomb_is_not_unpacked(self) -> None:
        import gzip  # noqa: PLC0415 - for this test alone

        bomb = gzip.compress(bytes(16 * 1024 * 1024))
        one = call()
        packed = Message("200 OK", [XML, ("Content-Encoding", "gzip")], bomb)
        with pytest.raises(TooLongError):
            keep(replace(one, answer=packed))

    def test_what_was_compressed_is_readable(self) -> None:
        import gzip  # noqa: PLC0415 - for this test alone

        packed = Message("200 OK", [XML, ("Content-Encoding", "gzip")], gzip.compress(b"<hello/>"))
        assert keep(replace(call(), answer=packed)).answer == Message("200 OK", [XML], b"<hello/>")


class TestPasswords:
    def kept(self, body: str | bytes = ENVELOPE) -> Kept:
        return keep(call(body))

    def test_they_are_put_back(self) -> None:
        kept = self.kept()
        assert b"alice-pw" not in kept.request.body
        assert with_passwords(kept, {"alice": "alice-pw"}).body == ENVELOPE.encode()
        assert b"<authPassword>a&lt;b&amp;</authPassword>" in with_passwords(kept, {"alice": "a<b&"}).body

    def test_by_the_name_of_the_place(self) -> None:
        body = ENVELOPE.replace("<ticketId>1</ticketId>", "<newPassword>n3w-s3cret</newPassword>")
        kept = self.kept(body)
        assert b"n3w" not in kept.request.body
        filled = with_passwords(kept, {"alice": "one", "newpassword": "two"}).body
        assert b"<authPassword>one</authPassword><newPassword>two</newPassword>" in filled

    def test_in_a_form_and_a_query(self) -> None:
        form = "authUserName=alice&authPassword=alice-pw&x=1"
        one = call(form, target=f"{PATH}/X?password=alice-pw")
        kept = keep(
            replace(one, request=replace(one.request, headers=[("Content-Type", "application/x-www-form-urlencoded")]))
        )
        filled = with_passwords(kept, {"alice": "a b&c"})
        assert filled.body == b"authUserName=alice&authPassword=a%20b%26c&x=1"
        assert filled.target == f"{PATH}/X?password=a%20b%26c"

    def test_in_utf_16(self) -> None:
        kept = self.kept(ENVELOPE.encode("utf-16"))
        assert "alice-pw" in with_passwords(kept, {"alice": "alice-pw"}).body.decode("utf-16")

    def test_whose_is_missing(self) -> None:
        with pytest.raises(MissingPasswordError, match="the password of alice: --password 'alice="):
            with_passwords(self.kept(), {"bob": "x"})

    def test_none_is_needed_where_none_was(self) -> None:
        assert with_passwords(self.kept("<x/>"), {}).body == b"<x/>"

    def test_reading(self) -> None:
        assert read_passwords(["Alice=a=b"], "bob=c \n\nalice=no\n") == {"alice": "a=b", "bob": "c "}
        with pytest.raises(ValueError, match="user=password"):
            read_passwords(["alice"], "")
