"""What delivering mail needs: states, recipients' results, Message-IDs, templates; the installation's GUID."""

import uuid

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KINDS = "'message', 'auto_responder', 'template', 'notification', 'error', 'report'"
_OLD_KINDS = "'message', 'auto_responder', 'verification', 'notification'"
_RANDOM = {"sqlite": "lower(hex(randomblob(8)))", "postgresql": "substr(md5(random()::text || id::text), 1, 16)"}


_ITEMS = "'ticket', 'chat', 'calllog', 'task', 'article', 'user'"


def upgrade() -> None:
    with op.batch_alter_table("events") as table:
        table.drop_constraint(op.f("ck_events_item_kind"), type_="check")
        table.create_check_constraint(op.f("ck_events_item_kind"), f"item_kind IN ({_ITEMS}, 'account')")
    op.drop_index("ix_outgoing_mails_waiting", table_name="outgoing_mails")
    with op.batch_alter_table("outgoing_mails") as table:
        table.drop_constraint(op.f("ck_outgoing_mails_kind"), type_="check")
        for name, default, type_ in (
            ("template", "", sa.String(32)),
            ("state", "waiting", sa.String(32)),
            ("recipient_keys", "", sa.Text()),
            ("ticket_number", "", sa.String(17)),
            ("message_key", "", sa.String(32)),
            ("message_host", "", sa.Text()),
            ("in_reply_to", "", sa.Text()),
            ("sender", "", sa.Text()),
            ("envelope_sender", "", sa.Text()),
            ("results", "", sa.Text()),
        ):
            table.add_column(sa.Column(name, type_, nullable=False, server_default=default))
        for name in ("is_answer", "is_hurried"):
            table.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("department_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("next_attempt_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("ended_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("holder", sa.Text(), nullable=True))
        table.add_column(sa.Column("sha256", sa.String(64), nullable=True))
    # What waits since before there was delivery waits on, until somebody wants it sent.
    op.execute("UPDATE outgoing_mails SET kind = 'template', template = 'verify-email' WHERE kind = 'verification'")
    op.execute("UPDATE outgoing_mails SET state = CASE WHEN sent_at IS NULL THEN 'held' ELSE 'sent' END")
    op.execute("UPDATE outgoing_mails SET next_attempt_at = created_at, ended_at = sent_at")
    op.execute(f"UPDATE outgoing_mails SET message_key = {_RANDOM[op.get_bind().dialect.name]}")  # noqa: S608 - ours
    op.execute(
        "UPDATE outgoing_mails SET ticket_number = (SELECT number FROM tickets WHERE tickets.id = ticket_id), "
        "department_id = (SELECT department_id FROM tickets WHERE tickets.id = ticket_id) WHERE ticket_id IS NOT NULL"
    )
    _list_recipients()
    with op.batch_alter_table("outgoing_mails") as table:
        table.alter_column("next_attempt_at", existing_type=UtcDateTime(), nullable=False)
        table.create_check_constraint(op.f("ck_outgoing_mails_kind"), f"kind IN ({_KINDS})")
        table.create_check_constraint(
            op.f("ck_outgoing_mails_state"), "state IN ('waiting', 'sending', 'sent', 'failed', 'held')"
        )
    op.create_index(op.f("ix_outgoing_mails_state_id"), "outgoing_mails", ["state", "id"])
    op.create_index("ix_outgoing_mails_due", "outgoing_mails", ["state", "next_attempt_at", "id"])
    for name, columns, on_sqlite, on_postgresql in (
        ("ended", ["ended_at", "id"], "ended_at IS NOT NULL", "ended_at IS NOT NULL"),
        ("errors", ["created_at"], "kind = 'error'", "kind = 'error'"),
        ("answers", ["recipient_keys", "created_at"], "is_answer = 1", "is_answer"),
    ):
        op.create_index(
            f"ix_outgoing_mails_{name}",
            "outgoing_mails",
            columns,
            sqlite_where=sa.text(on_sqlite),
            postgresql_where=sa.text(on_postgresql),
        )
    op.create_table(
        "outgoing_attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_attachments")),
        sa.ForeignKeyConstraint(
            ["mail_id"],
            ["outgoing_mails.id"],
            name=op.f("fk_outgoing_attachments_mail_id_outgoing_mails"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_outgoing_attachments_mail_id"), "outgoing_attachments", ["mail_id"])
    op.create_table(
        "mail_templates",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_html", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_templates")),
    )
    op.add_column("ticket_messages", sa.Column("internet_id", sa.Text(), nullable=True))
    op.add_column("ticket_messages", sa.Column("delivery_status", sa.String(32), nullable=True))
    op.add_column("ticket_messages", sa.Column("delivery_error", sa.Text(), nullable=False, server_default=""))
    op.create_index(
        "ix_ticket_messages_internet_id",
        "ticket_messages",
        ["internet_id"],
        sqlite_where=sa.text("internet_id IS NOT NULL"),
        postgresql_where=sa.text("internet_id IS NOT NULL"),
    )
    op.add_column("installation", sa.Column("guid", sa.String(36), nullable=False, server_default=""))
    op.execute(sa.text("UPDATE installation SET guid = :guid").bindparams(guid=str(uuid.uuid4())))


def _list_recipients() -> None:
    """Let the recipients of the mails that are there be found."""
    connection = op.get_bind()
    mails = sa.table(
        "outgoing_mails",
        *(sa.column(name) for name in ("id", "to_address", "cc_address", "bcc_address", "recipient_keys")),
    )
    rows = connection.execute(sa.select(mails.c.id, mails.c.to_address, mails.c.cc_address, mails.c.bcc_address))
    for id_, *texts in rows.all():
        keys = dict.fromkeys(one.strip().lower() for text in texts for one in text.split(",") if one.strip())
        lines = "\n" + "\n".join(keys) + "\n" if keys else ""
        connection.execute(mails.update().where(mails.c.id == id_).values(recipient_keys=lines))


def downgrade() -> None:
    op.execute("DELETE FROM events WHERE item_kind = 'account'")
    with op.batch_alter_table("events") as table:
        table.drop_constraint(op.f("ck_events_item_kind"), type_="check")
        table.create_check_constraint(op.f("ck_events_item_kind"), f"item_kind IN ({_ITEMS})")
    op.drop_column("installation", "guid")
    op.drop_index("ix_ticket_messages_internet_id", table_name="ticket_messages")
    for name in ("delivery_error", "delivery_status", "internet_id"):
        op.drop_column("ticket_messages", name)
    op.drop_table("mail_templates")
    op.drop_index(op.f("ix_outgoing_attachments_mail_id"), table_name="outgoing_attachments")
    op.drop_table("outgoing_attachments")
    for name in ("answers", "errors", "ended", "due"):
        op.drop_index(f"ix_outgoing_mails_{name}", table_name="outgoing_mails")
    op.drop_index(op.f("ix_outgoing_mails_state_id"), table_name="outgoing_mails")
    op.execute("DELETE FROM outgoing_mails WHERE kind IN ('error', 'report')")
    op.execute("UPDATE outgoing_mails SET kind = 'notification' WHERE kind = 'template'")
    with op.batch_alter_table("outgoing_mails") as table:
        table.drop_constraint(op.f("ck_outgoing_mails_state"), type_="check")
        table.drop_constraint(op.f("ck_outgoing_mails_kind"), type_="check")
        for name in (
            "sha256",
            "holder",
            "ended_at",
            "next_attempt_at",
            "department_id",
            "is_hurried",
            "is_answer",
            "results",
            "envelope_sender",
            "sender",
            "in_reply_to",
            "message_host",
            "message_key",
            "ticket_number",
            "recipient_keys",
            "state",
            "template",
        ):
            table.drop_column(name)
        table.create_check_constraint(op.f("ck_outgoing_mails_kind"), f"kind IN ({_OLD_KINDS})")
    op.create_index(
        "ix_outgoing_mails_waiting",
        "outgoing_mails",
        ["id"],
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
