"""Files sent in chats."""

from urllib.parse import quote

from smartertrack_emu.domain.chats import attachments
from smartertrack_emu.services import links
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import ChatId

from .service import chats
from .types import ChatAttachmentInfo, ChatAttachmentInfoArrayResult


@chats.operation()
def GetChatAttachments(call: Call, chatId: ChatId) -> ChatAttachmentInfoArrayResult:
    """List the files sent in a chat."""
    root = links.root(call)
    return ChatAttachmentInfoArrayResult(
        Files=[
            ChatAttachmentInfo(
                downloadUrl=f"{root}/Download/{file.token}/{quote(file.name_on_disk, safe='')}",
                fileDateUtc=file.file_at,
                fileId=file.id,
                fileNameOnDisk=file.name_on_disk,
                fileNameOriginal=file.name,
                fileSizeInBytes=file.received_length,
                sender=file.sender_name,
                senderUserId=file.sender_id or 0,
            )
            for file in attachments.listing(call.session, call.actor, chatId)
        ]
    )
