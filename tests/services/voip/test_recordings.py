"""svcVoip's recordings over HTTP: parts, ids and the greatest size are documented, restarting and reading back ours."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import select

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.calllogs import recordings
from smartertrack_emu.domain.events.history import history
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import Attachment
from smartertrack_emu.store.unit_of_work import reading
from tests.services.api import Api

CALL_LOG = 1
"""The seed file's, of carol's group."""
EVERY_BYTE = bytes(range(256))


def store(
    api: Api, data: bytes, position: int = 0, *, recording: int | None = None, last: bool = False, by: str = "carol"
) -> Any:
    return api.voip(by).StoreCallRecording(CALL_LOG, recording, "Anruf 1.wav", position, last, data)


def begin(api: Api, data: bytes, *, last: bool = False) -> int:
    answer = store(api, data, last=last)
    assert (answer.Result, answer.ResultCode) == (True, 0), answer.Message
    return int(answer.CallLogAttachmentId)


def read_back(api: Api, recording: int, **how: Any) -> requests.Response:
    url = f"{api.url}/Recordings/{CALL_LOG}/{recording}"
    return requests.get(url, timeout=30, **{"auth": ("admin", "admin"), **how})


def test_in_one_part(api: Api) -> None:
    recording = begin(api, EVERY_BYTE, last=True)
    answer = read_back(api, recording)
    assert (answer.status_code, answer.content) == (200, EVERY_BYTE)
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Anruf%201.wav"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_in_parts(api: Api) -> None:
    parts = [EVERY_BYTE * 10, b"", EVERY_BYTE, b"end"]
    recording, position = begin(api, parts[0]), len(parts[0])
    for part in parts[1:]:
        assert read_back(api, recording).status_code == 404  # not whole yet
        answer = store(api, part, position, recording=recording, last=part == parts[-1])
        assert (answer.Result, answer.CallLogAttachmentId) == (True, 0)  # a continuation
        position += len(part)
    assert read_back(api, recording).content == b"".join(parts)


def test_cut_off_and_restarted(api: Api) -> None:
    recording = begin(api, b"0123456789")
    assert store(api, b"abcdef", 10, recording=recording).Result
    assert store(api, b"ABCDEFGH", 10, recording=recording).Result  # that part again, longer
    assert store(api, b"xy", 0, recording=recording).Result  # an early one again: what came after it stays
    assert store(api, b"!", 18, recording=recording, last=True).Result
    assert read_back(api, recording).content == b"xy23456789ABCDEFGH!"


def test_no_part_shortens_what_is_there(api: Api) -> None:
    recording = begin(api, b"0123456789")
    assert store(api, b"AB", 0, recording=recording).Result
    assert store(api, b"", 0, recording=recording).Result
    assert store(api, b"ab", 4, recording=recording, last=True).Result
    assert read_back(api, recording).content == b"AB23ab6789"


def test_the_last_part_may_come_twice(api: Api) -> None:
    recording = begin(api, b"01234")
    for _ in range(2):
        assert store(api, b"56", 5, recording=recording, last=True).Result
    for data, position, last in ((b"xx", 5, True), (b"567", 5, True), (b"56", 5, False), (b"", 0, True)):
        assert store(api, data, position, recording=recording, last=last).ResultCode == -7
    assert read_back(api, recording).content == b"0123456"


def test_equal_recordings_are_two(api: Api) -> None:
    first, second = begin(api, EVERY_BYTE, last=True), begin(api, EVERY_BYTE, last=True)
    assert first != second
    assert read_back(api, first).content == read_back(api, second).content


def test_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "LONGEST", 100)
    recording = begin(api, b"x" * 50)
    for data, position, of, code, word in (
        (b"x", 51, recording, -5, "startPosition"),
        (b"x", -1, recording, -5, "startPosition"),
        (b"x", 1, None, -5, "startPosition"),
        (b"x", 0, 99, -4, "99"),
        (b"x" * 51, 50, recording, -5, "100 bytes"),
        (b"x" * 101, 0, None, -5, "100 bytes"),
        (b"x", 2**63 - 1, recording, -5, "100 bytes"),
    ):
        answer = store(api, data, position, recording=of)
        assert (answer.Result, answer.ResultCode, answer.CallLogAttachmentId) == (False, code, 0)
        assert word in answer.Message
    assert store(api, b"y" * 50, 50, recording=recording, last=True).Result
    assert read_back(api, recording).content == b"x" * 50 + b"y" * 50


def test_the_limit_is_a_gigabyte() -> None:
    assert recordings.LONGEST == 2**30


@pytest.mark.parametrize("name", ["", " ", ".", "..", "a/", "C:\\calls\\..", "/", "a\nb", "x" * 256])
def test_a_name_is_needed(api: Api, name: str) -> None:
    answer = api.voip("carol").StoreCallRecording(CALL_LOG, None, name, 0, True, b"x")
    assert (answer.ResultCode, "fileName" in answer.Message) == (-5, True)


@pytest.mark.parametrize("name", ["../../etc/Grüße 1.wav", "C:\\calls\\Grüße 1.wav", "Grüße 1.wav"])
def test_the_name_is_the_last_of_a_path(api: Api, name: str) -> None:
    recording = api.voip("carol").StoreCallRecording(CALL_LOG, None, name, 0, True, b"x").CallLogAttachmentId
    page = requests.get(f"{api.url}/Recordings/{CALL_LOG}", auth=("admin", "admin"), timeout=30).text
    assert f'href="/Recordings/{CALL_LOG}/{recording}/Gr%C3%BC%C3%9Fe%201.wav">Grüße 1.wav<' in page
    disposition = read_back(api, recording).headers["Content-Disposition"]
    assert disposition == "attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe%201.wav"


def test_whose_call_log(api: Api) -> None:
    assert store(api, b"x", by="alice").ResultCode == -4
    assert store(api, b"x", by="customer").ResultCode == -3
    assert api.voip("carol").StoreCallRecording(99, None, "a.wav", 0, True, b"x").ResultCode == -4
    other = api.call_logs("carol").CreateCallLog2(["Subject=Other", "GroupID=3", "UserID=6"]).CallLogId
    recording = begin(api, b"x")
    answer = api.voip("carol").StoreCallRecording(other, recording, "a.wav", 1, True, b"x")
    assert answer.ResultCode == -4
    assert api.call_logs("admin").DeleteCallLog(CALL_LOG).Result
    assert store(api, b"x").ResultCode == -7
    assert store(api, b"x", 1, recording=recording).ResultCode == -7


def test_history(api: Api) -> None:
    recording = begin(api, b"12")
    store(api, b"3", 2, recording=recording, last=True)
    with reading(api.engine) as session:
        lines = [line.details for line in history(session, ItemKind.CALL_LOG, CALL_LOG)]
    assert lines.count("Recording: Anruf 1.wav (3 bytes)") == 1


def test_administrators_alone_read_back(api: Api) -> None:
    recording = begin(api, b"secret", last=True)
    for auth, status in (
        (None, 401),
        (("admin", "wrong"), 401),
        (("carol", "carol-pw"), 403),
        (("mary", "mary-pw"), 403),
    ):
        answer = read_back(api, recording, auth=auth)
        assert (answer.status_code, b"secret" in answer.content) == (status, False)
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert read_back(api, recording, auth=None, headers={"Authorization": "Basic ====="}).status_code == 401
    with reading(api.engine) as session:
        token = session.scalar(select(Attachment.token).where(Attachment.id == recording))
    assert requests.get(f"{api.url}/Download/{token}", timeout=30).status_code == 404


def test_a_handshake_reads_once(api: Api) -> None:
    recording = begin(api, b"secret", last=True)

    def status(token: str) -> int:
        return read_back(api, recording, auth=None, params={"handshake": token}).status_code

    token = api.voip("admin").GetLoginHandshake().HandshakeToken
    assert [status(token), status(token), status("nonsense")] == [200, 401, 401]
    assert status(api.voip("carol").GetLoginHandshake().HandshakeToken) == 403
    token = api.voip("admin").GetLoginHandshake().HandshakeToken
    with clock.shifted(timedelta(minutes=2)):
        assert status(token) == 401


def test_the_list(api: Api) -> None:
    url = f"{api.url}/CallLogs/{CALL_LOG}"
    assert "There are none" in requests.get(url, auth=("admin", "admin"), timeout=30).text
    recording = begin(api, b"x", last=True)
    begin(api, b"not whole")
    page = requests.get(f"{url}/", auth=("admin", "admin"), timeout=30).text
    assert page.count(f'href="/Recordings/{CALL_LOG}/') == 1
    assert f'href="/Recordings/{CALL_LOG}/{recording}/Anruf%201.wav"' in page
    for path in (f"{CALL_LOG}/99", f"99/{recording}", f"{CALL_LOG}/99999999999"):
        assert requests.get(f"{api.url}/Recordings/{path}", auth=("admin", "admin"), timeout=30).status_code == 404


@pytest.mark.parametrize("megabytes", [8])
def test_parts_are_not_held_in_memory(api: Api, megabytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No read and no write of content is greater than a part; bench/recording.py measures 300 MB."""
    from smartertrack_emu.store import disk  # noqa: PLC0415 - its innards are watched

    size, sizes = 256 * 1024, []
    write_synced = disk.write_synced

    def watched(file: Any, pieces: Iterable[bytes]) -> None:
        def noted() -> Iterator[bytes]:
            for piece in pieces:
                sizes.append(len(piece))
                yield piece

        write_synced(file, noted())

    monkeypatch.setattr(disk, "write_synced", watched)
    digest, recording, position = hashlib.sha256(), None, 0
    count = megabytes * 4
    for number in range(count):
        part = hashlib.shake_128(str(number).encode()).digest(size)
        digest.update(part)
        answer = store(api, part, position, recording=recording, last=number == count - 1)
        assert answer.Result
        recording = recording or answer.CallLogAttachmentId
        position += size
    assert sizes == [size] * (count - 1 + count)  # each part but the last, and then the whole
    assert recording is not None
    read, pieces = hashlib.sha256(), []
    with read_back(api, recording, stream=True) as answer:
        for piece in answer.iter_content(size):
            read.update(piece)
            pieces.append(len(piece))
    assert sum(pieces) == megabytes * 2**20
    assert read.digest() == digest.digest()
