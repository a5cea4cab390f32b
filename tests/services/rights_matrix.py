"""The table of rights: what every operation answers to every kind of caller; nobody learns what they may not see.

`make documents` writes docs/rights.md by it; a test holds that file against the code.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from smartertrack_emu import seed
from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.errors import ProviderRefused
from smartertrack_emu.domain.people import accounts
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.ports import Ports
from smartertrack_emu.services import calls
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.services.service import HelpdeskOperation, HelpdeskService
from smartertrack_emu.store import migrate, unit_of_work
from smartertrack_emu.store.encryption import KeyFile
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.identity import ids_were_chosen
from smartertrack_emu.store.unit_of_work import writing
from tests.services.rights_calls import HIDDEN, arguments, elsewhere
from tests.services.rights_named import NAMED

DATA = Path(__file__).parents[1] / "data" / "rights.yaml"
TABLE = Path(__file__).parents[2] / "docs" / "rights.md"

WRONG = "wrong"


@dataclass(frozen=True)
class Caller:
    """A column of the table: who calls, and which marks they may meet."""

    title: str
    username: str
    sees: frozenset[str] = frozenset()

    @property
    def password(self) -> str:
        return WRONG if self.title == "wrong password" else f"{self.username}-pw"


GROUP, STAFF, OWN = "Zinnober", "Karmesin", "Violett"
CALLERS = (
    Caller("nobody", "nobody"),
    Caller("wrong password", "inside"),
    Caller("portal user", "stranger"),
    Caller("portal user, own ticket", "owner"),
    Caller("agent, other group", "outside", frozenset({STAFF})),
    Caller("agent, same group", "inside", frozenset({GROUP, STAFF, OWN})),
    Caller("manager", "manager", frozenset({GROUP, STAFF})),
    Caller("administrator", "admin", frozenset({GROUP, STAFF})),
)


@dataclass(frozen=True)
class Cell:
    """What an operation answered to a caller: as the table shows it, and in full."""

    outcome: str
    answer: str


def fill(engine: Engine, files: Path) -> None:
    """Fill a migrated database with what is called about."""
    with writing(engine) as session:
        create_initial(session, admin_password_hash="unused", with_structure=False)
        seed.load(session, seed.read(DATA), attachments=files)
        session.add(
            Attachment(
                id=7740003,
                ticket_id=7710001,
                name="Zinnober part",
                name_on_disk="part",
                token="t" * 43,
                expected_length=100,
                sender_id=11,
            )
        )
        ids_were_chosen(session, Attachment)


class Desk:
    """A helpdesk whose operations are called one by one, each leaving nothing behind."""

    def __init__(self, engine: Engine, files: Path) -> None:
        desk = Application(Settings(data=files, login_failures_allowed=0), engine).desk
        self._desk = replace(desk, ports=Ports(deliver=_refuse))
        self.engine = engine

    def call(self, service: HelpdeskService, operation: HelpdeskOperation, caller: Caller, values: list[Any]) -> Cell:
        """Call an operation."""
        environ = {
            calls.DESK: self._desk,
            "wsgi.url_scheme": "http",
            "HTTP_HOST": "rights.example",
            "SCRIPT_NAME": "",
        }
        result: Any = calls.run(service, operation, [caller.username, caller.password, *values], environ)
        return Cell(_outcome(result), repr(asdict(result)))


def _refuse(*given: Any) -> NoReturn:
    """Stand for another server, which is not there."""
    raise ProviderRefused("The other server refused.")


class _DropError(Exception):
    pass


def _drop() -> NoReturn:
    raise _DropError


@contextmanager
def nothing_stays() -> Iterator[None]:
    """Drop what calls change, and check passwords without argon2, which would take most of the time."""

    @contextmanager
    def dropping(engine: Engine, **how: Any) -> Iterator[Session]:
        with suppress(_DropError), writing(engine, **how) as session:
            yield session
            session.flush()
            _drop()

    def verify(stored: str | None, password: str) -> bool:
        return stored is not None and password != WRONG

    with patch.object(unit_of_work, "writing", dropping), patch.object(accounts, "verify", verify):
        yield


def _outcome(result: Any) -> str:
    if not hasattr(result, "ResultCode"):
        return "ok" if result.IsAvailable else "no"
    return "ok" if result.Result else str(result.ResultCode)


def operations() -> Iterator[tuple[HelpdeskService, HelpdeskOperation]]:
    """Give every operation with its service, in their order."""
    for service in SERVICES:
        for operation in service.operations.values():
            yield service, operation


Cells = dict[tuple[str, str, str], Cell]


def run(desk: Desk, callers: tuple[Caller, ...] = CALLERS, *, of_nothing: bool = False) -> Cells:
    """Call everything as every caller: about the marked items, or about items that do not exist."""
    cells = {}
    with nothing_stays():
        for service, operation in operations():
            values = arguments(service.name, operation)
            if of_nothing:
                values = elsewhere(values)
            for caller in callers:
                cells[service.name, operation.name, caller.title] = desk.call(service, operation, caller, values)
    return cells


def leaks(cells: Cells) -> list[str]:
    """Say which answers hold a mark or an id that their caller neither may see nor has sent."""
    found = []
    for service, operation in operations():
        sent = repr(arguments(service.name, operation))
        for caller in CALLERS:
            if (service.name, operation.name, caller.title) not in cells:
                continue
            answer = cells[service.name, operation.name, caller.title].answer
            marks = [mark for mark in (GROUP, STAFF, OWN) if mark not in caller.sees and mark.lower() in answer.lower()]
            if GROUP not in caller.sees:
                numbers = [str(key) for key in HIDDEN if not _is_staffs(key) or STAFF not in caller.sees]
                marks += [number for number in numbers if number not in sent and _holds(answer, number)]
            if marks:
                found.append(f"{service.name}.{operation.name}, {caller.title}: {', '.join(marks)} in {answer[:300]}")
    return found


def _is_staffs(key: int | str) -> bool:
    """The private articles', and the telephone account that every other one is told as a contact's."""
    return str(key).startswith(("79", "7777"))


def _holds(answer: str, number: str) -> bool:
    return re.search(rf"(?<!\d){re.escape(number)}(?!\d)", answer) is not None


def differences(cells: Cells, of_nothing: Cells) -> list[str]:
    """Say which answers tell a caller who may not see an item that it is there."""
    found = []
    titles = {title for _, _, title in of_nothing}
    for service, operation in operations():
        for caller in CALLERS:
            if GROUP in caller.sees or caller.title not in titles:
                continue
            here = cells[service.name, operation.name, caller.title].answer
            nowhere = of_nothing[service.name, operation.name, caller.title].answer
            here, nowhere = _made(operation, here), _made(operation, nowhere)
            if _without_ids(here) != _without_ids(nowhere) and not _is_of_staff(service, operation, caller):
                found.append(f"{service.name}.{operation.name}, {caller.title}: {here[:200]} but {nowhere[:200]}")
    return found


def _is_of_staff(service: HelpdeskService, operation: HelpdeskOperation, caller: Caller) -> bool:
    """The private articles are there for any employee, and the ticket's owner may see their ticket's state."""
    own = caller.username == "owner" and operation.name in ("GetTicketStatus", "GetTicketURL")
    return own or (service.name == "svcKB" and STAFF in caller.sees)


def _made(operation: HelpdeskOperation, answer: str) -> str:
    """Return an answer without the ids of what was made: sequences go on though nothing stays."""
    return re.sub(r"(Id|ID)(\w*)': \d+", r"\1\2': *", answer) if operation.name.startswith("Create") else answer


_CHANCE = re.compile(r"datetime\.datetime\([^)]*\)|[0-9A-F]{3}-[0-9A-F]{8}-[0-9A-F]{4}|'[\w-]{43}'")
"""Dates, numbers of new items and tokens: other ones at every call."""


def _without_ids(answer: str) -> str:
    for there, missing in HIDDEN.items():
        answer = answer.replace(str(missing), str(there))
    return _CHANCE.sub("*", answer)


HEADER = """\
# Who may call what

