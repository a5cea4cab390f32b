"""`python -m bench.recording`: 300 MB of a recording in parts of 256 KiB over SOAP, cut off half-way and restarted.

The server is killed half-way, started again, gets the part it was killed at once more and then the rest; the recording
is read back. What counts: the bytes are the same, and the server's memory grows by less than 40 MB.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import tempfile
import time
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from smartertrack_emu import setup
from smartertrack_emu.config import Settings

from . import data, requests, servers

PART = 256 * 1024
MEGABYTES = 300
GROWTH = 40.0
"""MB that the server's memory may grow by; 8 of them are the calls that wait for their place in the journal."""

NAMESPACE = "http://www.smartertools.com/SmarterTrack/Services2/svcVoip.asmx"
CALL_LOG = 1
_LOGIN = b64encode(b"admin:admin").decode()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured: megabytes of growth of either process, bytes read back, seconds there and back."""

    growth: float
    same: bool
    length: int
    seconds_up: float
    seconds_down: float


def measure(directory: Path, *, megabytes: int) -> Outcome:
    """Upload and read back a recording on a database of its own in `directory`."""
    setup.prepare(Settings(data=directory, seed=data.SEED)).dispose()
    count = megabytes * 2**20 // PART
    begin = time.perf_counter()
    upload = _Upload(directory)
    try:
        for number in range(count // 2):
            upload.store(number, last=False)
        upload.restart()
        for number in range(count // 2 - 1, count):
            upload.store(number, last=number == count - 1)
        up = time.perf_counter() - begin
        sent = hashlib.sha256()
        for number in range(count):
            sent.update(_part(number))
        begin = time.perf_counter()
        digest, length = upload.read_back()
        down = time.perf_counter() - begin
    finally:
        upload.stop()
    return Outcome(upload.growth, digest == sent.digest(), length, up, down)


class _Upload:
    """A recording on its way to a server, whose memory is watched."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._recording = 0
        self.growth = 0.0
        self._start()

    def _start(self) -> None:
        self.server = servers.ours(self._directory, servers.free_port())
        self.server.wait()
        self._connection = requests.Connection(self.server.port)
        self._call(CALL_LOG, 99999999, 0, b"x", last=True)  # refused: the first call brings much into memory
        self._before = self.server.megabytes

    def restart(self) -> None:
        """Kill the server and start it again."""
        self.stop()
        self._start()

    def stop(self) -> None:
        """Kill the server."""
        self._connection.close()
        self.server.kill()

    def store(self, number: int, *, last: bool) -> None:
        """Send one part."""
        answer = self._call(CALL_LOG, self._recording, number * PART, _part(number), last=last)
        assert b"<Result>true</Result>" in answer, answer[:1000]
        given = int(answer.partition(b"<CallLogAttachmentId>")[2].partition(b"<")[0])
        self._recording = self._recording or given
        self._watch()

    def _watch(self) -> None:
        self.growth = max(self.growth, self.server.megabytes - self._before)

    def read_back(self) -> tuple[bytes, int]:
        """Return the digest and the length of the recording as an administrator reads it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        path = f"/Recordings/{CALL_LOG}/{self._recording}"
        connection.request("GET", path, headers={"Authorization": f"Basic {_LOGIN}"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        digest, length = hashlib.sha256(), 0
        while piece := answer.read(PART):
            digest.update(piece)
            length += len(piece)
            self._watch()
        connection.close()
        return digest.digest(), length

    def _call(self, call_log: int, recording: int, position: int, part: bytes, *, last: bool) -> bytes:
        body = (
            '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
            f'<soap:Body><StoreCallRecording xmlns="{NAMESPACE}"><authUserName>carol</authUserName>'
            f"<authPassword>carol-pw</authPassword><callLogId>{call_log}</callLogId>"
            f"<callLogAttachmentId>{recording}</callLogAttachmentId><fileName>call.wav</fileName>"
            f"<startPosition>{position}</startPosition><isLastPart>{str(last).lower()}</isLastPart>"
            f"<fileData>{b64encode(part).decode()}</fileData></StoreCallRecording></soap:Body></soap:Envelope>"
        ).encode()
        head = (
            "POST /Services2/svcVoip.asmx HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml; charset=utf-8\r\n"
            f'SOAPAction: "{NAMESPACE}/StoreCallRecording"\r\nContent-Length: {len(body)}\r\n\r\n'
        )
        self._connection.send(head.encode() + body)
        return self._connection.receive()


def _part(number: int) -> bytes:
    """Return a part's bytes: the same every time, and never those of another part."""
    return hashlib.shake_128(f"part {number}".encode()).digest(PART)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.recording", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=MEGABYTES)
    megabytes: int = parser.parse_args().megabytes
    with tempfile.TemporaryDirectory() as folder:
        outcome = measure(Path(folder), megabytes=megabytes)
    print(
        f"{megabytes} MB up in {outcome.seconds_up:.1f} s, down in {outcome.seconds_down:.1f} s, "
        f"{'the same' if outcome.same else 'NOT THE SAME'}; "
        f"the server's memory grew by {outcome.growth:.1f} MB (to reach: {GROWTH:.0f})"
    )


if __name__ == "__main__":
    main()
