"""svcIntegrations: for other products that work with the helpdesk, such as WHMCS."""

from __future__ import annotations

from smartertrack_emu.asmx.declare import class_
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.service import HelpdeskService

integrations = HelpdeskService(
    "svcIntegrations",
    documentation="For other products that work with the helpdesk, such as WHMCS.",
)


@class_
class WhmcsEnsureUsersCreatedUserItem:
    """A user who is to exist."""

    DisplayName: str | None = None
    EmailAddress: str | None = None
    IsEmailVerified: bool = False
    Password: str | None = None
    RolesToAdd: list[int] | None = None
    Username: str | None = None
    WhmcsUserId: int = 0


@class_
class WhmcsEnsureUsersCreatedResultItem:
    """What became of one user."""

    Message: str | None = None
    Success: bool = False
    UserId: int | None = None
    Username: str | None = None
    WhmcsUserId: int = 0


@class_
class WhmcsEnsureUsersCreatedResult:
    """What became of each user."""

    Items: list[WhmcsEnsureUsersCreatedResultItem] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@integrations.operation(access=Access.ADMINISTRATOR, writes=True)
def WhmcsEnsureUsersCreated(call: Call, users: list[WhmcsEnsureUsersCreatedUserItem]) -> WhmcsEnsureUsersCreatedResult:
    """See to it that the users listed exist, each on its own: WHMCS sends its customers with this."""
    raise NotBuilt
