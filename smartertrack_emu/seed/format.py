"""The format of a seed file: one class a kind of entry, the example of every field in docs/seed.md.

An entry's `row` is the table its id is of. What is left out is filled in as docs/seed.md says.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from smartertrack_emu.domain import models
from smartertrack_emu.domain.notifications.models import ReminderCategory
from smartertrack_emu.domain.people.models import AuthenticationType, AvatarSource, BuiltInRole
from smartertrack_emu.domain.structure.models import Distribution, RoundRobin, TicketSubmission
from smartertrack_emu.domain.tickets.rebalance_rules import MOST_TIMES

from .format_entry import Entry, Many, Part, Texts
from .format_items import CallLogEntry, ChatEntry, TaskEntry, TicketEntry
from .format_jtel import JtelPart
from .format_mail import MailAccountEntry, MailTemplateEntry
from .format_recurring import CannedReplyEntry, NewsEntry, RecurringTaskEntry, ReportScheduleEntry
from .values import (
    MAX_ROLE_ID,
    Address,
    AtLeastOne,
    AuthenticationWord,
    AvatarWord,
    CategoryWord,
    Count,
    DistributionWord,
    FieldText,
    FieldTypeWord,
    MemberTypeWord,
    Name,
    QuestionKindWord,
    Ref,
    ReportTitle,
    Required,
    RightWord,
    RoundRobinWord,
    Since,
    SubmissionWord,
    Url,
    When,
)


class InstallationPart(Part):
    """What the installation is called, and its time zone (IANA)."""

    server_name: Name | None = None
    time_zone: Name | None = None


class BrandEntry(Entry):
    """A brand."""

    row = models.Brand
    name: Name


class RoleEntry(Entry):
    """A role beside those that always exist, with what it may do."""

    row = models.Role
    id: int | None = Field(None, ge=1, le=MAX_ROLE_ID)
    name: Name
    employee: bool = False
    rights: Many[RightWord]
    reports: Many[ReportTitle]


class CustomFieldEntry(Entry):
    """A custom field."""

    row = models.CustomField
    name: Name
    type: FieldTypeWord
    options: Many[FieldText]
    default: FieldText = ""
    global_: bool = Field(default=False, alias="global")


class QuestionPart(Part):
    """A question of a survey."""

    kind: QuestionKindWord
    text: Required
    required: bool = False
    weight: Count = 1
    steps: Count = 5
    options: Many[str]


class SurveyEntry(Entry):
    """What customers may be asked when their ticket or chat has ended."""

    row = models.Survey
    name: Name
    header: str = ""
    thank_you: str = ""
    questions: Many[QuestionPart]


class GroupEntry(Entry):
    """A group of the department it stands under."""

    row = models.Group
    name: Name
    signature: str = ""
    extension: str = ""


class TemplateField(Part):
    """A field of a department's tickets or chats."""

    field: Ref
    required_by_users: bool = False
    required_by_agents: bool = False
    required_by_agents_to_close: bool = False
    visible_to_users: bool = True
    visible_to_agents: bool = True


class AutoResponder(Part):
    """The mail that whoever opens a ticket gets."""

    enabled: bool = True
    subject: str = ""
    body: str = ""


class DepartmentEntry(Entry):
    """A department with its groups, the first of them first."""

    row = models.Department
    name: Name
    brand: Ref | None = None
    email: Address = ""
    ticket_submission: SubmissionWord = TicketSubmission.ANONYMOUS
    requires_resolution: bool = False
    groups: Many[GroupEntry]
    ticket_fields: Many[TemplateField]
    chat_fields: Many[TemplateField]
    signature: str = ""
    auto_responder: AutoResponder = AutoResponder()
    auto_close_hours: AtLeastOne | None = None
    auto_close_mail: bool = True
    auto_lock_hours: AtLeastOne | None = None
    auto_delete_days: AtLeastOne | None = None
    auto_delete_call_logs_days: AtLeastOne | None = None
    idle_minutes: AtLeastOne | None = None
    chat_idle_minutes: AtLeastOne | None = None
    closed_tasks_required: bool = False
    new_ticket_role: Ref = int(BuiltInRole.EVERYONE)
    distribution: DistributionWord = Distribution.ROUND_ROBIN
    survey_after_ticket: Ref | None = None
    survey_after_chat: Ref | None = None
    custom_fields: Texts


class Membership(Part):
    """A group that a user is in."""

    group: Ref
    department: Ref | None = None
    tickets: bool = False
    chats: bool = False
    ticket_weight: Count = 1
    chat_weight: Count = 1
    max_tickets: Count | None = None
    max_chats: Count | None = None
    round_robin: RoundRobinWord = RoundRobin.PRIMARY
    idle_logoff_minutes: AtLeastOne | None = None
    idle_hand_off: bool = False
    admin: bool = False


class UserEntry(Entry):
    """Anybody with an account; without a password they cannot log in."""

    row = models.User
    username: Name
    password: str | None = None
    email: Address = ""
    email_verified: bool = True
    display_name: str | None = None
    display_name_for_chat: str = ""
    roles: Many[Ref]
    groups: Many[Membership]
    custom_fields: Texts
    away: bool = False
    language: str = ""
    phone: str = ""
    phone_country_code: str = ""
    phone_extension: str = ""
    signature: str = ""
    force_password_reset: bool = False
    avatar_source: AvatarWord = AvatarSource.NONE
    authentication: AuthenticationWord = AuthenticationType.PASSWORD
    active_directory_domain: str = ""
    time_zone_index: Count = 0
    created: When | None = None
    last_login: When | None = None
    deleted: Since = None


