"""Events of the knowledge base. Numbers, titles and arguments are documented."""

from typing import NamedTuple

from .arguments import ARTICLE
from .declaring import event


@event(501000, "KB Article Created", ARTICLE)
class KBArticleCreated(NamedTuple):
    """An article was written."""

    article_id: int


@event(501001, "KB Article Modified", ARTICLE)
class KBArticleModified(NamedTuple):
    """An article was changed."""

    article_id: int


@event(501002, "KB Article Flagged For Review", ARTICLE)
class KBArticleFlaggedForReview(NamedTuple):
    """Somebody asked for an article's review."""

    article_id: int


@event(501003, "KB Article Stale", ARTICLE, "days")
class KBArticleStale(NamedTuple):
    """An article was neither changed nor reviewed for a long time: once, until it is."""

    article_id: int
    days: int


@event(501004, "KB Article Marked As Reviewed", ARTICLE)
class KBArticleMarkedAsReviewed(NamedTuple):
    """An article was reviewed."""

    article_id: int


@event(501005, "KB Article Deleted", ARTICLE)
class KBArticleDeleted(NamedTuple):
    """An article was marked as deleted."""

    article_id: int
