"""All models in one place: importing this module fills `Base.metadata`."""

from smartertrack_emu.domain.acd.models import AcdEvent, AcdGroupSettings
from smartertrack_emu.domain.across.reports.models import ReportSchedule
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.channels.models import Channel, ChannelMember, ChannelMessage
from smartertrack_emu.domain.chats.models import Chat, ChatMessage, ChatNote, ChatText
from smartertrack_emu.domain.clients.models import Client, ClientDepartment, ClientToken
from smartertrack_emu.domain.customfields.models import (
    ChatFieldValue,
    CustomField,
    CustomFieldOption,
    DepartmentFieldValue,
    FieldTemplate,
    FieldTemplateEntry,
    TicketFieldValue,
    UserFieldValue,
)
from smartertrack_emu.domain.dialler.models import (
    Attempt,
    Campaign,
    Contact,
    ContactNumber,
    DiallerSettings,
    ResultCode,
    ResultText,
)
from smartertrack_emu.domain.events.models import Event, EventAction, EventRule, ItemCount, OutboxEntry
from smartertrack_emu.domain.inbox.models import FetchedMail, IncomingMail
from smartertrack_emu.domain.kb.models import KbArticle, KbFolder, KbFolderRights
from smartertrack_emu.domain.notifications.models import Reminder
from smartertrack_emu.domain.organizations.models import Organization, OrganizationMember
from smartertrack_emu.domain.people.models import EmailVerification, Role, RoleReport, RoleRight, User, UserRole
from smartertrack_emu.domain.spool.accounts import MailAccount
from smartertrack_emu.domain.spool.models import MailTemplate, OutgoingAttachment, OutgoingMail
from smartertrack_emu.domain.structure.engine_settings import EngineSetting
from smartertrack_emu.domain.structure.jobs import JobSetting
from smartertrack_emu.domain.structure.models import Brand, Department, Group, GroupMember, Installation, TransferServer
from smartertrack_emu.domain.structure.texts import CannedReply, NewsItem
from smartertrack_emu.domain.surveys.models import Survey, SurveyOffer
from smartertrack_emu.domain.tasks.models import RecurringTask, Task, TaskNote
from smartertrack_emu.domain.tickets.models import Ticket, TicketMessage, TicketNote, TicketRelation
from smartertrack_emu.domain.tickets.rebalance_rules import RebalanceRule
from smartertrack_emu.domain.timelogs.models import TimeLog, TimeLogCategory
from smartertrack_emu.domain.visitors.models import Invitation, Visitor
from smartertrack_emu.domain.voip.models import LoginHandshake, VoipAccount
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.identity import GreatestId

__all__ = [
    "AcdEvent",
    "AcdGroupSettings",
    "Attachment",
    "Attempt",
    "Base",
    "Brand",
    "CallLog",
    "Campaign",
    "CannedReply",
    "Channel",
    "ChannelMember",
    "ChannelMessage",
    "Chat",
    "ChatFieldValue",
    "ChatMessage",
    "ChatNote",
    "ChatText",
    "Client",
    "ClientDepartment",
    "ClientToken",
    "Contact",
    "ContactNumber",
    "CustomField",
    "CustomFieldOption",
    "Department",
    "DepartmentFieldValue",
    "DiallerSettings",
    "EmailVerification",
    "EngineSetting",
    "Event",
    "EventAction",
    "EventRule",
    "FetchedMail",
    "FieldTemplate",
    "FieldTemplateEntry",
    "GreatestId",
    "Group",
    "GroupMember",
    "IncomingMail",
    "Installation",
    "Invitation",
    "ItemCount",
    "JobSetting",
    "KbArticle",
    "KbFolder",
    "KbFolderRights",
    "LoginHandshake",
    "MailAccount",
    "MailTemplate",
    "NewsItem",
    "Organization",
    "OrganizationMember",
    "OutboxEntry",
    "OutgoingAttachment",
    "OutgoingMail",
    "RebalanceRule",
    "RecurringTask",
    "Reminder",
    "ReportSchedule",
    "ResultCode",
    "ResultText",
    "Role",
    "RoleReport",
    "RoleRight",
    "Survey",
    "SurveyOffer",
    "Task",
    "TaskNote",
    "Ticket",
    "TicketFieldValue",
    "TicketMessage",
    "TicketNote",
    "TicketRelation",
    "TimeLog",
    "TimeLogCategory",
    "TransferServer",
    "User",
    "UserFieldValue",
    "UserRole",
    "Visitor",
    "VoipAccount",
]
