"""What jobs, mail accounts and departments' rules are set to, and the engine's numbers."""

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NUMBERS = (
    "auto_close_hours",
    "auto_lock_hours",
    "auto_delete_days",
    "auto_delete_call_logs_days",
    "idle_minutes",
    "chat_idle_minutes",
    "survey_after_ticket_id",
    "survey_after_chat_id",
)


def upgrade() -> None:
    op.create_table(
        "job_settings",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_settings")),
    )
    op.create_table(
        "engine_settings",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_engine_settings")),
    )
    op.create_table(
        "mail_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", sa.String(32), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("brand_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("leave_on_server", sa.Boolean(), nullable=False),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("verify_certificate", sa.Boolean(), nullable=False),
        sa.Column("timeout_seconds", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_accounts")),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_mail_accounts_department_id_departments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_mail_accounts_brand_id_brands"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("kind IN ('smtp', 'pop', 'imap')", name=op.f("ck_mail_accounts_kind")),
        sa.CheckConstraint("security IN ('none', 'starttls', 'tls')", name=op.f("ck_mail_accounts_security")),
        sa.CheckConstraint("port BETWEEN 1 AND 65535", name=op.f("ck_mail_accounts_port")),
        sa.CheckConstraint("every_minutes >= 1 AND timeout_seconds >= 1", name=op.f("ck_mail_accounts_times")),
    )
    op.create_index(op.f("ix_mail_accounts_department_id"), "mail_accounts", ["department_id"])
    op.create_index(op.f("ix_mail_accounts_brand_id"), "mail_accounts", ["brand_id"])
    with op.batch_alter_table("departments") as table:
        for name in _NUMBERS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
        for name, default in (
            ("auto_responder_enabled", sa.true()),
            ("auto_close_mail", sa.true()),
            ("requires_closed_tasks", sa.false()),
        ):
            table.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=default))
        table.add_column(sa.Column("new_ticket_role_id", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("distribution", sa.String(32), nullable=False, server_default="round-robin"))
        table.create_check_constraint(op.f("ck_departments_distribution"), "distribution IN ('round-robin', 'pull')")


def downgrade() -> None:
    with op.batch_alter_table("departments") as table:
        table.drop_constraint(op.f("ck_departments_distribution"), type_="check")
        for name in (
            "distribution",
            "new_ticket_role_id",
            "requires_closed_tasks",
            "auto_close_mail",
            "auto_responder_enabled",
            *reversed(_NUMBERS),
        ):
            table.drop_column(name)
    op.drop_index(op.f("ix_mail_accounts_brand_id"), table_name="mail_accounts")
    op.drop_index(op.f("ix_mail_accounts_department_id"), table_name="mail_accounts")
    op.drop_table("mail_accounts")
    op.drop_table("engine_settings")
    op.drop_table("job_settings")
