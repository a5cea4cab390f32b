"""svcKB: reading and searching the knowledge base."""

from datetime import datetime
from typing import Annotated

from smartertrack_emu.asmx.declare import LEAST_DATETIME, Doc, class_
from smartertrack_emu.domain.kb import articles, folders, search
from smartertrack_emu.domain.kb.articles import ListedArticle
from smartertrack_emu.services import links
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import MaxResults
from smartertrack_emu.services.moments import wire
from smartertrack_emu.services.results import Code, Succeeded, WhatWentWrong
from smartertrack_emu.services.service import KB_CREDENTIALS, HelpdeskService

IncludePrivate = Annotated[bool, Doc("Whether private articles are wanted too.")]
SearchTerms = Annotated[
    str,
    Doc(
        'What to look for, as one would type it in the search box: all words, "a phrase", -without, prefix*. A word of '
        "four letters or more also finds words that begin with it; those come last."
    ),
]

kb = HelpdeskService(
    "svcKB",
    documentation="Reading and searching the knowledge base.",
    namespace="http://www.smartertools.com/Products/SmarterTrack/Services2/svcKB",
    credentials=KB_CREDENTIALS,
)


@class_
class KBArticleResult:
    """One article."""

    Body: Annotated[str | None, Doc("What the article says.")] = None
    DateCreatedUTC: Annotated[datetime, Doc("When the article was created, in UTC.")] = LEAST_DATETIME
    DateLastReviewedUTC: Annotated[datetime, Doc("When the article was last reviewed, in UTC.")] = LEAST_DATETIME
    DateModifiedUTC: Annotated[datetime, Doc("When the article was last changed, in UTC.")] = LEAST_DATETIME
    IsDeleted: Annotated[bool, Doc("Whether it is marked as deleted.")] = False
    IsDraft: Annotated[bool, Doc("Whether it is a draft.")] = False
    IsFlaggedForReview: Annotated[bool, Doc("Whether the article should be reviewed.")] = False
    IsPrivate: Annotated[bool, Doc("Whether only employees may see it.")] = False
    KBArticleID: Annotated[int, Doc("Id of the article.")] = 0
    KBCategoryID: Annotated[int, Doc("Id of the folder that the article is in.")] = 0
    Language: Annotated[str | None, Doc("Language of the article.")] = None
    Message: WhatWentWrong = ""
    OtherKeywords: Annotated[str | None, Doc("Further words by which a search finds the article.")] = None
    OtherVars: Annotated[list[str] | None, Doc("Not used.")] = None
    Result: Succeeded = True
    ResultCode: Code = 0
    Score: Annotated[int, Doc("Sum of the readers' votes.")] = 0
    ScoreVotes: Annotated[int, Doc("How many readers voted.")] = 0
    ShortSummary: Annotated[str | None, Doc("A summary; no longer in use.")] = None
    Subject: Annotated[str | None, Doc("Its subject line.")] = None


@class_
class KBArticlesResultPart:
    """An article as a list shows it."""

    BodySnippet: Annotated[str | None, Doc("The article's summary if it has one, else a passage of it.")] = None
    DateCreatedUTC: Annotated[datetime, Doc("When the article was created, in UTC.")] = LEAST_DATETIME
    DateLastReviewedUTC: Annotated[datetime, Doc("When the article was last reviewed, in UTC.")] = LEAST_DATETIME
    DateModifiedUTC: Annotated[datetime, Doc("When the article was last changed, in UTC.")] = LEAST_DATETIME
    IsDeleted: Annotated[bool, Doc("Whether it is marked as deleted.")] = False
    IsDraft: Annotated[bool, Doc("Whether it is a draft.")] = False
    IsFlaggedForReview: Annotated[bool, Doc("Whether the article should be reviewed.")] = False
    IsPrivate: Annotated[bool, Doc("Whether only employees may see it.")] = False
    KBArticleID: Annotated[int, Doc("Id of the article.")] = 0
    KBCategoryID: Annotated[int, Doc("Id of the folder that the article is in.")] = 0
    Language: Annotated[str | None, Doc("Language of the article.")] = None
    Relevance: Annotated[float, Doc("How well the article answers the search: the higher the better.")] = 0.0
    Score: Annotated[int, Doc("Sum of the readers' votes.")] = 0
    ScoreVotes: Annotated[int, Doc("How many readers voted.")] = 0
    Subject: Annotated[str | None, Doc("Its subject line.")] = None
    Url: Annotated[str | None, Doc("Address of the article's page.")] = None


@class_
class KBArticlesResult:
    """Articles."""

    Articles: Annotated[list[KBArticlesResultPart] | None, Doc("The articles.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class KBFolderResultPart:
    """A folder of articles."""

    IsPrivate: Annotated[bool, Doc("Whether only employees may see it.")] = False
    KbFolderID: Annotated[int, Doc("Id of the folder.")] = 0
    Name: Annotated[str | None, Doc("Its name.")] = None


@class_
class KBFolderResult:
    """Folders."""

    Folders: Annotated[list[KBFolderResultPart] | None, Doc("The folders.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


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
def GetArticle(call: Call, articleID: Annotated[int, Doc("Id of the article.")]) -> KBArticleResult:
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
def GetArticles(
    call: Call,
    folderID: Annotated[int, Doc("Id of the folder, as GetFolders gives it; 0 means the articles of all folders.")],
    includePrivate: IncludePrivate,
) -> KBArticlesResult:
    """List the articles of a folder, or all of them."""
    found = articles.listing(call.session, call.actor, folderID, include_private=includePrivate)
    return KBArticlesResult(Articles=[_part(call, article) for article in found])


@kb.operation(access=Access.ANYBODY)
def GetFolders(
    call: Call,
    parentFolderID: Annotated[int, Doc("Id of the folder whose direct sub-folders are wanted; 0 means the root.")],
) -> KBFolderResult:
    """List the folders directly under a folder."""
    found = folders.children(call.session, call.actor, parentFolderID)
    return KBFolderResult(
        Folders=[
            KBFolderResultPart(IsPrivate=folder.is_private, KbFolderID=folder.id, Name=folder.name) for folder in found
        ]
    )


@kb.operation(access=Access.ANYBODY)
def SearchKBArticles(
    call: Call, searchTerms: SearchTerms, maxResults: MaxResults, includePrivate: IncludePrivate
) -> KBArticlesResult:
    """Search all articles."""
    return _search(call, searchTerms, 0, maxResults, includePrivate)


@kb.operation(access=Access.ANYBODY)
def SearchKBArticlesUnderFolder(
    call: Call,
    searchTerms: SearchTerms,
    kbFolderID: Annotated[int, Doc("Id of the folder, as GetFolders gives it; 0 means the root.")],
    maxResults: MaxResults,
    includePrivate: IncludePrivate,
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
