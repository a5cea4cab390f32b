"""What the jobs of the desk look for: tickets and chats that wait, agents who are idle, rules for rebalancing."""

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_MOMENTS = {
    "tickets": (
        "awaits_assignment_since",
        "waiting_since",
        "follow_up_awaited_at",
        "watched_since",
        "assigned_at",
        "pinned_at",
        "composed_at",
        "read_at",
    ),
    "chats": ("awaits_assignment_since", "assigned_at", "customer_seen_at", "unanswered_since", "watched_since"),
    "users": ("away_since",),
    "group_members": ("idle_from",),
}
_THERE = "NOT is_deleted"
_UNDER_WAY = f"is_active AND {_THERE}"
_INDEXES = (
    ("tickets", "awaits_assignment", ("group_id", "awaits_assignment_since"), f"is_open AND {_THERE}"),
    ("tickets", "waiting_since", ("department_id", "waiting_since"), _THERE),
    (
        "tickets",
        "watched_since",
        ("department_id", "is_active", "watched_since"),
        f"is_open AND NOT is_spam AND {_THERE}",
    ),
    ("tickets", "closed_at", ("department_id", "status", "closed_at"), _THERE),
    ("tickets", "follow_up_due", ("follow_up_awaited_at",), ""),
    ("chats", "awaits_assignment", ("group_id", "awaits_assignment_since"), _UNDER_WAY),
    ("chats", "customer_seen", ("is_active", "customer_seen_at"), _UNDER_WAY),
    ("chats", "first_answer", ("is_active", "assigned_at"), f"{_UNDER_WAY} AND reply_count_out = 0"),
    ("chats", "unanswered", ("is_active", "unanswered_since"), _UNDER_WAY),
    ("chats", "watched_since", ("department_id", "watched_since"), _UNDER_WAY),
    ("chats", "to_delete", ("is_deleted", "ended_at"), _THERE),
    ("group_members", "idle_logoff", ("idle_logoff_minutes",), ""),
)
"""Table, name, columns, of which the last must hold something, and what else must hold."""


def upgrade() -> None:
    for table, names in _MOMENTS.items():
        for name in names:
            op.add_column(table, sa.Column(name, UtcDateTime(), nullable=True))
    for name in ("wait_seconds", "timed_out_agent_id"):
        op.add_column("chats", sa.Column(name, sa.Integer(), nullable=True))
    # Since when they wait and nothing happened, as far as it is known.
    op.execute("UPDATE tickets SET watched_since = idle_since WHERE is_open")
    op.execute("UPDATE tickets SET follow_up_awaited_at = follow_up_at WHERE follow_up_at IS NOT NULL")
    op.execute("UPDATE tickets SET waiting_since = idle_since WHERE status = 2")
    op.execute("UPDATE tickets SET assigned_at = opened_at WHERE agent_id <> 1")  # 1 is the queue
    op.execute("UPDATE chats SET customer_seen_at = coalesce(last_reply_at, started_at)")
    op.execute("UPDATE chats SET assigned_at = started_at WHERE agent_id <> 1")
    for table, name, columns, where in _INDEXES:
        condition = " AND ".join(filter(None, (f"{columns[-1]} IS NOT NULL", where)))
        _create_index(table, name, columns, condition)
    op.create_table(
        "rebalance_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("agent_ids", sa.Text(), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("on_activate", sa.Boolean(), nullable=False),
        sa.Column("on_deactivate", sa.Boolean(), nullable=False),
        sa.Column("hold_assigned_seconds", sa.Integer(), nullable=False),
        sa.Column("hold_composed_seconds", sa.Integer(), nullable=False),
        sa.Column("hold_read_seconds", sa.Integer(), nullable=False),
        sa.Column("hold_pinned_seconds", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("last_run_at", UtcDateTime(), nullable=False),
        sa.Column("receiver_ids", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rebalance_rules")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_rebalance_rules_group_id_groups"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("every_seconds >= 1", name=op.f("ck_rebalance_rules_every_seconds")),
        sa.CheckConstraint(
            "hold_assigned_seconds >= 0 AND hold_composed_seconds >= 0"
            " AND hold_read_seconds >= 0 AND hold_pinned_seconds >= 0",
            name=op.f("ck_rebalance_rules_holds"),
        ),
    )
    op.create_index(op.f("ix_rebalance_rules_group_id"), "rebalance_rules", ["group_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_rebalance_rules_group_id"), table_name="rebalance_rules")
    op.drop_table("rebalance_rules")
    for table, name, _, _ in _INDEXES:
        op.drop_index(f"ix_{table}_{name}", table_name=table)
    op.drop_column("chats", "timed_out_agent_id")
    op.drop_column("chats", "wait_seconds")
    for table, names in _MOMENTS.items():
        for name in names:
            op.drop_column(table, name)


def _create_index(table: str, name: str, columns: tuple[str, ...], condition: str) -> None:
    """Make a partial index; SQLite compares its words with a query's, in which flags are numbers."""
    on_sqlite = condition
    for flag in ("is_open", "is_spam", "is_deleted", "is_active"):
        on_sqlite = on_sqlite.replace(f"NOT {flag}", f"{flag} = 0")
        on_sqlite = " AND ".join(f"{flag} = 1" if part == flag else part for part in on_sqlite.split(" AND "))
    op.create_index(
        f"ix_{table}_{name}",
        table,
        list(columns),
        sqlite_where=sa.text(on_sqlite),
        postgresql_where=sa.text(condition),
    )
