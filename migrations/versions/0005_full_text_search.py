"""Full-text search of articles and chats."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.domain.html import to_text
from smartertrack_emu.domain.search.words import BOUNDARY, LONGEST_BODY, body_words, title_words
from smartertrack_emu.store import full_text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ADDED = {
    "kb_articles": ("body_text", "subject_words", "keyword_words", "body_words"),
    "chats": ("customer_name_words", "customer_email_words"),
    "chat_messages": ("body_words",),
}
TRIGGERS = (("chats", "insert"), ("chats", "update"), ("chat_messages", "insert"))


def upgrade() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "chat_texts",
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_chat_texts_chat_id_chats"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_chat_texts")),
    )
    fill(connection)
    for table, event in TRIGGERS:
        for statement in trigger(dialect, table, event):
            op.execute(statement)
    for table, key, columns in (
        ("kb_articles", "id", ("subject_words", "keyword_words", "body_words")),
        ("chat_texts", "chat_id", ("heading", "said")),
    ):
        full_text.create(op.execute, dialect, table, key, columns)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in ("kb_articles", "chat_texts"):
        full_text.drop(op.execute, dialect, table)
    for table, event in TRIGGERS:
        name = f"{table}_words_{event}"
        if dialect == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("chat_texts")
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column)


def trigger(dialect: str, table: str, event: str) -> list[str]:
    """The statements that make one trigger."""
    number = "lower(replace(new.number, '-', ' '))"
    heading = f"{number} || ' {BOUNDARY} ' || new.customer_name_words || ' {BOUNDARY} ' || new.customer_email_words"
    said = f"substr(said || ' {BOUNDARY} ' || new.body_words, 1, {LONGEST_BODY})"
    does = {
        "chats_insert": f"INSERT INTO chat_texts (chat_id, heading, said) VALUES (new.id, {heading}, '')",  # noqa: S608 - our own names
        "chats_update": f"UPDATE chat_texts SET heading = {heading} WHERE chat_id = new.id",  # noqa: S608 - our own names
        "chat_messages_insert": f"UPDATE chat_texts SET said = {said} WHERE chat_id = new.chat_id",  # noqa: S608 - our own names
    }[f"{table}_{event}"]
    name = f"{table}_words_{event}"
    when = event.upper()
    if event == "update":
        when += " OF number, customer_name_words, customer_email_words"
    if dialect == "sqlite":
        return [f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {does}; END"]
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does}; RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def fill(connection: sa.Connection) -> None:
    """Cut the words of what is there already."""
    table = sa.table
    articles = table("kb_articles", *map(sa.column, ("id", "subject", "keywords", "body", *ADDED["kb_articles"])))
    chats = table("chats", *map(sa.column, ("id", "number", "customer_name", "customer_email", *ADDED["chats"])))
    messages = table("chat_messages", *map(sa.column, ("id", "chat_id", "body", *ADDED["chat_messages"])))
    texts = table("chat_texts", *map(sa.column, ("chat_id", "heading", "said")))

    def each(rows: Any, found: Callable[[Any], dict[str, str]]) -> None:
        for row in connection.execute(sa.select(rows)).all():
            connection.execute(sa.update(rows).where(rows.c.id == row.id).values(found(row)))

    each(
        articles,
        lambda row: {
            "body_text": to_text(row.body),
            "subject_words": title_words(row.subject),
            "keyword_words": title_words(row.keywords),
            "body_words": body_words(to_text(row.body)),
        },
    )
    each(
        chats,
        lambda row: {
            "customer_name_words": title_words(row.customer_name),
            "customer_email_words": title_words(row.customer_email),
        },
    )
    each(messages, lambda row: {"body_words": body_words(row.body)})
    between = f" {BOUNDARY} "
    for chat in connection.execute(sa.select(chats)).all():
        said = connection.scalars(
            sa.select(messages.c.body_words).where(messages.c.chat_id == chat.id).order_by(messages.c.id)
        )
        heading = (chat.number.lower().replace("-", " "), chat.customer_name_words, chat.customer_email_words)
        connection.execute(
            sa.insert(texts).values(
                chat_id=chat.id,
                heading=between.join(heading),
                said="".join(between + words for words in said)[:LONGEST_BODY],
            )
        )
