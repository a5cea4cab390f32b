"""How many parts of a file have arrived: so a part that came meanwhile is noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachments", sa.Column("parts_received", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("attachments", "parts_received")
