"""All nine services."""

from __future__ import annotations

from .calllogs import calllogs
from .chats import chats
from .integrations import integrations
from .kb import kb
from .notifications import notifications
from .organization import organization
from .service import HelpdeskService
from .tasks import tasks
from .tickets import tickets
from .voip import voip

SERVICES: tuple[HelpdeskService, ...] = (
    tickets,
    chats,
    calllogs,
    organization,
    kb,
    tasks,
    notifications,
    voip,
    integrations,
)
"""In the order in which they are listed."""
