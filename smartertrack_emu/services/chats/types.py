"""What svcChats takes and gives, in wire order."""

from dataclasses import field
from datetime import datetime
from typing import Annotated

from smartertrack_emu.asmx.declare import LEAST_DATETIME, Doc, Int64, class_, struct
from smartertrack_emu.services.results import Code, Succeeded, WhatWentWrong


@struct
class ChatAttachmentInfo:
    """A file sent in a chat."""

    downloadUrl: Annotated[str | None, Doc("Address at which the file is downloaded.")] = None
    fileDateUtc: Annotated[datetime, Doc("When the file was last written, in UTC.")] = LEAST_DATETIME
    fileId: Annotated[int, Doc("Id of the attached file.")] = 0
    fileNameOnDisk: Annotated[str | None, Doc("Name under which the server stores the file.")] = None
    fileNameOriginal: Annotated[str | None, Doc("Name the file came with.")] = None
    fileSizeInBytes: Annotated[Int64, Doc("Size of the file, in bytes.")] = 0
    sender: Annotated[str | None, Doc("Display name of whoever attached it.")] = None
    senderUserId: Annotated[int, Doc("Id of whoever attached it.")] = 0


@class_
class ChatAttachmentInfoArrayResult:
    """Files sent in a chat."""

    Files: Annotated[list[ChatAttachmentInfo] | None, Doc("The files.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class ChatMessageInfo:
    """A message of a chat."""

    DateSentUtc: Annotated[datetime, Doc("When the message was sent, in UTC.")] = LEAST_DATETIME
    FromIdUser: Annotated[int, Doc("Id of whoever sent it.")] = 0
    FromName: Annotated[str | None, Doc("Name of whoever sent it.")] = None
    MessageId: Annotated[Int64, Doc("Id of the message.")] = 0
    MessageText: Annotated[str | None, Doc("What the message says.")] = None
    MessageType: Annotated[str | None, Doc("Who sent it: agent, system or user.")] = None


@class_
class ChatConversationResult:
    """What was said in a chat."""

    ConversationListing: Annotated[list[ChatMessageInfo] | None, Doc("The messages.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class ChatCountInfo:
    """How many chats an agent has in a group."""

    ActiveCount: Annotated[int, Doc("How many of the chats are active.")] = 0
    BrandId: Annotated[int, Doc("Id of the brand.")] = 0
    DepartmentId: Annotated[int, Doc("Id of the department.")] = 0
    GroupId: Annotated[int, Doc("Id of the group.")] = 0
    InactiveCount: Annotated[int, Doc("How many of the chats have ended.")] = 0
    UserId: Annotated[int, Doc("Id of the agent.")] = 0


@class_
class ChatCountInfoArrayResult:
    """Numbers of chats."""

    ChatCounts: Annotated[list[ChatCountInfo] | None, Doc("One entry for every agent and group.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class ChatEventInfo:
    """Something that was done to a chat."""

    Description: Annotated[str | None, Doc("What happened, in short.")] = None
    Details: Annotated[str | None, Doc("What happened in detail.")] = None
    EventDateUtc: Annotated[datetime, Doc("When it happened, in UTC.")] = LEAST_DATETIME
    UserTakingAction: Annotated[str | None, Doc("User name of whoever did it.")] = None


@class_
class ChatEventInfoArrayResult:
    """The history of a chat."""

    Events: Annotated[list[ChatEventInfo] | None, Doc("What was done, each step with its date.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class ChatInfo:
    """The main facts of a chat."""

    ChatNumber: Annotated[str | None, Doc("Number of the chat.")] = None
    CustomerDisplayName: Annotated[str | None, Doc("Name the customer goes by.")] = None
    CustomerEmailAddress: Annotated[str | None, Doc("E-mail address of the customer.")] = None
    CustomerIp: Annotated[str | None, Doc("IP address the customer chatted from.")] = None
    CustomerLanguage: Annotated[str | None, Doc("Language the customer chatted in.")] = None
    DateDeletedUtc: Annotated[datetime, Doc("When it was deleted, in UTC, if IsDeleted.")] = LEAST_DATETIME
    DateEndedUtc: Annotated[datetime, Doc("When the chat ended, in UTC, unless IsActive.")] = LEAST_DATETIME
    DateQueuedUtc: Annotated[datetime, Doc("When the chat came in, before an agent had it, in UTC.")] = LEAST_DATETIME
    DateStartedUtc: Annotated[datetime, Doc("When the chat began, in UTC.")] = LEAST_DATETIME
    ID: Annotated[int, Doc("Its id.")] = 0
    IdAgent: Annotated[int, Doc("Id of the agent who has it.")] = 0
    IdCustomer: Annotated[int, Doc("Id of the customer.")] = 0
    IdDepartment: Annotated[int, Doc("Id of the department that has it.")] = 0
    IdGroup: Annotated[int, Doc("Id of the group that has it.")] = 0
    IsActive: Annotated[bool, Doc("Whether the chat goes on.")] = False
    IsDeleted: Annotated[bool, Doc("Whether it is marked as deleted.")] = False
    LastReplyDateUtc: Annotated[datetime, Doc("When the last message came, in UTC.")] = LEAST_DATETIME
    ReplyCountIn: Annotated[int, Doc("How many messages came from the customer.")] = 0
    ReplyCountOut: Annotated[int, Doc("How many messages agents sent.")] = 0
    SessionLengthInSeconds: Annotated[int, Doc("How long the chat has lasted, in seconds.")] = 0


@class_
class ChatInfoResult:
    """One chat."""

    Chat: Annotated[ChatInfo, Doc("The chat.")] = field(default_factory=ChatInfo)
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class ChatCommentInfo:
    """A note on a chat."""

    CommentId: Annotated[int, Doc("Id of the note.")] = 0
    CreationDateUtc: Annotated[datetime, Doc("When it was written, in UTC.")] = LEAST_DATETIME
    Description: Annotated[str | None, Doc("What the note says.")] = None
    Direction: Annotated[int, Doc("Not used.")] = 0
    Sender: Annotated[str | None, Doc("User name of whoever wrote the note.")] = None
    Type: Annotated[int, Doc("Kind of the note: 10 note, 11 transfer note, 12 resolution.")] = 0


@class_
class ChatCommentInfoResult:
    """One note."""

    Comment: Annotated[ChatCommentInfo, Doc("The note.")] = field(default_factory=ChatCommentInfo)
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class ChatCommentInfoArrayResult:
    """Notes."""

    Comments: Annotated[list[ChatCommentInfo] | None, Doc("The notes.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class ChatInfoArrayResult:
    """Chats."""

    Chats: Annotated[list[ChatInfo] | None, Doc("The chats.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