class MemberEntry(Entry):
    """By what somebody counts as an organization's."""

    row = models.OrganizationMember
    type: MemberTypeWord
    value: Required


class OrganizationEntry(Entry):
    """An organization of customers."""

    row = models.Organization
    name: Name
    website: str = ""
    phone: str = ""
    members: Many[MemberEntry]
    created: When | None = None


class TimeLogCategoryEntry(Entry):
    """What time is spent on."""

    row = models.TimeLogCategory
    name: Name
    description: str = ""


class FolderRights(Part):
    """What a role may do in a folder, and in those under it."""

    role: Ref
    create: bool = False
    modify: bool = False
    delete: bool = False
    mark_reviewed: bool = False
    view: bool = False


class ArticleEntry(Entry):
    """An article of the folder it stands under; `body` is HTML."""

    row = models.KbArticle
    subject: Required
    body: str = ""
    summary: str = ""
    keywords: str = ""
    language: str = ""
    private: bool = False
    draft: bool = False
    deleted: bool = False
    flagged_for_review: bool = False
    score: int = Field(default=0, ge=-(2**31), le=2**31 - 1)
    votes: Count = 0
    created: When | None = None
    created_by: Ref | None = None
    modified: When | None = None
    reviewed: When | None = None


class FolderEntry(Entry):
    """A folder with its articles, and the folders in it."""

    row = models.KbFolder
    folder: Required
    private: bool = False
    rights: Many[FolderRights]
    articles: Many[ArticleEntry]
    folders: Many[FolderEntry]


class ReminderEntry(Entry):
    """Something a user is told until they dismiss it."""

    row = models.Reminder
    user: Ref
    category: CategoryWord = ReminderCategory.EVENT
    subject: Required
    body: str = ""
    at: When | None = None
    raised: When | None = None
    snoozed_until: When | None = None
    dismissed: Since = None


class VoipAccountEntry(Entry):
    """A user's SIP account."""

    row = models.VoipAccount
    guid: str | None = Field(None, pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    user: Ref
    department: Ref | None = None
    group: Ref | None = None
    display_name: str = ""
    extension: str = ""
    country_code: str = ""
    phone: str = ""
    sip_server: str = ""
    sip_domain: str = ""
    sip_port: int = Field(5060, ge=1, le=65535)
    sip_auth_name: str = ""
    login: str = ""
    password: str = ""
    stun_server: str = ""
    stun_port: int = Field(3478, ge=1, le=65535)
    max_lines: Count = 1
    allow_record_control: bool = False
    auto_record_calls: bool = False
    available: bool = True


class TransferServerEntry(Entry):
    """Another installation that tickets can be transferred to."""

    row = models.TransferServer
    name: Name
    url: Url
    username: Name
    password: str


class EventRuleEntry(Entry):
    """What is done when an event of a type meets all conditions."""

    row = models.EventRule
    name: Name
    type: int
    conditions: dict[str, Any] = Field(default_factory=dict)
    actions: Many[dict[str, Any]]
    enabled: bool = True


class RebalanceRuleEntry(Entry):
    """A rule by which a group's tickets are evened out among those of its agents who receive tickets."""

    row = models.RebalanceRule
    name: Name
    group: Ref
    department: Ref | None = None
    agents: Many[Ref]
    every_seconds: AtLeastOne | None = None
    at: Annotated[Many[str], Field(max_length=MOST_TIMES)]
    on_activate: bool = False
    on_deactivate: bool = False
    hold_assigned_seconds: Count = 0
    hold_composed_seconds: Count = 0
    hold_read_seconds: Count = 0
    hold_pinned_seconds: Count = 0
    enabled: bool = True


class SeedDocument(Part):
    """A seed file, read and found well-formed; names in it are looked up when it is loaded."""

    installation: InstallationPart = InstallationPart()
    brands: Many[BrandEntry]
    roles: Many[RoleEntry]
    custom_fields: Many[CustomFieldEntry]
    surveys: Many[SurveyEntry]
    departments: Many[DepartmentEntry]
    users: Many[UserEntry]
    rebalance_rules: Many[RebalanceRuleEntry]
    organizations: Many[OrganizationEntry]
    time_log_categories: Many[TimeLogCategoryEntry]
    knowledge_base: Many[FolderEntry]
    tickets: Many[TicketEntry]
    chats: Many[ChatEntry]
    call_logs: Many[CallLogEntry]
    tasks: Many[TaskEntry]
    reminders: Many[ReminderEntry]
    voip_accounts: Many[VoipAccountEntry]
    transfer_servers: Many[TransferServerEntry]
    mail_accounts: Many[MailAccountEntry]
    mail_templates: Many[MailTemplateEntry]
    event_rules: Many[EventRuleEntry]
    recurring_tasks: Many[RecurringTaskEntry]
    canned_replies: Many[CannedReplyEntry]
    news: Many[NewsEntry]
    report_schedules: Many[ReportScheduleEntry]
    jtel: JtelPart = JtelPart.model_validate({})
