"""svcKB: reading and searching the knowledge base."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.asmx.declare import LEAST_DATETIME, class_
from smartertrack_emu.domain.kb import articles, folders, search
from smartertrack_emu.domain.kb.articles import ListedArticle
from smartertrack_emu.services import links
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.moments import wire
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


def _part(call: Call, article: ListedArticle) -> KBArticlesResultPart:
    return KBArticlesResultPart(
        BodySnippet=article.snippet,
        DateCreatedUTC=article.created_at,
        DateLastReviewedUTC=wire(article.reviewed_at),
        DateModifiedUTC=article.modified_at,
        IsDeleted=article.is_deleted,
        IsDraft=article.is_draft,
        IsFlaggedForReview=article.is_flagged_for_review,
        IsPrivate=article.is_private,
        KBArticleID=article.id,
        KBCategoryID=article.folder_id,
        Language=article.language,
        Relevance=article.relevance,
        Score=article.score,
        ScoreVotes=article.score_votes,
        Subject=article.subject,
        Url=links.root(call) + articles.path(article.id, article.subject),
    )


@kb.operation(access=Access.ANYBODY)
def GetArticle(call: Call, articleID: int) -> KBArticleResult:
    """Return one article."""
    article = articles.get(call.session, call.actor, articleID)
    return KBArticleResult(
        Body=article.body,
        DateCreatedUTC=article.created_at,
        DateLastReviewedUTC=wire(article.reviewed_at),
        DateModifiedUTC=article.modified_at,
        IsDeleted=article.is_deleted,
        IsDraft=article.is_draft,
        IsFlaggedForReview=article.is_flagged_for_review,
        IsPrivate=article.is_private,
        KBArticleID=article.id,
        KBCategoryID=article.folder_id,
        Language=article.language,
        OtherKeywords=article.keywords,
        OtherVars=[],
        Score=article.score,
        ScoreVotes=article.score_votes,
        ShortSummary=article.summary,
        Subject=article.subject,
    )


@kb.operation(access=Access.ANYBODY)
def GetArticles(call: Call, folderID: int, includePrivate: bool) -> KBArticlesResult:
    """List the articles of a folder, or all of them."""
    found = articles.listing(call.session, call.actor, folderID, include_private=includePrivate)
    return KBArticlesResult(Articles=[_part(call, article) for article in found])


@kb.operation(access=Access.ANYBODY)
def GetFolders(call: Call, parentFolderID: int) -> KBFolderResult:
    """List the folders directly under a folder."""
    found = folders.children(call.session, call.actor, parentFolderID)
    return KBFolderResult(
        Folders=[
            KBFolderResultPart(IsPrivate=folder.is_private, KbFolderID=folder.id, Name=folder.name) for folder in found
        ]
    )


@kb.operation(access=Access.ANYBODY)
def SearchKBArticles(call: Call, searchTerms: str, maxResults: int, includePrivate: bool) -> KBArticlesResult:
    """Search all articles."""
    return _search(call, searchTerms, 0, maxResults, includePrivate)


@kb.operation(access=Access.ANYBODY)
def SearchKBArticlesUnderFolder(
    call: Call, searchTerms: str, kbFolderID: int, maxResults: int, includePrivate: bool
) -> KBArticlesResult:
    """Search the articles of a folder and of the folders under it."""
    return _search(call, searchTerms, kbFolderID, maxResults, includePrivate)


def _search(call: Call, terms: str, folder_id: int, max_results: int, include_private: bool) -> KBArticlesResult:
    found = search.search(
        call.session,
        call.actor,
        terms,
        under_folder=folder_id,
        max_results=max_results,
        include_private=include_private,
    )
    return KBArticlesResult(Articles=[_part(call, article) for article in found])
