"""svcVoip: what telephone programs need: contacts, settings, availability, recordings."""

from datetime import datetime
from typing import Annotated

from smartertrack_emu.asmx.declare import LEAST_DATETIME, Doc, Int64, class_
from smartertrack_emu.domain.calllogs import recordings
from smartertrack_emu.domain.voip import contacts, handshakes, presence
from smartertrack_emu.services import links
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import CallLogId, FileName, MaxResults
from smartertrack_emu.services.keyvalues import answer
from smartertrack_emu.services.names import Field
from smartertrack_emu.services.results import Code, GenericResult, Succeeded, WhatWentWrong
from smartertrack_emu.services.service import HelpdeskService

voip = HelpdeskService(
    "svcVoip",
    documentation="What telephone programs need: contacts, settings, availability, recordings.",
)


@class_
class ContactItem:
    """A user or a group that can be rung up."""

    CountryCode: Annotated[str | None, Doc("Country code of the outside telephone number, if there is one.")] = None
    DisplayName: Annotated[str | None, Doc("Name to show.")] = None
    Extension: Annotated[str | None, Doc("Telephone extension.")] = None
    GroupID: Annotated[int | None, Doc("Id of the group; null for a user.")] = None
    IsAvailable: Annotated[bool, Doc("Whether calls may come in.")] = False
    IsBusy: Annotated[bool, Doc("Whether the agent should be left alone, for instance for their many chats.")] = False
    IsGroup: Annotated[bool, Doc("True for a group, False for a user.")] = False
    PhoneNumber: Annotated[
        str | None, Doc("Outside telephone number, if there is one: calls may not be transferable to it.")
    ] = None
    UserID: Annotated[int | None, Doc("Id of the user; null for a group.")] = None
    VoipAccountGuid: Annotated[str | None, Doc("GUID of the telephone account; empty for a group.")] = None


@class_
class ContactItemListResult:
    """Whom one can ring up."""

    Contacts: Annotated[list[ContactItem] | None, Doc("Users and groups.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class LoginHandshakeResult:
    """A token to log in with."""

    DateExpiresUtc: Annotated[datetime, Doc("Until when the token is good.")] = LEAST_DATETIME
    HandshakeMethod: Annotated[int, Doc("How the token is checked.")] = 0
    HandshakeToken: Annotated[str | None, Doc("The token to log in with.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class VoipAccount:
    """A telephone account."""

    DepartmentID: Annotated[int, Doc("Id of the department.")] = 0
    DisplayName: Annotated[str | None, Doc("Name to show.")] = None
    GroupID: Annotated[int, Doc("Id of the group.")] = 0
    IsAvailable: Annotated[bool, Doc("Whether calls may come in.")] = False
    IsBusy: Annotated[bool, Doc("Whether the agent should be left alone, for instance for their many chats.")] = False
    NamedSettings: Annotated[
        list[str] | None,
        Doc(
            "Settings of the account, texts `key=value`: Options.AllowRecordControl, Options.AutoRecordCalls, "
            "Options.DefaultDepartmentID, Options.MaxLines, SIP.AuthName, SIP.Domain, SIP.Port, SIP.Server, "
            "SmarterTrack.Url.EditCallLog, SmarterTrack.Version, STUN.Port, STUN.Server, User.DisplayName, "
            "User.Password, User.Username."
        ),
    ] = None
    PublicCountryCode: Annotated[str | None, Doc("Country code of the number, as customers see it.")] = None
    PublicExtension: Annotated[str | None, Doc("Extension of the number, if it has one.")] = None
    PublicPhoneNumber: Annotated[str | None, Doc("The number, as customers see it.")] = None
    UserID: Annotated[int, Doc("Id of the agent whose telephone it is.")] = 0
    VoipAccountGuid: Annotated[str | None, Doc("GUID of the telephone account.")] = None


@class_
class NamedSettingsResult:
    """Telephone accounts with their settings."""

    Accounts: Annotated[list[VoipAccount] | None, Doc("The caller's accounts.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class UserItem:
    """A user as the telephone's search shows them."""

    CountryCode: Annotated[str | None, Doc("Country code of the outside telephone number, if there is one.")] = None
    DisplayName: Annotated[str | None, Doc("Name to show.")] = None
    EmailAddress: Annotated[str | None, Doc("E-mail address.")] = None
    Extension: Annotated[str | None, Doc("Telephone extension.")] = None
    PhoneNumber: Annotated[
        str | None, Doc("Outside telephone number, if there is one: calls may not be transferable to it.")
    ] = None
    UserID: Annotated[int | None, Doc("Id of the user; may be null.")] = None
    UserName: Annotated[str | None, Doc("User name.")] = None


@class_
class UserSearchResult:
    """Users."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    Users: Annotated[list[UserItem] | None, Doc("The users.")] = None


@class_
class UploadedFileResult:
    """A recording that was stored."""

    CallLogAttachmentId: Annotated[int, Doc("Id of the stored file; 0 if storing failed or this was a later part.")] = 0
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


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
def SearchUsers(
    call: Call, searchTerm: Annotated[str, Doc("What to look for."), Field("term")], maxResults: MaxResults
) -> UserSearchResult:
    """Search users by display name, user name, telephone number and e-mail address."""
    found = contacts.search_users(call.session, searchTerm, maxResults)
    return UserSearchResult(Users=[_user(user) for user in found])


@voip.operation(writes=True)
def SetAFKStatus(call: Call, goAFK: Annotated[bool, Doc("True for away.")]) -> GenericResult:
    """Mark the caller as away from the keyboard, or as back."""
    presence.set_away(call.session, call.actor, away=goAFK)
    return GenericResult()


@voip.operation(writes=True)
def SetAvailability(
    call: Call,
    voipAccountGuid: Annotated[str, Doc("GUID of the account concerned; empty means all of the caller's.")],
    available: Annotated[bool, Doc("True if calls may come in.")],
) -> GenericResult:
    """Say whether the caller's telephones can be rung."""
    presence.set_available(call.session, call.actor, voipAccountGuid, available=available)
    return GenericResult()


@voip.operation(writes=True)
def StoreCallRecording(
    call: Call,
    callLogId: CallLogId,
    callLogAttachmentId: Annotated[
        int | None, Doc("Attachment id that the first part was answered with; null for the first part.")
    ],
    fileName: FileName,
    startPosition: Annotated[Int64, Doc("Where in the file this part begins, in bytes."), Field("position")],
    isLastPart: Annotated[bool, Doc("True for the file's last or only part.")],
    fileData: Annotated[bytes, Doc("This part's bytes."), Field("data")],
) -> UploadedFileResult:
    """Store a recording with its call log, whole or part by part.

    A file may hold 1 GB at most; parts of 256 KiB serve best.
    """
    part = recordings.Part(startPosition, fileData, isLastPart)
    root = call.desk.attachments
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
                ("SmarterTrack.Version", call.desk.product_version),
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
