"""svcVoip: what telephone programs need: contacts, settings, availability, recordings."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.asmx.declare import LEAST_DATETIME, Int64, class_
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult
from smartertrack_emu.services.service import HelpdeskService

voip = HelpdeskService(
    "svcVoip",
    documentation="What telephone programs need: contacts, settings, availability, recordings.",
)


@class_
class ContactItem:
    """A user or a group that can be rung up."""

    CountryCode: str | None = None
    DisplayName: str | None = None
    Extension: str | None = None
    GroupID: int | None = None
    IsAvailable: bool = False
    IsBusy: bool = False
    IsGroup: bool = False
    PhoneNumber: str | None = None
    UserID: int | None = None
    VoipAccountGuid: str | None = None


@class_
class ContactItemListResult:
    """Whom one can ring up."""

    Contacts: list[ContactItem] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class LoginHandshakeResult:
    """A token to log in with."""

    DateExpiresUtc: datetime = LEAST_DATETIME
    HandshakeMethod: int = 0
    HandshakeToken: str | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class VoipAccount:
    """A telephone account."""

    DepartmentID: int = 0
    DisplayName: str | None = None
    GroupID: int = 0
    IsAvailable: bool = False
    IsBusy: bool = False
    NamedSettings: list[str] | None = None
    PublicCountryCode: str | None = None
    PublicExtension: str | None = None
    PublicPhoneNumber: str | None = None
    UserID: int = 0
    VoipAccountGuid: str | None = None


@class_
class NamedSettingsResult:
    """Telephone accounts with their settings."""

    Accounts: list[VoipAccount] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class UserItem:
    """A user as the telephone's search shows him."""

    CountryCode: str | None = None
    DisplayName: str | None = None
    EmailAddress: str | None = None
    Extension: str | None = None
    PhoneNumber: str | None = None
    UserID: int | None = None
    UserName: str | None = None


@class_
class UserSearchResult:
    """Users."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    Users: list[UserItem] | None = None


@class_
class UploadedFileResult:
    """A recording that was stored."""

    CallLogAttachmentId: int = 0
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@voip.operation()
def GetContacts(call: Call) -> ContactItemListResult:
    """List whom the caller can ring up or transfer a call to."""
    raise NotBuilt


@voip.operation(writes=True)
def GetLoginHandshake(call: Call) -> LoginHandshakeResult:
    """Return a short-lived token that logs the caller in to the web interface."""
    raise NotBuilt


@voip.operation()
def GetVoipSettings(call: Call) -> NamedSettingsResult:
    """Return what the caller's telephones need to register, one entry an account."""
    raise NotBuilt


@voip.operation()
def SearchUsers(call: Call, searchTerm: str, maxResults: int) -> UserSearchResult:
    """Find users whose names, telephone number or e-mail address match."""
    raise NotBuilt


@voip.operation(writes=True)
def SetAFKStatus(call: Call, goAFK: bool) -> GenericResult:
    """Mark the caller as away from the keyboard, or as back."""
    raise NotBuilt


@voip.operation(writes=True)
def SetAvailability(call: Call, voipAccountGuid: str, available: bool) -> GenericResult:
    """Say whether the caller's telephones can be rung."""
    raise NotBuilt


@voip.operation(writes=True)
def StoreCallRecording(
    call: Call,
    callLogId: int,
    callLogAttachmentId: int | None,
    fileName: str,
    startPosition: Int64,
    isLastPart: bool,
    fileData: bytes,
) -> UploadedFileResult:
    """Store a recording with its call log, whole or part by part.

    A file may hold 1 GB at most; parts of 256 KiB serve best.
    """
    raise NotBuilt
