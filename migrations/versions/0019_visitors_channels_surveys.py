"""Visitors of web pages and their invitations, channels of agents, surveys and their offers."""

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import BIG_ID, KEY, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_visitors()
    _make_channels()
    _make_surveys()


def _make_visitors() -> None:
    op.create_table(
        "visitors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=True),
        sa.Column("hits", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("page", "title", "ip", "user_agent", "language", "country", "host_name")
        ),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitors")),
        _to("brands", "visitors", "brand_id", "SET NULL"),
        sqlite_autoincrement=True,
    )
    _make_index("ix_visitors_here", "visitors", ["key"], "removed_at IS NULL", unique=True)
    _make_index("ix_visitors_idle", "visitors", ["last_seen_at", "id"], "removed_at IS NULL")
    _make_index("ix_visitors_removed", "visitors", ["removed_at", "id"], "removed_at IS NOT NULL")
    for column in ("ip", "brand_id"):
        op.create_index(op.f(f"ix_visitors_{column}"), "visitors", [column])
    invitations = "visitor_invitations"
    op.create_table(
        invitations,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visitor_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("invited_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("chat_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitor_invitations")),
        _to("visitors", invitations, "visitor_id", "CASCADE"),
        _to("users", invitations, "agent_id", "SET NULL"),
        _to("groups", invitations, "group_id", "CASCADE"),
        _to("chats", invitations, "chat_id", "SET NULL"),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'rejected', 'ignored')", name=op.f("ck_visitor_invitations_state")
        ),
    )
    op.create_index(op.f("ix_visitor_invitations_visitor_id_id"), invitations, ["visitor_id", "id"])
    _make_index("ix_visitor_invitations_open", invitations, ["visitor_id"], "state = 'open'", unique=True)
    _make_index("ix_visitor_invitations_unanswered", invitations, ["invited_at", "id"], "state = 'open'")
    for column in ("chat_id", "group_id", "agent_id"):
        op.create_index(op.f(f"ix_visitor_invitations_{column}"), invitations, [column])


def _make_channels() -> None:
    op.create_table(
        "channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("short_lived", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("name_key", name=op.f("uq_channels_name_key")),
    )
    op.create_table(
        "channel_members",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "user_id", name=op.f("pk_channel_members")),
        _to("channels", "channel_members", "channel_id", "CASCADE"),
        _to("users", "channel_members", "user_id", "CASCADE"),
    )
    op.create_index(op.f("ix_channel_members_user_id"), "channel_members", ["user_id"])
    op.create_table(
        "channel_messages",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_messages")),
        _to("channels", "channel_messages", "channel_id", "CASCADE"),
        _to("users", "channel_messages", "author_id", "SET NULL"),
    )
    op.create_index(op.f("ix_channel_messages_channel_id_id"), "channel_messages", ["channel_id", "id"])
    op.create_index(op.f("ix_channel_messages_author_id"), "channel_messages", ["author_id"])


def _make_surveys() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "header", "thank_you", "questions")),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
    )
    op.create_table(
        "survey_offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.String(36), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("chat_id", sa.Integer(), nullable=True),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("customer_email", "agent_username", "department_name", "group_name")
        ),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("viewed_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_offers")),
        _to("surveys", "survey_offers", "survey_id"),
        _to("tickets", "survey_offers", "ticket_id", "CASCADE"),
        _to("chats", "survey_offers", "chat_id", "CASCADE"),
        *(
            sa.UniqueConstraint(column, name=op.f(f"uq_survey_offers_{column}"))
            for column in ("guid", "ticket_id", "chat_id")
        ),
        sa.CheckConstraint("(ticket_id IS NULL) <> (chat_id IS NULL)", name=op.f("ck_survey_offers_item")),
    )
    op.create_index(op.f("ix_survey_offers_survey_id"), "survey_offers", ["survey_id"])


def _to(other: str, table: str, column: str, deleted: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=deleted)


def _make_index(name: str, table: str, columns: list[str], only: str, *, unique: bool = False) -> None:
    where = sa.text(only)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in (
        "survey_offers",
        "surveys",
        "channel_messages",
        "channel_members",
        "channels",
        "visitor_invitations",
        "visitors",
    ):
        op.drop_table(name)
