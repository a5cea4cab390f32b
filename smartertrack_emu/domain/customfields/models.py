"""Tables of custom fields, the templates that offer them, and their values."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain.keys import folded_column, key_column
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import StrEnumeration, one_of


class FieldType(StrEnum):
    """What a custom field holds (documented)."""

    SINGLE_LINE_TEXT = "SingleLineText"
    MULTIPLE_LINE_TEXT = "MultipleLineText"
    CHOICE = "Choice"
    CHOICE_WITH_FILL_IN = "ChoiceWithFillIn"
    NUMBER = "Number"
    DATE = "Date"
    TIME = "Time"
    DATE_TIME = "DateTime"
    BOOLEAN = "Boolean"
    URL = "URL"
    PICTURE_URL = "PictureURL"


class CustomField(Base):
    """A custom field; a global one belongs to users and departments, the others to tickets and chats."""

    __tablename__ = "custom_fields"

    id: Mapped[int] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    display_name_key: Mapped[str] = key_column("display_name")
    data_type: Mapped[FieldType] = mapped_column(StrEnumeration(FieldType), default=FieldType.SINGLE_LINE_TEXT)
    default_value: Mapped[str] = mapped_column(default="")
    is_global: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("display_name_key"), one_of("data_type", FieldType))


class CustomFieldOption(Base):
    """A value that a choice offers, in `sort_order`."""

    __tablename__ = "custom_field_options"

    id: Mapped[int] = mapped_column(primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("custom_fields.id", ondelete="CASCADE"))
    value: Mapped[str]
    sort_order: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index(None, "field_id", "sort_order"),)


class FieldTemplate(Base):
    """The custom fields of a department's tickets, or of its chats (`item_kind`: ticket or chat)."""

    __tablename__ = "field_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id", ondelete="CASCADE"))
    item_kind: Mapped[str] = mapped_column(String(32))

    __table_args__ = (
        UniqueConstraint("department_id", "item_kind"),
        CheckConstraint("item_kind IN ('ticket', 'chat')", name="item_kind"),
    )


class FieldTemplateEntry(Base):
    """A field in a template: who sees it, and what needs it filled in."""

    __tablename__ = "field_template_entries"

    template_id: Mapped[int] = mapped_column(ForeignKey("field_templates.id", ondelete="CASCADE"), primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("custom_fields.id", ondelete="CASCADE"), primary_key=True)
    sort_order: Mapped[int] = mapped_column(default=0)
    is_required_by_users: Mapped[bool] = mapped_column(default=False)
    is_required_by_agents: Mapped[bool] = mapped_column(default=False)
    is_required_by_agents_to_close: Mapped[bool] = mapped_column(default=False)
    is_visible_to_users: Mapped[bool] = mapped_column(default=True)
    is_visible_to_agents: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (Index(None, "field_id"),)


class FieldValue:
    """What the four tables of values have in common; no row means that the field's default shows."""

    field_id: Mapped[int] = mapped_column(ForeignKey("custom_fields.id", ondelete="CASCADE"), primary_key=True)
    value: Mapped[str]


class TicketFieldValue(FieldValue, Base):
    """A ticket's value, searched for a part of it without letter case."""

    __tablename__ = "ticket_field_values"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True)
    value_folded: Mapped[str] = folded_column("value")

    __table_args__ = (Index(None, "field_id", "ticket_id"),)


class ChatFieldValue(FieldValue, Base):
    """A chat's value."""

    __tablename__ = "chat_field_values"

    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index(None, "field_id"),)


class UserFieldValue(FieldValue, Base):
    """A user's value of a global field."""

    __tablename__ = "user_field_values"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index(None, "field_id"),)


class DepartmentFieldValue(FieldValue, Base):
    """A department's value of a global field."""

    __tablename__ = "department_field_values"

    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index(None, "field_id"),)
