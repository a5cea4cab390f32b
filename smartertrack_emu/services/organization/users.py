"""Users and their properties."""

from __future__ import annotations

from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult, SettingsRequestResult

from .service import organization
from .types import UserInfoResult


@organization.operation()
def GetUsersProperties(call: Call, userId: int, requestedValues: list[str]) -> SettingsRequestResult:
    """Return the chosen properties of the user with this id."""
    raise NotBuilt


@organization.operation()
def GetUsersPropertiesbyUsername(call: Call, username: str, requestedValues: list[str]) -> SettingsRequestResult:
    """Return the chosen properties of the user with this user name."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetUsersProperties(call: Call, userId: int, userPropertyValues: list[str]) -> GenericResult:
    """Change properties of a user."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def CreateUser2(
    call: Call, username: str, password: str, email: str, isEmailVerified: bool, displayName: str
) -> UserInfoResult:
    """Create a user with the roles Everyone and Registered User, and return his id."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def CreateUser(
    call: Call, username: str, password: str, email: str, isEmailVerified: bool, displayName: str
) -> GenericResult:
    """Create a user without any role."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def DeleteUser(call: Call, userId: int) -> GenericResult:
    """Remove a user for good. The primary administrator, the queue and the system user stay."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SendUserVerificationEmail(call: Call, userId: int) -> GenericResult:
    """Mail a user the link with which he shows that the address is his."""
    raise NotBuilt
