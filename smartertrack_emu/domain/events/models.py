"""The table of what happened."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import BIG_ID, StrEnumeration, one_of


class Event(Base):
    """One change of one item, never altered: `event_id` is the product's number for its kind (502000: ticket created).

    `item_id` is the id in the table of `item_kind`; both are None where an event is about no item. `arguments` is the
    event as JSON, an object with the fields of its type. None in rows from before events were data: those hold their
    words in `description` and `details`, which are empty since. `actor_name` is the user name of who did it, as it was
    then.
    """

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    item_kind: Mapped[ItemKind | None] = mapped_column(StrEnumeration(ItemKind))
    item_id: Mapped[int | None]
    event_id: Mapped[int]
    description: Mapped[str] = mapped_column(default="")
    details: Mapped[str] = mapped_column(default="")
    arguments: Mapped[str | None]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(default="")
    happened_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (one_of("item_kind", ItemKind), Index(None, "item_kind", "item_id", "happened_at", "id"))
