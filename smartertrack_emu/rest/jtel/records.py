"""The records of the jtel dialect: their members in the contract's order, and what the domain calls each."""

from __future__ import annotations

from typing import Any

from smartertrack_emu.rest.declaring import NO_CONSTANT, Member, Record

_Given = tuple[str, ...]


def _members(text: str, constants: dict[str, Any]) -> list[Member]:
    """Read members: one a line, `Name Type column`, where a type with ? may be null and a constant has no column."""
    members = []
    for line in text.strip().splitlines():
        name, kind, *column = line.split()
        members.append(
            Member(
                name,
                kind.rstrip("?"),
                nullable=kind.endswith("?"),
                column=column[0] if column else "",
                constant=NO_CONSTANT if column else constants.get(name),
            )
        )
    return members


_CONSTANT = [Member("ShortText", "String", column="short_text"), Member("ID", "Integer", column="id")]
ACD_EVENT_TYPE = Record("AcdEventType", "A kind of ACD event.", _CONSTANT)
ACD_EVENT_STATUS = Record("AcdEventStatus", "Where an ACD event stands.", _CONSTANT)

_ACD_EVENT = _members(
    """
    SkillsValue2 Integer?
    SkillsValue1 Integer?
    ChatConnectorsID Integer? chat_connector_id
    UserData String? user_data
    ID Integer id
    ClientsID Integer client_id
    AcdEventTypesID Integer type
    AcdGroupsID Integer group_id
    AcdConfigurationGroupsID Integer? configuration_group_id
    AcdAgentGroupsID Integer? agent_group_id
    UsersID Integer? user_id
    Sender String sender
    Receiver String? receiver
    Subject String subject
    Body String? body
    CrmURL String? crm_url
    nPriority Integer priority
    dtAppointment DateTime? appointment_at
    dtCreated DateTime created_at
    dtDone DateTime? done_at
    TicketsID Integer? ticket_id
    TicketsNumber String? ticket_number
    ChatsID Integer? chat_id
    ChatsNumber String? chat_number
    AcdEventStatusID Integer status
    dtLastModified DateTime modified_at
    """,
    {},
)
_ACD_EVENT.insert(-2, Member("Result_", "String", column="result", optional=True))
ACD_EVENT = Record("AcdEvent", "A ticket or a chat as the ACD sees it.", _ACD_EVENT)

ACD_GROUP = Record(
    "AcdGroup",
    "A group.",
    _members(
        """
        QueueMusicID4Sec Integer
        SupervisorAggregationSkill5ID Integer?
        DistributionAlgorithmID Integer
        ServiceLevelSeconds Integer service_level_seconds
        ID Integer id
        ClientsID Integer client_id
        Name String name
        Number String? number
        ForeignSystemID String? foreign_system_id
        AcdGroupTypesID Integer
        DepartmentsID Integer department_id
        DepartmentsName String department_name
        bAllowDuplicateAcdEvents Boolean allows_duplicates
        nAgents Integer agents
        nAgentsReceivingTickets Integer agents_receiving_tickets
        nAgentsReceivingChats Integer agents_receiving_chats
        nAgentsAvailable Integer agents_available
        nTicketsQueued Integer tickets_queued
        nTicketsActive Integer tickets_active
        nChatsQueued Integer chats_queued
        nChatsActive Integer chats_active
        QueueOffhookAnnouncementID Integer?
        bPositionAnnouncement3 Boolean
        TarifAnnouncementWavesID Integer?
        bCallRedirectionAfterNumberAnnouncement Boolean
        """,
        {
            "QueueMusicID4Sec": -1,
            "DistributionAlgorithmID": 1,
            "AcdGroupTypesID": 1,
            "bPositionAnnouncement3": False,
            "bCallRedirectionAfterNumberAnnouncement": False,
        },
    ),
)

DIALLER_CAMPAIGN = Record(
    "DiallerCampaign",
    "A dialler campaign.",
    _members(
        """
        ContactPreviewTime Integer preview_seconds
        nMaxParallelLines Integer? max_parallel_lines
        bCloseContactsOnIncomingCallsMatchCallerID Boolean closes_on_incoming_call
        dtTo DateTime? active_to
        LanguagesID Integer language
        bCallerIDActive Boolean is_caller_id_active
        Name String name
        ID Integer id
        UserData String? user_data
        AcdGroupsID Integer? group_id
        bActive Boolean is_active
        dtFrom DateTime? active_from
        CallerID String caller_id
        nMaxTries Integer max_tries
        RetryMinutes Integer retry_minutes
        MaxRingTime Integer ring_seconds
        nContacts Integer contacts
        nContactsOpen Integer open
        nContactsDone Integer done
        nContactsAborted Integer aborted
        MaxTriesResultCodesID Integer? max_tries_result_id
        dtCreated DateTime created_at
        dtLastModified DateTime modified_at
        ClientsID Integer client_id
        AbortOnNoTelNumberResultCodesID Integer? no_number_result_id
        IncomingCallResultCodesID Integer? incoming_call_result_id
        """,
        {},
    ),
)

DIALLER_RESULT_CODE = Record(
    "DiallerResultCode",
    "A result code of a campaign.",
    _members(
        """
        bDone Boolean is_done
        ExportKey String export_key
        Content String content
        bDelay Boolean is_delay
        bAborted Boolean is_aborted
        ID Integer id
        bAppointment Boolean is_appointment
        nDelay Integer? delay_minutes
        bAgentBound Boolean is_agent_bound
        DiallerCampaignsID Integer campaign_id
        """,
        {},
    ),
)