What each of the {count} operations answers to each kind of caller. Generated by
`make documents` from calls to a helpdesk with one group's items: a ticket, a chat, a
call log and tasks, of the agent in the group; a test calls everything again and holds this table against it. Change the
declaration of an operation (`services/`) or the rules (`domain/`), never this file.

ok: done. A number: the result code of the refusal; -2 login failed, -3 the roles lack what the operation needs, -4 no
such item *that the caller may see*: the same answer, word for word, as for one that does not exist; -7 not possible in
the item's state; -8 refused by the other server (there is none in the test). `no`:
PingService says that the service is not available to them. Lists hold what their caller may see and are empty else, so
that `ok` of a list says nothing of an item.

"needs" is what the operation declares. Agents have the rights of the role Agent out of the box: all but deleting, and
writing in the knowledge base. "Own ticket": the customer who opened it.
"""


RIGHTS = """\
What an agent of the group can no longer do when their roles lose a right, all else being as above: another test takes
each from them and gives it back. To transfer "to a group" names no agent; the TransferTicket of the table names one."""


DIALECTS = """
## Dialects

A token of the jtel dialect does all that its [client](dialects.md) may, as the System user, whom histories name: it
reads and makes events in the groups of the client's departments (of all where it names none), and does everything with
the client's own campaigns and contacts. What another client has does not exist for it (404). Without a token, with a
wrong or removed one, or with a client that is another's, unknown or switched off, every call is 401; none is ever 403.
The dialler's control calls are administrators' ([control API](control-api.md)).
"""
"""Held by tests/rest/jtel/test_who.py."""


def table(cells: Cells) -> str:
    """Write the table."""
    lines = [HEADER.format(count=sum(1 for _ in operations()))]
    service_name = ""
    for service, operation in operations():
        if service.name != service_name:
            service_name = service.name
            titles = ["operation", "needs", *(caller.title for caller in CALLERS)]
            lines += ["", f"## {service.name}", "", f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
        outcomes = [cells[service.name, operation.name, caller.title].outcome for caller in CALLERS]
        lines.append(f"| {' | '.join([operation.name, needs(operation), *outcomes])} |")
    lines += ["", "## Rights", "", RIGHTS, "", "| right | what it is for |", "|---|---|"]
    for right in Right:
        calls_named = "<br>".join(sorted(NAMED[right])) if right in NAMED else "nothing that the services do"
        lines.append(f"| {right.value} | {calls_named} |")
    return "\n".join(lines) + "\n" + DIALECTS


def needs(operation: HelpdeskOperation) -> str:
    """Say what an operation declares."""
    access: Access = operation.options.access
    right = operation.options.right
    return access.value if right is None else f"{access.value}; {right.value}"


@contextmanager
def desk_of_its_own() -> Iterator[Desk]:
    """A filled helpdesk on a SQLite database that goes away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/rights.db"
        migrate.upgrade(url)
        key = KeyFile(Path(folder) / "secret.key")
        key.make()
        engine = create_engine(url, synchronous="OFF", key=key)
        fill(engine, Path(folder))
        yield Desk(engine, Path(folder))
        engine.dispose()


def written() -> str:
    """Return the table of a helpdesk made for it."""
    with desk_of_its_own() as desk:
        return table(run(desk))
