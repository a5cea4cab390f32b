"""Rules for events, what their actions come to, and events about visitors."""

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import BIG_ID, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_BEFORE = "item_kind IN ('ticket', 'chat', 'calllog', 'task', 'article', 'user', 'account')"
_KINDS = "item_kind IN ('ticket', 'chat', 'calllog', 'task', 'article', 'user', 'account', 'visitor')"
_STALE = "stale_at IS NULL AND is_draft = 0 AND is_deleted = 0", "stale_at IS NULL AND NOT is_draft AND NOT is_deleted"
_ACTIVE = "is_active = 1 AND is_deleted = 0", "is_active AND NOT is_deleted"


def upgrade() -> None:
    with op.batch_alter_table("events") as table:
        table.drop_constraint(op.f("ck_events_item_kind"), type_="check")
        table.add_column(sa.Column("told", sa.Text(), nullable=True))
        table.add_column(sa.Column("cause_id", BIG_ID, nullable=True))
        table.add_column(sa.Column("depth", sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_events_item_kind"), _KINDS)
    op.create_table(
        "event_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_rules")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_event_rules_event_id"), "event_rules", ["event_id"])
    op.create_table(
        "event_outbox",
        sa.Column("event_id", BIG_ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_outbox")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_outbox_event_id_events"), ondelete="CASCADE"
        ),
    )
    _make_actions()
    op.create_table(
        "item_counts",
        sa.Column("item_kind", sa.String(32), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("item_kind", "scope", "scope_id", name=op.f("pk_item_counts")),
    )
    op.add_column("kb_articles", sa.Column("stale_at", UtcDateTime(), nullable=True))
    _make_partial_index("ix_kb_articles_fresh", "kb_articles", ["modified_at", "id"], _STALE)
    for table in ("tickets", "chats"):
        _make_partial_index(f"ix_{table}_active_counts", table, ["department_id", "group_id", "agent_id"], _ACTIVE)


def _make_actions() -> None:
    op.create_table(
        "event_actions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("item_kind", sa.String(32), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("event_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_actions")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_actions_event_id_events"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("event_id", "rule_id", "position", name=op.f("uq_event_actions_event_id_rule_id_position")),
        sa.CheckConstraint(_KINDS, name=op.f("ck_event_actions_item_kind")),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed', 'skipped')", name=op.f("ck_event_actions_state")),
    )
    _make_partial_index(
        "ix_event_actions_waiting", "event_actions", ["next_attempt_at", "id"], ("state = 'waiting'",) * 2
    )
    _make_partial_index(
        "ix_event_actions_waiting_of_item",
        "event_actions",
        ["item_kind", "item_id", "id"],
        ("state = 'waiting'",) * 2,
    )
    for columns in (
        ["rule_id", "item_kind", "item_id", "event_at"],
        ["rule_id", "event_at"],
        ["rule_id", "done_at"],
        ["done_at", "id"],
    ):
        op.create_index(op.f(f"ix_event_actions_{'_'.join(columns)}"), "event_actions", columns)


def _make_partial_index(name: str, table: str, columns: list[str], where: tuple[str, str]) -> None:
    on_sqlite, on_postgresql = where
    op.create_index(name, table, columns, sqlite_where=sa.text(on_sqlite), postgresql_where=sa.text(on_postgresql))


def downgrade() -> None:
    for table in ("tickets", "chats"):
        op.drop_index(f"ix_{table}_active_counts", table_name=table)
    op.drop_index("ix_kb_articles_fresh", table_name="kb_articles")
    op.drop_column("kb_articles", "stale_at")  # not in batches: the table has triggers
    for name in ("item_counts", "event_actions", "event_outbox", "event_rules"):
        op.drop_table(name)
    op.execute("DELETE FROM events WHERE item_kind = 'visitor'")
    with op.batch_alter_table("events") as table:
        table.drop_constraint(op.f("ck_events_item_kind"), type_="check")
        for name in ("depth", "cause_id", "told"):
            table.drop_column(name)
        table.create_check_constraint(op.f("ck_events_item_kind"), _BEFORE)
