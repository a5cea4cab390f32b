"""Users and their properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import TypeVar

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.people import properties, users, verification
from smartertrack_emu.domain.people.deletion import delete_user
from smartertrack_emu.domain.people.models import AuthenticationType, AvatarSource
from smartertrack_emu.domain.text import fold
from smartertrack_emu.services import documentation_keys, links
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import Keys, Values, answer, unknown_keys
from smartertrack_emu.services.results import GenericResult, SettingsRequestResult

from .service import organization
from .types import UserInfoResult

_TO_READ = Keys(
    "Username",
    "Password",
    "Email",
    "IsEmailVerified",
    "DisplayName",
    "DisplayNameForChat",
    "AvatarUrl",
    "TimeZoneIndex",
    "userid",
    "AuthenticationType",
    "ActiveDirectoryDomain",
    "DateLastLogin",
)
"""Those of both operations that read (each documents one that the other does not)."""

_TO_SET = Keys(*documentation_keys.KEYS["svcOrganization", "SetUsersProperties", "userPropertyValues"])

E = TypeVar("E", bound=IntEnum)

_AVATARS = {"none": AvatarSource.NONE, "uploaded": AvatarSource.UPLOADED, "gravatar": AvatarSource.GRAVATAR}
_AUTHENTICATION = {
    "password": AuthenticationType.PASSWORD,
    "active directory": AuthenticationType.ACTIVE_DIRECTORY,
    "activedirectory": AuthenticationType.ACTIVE_DIRECTORY,
    "external login provider": AuthenticationType.EXTERNAL,
    "externalloginprovider": AuthenticationType.EXTERNAL,
    "external": AuthenticationType.EXTERNAL,
}


@organization.operation()
def GetUsersProperties(call: Call, userId: int, requestedValues: list[str]) -> SettingsRequestResult:
    """Return the chosen properties of the user with this id."""
    return _answer(properties.properties(call.session, userId), requestedValues)


@organization.operation()
def GetUsersPropertiesbyUsername(call: Call, username: str, requestedValues: list[str]) -> SettingsRequestResult:
    """Return the chosen properties of the user with this user name."""
    return _answer(properties.properties_by_username(call.session, username), requestedValues)


@organization.operation(access=Access.SELF, writes=True)
def SetUsersProperties(call: Call, userId: int, userPropertyValues: list[str]) -> GenericResult:
    """Change properties of a user."""
    given = _TO_SET.parse(userPropertyValues)
    changes = properties.Changes(
        username=given.get("Username"),
        password=given.get("Password"),
        force_password_reset=given.boolean("ForcePasswordReset"),
        email=given.get("Email"),
        is_email_verified=given.boolean("IsEmailVerified"),
        display_name=given.get("DisplayName"),
        display_name_for_chat=given.get("DisplayNameForChat"),
        avatar_source=_member(given, "AvatarSource", _AVATARS),
        authentication_type=_member(given, "AuthenticationType", _AUTHENTICATION),
        active_directory_domain=given.get("ActiveDirectoryDomain"),
    )
    properties.change(call.session, call.actor, userId, changes)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def CreateUser2(
    call: Call, username: str, password: str, email: str, isEmailVerified: bool, displayName: str
) -> UserInfoResult:
    """Create a user with the roles Everyone and Registered User, and return his id."""
    user_id = users.create(
        call.session,
        call.actor,
        username=username,
        password=password,
        email=email,
        display_name=displayName,
        is_email_verified=isEmailVerified,
    )
    return UserInfoResult(UserID=user_id)


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def CreateUser(
    call: Call, username: str, password: str, email: str, isEmailVerified: bool, displayName: str
) -> GenericResult:
    """Create a user without any role."""
    users.create(
        call.session,
        call.actor,
        username=username,
        password=password,
        email=email,
        display_name=displayName,
        is_email_verified=isEmailVerified,
        role_ids=(),
    )
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def DeleteUser(call: Call, userId: int) -> GenericResult:
    """Remove a user for good. The primary administrator, the queue and the system user stay."""
    delete_user(call.session, call.actor, userId)
    return GenericResult()


@organization.operation(access=Access.SELF, writes=True)
def SendUserVerificationEmail(call: Call, userId: int) -> GenericResult:
    """Mail a user the link with which he shows that the address is his."""
    verification.send_link(call.session, call.actor, userId, links.root_for_others(call))
    return GenericResult()


def _answer(user: properties.Properties, requested: Iterable[str | None]) -> SettingsRequestResult:
    keys, unknown = _TO_READ.asked(requested)
    values: dict[str, object] = {
        "Username": user.username,
        "Password": "",
        "Email": user.email,
        "IsEmailVerified": user.is_email_verified,
        "DisplayName": user.display_name,
        "DisplayNameForChat": user.display_name_for_chat,
        "AvatarUrl": user.avatar_url,
        "TimeZoneIndex": user.time_zone_index,
        "userid": user.id,
        "AuthenticationType": user.authentication_type,
        "ActiveDirectoryDomain": user.active_directory_domain,
        "DateLastLogin": user.last_login_at,
    }
    return SettingsRequestResult(
        Message=unknown_keys(unknown), RequestResults=answer((key, values[key]) for key in keys)
    )


def _member(given: Values, key: str, words: Mapping[str, E]) -> E | None:
    """Return what a value names by number or by word; None where it is not given."""
    word = fold(given.text(key).strip())
    if not word:
        return None
    numbers = {str(int(member)): member for member in words.values()}
    member = numbers.get(word, words.get(word))
    if member is None:
        known = ", ".join(f"{number} ({numbers[number].name.replace('_', ' ').lower()})" for number in numbers)
        raise BadValue(f"{key} is none of {known}.")
    return member
