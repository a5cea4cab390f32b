"""Mail accounts, through which mail is sent and from which it is fetched; and whether they work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from smartertrack_emu.domain.spool import accounts
from smartertrack_emu.domain.spool.accounts import AccountKind, MailAccount, Security

from .declaring import Answer, Call, Routes
from .entrance import PREFIX
from .models import Changes, Id, Listing, Model, Moment, Paging

routes = Routes("Mail: accounts")

Kind = Literal["smtp", "pop", "imap"]
Encryption = Literal["none", "starttls", "tls"]

_LONGEST = 1_000
_DAY_MINUTES = 24 * 60
_HOUR_SECONDS = 3_600
_ENUMERATIONS = {"kind": AccountKind, "security": Security}


class NewAccount(Model):
    """An account. Without `port` it is the usual one. `brand_id`: of accounts that send for a brand."""

    example: ClassVar[Mapping[str, Any]] = {
        "kind": "smtp",
        "host": "mail.acme.example",
        "port": 587,
        "security": "starttls",
        "username": "support",
        "password": "a secret",
        "department_id": 1,
        "address": "support@acme.example",
        "display_name": "Acme Support",
    }

    kind: Kind
    host: str = Field(max_length=_LONGEST)
    port: int | None = Field(default=None, ge=1, le=65_535)
    security: Encryption = "none"
    username: str = Field(default="", max_length=_LONGEST)
    password: str = Field(default="", max_length=_LONGEST)
    department_id: Id | None = None
    brand_id: Id | None = None
    address: str = Field(default="", max_length=_LONGEST)
    display_name: str = Field(default="", max_length=_LONGEST)
    enabled: bool = True
    leave_on_server: bool = False
    every_minutes: int = Field(default=1, ge=1, le=_DAY_MINUTES)
    folder: str = Field(default="INBOX", max_length=_LONGEST)
    verify_certificate: bool = True
    timeout_seconds: int = Field(default=30, ge=1, le=_HOUR_SECONDS)


class AccountChanges(Changes):
    """What is to change of an account; what is left out stays. Its kind never changes."""

    example: ClassVar[Mapping[str, Any]] = {"enabled": False}

    host: str = Field(default="", max_length=_LONGEST)
    port: int = Field(default=25, ge=1, le=65_535)
    security: Encryption = "none"
    username: str = Field(default="", max_length=_LONGEST)
    password: str = Field(default="", max_length=_LONGEST)
    department_id: Id | None = None
    brand_id: Id | None = None
    address: str = Field(default="", max_length=_LONGEST)
    display_name: str = Field(default="", max_length=_LONGEST)
    enabled: bool = True
    leave_on_server: bool = False
    every_minutes: int = Field(default=1, ge=1, le=_DAY_MINUTES)
    folder: str = Field(default="INBOX", max_length=_LONGEST)
    verify_certificate: bool = True
    timeout_seconds: int = Field(default=30, ge=1, le=_HOUR_SECONDS)


class Account(Model):
    """An account; its password is never told. `last_error`: empty after a success."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 1,
        "kind": "smtp",
        "host": "mail.acme.example",
        "port": 587,
        "security": "starttls",
        "username": "support",
        "department_id": 1,
        "brand_id": None,
        "address": "support@acme.example",
        "display_name": "Acme Support",
        "enabled": True,
        "leave_on_server": False,
        "every_minutes": 1,
        "folder": "INBOX",
        "verify_certificate": True,
        "timeout_seconds": 30,
        "last_error": "",
        "last_used_at": "2031-02-28T23:58:30Z",
    }

    id: int
    kind: Kind
    host: str
    port: int
    security: Encryption
    username: str
    department_id: int | None
    brand_id: int | None
    address: str
    display_name: str
    enabled: bool
    leave_on_server: bool
    every_minutes: int
    folder: str
    verify_certificate: bool
    timeout_seconds: int
    last_error: str
    last_used_at: Moment | None


class AccountTest(Model):
    """Whether a server was reached and let us in."""

    example: ClassVar[Mapping[str, Any]] = {"ok": True, "detail": "mail.acme.example:587 answers, and lets us in."}

    ok: bool
    detail: str


def _find(call: Call, account_id: int) -> None:
    call.read(lambda session, actor: accounts.get(session, account_id))  # noqa: ARG005 - all work gets one


@routes.get("/mail/accounts")
def list_mail_accounts(call: Call, query: Paging) -> Listing[Account]:
    """List the mail accounts by their ids."""
    found, total = call.read(
        lambda session, actor: accounts.page(session, limit=query.limit, offset=query.offset)  # noqa: ARG005 - the same
    )
    return Listing[Account](items=[_shown(account) for account in found], total=total)


@routes.post("/mail/accounts", status=201)
def add_mail_account(call: Call, body: NewAccount) -> Answer[Account]:
    """Make a mail account."""
    account = call.write(lambda session, actor: _shown(accounts.create(session, _columns(body.model_dump()))))  # noqa: ARG005 - the same
    return Answer(account, headers={"Location": f"{PREFIX}/mail/accounts/{account.id}"})


@routes.get("/mail/accounts/{account_id}", finds=_find)
def get_mail_account(call: Call, account_id: int) -> Account:
    """Return a mail account."""
    return call.read(lambda session, actor: _shown(accounts.get(session, account_id)))  # noqa: ARG005 - the same


@routes.patch("/mail/accounts/{account_id}", finds=_find)
def change_mail_account(call: Call, account_id: int, body: AccountChanges) -> Account:
    """Change a mail account."""
    changes = _columns(body.model_dump(exclude_unset=True))
    return call.write(lambda session, actor: _shown(accounts.change(session, account_id, changes)))  # noqa: ARG005 - the same


@routes.delete("/mail/accounts/{account_id}", finds=_find)
def delete_mail_account(call: Call, account_id: int) -> None:
    """Remove a mail account; what it sent and fetched stays."""
    call.write(lambda session, actor: accounts.remove(session, account_id))  # noqa: ARG005 - the same


@routes.post("/mail/accounts/{account_id}/test", finds=_find)
def test_mail_account(call: Call, account_id: int) -> AccountTest:
    """Connect to an account's server and log in, also where it is disabled; nothing is sent or fetched."""
    tested = call.emulator.mail.test(call.desk, account_id)
    return AccountTest(ok=tested.ok, detail=tested.detail)


def _columns(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _ENUMERATIONS[name](value) if name in _ENUMERATIONS else value for name, value in members.items()}


def _shown(account: MailAccount) -> Account:
    members = {name: getattr(account, name) for name in Account.model_fields}
    return Account(**members | {"kind": account.kind.value, "security": account.security.value})
