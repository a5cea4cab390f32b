"""Tables of surveys and of their offers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.store.base import Base


class Survey(Base):
    """A survey; `header` and `thank_you` are plain text. `questions` is a JSON list (`questions`), in their order.

    One that is deleted is offered and answered no more; what was answered stays.
    """

    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    header: Mapped[str] = mapped_column(default="")
    thank_you: Mapped[str] = mapped_column(default="")
    questions: Mapped[str] = mapped_column(Text, default="[]")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    deleted_at: Mapped[datetime | None]


class SurveyOffer(Base):
    """A survey offered to the customer of a ticket or chat: once an item, whatever becomes of the item later.

    Whoever knows `guid` may answer, once. The names are those of the offer's moment: they say whose work it is about.
    `rating` is in percent, None where no rating was answered. `answers` is a JSON list of the questions as they were
    with their answers.
    """

    __tablename__ = "survey_offers"

    id: Mapped[int] = mapped_column(primary_key=True)
    guid: Mapped[str] = mapped_column(String(36))
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    customer_email: Mapped[str] = mapped_column(default="")
    agent_username: Mapped[str] = mapped_column(default="")
    department_name: Mapped[str] = mapped_column(default="")
    group_name: Mapped[str] = mapped_column(default="")
    offered_at: Mapped[datetime] = mapped_column(default=clock.now)
    viewed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    answers: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("guid"),
        UniqueConstraint("ticket_id"),
        UniqueConstraint("chat_id"),
        Index(None, "survey_id"),
        CheckConstraint("(ticket_id IS NULL) <> (chat_id IS NULL)", name="item"),
    )
