"""What svcTickets takes and gives, in wire order."""

from dataclasses import field
from datetime import datetime
from typing import Annotated

from smartertrack_emu.asmx.declare import LEAST_DATETIME, Doc, Int64, class_, struct
from smartertrack_emu.services.results import Code, Succeeded, WhatWentWrong


@struct
class TicketPartInfo:
    """A part of a ticket's conversation: a message or a note."""

    CreationDateUtc: Annotated[datetime, Doc("When it was written, in UTC.")] = LEAST_DATETIME
    Description: Annotated[str | None, Doc("Its subject line.")] = None
    Direction: Annotated[int, Doc("0 from the customer to an agent, 1 from an agent to the customer.")] = 0
    PartId: Annotated[Int64, Doc("Id of the message or note.")] = 0
    Recipient: Annotated[str | None, Doc("Name of the recipient.")] = None
    Sender: Annotated[str | None, Doc("Name of the sender.")] = None
    Type: Annotated[int, Doc("Kind of the part: 1 message, 10 note, 11 transfer note, 12 resolution.")] = 0
    IsDraft: Annotated[bool, Doc("Whether it is a draft.")] = False


@class_
class TicketPartInfoResult:
    """One part of a ticket's conversation."""

    Message: WhatWentWrong = ""
    Part: Annotated[TicketPartInfo, Doc("The part.")] = field(default_factory=TicketPartInfo)
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class TicketAttachmentInfo:
    """A file attached to a ticket."""

    downloadUrl: Annotated[str | None, Doc("Address at which the file is downloaded.")] = None
    fileDateUtc: Annotated[datetime, Doc("When the file was last written, in UTC.")] = LEAST_DATETIME
    fileId: Annotated[int, Doc("Id of the attached file.")] = 0
    fileNameOnDisk: Annotated[str | None, Doc("Name under which the server stores the file.")] = None
    fileNameOriginal: Annotated[str | None, Doc("Name the file came with.")] = None
    fileSizeInBytes: Annotated[Int64, Doc("Size of the file, in bytes.")] = 0
    sender: Annotated[str | None, Doc("Display name of whoever attached it.")] = None
    senderUserId: Annotated[int, Doc("Id of whoever attached it.")] = 0
    ticketMessageId: Annotated[
        Int64, Doc("Id of the message the file is attached to: the latest, if it is to several.")
    ] = 0


@class_
class TicketAttachmentInfoResult:
    """One attached file."""

    File: Annotated[TicketAttachmentInfo, Doc("The file.")] = field(default_factory=TicketAttachmentInfo)
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class TicketCreationData:
    """What a customer's new ticket is to be; None takes the default."""

    agentID: Annotated[int | None, Doc("Id of the agent who gets the ticket; one is chosen if null.")] = None
    body: Annotated[str | None, Doc("What the first message says.")] = None
    ccEmailAddress: Annotated[str | None, Doc("E-mail addresses of those who get a copy.")] = None
    creationDate: Annotated[datetime | None, Doc("When the ticket is to have been opened; now if null.")] = None
    departmentID: Annotated[
        int | None, Doc("Id of the department that gets the ticket; may be null if groupID is given.")
    ] = None
    displayName: Annotated[str | None, Doc("Name the customer goes by.")] = None
    followUpComment: Annotated[str | None, Doc("Why a follow-up is needed; becomes a note.")] = None
    followUpDate: Annotated[datetime | None, Doc("When a follow-up is due, in UTC; none is set if null.")] = None
    groupID: Annotated[
        int | None, Doc("Id of the group that gets the ticket; may be null if departmentID is given.")
    ] = None
    isHtml: Annotated[bool | None, Doc("Whether the body is markup rather than plain text.")] = None
    pinToAgent: Annotated[bool | None, Doc("Whether the ticket stays with its agent; False if null.")] = None
    priority: Annotated[int | None, Doc("1 low, 2 normal, 3 high, 4 urgent; normal if null.")] = None
    sendAutoResponder: Annotated[
        bool | None, Doc("Whether the customer is mailed an automatic answer; False if null.")
    ] = None
    senderEmailAddress: Annotated[str | None, Doc("E-mail address of the customer; must be given.")] = None
    status: Annotated[int | None, Doc("1 open, 2 waiting, 3 closed; open if null.")] = None
    subject: Annotated[str | None, Doc("Subject line; must be given.")] = None


