"""The threads that answer: one leads, the others stand by.

The leader waits for sockets and carries out what they ask for itself, so that an ordinary call passes through one
thread and no two threads fight for the interpreter's lock. A watcher looks at the leader every hundredth of a second.
Where a call takes longer, another thread takes the lead, and the first becomes an ordinary one until its call is done.
So many threads at most carry out calls at once (`threads`).

A call that waits for something else than the processor (a lock, a password's turn, another server) says so with
`waiting`, or is found to be waiting by the watcher: its place among the `threads` is another's meanwhile. So many calls
may wait at once (`most_waiting`); one that would be one more is refused with `CrowdedError`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.01
"""Between two looks of the watcher while calls are carried out."""

_IDLE_LOOKS = 100
_WAITING_AFTER = 0.05
"""Seconds after which a call that used no processor in the meantime counts as one that waits."""

_BUSY_SHARE = 0.2
_CALLS_A_THREAD = 200
_URGENT_PLACES = 2
"""Calls that may be carried out beside the `threads` where they are urgent: the health check."""

_TURN_SECONDS = 1.0
_MOST_STREAMS = 32


class CrowdedError(Exception):
    """As many calls wait as may: this one is to be tried again in a while."""


class Task(Protocol):
    """A connection with a request that is whole."""

    urgent: bool

    def service(self) -> None:
        """Answer the request."""

    def cancel(self) -> None:
        """Drop the request."""


class _Seat:
    """What a thread of the pool does at the moment."""

    __slots__ = ("cpu", "is_urgent", "looked_at", "since", "streams", "thread", "waits")

    def __init__(self) -> None:
        self.thread = threading.current_thread()
        self.since: float | None = None
        """When its call began; None between calls."""
        self.is_urgent = False
        self.waits = False
        self.streams = False
        self.looked_at = 0.0
        self.cpu = 0.0


_here = threading.local()


class Pool:
    """Carries out calls. `turn` waits for sockets up to so many seconds and adds tasks; `wake` ends its wait."""

    def __init__(
        self,
        turn: Callable[[float], object],
        wake: Callable[[], object],
        *,
        threads: int,
        most_waiting: int,
        overlap: bool = False,
    ) -> None:
        """Carry out `threads` calls at once at most; with `overlap` the leader shares its calls where it has several.

        Overlapping pays where calls wait for a database server, and costs where they only compute.
        """
        self._turn = turn
        self._wake = wake
        self._most = threads
        self._most_waiting = most_waiting
        self._overlap = overlap
        self._queue: deque[Task] = deque()
        self._lock = threading.Lock()
        self._free = threading.Condition(self._lock)
        self._gone = threading.Condition(self._lock)
        self._seats: set[_Seat] = set()
        self._leader: _Seat | None = None
        self._is_polling = False
        self._running = 0
        self._urgent_running = 0
        self._waiting = 0
        self._streaming = 0
        self._parked = 0
        self._stopping = False
        self._tasks = 0
        self.is_watched = True
        self.call_watcher: Callable[[], object] = lambda: None
        """Called by a thread that begins a call while nobody watches."""

    def start(self) -> None:
        """Start the first thread, which leads."""
        with self._lock:
            self._start_thread()

    def add_task(self, task: Task) -> None:
        """Take a task; called by the leader in its turn, or by a thread that has answered a request before it."""
        if task.urgent:
            self._queue.appendleft(task)
        else:
            self._queue.append(task)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being carried out or waits for a thread."""
        return not self._queue and not self._running and not self._waiting and not self._urgent_running

    # A thread's life

    def _start_thread(self) -> None:
        threading.Thread(target=self._work, name="call", daemon=True).start()

    def _work(self) -> None:
        seat = _Seat()
        _here.pool, _here.seat = self, seat
        with self._lock:
            self._seats.add(seat)
        left = _CALLS_A_THREAD
        try:
            # What a library keeps for a thread cannot grow for ever: a thread ends after some calls.
            while left > 0 and (task := self._next(seat)) is not None:
                left -= self._lead(seat, left) if task is seat else self._carry_out(seat, task)
        finally:
            with self._lock:
                self._seats.discard(seat)
                if self._leader is seat:
                    self._leader = None
                if not self._stopping and (self._leader is None or self._can_take()):
                    self._wake_one()
                self._gone.notify_all()

    def _next(self, seat: _Seat) -> Any:
        """Return the next task, the seat itself where the thread is to lead, None where it is to end."""
        with self._lock:
            while not self._stopping:
                if self._leader is None:
                    self._leader = seat
                    return seat
                if self._overlap or self._is_polling:
                    task = self._take(seat)
                    if task is not None:
                        return task
                if self._parked >= self._most:
                    return None
                self._parked += 1
                self._free.wait()
                self._parked -= 1
            return None

    def _take(self, seat: _Seat) -> Task | None:
        """Take a task that may be carried out now; the lock is held."""
        if not self._queue:
            return None
        if self._running < self._most:
            self._running += 1
            seat.is_urgent = False
        elif self._queue[0].urgent and self._urgent_running < _URGENT_PLACES:
            self._urgent_running += 1
            seat.is_urgent = True
        else:
            return None
        seat.waits = False
        seat.cpu = seat.looked_at = 0.0
        seat.since = time.monotonic()
        self._tasks += 1
        return self._queue.popleft()

    def _carry_out(self, seat: _Seat, task: Task) -> int:
        if not self.is_watched:
            self.is_watched = True
            self.call_watcher()
        try:
            task.service()
        except Exception:
            logger.exception("unexpected error while serving")
        with self._lock:
            seat.since = None
            if seat.streams:
                return _CALLS_A_THREAD  # another thread has its place
            if seat.waits:
                seat.waits = False
                self._waiting -= 1
            elif seat.is_urgent:
                self._urgent_running -= 1
            else:
                self._running -= 1
        return 1

    def _lead(self, seat: _Seat, left: int) -> int:
        """Wait for sockets and carry out what they ask for, until another leads; return how many calls that were."""
        done = 0
        while self._leader is seat and done < left and not self._stopping:
            with self._lock:
                blocked = not self._can_take()
                self._is_polling = blocked
            self._turn(_TURN_SECONDS if blocked else 0)
            with self._lock:
                self._is_polling = False
            for _ in range(len(self._queue)):
                with self._lock:
                    task = self._take(seat)
                    if task is not None and self._overlap and self._can_take():
                        self._wake_one()
                if task is None:
                    break
                done += self._carry_out(seat, task)
                if self._leader is not seat or done >= left:
                    break
        return done

    def _can_take(self) -> bool:
        if not self._queue:
            return False
        return self._running < self._most or (self._queue[0].urgent and self._urgent_running < _URGENT_PLACES)

    def _wake_one(self) -> None:
        """Have a thread look for something to do; the lock is held."""
        if self._parked:
            self._free.notify()
        elif len(self._seats) < self._most + self._most_waiting + _URGENT_PLACES + 1:
            self._start_thread()

    # Waiting

    @contextmanager
    def _waiting_here(self, seat: _Seat) -> Iterator[None]:
        with self._lock:
            if seat.since is None or seat.waits:
                counted = False
            elif self._waiting >= self._most_waiting:
                raise CrowdedError
            else:
                counted = True
                self._count_as_waiting(seat)
        try:
            yield
        finally:
            if counted:
                with self._lock:
                    if seat.waits:
                        seat.waits = False
                        self._waiting -= 1
                        if seat.is_urgent:
                            self._urgent_running += 1
                        else:
                            self._running += 1

    @contextmanager
    def _streaming_here(self, seat: _Seat) -> Iterator[None]:
        with self._lock:
            if self._streaming >= _MOST_STREAMS or seat.since is None:
                raise CrowdedError
            self._streaming += 1
            seat.streams = True
            if not seat.waits:
                self._count_as_waiting(seat)
            self._waiting -= 1
            self._seats.discard(seat)
        try:
            yield
        finally:
            with self._lock:
                self._streaming -= 1

    def _count_as_waiting(self, seat: _Seat) -> None:
        """Give a thread's place away; the lock is held."""
        seat.waits = True
        self._waiting += 1
        if seat.is_urgent:
            self._urgent_running -= 1
        else:
            self._running -= 1
        if self._leader is seat:
            self._leader = None
            self._wake_one()
        elif self._queue:
            self._wake_one()

    # Watching

    def look(self) -> bool:
        """Give the lead to another where the leader's call takes long; say whether anything has been done lately."""
        with self._lock:
            now = time.monotonic()
            leader = self._leader
            if leader is not None and leader.since is not None and now - leader.since >= LOOK_SECONDS / 2:
                self._leader = None
                self._wake_one()
            if self._queue and self._running >= self._most:
                for seat in self._seats:
                    self._look_at(seat, now)
            tasks, self._tasks = self._tasks, 0
            return bool(tasks) or bool(self._running) or bool(self._queue)

    def _look_at(self, seat: _Seat, now: float) -> None:
        """Count a call as waiting that has used hardly any processor since the last look."""
        if seat.since is None or seat.waits or now - max(seat.since, seat.looked_at) < _WAITING_AFTER:
            return
        cpu = _cpu_seconds(seat.thread)
        if (
            seat.looked_at
            and cpu - seat.cpu < _BUSY_SHARE * (now - seat.looked_at)
            and (self._waiting < self._most_waiting)
        ):
            self._count_as_waiting(seat)
        seat.looked_at, seat.cpu = now, cpu

    # The end

    def stop(self, timeout: float) -> None:
        """End the threads, waiting up to so many seconds for calls under way; drop what has not begun."""
        deadline = time.monotonic() + timeout
        with self._lock:
            self._stopping = True
            self._free.notify_all()
            self._wake()
            while self._seats and (left := deadline - time.monotonic()) > 0:
                self._gone.wait(left)
            if self._seats:
                logger.warning("%d calls still under way", len(self._seats))
            while self._queue:
                self._queue.popleft().cancel()


def _cpu_seconds(thread: threading.Thread) -> float:
    """Return the processor time that a thread has used; where the system does not tell, the present time: busy."""
    try:
        return time.clock_gettime(time.pthread_getcpuclockid(thread.ident or 0))
    except (AttributeError, OSError):
        return time.monotonic()


@contextmanager
def waiting() -> Iterator[None]:
    """Wait in the block for something else than the processor: the call's place is another's meanwhile.

    Raises `CrowdedError` where too many calls wait. Outside a pool's threads it does nothing.
    """
    pool: Pool | None = getattr(_here, "pool", None)
    if pool is None:
        yield
        return
    with pool._waiting_here(_here.seat):  # noqa: SLF001 - of this module
        yield


@contextmanager
def streaming() -> Iterator[None]:
    """Send an answer that has no end in the block: the thread leaves the pool for good, and another takes its place.

    Raises `CrowdedError` where there are too many such threads. Outside a pool's threads it does nothing.
    """
    pool: Pool | None = getattr(_here, "pool", None)
    if pool is None:
        yield
        return
    with pool._streaming_here(_here.seat):  # noqa: SLF001 - of this module
        yield
