"""Every line that histories show, over HTTP where an operation shows it: the words are ours and stay as they are."""

from __future__ import annotations

import re
from pathlib import Path

from smartertrack_emu.domain.events.history import history
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.store.unit_of_work import reading
from tests.services.api import Api, items
from tests.services.story import MORNING, Item, Story

TOLD = Path(__file__).parents[1] / "data" / "histories.txt"
"""The answers to the story, as they were when histories were stored as sentences."""


def test_histories_say_what_they_always_did(api: Api, tmp_path: Path) -> None:
    story = Story(api, tmp_path)
    story.tell()
    assert told(api, story) == TOLD.read_text(encoding="utf-8")


def told(api: Api, story: Story) -> str:
    """The history of everything in the story, an item a paragraph, its numbers by what the story calls it."""
    paragraphs = ["\n".join([f"# {name}", *_lines(api, item)]) for name, item in story.items.items()]
    text = "\n\n".join(paragraphs) + "\n"
    return re.sub("|".join(story.numbers), lambda found: story.numbers[found[0]], text)


def _lines(api: Api, item: Item) -> list[str]:
    """An item's lines of that day; the seed file's items have earlier ones, at the time of the run."""
    kind, item_id = item
    if kind in (ItemKind.TICKET, ItemKind.CHAT):
        is_ticket = kind is ItemKind.TICKET
        admin = api.tickets("admin") if is_ticket else api.chats("admin")
        answer = admin.GetTicketEventHistory(item_id) if is_ticket else admin.GetChatEventHistory(item_id)
        lines = [(e.Description, e.Details or "", e.EventDateUtc, e.UserTakingAction) for e in items(answer.Events)]
    else:
        with reading(api.engine) as session:
            lines = [(entry[0], entry[1], entry[2], entry[3]) for entry in history(session, kind, item_id)]
    return [f"{at:%H:%M} {who}: {what}: {said}" for what, said, at, who in lines if at.date() == MORNING.date()]
