"""Tables of channels."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.keys import key_column
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import BIG_ID


class Channel(Base):
    """A channel; one that is `short_lived` ends when the last agent leaves it (seen)."""

    __tablename__ = "channels"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = key_column("name")
    short_lived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (UniqueConstraint("name_key"),)


class ChannelMember(Base):
    """An agent in a channel."""

    __tablename__ = "channel_members"

    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    joined_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (Index(None, "user_id"),)


class ChannelMessage(Base):
    """Something that was said in a channel, in plain text; the name is that of the moment."""

    __tablename__ = "channel_messages"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    author_name: Mapped[str]
    body: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (Index(None, "channel_id", "id"), Index(None, "author_id"))
