"""Tickets, tasks, and what belongs to more than one kind of item."""

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import BIG_ID, KEY, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _span() -> str:
    """The class of the time from a ticket's opening to its last activity: 0 up to an hour, then four times as long."""
    if op.get_bind().dialect.name == "sqlite":
        condition = "(julianday(last_activity_at) - julianday(opened_at)) * 24 <= {hours}"
    else:
        condition = "((last_activity_at - opened_at) <= '{hours:02}:00:00'::interval)"
    cases = " ".join(f"WHEN {condition.format(hours=4**number)} THEN {number}" for number in range(9))
    return f"CASE {cases} ELSE 9 END"


def _index_what_is_counted() -> None:
    op.create_index(
        op.f("ix_tickets_activity_span_last_activity_at_id_opened_at"),
        "tickets",
        ["activity_span", "last_activity_at", "id", "opened_at"],
        sqlite_where=sa.text("activity_span > 0"),
        postgresql_where=sa.text("activity_span > 0"),
    )
    op.create_index(
        op.f("ix_tickets_agent_id_is_active_is_deleted"), "tickets", ["agent_id", "is_active", "is_deleted"]
    )


def upgrade() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=17), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("customer_email", sa.Text(), nullable=False),
        sa.Column("customer_email_key", KEY, nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("is_spam", sa.Boolean(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("is_indexed", sa.Boolean(), nullable=False),
        sa.Column("has_resolution", sa.Boolean(), nullable=False),
        sa.Column("reply_count_in", sa.Integer(), nullable=False),
        sa.Column("reply_count_out", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("idle_since", UtcDateTime(), nullable=False),
        sa.Column("last_activity_at", UtcDateTime(), nullable=False),
        sa.Column("activity_span", sa.SmallInteger(), sa.Computed(_span(), persisted=True), nullable=False),
        sa.Column("last_reply_at", UtcDateTime(), nullable=True),
        sa.Column("first_response_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("follow_up_at", UtcDateTime(), nullable=True),
        sa.Column("file_id_raw_content", sa.Integer(), nullable=True),
        sa.Column("portal_token", sa.String(length=43), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "is_open = (status <= 2) AND is_active = (status = 1)", name=op.f("ck_tickets_flags_of_status")
        ),
        sa.CheckConstraint("priority IN (1, 2, 3, 4)", name=op.f("ck_tickets_priority")),
        sa.CheckConstraint("status IN (1, 2, 3, 4)", name=op.f("ck_tickets_status")),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_tickets_agent_id_users")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_tickets_created_by_id_users")),
        sa.ForeignKeyConstraint(["customer_id"], ["users.id"], name=op.f("fk_tickets_customer_id_users")),
        sa.ForeignKeyConstraint(
            ["department_id", "brand_id"],
            ["departments.id", "departments.brand_id"],
            name=op.f("fk_tickets_department_id_brand_id_departments"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_id", "department_id"],
            ["groups.id", "groups.department_id"],
            name=op.f("fk_tickets_group_id_department_id_groups"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("number", name=op.f("uq_tickets_number")),
    )
    _index_what_is_counted()
    op.create_index(op.f("ix_tickets_agent_id_last_activity_at_id"), "tickets", ["agent_id", "last_activity_at", "id"])
    op.create_index(op.f("ix_tickets_brand_id_last_activity_at_id"), "tickets", ["brand_id", "last_activity_at", "id"])
    op.create_index(
        op.f("ix_tickets_customer_email_key_last_activity_at_id"),
        "tickets",
        ["customer_email_key", "last_activity_at", "id"],
    )
    op.create_index(
        op.f("ix_tickets_customer_id_last_activity_at_id"), "tickets", ["customer_id", "last_activity_at", "id"]
    )
    op.create_index(
        op.f("ix_tickets_department_id_last_activity_at_id"), "tickets", ["department_id", "last_activity_at", "id"]
    )
    op.create_index(
        op.f("ix_tickets_follow_up_at"),
        "tickets",
        ["follow_up_at"],
        sqlite_where=sa.text("follow_up_at IS NOT NULL"),
        postgresql_where=sa.text("follow_up_at IS NOT NULL"),
    )
    op.create_index(
        "ix_tickets_follow_up_last_activity_at",
        "tickets",
        ["last_activity_at", "id"],
        sqlite_where=sa.text("follow_up_at IS NOT NULL"),
        postgresql_where=sa.text("follow_up_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_tickets_group_id_last_activity_at_id"), "tickets", ["group_id", "last_activity_at", "id"])
    op.create_index(
        "ix_tickets_has_resolution_last_activity_at",
        "tickets",
        ["last_activity_at", "id"],
        sqlite_where=sa.text("has_resolution = 1"),
        postgresql_where=sa.text("has_resolution"),
    )
    op.create_index(
        op.f("ix_tickets_is_active_last_activity_at_id"), "tickets", ["is_active", "last_activity_at", "id"]
    )
    op.create_index(
        "ix_tickets_is_deleted_last_activity_at",
        "tickets",
        ["last_activity_at", "id"],
        sqlite_where=sa.text("is_deleted = 1"),
        postgresql_where=sa.text("is_deleted"),
    )
    op.create_index(op.f("ix_tickets_is_open_last_activity_at_id"), "tickets", ["is_open", "last_activity_at", "id"])
    op.create_index(
        "ix_tickets_is_spam_last_activity_at",
        "tickets",
        ["last_activity_at", "id"],
        sqlite_where=sa.text("is_spam = 1"),
        postgresql_where=sa.text("is_spam"),
    )
    op.create_index(op.f("ix_tickets_last_activity_at_id"), "tickets", ["last_activity_at", "id"])
    op.create_index(op.f("ix_tickets_opened_at_id"), "tickets", ["opened_at", "id"])
    op.create_index(op.f("ix_tickets_priority_last_activity_at_id"), "tickets", ["priority", "last_activity_at", "id"])

    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("chat_id", sa.Integer(), nullable=True),
        sa.Column("call_log_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("reminder_minutes", sa.Integer(), nullable=True),
        sa.Column("remind_at", UtcDateTime(), nullable=True),
        sa.Column("original_estimate", sa.Integer(), nullable=True),
        sa.Column("original_estimate_unit", sa.SmallInteger(), nullable=True),
        sa.Column("remaining_estimate", sa.Integer(), nullable=True),
        sa.Column("remaining_estimate_unit", sa.SmallInteger(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("modified_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN ticket_id IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN chat_id IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN call_log_id IS NULL THEN 0 ELSE 1 END <= 1",
            name=op.f("ck_tasks_one_item"),
        ),
        sa.CheckConstraint("original_estimate_unit IN (1, 2, 3, 4)", name=op.f("ck_tasks_original_estimate_unit")),
        sa.CheckConstraint("priority IN (1, 2, 3, 4)", name=op.f("ck_tasks_priority")),
        sa.CheckConstraint("remaining_estimate_unit IN (1, 2, 3, 4)", name=op.f("ck_tasks_remaining_estimate_unit")),
        sa.CheckConstraint("status IN (3, 4, 5, 6, 7, 8, 9)", name=op.f("ck_tasks_status")),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_tasks_agent_id_users")),
        sa.ForeignKeyConstraint(["call_log_id"], ["call_logs.id"], name=op.f("fk_tasks_call_log_id_call_logs")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_tasks_chat_id_chats")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_tasks_created_by_id_users")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_tasks_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_agent_id_remind_at"), "tasks", ["agent_id", "remind_at"])
    op.create_index(op.f("ix_tasks_agent_id_status"), "tasks", ["agent_id", "status"])
    op.create_index(op.f("ix_tasks_call_log_id"), "tasks", ["call_log_id"])
    op.create_index(op.f("ix_tasks_chat_id"), "tasks", ["chat_id"])
    op.create_index(op.f("ix_tasks_ticket_id"), "tasks", ["ticket_id"])

    op.create_table(
        "ticket_field_values",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("value_folded", sa.Text(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"],
            ["custom_fields.id"],
            name=op.f("fk_ticket_field_values_field_id_custom_fields"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_field_values_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "field_id", name=op.f("pk_ticket_field_values")),
    )
    op.create_index(op.f("ix_ticket_field_values_field_id_ticket_id"), "ticket_field_values", ["field_id", "ticket_id"])

    op.create_table(
        "ticket_messages",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("from_address", sa.Text(), nullable=False),
        sa.Column("from_name", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("cc_address", sa.Text(), nullable=False),
        sa.Column("bcc_address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_html", sa.Boolean(), nullable=False),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("direction IN (0, 1)", name=op.f("ck_ticket_messages_direction")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_ticket_messages_author_id_users")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_messages_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_messages")),
    )
    op.create_index(op.f("ix_ticket_messages_ticket_id_sent_at_id"), "ticket_messages", ["ticket_id", "sent_at", "id"])

    op.create_table(
        "ticket_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN (10, 11, 12, 13)", name=op.f("ck_ticket_notes_kind")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_ticket_notes_author_id_users")),
        sa.ForeignKeyConstraint(["edited_by_id"], ["users.id"], name=op.f("fk_ticket_notes_edited_by_id_users")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_notes_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_notes")),
    )
    op.create_index(op.f("ix_ticket_notes_ticket_id_entered_at_id"), "ticket_notes", ["ticket_id", "entered_at", "id"])

    op.create_table(
        "ticket_relations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("related_ticket_id", sa.Integer(), nullable=True),
        sa.Column("chat_id", sa.Integer(), nullable=True),
        sa.Column("call_log_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN related_ticket_id IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN chat_id IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN call_log_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_ticket_relations_one_item"),
        ),
        sa.CheckConstraint("ticket_id < related_ticket_id", name=op.f("ck_ticket_relations_lower_first")),
        sa.ForeignKeyConstraint(
            ["call_log_id"],
            ["call_logs.id"],
            name=op.f("fk_ticket_relations_call_log_id_call_logs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_ticket_relations_chat_id_chats"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_ticket_relations_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["related_ticket_id"],
            ["tickets.id"],
            name=op.f("fk_ticket_relations_related_ticket_id_tickets"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_relations_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_relations")),
        sa.UniqueConstraint("ticket_id", "call_log_id", name=op.f("uq_ticket_relations_ticket_id_call_log_id")),
        sa.UniqueConstraint("ticket_id", "chat_id", name=op.f("uq_ticket_relations_ticket_id_chat_id")),
        sa.UniqueConstraint(
            "ticket_id", "related_ticket_id", name=op.f("uq_ticket_relations_ticket_id_related_ticket_id")
        ),
    )
    op.create_index(op.f("ix_ticket_relations_call_log_id"), "ticket_relations", ["call_log_id"])
    op.create_index(op.f("ix_ticket_relations_chat_id"), "ticket_relations", ["chat_id"])
    op.create_index(op.f("ix_ticket_relations_related_ticket_id"), "ticket_relations", ["related_ticket_id"])

    op.create_table(
        "time_logs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("chat_id", sa.Integer(), nullable=True),
        sa.Column("call_log_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("is_billable", sa.Boolean(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN ticket_id IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN chat_id IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN call_log_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_time_logs_one_item"),
        ),
        sa.CheckConstraint("started_at <= ended_at", name=op.f("ck_time_logs_order")),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_time_logs_agent_id_users")),
        sa.ForeignKeyConstraint(
            ["call_log_id"], ["call_logs.id"], name=op.f("fk_time_logs_call_log_id_call_logs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["time_log_categories.id"], name=op.f("fk_time_logs_category_id_time_log_categories")
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_time_logs_chat_id_chats"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_time_logs_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_time_logs_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_logs")),
    )
    op.create_index(op.f("ix_time_logs_call_log_id"), "time_logs", ["call_log_id"])
    op.create_index(op.f("ix_time_logs_category_id"), "time_logs", ["category_id"])
    op.create_index(op.f("ix_time_logs_chat_id"), "time_logs", ["chat_id"])
    op.create_index(op.f("ix_time_logs_ticket_id"), "time_logs", ["ticket_id"])

    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("message_id", BIG_ID, nullable=True),
        sa.Column("chat_id", sa.Integer(), nullable=True),
        sa.Column("call_log_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_on_disk", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("expected_length", sa.BigInteger(), nullable=True),
        sa.Column("received_length", sa.BigInteger(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=True),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("file_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN ticket_id IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN chat_id IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN call_log_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_attachments_one_item"),
        ),
        sa.CheckConstraint("NOT is_complete OR sha256 IS NOT NULL", name=op.f("ck_attachments_complete")),
        sa.CheckConstraint(
            "message_id IS NULL OR ticket_id IS NOT NULL", name=op.f("ck_attachments_message_of_ticket")
        ),
        sa.CheckConstraint("received_length <= expected_length", name=op.f("ck_attachments_length")),
        sa.ForeignKeyConstraint(["call_log_id"], ["call_logs.id"], name=op.f("fk_attachments_call_log_id_call_logs")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_attachments_chat_id_chats")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["ticket_messages.id"], name=op.f("fk_attachments_message_id_ticket_messages")
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name=op.f("fk_attachments_sender_id_users")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_attachments_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("token", name=op.f("uq_attachments_token")),
    )
    op.create_index(op.f("ix_attachments_call_log_id"), "attachments", ["call_log_id"])
    op.create_index(op.f("ix_attachments_chat_id"), "attachments", ["chat_id"])
    op.create_index(op.f("ix_attachments_message_id"), "attachments", ["message_id"])
    op.create_index(op.f("ix_attachments_sha256"), "attachments", ["sha256"])
    op.create_index(op.f("ix_attachments_ticket_id"), "attachments", ["ticket_id"])

    op.create_table(
        "outgoing_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("from_address", sa.Text(), nullable=False),
        sa.Column("from_name", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("cc_address", sa.Text(), nullable=False),
        sa.Column("bcc_address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_html", sa.Boolean(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("message_id", BIG_ID, nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('message', 'auto_responder', 'verification', 'notification')", name=op.f("ck_outgoing_mails_kind")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["ticket_messages.id"],
            name=op.f("fk_outgoing_mails_message_id_ticket_messages"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_outgoing_mails_ticket_id_tickets"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_outgoing_mails_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mails")),
    )
    op.create_index(op.f("ix_outgoing_mails_message_id"), "outgoing_mails", ["message_id"])
    op.create_index(op.f("ix_outgoing_mails_ticket_id"), "outgoing_mails", ["ticket_id"])
    op.create_index(op.f("ix_outgoing_mails_user_id"), "outgoing_mails", ["user_id"])
    op.create_index(
        "ix_outgoing_mails_waiting",
        "outgoing_mails",
        ["id"],
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )


def downgrade() -> None:
    for table in (
        "outgoing_mails",
        "attachments",
        "time_logs",
        "ticket_relations",
        "ticket_notes",
        "ticket_messages",
        "ticket_field_values",
        "tasks",
        "tickets",
    ):
        op.drop_table(table)
