"""What svcChats takes and gives, in wire order."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from smartertrack_emu.asmx.declare import LEAST_DATETIME, Int64, class_, struct


@struct
class ChatAttachmentInfo:
    """A file sent in a chat."""

    downloadUrl: str | None = None
    fileDateUtc: datetime = LEAST_DATETIME
    fileId: int = 0
    fileNameOnDisk: str | None = None
    fileNameOriginal: str | None = None
    fileSizeInBytes: Int64 = 0
    sender: str | None = None
    senderUserId: int = 0


@class_
class ChatAttachmentInfoArrayResult:
    """Files sent in a chat."""

    Files: list[ChatAttachmentInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@struct
class ChatMessageInfo:
    """A message of a chat."""

    DateSentUtc: datetime = LEAST_DATETIME
    FromIdUser: int = 0
    FromName: str | None = None
    MessageId: Int64 = 0
    MessageText: str | None = None
    MessageType: str | None = None


@class_
class ChatConversationResult:
    """What was said in a chat."""

    ConversationListing: list[ChatMessageInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@struct
class ChatCountInfo:
    """How many chats an agent has in a group."""

    ActiveCount: int = 0
    BrandId: int = 0
    DepartmentId: int = 0
    GroupId: int = 0
    InactiveCount: int = 0
    UserId: int = 0


@class_
class ChatCountInfoArrayResult:
    """Numbers of chats."""

    ChatCounts: list[ChatCountInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@struct
class ChatEventInfo:
    """Something that was done to a chat."""

    Description: str | None = None
    Details: str | None = None
    EventDateUtc: datetime = LEAST_DATETIME
    UserTakingAction: str | None = None


@class_
class ChatEventInfoArrayResult:
    """The history of a chat."""

    Events: list[ChatEventInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@struct
class ChatInfo:
    """The main facts of a chat."""

    ChatNumber: str | None = None
    CustomerDisplayName: str | None = None
    CustomerEmailAddress: str | None = None
    CustomerIp: str | None = None
    CustomerLanguage: str | None = None
    DateDeletedUtc: datetime = LEAST_DATETIME
    DateEndedUtc: datetime = LEAST_DATETIME
    DateQueuedUtc: datetime = LEAST_DATETIME
    DateStartedUtc: datetime = LEAST_DATETIME
    ID: int = 0
    IdAgent: int = 0
    IdCustomer: int = 0
    IdDepartment: int = 0
    IdGroup: int = 0
    IsActive: bool = False
    IsDeleted: bool = False
    LastReplyDateUtc: datetime = LEAST_DATETIME
    ReplyCountIn: int = 0
    ReplyCountOut: int = 0
    SessionLengthInSeconds: int = 0


@class_
class ChatInfoResult:
    """One chat."""

    Chat: ChatInfo = field(default_factory=ChatInfo)
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@struct
class ChatCommentInfo:
    """A note on a chat."""

    CommentId: int = 0
    CreationDateUtc: datetime = LEAST_DATETIME
    Description: str | None = None
    Direction: int = 0
    Sender: str | None = None
    Type: int = 0


@class_
class ChatCommentInfoResult:
    """One note."""

    Comment: ChatCommentInfo = field(default_factory=ChatCommentInfo)
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class ChatCommentInfoArrayResult:
    """Notes."""

    Comments: list[ChatCommentInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class ChatInfoArrayResult:
    """Chats."""

    Chats: list[ChatInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
