"""Every right that the eleven permission operations name, and what the built-in roles have out of the box.

The names are documented; the defaults are ours. Reports are allowed one by one and stand in `role_reports`; the
management area knows no rights (its operation is obsolete and has no effect).
"""

from enum import StrEnum


class Area(StrEnum):
    """What a permission operation is about: its list replaces the rights of one area."""

    KB = "kb"
    NEWS = "news"
    TICKETS = "tickets"
    TASKS = "tasks"
    CALL_LOGS = "calllogs"
    WHOS_ON = "whoson"
    EVENTS = "events"
    DISTRIBUTION = "distribution"
    LIVE_CHAT = "livechat"


class Right(StrEnum):
    """One thing a role may do. Each names its operations alone: to modify one need not be allowed to view."""

    KB_CREATE = "kb.create"
    KB_MODIFY = "kb.modify"
    KB_DELETE = "kb.delete"
    KB_MARK_REVIEWED = "kb.mark_reviewed"
    KB_VIEW = "kb.view"
    NEWS_CREATE = "news.create"
    NEWS_MODIFY = "news.modify"
    NEWS_DELETE = "news.delete"
    NEWS_MARK_REVIEWED = "news.mark_reviewed"
    NEWS_VIEW = "news.view"
    TICKETS_MARK_AS_DELETED = "tickets.mark_as_deleted"
    TICKETS_VIEW_QUEUE = "tickets.view_queue"
    TASKS_CREATE = "tasks.create"
    TASKS_MODIFY = "tasks.modify"
    TASKS_DELETE = "tasks.delete"
    TASKS_VIEW = "tasks.view"
    TASKS_CHANGE_DATES = "tasks.change_dates"
    CALL_LOGS_CREATE = "calllogs.create"
    CALL_LOGS_MODIFY = "calllogs.modify"
    CALL_LOGS_DELETE = "calllogs.delete"
    CALL_LOGS_VIEW = "calllogs.view"
    WHOS_ON_VIEW = "whoson.view"
    EVENTS_MANAGE = "events.manage"
    DISTRIBUTION_TRANSFER = "distribution.transfer"
    DISTRIBUTION_AGENT_TRANSFER = "distribution.agent_transfer"
    DISTRIBUTION_AGENT_STATUS = "distribution.agent_status"
    LIVE_CHAT_INSTANT_MESSAGES = "livechat.instant_messages"
    LIVE_CHAT_CHAT_ROOMS = "livechat.chat_rooms"
    LIVE_CHAT_CREATE_CHAT_ROOMS = "livechat.create_chat_rooms"
    LIVE_CHAT_VIEW_QUEUE = "livechat.view_queue"

    @property
    def area(self) -> Area:
        """The area it belongs to."""
        return Area(self.value.partition(".")[0])


def rights_of(area: Area) -> tuple[Right, ...]:
    """The rights of an area, in documented order."""
    return tuple(right for right in Right if right.area is area)


ALL_RIGHTS: frozenset[Right] = frozenset(Right)
"""What a System Administrator has, whatever is stored: their rights cannot be reduced."""

EVERYONES_RIGHTS: frozenset[Right] = frozenset({Right.KB_VIEW, Right.NEWS_VIEW})
"""What all users have out of the box: they read, and privacy says what."""

AGENTS_RIGHTS: frozenset[Right] = ALL_RIGHTS - {
    Right.CALL_LOGS_DELETE,
    Right.TASKS_DELETE,
    Right.TICKETS_MARK_AS_DELETED,
    Right.KB_DELETE,
    Right.KB_CREATE,
    Right.KB_MODIFY,
    Right.KB_MARK_REVIEWED,
}
"""What agents have out of the box: all but deleting call logs, tasks, tickets and articles, and writing articles."""
