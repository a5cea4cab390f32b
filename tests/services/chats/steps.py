"""What tests of chats do before what they are about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, update

from smartertrack_emu.domain.models import Chat
from smartertrack_emu.store.unit_of_work import writing
from tests.services.api import Api, items

ALICE, BOB, CAROL, MARY, CUSTOMER = 4, 5, 6, 7, 8
LEVEL_1, LEVEL_2, SALES = 1, 2, 3
ACTIVE, WAITING, ENDED = 1, 2, 3
"""The seed file's chats: alice's, the queue's, and carol's, which is over."""
NOBODYS = 999


def good(answer: Any) -> Any:
    """Return the answer of a call that succeeded."""
    assert (answer.Result, answer.ResultCode) == (True, 0), answer.Message
    return answer


def refused(answer: Any, code: int, *words: str) -> Any:
    """Return the answer of a call that was refused with this code, in a sentence with these words."""
    assert (answer.Result, answer.ResultCode) == (False, code), answer.Message
    for word in words:
        assert word in answer.Message
    return answer


def events(api: Api, chat: int) -> list[str]:
    """Return the descriptions of a chat's history."""
    return [event.Description for event in items(good(api.chats("admin").GetChatEventHistory(chat)).Events)]


def delete_chat(engine: Engine, chat: int) -> None:
    """Mark a chat as deleted, which no operation does."""
    with writing(engine) as session:
        session.execute(update(Chat).where(Chat.id == chat).values(is_deleted=True))
