"""Custom fields of users."""

from __future__ import annotations

from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult, SettingsRequestResult

from .service import organization


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetUserCustomFields(call: Call, userId: int, customFieldValues: list[str]) -> GenericResult:
    """Fill in custom fields of a user."""
    raise NotBuilt


@organization.operation()
def GetUserCustomFields(call: Call, userId: int, requestedCustomFields: list[str]) -> SettingsRequestResult:
    """Return the values of the chosen custom fields of a user."""
    raise NotBuilt


@organization.operation()
def GetUserCustomFieldsList(call: Call, userId: int) -> SettingsRequestResult:
    """Return every custom field of a user with its value."""
    raise NotBuilt
