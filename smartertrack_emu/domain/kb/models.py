"""Tables of the knowledge base."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.html import to_text
from smartertrack_emu.domain.keys import following, key_column
from smartertrack_emu.domain.search.words import body_words, title_words
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.indexes import few


class KbFolder(Base):
    """A folder, in another one or under the root (`parent_id` None); a private one is for employees."""

    __tablename__ = "kb_folders"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("kb_folders.id"))
    name: Mapped[str]
    name_key: Mapped[str] = key_column("name")
    is_private: Mapped[bool] = mapped_column(default=False)
    sort_order: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index(None, "parent_id", "sort_order", "id"),)


def html_words(html: str) -> str:
    """What is stored of the words of HTML."""
    return body_words(to_text(html))


class KbArticle(Base):
    """An article: `body` is HTML, `body_text` what it reads. `score` is the sum of `score_votes` votes.

    `stale_at`: when it was found to be neither changed nor reviewed for long, until it is. The three columns of words
    are what searches look into.
    """

    __tablename__ = "kb_articles"

    id: Mapped[int] = mapped_column(primary_key=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("kb_folders.id"))
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    body_text: Mapped[str] = following("body", to_text, Text())
    summary: Mapped[str] = mapped_column(default="")
    keywords: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    is_private: Mapped[bool] = mapped_column(default=False)
    is_draft: Mapped[bool] = mapped_column(default=False)
    is_deleted: Mapped[bool] = mapped_column(default=False)
    is_flagged_for_review: Mapped[bool] = mapped_column(default=False)
    score: Mapped[int] = mapped_column(default=0)
    score_votes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    modified_at: Mapped[datetime] = mapped_column(default=clock.now)
    reviewed_at: Mapped[datetime | None]
    stale_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    subject_words: Mapped[str] = following("subject", title_words, Text())
    keyword_words: Mapped[str] = following("keywords", title_words, Text())
    body_words: Mapped[str] = following("body", html_words, Text())

    __table_args__ = (
        Index(None, "folder_id", "created_at", "id"),
        Index(None, "created_at", "id"),
        # Those that may become stale.
        Index(
            "ix_kb_articles_fresh",
            "modified_at",
            "id",
            sqlite_where=text("stale_at IS NULL AND is_draft = 0 AND is_deleted = 0"),
            postgresql_where=text("stale_at IS NULL AND NOT is_draft AND NOT is_deleted"),
        ),
        few("ix_kb_articles_deleted_at", "deleted_at", where="deleted_at IS NOT NULL"),
    )


class KbFolderRights(Base):
    """What a role may do in a folder and those below it that have no such row; without any, what `role_rights` says."""

    __tablename__ = "kb_folder_rights"

    folder_id: Mapped[int] = mapped_column(ForeignKey("kb_folders.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True)
    may_create: Mapped[bool] = mapped_column(default=False)
    may_modify: Mapped[bool] = mapped_column(default=False)
    may_delete: Mapped[bool] = mapped_column(default=False)
    may_mark_reviewed: Mapped[bool] = mapped_column(default=False)
    may_view: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index(None, "role_id"),)
