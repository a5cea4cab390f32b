"""svcIntegrations: for other products that work with the helpdesk, such as WHMCS."""

import logging
from typing import Annotated

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from smartertrack_emu.asmx.declare import Doc, class_
from smartertrack_emu.domain.errors import AlreadyExists, HelpdeskError
from smartertrack_emu.domain.integrations.whmcs import WantedUser, ensure_user
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import OutsideCall
from smartertrack_emu.services.results import Code, Succeeded, WhatWentWrong
from smartertrack_emu.services.service import HelpdeskService
from smartertrack_emu.store.failures import DatabaseFailure, reason_of

logger = logging.getLogger(__name__)

integrations = HelpdeskService(
    "svcIntegrations",
    documentation="For other products that work with the helpdesk, such as WHMCS.",
)


@class_
class WhmcsEnsureUsersCreatedUserItem:
    """A user who is to exist."""

    DisplayName: Annotated[str | None, Doc("Name to show.")] = None
    EmailAddress: Annotated[str | None, Doc("E-mail address.")] = None
    IsEmailVerified: Annotated[bool, Doc("Whether the address counts as verified.")] = False
    Password: Annotated[str | None, Doc("Password of the account.")] = None
    RolesToAdd: Annotated[list[int] | None, Doc("Ids of the roles the user is to have.")] = None
    Username: Annotated[str | None, Doc("User name.")] = None
    WhmcsUserId: Annotated[int, Doc("Id that WHMCS knows the user by.")] = 0


@class_
class WhmcsEnsureUsersCreatedResultItem:
    """What became of one user."""

    Message: Annotated[str | None, Doc("Empty when all went well, else what went wrong with this user.")] = None
    Success: Annotated[bool, Doc("Whether the user exists now.")] = False
    UserId: Annotated[int | None, Doc("Id of the user; null if there is none.")] = None
    Username: Annotated[str | None, Doc("User name.")] = None
    WhmcsUserId: Annotated[int, Doc("Id that WHMCS knows the user by.")] = 0


@class_
class WhmcsEnsureUsersCreatedResult:
    """What became of each user."""

    Items: Annotated[list[WhmcsEnsureUsersCreatedResultItem] | None, Doc("One entry a user.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


_NAMES = {"username": "Username", "email": "Email", "display_name": "DisplayName", "password": "Password"}
"""What refusals call a user's fields, as svcOrganization does."""

_UNAVAILABLE = "The database is not available at the moment; please try again."


# Each item has a transaction of its own, so that none holds the database while all are worked through.
@integrations.operation(access=Access.ADMINISTRATOR, outside=True)
def WhmcsEnsureUsersCreated(
    call: OutsideCall, users: Annotated[list[WhmcsEnsureUsersCreatedUserItem], Doc("The users who are to exist.")]
) -> WhmcsEnsureUsersCreatedResult:
    """See to it that the users listed exist, each on its own: WHMCS sends its customers with this."""
    return WhmcsEnsureUsersCreatedResult(Items=[_ensure(call, item) for item in users])


def _ensure(call: OutsideCall, item: WhmcsEnsureUsersCreatedUserItem | None) -> WhmcsEnsureUsersCreatedResultItem:
    if item is None:  # xsi:nil
        return WhmcsEnsureUsersCreatedResultItem(Message="The item is empty.")
    wanted = WantedUser(
        username=item.Username or "",
        password=item.Password or "",
        email=item.EmailAddress or "",
        display_name=item.DisplayName or "",
        is_email_verified=item.IsEmailVerified,
        role_ids=item.RolesToAdd or [],
    )
    outcome = WhmcsEnsureUsersCreatedResultItem(Message="", Username=item.Username, WhmcsUserId=item.WhmcsUserId)
    try:
        outcome.UserId = _ensured(call, wanted)
    except HelpdeskError as error:
        outcome.Message = error.said(lambda field: _NAMES.get(field, field))
    except DBAPIError as error:
        logger.warning("WHMCS user %d: database: %s", item.WhmcsUserId, reason_of(error))
        outcome.Message = error.sentence if isinstance(error, DatabaseFailure) else _UNAVAILABLE
    outcome.Success = outcome.UserId is not None
    return outcome


def _ensured(call: OutsideCall, wanted: WantedUser) -> int:
    """Return the user's id. Who was made by another call at this very moment is there when one looks once more."""

    def ensure(session: Session, actor: Principal) -> int:
        return ensure_user(session, actor, wanted)

    try:
        return call.outside.write(ensure)
    except AlreadyExists:
        return call.outside.write(ensure)
