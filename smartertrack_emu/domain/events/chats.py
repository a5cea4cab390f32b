"""Events of chats. Numbers, titles and arguments are documented; words and numbers from x900 on are ours."""

from collections.abc import Sequence
from typing import NamedTuple

from .arguments import CHAT, COMMENT, LINE, OLD_PLACE, TIME_LOG
from .declaring import event
from .words import CustomFieldChange, Reason, Standing, time_logged


@event(511000, "Live Chat Started", CHAT)
class LiveChatStarted(NamedTuple):
    """A chat began; `agent_id` None: it waits in the group's queue."""

    chat_id: int
    customer_name: str
    group_id: int
    agent_id: int | None
    agent_name: str

    def describe(self) -> str:
        """`By Casey; assigned to Alice (4).`."""
        if self.agent_id is None:
            return f"By {self.customer_name}; in the queue of group {self.group_id}."
        return f"By {self.customer_name}; assigned to {self.agent_name} ({self.agent_id})."


@event(511001, "Live Chat Ended", CHAT)
class LiveChatEnded(NamedTuple):
    """A chat ended: an agent closed it, or the customer, whose name is given, left."""

    chat_id: int
    left_by: str = ""

    def describe(self) -> str:
        """`Left by Casey.`."""
        return f"Left by {self.left_by}." if self.left_by else ""


@event(511002, "Live Chat Transferred", CHAT, *OLD_PLACE)
class LiveChatTransferred(NamedTuple):
    """A chat's group or agent changed."""

    chat_id: int
    old_department_name: str = ""
    old_group_name: str = ""
    old_agent_username: str = ""
    before: Standing | None = None
    after: Standing | None = None
    reason: str = ""

    def describe(self) -> str:
        """`From group Level 1 (1), agent Alice (4) to group Level 2 (2), the queue.`."""
        if self.reason == Reason.AGENT_DELETED or self.before is None or self.after is None:
            return "To the queue: the agent was deleted"
        before, after = Standing(*self.before), Standing(*self.after)
        if self.reason == Reason.HANDED_OFF:
            return f"Handed off by {before.agent_name} to the queue of group {after.group_id}."
        return f"From {before.words()} to {after.words()}."


@event(511003, "Live Chat Deleted", CHAT)
class LiveChatDeleted(NamedTuple):
    """A chat was marked as deleted."""

    chat_id: int


@event(511004, "Live Chat Attached To Ticket", CHAT, "ticketNumber", in_history=False)
class LiveChatAttachedToTicket(NamedTuple):
    """A chat was related to a ticket; its history says so by `LiveChatChanged`."""

    chat_id: int
    ticket_number: str


@event(511005, "Live Chat Detached From Ticket", CHAT, "ticketNumber")
class LiveChatDetachedFromTicket(NamedTuple):
    """A chat is related to a ticket no more."""

    chat_id: int
    ticket_number: str


@event(511006, "Live Chat Incoming Message", CHAT, LINE, in_history=False)
class LiveChatIncomingMessage(NamedTuple):
    """The customer said something."""

    chat_id: int
    message_id: int


@event(511007, "Live Chat Outgoing Message", CHAT, LINE, in_history=False)
class LiveChatOutgoingMessage(NamedTuple):
    """An agent said something."""

    chat_id: int
    message_id: int


@event(511008, "Live Chat Idle", CHAT, "idleMinutes")
class LiveChatIdle(NamedTuple):
    """The customer's last line waits for an answer longer than the department allows: once, until somebody answers."""

    chat_id: int
    idle_minutes: int


@event(511009, "Live Chat Department Count", "departmentName", "count", "oldCount")
class LiveChatDepartmentCount(NamedTuple):
    """A department has another number of active chats than when they were counted last."""

    department_name: str
    count_: int
    old_count: int


@event(511010, "Live Chat Group Count", "groupName", "count", "oldCount")
class LiveChatGroupCount(NamedTuple):
    """A group has another number of active chats than when they were counted last."""

    group_name: str
    count_: int
    old_count: int


@event(511011, "Live Chat Agent Count", "agentUsername", "count", "oldCount")
class LiveChatAgentCount(NamedTuple):
    """An agent, or the queue, has another number of active chats than when they were counted last."""

    agent_username: str
    count_: int
    old_count: int


@event(511012, "Live Chat Comment Added", CHAT, COMMENT)
class LiveChatCommentAdded(NamedTuple):
    """A note of any kind was added to a chat."""

    chat_id: int
    note_id: int
    comment_type: str

    def describe(self) -> str:
        """`Transfer note 5.`."""
        return f"{self.comment_type} {self.note_id}."


@event(511013, "Live Chat Time Log Created", CHAT, TIME_LOG)
class LiveChatTimeLogCreated(NamedTuple):
    """Time was logged on a chat."""

    chat_id: int
    time_log_id: int
    minutes: int

    def describe(self) -> str:
        """`Time log 5: 30 minutes`."""
        return time_logged(self.time_log_id, self.minutes)


@event(511900, "Live Chat Comment Edited")
class LiveChatCommentEdited(NamedTuple):
    """A note's text, or its kind, changed."""

    chat_id: int
    note_id: int
    old_comment_type: str
    comment_type: str

    def describe(self) -> str:
        """`Note 5.`."""
        return f"Note {self.note_id}."


@event(511901, "Live Chat Changed")
class LiveChatChanged(NamedTuple):
    """Custom fields of a chat got other values, or it was related to a ticket."""

    chat_id: int
    custom_fields: Sequence[CustomFieldChange] = ()
    related_ticket_id: int | None = None

    def describe(self) -> str:
        """`Account: 'Old' to 'New'`."""
        if self.related_ticket_id is not None:
            return f"Related to ticket {self.related_ticket_id}."
        return "; ".join(f"{name}: {before!r} to {after!r}" for name, before, after in self.custom_fields)


@event(511902, "Live Chat Attachment Added")
class LiveChatAttachmentAdded(NamedTuple):
    """A file of `length` bytes was sent in a chat."""

    chat_id: int
    file_name: str
    length: int

    def describe(self) -> str:
        """`fire.txt: 40 bytes.`."""
        return f"{self.file_name}: {self.length} bytes."
