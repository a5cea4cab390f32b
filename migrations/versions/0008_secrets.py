"""Passwords of others encrypted: those of transfer servers and of telephone accounts."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.encryption import KeyFile, key_of

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("transfer_servers", "voip_accounts")


def upgrade() -> None:
    op.add_column("installation", sa.Column("key_fingerprint", sa.Text(), nullable=True))
    key = convert(encrypt)
    if key is not None:
        installation = sa.table("installation", sa.column("key_fingerprint"))
        op.execute(installation.update().values(key_fingerprint=key.fingerprint))


def encrypt(key: KeyFile, password: str) -> str:
    key.make()  # before anything is encrypted with it
    return key.encrypt(password)


def downgrade() -> None:
    convert(KeyFile.decrypt)
    op.drop_column("installation", "key_fingerprint")


def convert(change: Callable[[KeyFile, str], str]) -> KeyFile | None:
    """Change every password there is; return the key, None where there is no password and so no need of one."""
    connection = op.get_bind()
    key: KeyFile | None = None
    for name in TABLES:
        table = sa.table(name, sa.column("id"), sa.column("password"))
        for row in connection.execute(sa.select(table.c.id, table.c.password).where(table.c.password != "")).all():
            key = key_of(connection.dialect)
            changed = change(key, row.password)
            connection.execute(table.update().where(table.c.id == row.id).values(password=changed))
    return key
