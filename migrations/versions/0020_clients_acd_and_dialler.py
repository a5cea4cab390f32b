"""Clients with tokens, what the ACD has beside groups and tickets, the dialler; chats in the order they came."""

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import KEY, UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_RESULTS = ("no_number", "incoming_call", "max_tries")


def upgrade() -> None:
    op.create_table(
        "dialler_settings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_running", sa.Boolean(), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=False),
        sa.Column("default_outcome", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("last_run_at", UtcDateTime(), nullable=True),
        sa.Column("last_result", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_dialler_settings_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialler_settings")),
    )
    op.create_table(
        "jtel_clients",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jtel_clients")),
    )
    op.create_table(
        "jtel_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=6), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["jtel_clients.id"], name=op.f("fk_jtel_tokens_client_id_jtel_clients"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jtel_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_jtel_tokens_token_hash")),
    )
    op.create_index(op.f("ix_jtel_tokens_client_id"), "jtel_tokens", ["client_id"], unique=False)
    op.create_table(
        "jtel_client_departments",
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["jtel_clients.id"],
            name=op.f("fk_jtel_client_departments_client_id_jtel_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_jtel_client_departments_department_id_departments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", "department_id", name=op.f("pk_jtel_client_departments")),
    )
    op.create_index(
        op.f("ix_jtel_client_departments_department_id"), "jtel_client_departments", ["department_id"], unique=False
    )
    op.create_table(
        "acd_group_settings",
        sa.Column("group_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("foreign_system_id", sa.Text(), nullable=True),
        sa.Column("service_level_seconds", sa.Integer(), nullable=False),
        sa.Column("allows_duplicates", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_acd_group_settings_group_id_groups"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_acd_group_settings")),
    )
    op.create_table(
        "dialler_campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("user_data", sa.Text(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.SmallInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("active_from", UtcDateTime(), nullable=True),
        sa.Column("active_to", UtcDateTime(), nullable=True),
        sa.Column("max_tries", sa.Integer(), nullable=False),
        sa.Column("retry_minutes", sa.Integer(), nullable=False),
        sa.Column("ring_seconds", sa.Integer(), nullable=False),
        sa.Column("preview_seconds", sa.Integer(), nullable=False),
        sa.Column("max_parallel_lines", sa.Integer(), nullable=True),
        sa.Column("caller_id", sa.Text(), nullable=False),
        sa.Column("is_caller_id_active", sa.Boolean(), nullable=False),
        sa.Column("closes_on_incoming_call", sa.Boolean(), nullable=False),
        sa.Column("no_number_result_id", sa.Integer(), nullable=True),
        sa.Column("incoming_call_result_id", sa.Integer(), nullable=True),
        sa.Column("max_tries_result_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("modified_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("language IN (1, 2)", name=op.f("ck_dialler_campaigns_language")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["jtel_clients.id"], name=op.f("fk_dialler_campaigns_client_id_jtel_clients")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_dialler_campaigns_group_id_groups")),
        sa.ForeignKeyConstraint(
            ["incoming_call_result_id"],
            ["dialler_result_codes.id"],
            name=op.f("fk_dialler_campaigns_incoming_call_result"),
            ondelete="SET NULL",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["max_tries_result_id"],
            ["dialler_result_codes.id"],
            name=op.f("fk_dialler_campaigns_max_tries_result"),
            ondelete="SET NULL",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["no_number_result_id"],
            ["dialler_result_codes.id"],
            name=op.f("fk_dialler_campaigns_no_number_result"),
            ondelete="SET NULL",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialler_campaigns")),
        sa.UniqueConstraint("client_id", "name_key", name=op.f("uq_dialler_campaigns_client_id_name_key")),
    )
    op.create_table(
        "acd_events",
        sa.Column("ticket_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sender_key", KEY, nullable=False),
        sa.Column("receiver", sa.Text(), nullable=True),
        sa.Column("user_data", sa.Text(), nullable=True),
        sa.Column("crm_url", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("configuration_group_id", sa.Integer(), nullable=True),
        sa.Column("agent_group_id", sa.Integer(), nullable=True),
        sa.Column("appointment_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("type IN (1, 2, 3, 4, 5, 6, 7)", name=op.f("ck_acd_events_type")),
        sa.ForeignKeyConstraint(["agent_group_id"], ["groups.id"], name=op.f("fk_acd_events_agent_group_id_groups")),
        sa.ForeignKeyConstraint(["client_id"], ["jtel_clients.id"], name=op.f("fk_acd_events_client_id_jtel_clients")),
        sa.ForeignKeyConstraint(
            ["configuration_group_id"], ["groups.id"], name=op.f("fk_acd_events_configuration_group_id_groups")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_acd_events_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_acd_events")),
    )
    op.create_index(
        op.f("ix_acd_events_client_id_type_sender_key"), "acd_events", ["client_id", "type", "sender_key"], unique=False
    )
    op.create_table(
        "dialler_result_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("export_key", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("delay_minutes", sa.Integer(), nullable=True),
        sa.Column("is_agent_bound", sa.Boolean(), nullable=False),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('done', 'abort', 'delay', 'appointment')", name=op.f("ck_dialler_result_codes_kind")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["dialler_campaigns.id"],
            name=op.f("fk_dialler_result_codes_campaign_id_dialler_campaigns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialler_result_codes")),
        sa.UniqueConstraint("campaign_id", "export_key", name=op.f("uq_dialler_result_codes_campaign_id_export_key")),
    )
    op.create_table(
        "dialler_contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("user_data", sa.Text(), nullable=True),
        sa.Column("client", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("reference_number", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("salutation", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("account_owner", sa.Text(), nullable=True),
        sa.Column("account_bank", sa.Text(), nullable=True),
        sa.Column("account_national_bank_code", sa.Text(), nullable=True),
        sa.Column("account_bic", sa.Text(), nullable=True),
        sa.Column("account_number", sa.Text(), nullable=True),
        sa.Column("account_iban", sa.Text(), nullable=True),
        sa.Column("fax_number", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("external_system_link", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=True),
        sa.Column("amount", sa.Numeric(asdecimal=False), nullable=True),
        sa.Column("random_sort_order", sa.Integer(), nullable=True),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("is_last_mailbox", sa.Boolean(), nullable=True),
        sa.Column("result_code_id", sa.Integer(), nullable=True),
        sa.Column("reserved_user_id", sa.Integer(), nullable=True),
        sa.Column("follow_up_user_id", sa.Integer(), nullable=True),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("last_try_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("modified_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["dialler_campaigns.id"],
            name=op.f("fk_dialler_contacts_campaign_id_dialler_campaigns"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_user_id"], ["users.id"], name=op.f("fk_dialler_contacts_follow_up_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["reserved_user_id"], ["users.id"], name=op.f("fk_dialler_contacts_reserved_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["result_code_id"],
            ["dialler_result_codes.id"],
            name=op.f("fk_dialler_contacts_result_code_id_dialler_result_codes"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialler_contacts")),
    )
    op.create_index(
        op.f("ix_dialler_contacts_campaign_id_is_open_next_try_at"),
        "dialler_contacts",
        ["campaign_id", "is_open", "next_try_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dialler_contacts_campaign_id_user_data"),
        "dialler_contacts",
        ["campaign_id", "user_data"],
        unique=False,
    )
    op.create_index(op.f("ix_dialler_contacts_result_code_id"), "dialler_contacts", ["result_code_id"], unique=False)
    op.create_table(
        "dialler_result_texts",
        sa.Column("result_code_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_code_id"],
            ["dialler_result_codes.id"],
            name=op.f("fk_dialler_result_texts_result_code_id_dialler_result_codes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("result_code_id", "language", name=op.f("pk_dialler_result_texts")),
    )
    op.create_table(
        "dialler_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("result_code_id", sa.Integer(), nullable=True),
        sa.Column("call_log_id", sa.Integer(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('answered', 'mailbox', 'busy', 'no_answer', 'rejected', 'congestion', 'invalid')",
            name=op.f("ck_dialler_attempts_outcome"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_dialler_attempts_agent_id_users")),
        sa.ForeignKeyConstraint(
            ["call_log_id"],
            ["call_logs.id"],
            name=op.f("fk_dialler_attempts_call_log_id_call_logs"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["dialler_contacts.id"],
            name=op.f("fk_dialler_attempts_contact_id_dialler_contacts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["result_code_id"],
            ["dialler_result_codes.id"],
            name=op.f("fk_dialler_attempts_result_code_id_dialler_result_codes"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialler_attempts")),
    )
    op.create_index(
        op.f("ix_dialler_attempts_agent_id_started_at"), "dialler_attempts", ["agent_id", "started_at"], unique=False
    )
    op.create_index(op.f("ix_dialler_attempts_call_log_id"), "dialler_attempts", ["call_log_id"], unique=False)
    op.create_index(op.f("ix_dialler_attempts_contact_id_id"), "dialler_attempts", ["contact_id", "id"], unique=False)
    op.create_index(op.f("ix_dialler_attempts_result_code_id"), "dialler_attempts", ["result_code_id"], unique=False)
    op.create_table(
        "dialler_numbers",
        sa.Column("contact_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("digits", sa.String(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_cause", sa.Integer(), nullable=True),
        sa.Column("is_invalid", sa.Boolean(), nullable=True),
        sa.CheckConstraint("place BETWEEN 1 AND 6", name=op.f("ck_dialler_numbers_place")),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["dialler_contacts.id"],
            name=op.f("fk_dialler_numbers_contact_id_dialler_contacts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_id", "place", name=op.f("pk_dialler_numbers")),
    )
    op.create_index(op.f("ix_dialler_numbers_digits"), "dialler_numbers", ["digits"], unique=False)
    op.create_index(op.f("ix_chats_queued_at_id"), "chats", ["queued_at", "id"])
    if op.get_bind().dialect.name == "sqlite":
        return  # they were declared with the table
    for called in _RESULTS:
        op.create_foreign_key(
            op.f(f"fk_dialler_campaigns_{called}_result"),
            "dialler_campaigns",
            "dialler_result_codes",
            [f"{called}_result_id"],
            ["id"],
            ondelete="SET NULL",
            deferrable=True,
            initially="DEFERRED",
        )


def downgrade() -> None:
    op.drop_index(op.f("ix_chats_queued_at_id"), table_name="chats")
    if op.get_bind().dialect.name != "sqlite":
        for called in _RESULTS:
            op.drop_constraint(op.f(f"fk_dialler_campaigns_{called}_result"), "dialler_campaigns", type_="foreignkey")
    op.drop_index(op.f("ix_dialler_numbers_digits"), table_name="dialler_numbers")
    op.drop_table("dialler_numbers")
    op.drop_index(op.f("ix_dialler_attempts_result_code_id"), table_name="dialler_attempts")
    op.drop_index(op.f("ix_dialler_attempts_contact_id_id"), table_name="dialler_attempts")
    op.drop_index(op.f("ix_dialler_attempts_call_log_id"), table_name="dialler_attempts")
    op.drop_index(op.f("ix_dialler_attempts_agent_id_started_at"), table_name="dialler_attempts")
    op.drop_table("dialler_attempts")
    op.drop_table("dialler_result_texts")
    op.drop_index(op.f("ix_dialler_contacts_result_code_id"), table_name="dialler_contacts")
    op.drop_index(op.f("ix_dialler_contacts_campaign_id_user_data"), table_name="dialler_contacts")
    op.drop_index(op.f("ix_dialler_contacts_campaign_id_is_open_next_try_at"), table_name="dialler_contacts")
    op.drop_table("dialler_contacts")
    op.drop_table("dialler_result_codes")
    op.drop_index(op.f("ix_acd_events_client_id_type_sender_key"), table_name="acd_events")
    op.drop_table("acd_events")
    op.drop_table("dialler_campaigns")
    op.drop_table("acd_group_settings")
    op.drop_index(op.f("ix_jtel_client_departments_department_id"), table_name="jtel_client_departments")
    op.drop_table("jtel_client_departments")
    op.drop_index(op.f("ix_jtel_tokens_client_id"), table_name="jtel_tokens")
    op.drop_table("jtel_tokens")
    op.drop_table("jtel_clients")
    op.drop_table("dialler_settings")