_DIALLER_CONTACT = _members(
    """
    bLastResultMailbox Boolean? is_last_mailbox
    bPhoneNumber3Invalid Boolean? is_invalid_3
    bPhoneNumber4Invalid Boolean? is_invalid_4
    Company String? company
    ExternalSystemLink String? external_system_link
    Email String? email
    LastAcdAgentEndReasonsID Integer?
    Address String? address
    bPhoneNumber6Invalid Boolean? is_invalid_6
    PhoneNumber2LastAcdAgentEndReasonsID Integer?
    dtNextTry DateTime? next_try_at
    bPhoneNumber5Invalid Boolean? is_invalid_5
    bPhoneNumber1Invalid Boolean? is_invalid_1
    bPhoneNumber2Invalid Boolean? is_invalid_2
    Name String name
    nTriesPhoneNumber5 Integer tries_5
    nTriesPhoneNumber4 Integer tries_4
    nTriesPhoneNumber6 Integer tries_6
    ID Integer id
    ClientsID Integer client_id
    DiallerCampaignsID Integer campaign_id
    UserData String? user_data
    Client String? client
    Service String? service
    ReferenceNumber String? reference_number
    FirstName String? first_name
    Salutation String? salutation
    Title String? title
    PostalCode String? postal_code
    City String? city
    Country String? country
    Region String? region
    AccountOwner String? account_owner
    AccountBank String? account_bank
    AccountNationalBankCode String? account_national_bank_code
    AccountBIC String? account_bic
    AccountNumber String? account_number
    AccountIBAN String? account_iban
    Amount Number? amount
    PhoneNumber1 String? number_1
    PhoneNumber2 String? number_2
    PhoneNumber3 String? number_3
    PhoneNumber4 String? number_4
    PhoneNumber5 String? number_5
    PhoneNumber6 String? number_6
    FaxNumber String? fax_number
    Website String? website
    Comment String? comment
    RandomSortOrder Integer? random_sort_order
    bLocked Boolean is_locked
    bOpen Boolean is_open
    nTries Integer tries
    nTriesPhoneNumber3 Integer tries_3
    nTriesPhoneNumber2 Integer tries_2
    nTriesPhoneNumber1 Integer tries_1
    dtLastTry DateTime? last_try_at
    DiallerCampaignsResultCodesID Integer? result_code_id
    ReservedUsersID Integer? reserved_user_id
    FollowUpUsersID Integer? follow_up_user_id
    dtImported DateTime created_at
    dtLastModified DateTime modified_at
    PhoneNumber1LastAcdAgentEndReasonsID Integer?
    PhoneNumber4LastAcdAgentEndReasonsID Integer?
    PhoneNumber5LastAcdAgentEndReasonsID Integer?
    PhoneNumber6LastAcdAgentEndReasonsID Integer?
    nPhoneNumber1LastCause Integer? last_cause_1
    nPhoneNumber2LastCause Integer? last_cause_2
    nPhoneNumber3LastCause Integer? last_cause_3
    nPhoneNumber5LastCause Integer? last_cause_5
    nPhoneNumber6LastCause Integer? last_cause_6
    nPhoneNumber4LastCause Integer? last_cause_4
    Model String? model
    PhoneNumber3LastAcdAgentEndReasonsID Integer?
    Tag String? tag
    """,
    {},
)
DIALLER_CONTACT = Record("DiallerContact", "A contact.", _DIALLER_CONTACT)

STATISTICS_PART_A = Record(
    "StatisticsPartA",
    "A call of the dialler.",
    _members(
        """
        ID Integer id
        bOutbound Boolean
        dtCallStart DateTime started_at
        dtCallEnd DateTime ended_at
        CalledPartyNumber String number
        nCause Integer cause
        UsersID Integer? agent_id
        CallLogsID Integer? call_log_id
        """,
        {"bOutbound": True},
    ),
)

DIALLER_CONTACT_HISTORY = Record(
    "DiallerContactHistory",
    "One try.",
    [
        Member("StatisticsPartA", "StatisticsPartA", column="call"),
        Member("DiallerCampaignsResultCodesID", "Integer", nullable=True, column="result_code_id"),
        Member("DiallerCampaignsResultCodes", "DiallerResultCode", nullable=True, column="result"),
    ],
)

DIALLER_CONTACT_EXTENDED = Record(
    "DiallerContactExtended",
    "All of a contact, its result and its tries, the oldest first.",
    [
        *_DIALLER_CONTACT,
        Member("DiallerCampaignsResultCodes", "DiallerResultCode", nullable=True, column="result"),
        Member("DiallerContactsHistory", "DiallerContactHistory", column="history", is_list=True),
    ],
)

ERROR = Record("Error", "Why a call was refused.", [Member("status", "Integer"), Member("error", "String")])

RECORDS = (
    ACD_EVENT_TYPE,
    ACD_EVENT_STATUS,
    ACD_EVENT,
    ACD_GROUP,
    DIALLER_CAMPAIGN,
    DIALLER_RESULT_CODE,
    DIALLER_CONTACT,
    STATISTICS_PART_A,
    DIALLER_CONTACT_HISTORY,
    DIALLER_CONTACT_EXTENDED,
)
