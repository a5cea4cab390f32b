"""A desk on a fresh database at noon, with a department that mails come to, and what puts mails in and imports them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import select

from smartertrack_emu.compose import make_desk
from smartertrack_emu.config import Settings
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.inbox import spool
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.spool.accounts import AccountKind, MailAccount
from smartertrack_emu.domain.structure.models import Department
from smartertrack_emu.mail import email_import
from smartertrack_emu.store.unit_of_work import writing
from tests.mail.incoming.pop_server import PASSWORD

NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)
OURS = "help@acme.example"

PutIn = Callable[..., int]
Import = Callable[..., Any]
AddAccount = Callable[..., int]


@pytest.fixture
def desk(engine: sqlalchemy.Engine, tmp_path: Path) -> Iterator[Desk]:
    """A desk on a fresh database with what is always there; it is noon, and stays so until a test moves the clock."""
    with clock.frozen(NOON):
        with writing(engine) as session:
            create_initial(session, admin_password_hash=None)
            department = session.scalars(select(Department).order_by(Department.id)).first()
            assert department is not None
            department.email = OURS
        yield make_desk(Settings(data=tmp_path, base_url="http://desk.example"), engine)
    clock.follow(clock.Setting())


@pytest.fixture
def put_in(desk: Desk) -> PutIn:
    """Puts a mail's bytes into the spool, and returns its id."""

    def put(raw: bytes, *, account_id: int | None = None) -> int:
        sha256 = files.keep(desk.attachments, raw)
        return desk.write(lambda session: spool.put_in(session, sha256, len(raw), account_id=account_id))

    return put


@pytest.fixture
def take_in(desk: Desk, put_in: PutIn) -> Import:
    """Puts a mail in, imports what waits, and returns the mail's row as the control API shows it."""

    def take(raw: bytes, *, account_id: int | None = None) -> Any:
        mail_id = put_in(raw, account_id=account_id)
        email_import.run(Run(desk, "email-import"))
        return desk.read(lambda session: spool.get(session, mail_id))

    return take


@pytest.fixture
def add_account(desk: Desk) -> AddAccount:
    """Adds an account of the first department, and returns its id."""

    def add(port: int, **columns: Any) -> int:
        row: dict[str, Any] = {"kind": AccountKind.POP, "host": "127.0.0.1", "username": "desk", "password": PASSWORD}
        account = MailAccount(port=port, department_id=1, **row | {"timeout_seconds": 5} | columns)

        def work(session: Any) -> int:
            session.add(account)
            session.flush()
            return account.id

        return desk.write(work)

    return add


def mail(body: str = "Hello.", **fields: str) -> bytes:
    """Return a plain mail; fields by their names, `_` for `-`, those of "" left out."""
    header = {"From": "Cora Customer <cora@example.com>", "To": OURS, "Subject": "It is broken"}
    header |= {name.replace("_", "-"): value for name, value in fields.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in header.items() if value)
    return f"{lines}\r\n{body}".encode()
