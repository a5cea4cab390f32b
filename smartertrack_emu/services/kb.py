"""svcKB: reading and searching the knowledge base."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.asmx.declare import LEAST_DATETIME, class_
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.service import KB_CREDENTIALS, HelpdeskService

kb = HelpdeskService(
    "svcKB",
    documentation="Reading and searching the knowledge base.",
    namespace="http://www.smartertools.com/Products/SmarterTrack/Services2/svcKB",
    credentials=KB_CREDENTIALS,
)


@class_
class KBArticleResult:
    """One article."""

    Body: str | None = None
    DateCreatedUTC: datetime = LEAST_DATETIME
    DateLastReviewedUTC: datetime = LEAST_DATETIME
    DateModifiedUTC: datetime = LEAST_DATETIME
    IsDeleted: bool = False
    IsDraft: bool = False
    IsFlaggedForReview: bool = False
    IsPrivate: bool = False
    KBArticleID: int = 0
    KBCategoryID: int = 0
    Language: str | None = None
    Message: str | None = ""
    OtherKeywords: str | None = None
    OtherVars: list[str] | None = None
    Result: bool = True
    ResultCode: int = 0
    Score: int = 0
    ScoreVotes: int = 0
    ShortSummary: str | None = None
    Subject: str | None = None


@class_
class KBArticlesResultPart:
    """An article as a list shows it."""

    BodySnippet: str | None = None
    DateCreatedUTC: datetime = LEAST_DATETIME
    DateLastReviewedUTC: datetime = LEAST_DATETIME
    DateModifiedUTC: datetime = LEAST_DATETIME
    IsDeleted: bool = False
    IsDraft: bool = False
    IsFlaggedForReview: bool = False
    IsPrivate: bool = False
    KBArticleID: int = 0
    KBCategoryID: int = 0
    Language: str | None = None
    Relevance: float = 0.0
    Score: int = 0
    ScoreVotes: int = 0
    Subject: str | None = None
    Url: str | None = None


@class_
class KBArticlesResult:
    """Articles."""

    Articles: list[KBArticlesResultPart] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class KBFolderResultPart:
    """A folder of articles."""

    IsPrivate: bool = False
    KbFolderID: int = 0
    Name: str | None = None


@class_
class KBFolderResult:
    """Folders."""

    Folders: list[KBFolderResultPart] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@kb.operation(access=Access.ANYBODY)
def GetArticle(call: Call, articleID: int) -> KBArticleResult:
    """Return one article."""
    raise NotBuilt


@kb.operation(access=Access.ANYBODY)
def GetArticles(call: Call, folderID: int, includePrivate: bool) -> KBArticlesResult:
    """List the articles of a folder, or all of them."""
    raise NotBuilt


@kb.operation(access=Access.ANYBODY)
def GetFolders(call: Call, parentFolderID: int) -> KBFolderResult:
    """List the folders directly under a folder."""
    raise NotBuilt


@kb.operation(access=Access.ANYBODY)
def SearchKBArticles(call: Call, searchTerms: str, maxResults: int, includePrivate: bool) -> KBArticlesResult:
    """Search all articles."""
    raise NotBuilt


@kb.operation(access=Access.ANYBODY)
def SearchKBArticlesUnderFolder(
    call: Call, searchTerms: str, kbFolderID: int, maxResults: int, includePrivate: bool
) -> KBArticlesResult:
    """Search the articles of a folder and of the folders under it."""
    raise NotBuilt
