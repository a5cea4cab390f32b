"""The command line where Windows, macOS or Python 3.14 lacks something: `python tests/other_systems.py windows serve`.

None of them can be run here. What they lack is taken away, and what they do otherwise with files is done so, before the
first import of ours. Ctrl+Break is `CTRL_BREAK`.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import select
import selectors
import signal
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CTRL_BREAK = getattr(signal, "SIGUSR1", None)
SOCKETS_OF_SELECT = 512
"""That many Python's select takes on Windows."""

_NAMES_OF_UNIX: dict[Any, str] = {
    os: "O_DIRECTORY O_NOFOLLOW O_NONBLOCK WNOHANG chown fchmod fork forkpty geteuid getgid getuid killpg link "
    "register_at_fork sched_getaffinity setsid uname wait",
    select: "epoll poll",
    selectors: "EpollSelector PollSelector",
    signal: "SIGALRM SIGCHLD SIGHUP SIGKILL SIGUSR1 SIGUSR2 pthread_kill pthread_sigmask",
    socket: "AF_UNIX",
    time: "clock_gettime pthread_getcpuclockid",
}
_REMOVED_IN_3_14 = {
    "ast": "Bytes Ellipsis NameConstant Num Str",
    "asyncio": "AbstractChildWatcher get_child_watcher set_child_watcher",
    "importlib.abc": "ResourceReader Traversable TraversableResources",
    "pkgutil": "find_loader get_loader",
    "sqlite3": "version version_info",
    "sqlite3.dbapi2": "version version_info",
    "urllib.parse": "Quoter",
    "urllib.request": "FancyURLopener URLopener",
}

_ASK_FOR_THE_SYSTEMS_NAME = ("asyncio", "subprocess")
"""Modules of the standard library that do so rather than look what is there."""

_MODULES_OF_UNIX = ("fcntl", "grp", "pwd", "resource", "termios")


def like_windows() -> None:
    """Take away what Windows lacks."""
    for name in _ASK_FOR_THE_SYSTEMS_NAME:
        importlib.import_module(name)
    vars(signal)["SIGBREAK"] = CTRL_BREAK
    for module, names in _NAMES_OF_UNIX.items():
        for name in names.split():
            if hasattr(module, name):
                delattr(module, name)
    modules: dict[str, Any] = dict.fromkeys(_MODULES_OF_UNIX)
    sys.modules.update(modules)
    vars(selectors)["DefaultSelector"] = WindowsSelector
    vars(socket)["SO_EXCLUSIVEADDRUSE"] = socket.SO_KEEPALIVE
    setattr(socket.socket, "setsockopt", _setsockopt)  # noqa: B010 - its own signature has three forms
    vars(socket)["socketpair"] = _socketpair
    vars(ctypes)["CDLL"] = _Library
    _open_files_as_windows()
    # Waitress has two ways to be woken, and chooses by this name.
    vars(os)["name"] = "nt"
    importlib.import_module("waitress.trigger")
    vars(os)["name"] = "posix"


def like_macos() -> None:
    """Take away what macOS lacks; it waits with kqueue, which is not here, and so the test does with poll."""
    for module, names in {select: ["epoll"], selectors: ["EpollSelector"], time: ["pthread_getcpuclockid"]}.items():
        for name in names:
            delattr(module, name)
    vars(selectors)["DefaultSelector"] = selectors.PollSelector
    import resource  # noqa: PLC0415 - Windows has none

    resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def like_python_3_14() -> None:
    """Take away what Python 3.14 removed from the standard library."""
    for module, names in _REMOVED_IN_3_14.items():
        # Some modules give deprecated names by a function of their own.
        for name in (*names.split(), "__getattr__"):
            vars(importlib.import_module(module)).pop(name, None)


class WindowsSelector(selectors.SelectSelector):
    """Waits for sockets only, and not for many."""

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Take a socket."""
        number = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            raise OSError(10038, "An operation was attempted on something that is not a socket")
        return super().register(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait."""
        if len(self.get_map()) > SOCKETS_OF_SELECT:
            raise ValueError("too many file descriptors in select()")
        return super().select(timeout)


def _setsockopt(self: socket.socket, level: int, name: int, *value: Any) -> None:
    ours = sys._getframe(1).f_globals["__name__"].startswith("smartertrack_emu")
    if ours and (level, name) == (socket.SOL_SOCKET, socket.SO_REUSEADDR):
        raise AssertionError("on Windows this lets any program take over the port")
    super(socket.socket, self).setsockopt(level, name, *value)


def _socketpair() -> tuple[socket.socket, socket.socket]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        one = socket.create_connection(listener.getsockname())
        return one, listener.accept()[0]


class _Library(ctypes.CDLL):
    def __init__(self, name: str | None, *arguments: Any, **keywords: Any) -> None:
        if name is None:
            raise TypeError("argument of type 'NoneType' is not iterable")
        super().__init__(name, *arguments, **keywords)


def _open_files_as_windows() -> None:
    """Open no directory; move, replace and remove no open file; write a carriage return where no bytes are wanted."""
    vars(os)["O_BINARY"] = binary = 0x8000
    vars(tempfile)["TemporaryFile"] = tempfile.NamedTemporaryFile  # which it is there
    texts: set[int] = set()
    opened, written, closed, doubled = os.open, os.write, os.close, os.dup2

    def open_(path: Any, flags: int, mode: int = 0o777, **options: Any) -> int:
        if os.path.isdir(path):  # noqa: PTH112 - pathlib calls os
            raise PermissionError(13, "Permission denied", str(path))
        number = opened(path, flags & ~binary, mode, **options)
        if not flags & binary:
            texts.add(number)
        return number

    def write(number: int, data: bytes) -> int:
        return written(number, bytes(data).replace(b"\n", b"\r\n") if number in texts else data)

    def close(number: int) -> None:
        texts.discard(number)
        closed(number)

    def dup2(number: int, other: int, inheritable: bool = True) -> int:  # noqa: FBT002 - as in os
        (texts.add if number in texts else texts.discard)(other)
        return doubled(number, other, inheritable)

    vars(os).update(open=open_, write=write, close=close, dup2=dup2)
    for name in ("rename", "replace", "remove", "unlink"):
        vars(os)[name] = refusing_open_files(getattr(os, name), may_replace=name == "replace")


def refusing_open_files(work: Callable[..., None], *, may_replace: bool) -> Callable[..., None]:
    """Return what moves or removes files of any name as Windows does: none that this process has open."""

    def run(*paths: Any, **options: Any) -> None:
        if len(paths) > 1 and not may_replace and os.path.lexists(paths[1]):
            raise FileExistsError(17, "Cannot create a file when that file already exists", str(paths[1]))
        for path in paths:
            if os.path.isfile(path) and any(_is(number, path) for number in os.listdir("/dev/fd")):  # noqa: PTH113, PTH208 - as above
                raise PermissionError(13, "The process cannot access the file", str(path))
        work(*paths, **options)

    return run


def _is(number: str, path: Any) -> bool:
    try:
        return os.path.samestat(os.fstat(int(number)), os.stat(path))  # noqa: PTH116 - as above
    except OSError:
        return False


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])
    {"windows": like_windows, "macos": like_macos, "python3.14": like_python_3_14}[sys.argv.pop(1)]()
    from smartertrack_emu.cli import app

    app()
