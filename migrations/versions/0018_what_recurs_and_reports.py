"""Recurring tasks, canned replies, news and scheduled reports; what task-watcher and auto-purge have done already."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TO_DO = "deleted_at IS NULL AND status NOT IN (7, 8)"
_MARKS = ("is_started", "is_due", "is_reminded")
_DELETED = ("tickets", "chats", "call_logs", "tasks", "kb_articles")


def upgrade() -> None:
    _watch_tasks()
    op.add_column("users", sa.Column("purged_at", UtcDateTime(), nullable=True))
    op.add_column("kb_articles", sa.Column("deleted_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE kb_articles SET deleted_at = modified_at WHERE is_deleted")
    for table in _DELETED:
        _partial(f"ix_{table}_deleted_at", table, ["deleted_at"], "deleted_at IS NOT NULL")
    _partial("ix_users_to_purge", "users", ["deleted_at"], "deleted_at IS NOT NULL AND purged_at IS NULL")
    _partial("ix_call_logs_there", "call_logs", ["group_id", "created_at"], "deleted_at IS NULL")
    _partial("ix_attachments_incomplete", "attachments", ["created_at"], "NOT is_complete")
    op.create_index(op.f("ix_tasks_created_at"), "tasks", ["created_at"])
    op.create_index(op.f("ix_time_logs_started_at"), "time_logs", ["started_at"])
    op.create_index(op.f("ix_email_verifications_expires_at"), "email_verifications", ["expires_at"])
    for table in ("email_verifications", "login_handshakes"):
        _partial(f"ix_{table}_used_at", table, ["used_at"], "used_at IS NOT NULL")
    for column in ("task_id", "ticket_id"):
        _partial(f"ix_reminders_{column}", "reminders", [column], f"{column} IS NOT NULL")
    op.create_table(
        "greatest_ids",
        sa.Column("table", sa.String(64), nullable=False),
        sa.Column("greatest_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("table", name=op.f("pk_greatest_ids")),
    )
    _add_what_recurs()
    _add_texts()
    _add_report_schedules()


def _watch_tasks() -> None:
    for mark in _MARKS:
        op.add_column("tasks", sa.Column(mark, sa.Boolean(), nullable=False, server_default=sa.false()))
    # What was so before anybody watched is no news now.
    moments = (sa.column("starts_at", UtcDateTime()), sa.column("due_at", UtcDateTime()))
    tasks = sa.table("tasks", *(sa.column(name, sa.Boolean()) for name in _MARKS), *moments)
    for mark, moment in zip(("is_started", "is_due"), moments, strict=True):
        op.execute(sa.update(tasks).where(moment < datetime.now(UTC)).values({mark: True}))
    _partial("ix_tasks_to_start", "tasks", ["starts_at"], f"NOT is_started AND {_TO_DO}")
    _partial("ix_tasks_to_be_due", "tasks", ["due_at"], f"NOT is_due AND {_TO_DO}")
    _partial("ix_tasks_to_remind", "tasks", ["remind_at"], f"NOT is_reminded AND {_TO_DO}")
    _partial("ix_tasks_completed", "tasks", ["modified_at"], "deleted_at IS NULL AND status = 7")


def _add_what_recurs() -> None:
    op.create_table(
        "recurring_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("due_minutes", sa.Integer(), nullable=True),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurring_tasks")),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_recurring_tasks_agent_id_users")),
        sa.CheckConstraint("priority IN (1, 2, 3, 4)", name=op.f("ck_recurring_tasks_priority")),
        sa.CheckConstraint("status IN (3, 4, 5, 6, 7, 8, 9)", name=op.f("ck_recurring_tasks_status")),
        sa.CheckConstraint("kind IN ('daily', 'weekly', 'monthly', 'yearly')", name=op.f("ck_recurring_tasks_kind")),
        sa.CheckConstraint("interval >= 1 AND due_minutes >= 0", name=op.f("ck_recurring_tasks_numbers")),
    )
    op.create_index(op.f("ix_recurring_tasks_agent_id"), "recurring_tasks", ["agent_id"])
    _partial("ix_recurring_tasks_due", "recurring_tasks", ["next_at"], "is_enabled AND deleted_at IS NULL")
    _partial("ix_recurring_tasks_deleted_at", "recurring_tasks", ["deleted_at"], "deleted_at IS NOT NULL")


def _add_texts() -> None:
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
    )
    op.create_table(
        "news_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_items")),
    )
    for table in ("canned_replies", "news_items"):
        _partial(f"ix_{table}_deleted_at", table, ["deleted_at"], "deleted_at IS NOT NULL")


def _add_report_schedules() -> None:
    op.create_table(
        "report_schedules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.String(36), nullable=False),
        sa.Column("frequency", sa.String(32), nullable=False),
        sa.Column("at", sa.String(5), nullable=False),
        sa.Column("date_range", sa.String(32), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("cc_address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("next_send_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedules")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_report_schedules_user_id_users"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("frequency IN ('daily', 'weekly', 'monthly')", name=op.f("ck_report_schedules_frequency")),
        sa.CheckConstraint(
            "date_range IN ('yesterday', 'last-7-days', 'last-30-days', 'last-week', 'last-month')",
            name=op.f("ck_report_schedules_date_range"),
        ),
    )
    op.create_index(op.f("ix_report_schedules_user_id"), "report_schedules", ["user_id"])
    _partial("ix_report_schedules_due", "report_schedules", ["next_send_at"], "is_enabled")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    """Make an index of few rows. SQLite knows a flag in a query by its number alone."""
    on_sqlite = where
    for flag in ("is_started", "is_due", "is_reminded", "is_complete", "is_enabled"):
        on_sqlite = on_sqlite.replace(f"NOT {flag}", f"{flag} = 0")
    on_sqlite = on_sqlite.replace("is_enabled", "is_enabled = 1")
    op.create_index(op.f(name), table, columns, sqlite_where=sa.text(on_sqlite), postgresql_where=sa.text(where))


def downgrade() -> None:
    for table in ("report_schedules", "greatest_ids", "news_items", "canned_replies", "recurring_tasks"):
        op.drop_table(table)
    for column in ("ticket_id", "task_id"):
        op.drop_index(op.f(f"ix_reminders_{column}"), table_name="reminders")
    for table in ("login_handshakes", "email_verifications"):
        op.drop_index(op.f(f"ix_{table}_used_at"), table_name=table)
    op.drop_index(op.f("ix_email_verifications_expires_at"), table_name="email_verifications")
    op.drop_index(op.f("ix_time_logs_started_at"), table_name="time_logs")
    op.drop_index(op.f("ix_tasks_created_at"), table_name="tasks")
    op.drop_index(op.f("ix_attachments_incomplete"), table_name="attachments")
    op.drop_index(op.f("ix_call_logs_there"), table_name="call_logs")
    op.drop_index(op.f("ix_users_to_purge"), table_name="users")
    for table in reversed(_DELETED):
        op.drop_index(op.f(f"ix_{table}_deleted_at"), table_name=table)
    op.drop_column("kb_articles", "deleted_at")
    op.drop_column("users", "purged_at")
    for name in ("completed", "to_remind", "to_be_due", "to_start"):
        op.drop_index(op.f(f"ix_tasks_{name}"), table_name="tasks")
    for mark in reversed(_MARKS):
        op.drop_column("tasks", mark)
