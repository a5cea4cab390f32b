"""Phrases on PostgreSQL by an index of neighbouring words."""

from alembic import op

from smartertrack_emu.store import full_text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = {
    "kb_articles": ("subject_words", "keyword_words", "body_words"),
    "chat_texts": ("heading", "said"),
}


def upgrade() -> None:
    full_text.create_pairs(op.execute, op.get_bind().dialect.name, TABLES)


def downgrade() -> None:
    full_text.drop_pairs(op.execute, op.get_bind().dialect.name, TABLES)
