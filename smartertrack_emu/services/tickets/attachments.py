"""Files attached to tickets and messages."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from smartertrack_emu.asmx.declare import Doc, Int64
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.tickets import attachments
from smartertrack_emu.domain.tickets.visibility import by_id, by_number
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import FileName, MessageId, TicketId, TicketNumber
from smartertrack_emu.services.moments import utc_or_none
from smartertrack_emu.services.names import Field
from smartertrack_emu.services.results import GenericResult
from smartertrack_emu.store.types import AnyRow

from .service import tickets
from .types import TicketAttachmentInfo, TicketAttachmentInfoArrayResult, TicketAttachmentInfoResult


def _info(file: Attachment | AnyRow) -> TicketAttachmentInfo:
    return TicketAttachmentInfo(
        # Relative, without a leading slash: clients put the base URL before it (seen).
        downloadUrl=f"Download/{file.token}/{quote(file.name, safe='')}",
        fileDateUtc=file.file_at,
        fileId=file.id,
        fileNameOnDisk=file.name_on_disk,
        fileNameOriginal=file.name,
        fileSizeInBytes=file.received_length,
        sender=file.sender_name,
        senderUserId=file.sender_id or 0,
        ticketMessageId=file.message_id or 0,
    )


@tickets.operation(writes=True)
def AddTicketAttachment(
    call: Call,
    ticketNumber: TicketNumber,
    ticketMessageId: Annotated[Int64, Doc("Id of the message; 0 attaches to the ticket itself.")],
    fileName: FileName,
    data: Annotated[bytes, Doc("The file's bytes, or the first of them: AppendToTicketAttachment brings the rest.")],
    fileLength: Annotated[int, Doc("Size of the whole file, in bytes."), Field("length")],
    dateCreatedUTC: Annotated[datetime, Doc("When the file was made, in UTC.")],
) -> TicketAttachmentInfoResult:
    """Attach a file, or its first bytes, to a ticket or to one of its messages."""
    attachment = attachments.add(
        call.session,
        call.actor,
        by_number(ticketNumber),
        root=call.desk.attachments,
        max_length=call.desk.max_attachment,
        message_id=ticketMessageId,
        name=fileName,
        data=data,
        length=fileLength,
        file_at=utc_or_none(dateCreatedUTC),
    )
    return TicketAttachmentInfoResult(File=_info(attachment))


@tickets.operation(writes=True)
def AppendToTicketAttachment(
    call: Call,
    ticketAttachmentId: Annotated[int, Doc("Id of the attached file.")],
    data: Annotated[bytes, Doc("The bytes that come next; as many calls as it takes.")],
) -> GenericResult:
    """Add further bytes to a file attached before."""
    attachments.append(call.session, call.actor, ticketAttachmentId, data, root=call.desk.attachments)
    return GenericResult()


@tickets.operation()
def GetTicketAttachments(call: Call, ticketId: TicketId) -> TicketAttachmentInfoArrayResult:
    """List the files attached to a ticket."""
    files = attachments.of_ticket(call.session, call.actor, by_id(ticketId))
    return TicketAttachmentInfoArrayResult(Files=[_info(file) for file in files])


@tickets.operation()
def GetTicketMessageAttachmentInfo(call: Call, ticketMessageId: MessageId) -> TicketAttachmentInfoArrayResult:
    """List the files attached to one message."""
    files = attachments.of_message(call.session, call.actor, ticketMessageId)
    return TicketAttachmentInfoArrayResult(Files=[_info(file) for file in files])
