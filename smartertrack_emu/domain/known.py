"""What a process knows of the installation besides its clock, so that no call has to ask for it.

It is read with each new epoch (see `desk/shared.py`) and stands in the engine, for each database has its own. A session
of another engine, as a seed file is loaded by, knows nothing: no job is stopped and no rule names a type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

_KNOWN: Final = "_known"


def _tell_nothing(*happenings: Any) -> list[dict[str, Any]]:
    """Tell no event's arguments, where no rule asks for them."""
    return [{} for _ in happenings[1]]


@dataclass(frozen=True, slots=True)
class Known:
    """The names of stopped jobs, the types of events that enabled rules name, and the options by their names.

    `numbers`: the engine's numbers by their names. `base_url`: the server's URL for what leaves it, without a trailing
    slash. `mail_hosts`: the domains that mails come from, by the departments whose accounts say so; None: of the rest.
    `templates`: subject, body and whether it is HTML, of the mail templates that are not as they are built in.
    `tell` returns all arguments of events as they happen (see `across.event_arguments`), given a session and a list of
    them: it reads many tables, and those who publish stand below most of them.
    `holds_reading`: whether a rebalance rule goes by when tickets were read.
    """

    stopped_jobs: frozenset[str] = frozenset()
    watched_events: frozenset[int] = frozenset()
    holds_reading: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    numbers: Mapping[str, Any] = field(default_factory=dict)
    base_url: str = ""
    mail_hosts: Mapping[int | None, str] = field(default_factory=dict)
    templates: Mapping[str, tuple[str, str, bool]] = field(default_factory=dict)
    tell: Callable[..., list[dict[str, Any]]] = _tell_nothing


_NOTHING: Final = Known()


def know(engine: Engine, known: Known) -> None:
    """Let this be what sessions of an engine know from now on."""
    vars(engine)[_KNOWN] = known


def known(session: Session) -> Known:
    """Return what is known."""
    return known_of(session.get_bind().engine)


def known_of(engine: Engine) -> Known:
    """Return what sessions of an engine know."""
    found: Known = vars(engine).get(_KNOWN, _NOTHING)
    return found
