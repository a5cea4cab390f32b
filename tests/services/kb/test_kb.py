"""svcKB over HTTP: members, 0 for all and the role of the caller are documented; what is private to whom is ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import KbArticle, KbFolder, KbFolderRights, RoleRight
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.people.roles import rights_changed
from smartertrack_emu.store.unit_of_work import writing
from tests.services.api import Api, items

LEAST = datetime(1, 1, 1)  # noqa: DTZ001 - DateTime.MinValue
STARTED, INTERNAL, SERVERS = 1, 2, 3
PUBLIC, DRAFT, PRIVATE, DEEP = 1, 2, 3, 4
NOTHING = 999
MANAGER_ROLE, AGENT_ROLE, EVERYONE = 5, 4, 1


def good(answer: Any) -> Any:
    assert (answer.Result, answer.ResultCode) == (True, 0), answer.Message
    return answer


def refused(answer: Any, code: int, word: str = "") -> str:
    assert (answer.Result, answer.ResultCode) == (False, code), answer.Message
    assert word in answer.Message
    return str(answer.Message)


def ids(answer: Any) -> list[int]:
    return [article.KBArticleID for article in items(good(answer).Articles)]


def folders(answer: Any) -> list[tuple[int, str, bool]]:
    return [(folder.KbFolderID, folder.Name, folder.IsPrivate) for folder in items(good(answer).Folders)]


def add(api: Api, subject: str, body: str = "", folder: int = STARTED, **values: Any) -> int:
    with writing(api.engine) as session:
        article = KbArticle(folder_id=folder, subject=subject, body=body, **values)
        session.add(article)
        session.flush()
        return article.id


def let(api: Api, folder: int, role: int, **may: bool) -> None:
    with writing(api.engine) as session:
        session.execute(insert(KbFolderRights).values(folder_id=folder, role_id=role, **may))
        rights_changed(session)


def test_folders(api: Api) -> None:
    started, internal, servers = (1, "Getting Started", False), (2, "Internal", True), (3, "Servers", True)
    assert folders(api.kb("alice").GetFolders(0)) == [started, internal]
    assert folders(api.kb("alice").GetFolders(INTERNAL)) == [servers]
    assert folders(api.kb("alice").GetFolders(STARTED)) == []
    assert folders(api.kb("customer").GetFolders(0)) == [started]
    refused(api.kb("alice").GetFolders(NOTHING), -4, str(NOTHING))
    refused(api.kb("customer").GetFolders(INTERNAL), -4, str(INTERNAL))
    refused(api.kb("customer", "wrong").GetFolders(0), -2)


def test_an_article(api: Api) -> None:
    article = good(api.kb("customer").GetArticle(PUBLIC))
    assert article.Subject == "How to reset your password"
    assert article.Body == "<p>On the login page, choose <b>Forgot password</b> and follow the mail.</p>"
    assert (article.KBArticleID, article.KBCategoryID, article.OtherKeywords) == (PUBLIC, STARTED, "login reset")
    assert (article.Score, article.ScoreVotes) == (4, 5)
    assert (article.IsPrivate, article.IsDraft, article.IsDeleted, article.IsFlaggedForReview) == (False,) * 4
    assert article.DateLastReviewedUTC == LEAST
    assert article.DateModifiedUTC >= article.DateCreatedUTC > LEAST.replace(tzinfo=article.DateCreatedUTC.tzinfo)
    assert items(article.OtherVars) == []


def test_who_reads_what(api: Api) -> None:
    readable = {
        "customer": {PUBLIC},
        "alice": {PUBLIC, PRIVATE, DEEP},
        "mary": {PUBLIC, DRAFT, PRIVATE, DEEP},
        "admin": {PUBLIC, DRAFT, PRIVATE, DEEP},
    }
    for user, expected in readable.items():
        for article in (PUBLIC, DRAFT, PRIVATE, DEEP):
            answer = api.kb(user).GetArticle(article)
            assert answer.Result is (article in expected), (user, article)
    hidden = refused(api.kb("customer").GetArticle(PRIVATE), -4)
    assert refused(api.kb("customer").GetArticle(NOTHING), -4) == hidden.replace(str(PRIVATE), str(NOTHING))


def test_lists(api: Api) -> None:
    assert set(ids(api.kb("customer").GetArticles(0, True))) == {PUBLIC}
    assert set(ids(api.kb("alice").GetArticles(0, True))) == {PUBLIC, PRIVATE, DEEP}
    assert set(ids(api.kb("alice").GetArticles(0, False))) == {PUBLIC}
    assert set(ids(api.kb("mary").GetArticles(0, True))) == {PUBLIC, DRAFT, PRIVATE, DEEP}
    assert ids(api.kb("alice").GetArticles(INTERNAL, True)) == [PRIVATE]
    assert ids(api.kb("alice").GetArticles(INTERNAL, False)) == []
    refused(api.kb("alice").GetArticles(NOTHING, True), -4, str(NOTHING))
    refused(api.kb("customer").GetArticles(INTERNAL, True), -4, str(INTERNAL))


def test_a_part_of_a_list(api: Api) -> None:
    (article,) = items(good(api.kb("alice").GetArticles(SERVERS, True)).Articles)
    assert (article.KBArticleID, article.KBCategoryID, article.IsPrivate) == (DEEP, SERVERS, True)
    assert (article.IsFlaggedForReview, article.IsDraft, article.IsDeleted) == (True, False, False)
    assert article.BodySnippet == "systemctl restart postfix"
    assert article.Relevance == 0
    assert article.Url == f"{api.url}/kb/a4/restarting-the-mail-server.aspx"


def test_the_newest_first_and_the_summary_for_the_snippet(api: Api) -> None:
    older = add(api, "Older", "<p>Body</p>", created_at=clock.now() - timedelta(days=365))
    newer = add(api, "Newer", "<p>Body</p>", summary="In short", created_at=clock.now() + timedelta(seconds=1))
    found = items(good(api.kb("customer").GetArticles(STARTED, False)).Articles)
    assert [article.KBArticleID for article in found] == [newer, PUBLIC, older]
    assert [article.BodySnippet for article in found][::2] == ["In short", "Body"]


def test_deleted_articles_are_read_by_employees_and_listed_for_nobody(api: Api) -> None:
    gone = add(api, "Gone", is_deleted=True)
    assert good(api.kb("alice").GetArticle(gone)).IsDeleted is True
    refused(api.kb("customer").GetArticle(gone), -4)
    assert gone not in ids(api.kb("admin").GetArticles(0, True))
    assert ids(api.kb("admin").SearchKBArticles("gone", 10, True)) == []


def test_a_public_article_in_a_private_folder_is_private(api: Api) -> None:
    article = add(api, "Half", folder=SERVERS)
    refused(api.kb("customer").GetArticle(article), -4)
    assert good(api.kb("alice").GetArticle(article)).IsPrivate is True
    assert article not in ids(api.kb("alice").GetArticles(0, False))


def test_folder_rights_pass_down_and_replace_the_roles_own(api: Api) -> None:
    let(api, INTERNAL, AGENT_ROLE)  # agents: nothing there
    let(api, INTERNAL, EVERYONE)
    assert folders(api.kb("alice").GetFolders(0)) == [(1, "Getting Started", False)]
    refused(api.kb("alice").GetArticle(DEEP), -4)
    assert set(ids(api.kb("admin").GetArticles(0, True))) >= {PRIVATE, DEEP}
    let(api, SERVERS, AGENT_ROLE, may_view=True, may_modify=True)
    draft = add(api, "Draft below", folder=SERVERS, is_draft=True)
    assert set(ids(api.kb("alice").GetArticles(SERVERS, True))) == {DEEP, draft}
    assert set(ids(api.kb("alice").SearchKBArticles("draft", 10, True))) == {draft}


def test_without_the_right_to_view(api: Api) -> None:
    with writing(api.engine) as session:
        session.execute(delete(RoleRight).where(RoleRight.right == Right.KB_VIEW, RoleRight.role_id == EVERYONE))
        rights_changed(session)
    assert folders(api.kb("customer").GetFolders(0)) == []
    assert ids(api.kb("customer").SearchKBArticles("", 10, True)) == []
    assert ids(api.kb("alice").GetArticles(0, False)) == [PUBLIC]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("password", [PUBLIC]),
        ("PASSWORD", [PUBLIC]),
        ("forgot mail", [PUBLIC]),
        ("how do i reset my password", [PUBLIC]),
        ("mail", [DEEP, PUBLIC]),
        ("mail -server", [PUBLIC]),
        ("-mail", [PRIVATE]),
        ('"mail server"', [DEEP]),
        ('"server mail"', []),
        ("rest*", [DEEP]),
        ("re*", [DEEP, PUBLIC]),
        ("login", [PUBLIC]),
        ("zebra", []),
        ("password zebra", []),
        ("billing", []),
        ("p", []),
        ('-"level 2" escalation', []),
        ('-"level 3" escalation', [PRIVATE]),
    ],
)
def test_search(api: Api, terms: str, expected: list[int]) -> None:
    assert ids(api.kb("alice").SearchKBArticles(terms, 10, True)) == expected


@pytest.mark.parametrize("terms", ["", "   ", "*", '""', "???", "- -"])
def test_no_terms_find_all(api: Api, terms: str) -> None:
    assert sorted(ids(api.kb("alice").SearchKBArticles(terms, 10, True))) == [PUBLIC, PRIVATE, DEEP]
    assert len(ids(api.kb("alice").SearchKBArticles(terms, 2, True))) == 2


def test_search_goes_by_who_asks(api: Api) -> None:
    assert ids(api.kb("customer").SearchKBArticles("mail", 10, True)) == [PUBLIC]
    assert ids(api.kb("alice").SearchKBArticles("mail", 10, False)) == [PUBLIC]
    assert ids(api.kb("mary").SearchKBArticles("billing", 10, True)) == [DRAFT]


def test_search_under_a_folder(api: Api) -> None:
    search = api.kb("alice").SearchKBArticlesUnderFolder
    assert ids(search("mail", INTERNAL, 10, True)) == [DEEP]
    assert ids(search("mail", SERVERS, 10, True)) == [DEEP]
    assert ids(search("mail", STARTED, 10, True)) == [PUBLIC]
    assert ids(search("mail", 0, 10, True)) == [DEEP, PUBLIC]
    assert sorted(ids(search("", INTERNAL, 10, True))) == [PRIVATE, DEEP]
    refused(search("mail", NOTHING, 10, True), -4, str(NOTHING))
    refused(api.kb("customer").SearchKBArticlesUnderFolder("mail", INTERNAL, 10, True), -4, str(INTERNAL))
    refused(search("mail", INTERNAL, 0, True), -5, "maxResults")


def test_how_many(api: Api) -> None:
    for number in (0, -1, -(2**31)):
        refused(api.kb("alice").SearchKBArticles("mail", number, True), -5, "maxResults")
    assert len(ids(api.kb("alice").SearchKBArticles("mail", 1, True))) == 1
    assert len(ids(api.kb("alice").SearchKBArticles("mail", 2**31 - 1, True))) == 2


def test_relevance_and_snippet(api: Api) -> None:
    filler = "Nothing of interest stands here. " * 30
    buried = add(
        api, "Odds and ends", f"<p>{filler}</p><p>At last the <b>gizmo</b> itself &amp; more.</p><p>{filler}</p>"
    )
    best = add(api, "Gizmo", "<p>All about it.</p>")
    first, second = items(good(api.kb("customer").SearchKBArticles("gizmo", 10, False)).Articles)
    assert (first.KBArticleID, second.KBArticleID) == (best, buried)
    assert first.Relevance > second.Relevance > 0
    assert "the gizmo itself & more." in second.BodySnippet
    assert second.BodySnippet.startswith("… ")
    assert second.BodySnippet.endswith(" …")
    assert len(second.BodySnippet) <= 204


def test_a_change_is_found_in_its_own_transaction(api: Api) -> None:
    with writing(api.engine) as session:
        session.get_one(KbArticle, PUBLIC).subject = "Zeppelins"
    assert ids(api.kb("alice").SearchKBArticles("zeppelins", 10, True)) == [PUBLIC]
    assert ids(api.kb("alice").SearchKBArticles("how", 10, True)) == []
    with writing(api.engine) as session:
        session.execute(update(KbArticle).where(KbArticle.id == PUBLIC).values(is_private=True))
    assert ids(api.kb("alice").SearchKBArticles("zeppelins", 10, True)) == [PUBLIC]
    assert ids(api.kb("customer").SearchKBArticles("zeppelins", 10, True)) == []
    with writing(api.engine) as session:
        session.execute(delete(KbArticle).where(KbArticle.id == PUBLIC))
    assert ids(api.kb("alice").SearchKBArticles("zeppelins", 10, True)) == []


def test_folders_in_a_circle_end(api: Api) -> None:
    with writing(api.engine) as session:
        session.execute(update(KbFolder).where(KbFolder.id == INTERNAL).values(parent_id=SERVERS))
    assert DEEP in ids(api.kb("alice").SearchKBArticlesUnderFolder("mail", INTERNAL, 10, True))


@pytest.mark.parametrize(
    ("operation", "arguments", "number"),
    [
        ("GetFolders", (0,), 4),
        ("GetArticle", (PUBLIC,), 5),
        ("GetArticles", (0, True), 5),
        ("SearchKBArticles", ("", 100, True), 5),
        ("SearchKBArticles", ("password", 1, True), 6),
        ("SearchKBArticles", ("password", 100, True), 7),  # those that begin with it are looked for as well
        ("SearchKBArticlesUnderFolder", ("-password", INTERNAL, 100, True), 6),
    ],
)
def test_the_number_of_statements(api: Api, operation: str, arguments: tuple[Any, ...], number: int) -> None:
    if api.engine.dialect.name == "postgresql" and arguments[0] == "password":
        number += 1  # The planner is told how to look for words.
    call = getattr(api.kb("alice"), operation)
    for _ in range(2):
        assert api.statements(lambda: call(*arguments)) == number
        for n in range(10):
            add(api, f"Password {n}", folder=SERVERS)


TEXTS = st.text(
    st.one_of(
        st.sampled_from("\"*-+()^:{}<>&|!~\\%_'$@#;,.= \t\n…“”"),
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
        st.sampled_from("password mail AND OR NOT NEAR rest"),
    ),
    max_size=60,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_no_search_text_is_an_error(api: Api, terms: str) -> None:
    good(api.kb("alice").SearchKBArticles(terms, 10, True))
    good(api.chats("alice").GetChatsBySearch([f"SearchString={terms}"]))
