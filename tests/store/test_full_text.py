"""The search indexes follow their tables: whatever writes, on both databases. Ours."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update

from smartertrack_emu.domain.chats.models import Chat, ChatMessage, ChatText, SenderKind
from smartertrack_emu.domain.kb.models import KbArticle, KbFolder
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.models import QUEUE_ID
from smartertrack_emu.store import full_text, migrate
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import reading, writing


@pytest.fixture
def helpdesk(engine: Engine) -> Engine:
    """A new installation."""
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None)
        session.add(KbFolder(name="All"))
    return engine


def chat(**more: object) -> Chat:
    given = {"number": "0AF-24F24A57-000E", "brand_id": 1, "department_id": 1, "group_id": 1, "agent_id": QUEUE_ID}
    return Chat(**given, customer_name="Zoë Zander", customer_email="Zoe@example.com", **more)


def words_of_chat(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        return [(row.heading, row.said) for row in session.execute(select(ChatText.heading, ChatText.said))]


def has(engine: Engine, table: str, word: str) -> bool:
    with reading(engine) as session:
        if engine.dialect.name == "sqlite":
            fts = full_text.fts_name(table)
            return bool(session.execute(text(f"SELECT rowid FROM {fts} WHERE {fts} MATCH '\"{word}\"'")).all())
        return bool(session.execute(text(f"SELECT 1 FROM {table} WHERE search_vector @@ '''{word}'''")).all())


def test_articles(helpdesk: Engine) -> None:
    with writing(helpdesk) as session:
        session.add(KbArticle(folder_id=1, subject="Öffnen", body="<p>Body&nbsp;text</p>", keywords="k1, k2"))
        session.flush()
        session.execute(insert(KbArticle), [{"folder_id": 1, "subject": "Plain insert"}])
    with reading(helpdesk) as session:
        article = session.get_one(KbArticle, 1)
        assert (article.subject_words, article.keyword_words) == ("offnen", "k1 k2")
        assert (article.body_words, article.body_text.split()) == ("body text", ["Body", "text"])
    for word in ("offnen", "k2", "text", "plain"):
        assert has(helpdesk, "kb_articles", word)
    with writing(helpdesk) as session:
        session.get_one(KbArticle, 1).body = "<p>Another</p>"
    assert not has(helpdesk, "kb_articles", "text")
    assert has(helpdesk, "kb_articles", "another")
    with writing(helpdesk) as session:
        session.execute(delete(KbArticle))
    assert not has(helpdesk, "kb_articles", "another")


def test_chats(helpdesk: Engine) -> None:
    with writing(helpdesk) as session:
        session.add(chat(id=1))
        session.flush()
        session.add(ChatMessage(chat_id=1, sender_kind=SenderKind.USER, body="Hello, Wörld!"))
        session.flush()
        session.execute(insert(ChatMessage), [{"chat_id": 1, "sender_kind": SenderKind.AGENT, "body": "Bye"}])
    heading = "0af 24f24a57 000e ¶ zoe zander ¶ zoe example com"
    assert words_of_chat(helpdesk) == [(heading, " ¶ hello world ¶ bye")]
    for word in ("24f24a57", "zander", "world", "bye"):
        assert has(helpdesk, "chat_texts", word)
    with writing(helpdesk) as session:
        session.get_one(Chat, 1).customer_name = "Yvonne"
        session.execute(update(Chat).values(is_active=False))
    assert not has(helpdesk, "chat_texts", "zander")
    assert has(helpdesk, "chat_texts", "yvonne")
    with writing(helpdesk) as session:
        session.execute(delete(Chat))
    assert words_of_chat(helpdesk) == []
    assert not has(helpdesk, "chat_texts", "world")


def test_a_rollback_takes_the_words_back(helpdesk: Engine) -> None:
    def fail() -> None:
        with writing(helpdesk) as session:
            session.add(KbArticle(folder_id=1, subject="Zeppelin"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not has(helpdesk, "kb_articles", "zeppelin")


def test_a_long_chat_stays_within_what_a_vector_holds(helpdesk: Engine) -> None:
    with writing(helpdesk) as session:
        session.add(chat(id=1))
        session.flush()
        for part in range(5):
            body = " ".join(f"wört{part}x{number}" for number in range(30_000))
            session.add(ChatMessage(chat_id=1, sender_kind=SenderKind.USER, body=body))
            session.flush()
    assert has(helpdesk, "chat_texts", "wort0x5")


@pytest.fixture
def before(empty_database_url: str) -> Iterator[Engine]:
    """A database as it was before there was a search, with an article and a chat."""
    engine = create_engine(empty_database_url, synchronous="OFF")
    migrate.upgrade(engine)
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None)
        session.add(KbFolder(name="All"))
        session.flush()
        session.add(KbArticle(folder_id=1, subject="Öffnen", body="<p>Body text</p>", keywords="k1"))
        session.add(chat(id=1))
        session.flush()
        session.add(ChatMessage(chat_id=1, sender_kind=SenderKind.USER, body="Hello, Wörld!"))
        session.flush()
        session.add(ChatMessage(chat_id=1, sender_kind=SenderKind.AGENT, body="Bye"))
    migrate.downgrade(engine, "0004")
    yield engine
    engine.dispose()


def test_the_migration_indexes_what_is_there(before: Engine) -> None:
    migrate.upgrade(before)
    for word in ("offnen", "k1", "text"):
        assert has(before, "kb_articles", word)
    assert words_of_chat(before) == [
        ("0af 24f24a57 000e ¶ zoe zander ¶ zoe example com", " ¶ hello world ¶ bye"),
    ]
    assert has(before, "chat_texts", "world")
    with reading(before) as session:
        assert session.scalar(select(KbArticle.body_text)) == "Body text"
