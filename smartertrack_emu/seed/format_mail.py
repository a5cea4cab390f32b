"""The format of what a seed file says of mail: accounts, and templates that are written anew."""

from __future__ import annotations

from pydantic import Field

from smartertrack_emu.domain import models
from smartertrack_emu.domain.spool.accounts import Security
from smartertrack_emu.domain.spool.templates import LONGEST_BODY, LONGEST_SUBJECT

from .format_entry import Entry, Part
from .values import AccountWord, Address, Count, Name, Port, Ref, SecurityWord, TemplateWord


class MailAccountEntry(Entry):
    """A mail account: through which mail is sent, or from which it is fetched."""

    row = models.MailAccount
    kind: AccountWord
    host: Name
    port: Port | None = None
    security: SecurityWord = Security.NONE
    username: str = ""
    password: str = ""
    department: Ref | None = None
    brand: Ref | None = None
    address: Address = ""
    display_name: str = ""
    enabled: bool = True
    leave_on_server: bool = False
    every_minutes: Count = Field(1, ge=1)
    folder: Name = "INBOX"
    verify_certificate: bool = True
    timeout_seconds: Count = Field(30, ge=1)


class MailTemplateEntry(Part):
    """A mail template that is written anew."""

    name: TemplateWord
    subject: str = Field(min_length=1, max_length=LONGEST_SUBJECT)
    body: str = Field(min_length=1, max_length=LONGEST_BODY)
    is_html: bool = False