@struct
class TicketInfo:
    """The main facts of a ticket."""

    CustomerEmailAddress: Annotated[str | None, Doc("E-mail address of the customer.")] = None
    ID: Annotated[int, Doc("Id of the ticket.")] = 0
    IdAgent: Annotated[int, Doc("Id of the agent who has it.")] = 0
    IdCustomer: Annotated[int, Doc("Id of the customer.")] = 0
    IdDepartment: Annotated[int, Doc("Id of the department that has it.")] = 0
    IdGroup: Annotated[int, Doc("Id of the group that has it.")] = 0
    IsActive: Annotated[bool, Doc("True for an open ticket, False for a waiting or closed one.")] = False
    IsDeleted: Annotated[bool, Doc("Whether it is marked as deleted.")] = False
    IsOpen: Annotated[bool, Doc("True for an open or waiting ticket, False for a closed one.")] = False
    IsPinnedToAgent: Annotated[bool, Doc("Whether the ticket stays with its agent.")] = False
    IsSpam: Annotated[bool, Doc("Whether it is marked as spam; says nothing unless IsDeleted.")] = False
    LastReplyDateUtc: Annotated[datetime, Doc("When the last message came, in UTC.")] = LEAST_DATETIME
    Priority: Annotated[int, Doc("Its priority: 1 low, 2 normal, 3 high, 4 urgent.")] = 0
    ReplyCountIn: Annotated[int, Doc("How many messages came from the customer.")] = 0
    ReplyCountOut: Annotated[int, Doc("How many messages agents sent.")] = 0
    RequiresFollowUp: Annotated[bool, Doc("Whether the ticket is marked for follow-up.")] = False
    ShowInFollowUpView: Annotated[bool, Doc("Whether the ticket stands in the list of follow-ups.")] = False
    Subject: Annotated[str | None, Doc("Its subject line.")] = None
    TicketNumber: Annotated[str | None, Doc("Number of the ticket.")] = None
    FollowUpDateUtc: Annotated[datetime | None, Doc("When the follow-up is due, in UTC; null without one.")] = None


@class_
class TicketInfoResult:
    """One ticket."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    Ticket: Annotated[TicketInfo, Doc("The ticket.")] = field(default_factory=TicketInfo)


@class_
class TicketAttachmentInfoArrayResult:
    """Attached files."""

    Files: Annotated[list[TicketAttachmentInfo] | None, Doc("The files.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class TicketPartInfoArrayResult:
    """The parts of a ticket's conversation."""

    Message: WhatWentWrong = ""
    Parts: Annotated[list[TicketPartInfo] | None, Doc("The parts, oldest first.")] = None
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class TicketCountInfo:
    """How many tickets an agent has in a group."""

    ActiveTicketCount: Annotated[int, Doc("How many of the tickets are open and not waiting.")] = 0
    BrandId: Annotated[int, Doc("Id of the brand.")] = 0
    DepartmentId: Annotated[int, Doc("Id of the department.")] = 0
    FollowUpTicketCount: Annotated[int, Doc("How many of the tickets are marked for follow-up.")] = 0
    GroupId: Annotated[int, Doc("Id of the group.")] = 0
    UserId: Annotated[int, Doc("Id of the agent.")] = 0
    WaitingTicketCount: Annotated[int, Doc("How many of the tickets are open and waiting.")] = 0


@class_
class TicketCountInfoArrayResult:
    """Numbers of tickets."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    TicketCounts: Annotated[list[TicketCountInfo] | None, Doc("One entry for every agent and group.")] = None


@struct
class TicketEventInfo:
    """Something that was done to a ticket."""

    Description: Annotated[str | None, Doc("What happened, in short.")] = None
    Details: Annotated[str | None, Doc("What happened in detail.")] = None
    EventDateUtc: Annotated[datetime, Doc("When it happened, in UTC.")] = LEAST_DATETIME
    UserTakingAction: Annotated[str | None, Doc("Name of the user who did it.")] = None


@class_
class TicketEventInfoArrayResult:
    """The history of a ticket."""

    Events: Annotated[list[TicketEventInfo] | None, Doc("What was done, each step with its date.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class TicketMessageBodyResult:
    """What a message says."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    messageBody: Annotated[str | None, Doc("What the message says.")] = None


@struct
class TicketCommentInfo:
    """A note on a ticket."""

    CommentId: Annotated[int, Doc("Id of the note.")] = 0
    CommentText: Annotated[str | None, Doc("What the note says.")] = None
    CommentType: Annotated[str | None, Doc("Kind of the note: Note, Resolution, TransferNote or FollowUp.")] = None
    DateEnteredUTC: Annotated[datetime, Doc("When the note was written, in UTC.")] = LEAST_DATETIME
    TicketId: Annotated[int, Doc("Id of the ticket it belongs to.")] = 0
    UserId: Annotated[int, Doc("Id of the user who wrote the note.")] = 0


@class_
class TicketCommentInfoResult:
    """One note."""

    Comment: Annotated[TicketCommentInfo, Doc("The note.")] = field(default_factory=TicketCommentInfo)
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class RelatedItemInfo:
    """A ticket, chat or call log that a ticket is related to."""

    RelatedItemID: Annotated[int, Doc("Id of the related item.")] = 0
    RelatedItemType: Annotated[str | None, Doc("Kind of the related item.")] = None


@class_
class TicketRelatedItemInfoArrayResult:
    """Related items."""

    Message: WhatWentWrong = ""
    RelatedItems: Annotated[list[RelatedItemInfo] | None, Doc("The related items.")] = None
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class TicketInfoArrayResult:
    """Tickets."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    Tickets: Annotated[list[TicketInfo] | None, Doc("The tickets.")] = None
