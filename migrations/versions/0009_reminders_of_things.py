"""Reminders of tasks and tickets, raised when those fell due; and what can no longer be so is set right.

Files whose name was a path, counts beyond 32 bits, open tickets of deleted users.
"""

import re
from datetime import UTC

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ONE_THING = "CASE WHEN task_id IS NULL THEN 0 ELSE 1 END + CASE WHEN ticket_id IS NULL THEN 0 ELSE 1 END <= 1"
_COLUMNS = {"task": "task_id", "followup": "ticket_id"}
_LARGEST = 2**31 - 1

reminders = sa.table(
    "reminders",
    sa.column("id", sa.Integer()),
    sa.column("source", sa.String()),
    sa.column("task_id", sa.Integer()),
    sa.column("ticket_id", sa.Integer()),
    sa.column("occurred_at", UtcDateTime()),
    sa.column("raised_at", UtcDateTime()),
)
attachments = sa.table("attachments", sa.column("id", sa.Integer()), sa.column("name", sa.Text()))


def upgrade() -> None:
    _know_their_things()
    _name_files()
    _stop_counts()
    # 1 is the queue.
    op.execute(
        "UPDATE tickets SET agent_id = 1, is_pinned = false WHERE is_open AND NOT is_deleted"
        " AND agent_id IN (SELECT id FROM users WHERE deleted_at IS NOT NULL)"
    )


def _know_their_things() -> None:
    connection = op.get_bind()
    known = connection.execute(
        sa.select(reminders.c.id, reminders.c.source).where(reminders.c.source.is_not(None))
    ).all()
    with op.batch_alter_table("reminders") as table:
        table.drop_constraint(op.f("uq_reminders_user_id_source"), type_="unique")
        table.drop_column("source")
        table.add_column(sa.Column("task_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("ticket_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_reminders_task_id_tasks"), "tasks", ["task_id"], ["id"], ondelete="CASCADE")
        table.create_foreign_key(
            op.f("fk_reminders_ticket_id_tickets"), "tickets", ["ticket_id"], ["id"], ondelete="CASCADE"
        )
        table.create_check_constraint(op.f("ck_reminders_one_thing"), _ONE_THING)
        for column in _COLUMNS.values():
            table.create_unique_constraint(
                op.f(f"uq_reminders_user_id_{column}_occurred_at"), ["user_id", column, "occurred_at"]
            )
    for row in known:
        kind, _, rest = row.source.partition(":")
        values = {_COLUMNS[kind]: int(rest.partition("@")[0]), "raised_at": reminders.c.occurred_at}
        connection.execute(sa.update(reminders).where(reminders.c.id == row.id).values(values))


def _name_files() -> None:
    connection = op.get_bind()
    name = attachments.c.name
    wrong = sa.or_(name.contains("/"), name.contains("\\", autoescape=True), sa.func.trim(name).in_(("", ".", "..")))
    for row in connection.execute(sa.select(attachments.c.id, name).where(wrong)).all():
        last = re.split(r"[/\\]", row.name)[-1]
        kept = "file" if last.strip() in ("", ".", "..") else last
        connection.execute(sa.update(attachments).where(attachments.c.id == row.id).values(name=kept))


def _stop_counts() -> None:
    # PostgreSQL never took more.
    if op.get_bind().dialect.name == "sqlite":
        for table in ("tickets", "chats"):
            for column in ("reply_count_in", "reply_count_out"):
                op.execute(f"UPDATE {table} SET {column} = {_LARGEST} WHERE {column} > {_LARGEST}")  # noqa: S608


def downgrade() -> None:
    connection = op.get_bind()
    known = connection.execute(
        sa.select(reminders.c.id, reminders.c.task_id, reminders.c.ticket_id, reminders.c.occurred_at).where(
            sa.or_(reminders.c.task_id.is_not(None), reminders.c.ticket_id.is_not(None))
        )
    ).all()
    with op.batch_alter_table("reminders") as table:
        table.drop_constraint(op.f("ck_reminders_one_thing"), type_="check")
        for column, other in (("task_id", "tasks"), ("ticket_id", "tickets")):
            table.drop_constraint(op.f(f"uq_reminders_user_id_{column}_occurred_at"), type_="unique")
            table.drop_constraint(op.f(f"fk_reminders_{column}_{other}"), type_="foreignkey")
            table.drop_column(column)
        table.add_column(sa.Column("source", sa.String(length=100), nullable=True))
        table.create_unique_constraint(op.f("uq_reminders_user_id_source"), ["user_id", "source"])
    for row in known:
        thing = f"followup:{row.ticket_id}" if row.task_id is None else f"task:{row.task_id}"
        source = f"{thing}@{row.occurred_at.astimezone(UTC).isoformat()}"
        connection.execute(sa.update(reminders).where(reminders.c.id == row.id).values(source=source))
