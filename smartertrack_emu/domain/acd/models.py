"""Tables of what groups and tickets have beside themselves where an ACD's clients use them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain.keys import key_column
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import IntEnumeration, one_of

from .kinds import EventType


class AcdGroupSettings(Base):
    """What a group has for the ACD; one without a row has the defaults. `service_level_seconds`: seconds."""

    __tablename__ = "acd_group_settings"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    foreign_system_id: Mapped[str | None]
    service_level_seconds: Mapped[int] = mapped_column(default=30)
    allows_duplicates: Mapped[bool] = mapped_column(default=True)


class AcdEvent(Base):
    """What a ticket that a client made has beside itself, as the client gave it."""

    __tablename__ = "acd_events"

    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    client_id: Mapped[int] = mapped_column(ForeignKey("jtel_clients.id"))
    type: Mapped[EventType] = mapped_column(IntEnumeration(EventType))
    sender: Mapped[str]
    sender_key: Mapped[str] = key_column("sender")
    receiver: Mapped[str | None]
    user_data: Mapped[str | None]
    crm_url: Mapped[str | None]
    priority: Mapped[int] = mapped_column(default=50)
    configuration_group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    agent_group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    appointment_at: Mapped[datetime | None]

    __table_args__ = (one_of("type", EventType), Index(None, "client_id", "type", "sender_key"))
