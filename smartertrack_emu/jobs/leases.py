"""Which process runs a job: one at a time, by a lease that ends when its holder is gone.

A lease is taken by one conditional UPDATE, held for `LEASE_SECONDS` and renewed as long as the run goes on. A holder
that died is found at once where it was a process of this machine, else when its lease has run out.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, or_, select, update
from sqlalchemy.exc import DBAPIError

from smartertrack_emu.domain import clock
from smartertrack_emu.store.beside import beside, changing

from .table import turns

LEASE_SECONDS: Final = 30.0
_RENEW_SECONDS: Final = 10.0


def process_name() -> str:
    """Return what this process is called where jobs' runs are listed: its machine and its number there."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Leases:
    """The leases of one process."""

    def __init__(self, engine: Engine) -> None:
        """Hold leases in what stands beside the data of `engine`."""
        self._engine = engine
        self._me = f"{process_name()}:{secrets.token_hex(4)}"
        self._held: set[str] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def take(self, name: str, *, due_at: datetime | None = None) -> bool:
        """Take the lease of a job that nobody runs; False where somebody does.

        `due_at`: and only where the job is due at that moment.
        """
        now = clock.machine()
        with self._lock, changing(self._engine) as connection:
            if name in self._held:
                return False
            holder = connection.scalar(select(turns.c.holder).where(turns.c.name == name))
            is_free = or_(turns.c.holder.is_(None), turns.c.held_until < now)
            if holder is not None and _is_dead(holder):
                is_free = or_(is_free, turns.c.holder == holder)
            conditions = [turns.c.name == name, is_free]
            if due_at is not None:
                conditions.append(turns.c.next_run_at <= due_at)
            taken = connection.execute(
                update(turns).where(*conditions).values(holder=self._me, held_until=now + _LEASE)
            ).rowcount
        if not taken:
            return False
        self._held.add(name)
        self._keep_alive()
        return True

    def holds(self, name: str) -> bool:
        """Say whether a job is still this process's."""
        return name in self._held

    def release(self, name: str, **values: object) -> None:
        """Let go of a job, and write down what became of its run: columns of its row."""
        with self._lock, beside(self._engine).begin() as connection:
            self._held.discard(name)
            connection.execute(
                update(turns)
                .where(turns.c.name == name, turns.c.holder == self._me)
                .values(holder=None, held_until=None, **values)
            )

    def close(self) -> None:
        """Renew nothing more."""
        self._closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _keep_alive(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._renew_all, name="leases", daemon=True)
            self._thread.start()

    def _renew_all(self) -> None:
        while not self._closed:
            self._wake.wait(_RENEW_SECONDS)
            if self._held and not self._closed:
                self._renew()

    def _renew(self) -> None:
        until = clock.machine() + _LEASE
        try:
            with self._lock, beside(self._engine).begin() as connection:
                for name in sorted(self._held):
                    still = connection.execute(
                        update(turns).where(turns.c.name == name, turns.c.holder == self._me).values(held_until=until)
                    ).rowcount
                    if not still:  # a reset, or another process that took this one for dead
                        self._held.discard(name)
        except DBAPIError:
            return  # the lease holds for a while: the next time comes before it has run out


_LEASE: Final = timedelta(seconds=LEASE_SECONDS)


def _is_dead(holder: str) -> bool:
    """Say whether a holder was a process of this machine that is there no more."""
    host, _, rest = holder.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not _can_ask():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        return False
    return False


def _can_ask() -> bool:
    """Say whether a signal 0 asks for a process: on Windows it would end it."""
    return os.name == "posix"
