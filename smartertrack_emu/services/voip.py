"""svcVoip: what telephone programs need: contacts, settings, availability, recordings."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.asmx.declare import LEAST_DATETIME, Int64, class_
from smartertrack_emu.domain.voip import contacts, handshakes, presence, recordings
from smartertrack_emu.services import links
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import answer
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


HANDSHAKE_METHOD = 1
"""How a handshake is checked (ours): its token is sent once as it is, in the query of the page to be opened."""


@voip.operation()
def GetContacts(call: Call) -> ContactItemListResult:
    """List whom the caller can ring up or transfer a call to."""
    found = contacts.contacts(call.session, call.actor)
    return ContactItemListResult(Contacts=[_contact(contact) for contact in found])


@voip.operation(writes=True)
def GetLoginHandshake(call: Call) -> LoginHandshakeResult:
    """Return a short-lived token that logs the caller in to the web interface."""
    handshake = handshakes.issue(call.session, call.actor)
    return LoginHandshakeResult(
        DateExpiresUtc=handshake.expires_at, HandshakeMethod=HANDSHAKE_METHOD, HandshakeToken=handshake.token
    )


@voip.operation()
def GetVoipSettings(call: Call) -> NamedSettingsResult:
    """Return what the caller's telephones need to register, one entry an account."""
    found = contacts.own_accounts(call.session, call.actor)
    return NamedSettingsResult(Accounts=[_account(call, account) for account in found])


@voip.operation()
def SearchUsers(call: Call, searchTerm: str, maxResults: int) -> UserSearchResult:
    """Search users by display name, user name, telephone number and e-mail address."""
    found = contacts.search_users(call.session, searchTerm, maxResults)
    return UserSearchResult(Users=[_user(user) for user in found])


@voip.operation(writes=True)
def SetAFKStatus(call: Call, goAFK: bool) -> GenericResult:
    """Mark the caller as away from the keyboard, or as back."""
    presence.set_away(call.session, call.actor, away=goAFK)
    return GenericResult()


@voip.operation(writes=True)
def SetAvailability(call: Call, voipAccountGuid: str, available: bool) -> GenericResult:
    """Say whether the caller's telephones can be rung."""
    presence.set_available(call.session, call.actor, voipAccountGuid, available=available)
    return GenericResult()


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
    part = recordings.Part(startPosition, fileData, isLastPart)
    root = call.helpdesk.attachments
    if callLogAttachmentId:
        recordings.resume(call.session, call.actor, callLogId, callLogAttachmentId, part, root=root)
        return UploadedFileResult()  # 0 for a continuation (documented)
    recording_id = recordings.begin(call.session, call.actor, callLogId, fileName, part, root=root)
    return UploadedFileResult(CallLogAttachmentId=recording_id)


def _contact(contact: contacts.Contact) -> ContactItem:
    return ContactItem(
        CountryCode=contact.country_code,
        DisplayName=contact.display_name,
        Extension=contact.extension,
        GroupID=contact.group_id,
        IsAvailable=contact.is_available,
        IsBusy=contact.is_busy,
        IsGroup=contact.user_id is None,
        PhoneNumber=contact.phone_number,
        UserID=contact.user_id,
        VoipAccountGuid=contact.guid,
    )


def _account(call: Call, account: contacts.OwnAccount) -> VoipAccount:
    return VoipAccount(
        DepartmentID=account.department_id or 0,
        DisplayName=account.display_name,
        GroupID=account.group_id or 0,
        IsAvailable=account.is_available,
        IsBusy=account.is_busy,
        NamedSettings=answer(
            [
                ("Options.AllowRecordControl", account.allow_record_control),
                ("Options.AutoRecordCalls", account.auto_record_calls),
                ("Options.DefaultDepartmentID", account.department_id or 0),
                ("Options.MaxLines", account.max_lines),
                ("SIP.AuthName", account.sip_auth_name),
                ("SIP.Domain", account.sip_domain),
                ("SIP.Port", account.sip_port),
                ("SIP.Server", account.sip_server),
                # Followed by a call log's id (ours).
                ("SmarterTrack.Url.EditCallLog", f"{links.root(call)}/CallLogs/"),
                ("SmarterTrack.Version", call.helpdesk.product_version),
                ("STUN.Port", account.stun_port),
                ("STUN.Server", account.stun_server),
                ("User.DisplayName", account.user_display_name),
                ("User.Password", account.password),
                ("User.Username", account.login),
            ]
        ),
        PublicCountryCode=account.country_code,
        PublicExtension=account.extension,
        PublicPhoneNumber=account.phone_number,
        UserID=account.user_id,
        VoipAccountGuid=account.guid,
    )


def _user(user: contacts.FoundUser) -> UserItem:
    return UserItem(
        CountryCode=user.country_code,
        DisplayName=user.display_name,
        EmailAddress=user.email,
        Extension=user.extension,
        PhoneNumber=user.phone_number,
        UserID=user.id,
        UserName=user.username,
    )
