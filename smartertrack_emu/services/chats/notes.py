"""Notes on a chat."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.chats import notes
from smartertrack_emu.domain.kinds import NoteKind
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import ChatId, KindOfNote, NoteId
from smartertrack_emu.services.names import Field
from smartertrack_emu.services.results import GenericResult

from .service import chats
from .types import ChatCommentInfo, ChatCommentInfoArrayResult, ChatCommentInfoResult

NoteText = Annotated[str, Doc("What the note says, in plain text."), Field("text")]


def _info(note: notes.Note) -> ChatCommentInfo:
    return ChatCommentInfo(
        CommentId=note.id,
        CreationDateUtc=note.entered_at,
        Description=note.body,
        Sender=note.author,
        # A follow-up shows as a plain note.
        Type=int(NoteKind.NOTE if note.kind is NoteKind.FOLLOW_UP else note.kind),
    )


@chats.operation(writes=True)
def AddChatNote(call: Call, chatId: ChatId, messageType: KindOfNote, noteText: NoteText) -> GenericResult:
    """Add a note to a chat."""
    notes.add(call.session, call.actor, chatId, notes.parse_kind(messageType), noteText)
    return GenericResult()


@chats.operation(writes=True)
def EditChatNote(
    call: Call,
    commentId: NoteId,
    chatId: Annotated[int, Doc("Id of the chat that the note is to belong to.")],
    messageType: KindOfNote,
    noteText: NoteText,
) -> GenericResult:
    """Change the kind and text of a chat's note."""
    notes.edit(call.session, call.actor, commentId, chatId, notes.parse_kind(messageType), noteText)
    return GenericResult()


@chats.operation()
def GetChatNote(call: Call, commentId: NoteId) -> ChatCommentInfoResult:
    """Return one note."""
    return ChatCommentInfoResult(Comment=_info(notes.get(call.session, call.actor, commentId)))


@chats.operation()
def GetChatNotes(call: Call, chatId: ChatId) -> ChatCommentInfoArrayResult:
    """List the notes of a chat."""
    found = notes.listing(call.session, call.actor, chatId)
    return ChatCommentInfoArrayResult(Comments=[_info(note) for note in found])
