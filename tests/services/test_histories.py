"""Every line that histories show, over HTTP where an operation shows it: the words are ours and stay as they are."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import select

from smartertrack_emu.domain.events.declaring import NOT_IN_HISTORY, TYPES, type_of
from smartertrack_emu.domain.events.history import history
from smartertrack_emu.domain.events.publishing import read
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import Event
from smartertrack_emu.store.unit_of_work import reading
from tests.services.api import Api, items
from tests.services.story import MORNING, Item, Story
from tools.outcomes import fired_events

DATA = Path(__file__).parents[1] / "data"
TOLD = DATA / "histories.txt"
"""The answers to the story, as they were when histories were stored as sentences."""
STORED = DATA / "events.txt"
"""What is stored of the same story: a later version reads it and says the same."""


def test_histories_say_what_they_always_did(api: Api, tmp_path: Path) -> None:
    story = Story(api, tmp_path)
    story.tell()
    assert told(api, story) == TOLD.read_text(encoding="utf-8")
    assert stored(api, story) == STORED.read_text(encoding="utf-8")


def told(api: Api, story: Story) -> str:
    """The history of everything in the story, an item a paragraph, its numbers by what the story calls it."""
    paragraphs = ["\n".join([f"# {name}", *_lines(api, item)]) for name, item in story.items.items()]
    return _named(story, "\n\n".join(paragraphs))


def stored(api: Api, story: Story) -> str:
    """The events of the story as they are stored, in the same paragraphs."""
    paragraphs = []
    with reading(api.engine) as session:
        for name, (kind, item_id) in story.items.items():
            rows = session.execute(
                select(Event.event_id, Event.arguments, Event.happened_at)
                .where(Event.item_kind == kind, Event.item_id == item_id, Event.event_id.not_in(NOT_IN_HISTORY))
                .order_by(Event.happened_at, Event.id)
            )
            lines = [f"{number} {arguments}" for number, arguments, at in rows if at.date() == MORNING.date()]
            paragraphs.append("\n".join([f"# {name}", *lines]))
    return _named(story, "\n\n".join(paragraphs))


def _named(story: Story, text: str) -> str:
    return re.sub("|".join(story.numbers), lambda found: story.numbers[found[0]], text) + "\n"


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


def _recorded(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def test_what_was_stored_is_read_by_every_later_version() -> None:
    for line, said in zip(_recorded(STORED), _recorded(TOLD), strict=True):
        number, _, arguments = line.partition(" ")
        declared = TYPES[int(number)]
        event = read(declared, 1, arguments)
        assert said.partition(": ")[2] == f"{type_of(event).title}: {declared.describe(event)}"


ELSEWHERE = {
    "AgentLiveChatStatusChanged",
    "AgentTicketStatusChanged",
    "CallLogDetachedFromTicket",
    "ChatChannelInvited",
    "ChatChannelJoined",
    "ChatChannelLeft",
    "KBArticleCreated",
    "KBArticleDeleted",
    "KBArticleFlaggedForReview",
    "KBArticleMarkedAsReviewed",
    "KBArticleModified",
    "KBArticleStale",
    "LiveChatAgentCount",
    "LiveChatAttachedToTicket",
    "LiveChatDeleted",
    "LiveChatDepartmentCount",
    "LiveChatDetachedFromTicket",
    "LiveChatGroupCount",
    "LiveChatIdle",
    "LiveChatIncomingMessage",
    "LiveChatOutgoingMessage",
    "PopConnectionFailed",
    "PopDownloadFailed",
    "PopImportFailed",
    "PopLoginFailed",
    "SmtpConnectionFailed",
    "SmtpDeliveryFailed",
    "SmtpLoginFailed",
    "SurveyAnswered",
    "SurveyOffered",
    "TaskCommentAdded",
    "TaskDue",
    "TaskStarted",
    "TicketCountAgent",
    "TicketCountDepartment",
    "TicketCountGroup",
    "TicketIdle",
    "TicketMailSuppressed",
    "TicketRelatedItemRemoved",
    "WhosOnChatAccepted",
    "WhosOnChatInviteIgnored",
    "WhosOnChatInviteRejected",
    "WhosOnChatInvited",
    "WhosOnOnlineActivity",
    "WhosOnVisitorPurged",
    "WhosOnVisitorRemoved",
}
"""What the control API and jobs do, and what no history shows: tests/control has all of these."""


def test_the_story_has_every_event_that_the_services_fire() -> None:
    fired = {name for name, by in fired_events().items() if by == "yes"}
    assert fired >= ELSEWHERE
    assert fired - ELSEWHERE == {TYPES[int(line.partition(" ")[0])].event.__name__ for line in _recorded(STORED)}
