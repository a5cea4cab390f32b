"""`python -m bench.attack_connections`: what unknown callers can do to others by connections, logins and locks.

Each attack stands alone, on a server as `make serve` starts it. Meanwhile /healthz is asked on new connections and
GetTicketInfo on a kept one; the longest answer of each is printed. Exit status 1 where /healthz took longer than 0.5 s,
a GetTicketInfo longer than 1 s, or a stop longer than 2 s after the last call.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import re
import signal
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from smartertrack_emu import setup
from smartertrack_emu.config import Settings
from smartertrack_emu.store.unit_of_work import writing

from . import requests, servers
from .data import SEED, add_tickets
from .load import databases

HEALTH_SECONDS, CALL_SECONDS, STOP_SECONDS = 0.5, 1.0, 2.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LARGE = 48 * 1024 * 1024

Attack = Callable[[int, str, float], contextlib.AbstractContextManager[None]]
"""Of a port, a database's URL and the seconds for which it must last."""


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


@contextmanager
def nothing(port: int, url: str, seconds: float) -> Iterator[None]:
    """Attack nobody: what the others are to be compared with."""
    del port, url, seconds
    yield


@contextmanager
def half_open(port: int, url: str, seconds: float) -> Iterator[None]:
    """Hold 1,000 connections with a header that does not end."""
    del url, seconds
    with ExitStack() as stack:
        for _ in range(1000):
            connection = stack.enter_context(_connect(port))
            connection.sendall(b"POST /Services2/svcTickets.asmx HTTP/1.1\r\nHost: h\r\nContent-")
        yield


