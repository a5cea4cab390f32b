"""Inputs that mean the same in several modules, each with its meaning.

An input of one module is described there, one of a single operation in its signature.
"""

from datetime import datetime
from typing import Annotated

from smartertrack_emu.asmx.declare import Doc, Int16, Int64
from smartertrack_emu.domain.tickets.notes import WORDS

from .names import Field
from .results import ReceivingStatusInfo
from .words import Words

# What an operation is about

TicketId = Annotated[int, Doc("Id of the ticket.")]
TicketNumber = Annotated[str, Doc("Number of the ticket.")]
MessageId = Annotated[Int64, Doc("Id of the message.")]
ChatId = Annotated[int, Doc("Id of the chat.")]
CallLogId = Annotated[int, Doc("Id of the call log.")]
NoteId = Annotated[int, Doc("Id of the note.")]
TimeLogId = Annotated[int, Doc("Id of the time log.")]
UserId = Annotated[int, Doc("Id of the user.")]
AgentUserName = Annotated[str, Doc("User name of the agent it is about.")]
RoleId = Annotated[Int16, Doc("Id of the role.")]
DepartmentId = Annotated[int, Doc("Id of the department, as svcOrganization's GetAllDepartments gives it.")]
GroupId = Annotated[int, Doc("Id of the group, as svcOrganization's GetAllGroups gives it.")]

# Messages and notes

Subject = Annotated[str, Doc("Subject line."), Field("subject")]
Body = Annotated[str, Doc("What the message says.")]
IsHtml = Annotated[bool, Doc("Whether the body is markup rather than plain text.")]
Cc = Annotated[str, Doc("E-mail addresses of those who get a copy."), Field("cc")]
SendEmail = Annotated[bool, Doc("Whether the message is mailed as well.")]
KindOfNote = Annotated[str, Doc("Kind of the note."), Words(*WORDS.values()), Field("kind")]
FileName = Annotated[str, Doc("Name of the file."), Field("name")]

# Handing over

TargetGroupId = Annotated[int, Doc("Id of the group that gets it.")]
TargetAgentId = Annotated[int, Doc("Id of the agent who gets it; 0 leaves it to the group's queue."), Field("agent_id")]
TransferComment = Annotated[str, Doc("Text of a transfer note; none is added if empty.")]
NewStatus = Annotated[str, Doc("Status the ticket gets."), Words("Open", "Waiting", "Closed"), Field("status")]
ReceivingStatuses = Annotated[
    list[ReceivingStatusInfo], Doc("The groups concerned, each with the status it is to have.")
]

# Time logs

WorkSubject = Annotated[str, Doc("What the time was spent on, in a line.")]
WorkDescription = Annotated[str, Doc("What was done.")]
WorkerId = Annotated[int, Doc("Id of the agent who did the work.")]
WorkStart = Annotated[datetime, Doc("When the work began, in UTC.")]
WorkEnd = Annotated[datetime, Doc("When the work ended, in UTC."), Field("ended_at")]
IsBillable = Annotated[bool, Doc("Whether the time can be billed.")]
TimeLogCategoryId = Annotated[int, Doc("Id of the category, as svcOrganization's GetAllTimeLogCategories gives it.")]

# Custom fields, searches

CustomFieldNames = Annotated[list[str], Doc("Display names of the custom fields wanted.")]
CustomFieldValues = Annotated[list[str], Doc("Texts `display name=value`, one a custom field.")]
MaxResults = Annotated[int, Doc("How many to return at most."), Field("max_results")]
