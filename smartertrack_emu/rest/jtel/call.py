"""What an operation of the dialect works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from typing import Any

from smartertrack_emu.desk.desk import Session
from smartertrack_emu.domain.clients.clients import Reach
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.rest.answering import Reply
from smartertrack_emu.rest.declaring import Record
from smartertrack_emu.store.listing import Page, Wanted

from .lists import read_asked
from .packing import listed, pack

MOST_ID = 2**31 - 1


@dataclass
class Call:
    """One transaction of a client. Whatever is changed is the System user's doing."""

    session: Session
    reach: Reach

    @property
    def actor(self) -> Principal:
        """Whom histories name."""
        return SYSTEM

    @cached_property
    def zone(self) -> tzinfo:
        """The installation's time zone, in which moments are read and written."""
        return installation.time_zone_to_show(self.session)

    def pack(self, record: Record, row: Mapping[Any, Any]) -> dict[str, Any]:
        """Return a row as a record."""
        return pack(record, row, self.zone)

    def listed(self, record: Record, values: Mapping[str, Any], find: Callable[[Wanted], Page]) -> Reply:
        """Return the answer of a list, whose rows `find` gives for what the parameters ask; RefusedError."""
        asked = read_asked(record, values, self.zone)
        page = find(asked.wanted)
        return listed([self.pack(record, row) for row in page.rows], values, 0 if asked.is_none else page.total)
