"""Comments on tasks; whom a group alerts, and how its members take part."""

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_notes")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_task_notes_task_id_tasks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_task_notes_author_id_users")),
    )
    op.create_index(op.f("ix_task_notes_task_id_entered_at_id"), "task_notes", ["task_id", "entered_at", "id"])
    with op.batch_alter_table("groups") as table:
        table.add_column(sa.Column("alert", sa.String(), nullable=False, server_default="none"))
        table.add_column(sa.Column("alert_address", sa.Text(), nullable=False, server_default=""))
        table.create_check_constraint(op.f("ck_groups_alert"), "alert IN ('none', 'agents', 'address')")
    with op.batch_alter_table("group_members") as table:
        table.add_column(sa.Column("round_robin", sa.String(), nullable=False, server_default="primary"))
        table.add_column(sa.Column("idle_logoff_minutes", sa.Integer(), nullable=True))
        table.add_column(sa.Column("idle_hand_off", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("last_action_at", UtcDateTime(), nullable=True))
        table.create_check_constraint(
            op.f("ck_group_members_round_robin"), "round_robin IN ('primary', 'secondary', 'none')"
        )


def downgrade() -> None:
    with op.batch_alter_table("group_members") as table:
        table.drop_constraint(op.f("ck_group_members_round_robin"), type_="check")
        for column in ("last_action_at", "idle_hand_off", "idle_logoff_minutes", "round_robin"):
            table.drop_column(column)
    with op.batch_alter_table("groups") as table:
        table.drop_constraint(op.f("ck_groups_alert"), type_="check")
        table.drop_column("alert_address")
        table.drop_column("alert")
    op.drop_index(op.f("ix_task_notes_task_id_entered_at_id"), table_name="task_notes")
    op.drop_table("task_notes")
