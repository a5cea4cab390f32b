"""The server's journal: what was called, and why it was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypedDict, Unpack, overload

from .control import Control, EmulatorError
from .time import moment_of

__tracebackhide__ = True  # pytest shows the line of the test

Outcome: TypeAlias = Literal["ok", "refused", "fault", "http"]

_PAGE = 1_000
_MOST_TOLD = 10
_LONGEST_SENTENCE = 500


class Filters(TypedDict, total=False):
    """Which calls are meant; names are compared without letter case.

    `text`: in the request, the answer or the message, without letter case. `after`: ids greater than this one.
    """

    service: str | None
    operation: str | None
    user: str | None
    outcome: Outcome | None
    code: int | None
    text: str | None
    after: int | None


@dataclass(frozen=True)
class Call:
    """A call as the journal keeps it. `at`: by the emulated clock. `why`: why it did not do what it should.

    `outcome` is "ok", "refused" (Result is false; `code` is its ResultCode), "fault" (a SOAP fault) or "http" (another
    status than 200, `code`; None where the connection was dropped).
    """

    id: int
    at: datetime
    milliseconds: float
    statements: int
    client: str
    protocol: str | None
    service: str | None
    operation: str | None
    user: str | None
    outcome: str
    code: int | None
    message: str
    why: str
    request_bytes: int
    response_bytes: int
    _control: Control = field(repr=False, compare=False)

    @property
    def request(self) -> dict[str, Any]:
        """The request as it came: `method`, `path`, `headers` (pairs), `body`, `truncated`; passwords are masked."""
        sent: dict[str, Any] = self._control.get("journal", self.id)["request"]
        return sent

    @property
    def response(self) -> dict[str, Any]:
        """The answer as it went: `status`, `headers` (pairs), `body`, `truncated`; passwords are masked."""
        given: dict[str, Any] = self._control.get("journal", self.id)["response"]
        return given

    @property
    def curl(self) -> str:
        """A command for a POSIX shell that sends the call again; the password stands as `${PASSWORD}`."""
        return self._control.get_text("journal", self.id, "curl")

    def __str__(self) -> str:
        name = ".".join(part for part in (self.service, self.operation) if part) or "a call of nothing known"
        who = f" by {self.user}" if self.user else ""
        code = "" if self.code in (None, 0) else f" {self.code}"
        message = f": {_cut(self.message)}" if self.message else ""
        why = f"\n    why: {_cut(self.why)}" if self.why else ""
        return f"{self.at:%H:%M:%S.%f} {name}{who}: {self.outcome}{code}{message}{why}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SENTENCE else f"{line[: _LONGEST_SENTENCE - 1]}…"


_MEMBERS = tuple(name for name in Call.__dataclass_fields__ if not name.startswith("_"))


class Journal(Sequence[Call]):
    """The calls that the server keeps, the oldest first: `journal[-1]` is the last one.

    The server writes the journal a moment after it has answered. Each reading waits until all the calls are there that
    were answered before: a second at the most.
    """

    def __init__(self, control: Control, settle: Callable[[], None]) -> None:
        """Read by `control`; `settle` waits until all that was answered is written."""
        self._control = control
        self._settle = settle
        self._is_kept: bool | None = None

    def calls(self, **filters: Unpack[Filters]) -> list[Call]:
        """Return the calls that fit, the oldest first."""
        return self._read(**filters)

    def last(self, **filters: Unpack[Filters]) -> Call:
        """Return the last call that fits; LookupError, which names the last calls, where none does."""
        found = self.calls(**filters)
        if found:
            return found[-1]
        told = "\n".join(map(str, self.tail())) or "none"
        message = f"No such call is in the journal. The last calls are:\n{told}"
        raise LookupError(message)

    def tail(self, most: int = _MOST_TOLD, *, after: int = 0) -> list[Call]:
        """Return so many of the last calls, those with ids greater than `after`."""
        self._wait()
        page = self._control.get("journal", limit=most)
        calls = [self._call(item) for item in reversed(page["items"])]
        # Ids begin anew where somebody has put the server back to its start.
        return [call for call in calls if call.id > after] if calls and calls[-1].id >= after else calls

    def newest(self) -> int:
        """Return the id of the last call that is written, without waiting for others; 0 where there is none."""
        items = self._control.get("journal", limit=1)["items"]
        return int(items[0]["id"]) if items else 0

    def clear(self) -> int:
        """Forget all calls, and return how many there were."""
        self._wait()
        return int(self._control.delete("journal")["deleted"])

    @overload
    def __getitem__(self, index: int) -> Call: ...

    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...

    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        return self.calls()[index]

    def __iter__(self) -> Iterator[Call]:
        return iter(self.calls())

    def __len__(self) -> int:
        self._wait()
        return int(self._control.get("journal", "count")["count"])

    def __repr__(self) -> str:
        try:
            told = "\n".join(map(str, self.tail())) or "none"
        except EmulatorError as error:
            told = str(error)
        return f"Journal, the last calls:\n{told}"

    @property
    def is_kept(self) -> bool:
        """Whether the server keeps a journal at all."""
        if self._is_kept is None:
            self._is_kept = self._control.get("server")["control"]["journal_calls"] > 0
        return self._is_kept

    def _wait(self) -> None:
        if not self.is_kept:
            message = f"The server at {self._control.url} keeps no journal: SMARTERTRACK_EMU_JOURNAL_CALLS is 0 there."
            raise EmulatorError(message)
        self._settle()

    def _read(self, **filters: Any) -> list[Call]:
        self._wait()
        found: dict[int, Call] = {}
        offset = 0
        while True:
            items = self._control.get("journal", limit=_PAGE, offset=offset, **filters)["items"]
            found.update((item["id"], self._call(item)) for item in items)
            offset += _PAGE
            if len(items) < _PAGE:
                return [found[number] for number in sorted(found)]

    def _call(self, item: dict[str, Any]) -> Call:
        members = {name: item[name] for name in _MEMBERS}
        return Call(**{**members, "at": moment_of(item["at"])}, _control=self._control)