@contextmanager
def unread(port: int, url: str, seconds: float) -> Iterator[None]:
    """Ask 100 times for a file of 48 MB and read none of it."""
    del url, seconds
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    ticket = _envelope("GetTicketInfo", "<ticketId>1</ticketId>")
    number = re.findall(r"<TicketNumber>([^<]*)<", _post(connection, "GetTicketInfo", ticket))[0]
    length = LARGE * 3 // 4  # base64 is longer
    file = (
        f"<ticketNumber>{number}</ticketNumber><fileName>a.bin</fileName><fileData>{'AAAA' * (length // 3)}</fileData>"
    )
    file += f"<fileLength>{length}</fileLength><fileDateUtc>2024-01-01T00:00:00Z</fileDateUtc>"
    answer = _post(connection, "AddTicketAttachment", _envelope("AddTicketAttachment", file))
    address = re.findall(r"<downloadUrl>([^<]*)<", answer)[0]
    with ExitStack() as stack:
        for _ in range(100):
            one = stack.enter_context(_connect(port))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.sendall(f"GET /{address} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        yield


@contextmanager
def wrong_logins(port: int, url: str, seconds: float) -> Iterator[None]:
    """Send 200 wrong passwords at once, each for a name of its own, again and again."""
    del url
    until = time.monotonic() + seconds

    def guess(number: int) -> None:
        turn = 0
        while time.monotonic() < until:
            turn += 1
            body = f"authUserName=nobody{number}-{turn}&authPassword=wrong"
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection.request("POST", "/Services2/svcOrganization.asmx/GetServerName", body, FORM)
                connection.getresponse().read()
            connection.close()

    threads = [threading.Thread(target=guess, args=(n,), daemon=True) for n in range(200)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


@contextmanager
def locked(port: int, url: str, seconds: float) -> Iterator[None]:
    """Hold the database's lock from outside while 32 callers want to write."""
    body = "authUserName=alice&authPassword=alice-pw&ticketId=1&isTyping=true"
    body = "authUserName=alice&authPassword=alice-pw&ticketNumber={}&messageType=Note&notetext=x"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    ticket = _envelope("GetTicketInfo", "<ticketId>1</ticketId>")
    number = re.findall(r"<TicketNumber>([^<]*)<", _post(connection, "GetTicketInfo", ticket))[0]
    release = _lock(url)
    until = time.monotonic() + seconds

    def write() -> None:
        while time.monotonic() < until:
            kept = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            with contextlib.suppress(OSError, http.client.HTTPException):
                kept.request("POST", "/Services2/svcTickets.asmx/AddTicketNote", body.format(number), FORM)
                kept.getresponse().read()
            kept.close()

    threads = [threading.Thread(target=write, daemon=True) for _ in range(32)]
    for thread in threads:
        thread.start()
    yield
    release()
    for thread in threads:
        thread.join()


def _lock(url: str) -> Callable[[], None]:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        database = sqlite3.connect(str(parsed.database), isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        return database.close
    other = psycopg.connect(host=str(parsed.query["host"]), user="postgres", dbname=parsed.database)
    other.execute("SELECT 1 FROM tickets FOR UPDATE")
    return other.close


ATTACKS: dict[str, Attack] = {
    "nothing": nothing,
    "100 unread downloads": unread,
    "1,000 half-open connections": half_open,
    "200 wrong logins at once": wrong_logins,
    "a locked database": locked,
}


def _envelope(operation: str, content: str) -> str:
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f'<{operation} xmlns="{requests.NAMESPACE}"><authUserName>alice</authUserName>'
        f"<authPassword>alice-pw</authPassword>{content}</{operation}></e:Body></e:Envelope>"
    )


def _post(connection: http.client.HTTPConnection, operation: str, body: str) -> str:
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f"{requests.NAMESPACE}/{operation}"}
    connection.request("POST", requests.PATH, body, headers)
    return connection.getresponse().read().decode()


def _longest(ask: Callable[[], None], seconds: float) -> float:
    longest, until = 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        begin = time.monotonic()
        ask()
        longest = max(longest, time.monotonic() - begin)
        time.sleep(0.05)
    return longest


def measure(attack: Attack, port: int, url: str, seconds: float) -> tuple[float, float]:
    """Return the longest /healthz and the longest GetTicketInfo, in seconds."""
    kept = requests.Connection(port)
    info = requests.request("GetTicketInfo")

    def health() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == http.client.OK
        connection.close()

    def call() -> None:
        kept.send(info)
        kept.receive()

    call()
    longest: dict[str, float] = {}
    with attack(port, url, seconds):
        asking = threading.Thread(target=lambda: longest.update(health=_longest(health, seconds)))
        asking.start()
        longest["call"] = _longest(call, seconds)
        asking.join()
    kept.close()
    return longest.get("health", float("inf")), longest["call"]


def stop_under_load(server: servers.Server) -> tuple[int, int, float]:
    """Send SIGTERM under 32 busy kept connections: calls answered, calls cut, seconds from the last call to the end."""
    answered, cut, last = [0], [0], [0.0]
    lock = threading.Lock()
    info = requests.request("GetTicketInfo")

    def call() -> None:
        kept: requests.Connection | None = None
        while True:
            try:
                kept = kept or requests.Connection(server.port)
            except OSError:
                return  # it accepts no more
            try:
                kept.send(info)
                closing = b"connection: close" in kept.receive_all().lower()
            except (AssertionError, OSError):
                with lock:
                    cut[0] += 1
                return
            with lock:
                answered[0] += 1
                last[0] = time.monotonic()
            if closing:
                kept.close()
                kept = None

    threads = [threading.Thread(target=call) for _ in range(32)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    server.signal(signal.SIGTERM)
    server.join()
    ended = time.monotonic()
    for thread in threads:
        thread.join()
    return answered[0], cut[0], ended - last[0]


def main() -> None:
    """Run each attack on each database and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.attack_connections", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="of each attack")
    parser.add_argument("--database", choices=["both", "sqlite", "postgresql"], default="both")
    parser.add_argument("--attack", choices=ATTACKS, action="append", help="only this one")
    options = parser.parse_args()
    failed = False
    print(f"{'':12}{'':30}{'/healthz s':>12}{'call s':>12}")
    with tempfile.TemporaryDirectory() as name, databases(Path(name), options.database, "attacked") as kinds:
        for kind, (url,) in kinds:
            folder = Path(name) / kind
            engine = setup.prepare(Settings(data=folder, database_url=url, seed=SEED))
            with writing(engine) as session:
                add_tickets(session, 100)
            engine.dispose()
            for what in options.attack or ATTACKS:
                server = servers.ours(folder, servers.free_port(), url, pinned=False)
                server.wait()
                health, call = measure(ATTACKS[what], server.port, url, options.seconds)
                server.kill()
                wrong = health > HEALTH_SECONDS or call > CALL_SECONDS
                print(f"{kind:12}{what:30}{health:12.2f}{call:12.2f}{'  TOO LONG' if wrong else ''}", flush=True)
                failed = failed or wrong
            server = servers.ours(folder, servers.free_port(), url, pinned=False)
            server.wait()
            answered, cut, seconds = stop_under_load(server)
            print(f"{kind:12}stopped under 32 busy connections: {answered} calls answered, {cut} cut, ", end="")
            print(f"gone {seconds:.2f} s after the last", flush=True)
            failed = failed or bool(cut) or seconds > STOP_SECONDS
    sys.exit(failed)


if __name__ == "__main__":
    main()
