"""Mails that came in, what was fetched from where; events that are about nothing."""

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import KEY, UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_OUTCOMES = "'ticket', 'reply', 'note', 'bounce', 'duplicate', 'loop', 'auto-reply', 'rejected', 'error'"


def upgrade() -> None:
    with op.batch_alter_table("events") as table:
        table.alter_column("item_kind", existing_type=sa.String(32), nullable=True)
        table.alter_column("item_id", existing_type=sa.Integer(), nullable=True)
    op.create_table(
        "incoming_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sender_key", KEY, nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(998), nullable=True),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mails")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["mail_accounts.id"],
            name=op.f("fk_incoming_mails_account_id_mail_accounts"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_incoming_mails_ticket_id_tickets"), ondelete="SET NULL"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'imported', 'ignored', 'failed')", name=op.f("ck_incoming_mails_state")
        ),
        sa.CheckConstraint(f"outcome IN ({_OUTCOMES})", name=op.f("ck_incoming_mails_outcome")),
    )
    op.create_index(op.f("ix_incoming_mails_state_id"), "incoming_mails", ["state", "id"])
    op.create_index(
        "ix_incoming_mails_waiting",
        "incoming_mails",
        ["id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(op.f("ix_incoming_mails_sender_key_imported_at"), "incoming_mails", ["sender_key", "imported_at"])
    op.create_index(
        op.f("ix_incoming_mails_message_id"),
        "incoming_mails",
        ["message_id"],
        sqlite_where=sa.text("message_id IS NOT NULL"),
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    for name in ("sha256", "account_id", "ticket_id"):
        op.create_index(op.f(f"ix_incoming_mails_{name}"), "incoming_mails", [name])
    op.create_table(
        "fetched_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("incoming_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fetched_mails")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["mail_accounts.id"],
            name=op.f("fk_fetched_mails_account_id_mail_accounts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["incoming_id"],
            ["incoming_mails.id"],
            name=op.f("fk_fetched_mails_incoming_id_incoming_mails"),
            ondelete="SET NULL",
        ),
        sa.UniqueConstraint("account_id", "uid", name=op.f("uq_fetched_mails_account_id_uid")),
    )
    op.create_index(op.f("ix_fetched_mails_incoming_id"), "fetched_mails", ["incoming_id"])


def downgrade() -> None:
    op.drop_table("fetched_mails")
    op.drop_table("incoming_mails")
    op.execute("DELETE FROM events WHERE item_kind IS NULL OR item_id IS NULL")
    with op.batch_alter_table("events") as table:
        table.alter_column("item_kind", existing_type=sa.String(32), nullable=False)
        table.alter_column("item_id", existing_type=sa.Integer(), nullable=False)
