"""Users and their properties."""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Annotated, TypeVar

from sqlalchemy.orm import Session

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.across.deletion import delete_user
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.people import properties, users, verification
from smartertrack_emu.domain.people.models import AuthenticationType, AvatarSource
from smartertrack_emu.domain.text import fold
from smartertrack_emu.services import links
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import UserId
from smartertrack_emu.services.keyvalues import Asked, Boolean, Key, Keys, Text, answer, unknown_keys
from smartertrack_emu.services.names import Field
from smartertrack_emu.services.results import GenericResult, SettingsRequestResult

from .service import organization
from .types import UserInfoResult

Username = Annotated[str, Doc("User name of the account."), Field("username", "Username")]
Password = Annotated[str, Doc("Password of the account."), Field("password", "Password")]
Email = Annotated[str, Doc("E-mail address of the account."), Field("email", "Email")]
IsEmailVerified = Annotated[bool, Doc("Whether the address counts as verified.")]
DisplayName = Annotated[
    str, Doc("Name to show for the user, usually first and last name."), Field("display_name", "DisplayName")
]

E = TypeVar("E", bound=IntEnum)


class _Choice(Key[E | None]):
    """One of some members, by its number or by a word; None where it is not given or empty."""

    absent = None

    def __init__(self, field: str, words: Mapping[str, E], *, note: str) -> None:
        super().__init__(field, note=note)
        self._words = words

    def value(self) -> str:
        """Return what its value is."""
        return "number or word"

    def read(self, text: str, session: Session) -> E | None:
        """Return the member."""
        del session
        word = fold(text.strip())
        if not word:
            return None
        numbers = {str(int(member)): member for member in self._words.values()}
        member = numbers.get(word, self._words.get(word))
        if member is None:
            known = ", ".join(f"{number} ({numbers[number].name.replace('_', ' ').lower()})" for number in numbers)
            raise BadValue(f"{self.name} is none of {known}.")
        return member


_AVATARS = {"none": AvatarSource.NONE, "uploaded": AvatarSource.UPLOADED, "gravatar": AvatarSource.GRAVATAR}
_AUTHENTICATION = {
    "password": AuthenticationType.PASSWORD,
    "active directory": AuthenticationType.ACTIVE_DIRECTORY,
    "activedirectory": AuthenticationType.ACTIVE_DIRECTORY,
    "external login provider": AuthenticationType.EXTERNAL,
    "externalloginprovider": AuthenticationType.EXTERNAL,
    "external": AuthenticationType.EXTERNAL,
}
_AUTHENTICATION_NOTE = "0 password, 1 Active Directory, 2 external login provider."


class UserProperties(Keys):
    """What can be asked for by either operation; each documents one that the other does not."""

    Username = Asked("username")
    Password = Asked()  # always answered empty
    Email = Asked("email")
    IsEmailVerified = Asked("is_email_verified")
    DisplayName = Asked("display_name")
    DisplayNameForChat = Asked("display_name_for_chat")
    AvatarUrl = Asked("avatar_url")
    TimeZoneIndex = Asked("time_zone_index")
    userid = Asked("id")
    AuthenticationType = Asked("authentication_type", note=_AUTHENTICATION_NOTE)
    ActiveDirectoryDomain = Asked("active_directory_domain")
    DateLastLogin = Asked("last_login_at")


class UserChanges(Keys):
    """What can be set (documented)."""

    Username = Text("username")
    Password = Text("password")
    ForcePasswordReset = Boolean("force_password_reset")
    Email = Text("email")
    IsEmailVerified = Boolean("is_email_verified")
    DisplayName = Text("display_name")
    DisplayNameForChat = Text("display_name_for_chat")
    AvatarSource = _Choice("avatar_source", _AVATARS, note="0 none, 1 uploaded, 2 Gravatar.")
    AuthenticationType = _Choice("authentication_type", _AUTHENTICATION, note=_AUTHENTICATION_NOTE)
    ActiveDirectoryDomain = Text("active_directory_domain")


@organization.operation()
def GetUsersProperties(
    call: Call,
    userId: UserId,
    requestedValues: Annotated[
        list[str], Doc("Names of the properties wanted."), UserProperties.to_ask(but=UserProperties.userid)
    ],
) -> SettingsRequestResult:
    """Return the chosen properties of the user with this id."""
    return _answer(properties.properties(call.session, userId), requestedValues)


@organization.operation()
def GetUsersPropertiesbyUsername(
    call: Call,
    username: Username,
    requestedValues: Annotated[
        list[str], Doc("Names of the properties wanted."), UserProperties.to_ask(but=UserProperties.AvatarUrl)
    ],
) -> SettingsRequestResult:
    """Return the chosen properties of the user with this user name."""
    return _answer(properties.properties_by_username(call.session, username), requestedValues)


@organization.operation(access=Access.SELF, writes=True)
def SetUsersProperties(
    call: Call,
    userId: UserId,
    userPropertyValues: Annotated[list[str], Doc("Texts `key=value`, one a property."), UserChanges.to_give()],
) -> GenericResult:
    """Change properties of a user."""
    given = UserChanges.parse(userPropertyValues, call.session)
    changes = properties.Changes(**{key.field: given.get(key) for key in UserChanges.keys})
    properties.change(call.session, call.actor, userId, changes)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def CreateUser2(
    call: Call,
    username: Username,
    password: Password,
    email: Email,
    isEmailVerified: IsEmailVerified,
    displayName: DisplayName,
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
    call: Call,
    username: Username,
    password: Password,
    email: Email,
    isEmailVerified: IsEmailVerified,
    displayName: DisplayName,
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
def DeleteUser(call: Call, userId: UserId) -> GenericResult:
    """Remove a user for good. The primary administrator, the queue and the system user stay."""
    delete_user(call.session, call.actor, userId)
    return GenericResult()


@organization.operation(access=Access.SELF, writes=True)
def SendUserVerificationEmail(call: Call, userId: UserId) -> GenericResult:
    """Mail a user the link with which he shows that the address is his."""
    verification.send_link(call.session, call.actor, userId, links.root_for_others(call))
    return GenericResult()


def _answer(user: properties.Properties, requested: Iterable[str | None]) -> SettingsRequestResult:
    keys, unknown = UserProperties.asked(requested)
    found = ((key.name, getattr(user, key.field) if key.field else "") for key in keys)
    return SettingsRequestResult(Message=unknown_keys(unknown), RequestResults=answer(found))
