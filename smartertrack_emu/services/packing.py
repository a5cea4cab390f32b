"""Domain facts as the result types that several services share."""

from __future__ import annotations

from collections.abc import Iterable

from smartertrack_emu.domain.customfields.templates import TemplateField
from smartertrack_emu.domain.people.receiving import ReceivingStatus
from smartertrack_emu.domain.timelogs.time_logs import TimeLogFacts

from .results import CustomFieldInfo, ReceivingStatusInfo, ReceivingStatusInfoArrayResult, TimeLogInfo


def time_log(log: TimeLogFacts) -> TimeLogInfo:
    """Return a time log as the wire has it: 0 for the items it is not of."""
    return TimeLogInfo(
        AgentID=log.agent_id,
        CallLogID=log.call_log_id or 0,
        CategoryName=log.category_name,
        ChatID=log.chat_id or 0,
        DateEndUTC=log.ended_at,
        DateStartUTC=log.started_at,
        Description=log.description,
        ID=log.id,
        IsBillable=log.is_billable,
        Subject=log.subject,
        TicketID=log.ticket_id or 0,
        TimeLogCategoryID=log.category_id,
        IsDeleted=log.is_deleted,
    )


def receiving_statuses(statuses: Iterable[ReceivingStatus]) -> ReceivingStatusInfoArrayResult:
    """Return an agent's receiving status as the wire has it."""
    return ReceivingStatusInfoArrayResult(
        ReceivingStatus=[
            ReceivingStatusInfo(
                DepartmentId=status.department_id,
                DepartmentName=status.department_name,
                GroupId=status.group_id,
                GroupName=status.group_name,
                IsReceiving=status.is_receiving,
            )
            for status in statuses
        ]
    )


def by_group(statuses: Iterable[ReceivingStatusInfo | None]) -> dict[int, bool]:
    """Return what a list asks for by group: only ids and flags count, of a group given twice the last one."""
    return {status.GroupId: status.IsReceiving for status in statuses if status is not None}


def template_field(field: TemplateField) -> CustomFieldInfo:
    """Return a template's field as the wire has it."""
    return CustomFieldInfo(
        CustomFieldId=field.field_id,
        CustomTemplateId=field.template_id,
        DisplayName=field.display_name,
        IsRequiredByAgents=field.is_required_by_agents,
        IsRequiredByAgentsToClose=field.is_required_by_agents_to_close,
        IsRequiredByUsers=field.is_required_by_users,
        IsVisibleToAgents=field.is_visible_to_agents,
        IsVisibleToUsers=field.is_visible_to_users,
        SortOrder=field.sort_order,
    )
