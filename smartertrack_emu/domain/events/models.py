"""Tables of what happened, of the rules for it, and of what the rules' actions come to."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
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
    then. `told`: for a type that a rule named at that moment, all arguments as they were then, as JSON. `cause_id`: the
    event whose action did it; `depth`: how many causes stand behind it, if any.
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
    told: Mapped[str | None]
    cause_id: Mapped[int | None] = mapped_column(BIG_ID)
    depth: Mapped[int | None]

    __table_args__ = (one_of("item_kind", ItemKind), Index(None, "item_kind", "item_id", "happened_at", "id"))


class EventRule(Base):
    """A rule: what is done when an event of the type `event_id` meets all conditions.

    `conditions` is a JSON object (`conditions`), `actions` a JSON list (`actions`). Ids are never given out twice: what
    a rule has done is remembered by its id.
    """

    __tablename__ = "event_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    event_id: Mapped[int]
    conditions: Mapped[str] = mapped_column(default="{}")
    actions: Mapped[str] = mapped_column(default="[]")
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (Index(None, "event_id"), {"sqlite_autoincrement": True})


class OutboxEntry(Base):
    """An event that waits for the rules: written with it where an enabled rule names its type."""

    __tablename__ = "event_outbox"

    event_id: Mapped[int] = mapped_column(
        BIG_ID, ForeignKey("events.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class ActionState(StrEnum):
    """Where an action stands."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class EventAction(Base):
    """What one action of one rule comes to for one event: there is one row of these three and no more.

    `position`: the action's place in the rule, from 0. `action` is what is to be done, as JSON, as the rule had it when
    it was applied. The item and `event_at` are the event's. `reason`: why it failed, was skipped or is tried again.
    """

    __tablename__ = "event_actions"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    event_id: Mapped[int] = mapped_column(BIG_ID, ForeignKey("events.id", ondelete="CASCADE"))
    rule_id: Mapped[int]
    position: Mapped[int]
    kind: Mapped[str]
    action: Mapped[str]
    item_kind: Mapped[ItemKind | None] = mapped_column(StrEnumeration(ItemKind))
    item_id: Mapped[int | None]
    event_at: Mapped[datetime]
    state: Mapped[ActionState] = mapped_column(StrEnumeration(ActionState), default=ActionState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    next_attempt_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("item_kind", ItemKind),
        one_of("state", ActionState),
        UniqueConstraint("event_id", "rule_id", "position"),
        Index(
            "ix_event_actions_waiting",
            "next_attempt_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_event_actions_waiting_of_item",
            "item_kind",
            "item_id",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "rule_id", "item_kind", "item_id", "event_at"),
        Index(None, "rule_id", "event_at"),
        Index(None, "rule_id", "done_at"),
        Index(None, "done_at", "id"),
    )


class ItemCount(Base):
    """How many active items a department, group or agent had when they were counted last.

    `item_kind` is ticket or chat, `scope` department, group or agent. The row with the scope `event` holds the id of
    the last event that was there then: without later ones nothing can have changed.
    """

    __tablename__ = "item_counts"

    item_kind: Mapped[ItemKind] = mapped_column(StrEnumeration(ItemKind), primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    scope_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
