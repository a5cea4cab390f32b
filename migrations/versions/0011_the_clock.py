"""The clock stands in the database, with a number that rises whenever all processes have to look again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("installation", sa.Column("epoch", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("installation", sa.Column("clock_offset_us", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("installation", sa.Column("clock_frozen_us", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for column in ("clock_frozen_us", "clock_offset_us", "epoch"):
        op.drop_column("installation", column)
