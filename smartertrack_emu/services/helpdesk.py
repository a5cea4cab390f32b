"""The helpdesk that a process serves: its database, its accounts, its files, the settings that operations need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from smartertrack_emu.domain.people.accounts import Accounts
from smartertrack_emu.domain.ports import Deliver


@dataclass(frozen=True, slots=True)
class Helpdesk:
    """Everything that outlives a call.

    `attachments`: the directory of files' contents. `public_url`: the server's URL in what leaves it for others, such
    as mails, without a trailing slash: never taken from a request. `max_attachment`: bytes of one attachment.
    `deliver`: carries tickets to other installations. `product_version`: which version of the product this one
    stands for.
    """

    engine: Engine
    accounts: Accounts
    attachments: Path
    deliver: Deliver
    public_url: str
    max_attachment: int = 256 * 1024 * 1024
    product_version: str = "100.0"
