"""Who may call an operation, as each operation declares it. The domain says which items they then see."""

from __future__ import annotations

from enum import Enum


class Access(Enum):
    """What a caller must be. A right an operation stands under is declared beside it."""

    ANYBODY = "anybody who can log in"
    AGENT = "an agent"
    SELF = "an agent, about himself, or an administrator"
    """Who the agent is asking about, the operation itself sees to."""
    MANAGER = "a manager or an administrator"
    ADMINISTRATOR = "an administrator"
