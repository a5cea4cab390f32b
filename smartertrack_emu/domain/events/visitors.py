"""Events of visitors of web pages, which the product calls Who's On. Numbers, titles and arguments are documented."""

from typing import NamedTuple

from .arguments import VISITOR
from .declaring import event


@event(503001, "WhosOn Chat Accepted", VISITOR, "message")
class WhosOnChatAccepted(NamedTuple):
    """A visitor accepted the invitation to a chat."""

    visitor_id: int
    message: str


@event(503002, "WhosOn Chat Invited", VISITOR, "message")
class WhosOnChatInvited(NamedTuple):
    """A visitor was invited to a chat."""

    visitor_id: int
    message: str


@event(503003, "WhosOn Chat Invite Rejected", VISITOR, "message")
class WhosOnChatInviteRejected(NamedTuple):
    """A visitor rejected the invitation to a chat."""

    visitor_id: int
    message: str


@event(503004, "WhosOn Chat Invite Ignored", VISITOR, "message")
class WhosOnChatInviteIgnored(NamedTuple):
    """A visitor did not answer the invitation to a chat in time."""

    visitor_id: int
    message: str


@event(503005, "WhosOn Visitor Removed", VISITOR, "message")
class WhosOnVisitorRemoved(NamedTuple):
    """A visitor was idle for long, or an agent removed them."""

    visitor_id: int
    message: str = ""


@event(503006, "WhosOn Visitor Purged", VISITOR, "message")
class WhosOnVisitorPurged(NamedTuple):
    """A visitor who had been removed is forgotten."""

    visitor_id: int
    message: str = ""


@event(503007, "WhosOn Online Activity", VISITOR, "message")
class WhosOnOnlineActivity(NamedTuple):
    """A visitor opened a page."""

    visitor_id: int
    message: str = ""
