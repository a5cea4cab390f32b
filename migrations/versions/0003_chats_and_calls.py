"""Chats and call logs."""

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import BIG_ID, KEY, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_logs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=17), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("email_address", sa.Text(), nullable=False),
        sa.Column("email_address_key", KEY, nullable=True),
        sa.Column("phone_number", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("is_incoming", sa.Boolean(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("started_at <= ended_at", name=op.f("ck_call_logs_order")),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_call_logs_agent_id_users")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_call_logs_created_by_id_users")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_call_logs_group_id_groups")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_logs")),
        sa.UniqueConstraint("number", name=op.f("uq_call_logs_number")),
    )
    op.create_index(op.f("ix_call_logs_agent_id_created_at_id"), "call_logs", ["agent_id", "created_at", "id"])
    op.create_index(op.f("ix_call_logs_created_at_id"), "call_logs", ["created_at", "id"])
    op.create_index(op.f("ix_call_logs_email_address_key"), "call_logs", ["email_address_key"])
    op.create_index(op.f("ix_call_logs_group_id_created_at_id"), "call_logs", ["group_id", "created_at", "id"])

    op.create_table(
        "chats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=17), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("customer_name_folded", sa.Text(), nullable=False),
        sa.Column("customer_email", sa.Text(), nullable=False),
        sa.Column("customer_email_key", KEY, nullable=True),
        sa.Column("customer_ip", sa.Text(), nullable=False),
        sa.Column("customer_language", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("is_indexed", sa.Boolean(), nullable=False),
        sa.Column("reply_count_in", sa.Integer(), nullable=False),
        sa.Column("reply_count_out", sa.Integer(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("last_reply_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_chats_agent_id_users")),
        sa.ForeignKeyConstraint(["customer_id"], ["users.id"], name=op.f("fk_chats_customer_id_users")),
        sa.ForeignKeyConstraint(
            ["department_id", "brand_id"],
            ["departments.id", "departments.brand_id"],
            name=op.f("fk_chats_department_id_brand_id_departments"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_id", "department_id"],
            ["groups.id", "groups.department_id"],
            name=op.f("fk_chats_group_id_department_id_groups"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
        sa.UniqueConstraint("number", name=op.f("uq_chats_number")),
    )
    op.create_index(op.f("ix_chats_agent_id_is_active_is_deleted"), "chats", ["agent_id", "is_active", "is_deleted"])
    op.create_index(op.f("ix_chats_agent_id_started_at_id"), "chats", ["agent_id", "started_at", "id"])
    op.create_index(op.f("ix_chats_customer_email_key"), "chats", ["customer_email_key"])
    op.create_index(op.f("ix_chats_customer_id"), "chats", ["customer_id"])
    op.create_index(op.f("ix_chats_department_id_started_at_id"), "chats", ["department_id", "started_at", "id"])
    op.create_index(op.f("ix_chats_group_id_started_at_id"), "chats", ["group_id", "started_at", "id"])
    op.create_index(op.f("ix_chats_is_active_started_at_id"), "chats", ["is_active", "started_at", "id"])
    op.create_index(op.f("ix_chats_is_deleted_started_at_id"), "chats", ["is_deleted", "started_at", "id"])
    op.create_index(op.f("ix_chats_started_at_id"), "chats", ["started_at", "id"])

    op.create_table(
        "chat_field_values",
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_chat_field_values_chat_id_chats"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["field_id"],
            ["custom_fields.id"],
            name=op.f("fk_chat_field_values_field_id_custom_fields"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("chat_id", "field_id", name=op.f("pk_chat_field_values")),
    )
    op.create_index(op.f("ix_chat_field_values_field_id"), "chat_field_values", ["field_id"])

    op.create_table(
        "chat_messages",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("sender_kind", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("sender_kind IN ('agent', 'system', 'user')", name=op.f("ck_chat_messages_sender_kind")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_chat_messages_author_id_users")),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_chat_messages_chat_id_chats"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_messages")),
    )
    op.create_index(op.f("ix_chat_messages_chat_id_sent_at_id"), "chat_messages", ["chat_id", "sent_at", "id"])

    op.create_table(
        "chat_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN (10, 11, 12, 13)", name=op.f("ck_chat_notes_kind")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_chat_notes_author_id_users")),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_chat_notes_chat_id_chats"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["edited_by_id"], ["users.id"], name=op.f("fk_chat_notes_edited_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_notes")),
    )
    op.create_index(op.f("ix_chat_notes_chat_id_entered_at_id"), "chat_notes", ["chat_id", "entered_at", "id"])


def downgrade() -> None:
    for table in ("chat_notes", "chat_messages", "chat_field_values", "chats", "call_logs"):
        op.drop_table(table)
