"""A chat's life, from the customer's side: it starts, both sides speak, files are sent, it ends.

    chat = start(session, group_id=1, customer_name="Casey", customer_email="casey@example.com")
    say(session, chat, SenderKind.USER, "Hello?")
    leave(session, chat)

These functions ask for no rights: who calls them has decided who is speaking.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.customfields import values
from smartertrack_emu.domain.customfields.values import Item, Requirement
from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.events.chats import (
    LiveChatAttachmentAdded,
    LiveChatEnded,
    LiveChatIncomingMessage,
    LiveChatOutgoingMessage,
    LiveChatStarted,
)
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.kinds import ItemKind, counted
from smartertrack_emu.domain.numbers import make_number
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.people.assignment import choose_agent
from smartertrack_emu.domain.people.models import QUEUE_ID, SYSTEM_ID, User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure import places
from smartertrack_emu.domain.structure.jobs import is_stopped
from smartertrack_emu.domain.surveys import offers
from smartertrack_emu.domain.surveys.offers import Ended, Offer
from smartertrack_emu.store.identity import next_id

from .assignment import TURNS, give_to
from .models import Chat, ChatMessage, SenderKind


def start(
    session: Session,
    *,
    group_id: int,
    customer_name: str,
    customer_email: str = "",
    customer_ip: str = "",
    customer_language: str = "",
    question: str = "",
    custom_fields: Mapping[str, str] | None = None,
    agent_id: int | None = None,
    customer_id: int | None = None,
    at: datetime | None = None,
    needs_fields: bool = True,
) -> Chat:
    """Start a chat in a group and return it.

    It is assigned automatically where no agent is given (the queue's user is one), unless the chat manager is stopped:
    then, and where nobody can have it, it waits for that in the queue. `at` None: now. `question`: what the customer
    asks first, the chat's first line where it is not blank. The customer is the user given, else the one with the
    e-mail address, if there is one. NotFound for an unknown group; BadValue for a custom field that is not there, for a
    value that it does not take, and for one that customers must fill in and that is missing, unless the chat does not
    need them (`needs_fields`).
    """
    place = places.of_group(session, group_id)
    at = at or clock.now()
    if customer_id is None:
        customer = users.find_by_email(session, customer_email)
        customer_id = None if customer is None else customer.id
    is_awaited = agent_id is None
    if agent_id is None:
        is_held = is_stopped(session, "chat-manager")
        agent_id = QUEUE_ID if is_held else choose_agent(session, group_id, TURNS)
    chat_id = next_id(session, Chat)
    chat = Chat(
        id=chat_id,
        number=make_number(chat_id, at),
        brand_id=place.brand_id,
        department_id=place.department_id,
        group_id=group_id,
        agent_id=QUEUE_ID,
        customer_id=customer_id,
        customer_name=customer_name,
        customer_email=customer_email,
        customer_ip=customer_ip,
        customer_language=customer_language,
        is_active=True,
        reply_count_in=0,
        reply_count_out=0,
        queued_at=at,
        started_at=at,
        customer_seen_at=at,
        awaits_assignment_since=at if is_awaited else None,
    )
    if agent_id != QUEUE_ID:
        give_to(session, chat, agent_id, at)
    session.add(chat)
    session.flush()
    item = Item(ItemKind.CHAT, chat.id, chat.department_id)
    if custom_fields:
        values.set_values(session, item, custom_fields)
    if needs_fields:
        values.require(session, item, Requirement.USERS, "Starting a chat")
    asked = (
        _write(session, chat, SenderKind.USER, question, customer_id, customer_name, at) if question.strip() else None
    )
    publish(session, SYSTEM, _started(session, chat), at=at)
    if asked is not None:
        _tell(session, chat, asked)
    return chat


def _started(session: Session, chat: Chat) -> LiveChatStarted:
    if chat.agent_id == QUEUE_ID:
        return LiveChatStarted(chat.id, chat.customer_name, chat.group_id, None, "")
    agent = session.scalars(select(User.display_name).where(User.id == chat.agent_id)).one()
    return LiveChatStarted(chat.id, chat.customer_name, chat.group_id, chat.agent_id, agent)


def say(
    session: Session,
    chat: Chat,
    sender: SenderKind,
    text: str,
    *,
    author_id: int | None = None,
    author_name: str | None = None,
    at: datetime | None = None,
) -> ChatMessage:
    """Add a message, plain text, to an active chat and return it; NotPossible for one that ended or is deleted.

    Who said it is by default the customer, the chat's agent, or the system; `at` None: now.
    """
    _require_active(chat)
    at = at or clock.now()
    if author_id is None:
        author_id = {SenderKind.USER: chat.customer_id, SenderKind.AGENT: chat.agent_id}.get(sender, SYSTEM_ID)
    if author_name is None:
        author_name = chat.customer_name if sender is SenderKind.USER else _shown_name(session, author_id)
    message = _write(session, chat, sender, text, author_id, author_name, at)
    _tell(session, chat, message)
    return message


def _write(
    session: Session,
    chat: Chat,
    sender: SenderKind,
    text: str,
    author_id: int | None,
    author_name: str,
    at: datetime,
) -> ChatMessage:
    message = ChatMessage(
        chat_id=chat.id, sender_kind=sender, author_id=author_id, author_name=author_name, body=text, sent_at=at
    )
    session.add(message)
    if sender is not SenderKind.SYSTEM:
        # A line of the system's is no reply.
        if sender is SenderKind.USER:
            chat.reply_count_in = counted(chat.reply_count_in + 1)
            _expect_answer(chat, at)
        else:
            chat.reply_count_out = counted(chat.reply_count_out + 1)
            chat.unanswered_since = chat.watched_since = chat.timed_out_agent_id = None
        chat.last_reply_at = at if chat.last_reply_at is None else max(at, chat.last_reply_at)
    session.flush()
    return message


def _tell(session: Session, chat: Chat, message: ChatMessage) -> None:
    """Let it happen that somebody said something; of a line of the system's nothing does."""
    if message.sender_kind is SenderKind.USER:
        publish(session, SYSTEM, LiveChatIncomingMessage(chat.id, message.id), at=message.sent_at)
    elif message.sender_kind is SenderKind.AGENT:
        author = session.get_one(User, message.author_id)
        publish(session, author, LiveChatOutgoingMessage(chat.id, message.id), at=message.sent_at)


def _expect_answer(chat: Chat, at: datetime) -> None:
    """Note that the customer is there, and that what they say waits for an answer."""
    chat.customer_seen_at = max(chat.customer_seen_at or at, at)
    if chat.unanswered_since is None or chat.watched_since is not None:  # else it was told already that nobody answers
        chat.watched_since = at
    chat.unanswered_since = at


def _shown_name(session: Session, user_id: int | None) -> str:
    """Return what a chat shows a user as: the name for chats, else the display name."""
    row = session.execute(select(User.display_name_for_chat, User.display_name).where(User.id == user_id)).one_or_none()
    return "" if row is None else row.display_name_for_chat or row.display_name


def send_file(
    session: Session, root: Path, chat: Chat, name: str, data: bytes, *, sender: SenderKind = SenderKind.USER
) -> Attachment:
    """Attach a whole file to an active chat and return its row; `root` is where files' contents are.

    NotPossible for a chat that ended or is deleted; BadValue for a name that is no file's.
    """
    _require_active(chat)
    author_id = chat.customer_id if sender is SenderKind.USER else chat.agent_id
    attachment = files.new_attachment(
        name=name,
        expected_length=len(data),
        sender_id=author_id,
        sender_name=chat.customer_name if sender is SenderKind.USER else _shown_name(session, author_id),
        chat_id=chat.id,
    )
    session.add(attachment)
    files.append(session, root, attachment, data, last=True)
    if sender is SenderKind.USER:
        chat.customer_seen_at = clock.now()
    session.flush()
    publish(session, SYSTEM, LiveChatAttachmentAdded(chat.id, attachment.name, len(data)))
    return attachment


def leave(session: Session, chat: Chat, *, at: datetime | None = None) -> Offer | None:
    """Let the customer end an active chat; NotPossible for one that ended or is deleted.

    Return the survey that they are asked to answer, if any.
    """
    return end(session, SYSTEM, chat, left_by=chat.customer_name, at=at)


def end(
    session: Session, actor: Principal, chat: Chat, *, left_by: str = "", at: datetime | None = None
) -> Offer | None:
    """End an active chat, left by its customer where a name is given; NotPossible for one that ended or is deleted.

    Return the survey that the customer is asked to answer, if the department asks one.
    """
    _require_active(chat)
    chat.is_active = False
    # The clock of whoever asks may be behind.
    chat.ended_at = max(at or clock.now(), chat.started_at)
    session.flush()
    publish(session, actor, LiveChatEnded(chat.id, left_by), at=chat.ended_at)
    ended = Ended(ItemKind.CHAT, chat.id, chat.department_id, chat.group_id, chat.agent_id, chat.customer_email)
    return offers.offer(session, actor, ended)


def _require_active(chat: Chat) -> None:
    if chat.is_deleted:
        raise NotPossible(f"Chat {chat.number} is deleted.")
    if not chat.is_active:
        raise NotPossible(f"Chat {chat.number} has ended.")
