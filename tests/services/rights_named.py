"""Which calls each right is for: what stops for an agent of the group when their roles lose it (docs/rights.md)."""

from __future__ import annotations

from typing import Any

from smartertrack_emu.domain.people.rights import Right

MORE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "svcTickets.GetTicketInfo, of the queue's": ("svcTickets", "GetTicketInfo", {"ticketId": 7710002}),
    "svcChats.GetChatInfo, of the queue's": ("svcChats", "GetChatInfo", {"chatId": 7810002}),
    "svcTickets.SetTicketProperties, IsDeleted": (
        "svcTickets",
        "SetTicketProperties",
        {"ticketPropertyValues": ["IsDeleted=True"]},
    ),
    "svcTickets.TransferTicket, to a group": ("svcTickets", "TransferTicket", {"targetGroupID": 2, "targetAgentID": 0}),
    "svcChats.TransferChat, to a group": ("svcChats", "TransferChat", {"targetGroupID": 2, "targetAgentID": 0}),
    "svcTickets.SetTicketProperties, GroupID": (
        "svcTickets",
        "SetTicketProperties",
        {"ticketPropertyValues": ["GroupID=2"]},
    ),
    "svcTasks.CreateTask, with DateEnd": (
        "svcTasks",
        "CreateTask",
        {"parameters": ["Subject=s", "DateEnd=2030-01-01"]},
    ),
    "svcTasks.UpdateTask, DateEnd": ("svcTasks", "UpdateTask", {"parameters": ["DateEnd=2030-01-01"]}),
}
"""Calls beside those of the table, where a right depends on what is asked for."""

NAMED: dict[Right, set[str]] = {
    Right.KB_VIEW: {"svcKB.GetArticle", "svcKB.GetArticles", "svcKB.SearchKBArticlesUnderFolder"},
    Right.TICKETS_MARK_AS_DELETED: {"svcTickets.DeleteTicket", "svcTickets.SetTicketProperties, IsDeleted"},
    Right.TICKETS_VIEW_QUEUE: {"svcTickets.AddRelatedItem", "svcTickets.GetTicketInfo, of the queue's"},
    Right.TASKS_CREATE: {"svcTasks.CreateTask", "svcTasks.CreateTask, with DateEnd"},
    Right.TASKS_MODIFY: {"svcTasks.UpdateTask", "svcTasks.UpdateTask, DateEnd"},
    Right.TASKS_DELETE: {"svcTasks.DeleteTask"},
    Right.TASKS_VIEW: {
        "svcTasks.GetTaskByID",
        "svcTasks.GetTasksByCallLogID",
        "svcTasks.GetTasksByChatID",
        "svcTasks.GetTasksByTicketID",
        "svcTasks.GetTasksByUser",
    },
    Right.TASKS_CHANGE_DATES: {"svcTasks.UpdateTask, DateEnd"},
    Right.CALL_LOGS_CREATE: {"svcCallLogs.CreateCallLog", "svcCallLogs.CreateCallLog2"},
    Right.CALL_LOGS_MODIFY: {"svcCallLogs.ModifyCallLog"},
    Right.CALL_LOGS_DELETE: {"svcCallLogs.DeleteCallLog"},
    Right.CALL_LOGS_VIEW: {
        "svcCallLogs.GetCallLog",
        "svcCallLogs.GetCallLogByGroup",
        "svcCallLogs.GetCallLogByUser",
    },
    Right.DISTRIBUTION_TRANSFER: {
        "svcTickets.TransferTicketToInstance",
        "svcTickets.TransferTicket, to a group",
        "svcChats.TransferChat, to a group",
        "svcTickets.SetTicketProperties, GroupID",
    },
    Right.DISTRIBUTION_AGENT_TRANSFER: {
        "svcTickets.SetFollowUp",
        "svcTickets.TransferTicket",
        "svcTickets.TransferTicketToInstance",
        "svcChats.TransferChat",
    },
    Right.DISTRIBUTION_AGENT_STATUS: {
        "svcTickets.HandOffActiveTickets",
        "svcTickets.SetAgentReceivingStatus",
        "svcTickets.SetAgentReceivingStatusForAllGroups",
        "svcChats.HandOffActiveChats",
        "svcChats.SetAgentReceivingStatus",
        "svcChats.SetAgentReceivingStatusForAllGroups",
    },
    Right.LIVE_CHAT_VIEW_QUEUE: {"svcChats.GetChatInfo, of the queue's"},
}
"""The rights that are not here name nothing that the services do."""
