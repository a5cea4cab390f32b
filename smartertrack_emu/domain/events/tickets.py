"""Events of tickets. Numbers, titles and arguments are documented; words and numbers from x900 on are ours."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from smartertrack_emu.domain.kinds import WORDS, ItemKind, Priority
from smartertrack_emu.domain.naming import shown

from .arguments import MESSAGE, NOTE, OLD_PLACE, TICKET, TIME_LOG
from .declaring import event
from .words import CustomFieldChange, Reason, Standing, Value, changed, moment, time_logged


@event(502000, "Ticket Created", TICKET)
class TicketCreated(NamedTuple):
    """A ticket was opened, by whatever way; `agent_id` None: it went into the queue."""

    ticket_id: int
    is_outbound: bool
    department_id: int
    group_id: int
    agent_id: int | None
    agent_name: str

    def describe(self) -> str:
        """`Inbound; department 1, group 2, assigned to Alice (4).`."""
        way = "Outbound" if self.is_outbound else "Inbound"
        agent = "the queue" if self.agent_id is None else f"{self.agent_name} ({self.agent_id})"
        return f"{way}; department {self.department_id}, group {self.group_id}, assigned to {agent}."


@event(502001, "Ticket Transferred", TICKET, *OLD_PLACE, "comment")
class TicketTransferred(NamedTuple):
    """A ticket's group or agent changed, or a ticket went to another installation.

    `server` is that installation's name, `elsewhere` the number that the ticket has there.
    """

    ticket_id: int
    old_department_name: str = ""
    old_group_name: str = ""
    old_agent_username: str = ""
    comment: str = ""
    before: Standing | None = None
    after: Standing | None = None
    reason: str = ""
    server: str = ""
    elsewhere: str = ""

    def describe(self) -> str:
        """`From group Level 1 (1), agent Alice (4) to group Level 2 (2), the queue.`."""
        if self.server:
            return f"Transferred to {self.server}, where it is ticket {self.elsewhere}."
        if self.reason == Reason.AGENT_DELETED or self.before is None or self.after is None:
            return "To the queue: the agent was deleted"
        before, after = Standing(*self.before), Standing(*self.after)
        if self.reason == Reason.AGENT_GONE:
            return f"To the queue: the agent {before.agent_name} ({before.agent_id}) was deleted."
        if self.reason == Reason.HANDED_OFF:
            return f"Handed off: from {before.words()} to its queue."
        return f"From {before.words()} to {after.words()}."


@event(502002, "Ticket Status Changed", TICKET, "oldStatus")
class TicketStatusChanged(NamedTuple):
    """A ticket got another status; both are words: Open, Waiting, Closed, Closed and Locked."""

    ticket_id: int
    old_status: str
    status: str

    def describe(self) -> str:
        """`Status: from Open to Waiting.`."""
        return f"Status: from {self.old_status} to {self.status}."


@event(502003, "Ticket Priority Changed", TICKET, "oldPriority")
class TicketPriorityChanged(NamedTuple):
    """A ticket got another priority; both are words: Low, Normal, High, Urgent."""

    ticket_id: int
    old_priority: str
    priority: str

    def describe(self) -> str:
        """`TicketPriorityID: from 2 to 4.`."""
        return changed("TicketPriorityID", Priority.called(self.old_priority), Priority.called(self.priority))


@event(502004, "Ticket Deleted", TICKET.but("body"))
class TicketDeleted(NamedTuple):
    """A ticket was marked as deleted."""

    ticket_id: int


@event(502005, "Ticket Comment Added", TICKET, NOTE)
class TicketCommentAdded(NamedTuple):
    """A note of any kind was added to a ticket."""

    ticket_id: int
    note_id: int
    comment_type: str

    def describe(self) -> str:
        """`Resolution 5.`."""
        return f"{self.comment_type} {self.note_id}."


def _between(message_id: int, sender: str, recipient: str) -> str:
    return f"Message {message_id} from {sender or 'an unknown sender'} to {recipient or 'nobody'}."


@event(502006, "Ticket Message Sent", TICKET, MESSAGE)
class TicketMessageSent(NamedTuple):
    """A message to the customer was added to a ticket after its first."""

    ticket_id: int
    message_id: int
    sender: str
    recipient: str

    def describe(self) -> str:
        """`Message 5 from Alice (alice@acme.example) to Casey (casey@example.com).`."""
        return _between(self.message_id, self.sender, self.recipient)


@event(502007, "Ticket Message Received", TICKET, MESSAGE)
class TicketMessageReceived(NamedTuple):
    """A message from the customer was added to a ticket after its first.

    The product's list leaves this number out; its help pages name the event.
    """

    ticket_id: int
    message_id: int
    sender: str
    recipient: str

    def describe(self) -> str:
        """As of a message sent."""
        return _between(self.message_id, self.sender, self.recipient)


@event(502008, "Ticket Idle", TICKET, "idleMinutes")
class TicketIdle(NamedTuple):
    """Nothing happened to an open ticket for as long as its department allows: once, until something happens."""

    ticket_id: int
    idle_minutes: int


@event(502009, "Ticket Count Department", "departmentName", "count", "oldCount")
class TicketCountDepartment(NamedTuple):
    """A department has another number of active tickets than when they were counted last."""

    department_name: str
    count_: int
    old_count: int


@event(502010, "Ticket Count Group", "groupName", "count", "oldCount")
class TicketCountGroup(NamedTuple):
    """A group has another number of active tickets than when they were counted last."""

    group_name: str
    count_: int
    old_count: int


@event(502011, "Ticket Count Agent", "agentUsername", "count", "oldCount")
class TicketCountAgent(NamedTuple):
    """An agent, or the queue, has another number of active tickets than when they were counted last."""

    agent_username: str
    count_: int
    old_count: int


@event(502012, "Ticket Follow Up Scheduled", TICKET, "followUpDate", "comment")
class TicketFollowUpScheduled(NamedTuple):
    """A ticket was marked for follow-up, or for another date than it was."""

    ticket_id: int
    follow_up_date: datetime
    comment: str = ""
    old_follow_up_date: datetime | None = None

    def describe(self) -> str:
        """`For 2024-05-03 09:30 UTC.`."""
        if self.old_follow_up_date is None:
            return f"For {moment(self.follow_up_date)}."
        return changed("FollowUpDate", self.old_follow_up_date, self.follow_up_date)


@event(502013, "Ticket Followed Up", TICKET, "followUpDate", "comment")
class TicketFollowedUp(NamedTuple):
    """The mark for follow-up was taken off a ticket; the date is the one it had."""

    ticket_id: int
    follow_up_date: datetime
    comment: str = ""

    def describe(self) -> str:
        """`It was due 2024-05-03 09:30 UTC.`."""
        return f"It was due {moment(self.follow_up_date)}."


@event(502014, "Ticket Time Log Created", TICKET, TIME_LOG)
class TicketTimeLogCreated(NamedTuple):
    """Time was logged on a ticket."""

    ticket_id: int
    time_log_id: int
    minutes: int

    def describe(self) -> str:
        """`Time log 5: 30 minutes`."""
        return time_logged(self.time_log_id, self.minutes)


@event(502901, "Ticket Changed")
class TicketChanged(NamedTuple):
    """A property of a ticket got another value, or some of its custom fields did."""

    ticket_id: int
    name: str = ""
    old_value: Value = None
    value: Value = None
    custom_fields: Sequence[CustomFieldChange] = ()

    def describe(self) -> str:
        """`Subject: from 'Old' to 'New'.`."""
        if self.name:
            return changed(self.name, self.old_value, self.value)
        return f"{'; '.join(f'{name}: {shown(old)} to {shown(new)}' for name, old, new in self.custom_fields)}."


@event(502902, "Ticket Restored")
class TicketRestored(NamedTuple):
    """The mark of deletion was taken off a ticket."""

    ticket_id: int


@event(502903, "Ticket Attachment Added")
class TicketAttachmentAdded(NamedTuple):
    """A file of `length` bytes, or the beginning of one, was attached to a ticket."""

    ticket_id: int
    file_name: str
    length: int

    def describe(self) -> str:
        """`fire.txt (40 bytes)`."""
        return f"{self.file_name} ({self.length} bytes)"


@event(502904, "Ticket Related Item Added")
class TicketRelatedItemAdded(NamedTuple):
    """A ticket was related to a ticket, chat or call log."""

    ticket_id: int
    related_kind: str
    related_id: int

    def describe(self) -> str:
        """`Related to call log 5.`."""
        return f"Related to {WORDS[ItemKind(self.related_kind)]} {self.related_id}."


@event(502905, "Ticket Comment Edited")
class TicketCommentEdited(NamedTuple):
    """A note's text changed, its kind, or the ticket it belongs to; kinds by their words, tickets by their numbers."""

    ticket_id: int
    note_id: int
    is_other_text: bool
    old_comment_type: str
    comment_type: str
    old_ticket_number: str
    ticket_number: str

    def describe(self) -> str:
        """`Note 5 edited: text, kind from Note to Resolution.`."""
        said = ["text"] if self.is_other_text else []
        if self.comment_type != self.old_comment_type:
            said.append(f"kind from {self.old_comment_type} to {self.comment_type}")
        if self.ticket_number != self.old_ticket_number:
            said.append(f"ticket from {self.old_ticket_number} to {self.ticket_number}")
        return f"Note {self.note_id} edited: {', '.join(said)}."


@event(502906, "Ticket Related Item Removed")
class TicketRelatedItemRemoved(NamedTuple):
    """A ticket is related to a ticket, chat or call log no more."""

    ticket_id: int
    related_kind: str
    related_id: int

    def describe(self) -> str:
        """`No longer related to call log 5.`."""
        return f"No longer related to {WORDS[ItemKind(self.related_kind)]} {self.related_id}."


@event(502907, "Ticket Mail Suppressed")
class TicketMailSuppressed(NamedTuple):
    """A mail that goes out by itself was kept back, so that two machines do not answer each other for ever."""

    ticket_id: int
    template: str
    address: str
    reason: str

    def describe(self) -> str:
        """`auto-responder to 'a@example.com' was not sent: on the blacklist.`."""
        return f"{self.template} to {shown(self.address)} was not sent: {self.reason}."
