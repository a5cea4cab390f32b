"""What svcTickets takes and gives, in wire order."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from smartertrack_emu.asmx.declare import LEAST_DATETIME, Int64, class_, struct


@struct
class TicketPartInfo:
    """A part of a ticket's conversation: a message or a note."""

    CreationDateUtc: datetime = LEAST_DATETIME
    Description: str | None = None
    Direction: int = 0
    PartId: Int64 = 0
    Recipient: str | None = None
    Sender: str | None = None
    Type: int = 0
    IsDraft: bool = False


@class_
class TicketPartInfoResult:
    """One part of a ticket's conversation."""

    Message: str | None = ""
    Part: TicketPartInfo = field(default_factory=TicketPartInfo)
    Result: bool = True
    ResultCode: int = 0


@struct
class TicketAttachmentInfo:
    """A file attached to a ticket."""

    downloadUrl: str | None = None
    fileDateUtc: datetime = LEAST_DATETIME
    fileId: int = 0
    fileNameOnDisk: str | None = None
    fileNameOriginal: str | None = None
    fileSizeInBytes: Int64 = 0
    sender: str | None = None
    senderUserId: int = 0
    ticketMessageId: Int64 = 0


@class_
class TicketAttachmentInfoResult:
    """One attached file."""

    File: TicketAttachmentInfo = field(default_factory=TicketAttachmentInfo)
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class TicketCreationData:
    """What a customer's new ticket is to be; None takes the default."""

    agentID: int | None = None
    body: str | None = None
    ccEmailAddress: str | None = None
    creationDate: datetime | None = None
    departmentID: int | None = None
    displayName: str | None = None
    followUpComment: str | None = None
    followUpDate: datetime | None = None
    groupID: int | None = None
    isHtml: bool | None = None
    pinToAgent: bool | None = None
    priority: int | None = None
    sendAutoResponder: bool | None = None
    senderEmailAddress: str | None = None
    status: int | None = None
    subject: str | None = None


@struct
class TicketInfo:
    """The main facts of a ticket."""

    CustomerEmailAddress: str | None = None
    ID: int = 0
    IdAgent: int = 0
    IdCustomer: int = 0
    IdDepartment: int = 0
    IdGroup: int = 0
    IsActive: bool = False
    IsDeleted: bool = False
    IsOpen: bool = False
    IsPinnedToAgent: bool = False
    IsSpam: bool = False
    LastReplyDateUtc: datetime = LEAST_DATETIME
    Priority: int = 0
    ReplyCountIn: int = 0
    ReplyCountOut: int = 0
    RequiresFollowUp: bool = False
    ShowInFollowUpView: bool = False
    Subject: str | None = None
    TicketNumber: str | None = None
    FollowUpDateUtc: datetime | None = None


@class_
class TicketInfoResult:
    """One ticket."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    Ticket: TicketInfo = field(default_factory=TicketInfo)


@class_
class TicketAttachmentInfoArrayResult:
    """Attached files."""

    Files: list[TicketAttachmentInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class TicketPartInfoArrayResult:
    """The parts of a ticket's conversation."""

    Message: str | None = ""
    Parts: list[TicketPartInfo] | None = None
    Result: bool = True
    ResultCode: int = 0


@struct
class TicketCountInfo:
    """How many tickets an agent has in a group."""

    ActiveTicketCount: int = 0
    BrandId: int = 0
    DepartmentId: int = 0
    FollowUpTicketCount: int = 0
    GroupId: int = 0
    UserId: int = 0
    WaitingTicketCount: int = 0


@class_
class TicketCountInfoArrayResult:
    """Numbers of tickets."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    TicketCounts: list[TicketCountInfo] | None = None


@struct
class TicketEventInfo:
    """Something that was done to a ticket."""

    Description: str | None = None
    Details: str | None = None
    EventDateUtc: datetime = LEAST_DATETIME
    UserTakingAction: str | None = None


@class_
class TicketEventInfoArrayResult:
    """The history of a ticket."""

    Events: list[TicketEventInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class TicketMessageBodyResult:
    """What a message says."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    messageBody: str | None = None


@struct
class TicketCommentInfo:
    """A note on a ticket."""

    CommentId: int = 0
    CommentText: str | None = None
    CommentType: str | None = None
    DateEnteredUTC: datetime = LEAST_DATETIME
    TicketId: int = 0
    UserId: int = 0


@class_
class TicketCommentInfoResult:
    """One note."""

    Comment: TicketCommentInfo = field(default_factory=TicketCommentInfo)
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@struct
class RelatedItemInfo:
    """A ticket, chat or call log that a ticket is related to."""

    RelatedItemID: int = 0
    RelatedItemType: str | None = None


@class_
class TicketRelatedItemInfoArrayResult:
    """Related items."""

    Message: str | None = ""
    RelatedItems: list[RelatedItemInfo] | None = None
    Result: bool = True
    ResultCode: int = 0


@class_
class TicketInfoArrayResult:
    """Tickets."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    Tickets: list[TicketInfo] | None = None
